"""What a training is of: a run that goes on must go on with the same base and the same examples."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from gorod_trainer.checkpoint import write_json
from gorod_trainer.config import Job
from gorod_trainer.data import Example
from gorod_trainer.errors import BadInputError

FILE = "inputs.json"

_SAMPLES, _SAMPLE = 64, 4096


def base(job: Job, name: str) -> str:
    """Tells a base from any other: by its commit, or by its weights' sizes and samples of them; empty if unknown."""
    folder = Path(name)
    if folder.is_dir():
        told = hashlib.sha256()
        for path in sorted(folder.glob("*.safetensors")):
            told.update(f"{path.name} {path.stat().st_size}\n".encode())
            _sample(path, told)
        return told.hexdigest()
    from transformers import AutoConfig

    trust = job.base.trust_remote_code
    config = AutoConfig.from_pretrained(name, revision=job.base.revision or None, trust_remote_code=trust)
    return str(getattr(config, "_commit_hash", None) or "")


def _sample(path: Path, told: Any) -> None:
    size = path.stat().st_size
    with path.open("rb") as f:
        for i in range(_SAMPLES + 1):
            f.seek((size - min(size, _SAMPLE)) * i // _SAMPLES)
            told.update(f.read(_SAMPLE))


def examples(splits: dict[str, list[Example]]) -> str:
    """Tells examples, as the model sees them, from any others."""
    told = hashlib.sha256()
    for split, kept in sorted(splits.items()):
        told.update(f"{split} {len(kept)}\n".encode())
        for e in kept:
            told.update(np.array([len(e.input_ids), *e.input_ids, *e.labels], dtype=np.int64).tobytes())
    return told.hexdigest()


def check(run: Path, now: dict[str, str]) -> None:
    """Refuses to go on with something else than the run began with."""
    before = _read(run)
    for what, why in (("base", "base.model"), ("examples", "the dataset, or how it is made into tokens,")):
        if before.get(what) and now.get(what) and before[what] != now[what]:
            raise BadInputError(
                f"{why} has changed since this training began: put the old one back, or submit a job anew"
            )


def keep(run: Path, now: dict[str, str]) -> None:
    """Writes down what a run begins with."""
    write_json(run / FILE, now)


def _read(run: Path) -> dict[str, str]:
    try:
        value = json.loads((run / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # an older trainer began it
    return value if isinstance(value, dict) else {}
