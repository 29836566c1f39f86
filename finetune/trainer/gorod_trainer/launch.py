"""One process for each GPU of a node, with signals passed on and the end of one being the end of all.

torchrun does not pass USR1 on, and restarts what must be requeued.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from gorod_trainer.config import Job
from gorod_trainer.errors import DONE, REQUEUE, BadInputError

_PATIENCE = 10.0  # seconds that processes have to end by themselves when one has failed
_POLL = 0.1
_FIRST_PORT, _PORTS = 20_000, 10_000


@dataclass(frozen=True)
class World:
    """Who else trains."""

    local: int  # processes on this node
    size: int  # processes on all nodes
    node: int  # number of this node
    address: str  # of the first node
    port: int


def needed(job: Job, env: Mapping[str, str]) -> bool:
    """Reports whether this process is to start others and not to train itself."""
    return job.resources.processes > 1 and "RANK" not in env


def world(job: Job, env: Mapping[str, str]) -> World:
    """Where this node stands, by what Slurm says."""
    r = job.resources
    if r.nodes == 1:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return World(r.local, r.processes, 0, "127.0.0.1", s.getsockname()[1])
    address = env.get("MASTER_ADDR") or env.get("SLURM_LAUNCH_NODE_IPADDR", "")
    node = env.get("NODE_RANK") or env.get("SLURM_NODEID", "")
    if not address or not node.isdecimal():
        raise BadInputError(
            f"resources.nodes is {r.nodes}: start the trainer once on each node (srun --ntasks-per-node=1), "
            "or set NODE_RANK and MASTER_ADDR"
        )
    port = env.get("MASTER_PORT") or str(_FIRST_PORT + int(env.get("SLURM_JOB_ID", "0")) % _PORTS)
    return World(r.local, r.processes, int(node), address, int(port))


def run(folder: Path, at: World) -> int:
    """Trains in processes of their own; the exit code is that of whichever failed first."""
    children: list[subprocess.Popen[bytes]] = []

    def forward(number: int, _frame: FrameType | None) -> None:
        _signal(children, signal.Signals(number))

    for number in (signal.SIGUSR1, signal.SIGTERM):
        signal.signal(number, forward)
    try:
        for local in range(at.local):
            children.append(_start(folder, at, local))
        return _wait(children)
    finally:
        _signal(children, signal.SIGKILL)


def _start(folder: Path, at: World, local: int) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        "RANK": str(at.node * at.local + local),
        "LOCAL_RANK": str(local),
        "WORLD_SIZE": str(at.size),
        "LOCAL_WORLD_SIZE": str(at.local),
        "MASTER_ADDR": at.address,
        "MASTER_PORT": str(at.port),
    }
    command = [sys.executable, "-m", "gorod_trainer", "train", str(folder)]
    return subprocess.Popen(command, env=env)  # noqa: S603 our own module


def _signal(children: list[subprocess.Popen[bytes]], number: signal.Signals) -> None:
    for c in children:
        if c.poll() is None:
            c.send_signal(number)


def _wait(children: list[subprocess.Popen[bytes]]) -> int:
    deadline = 0.0
    failed = DONE
    while any(c.poll() is None for c in children):
        failed = failed or next((c.returncode for c in children if c.returncode not in (None, DONE, REQUEUE)), DONE)
        if failed and not deadline:
            deadline = time.monotonic() + _PATIENCE
        if deadline and time.monotonic() > deadline:
            _signal(children, signal.SIGKILL)
        time.sleep(_POLL)
    codes = [c.returncode for c in children]
    failed = failed or next((c for c in codes if c not in (DONE, REQUEUE)), DONE)
    if failed:
        return abs(failed) if failed > 0 else 128 - failed
    return REQUEUE if REQUEUE in codes else DONE
