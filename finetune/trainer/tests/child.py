"""Trainings in processes that are forked from one that has loaded the libraries: loading takes seconds."""

import multiprocessing
import os
import signal
import sys
from pathlib import Path

import gorod_trainer.train
from gorod_trainer import cli


def _train(folder: str, env: dict[str, str], sharded: bool) -> None:
    log = os.open(Path(folder) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(env)
    if sharded:
        gorod_trainer.train.FSDP_PARAMETERS = 0
    sys.exit(cli.main(["train", folder]))


class Child:
    """A training in a process of its own, with what a Popen has."""

    def __init__(self, folder: Path, env: dict[str, str], sharded: bool = False) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["child"])
        self._process = context.Process(target=_train, args=(str(folder), env, sharded))
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
