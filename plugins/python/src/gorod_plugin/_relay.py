"""TLS in front of gRPC.

go-plugin signs with P-521, which the TLS library within grpcio does not verify
and Python's ssl does. So TLS ends here, on a thread of its own, and gRPC speaks
plainly to sockets in a folder that no other user can enter. The path of each is
gone once its one connection is made.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

_T = TypeVar("_T")
_Connect = Callable[["_End"], Coroutine[Any, Any, object]]

# Bytes that may wait to be written before reading stops.
_BUFFER = 4 << 20


class Relay:
    """Carries bytes between TLS connections and plain ones of this process."""

    def __init__(self) -> None:
        """Starts the thread."""
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="gorod-relay", daemon=True).start()

    def listen(self, path: str, plain: str, tls: ssl.SSLContext) -> None:
        """Listens with TLS at path for the one connection that leads to a server at plain."""

        async def connect(end: _End) -> None:
            await self._loop.create_unix_connection(lambda: end, plain)
            os.unlink(plain)

        self._wait(self._loop.create_unix_server(lambda: _First(connect), path, ssl=tls))

    def dial(self, network: str, address: str, plain: str, tls: ssl.SSLContext) -> None:
        """Listens at plain for the one connection that leads with TLS to a server."""

        async def connect(end: _End) -> None:
            os.unlink(plain)
            if network == "unix":
                await self._loop.create_unix_connection(lambda: end, address, ssl=tls, server_hostname="localhost")
            else:
                host, _, port = address.rpartition(":")
                await self._loop.create_connection(lambda: end, host, int(port), ssl=tls, server_hostname="localhost")

        self._wait(self._loop.create_unix_server(lambda: _First(connect), plain))

    def _wait(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class _End(asyncio.Protocol):
    """One end of a pair of connections."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=_BUFFER)

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, _exc: Exception | None) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()


class _First(_End):
    """The end that was connected to: it makes the other."""

    def __init__(self, connect: _Connect) -> None:
        super().__init__()
        self._connect = connect
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        cast(asyncio.Transport, transport).pause_reading()
        self._connecting = asyncio.get_running_loop().create_task(self._pair())

    async def _pair(self) -> None:
        end = _End()
        end.other = self
        transport = cast(asyncio.Transport, self.transport)
        try:
            await self._connect(end)
        except (OSError, ssl.SSLError):
            transport.close()
            raise
        self.other = end
        transport.resume_reading()
