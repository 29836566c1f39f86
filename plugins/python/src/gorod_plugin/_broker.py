"""go-plugin's broker: the host says where it listens for calls back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import grpc

from gorod_plugin._limits import BROKER_TIMEOUT
from gorod_plugin._proto.gorod_plugin import goplugin_pb2
from gorod_plugin.errors import Error, ErrorKind


class Broker:
    """Knows the addresses that the host offers, by broker id."""

    def __init__(self, open_channel: Callable[[str, str], grpc.Channel], timeout: float = BROKER_TIMEOUT) -> None:
        """Makes a broker that opens channels to (network, address)."""
        self._open = open_channel
        self._timeout = timeout
        self._changed = threading.Condition()
        self._offers: dict[int, goplugin_pb2.ConnInfo] = {}

    def stream(self, requests: Iterator[bytes], _context: Any) -> Iterator[bytes]:
        """Serves plugin.GRPCBroker/StartStream: it takes in offers and makes none."""
        for data in requests:
            offer = goplugin_pb2.ConnInfo.FromString(data)
            with self._changed:
                self._offers[offer.service_id] = offer
                self._changed.notify_all()
        yield from ()

    def dial(self, service_id: int) -> grpc.Channel:
        """Opens the connection with a broker id, once its offer has come."""
        with self._changed:
            if not self._changed.wait_for(lambda: service_id in self._offers, self._timeout):
                raise Error(ErrorKind.INTERNAL, f"reach the host: no word of broker id {service_id} for {self._timeout:g} s")
            offer = self._offers.pop(service_id)
        if offer.network not in ("unix", "tcp"):
            raise Error(ErrorKind.INTERNAL, f"reach the host: unknown network {offer.network!r}")
        return self._open(offer.network, offer.address)
