"""A plugin's life: Info → ConfigSchema → Configure → Restore → work → Close."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import grpc

from gorod_plugin import _decode, _encode
from gorod_plugin._host_client import HostClient
from gorod_plugin._proto.gorod.base.v1 import plugin_pb2
from gorod_plugin.errors import Error, ErrorKind
from gorod_plugin.kinds import Classifier, Implementation, Mayor, Memory, Metric, Planner
from gorod_plugin.spec import Kind, PluginSpec, Setup
from gorod_plugin.types import JsonObject

API_VERSIONS = ("v1",)
"""Versions of the wire contracts that this package serves, the same for each kind so far."""

CLASSES: dict[Kind, type[Implementation]] = {
    "memory": Memory,
    "planner": Planner,
    "sentiment": Classifier,
    "mayor": Mayor,
    "metric": Metric,
}
"""What each kind is made of."""

_I = TypeVar("_I", bound=Implementation)


class Lifecycle:
    """Makes a plugin's implementation and holds it for the work of its kind."""

    def __init__(self, spec: PluginSpec, dial: Callable[[int], grpc.Channel], log: logging.Logger) -> None:
        """Begins the life of a plugin that reaches its host by dialling a broker id."""
        self._spec = spec
        self._dial = dial
        self._log = log
        self._lock = threading.Lock()  # of the lifecycle; work takes none
        self._channel: grpc.Channel | None = None
        self._restored = False
        self._made: Implementation | None = None

    def info(self, _request: plugin_pb2.InfoRequest) -> plugin_pb2.InfoResponse:
        """Says what the plugin is."""
        s = self._spec
        return plugin_pb2.InfoResponse(
            kind=s.kind,
            name=s.name,
            version=s.version,
            summary=s.summary,
            api_versions=API_VERSIONS,
            metrics=[_encode.metric_info(m) for m in s.metrics],
        )

    def config_schema(self, _request: plugin_pb2.ConfigSchemaRequest) -> plugin_pb2.ConfigSchemaResponse:
        """Gives the schema of the plugin's config; empty takes none."""
        schema = self._spec.schema
        return plugin_pb2.ConfigSchemaResponse(schema_json=b"" if schema is None else _encode.json_bytes(schema))

    def configure(self, request: plugin_pb2.ConfigureRequest) -> plugin_pb2.ConfigureResponse:
        """Makes the implementation.

        It dials the host before anything else: the broker forgets an id that
        nobody claims for a few seconds, and make may load a model.
        """
        with self._lock:
            if self._channel is not None:
                raise Error(ErrorKind.INVALID_INPUT, "configured already")
            self._channel = self._dial(request.host_broker_id)
            if request.api_version not in API_VERSIONS:
                raise Error(
                    ErrorKind.INVALID_INPUT, f"api version {request.api_version!r} is not one of {', '.join(API_VERSIONS)}"
                )
            made = self._spec.make(
                Setup(
                    config=_config(request.config_json),
                    seed=request.seed,
                    run_id=request.run_id,
                    language=request.language,
                    host=HostClient(self._channel, request.run_id),
                    log=self._log,
                )
            )
            wanted = CLASSES[self._spec.kind]
            if not isinstance(made, wanted):
                raise Error(
                    ErrorKind.INTERNAL,
                    f"{self._spec.kind}/{self._spec.name} made a {type(made).__name__}, which is no {wanted.__name__}",
                )
            self._made = made
        return plugin_pb2.ConfigureResponse()

    def implementation(self, kind: type[_I]) -> _I:
        """Returns what configure made."""
        made = self._made
        if not isinstance(made, kind):
            raise Error(ErrorKind.INVALID_INPUT, "not configured")
        return made

    def restore(self, requests: Iterator[plugin_pb2.RestoreRequest]) -> plugin_pb2.RestoreResponse:
        """Hands the host's records over."""
        made = self.implementation(Implementation)
        with self._lock:
            if self._restored:
                raise Error(ErrorKind.INVALID_INPUT, "restored already")
            self._restored = True
            records = [_decode.record(r) for chunk in requests for r in chunk.records]
            made.restore(records)
        return plugin_pb2.RestoreResponse(records=len(records))

    def close(self, _request: plugin_pb2.CloseRequest) -> plugin_pb2.CloseResponse:
        """Ends the work; where nothing was made there is nothing to end."""
        with self._lock:
            if self._made is not None:
                self._made.close()
        return plugin_pb2.CloseResponse()


def _config(data: bytes) -> JsonObject:
    try:
        config = _decode.json_value(data, "the config")
    except Error as e:
        raise Error(ErrorKind.INVALID_CONFIG, e.message) from e
    if not isinstance(config, dict):
        raise Error(ErrorKind.INVALID_CONFIG, f"the config is a {type(config).__name__}, not an object")
    return config
