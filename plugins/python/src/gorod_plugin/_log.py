"""Logs as the host reads them: one line of JSON a record, on standard error."""

from __future__ import annotations

import datetime
import json
import logging
import os
import threading

# Bytes: of a line the host keeps 64 KB, and one that is cut is no JSON.
_MAX_FIELD = 12 << 10
_STDERR = 2
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class HostHandler(logging.Handler):
    """Writes records to a file descriptor, each at once and whole."""

    def __init__(self, fd: int = _STDERR) -> None:
        """Makes a handler that writes to fd."""
        super().__init__()
        self._fd = fd
        self._writing = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record."""
        try:
            data = line(record).encode(errors="backslashreplace")
        except Exception:  # a field's own __str__ may raise anything
            self.handleError(record)
            return
        with self._writing:
            while data:
                data = data[os.write(self._fd, data) :]


def line(record: logging.LogRecord) -> str:
    """Renders a record with the keys of go-plugin; extra fields stand beside them."""
    at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
    fields: dict[str, object] = {
        "@level": _level(record.levelno),
        "@message": _cut(record.getMessage()),
        "@timestamp": at.isoformat(timespec="microseconds"),
        "logger": record.name,
    }
    for key, value in vars(record).items():
        if key not in _PLAIN:
            fields[key] = value if isinstance(value, bool | int | float) else _cut(str(value))
    if record.exc_info:
        fields["stack"] = _cut(logging.Formatter().formatException(record.exc_info))
    return json.dumps(fields, ensure_ascii=False, default=str) + "\n"


def _level(number: int) -> str:
    for at_least, name in ((logging.ERROR, "error"), (logging.WARNING, "warn"), (logging.INFO, "info")):
        if number >= at_least:
            return name
    return "debug"


def _cut(text: str) -> str:
    """Keeps the beginning and the end, where a traceback says what was raised."""
    data = text.encode(errors="backslashreplace")
    if len(data) <= _MAX_FIELD:
        return text
    half = _MAX_FIELD // 2
    return data[:half].decode(errors="ignore") + " … " + data[-half:].decode(errors="ignore")


def install(name: str) -> logging.Logger:
    """Sends all of the process's records to the host, and returns the plugin's own logger."""
    root = logging.getLogger()
    root.handlers[:] = [HostHandler()]
    root.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    log = logging.getLogger(name)
    log.setLevel(logging.DEBUG)
    return log
