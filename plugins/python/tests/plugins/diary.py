#!/usr/bin/env python3
"""A memory that counts what each agent saw, and misbehaves where it is told to."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from gorod_plugin import (
    Memory,
    PluginSpec,
    Query,
    Recollection,
    Record,
    RecordChange,
    Remembrance,
    Seen,
    Setup,
    serve,
)

print("Загружаю модель…")  # into the log: the package was imported before


class Diary(Memory):
    def __init__(self, setup: Setup) -> None:
        self._prefix = setup.config["prefix"]
        self._log = setup.log
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}

    def restore(self, records: Sequence[Record]) -> None:
        self._counts = {r.agent: r.value for r in records}

    def observe(self, tick: int, seen: Sequence[Seen]) -> list[RecordChange]:
        changes = []
        with self._lock:
            for s in seen:
                self._misbehave(s.observation.place)
                n = self._counts[s.agent.id] = self._counts.get(s.agent.id, 0) + 1
                changes.append(RecordChange(Record(s.agent.id, "count", "count", n)))
        return changes

    def recall(self, tick: int, queries: Sequence[Query]) -> list[Recollection]:
        return [self._recall(q) for q in queries]

    def _recall(self, query: Query) -> Recollection:
        self._misbehave(query.text)
        if query.text == "flood the host":
            return Recollection("x" * (70 << 20))
        n = self._counts.get(query.agent.id, 0)
        text = f"{self._prefix} {n}"
        return Recollection(text, [Remembrance("count", text)] if n else [])

    def close(self) -> None:
        if self._prefix == "deaf":
            time.sleep(60)

    def _misbehave(self, what: str) -> None:
        match what.split(": ", 1):
            case ["raise"]:
                raise ValueError("перо сломалось")
            case ["exit"]:
                sys.exit("enough")
            case ["print"]:
                print("печатаю")
                os.write(1, b"by descriptor\n")
                subprocess.run(["/bin/echo", "by a child"], check=True)
            case ["log"]:
                self._log.warning("the pen is %s", "dry", extra={"pages": 3})
            case ["die"]:
                print("I die now")
                os._exit(7)
            case ["die once", marker] if not Path(marker).exists():
                Path(marker).touch()
                os._exit(7)
            case ["segfault"]:
                os.abort()


def make(setup: Setup) -> Diary:
    time.sleep(setup.config["load_seconds"])
    return Diary(setup)


if __name__ == "__main__":
    serve(
        PluginSpec(
            "memory",
            "py-diary",
            "1.0.0",
            "counts what agents see",
            make,
            schema={
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "prefix": {"type": "string", "default": "seen"},
                    "load_seconds": {"type": "number", "default": 0},
                },
            },
        )
    )
