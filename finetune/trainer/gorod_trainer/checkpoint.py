"""Checkpoints that are either whole or not there."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


def sync_file(path: Path) -> None:
    """Waits until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Writes beside and renames: a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.tmp")
    try:
        beside.write_text(text, encoding="utf-8")
        sync_file(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_file(path.parent)


def write_json(path: Path, value: Any) -> None:
    """Writes a value as one line of JSON."""
    write_text(path, json.dumps(value, ensure_ascii=False) + "\n")


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A folder to write to; it becomes `folder` at once when all is on the disk, or vanishes."""
    beside = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        seal(beside)
        publish(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def seal(folder: Path) -> None:
    """Writes down what is in a folder and waits until it is on the disk."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    sizes = {str(p.relative_to(folder)): p.stat().st_size for p in files}
    for p in files:
        sync_file(p)
    (folder / MANIFEST).write_text(json.dumps({"files": sizes}), encoding="utf-8")
    sync_file(folder / MANIFEST)
    sync_file(folder)


def publish(beside: Path, folder: Path) -> None:
    """Gives a sealed folder its name."""
    if folder.exists():
        old = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        folder.replace(old)
        beside.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        beside.replace(folder)
    sync_file(folder.parent)


def is_whole(folder: Path) -> bool:
    """Reports whether all files are there in full."""
    try:
        sizes = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def step_of(folder: Path) -> int:
    """The step of a folder step-N; -1 of any other."""
    name = folder.name.removeprefix("step-")
    return int(name) if folder.name.startswith("step-") and name.isdecimal() else -1


def listed(folder: Path) -> list[Path]:
    """The checkpoints of a run, the newest first, whole or not."""
    found = [p for p in folder.glob("step-*") if step_of(p) >= 0] if folder.is_dir() else []
    return sorted(found, key=step_of, reverse=True)


def latest(folder: Path) -> Path | None:
    """The newest checkpoint that is whole."""
    return next((p for p in listed(folder) if is_whole(p)), None)


def clean(folder: Path) -> None:
    """Removes what an interrupted write left."""
    for p in folder.glob(".step-*") if folder.is_dir() else ():
        shutil.rmtree(p, ignore_errors=True)


def prune(folder: Path, keep: int) -> None:
    """Removes all but the newest whole checkpoints, and damaged ones."""
    kept = [p for p in listed(folder) if is_whole(p)][:keep]
    for p in listed(folder):
        if p not in kept:
            shutil.rmtree(p, ignore_errors=True)
