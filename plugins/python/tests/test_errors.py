import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from conftest import Plugin

from gorod_plugin import Error, ErrorKind, Memory, PluginSpec, Query, Recollection, Record, RecordChange, Seen, Setup
from gorod_plugin._proto.gorod.memory.v1 import memory_pb2

Serve = Callable[[PluginSpec], Plugin]


class Odd(Memory):
    """Observes and recalls as a test says."""

    def __init__(self, recall: Callable[[], Any] = list, changes: Callable[[], Any] = list) -> None:
        self._recall, self._changes = recall, changes

    def observe(self, tick: int, seen: Sequence[Seen]) -> list[RecordChange]:
        return self._changes()  # type: ignore[no-any-return]

    def recall(self, tick: int, queries: Sequence[Query]) -> list[Recollection]:
        return self._recall()  # type: ignore[no-any-return]


def raising(failure: BaseException) -> Callable[[], Any]:
    def fail() -> Any:
        raise failure

    return fail


def start(serve: Serve, implementation: Odd) -> Plugin:
    def make(_: Setup) -> Odd:
        return implementation

    plugin = serve(PluginSpec("memory", "odd", "1.0.0", "odd", make))
    plugin.start()
    return plugin


def recall(plugin: Plugin, request: Any = b"") -> memory_pb2.RecallResponse:
    return plugin.call("gorod.memory.v1.MemoryService/Recall", request, memory_pb2.RecallResponse)


def observe(plugin: Plugin) -> memory_pb2.ObserveResponse:
    return plugin.call("gorod.memory.v1.MemoryService/Observe", b"", memory_pb2.ObserveResponse)


@pytest.mark.parametrize("kind", ErrorKind)
@pytest.mark.parametrize("retryable", [True, False])
def test_an_error_keeps_its_kind(serve: Serve, kind: ErrorKind, retryable: bool) -> None:
    plugin = start(serve, Odd(raising(Error(kind, "так нельзя", retryable=retryable))))
    with pytest.raises(Error) as e:
        recall(plugin)
    assert (e.value.kind, e.value.message, e.value.retryable) == (kind, "answer: так нельзя", retryable)
    assert str(e.value) == f"{kind}: answer: так нельзя"


def one_change(value: Any, agent: str = "a1") -> Callable[[], list[RecordChange]]:
    return lambda: [RecordChange(Record(agent, "k", "k", value))]


@pytest.mark.parametrize(
    ("call", "implementation", "message"),
    [
        (recall, Odd(raising(ValueError("перо сломалось"))), "ValueError: перо сломалось"),
        (recall, Odd(raising(SystemExit(3))), "SystemExit: 3"),
        (recall, Odd(raising(KeyboardInterrupt())), "KeyboardInterrupt"),
        (recall, Odd(lambda: None), "TypeError: 'NoneType' object is not iterable"),
        (recall, Odd(lambda: ["text"]), "AttributeError"),
        (recall, Odd(lambda: [Recollection("\ud800")]), "UnicodeEncodeError"),
        (observe, Odd(changes=one_change(float("nan"))), "ValueError: Out of range float values are not JSON compliant"),
        (observe, Odd(changes=one_change({1, 2})), "TypeError: Object of type set is not JSON serializable"),
        (observe, Odd(changes=one_change(1, agent=7)), "TypeError"),  # type: ignore[arg-type]
    ],
)
def test_what_a_plugin_raises_is_internal_and_its_traceback_logged(
    serve: Serve, caplog: pytest.LogCaptureFixture, call: Callable[[Plugin], object], implementation: Odd, message: str
) -> None:
    plugin = start(serve, implementation)
    with pytest.raises(Error) as e:
        call(plugin)
    assert e.value.kind == ErrorKind.INTERNAL
    assert message in e.value.message
    (record,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert record.name == "gorod.odd"
    assert record.exc_info
    assert len(recall(start(serve, Odd())).recollections) == 0  # nothing of it stays


def test_an_error_is_no_fault_and_leaves_no_traceback(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Error):
        recall(start(serve, Odd(raising(Error(ErrorKind.MODEL, "чепуха")))))
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_endless_recursion_is_an_error(serve: Serve) -> None:
    def deeper() -> Any:
        return deeper()

    with pytest.raises(Error, match="RecursionError"):
        recall(start(serve, Odd(deeper)))


def test_a_long_message_is_cut_between_letters(serve: Serve) -> None:
    with pytest.raises(Error) as e:
        recall(start(serve, Odd(raising(Error(ErrorKind.MODEL, "a" + "ж" * 10_000)))))
    assert e.value.message == "answer: a" + "ж" * 2047


def test_an_answer_that_is_too_large_is_an_error(serve: Serve) -> None:
    size = 64 << 20
    plugin = start(serve, Odd(lambda: [Recollection("x" * size)]))
    size += 6 << 20
    with pytest.raises(Error, match="the plugin's answer has 70 MB, more than the 64 MB that a message may have") as e:
        recall(plugin)
    assert e.value.kind == ErrorKind.INTERNAL


def test_an_answer_that_just_fits_passes(serve: Serve) -> None:
    text = "x" * ((64 << 20) - 1000)
    found = recall(start(serve, Odd(lambda: [Recollection(text)]))).recollections
    assert [len(r.text) for r in found] == [len(text)]


@pytest.mark.parametrize(
    "request_",
    [
        b"\xff\xff",
        memory_pb2.RecallRequest(queries=[memory_pb2.Query(text="ж")]).SerializeToString().replace("ж".encode(), b"\xff\xff"),
    ],
    ids=["rubbish", "not UTF-8"],
)
def test_a_request_that_cannot_be_read_is_invalid_input(serve: Serve, request_: bytes) -> None:
    with pytest.raises(Error, match="RecallRequest") as e:
        recall(start(serve, Odd()), request_)
    assert e.value.kind == ErrorKind.INVALID_INPUT


def test_sys_exit_in_a_call_is_an_answer(serve: Serve) -> None:
    with pytest.raises(Error, match="SystemExit: enough"):
        recall(start(serve, Odd(lambda: sys.exit("enough"))))
