"""The tiny model and folders of jobs on it."""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tiny
from child import Child, whatever

from gorod_trainer import cli

# The model is too small for more, and threads of several trainings wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"

ROOT = Path(__file__).parent.parent

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    tiny.make(folder)
    return folder


@pytest.fixture
def job(tmp_path: Path, base: Path) -> Make:
    def make(name: str = "job", /, **changes: Any) -> Path:
        return write_job(tmp_path / name, base, **changes)

    return make


def write_job(folder: Path, base: Path, /, **changes: Any) -> Path:
    """Makes a job's folder; section__field names what differs."""
    value = description(base)
    for path, item in changes.items():
        section, _, key = path.partition("__")
        if key:
            value[section][key] = item
        else:
            value[section] = item
    rows = tiny.dialogues(80)
    tiny.write_lines(folder / "data" / "train.jsonl", rows[:64])
    tiny.write_lines(folder / "data" / "validation.jsonl", rows[64:])
    (folder / "job.json").write_text(json.dumps(value), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Ended:
    """What a command gave."""

    returncode: int
    stderr: str


def trainer(*args: str) -> Ended:
    """Runs a command in this process: loading the libraries takes seconds."""
    told = io.StringIO()
    before = [(s, signal.getsignal(s)) for s in (signal.SIGUSR1, signal.SIGTERM)]
    try:
        with contextlib.redirect_stderr(told):
            code = cli.main(list(args))
    finally:
        for number, handler in before:
            signal.signal(number, handler)
    return Ended(code, told.getvalue())


@pytest.fixture(scope="session", params=["lora", "qlora"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, base: Path) -> Path:
    """A run that nothing has interrupted, by each method."""
    folder = write_job(tmp_path_factory.mktemp("whole"), base, method__kind=request.param, estimate={"memory_gb": 1.5})
    got = trainer("train", str(folder))
    assert got.returncode == 0, got.stderr
    return folder


def method(folder: Path) -> str:
    """lora or qlora."""
    return str(json.loads((folder / "job.json").read_text(encoding="utf-8"))["method"]["kind"])


def description(base: Path) -> dict[str, Any]:
    return {
        "apiVersion": "gorod/v1",
        "kind": "Finetune",
        "name": "tiny",
        "id": "tiny-1",
        "task": "",
        "base": {"model": str(base), "profile": "chatml"},
        "dataset": {"path": "unused", "train": "train", "validation": "validation"},
        "method": {"kind": "lora", "rank": 8, "alpha": 16.0, "dropout": 0.05, "targets": "all-linear"},
        "training": {
            "steps": 12,
            "lr": 0.01,
            "batch": 4,
            "accumulate": 2,
            "max_length": 192,
            "warmup": 0.1,
            "save_every": 4,
            "eval_every": 6,
            "gradient_checkpointing": False,
            "seed": 2**40 + 7,
        },
        "resources": {"gpus": 0, "cpus": 1, "time": 3600000000000},
        "cluster": {"kind": "local", "env": {}},
        "export": {"merge_base": "w16", "quantize": ["q4_K_M"]},
    }


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}


def start(folder: Path, change: Callable[[], None] = whatever, **env: str) -> Child:
    """Starts a training."""
    return Child(folder, env, change)


def start_afresh(folder: Path, **env: str) -> subprocess.Popen[str]:
    """Starts a training as it is started on a node."""
    log = (folder / "log").open("a")
    command = [sys.executable, "-m", "gorod_trainer", "train", str(folder)]
    return subprocess.Popen(command, env=environment() | env, stdout=log, stderr=log, text=True)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def ranks(folder: Path, change: Callable[[], None] = whatever) -> list[Child]:
    """Starts two processes that train together, as the launcher does."""
    shared = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "1", "LOCAL_RANK": "0", "MASTER_ADDR": "127.0.0.1"}
    shared["MASTER_PORT"] = str(free_port())
    return [start(folder, change, RANK=str(rank), **shared) for rank in range(2)]


def lines(folder: Path, event: str = "") -> list[dict[str, Any]]:
    path = folder / "run" / "metrics.jsonl"
    if not path.exists():
        return []
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [x for x in found if not event or x["event"] == event]
