"""Trainings in processes that are forked from one that has loaded the libraries: loading takes seconds."""

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import gorod_trainer.train
from gorod_trainer import checkpoint, cli

HERE = Path(__file__).parent


def whatever() -> None:
    """Changes nothing."""


def shard() -> None:
    """Spreads models of any size over the processes."""
    gorod_trainer.train.FSDP_PARAMETERS = 0


def fill_disk() -> None:
    """No file can be written in full once there is a checkpoint."""
    publish = checkpoint.publish

    def fill(beside: Path, folder: Path) -> None:
        publish(beside, folder)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    checkpoint.publish = fill


def _train(folder: str, env: dict[str, str], change: Callable[[], None]) -> None:
    log = os.open(Path(folder) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(env)
    change()
    sys.exit(cli.main(["train", folder]))


class Child:
    """A training in a process of its own, with what a Popen has."""

    def __init__(self, folder: Path, env: dict[str, str], change: Callable[[], None] = whatever) -> None:
        # Until Python 3.13 the server that is forked looks for modules here alone.
        os.environ["PYTHONPATH"] = os.pathsep.join((str(HERE.parent), str(HERE)))
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["child"])
        self._process = context.Process(target=_train, args=(str(folder), env, change))
        self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            raise TimeoutError(f"it runs for more than {timeout} s")
        return code

    def send_signal(self, number: int) -> None:
        if self._process.pid and self.poll() is None:
            os.kill(self._process.pid, signal.Signals(number))
