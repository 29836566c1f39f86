"""Errors with the exit codes by which whoever started the trainer knows what to do."""

import errno
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gorod_trainer.config import Job

DONE = 0
FAILED = 1
BAD_INPUT = 2
OUT_OF_MEMORY = 3
REQUEUE = 75  # EX_TEMPFAIL: a checkpoint was written; start it again and it goes on


class TrainerError(Exception):
    """A failure that is told in a sentence, without a traceback."""

    code = FAILED


class BadInputError(TrainerError):
    """The job, the data, the model or the machine is not what it must be."""

    code = BAD_INPUT


class OutOfMemoryError(TrainerError):
    """The job does not fit; the message names the knobs."""

    code = OUT_OF_MEMORY


class SupersededError(TrainerError):
    """A later start of the run is at work: the cluster had given this one's node up."""


class PreemptedError(TrainerError):
    """A signal came; all that was learnt is in a checkpoint."""

    code = REQUEUE


def told(error: BaseException, folder: Path, job: "Job | None") -> str:
    """What a person is told of an error: what failed, why, and what to do."""
    if isinstance(error, TrainerError):
        return str(error)
    if is_disk_full(error):
        return (
            f"the disk of {folder} is full or its quota used up: {error}; the last whole checkpoint is kept: "
            "free some space and resume"
        )
    if is_out_of_memory(error):
        return f"out of memory: {error}: {knobs(job) if job else 'free some memory'}"
    return f"{type(error).__name__}: {error}"


def knobs(job: "Job") -> str:
    """What can still be turned for a job to take less memory, the mildest first."""
    t, cpu = job.training, job.resources.gpus == 0
    turns = [
        (t.batch > 1, f"training.batch: {t.batch // 2} and training.accumulate: {t.accumulate * 2}"),
        (not t.gradient_checkpointing, "training.gradient_checkpointing: true"),
        (t.optimizer == "adamw" and not cpu, "training.optimizer: paged_adamw_8bit"),
        (job.method.kind == "lora", "method.kind: qlora"),
        (True, f"a training.max_length under {t.max_length}"),
        (job.method.rank > _LOWEST_RANK, f"method.rank: {job.method.rank // 2}"),
        (cpu, f"a resources.memory over {job.resources.memory}"),
    ]
    return "turn " + ", or ".join(what for helps, what in turns if helps)


_LOWEST_RANK = 4
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("no space left", "disk quota exceeded", "file too large", "os error 28", "os error 122", "os error 27")


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or at.__context__
    return found


def is_disk_full(error: BaseException) -> bool:
    """Reports whether a disk, a quota or a limit on files is behind an error."""
    return any(
        (isinstance(e, OSError) and e.errno in _FULL) or any(w in str(e).lower() for w in _FULL_WORDS)
        for e in _causes(error)
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Reports whether the GPU's or the machine's memory ran out."""
    return any(
        isinstance(e, MemoryError)
        or (type(e).__name__ in ("OutOfMemoryError", "AcceleratorError") and "out of memory" in str(e))
        or (isinstance(e, RuntimeError) and "can't allocate memory" in str(e))
        for e in _causes(error)
    )
