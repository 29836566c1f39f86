"""A host in this process: it starts plugins' servers and talks to them as gorod does, mutual TLS and broker included."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path
from typing import Any, TypeVar

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from google.protobuf.message import Message as Wire

from gorod_plugin import Error, PluginSpec
from gorod_plugin._broker import Broker
from gorod_plugin._proto.gorod.base.v1 import plugin_pb2
from gorod_plugin._proto.gorod.host.v1 import host_pb2
from gorod_plugin._proto.gorod_plugin import goplugin_pb2
from gorod_plugin._server import make_server
from gorod_plugin._status import Answer, from_host
from gorod_plugin._tls import Identity
from gorod_plugin._transport import Transport

W = TypeVar("W", bound=Wire)
Service = Callable[[Any, grpc.ServicerContext], Wire]

BASE = "gorod.base.v1.PluginService"
BROKER_ID = 7


class Services(grpc.GenericRpcHandler):
    """The host's services; each test says what they answer."""

    def __init__(self) -> None:
        self.answers: dict[str, Service] = {}

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        name = details.method.rpartition("/")[2]
        request: type[Wire] = getattr(host_pb2, f"{name}Request")

        def handle(data: bytes, context: grpc.ServicerContext) -> bytes:
            try:
                return self.answers[name](request.FromString(data), context).SerializeToString()
            except Error as e:
                context.abort_with_status(Answer(e))

        return grpc.unary_unary_rpc_method_handler(handle)


class Plugin:
    """One plugin's server, and the host's connection to it."""

    def __init__(self, spec: PluginSpec, folder: Path) -> None:
        ours, theirs = Identity(ec.SECP521R1()), Identity()  # the curve that go-plugin takes
        self.services = Services()
        self._ended = threading.Event()
        self.stopped = threading.Event()
        side = Transport(ours.pem, str(folder), theirs)
        self.broker = Broker(side.dial, timeout=0.2)
        self._server = make_server(spec, self.broker, self.stopped.set, logging.getLogger(f"gorod.{spec.name}"))
        path = side.listen(self._server)
        self._server.start()
        self._transport = Transport(theirs.pem, str(folder), ours)
        self._channel = self._transport.dial("unix", path)
        self._host = grpc.server(futures.ThreadPoolExecutor(8), handlers=[self.services])

    def offer(self) -> None:
        """Opens the host's services and tells the plugin where."""
        info = goplugin_pb2.ConnInfo(service_id=BROKER_ID, network="unix", address=self._transport.listen(self._host))
        self._host.start()

        def offers() -> Iterator[bytes]:
            yield info.SerializeToString()
            self._ended.wait()

        start = self._channel.stream_stream("/plugin.GRPCBroker/StartStream", bytes, bytes)
        self._offers = start(offers())  # ends when it is forgotten

    def start(self, config: bytes = b"{}", **fields: Any) -> None:
        """Configures the plugin."""
        self.offer()
        self.configure(config, **fields)

    def configure(self, config: bytes = b"{}", **fields: Any) -> None:
        """Sends a Configure."""
        given: dict[str, Any] = {"api_version": "v1", "host_broker_id": BROKER_ID, "run_id": "r1", "seed": 5, "language": "ru"}
        request = given | fields
        self.call(f"{BASE}/Configure", plugin_pb2.ConfigureRequest(config_json=config, **request), plugin_pb2.ConfigureResponse)

    def future(self, method: str, request: bytes) -> Any:
        """Begins a call."""
        return self._channel.unary_unary(f"/{method}", bytes, bytes).future(request, timeout=10)

    def call(self, method: str, request: Wire | bytes, reply: type[W]) -> W:
        """Makes a call; raises the Error that it is answered with."""
        data = request if isinstance(request, bytes) else request.SerializeToString()
        return reply.FromString(self._result(lambda: self.future(method, data).result()))

    def stream(self, method: str, requests: list[Wire], reply: type[W]) -> W:
        """Makes a call of several messages."""
        call = self._channel.stream_unary(f"/{method}", bytes, bytes)
        return reply.FromString(self._result(lambda: call(iter([r.SerializeToString() for r in requests]), timeout=10)))

    def _result(self, call: Callable[[], Any]) -> bytes:
        try:
            return bytes(call())
        except grpc.RpcError as e:
            raise from_host("answer", e) from e

    def end(self) -> None:
        """Ends both sides."""
        self._ended.set()
        self._channel.close()
        self._host.stop(None)
        self._server.stop(None)


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[PluginSpec], Plugin]]:
    """Serves plugins to this process."""
    plugins: list[Plugin] = []

    def start(spec: PluginSpec) -> Plugin:
        plugins.append(Plugin(spec, tmp_path_factory.mktemp("s")))
        return plugins[-1]

    yield start
    for p in plugins:
        p.end()
