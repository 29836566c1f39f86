"""A gRPC server that serves one plugin."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import Any, NoReturn, TypeAlias, TypeVar

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.message import Message as Wire

from gorod_plugin._broker import Broker
from gorod_plugin._host_client import current_call
from gorod_plugin._lifecycle import Lifecycle
from gorod_plugin._limits import CHANNEL_OPTIONS, MAX_MESSAGE
from gorod_plugin._proto.gorod.base.v1 import plugin_pb2
from gorod_plugin._proto.gorod.mayor.v1 import mayor_pb2
from gorod_plugin._proto.gorod.memory.v1 import memory_pb2
from gorod_plugin._proto.gorod.metric.v1 import metric_pb2
from gorod_plugin._proto.gorod.planner.v1 import planner_pb2
from gorod_plugin._proto.gorod.sentiment.v1 import sentiment_pb2
from gorod_plugin._proto.gorod_plugin import goplugin_pb2
from gorod_plugin._status import Answer, as_error
from gorod_plugin._work import Work
from gorod_plugin.errors import Error, ErrorKind
from gorod_plugin.spec import PluginSpec

_Handlers: TypeAlias = "dict[str, grpc.RpcMethodHandler[Any, Any]]"
_R = TypeVar("_R", bound=Wire)

# Threads that calls wait in; most of them wait for the host's models. One more
# is the broker's for as long as the process lives.
_WORKERS = 256


def make_server(spec: PluginSpec, broker: Broker, stop: Callable[[], None], log: logging.Logger) -> grpc.Server:
    """Makes a server of a plugin; it calls stop when the host says that it is done."""
    handlers = handlers_of(spec, broker.dial, log) | {
        "/plugin.GRPCBroker/StartStream": grpc.stream_stream_rpc_method_handler(broker.stream),
        "/plugin.GRPCController/Shutdown": grpc.unary_unary_rpc_method_handler(_shutdown(stop)),
        "/grpc.health.v1.Health/Check": grpc.unary_unary_rpc_method_handler(_healthy),
    }
    return grpc.server(
        futures.ThreadPoolExecutor(_WORKERS + 1, thread_name_prefix="gorod"),
        handlers=[_Table(handlers)],
        options=CHANNEL_OPTIONS,
    )


def handlers_of(spec: PluginSpec, dial: Callable[[int], grpc.Channel], log: logging.Logger) -> _Handlers:
    """Returns what serves the wire contracts of a plugin's kind, by the method's path."""
    return _Answers(log).of(spec, Lifecycle(spec, dial, log))


class _Table(grpc.GenericRpcHandler):
    """Finds handlers by the method's path."""

    def __init__(self, handlers: _Handlers) -> None:
        self._handlers = handlers

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any] | None:
        return self._handlers.get(handler_call_details.method)


def _shutdown(stop: Callable[[], None]) -> Callable[[bytes, Any], bytes]:
    def shutdown(_request: bytes, context: grpc.ServicerContext) -> bytes:
        context.add_callback(stop)  # once the answer is on its way
        return goplugin_pb2.Empty().SerializeToString()

    return shutdown


def _healthy(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    return goplugin_pb2.HealthCheckResponse(status=goplugin_pb2.HealthCheckResponse.SERVING).SerializeToString()


class _Answers:
    """Makes handlers on which whatever a plugin raises becomes an error that the host can read."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log

    def of(self, spec: PluginSpec, life: Lifecycle) -> _Handlers:
        """Returns the handlers of a plugin's kind."""
        work, one, many = Work(life), self._one, self._many
        base = _full_name(plugin_pb2, "PluginService")
        kinds: dict[str, tuple[str, _Handlers]] = {
            "memory": (
                _full_name(memory_pb2, "MemoryService"),
                {"Observe": one(memory_pb2.ObserveRequest, work.observe), "Recall": one(memory_pb2.RecallRequest, work.recall)},
            ),
            "planner": (_full_name(planner_pb2, "PlannerService"), {"Plan": one(planner_pb2.PlanRequest, work.plan)}),
            "sentiment": (
                _full_name(sentiment_pb2, "SentimentService"),
                {"Classify": one(sentiment_pb2.ClassifyRequest, work.classify)},
            ),
            "mayor": (_full_name(mayor_pb2, "MayorService"), {"Decide": one(mayor_pb2.DecideRequest, work.decide)}),
            "metric": (_full_name(metric_pb2, "MetricService"), {"Measure": many(metric_pb2.MeasureRequest, work.measure)}),
        }
        service, methods = kinds[spec.kind]
        return {
            f"/{base}/Info": one(plugin_pb2.InfoRequest, life.info),
            f"/{base}/ConfigSchema": one(plugin_pb2.ConfigSchemaRequest, life.config_schema),
            f"/{base}/Configure": one(plugin_pb2.ConfigureRequest, life.configure),
            f"/{base}/Restore": many(plugin_pb2.RestoreRequest, life.restore),
            f"/{base}/Close": one(plugin_pb2.CloseRequest, life.close),
        } | {f"/{service}/{name}": handler for name, handler in methods.items()}

    def _one(self, request: type[_R], behave: Callable[[_R], Wire]) -> grpc.RpcMethodHandler[Any, Any]:
        def handle(data: bytes, context: grpc.ServicerContext) -> bytes:
            return self._answer(context, lambda: behave(_parse(request, data)))

        return grpc.unary_unary_rpc_method_handler(handle)

    def _many(self, request: type[_R], behave: Callable[[Iterator[_R]], Wire]) -> grpc.RpcMethodHandler[Any, Any]:
        def handle(stream: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
            return self._answer(context, lambda: behave(_parse(request, data) for data in stream))

        return grpc.stream_unary_rpc_method_handler(handle)

    def _answer(self, context: grpc.ServicerContext, work: Callable[[], Wire]) -> bytes:
        token = current_call.set(context)
        try:
            return _bounded(work())
        except Error as e:
            error = e
        except BaseException as e:  # sys.exit in a call must not leave the host without an answer
            if context.is_active():
                self._log.exception("the plugin raised %s", type(e).__name__)
            error = as_error(e)
        finally:
            current_call.reset(token)
        return _refuse(context, error)


def _refuse(context: grpc.ServicerContext, error: Error) -> NoReturn:
    context.abort_with_status(Answer(error))


def _full_name(module: Any, service: str) -> str:
    return str(module.DESCRIPTOR.services_by_name[service].full_name)


def _parse(request: type[_R], data: bytes) -> _R:
    try:
        return request.FromString(data)
    except DecodeError as e:
        raise Error(ErrorKind.INVALID_INPUT, f"{request.DESCRIPTOR.name}: {e}") from e


def _bounded(reply: Wire) -> bytes:
    size = reply.ByteSize()
    if size > MAX_MESSAGE:
        raise Error(
            ErrorKind.INTERNAL,
            f"the plugin's answer has {size >> 20} MB, more than the {MAX_MESSAGE >> 20} MB that a message may have",
        )
    return reply.SerializeToString()
