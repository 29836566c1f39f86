import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from conftest import BASE, Plugin

from gorod_plugin import Classifier, Error, ErrorKind, Metric, MetricInfo, Planner, PluginSpec, Record, Sentiment, Setup
from gorod_plugin._proto.gorod.base.v1 import plugin_pb2, record_pb2
from gorod_plugin._proto.gorod.sentiment.v1 import sentiment_pb2
from gorod_plugin._proto.gorod_plugin import goplugin_pb2

Serve = Callable[[PluginSpec], Plugin]


class Flat(Classifier):
    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.records: list[Record] | None = None
        self.closed = 0

    def restore(self, records: Sequence[Record]) -> None:
        self.records = list(records)

    def classify(self, tick: int, texts: Sequence[str]) -> list[Sentiment]:
        return [Sentiment(0.0, "neutral") for _ in texts]

    def close(self) -> None:
        self.closed += 1


def spec(made: list[Flat] | None = None, **fields: Any) -> PluginSpec:
    def make(setup: Setup) -> Flat:
        flat = Flat(setup)
        if made is not None:
            made.append(flat)
        return flat

    given: dict[str, Any] = {"kind": "sentiment", "name": "flat", "version": "1.0.0", "summary": "flat", "make": make}
    return PluginSpec(**(given | fields))


def classify(plugin: Plugin, *texts: str) -> sentiment_pb2.ClassifyResponse:
    request = sentiment_pb2.ClassifyRequest(texts=texts)
    return plugin.call("gorod.sentiment.v1.SentimentService/Classify", request, sentiment_pb2.ClassifyResponse)


def test_says_what_it_is(serve: Serve) -> None:
    metric = MetricInfo("talk", "Share of posts.", unit="1", low=0.0, source="a paper", better="up")
    plugin = serve(
        PluginSpec("metric", "talk", "1.2.3", "how much", lambda _: pytest.fail("made"), {"type": "object"}, metrics=[metric])
    )
    info = plugin.call(f"{BASE}/Info", plugin_pb2.InfoRequest(), plugin_pb2.InfoResponse)
    assert (info.kind, info.name, info.version, info.summary, list(info.api_versions)) == (
        "metric", "talk", "1.2.3", "how much", ["v1"],
    )  # fmt: skip
    assert info.metrics[0] == plugin_pb2.MetricInfo(
        name="talk", definition="Share of posts.", unit="1", low=0.0, source="a paper", better="up"
    )
    assert not info.metrics[0].HasField("high")
    schema = plugin.call(f"{BASE}/ConfigSchema", plugin_pb2.ConfigSchemaRequest(), plugin_pb2.ConfigSchemaResponse)
    assert schema.schema_json == b'{"type":"object"}'


def test_takes_no_config_without_a_schema(serve: Serve) -> None:
    schema = serve(spec()).call(f"{BASE}/ConfigSchema", plugin_pb2.ConfigSchemaRequest(), plugin_pb2.ConfigSchemaResponse)
    assert schema.schema_json == b""


def test_is_made_from_its_setup_restored_and_closed(serve: Serve) -> None:
    made: list[Flat] = []
    plugin = serve(spec(made))
    plugin.start('{"слово":[1,null]}'.encode())
    setup = made[0].setup
    assert (setup.config, setup.seed, setup.run_id, setup.language) == ({"слово": [1, None]}, 5, "r1", "ru")
    assert setup.log.name == "gorod.flat"

    chunks = [
        plugin_pb2.RestoreRequest(records=[record_pb2.Record(agent="a1", key="k", kind="person", json='{"ё":1}'.encode())]),
        plugin_pb2.RestoreRequest(records=[record_pb2.Record(key="all", json=b"3")]),
    ]
    restored = plugin.stream(f"{BASE}/Restore", list(chunks), plugin_pb2.RestoreResponse)
    assert restored.records == 2
    assert made[0].records == [Record("a1", "k", "person", {"ё": 1}), Record("", "all", "", 3)]
    with pytest.raises(Error, match="restored already"):
        plugin.stream(f"{BASE}/Restore", [], plugin_pb2.RestoreResponse)

    assert len(classify(plugin, "a", "b").sentiments) == 2
    plugin.call(f"{BASE}/Close", plugin_pb2.CloseRequest(), plugin_pb2.CloseResponse)
    assert made[0].closed == 1


@pytest.mark.parametrize(
    ("config", "kind", "message"),
    [
        (b"{", ErrorKind.INVALID_CONFIG, "the config is not JSON"),
        (b"[1]", ErrorKind.INVALID_CONFIG, "the config is a list, not an object"),
        (b"[" * 100_000, ErrorKind.INVALID_CONFIG, "the config is not JSON"),
    ],
)
def test_refuses_a_config_that_is_none(serve: Serve, config: bytes, kind: str, message: str) -> None:
    with pytest.raises(Error, match=message) as e:
        serve(spec()).start(config)
    assert e.value.kind == kind


def test_refuses_what_comes_at_the_wrong_time(serve: Serve) -> None:
    plugin = serve(spec())
    with pytest.raises(Error, match="not configured") as e:
        classify(plugin)
    assert e.value.kind == ErrorKind.INVALID_INPUT
    with pytest.raises(Error, match="not configured"):
        plugin.stream(f"{BASE}/Restore", [], plugin_pb2.RestoreResponse)
    plugin.call(f"{BASE}/Close", plugin_pb2.CloseRequest(), plugin_pb2.CloseResponse)  # nothing was made
    plugin.start()
    with pytest.raises(Error, match="configured already"):
        plugin.configure()


def test_refuses_a_version_that_it_does_not_serve(serve: Serve) -> None:
    with pytest.raises(Error, match=re.escape("api version 'v99' is not one of v1")):
        serve(spec()).start(api_version="v99")


def test_gives_up_on_a_host_that_does_not_say_where_it_is(serve: Serve) -> None:
    with pytest.raises(Error, match=r"no word of broker id 7 for 0\.2 s"):
        serve(spec()).configure()


def test_says_so_when_make_makes_another_kind(serve: Serve) -> None:
    class Idle(Planner):
        def plan(self, request: Any) -> Any:
            return None

    with pytest.raises(Error, match="sentiment/flat made a Idle, which is no Classifier") as e:
        serve(spec(make=lambda _: Idle())).start()
    assert e.value.kind == ErrorKind.INTERNAL


def test_passes_on_what_make_refuses(serve: Serve) -> None:
    def make(_: Setup) -> Metric:
        raise Error(ErrorKind.INVALID_CONFIG, "оба сразу", retryable=True)

    with pytest.raises(Error) as e:
        serve(spec(make=make)).start()
    assert (e.value.kind, e.value.message, e.value.retryable) == ("invalid_config", "answer: оба сразу", True)


def test_is_healthy_and_stops_when_it_is_told_to(serve: Serve) -> None:
    plugin = serve(spec())
    health = plugin.call(
        "grpc.health.v1.Health/Check", goplugin_pb2.HealthCheckRequest(service="plugin"), goplugin_pb2.HealthCheckResponse
    )
    assert health.status == goplugin_pb2.HealthCheckResponse.SERVING
    assert not plugin.stopped.is_set()
    plugin.call("plugin.GRPCController/Shutdown", goplugin_pb2.Empty(), goplugin_pb2.Empty)
    assert plugin.stopped.wait(5)
