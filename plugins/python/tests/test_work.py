import dataclasses
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import Plugin
from google.protobuf import json_format
from google.protobuf.message import Message as Wire

import gorod_plugin as gp
from gorod_plugin import _lifecycle, _server
from gorod_plugin._proto.gorod.base.v1 import agent_pb2, observation_pb2, plugin_pb2, record_pb2
from gorod_plugin._proto.gorod.mayor.v1 import mayor_pb2
from gorod_plugin._proto.gorod.memory.v1 import memory_pb2
from gorod_plugin._proto.gorod.metric.v1 import metric_pb2
from gorod_plugin._proto.gorod.planner.v1 import planner_pb2
from gorod_plugin._proto.gorod.sentiment.v1 import sentiment_pb2

Serve = Callable[[gp.PluginSpec], Plugin]

# ruff: noqa: E501

# One of everything, in the words of the wire and in those of the SDK.
WIRE_AGENT = agent_pb2.Agent(
    id="a1",
    persona=agent_pb2.Persona(
        name="Пётр", age=34, gender="male", occupation="врач", residence="Казань", bio="б", style="с", interests=["кино"],
        traits={"openness": 0.5}, beliefs={"мост нужен": -1}, relationships={"a2": "сосед"}, routine=["утром"], goals=["мир"],
        extra_json='{"кот":["Ёж",null]}'.encode(),
    ),
    mood=agent_pb2.Mood(valence=-0.5, arousal=0.25), goals=["жить"],
    plan=agent_pb2.Plan(purpose="поговорить", place="network", since=3), group="g",
)  # fmt: skip
AGENT = gp.Agent(
    id="a1",
    persona=gp.Persona(
        name="Пётр", age=34, gender="male", occupation="врач", residence="Казань", bio="б", style="с", interests=["кино"],
        traits={"openness": 0.5}, beliefs={"мост нужен": -1}, relationships={"a2": "сосед"}, routine=["утром"], goals=["мир"],
        extra={"кот": ["Ёж", None]},
    ),
    mood=gp.Mood(-0.5, 0.25), goals=["жить"], plan=gp.Plan("поговорить", "network", 3), group="g",
)  # fmt: skip
ITEM: dict[str, Any] = {
    "id": "p1", "kind": "post", "author": "a2", "author_name": "Аня", "text": "ё", "group": "g", "audience": "public",
    "time": "t", "parent": "p0", "event": "e1", "options": ["да"], "rank": 2, "score": 0.5, "addressed": True,
}  # fmt: skip
WIRE_OBSERVATION = observation_pb2.Observation(
    tick=4, time="2026-03-02T08:00:00Z", place="network", notifications=[observation_pb2.Item(**ITEM)],
    timeline=[observation_pb2.Item(kind="reply")], messages=[observation_pb2.Item(kind="message")],
    people=[observation_pb2.Person(id="a2", name="Аня")],
    outcomes=[observation_pb2.Outcome(action=observation_pb2.Action(kind="post", args={"text": "т"}), ok=True, detail="д")],
    trends=["мост"], groups=["g"], open_groups=["h"],
)  # fmt: skip
OBSERVATION = gp.Observation(
    tick=4, time="2026-03-02T08:00:00Z", place="network", notifications=[gp.Item(**ITEM)], timeline=[gp.Item("reply")],
    messages=[gp.Item(gp.ItemKind.MESSAGE)], people=[gp.Person("a2", "Аня")],
    outcomes=[gp.Outcome(gp.Action("post", {"text": "т"}), ok=True, detail="д")], trends=["мост"], groups=["g"], open_groups=["h"],
)  # fmt: skip
WIRE_SPEC = observation_pb2.ActionSpec(
    kind="post", description="д", args=[observation_pb2.ArgSpec(name="text", description="т", required=True, values=["а"])]
)
SPEC = gp.ActionSpec("post", "д", [gp.ArgSpec("text", "т", required=True, values=["а"])])
CHANGES = [
    gp.RecordChange(gp.Record("a1", "k", "person", {"ё": 1.5})),
    gp.RecordChange(gp.Record("a1", "old", "", None), delete=True),
]
WIRE_CHANGES = [
    record_pb2.RecordChange(record=record_pb2.Record(agent="a1", key="k", kind="person", json='{"ё":1.5}'.encode())),
    record_pb2.RecordChange(record=record_pb2.Record(agent="a1", key="old"), delete=True),
]


class Everything(gp.Memory, gp.Planner, gp.Classifier, gp.Mayor, gp.Metric):
    """Keeps what it was asked, and gives the answer that it was made with."""

    def __init__(self, answer: Any) -> None:
        self.asked: tuple[Any, ...] = ()
        self._answer = answer

    def _answered(self, *asked: Any) -> Any:
        self.asked = asked
        return self._answer

    def observe(self, tick: int, seen: Sequence[gp.Seen]) -> Any:
        return self._answered(tick, seen)

    def recall(self, tick: int, queries: Sequence[gp.Query]) -> Any:
        return self._answered(tick, queries)

    def plan(self, request: gp.PlanRequest) -> Any:
        return self._answered(request)

    def classify(self, tick: int, texts: Sequence[str]) -> Any:
        return self._answered(tick, texts)

    def decide(self, request: gp.MayorRequest) -> Any:
        return self._answered(request)

    def measure(self, run: gp.Run, events: Iterator[gp.Event]) -> Any:
        return self._answered(run, list(events))


CASES: dict[str, tuple[gp.Kind, str, Wire, tuple[Any, ...], Any, Wire]] = {
    "observe": (
        "memory", "gorod.memory.v1.MemoryService/Observe",
        memory_pb2.ObserveRequest(tick=4, seen=[memory_pb2.Seen(agent=WIRE_AGENT, observation=WIRE_OBSERVATION)]),
        (4, [gp.Seen(AGENT, OBSERVATION)]),
        CHANGES, memory_pb2.ObserveResponse(changes=WIRE_CHANGES),
    ),
    "recall": (
        "memory", "gorod.memory.v1.MemoryService/Recall",
        memory_pb2.RecallRequest(tick=4, queries=[memory_pb2.Query(agent=agent_pb2.Agent(id="a2"), text="кто?", limit=3)]),
        (4, [gp.Query(gp.Agent("a2"), text="кто?", limit=3)]),
        [gp.Recollection("был дождь", [gp.Remembrance("k", "дождь", 0.5, 2)], [gp.Action("ignore")])],
        memory_pb2.RecallResponse(recollections=[memory_pb2.Recollection(
            text="был дождь", items=[memory_pb2.Memory(key="k", text="дождь", score=0.5, tick=2)],
            experience=[observation_pb2.Action(kind="ignore")])]),
    ),
    "plan": (
        "planner", "gorod.planner.v1.PlannerService/Plan",
        planner_pb2.PlanRequest(
            tick=4, agent=WIRE_AGENT, observation=WIRE_OBSERVATION, actions=[WIRE_SPEC], max_actions=2,
            recollection=memory_pb2.Recollection(text="т", items=[memory_pb2.Memory(key="k")],
                                                 experience=[observation_pb2.Action(kind="post", args={"a": "b"})])),
        (gp.PlanRequest(4, AGENT, OBSERVATION, gp.Recollection("т", [gp.Remembrance("k", "")], [gp.Action("post", {"a": "b"})]),
                        [SPEC], 2),),
        gp.Decision([gp.Action("post", {"text": "ё"})], gp.Plan("п", "м", 4), "мысль", CHANGES, reused=True),
        planner_pb2.PlanResponse(
            plan=agent_pb2.Plan(purpose="п", place="м", since=4), thought="мысль", changes=WIRE_CHANGES, reused=True,
            actions=[observation_pb2.Action(kind="post", args={"text": "ё"})]),
    ),
    "a plan that stays": (
        "planner", "gorod.planner.v1.PlannerService/Plan", planner_pb2.PlanRequest(),
        (gp.PlanRequest(0, gp.Agent(""), gp.Observation(), gp.Recollection()),),
        gp.Decision(), planner_pb2.PlanResponse(),
    ),
    "classify": (
        "sentiment", "gorod.sentiment.v1.SentimentService/Classify", sentiment_pb2.ClassifyRequest(texts=["ура", ""], tick=9),
        (9, ["ура", ""]),
        [gp.Sentiment(0.5, gp.POSITIVE, 0.25, {"positive": 0.75}, "joy")],
        sentiment_pb2.ClassifyResponse(sentiments=[sentiment_pb2.Sentiment(
            valence=0.5, label="positive", arousal=0.25, scores={"positive": 0.75}, emotion="joy")]),
    ),
    "decide": (
        "mayor", "gorod.mayor.v1.MayorService/Decide",
        mayor_pb2.DecideRequest(tick=4, actions=[WIRE_SPEC], town=mayor_pb2.Town(
            name="Т", time="t", day=2, hour=9, money=-5, width=3, height=4, goal="ц", goal_money=70, goal_population=6, left=8, free=[mayor_pb2.Lot(x=1, y=2)],
            buildings=[mayor_pb2.Building(id="b1", type="дом", lot=mayor_pb2.Lot(x=2), income=7, free_beds=1, beds=2,
                                          free_desks=3, desks=4)],
            citizens=[mayor_pb2.Citizen(id="a1", name="n", bio="b", goal="g", cash=3, home="b1", mood=0.0), mayor_pb2.Citizen(id="a2")],
            types=[mayor_pb2.BuildingType(name="кафе", cost=10, beds=1, desks=2, menu={"чай": 3})],
            recruit_cost=12, newcomer_cash=10,
            last=observation_pb2.Outcome(action=observation_pb2.Action(kind="build"), detail="занято"))),
        (gp.MayorRequest(4, gp.Town(
            "Т", "t", 2, 9, -5, 3, 4, "ц", 70, 6, 8, [gp.Lot(1, 2)], [gp.Building("b1", "дом", gp.Lot(2, 0), 7, 1, 2, 3, 4)],
            [gp.Citizen("a1", "n", "b", "g", 3, "b1", 0.0), gp.Citizen("a2")], [gp.BuildingType("кафе", 10, 1, 2, {"чай": 3})],
            12, 10, gp.Outcome(gp.Action("build"), ok=False, detail="занято")), [SPEC]),),
        gp.MayorDecision(gp.Action("build", {"x": "1"}), "мысль", CHANGES),
        mayor_pb2.DecideResponse(action=observation_pb2.Action(kind="build", args={"x": "1"}), thought="мысль", changes=WIRE_CHANGES),
    ),
}  # fmt: skip


def spec(kind: gp.Kind, implementation: gp.Implementation) -> gp.PluginSpec:
    return gp.PluginSpec(kind, "everything", "1.0.0", "does all", lambda _: implementation)


@pytest.mark.parametrize("case", CASES)
def test_calls_arrive_whole_and_so_do_answers(serve: Serve, case: str) -> None:
    kind, method, request, asked, answer, want = CASES[case]
    everything = Everything(answer)
    plugin = serve(spec(kind, everything))
    plugin.start()
    got = plugin.call(method, request, type(want))
    assert everything.asked == asked
    assert json_format.MessageToDict(got) == json_format.MessageToDict(want)


def test_a_metric_reads_a_run_in_chunks(serve: Serve) -> None:
    run = metric_pb2.Run(
        study="s",
        cell="c",
        seed=2**64 - 1,
        language="ru",
        start="2026-03-02T08:00:00Z",
        step_seconds=0.5,
        ticks=9,
        agents=[WIRE_AGENT],
    )
    everything = Everything([gp.Score("talk", 0.5, "a1", "g", "i", 3, 4), gp.Score("talk", 1.0)])
    plugin = serve(spec("metric", everything))
    plugin.start()
    requests: list[Wire] = [
        metric_pb2.MeasureRequest(run=run, events=[metric_pb2.Event(tick=1, seq=2, agent="a1", kind="post", json=b'{"a":1}')]),
        metric_pb2.MeasureRequest(),
        metric_pb2.MeasureRequest(events=[metric_pb2.Event(tick=2, kind="end", json=b"null")]),
    ]
    method = "gorod.metric.v1.MetricService/Measure"
    got = plugin.stream(method, requests, metric_pb2.MeasureResponse)
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert everything.asked == (
        gp.Run("s", "c", 2**64 - 1, "ru", start, timedelta(seconds=0.5), 9, [AGENT]),
        [gp.Event(1, 2, "post", "a1", {"a": 1}), gp.Event(2, 0, "end")],
    )
    assert list(got.scores) == [
        metric_pb2.Score(metric="talk", agent="a1", group="g", item="i", tick=3, value=0.5, n=4),
        metric_pb2.Score(metric="talk", tick=-1, value=1),
    ]
    for bad, message in (
        ([], "does not say what the run is"),
        ([metric_pb2.MeasureRequest(run=metric_pb2.Run(start="noon"))], "the start of the run"),
        ([metric_pb2.MeasureRequest(run=run, events=[metric_pb2.Event(json=b"{")])], "event 0/0 is not JSON"),
    ):
        with pytest.raises(gp.Error, match=message) as e:
            plugin.stream(method, list(bad), metric_pb2.MeasureResponse)
        assert e.value.kind == gp.ErrorKind.INVALID_INPUT


def test_each_kind_serves_every_method_of_its_contract() -> None:
    modules = (memory_pb2, planner_pb2, sentiment_pb2, mayor_pb2, metric_pb2)
    for kind, module in zip(_lifecycle.CLASSES, modules, strict=True):
        served = _server.handlers_of(spec(kind, Everything(None)), lambda _: pytest.fail("dialled"), logging.getLogger())
        for service in [*module.DESCRIPTOR.services_by_name.values(), *plugin_pb2.DESCRIPTOR.services_by_name.values()]:
            for method in service.methods:
                assert f"/{service.full_name}/{method.name}" in served


PAIRS: list[tuple[type[Wire], type]] = [
    (agent_pb2.Agent, gp.Agent), (agent_pb2.Persona, gp.Persona), (agent_pb2.Mood, gp.Mood), (agent_pb2.Plan, gp.Plan),
    (observation_pb2.Observation, gp.Observation), (observation_pb2.Person, gp.Person), (observation_pb2.Item, gp.Item),
    (observation_pb2.Outcome, gp.Outcome), (observation_pb2.Action, gp.Action), (observation_pb2.ActionSpec, gp.ActionSpec),
    (observation_pb2.ArgSpec, gp.ArgSpec), (record_pb2.Record, gp.Record), (record_pb2.RecordChange, gp.RecordChange),
    (plugin_pb2.MetricInfo, gp.MetricInfo), (memory_pb2.Seen, gp.Seen), (memory_pb2.Query, gp.Query),
    (memory_pb2.Recollection, gp.Recollection), (memory_pb2.Memory, gp.Remembrance), (planner_pb2.PlanRequest, gp.PlanRequest),
    (planner_pb2.PlanResponse, gp.Decision), (sentiment_pb2.Sentiment, gp.Sentiment), (mayor_pb2.DecideRequest, gp.MayorRequest),
    (mayor_pb2.DecideResponse, gp.MayorDecision), (mayor_pb2.Town, gp.Town), (mayor_pb2.Lot, gp.Lot),
    (mayor_pb2.Building, gp.Building), (mayor_pb2.BuildingType, gp.BuildingType), (mayor_pb2.Citizen, gp.Citizen),
    (metric_pb2.Run, gp.Run), (metric_pb2.Event, gp.Event), (metric_pb2.Score, gp.Score),
]  # fmt: skip
RENAMED = {
    ("Persona", "extra_json"): "extra",
    ("Record", "json"): "value",
    ("Event", "json"): "data",
    ("Run", "step_seconds"): "step",
}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[1].__name__)
def test_each_field_of_the_wire_has_its_counterpart(pair: tuple[type[Wire], type]) -> None:
    wire, ours = pair
    names = {RENAMED.get((ours.__name__, f.name), f.name) for f in wire.DESCRIPTOR.fields}
    assert names == {f.name for f in dataclasses.fields(ours)}


def test_an_agent_without_a_name_goes_by_its_id() -> None:
    assert AGENT.name == "Пётр"
    assert gp.Agent("a1").name == gp.Agent("a1", gp.Persona()).name == "a1"
