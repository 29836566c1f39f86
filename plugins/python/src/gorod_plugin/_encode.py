"""What a plugin answers, to the wire."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gorod_plugin import kinds, measure, types
from gorod_plugin._proto.gorod.base.v1 import agent_pb2, observation_pb2, plugin_pb2, record_pb2
from gorod_plugin._proto.gorod.mayor.v1 import mayor_pb2
from gorod_plugin._proto.gorod.memory.v1 import memory_pb2
from gorod_plugin._proto.gorod.metric.v1 import metric_pb2
from gorod_plugin._proto.gorod.planner.v1 import planner_pb2
from gorod_plugin._proto.gorod.sentiment.v1 import sentiment_pb2


def json_bytes(value: types.Json) -> bytes:
    """Encodes JSON; raises ValueError or TypeError for what is none, NaN among it."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def change(c: types.RecordChange) -> record_pb2.RecordChange:
    """Encodes a change; the value of a record that is removed is of no matter."""
    r = c.record
    data = b"" if c.delete else json_bytes(r.value)
    return record_pb2.RecordChange(record=record_pb2.Record(agent=r.agent, key=r.key, kind=r.kind, json=data), delete=c.delete)


def action(a: types.Action) -> observation_pb2.Action:
    """Encodes an action."""
    return observation_pb2.Action(kind=a.kind, args=a.args)


def observed(changes: Iterable[types.RecordChange]) -> memory_pb2.ObserveResponse:
    """Encodes what an observation changed."""
    return memory_pb2.ObserveResponse(changes=[change(c) for c in changes])


def recollections(found: Iterable[kinds.Recollection]) -> memory_pb2.RecallResponse:
    """Encodes what agents remember."""
    return memory_pb2.RecallResponse(
        recollections=[
            memory_pb2.Recollection(
                text=r.text,
                items=[memory_pb2.Memory(key=i.key, text=i.text, score=i.score, tick=i.tick) for i in r.items],
                experience=[action(a) for a in r.experience],
            )
            for r in found
        ]
    )


def decision(d: kinds.Decision) -> planner_pb2.PlanResponse:
    """Encodes a decision."""
    return planner_pb2.PlanResponse(
        plan=None if d.plan is None else agent_pb2.Plan(purpose=d.plan.purpose, place=d.plan.place, since=d.plan.since),
        actions=[action(a) for a in d.actions],
        thought=d.thought,
        changes=[change(c) for c in d.changes],
        reused=d.reused,
    )


def sentiments(rated: Iterable[kinds.Sentiment]) -> sentiment_pb2.ClassifyResponse:
    """Encodes how texts sound."""
    return sentiment_pb2.ClassifyResponse(
        sentiments=[
            sentiment_pb2.Sentiment(valence=s.valence, label=s.label, scores=s.scores, emotion=s.emotion, arousal=s.arousal)
            for s in rated
        ]
    )


def mayor_decision(d: kinds.MayorDecision) -> mayor_pb2.DecideResponse:
    """Encodes a mayor's decision."""
    return mayor_pb2.DecideResponse(action=action(d.action), thought=d.thought, changes=[change(c) for c in d.changes])


def scores(measured: Iterable[measure.Score]) -> metric_pb2.MeasureResponse:
    """Encodes the values of metrics."""
    return metric_pb2.MeasureResponse(
        scores=[
            metric_pb2.Score(metric=s.metric, agent=s.agent, group=s.group, item=s.item, tick=s.tick, value=s.value, n=s.n)
            for s in measured
        ]
    )


def metric_info(m: measure.MetricInfo) -> plugin_pb2.MetricInfo:
    """Encodes what a metric means."""
    return plugin_pb2.MetricInfo(
        name=m.name, definition=m.definition, unit=m.unit, low=m.low, high=m.high, source=m.source, better=m.better
    )
