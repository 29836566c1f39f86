"""The commands train, merge and check."""

import os
import sys
import traceback
from importlib import metadata
from pathlib import Path

from gorod_trainer import config, launch
from gorod_trainer.errors import (
    BAD_INPUT,
    DONE,
    FAILED,
    OUT_OF_MEMORY,
    BadInputError,
    TrainerError,
    is_out_of_memory,
    told,
)
from gorod_trainer.signals import Signals

_USAGE = "usage: python -m gorod_trainer train|merge|check DIR"
_PACKAGES = ("accelerate", "bitsandbytes", "datasets", "peft", "safetensors", "torch", "transformers", "trl")


def main(args: list[str]) -> int:
    """Runs a command and returns its exit code."""
    commands = {"train": _train, "merge": _merge, "check": _check}
    if len(args) != 2 or args[0] not in commands:  # noqa: PLR2004
        print(_USAGE, file=sys.stderr)
        return BAD_INPUT
    folder = Path(args[1]).resolve()
    job: config.Job | None = None
    try:
        job = config.load(folder / "job.json")
        check_requirements()
        _quiet()
        return commands[args[0]](folder, job)
    except TrainerError as e:
        print(f"gorod_trainer: {e}", file=sys.stderr)
        return e.code
    except Exception as e:  # the last resort: a cause in one line, and the traceback above it
        traceback.print_exc()
        print(f"gorod_trainer: {told(e, folder, job)}", file=sys.stderr)
        return OUT_OF_MEMORY if is_out_of_memory(e) else FAILED


def check_requirements() -> None:
    """Names packages that are missing."""
    missing = []
    for package in _PACKAGES:
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            missing.append(package)
    if missing:
        where = Path(__file__).parent.parent / "requirements.txt"
        raise BadInputError(
            f"{sys.executable} lacks {', '.join(missing)}: {sys.executable} -m pip install -r {where}, "
            "or name another interpreter in cluster.python"
        )


def _quiet() -> None:
    """No telemetry, no forks of tokenizers."""
    for name, value in (
        ("HF_HUB_DISABLE_TELEMETRY", "1"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("BITSANDBYTES_NOWELCOME", "1"),
    ):
        os.environ.setdefault(name, value)


def _train(folder: Path, job: config.Job) -> int:
    if launch.needed(job, os.environ):
        return launch.run(folder, launch.world(job, os.environ))
    signals = Signals()
    from gorod_trainer.train import train

    train(folder, job, signals)
    return DONE


def _merge(folder: Path, job: config.Job) -> int:
    from gorod_trainer.merge import merge

    merge(folder, job)
    return DONE


def _check(folder: Path, job: config.Job) -> int:
    from gorod_trainer import data, model, trackers

    trackers.check(job)
    model.check_devices(job)
    name = model.locate(job)
    tokenizer, profile = model.load_tokenizer(job, name)
    print(f"base: {name}, profile {profile.name}")
    for split, dialogues in data.splits(folder, job).items():
        kept = data.examples(tokenizer, dialogues, job, split)
        longest = max(len(e.input_ids) for e in kept)
        print(f"{split}: {len(kept)} of {len(dialogues)} examples, the longest has {longest} tokens")
    return DONE
