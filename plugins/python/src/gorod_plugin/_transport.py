"""Connections between plugin and host: where they lead, and their TLS."""

from __future__ import annotations

import tempfile
from pathlib import Path

import grpc

from gorod_plugin._limits import CHANNEL_OPTIONS
from gorod_plugin._relay import Relay
from gorod_plugin._tls import HOST, Identity


class Transport:
    """Opens the connections of one side; each has the one peer."""

    def __init__(self, peer: bytes, folder: str | None, identity: Identity | None = None) -> None:
        """Takes the peer's certificate (PEM) and the folder for sockets; None stands for the system's."""
        self._peer = peer
        self._identity = identity or Identity()
        self._relay = Relay()
        # Short names: the path of a socket may have about a hundred bytes. Only this user may enter.
        self._folder = Path(tempfile.mkdtemp(prefix="p", dir=folder))
        self._sockets = 0

    def listen(self, server: grpc.Server) -> str:
        """Lets the peer reach a server that has not started yet; returns the path of the socket."""
        path, plain = self._socket(), self._socket()
        server.add_insecure_port(f"unix:{plain}")
        self._relay.listen(path, plain, self._identity.ssl_context(self._peer, server=True))
        return path

    def dial(self, network: str, address: str) -> grpc.Channel:
        """Opens a channel to where the peer listens."""
        plain = self._socket()
        self._relay.dial(network, address, plain, self._identity.ssl_context(self._peer, server=False))
        return grpc.insecure_channel(f"unix:{plain}", (*CHANNEL_OPTIONS, ("grpc.default_authority", HOST)))

    def handshake_field(self) -> str:
        """Returns this side's certificate for the handshake's line."""
        return self._identity.handshake_field()

    def _socket(self) -> str:
        self._sockets += 1
        return str(self._folder / str(self._sockets))
