"""Errors on the wire: kinds travel in the details of gRPC's status."""

from __future__ import annotations

from collections.abc import Iterable

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import DecodeError

from gorod_plugin._proto.gorod.base.v1 import record_pb2
from gorod_plugin._proto.gorod_plugin import goplugin_pb2
from gorod_plugin.errors import Error, ErrorKind

# Bytes: an error travels in headers, of which some peers take no more than 8 KB.
_MAX_MESSAGE = 4 << 10
_DETAILS = "grpc-status-details-bin"
_UNKNOWN = grpc.StatusCode.UNKNOWN


class Answer(grpc.Status):
    """The status that a refused call ends with."""

    def __init__(self, error: Error) -> None:
        """Encodes an error."""
        message = error.message.encode(errors="replace")[:_MAX_MESSAGE].decode(errors="ignore")
        detail = any_pb2.Any()
        detail.Pack(record_pb2.ErrorDetail(kind=error.kind, message=message, retryable=error.retryable))
        status = goplugin_pb2.Status(code=_UNKNOWN.value[0], message=str(error.kind), details=[detail])
        self.code = _UNKNOWN
        self.details = str(error.kind)
        self.trailing_metadata = ((_DETAILS, status.SerializeToString()),)


def as_error(failure: BaseException) -> Error:
    """Turns what was raised into an Error: one that is none becomes INTERNAL."""
    if isinstance(failure, Error):
        return failure
    return Error(ErrorKind.INTERNAL, f"{type(failure).__name__}: {failure}")


def from_host(operation: str, failure: grpc.RpcError) -> Error:
    """Gives back the Error that the host answered with, or says how the host failed."""
    detail = _detail(failure.trailing_metadata() or ()) if isinstance(failure, grpc.Call) else None
    if detail is not None:
        return Error(detail.kind, f"{operation}: {detail.message}", retryable=detail.retryable)
    if isinstance(failure, grpc.Call):
        return Error(ErrorKind.INTERNAL, f"{operation}: {failure.code().name}: {failure.details()}")
    return Error(ErrorKind.INTERNAL, f"{operation}: {failure}")


def _detail(metadata: Iterable[tuple[str, str | bytes]]) -> record_pb2.ErrorDetail | None:
    status, detail = goplugin_pb2.Status(), record_pb2.ErrorDetail()
    for key, value in metadata:
        if key != _DETAILS or not isinstance(value, bytes):
            continue
        try:
            status.ParseFromString(value)
            if any(d.Unpack(detail) for d in status.details):
                return detail
        except DecodeError:
            continue
    return None
