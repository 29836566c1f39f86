"""The Host over the wire."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import grpc
from google.protobuf.message import Message as Wire

from gorod_plugin._encode import json_bytes
from gorod_plugin._limits import MAX_MESSAGE
from gorod_plugin._proto.gorod.host.v1 import host_pb2
from gorod_plugin._status import from_host
from gorod_plugin.errors import Error, ErrorKind
from gorod_plugin.host import Call, Host, Message, Reply

current_call: contextvars.ContextVar[grpc.ServicerContext | None] = contextvars.ContextVar("current_call", default=None)
"""The host's call that this thread works on: calls back end with it."""

_SERVICE = host_pb2.DESCRIPTOR.services_by_name["HostService"]
_W = TypeVar("_W", bound=Wire)
_AGES = 1e8


class HostClient(Host):
    """Calls the host's services over one channel."""

    def __init__(self, channel: grpc.Channel, run_id: str) -> None:
        """Makes a client for a run."""
        self._run_id = run_id
        self._methods = {
            # Messages are made and read here, so that failures of either are the plugin's errors.
            m.name: channel.unary_unary(f"/{_SERVICE.full_name}/{m.name}", bytes, bytes)
            for m in _SERVICE.methods
        }

    def generate(
        self,
        call: Call,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any] | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        max_tokens: int = 0,
        stop: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Implements Host."""
        request = host_pb2.GenerateRequest(
            meta=self._meta(call),
            messages=[host_pb2.Message(role=m.role, content=m.content) for m in messages],
            schema_json=b"" if schema is None else json_bytes(schema),
            sampling=host_pb2.Sampling(temperature=temperature, top_p=top_p, max_tokens=max_tokens, stop=stop),
            facts_json=b"" if facts is None else json_bytes(facts),
        )
        reply = self._invoke("Generate", request, host_pb2.GenerateResponse)
        return Reply(reply.text, reply.prompt_tokens, reply.reply_tokens)

    def embed(self, call: Call, texts: Sequence[str]) -> list[list[float]]:
        """Implements Host."""
        request = host_pb2.EmbedRequest(meta=self._meta(call), texts=texts)
        return [list(v.values) for v in self._invoke("Embed", request, host_pb2.EmbedResponse).vectors]

    def score(self, call: Call, prompt: str, text: str) -> float:
        """Implements Host."""
        request = host_pb2.ScoreRequest(meta=self._meta(call), prompt=prompt, text=text)
        return self._invoke("Score", request, host_pb2.ScoreResponse).log_prob

    def recall(self, call: Call, query: str, limit: int = 0) -> str:
        """Implements Host."""
        request = host_pb2.RecallRequest(meta=self._meta(call), query=query, limit=limit)
        return self._invoke("Recall", request, host_pb2.RecallResponse).text

    def _meta(self, call: Call) -> host_pb2.CallMeta:
        return host_pb2.CallMeta(run_id=self._run_id, agent=call.agent, tick=call.tick, purpose=call.purpose, index=call.index)

    def _invoke(self, method: str, request: Wire, reply: type[_W]) -> _W:
        operation = method.lower()
        size = request.ByteSize()
        if size > MAX_MESSAGE:
            raise Error(ErrorKind.INVALID_INPUT, f"{operation}: the request has {size} bytes, more than {MAX_MESSAGE}")
        ours = current_call.get()
        future = self._methods[method].future(request.SerializeToString(), timeout=_remaining(ours))
        cancel = cast(Callable[[], None], future.cancel)
        if ours is not None and not ours.add_callback(cancel):
            cancel()  # the host gave its call up before this one began
        try:
            return reply.FromString(future.result())
        except grpc.FutureCancelledError as e:
            raise Error(ErrorKind.INTERNAL, f"{operation}: the host gave its call up") from e
        except grpc.RpcError as e:
            raise from_host(operation, e) from e


def _remaining(ours: grpc.ServicerContext | None) -> float | None:
    """Returns the seconds that the host gives its call; gRPC says ages for a call without a deadline."""
    seconds = None if ours is None else ours.time_remaining()
    return None if seconds is None or seconds > _AGES else seconds
