"""Standard output is the handshake's: nothing else may be written to it."""

from __future__ import annotations

import io
import os
import sys
from typing import BinaryIO

# How gorod says that it started the process.
COOKIE_KEY = "GOROD_PLUGIN"
COOKIE_VALUE = "6f0e3c1a-gorod-plugin"

_STDOUT, _STDERR = 1, 2


class _Taken:
    """The standard output that the process was started with, once it is kept."""

    stream: BinaryIO | None = None


def take_over() -> None:
    """Keeps standard output for the handshake where gorod started the process.

    From then on standard output is standard error, for C libraries and child
    processes too. Children do not inherit the mark of a plugin.
    """
    if _Taken.stream is not None or os.environ.get(COOKIE_KEY) != COOKIE_VALUE:
        return
    del os.environ[COOKIE_KEY]
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # it tells of every farewell otherwise
    sys.stdout.flush()
    _Taken.stream = os.fdopen(os.dup(_STDOUT), "wb", buffering=0)
    os.dup2(_STDERR, _STDOUT)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what is printed right before a death is to be seen
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def handshake_stream() -> BinaryIO | None:
    """Returns the standard output that gorod reads; None where gorod did not start the process."""
    return _Taken.stream
