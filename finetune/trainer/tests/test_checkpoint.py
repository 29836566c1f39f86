"""Checkpoints are whole or not there."""

import errno
import os
from pathlib import Path

import pytest

from gorod_trainer import checkpoint
from gorod_trainer.errors import is_disk_full, is_out_of_memory


def write(folder: Path, step: int) -> Path:
    with checkpoint.whole(folder / f"step-{step}") as beside:
        (beside / "weights").write_text(str(step))
    return folder / f"step-{step}"


def test_the_newest_whole_one_is_found(tmp_path: Path) -> None:
    assert checkpoint.latest(tmp_path / "none") is None
    write(tmp_path, 9)
    newest = write(tmp_path, 10)
    assert checkpoint.latest(tmp_path) == newest
    (newest / "weights").unlink()
    assert checkpoint.latest(tmp_path) == tmp_path / "step-9"
    (tmp_path / "step-11").mkdir()
    (tmp_path / "step-11" / "manifest.json").write_text("{")
    (tmp_path / "step-x").mkdir()
    assert checkpoint.latest(tmp_path) == tmp_path / "step-9"


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    write(tmp_path, 1)

    def fail() -> None:
        with checkpoint.whole(tmp_path / "step-1") as beside:
            (beside / "weights").write_text("2")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space"):
        fail()
    assert [p.name for p in tmp_path.iterdir()] == ["step-1"]
    assert (tmp_path / "step-1" / "weights").read_text() == "1"


def test_a_second_write_takes_the_place_of_the_first(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with checkpoint.whole(tmp_path / "step-1") as beside:
        (beside / "other").write_text("x")
    assert sorted(p.name for p in (tmp_path / "step-1").iterdir()) == ["manifest.json", "other"]
    assert [p.name for p in tmp_path.iterdir()] == ["step-1"]


def test_old_ones_and_damaged_ones_go(tmp_path: Path) -> None:
    for step in (8, 9, 10, 11):
        write(tmp_path, step)
    (tmp_path / "step-10" / "manifest.json").unlink()
    (tmp_path / ".step-12.tmp").mkdir()
    checkpoint.prune(tmp_path, 2)
    checkpoint.clean(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["step-11", "step-9"]


def test_causes_are_known_whatever_wraps_them() -> None:
    def wrapped(cause: Exception) -> Exception:
        outer = RuntimeError("while saving")
        outer.__cause__ = cause
        return outer

    assert is_disk_full(wrapped(OSError(errno.EDQUOT, "")))
    assert is_disk_full(RuntimeError("I/O error: No space left on device (os error 28)"))
    assert not is_disk_full(wrapped(OSError(errno.ENOENT, "")))
    assert is_out_of_memory(wrapped(MemoryError()))
    assert not is_out_of_memory(wrapped(ValueError("memory")))
