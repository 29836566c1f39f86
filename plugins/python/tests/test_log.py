import json
import logging
import os
import sys
from typing import Any

import pytest

from gorod_plugin import _log


def record(message: str = "m", level: int = logging.INFO, **fields: Any) -> logging.LogRecord:
    return logging.makeLogRecord({"name": "gorod.x", "levelno": level, "msg": message, "created": 1.5, **fields})


def test_a_line_has_the_keys_that_the_host_reads() -> None:
    text = _log.line(record("перо %s", args=("сухо",), pages=3, ready=True, path={"a": 1}))
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    assert json.loads(text) == {
        "@level": "info", "@message": "перо сухо", "@timestamp": "1970-01-01T00:00:01.500000+00:00",
        "logger": "gorod.x", "pages": 3, "ready": True, "path": "{'a': 1}",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("level", "name"),
    [(logging.DEBUG, "debug"), (5, "debug"), (logging.INFO, "info"), (logging.WARNING, "warn"), (logging.CRITICAL, "error")],
)
def test_levels_are_the_hosts(level: int, name: str) -> None:
    assert json.loads(_log.line(record(level=level)))["@level"] == name


def test_a_traceback_stands_in_one_line() -> None:
    try:
        int("перо")
    except ValueError:
        text = _log.line(record(exc_info=sys.exc_info()))
    stack = json.loads(text)["stack"]
    assert "Traceback" in stack
    assert stack.endswith("'перо'")
    assert text.count("\n") == 1


def test_a_line_that_is_too_long_keeps_both_ends() -> None:
    text = _log.line(record("начало " + "ж" * 100_000 + " конец", more="\n" * 100_000))
    assert len(text.encode()) < 64 << 10
    fields = json.loads(text)
    assert fields["@message"].startswith("начало")
    assert fields["@message"].endswith("конец")


def test_all_loggers_write_to_the_hosts_handler(capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        log = _log.install("gorod.test")
        log.debug("сам")
        logging.getLogger("library").info("чужой")
        logging.getLogger("library").debug("тихий")
        log.info("не текст: \ud800")
        log.info("%d", "not a number")  # logging says so itself
    finally:
        root.handlers[:], root.level = handlers, level
        logging.captureWarnings(capture=False)
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [json.loads(line)["@message"] for line in lines] == ["сам", "чужой", "не текст: \ud800"]


def test_each_record_is_written_at_once_and_whole() -> None:
    read, write = os.pipe()
    _log.HostHandler(write).handle(record("ё" * 1000))
    os.close(write)
    with os.fdopen(read, "rb") as f:
        assert json.loads(f.read())["@message"] == "ё" * 1000
