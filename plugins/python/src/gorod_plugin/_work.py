"""The work of each kind, as calls of the wire."""

from __future__ import annotations

from collections.abc import Iterator

from gorod_plugin import _decode, _encode
from gorod_plugin._lifecycle import Lifecycle
from gorod_plugin._proto.gorod.mayor.v1 import mayor_pb2
from gorod_plugin._proto.gorod.memory.v1 import memory_pb2
from gorod_plugin._proto.gorod.metric.v1 import metric_pb2
from gorod_plugin._proto.gorod.planner.v1 import planner_pb2
from gorod_plugin._proto.gorod.sentiment.v1 import sentiment_pb2
from gorod_plugin.errors import Error, ErrorKind
from gorod_plugin.kinds import Classifier, Mayor, Memory, Metric, Planner
from gorod_plugin.measure import Event


class Work:
    """Turns calls of the wire into those of an implementation."""

    def __init__(self, life: Lifecycle) -> None:
        """Serves what a lifecycle makes."""
        self._life = life

    def observe(self, request: memory_pb2.ObserveRequest) -> memory_pb2.ObserveResponse:
        """Serves Memory.observe."""
        memory = self._life.implementation(Memory)
        return _encode.observed(memory.observe(request.tick, [_decode.seen(s) for s in request.seen]))

    def recall(self, request: memory_pb2.RecallRequest) -> memory_pb2.RecallResponse:
        """Serves Memory.recall."""
        memory = self._life.implementation(Memory)
        return _encode.recollections(memory.recall(request.tick, [_decode.query(q) for q in request.queries]))

    def plan(self, request: planner_pb2.PlanRequest) -> planner_pb2.PlanResponse:
        """Serves Planner.plan."""
        planner = self._life.implementation(Planner)
        return _encode.decision(planner.plan(_decode.plan_request(request)))

    def classify(self, request: sentiment_pb2.ClassifyRequest) -> sentiment_pb2.ClassifyResponse:
        """Serves Classifier.classify."""
        classifier = self._life.implementation(Classifier)
        return _encode.sentiments(classifier.classify(request.tick, list(request.texts)))

    def decide(self, request: mayor_pb2.DecideRequest) -> mayor_pb2.DecideResponse:
        """Serves Mayor.decide."""
        mayor = self._life.implementation(Mayor)
        return _encode.mayor_decision(mayor.decide(_decode.mayor_request(request)))

    def measure(self, requests: Iterator[metric_pb2.MeasureRequest]) -> metric_pb2.MeasureResponse:
        """Serves Metric.measure: the first message says what the run is."""
        metric = self._life.implementation(Metric)
        first = next(requests, None)
        if first is None or not first.HasField("run"):
            raise Error(ErrorKind.INVALID_INPUT, "the first message does not say what the run is")
        return _encode.scores(metric.measure(_decode.run(first.run), _events(first, requests)))


def _events(first: metric_pb2.MeasureRequest, rest: Iterator[metric_pb2.MeasureRequest]) -> Iterator[Event]:
    yield from _decode.events(first)
    for chunk in rest:
        yield from _decode.events(chunk)
