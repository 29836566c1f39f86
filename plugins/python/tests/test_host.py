import queue
import threading
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from conftest import Plugin

from gorod_plugin import Call, Decision, Error, ErrorKind, Host, Message, Planner, PlanRequest, PluginSpec, Role, Setup
from gorod_plugin._proto.gorod.host.v1 import host_pb2
from gorod_plugin._proto.gorod.planner.v1 import planner_pb2

Serve = Callable[[PluginSpec], Plugin]
CALL = Call("a1", 3, "ask", 2)
META = host_pb2.CallMeta(run_id="r1", agent="a1", tick=3, purpose="ask", index=2)


class Asker(Planner):
    """Does with the host what a test says."""

    def __init__(self, setup: Setup, ask: Callable[[Host], object]) -> None:
        self._host, self._ask = setup.host, ask

    def plan(self, request: PlanRequest) -> Decision:
        return Decision(thought=repr(self._ask(self._host)))


def start(serve: Serve, ask: Callable[[Host], object], **answers: Any) -> Plugin:
    plugin = serve(PluginSpec("planner", "asker", "1.0.0", "asks", lambda setup: Asker(setup, ask)))
    plugin.services.answers = answers
    plugin.start()
    return plugin


PLAN = "gorod.planner.v1.PlannerService/Plan"


def plan(plugin: Plugin) -> str:
    return plugin.call(PLAN, b"", planner_pb2.PlanResponse).thought


def test_generate_leaves_to_the_study_what_is_not_given(serve: Serve) -> None:
    asked: list[host_pb2.GenerateRequest] = []

    def generate(request: host_pb2.GenerateRequest, _: Any) -> host_pb2.GenerateResponse:
        asked.append(request)
        return host_pb2.GenerateResponse(text="ё", prompt_tokens=3, reply_tokens=4)

    plugin = start(serve, lambda host: host.generate(CALL, [Message(Role.USER, "кто?")]), Generate=generate)
    assert plan(plugin) == "Reply(text='ё', prompt_tokens=3, reply_tokens=4)"
    assert asked == [
        host_pb2.GenerateRequest(
            meta=META, messages=[host_pb2.Message(role="user", content="кто?")], sampling=host_pb2.Sampling()
        )
    ]


def test_generate_sends_all_that_is_given(serve: Serve) -> None:
    asked: list[host_pb2.GenerateRequest] = []

    def generate(request: host_pb2.GenerateRequest, _: Any) -> host_pb2.GenerateResponse:
        asked.append(request)
        return host_pb2.GenerateResponse()

    def ask(host: Host) -> object:
        return host.generate(
            CALL, [], schema={"type": "object"}, temperature=0.0, top_p=0.5, max_tokens=9, stop=["."], facts={"кто": None}
        )

    plan(start(serve, ask, Generate=generate))
    assert asked == [
        host_pb2.GenerateRequest(
            meta=META,
            schema_json=b'{"type":"object"}',
            facts_json='{"кто":null}'.encode(),
            sampling=host_pb2.Sampling(temperature=0.0, top_p=0.5, max_tokens=9, stop=["."]),
        )
    ]


def test_embed_score_and_recall_ask_the_host(serve: Serve) -> None:
    def embed(request: host_pb2.EmbedRequest, _: Any) -> host_pb2.EmbedResponse:
        assert request == host_pb2.EmbedRequest(meta=META, texts=["а", "б"])
        return host_pb2.EmbedResponse(vectors=[host_pb2.Vector(values=[0.5, 1]), host_pb2.Vector(values=[1, 0])])

    def score(request: host_pb2.ScoreRequest, _: Any) -> host_pb2.ScoreResponse:
        assert request == host_pb2.ScoreRequest(meta=META, prompt="п", text="т")
        return host_pb2.ScoreResponse(log_prob=-0.25)

    def recall(request: host_pb2.RecallRequest, _: Any) -> host_pb2.RecallResponse:
        assert request == host_pb2.RecallRequest(meta=META, query="кто?", limit=3)
        return host_pb2.RecallResponse(text="никто")

    def ask(host: Host) -> object:
        return host.embed(CALL, ["а", "б"]), host.score(CALL, "п", "т"), host.recall(CALL, "кто?", 3)

    plugin = start(serve, ask, Embed=embed, Score=score, Recall=recall)
    assert plan(plugin) == "([[0.5, 1.0], [1.0, 0.0]], -0.25, 'никто')"


def test_what_the_host_refuses_keeps_its_kind(serve: Serve) -> None:
    def refuse(*_: Any) -> Any:
        raise Error(ErrorKind.BUDGET, "денег нет", retryable=True)

    with pytest.raises(Error) as e:
        plan(start(serve, lambda host: host.recall(CALL, "?"), Recall=refuse))
    assert (e.value.kind, e.value.message, e.value.retryable) == ("budget", "answer: recall: денег нет", True)


def test_a_host_that_fails_is_an_internal_error(serve: Serve) -> None:
    def fail(_: Any, context: grpc.ServicerContext) -> Any:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no such thing")

    with pytest.raises(Error, match="recall: UNIMPLEMENTED: no such thing") as e:
        plan(start(serve, lambda host: host.recall(CALL, "?"), Recall=fail))
    assert e.value.kind == ErrorKind.INTERNAL


def test_a_request_that_is_too_large_is_not_sent(serve: Serve) -> None:
    with pytest.raises(Error, match="embed: the request has 734003") as e:
        plan(start(serve, lambda host: host.embed(CALL, ["x" * (70 << 20)])))
    assert e.value.kind == ErrorKind.INVALID_INPUT


def test_a_call_given_up_ends_the_call_back(serve: Serve) -> None:
    asked, left = threading.Event(), threading.Event()

    def recall(_: Any, context: grpc.ServicerContext) -> host_pb2.RecallResponse:
        ended = threading.Event()
        context.add_callback(ended.set)
        asked.set()
        if ended.wait(10):
            left.set()
        return host_pb2.RecallResponse()

    failures: queue.Queue[Error] = queue.Queue()

    def ask(host: Host) -> object:
        try:
            return host.recall(CALL, "?")
        except Error as e:
            failures.put(e)
            raise

    plugin = start(serve, ask, Recall=recall)
    call = plugin.future(PLAN, b"")
    assert asked.wait(5)
    call.cancel()
    assert left.wait(5)
    assert failures.get(timeout=5).message == "recall: the host gave its call up"


def test_many_callers_at_once_wait_for_the_host_together(serve: Serve) -> None:
    callers = 8  # as many threads as this host has
    together = threading.Barrier(callers, timeout=10)

    def recall(_: Any, __: Any) -> host_pb2.RecallResponse:
        together.wait()
        return host_pb2.RecallResponse(text="все здесь")

    plugin = start(serve, lambda host: host.recall(CALL, "?"), Recall=recall)
    calls = [plugin.future(PLAN, b"") for _ in range(callers)]
    assert {planner_pb2.PlanResponse.FromString(c.result()).thought for c in calls} == {"'все здесь'"}
