"""The life of the plugin's process."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from typing import BinaryIO

from gorod_plugin import _log, _stdio
from gorod_plugin._broker import Broker
from gorod_plugin._server import make_server
from gorod_plugin._transport import Transport
from gorod_plugin.spec import PluginSpec

_CORE_VERSION = 1  # of go-plugin's handshake
_VERSION = 1  # of gorod's lifecycle
_ORPHAN_POLL = 0.5  # seconds
_GRACE = 1.0  # seconds for which calls and threads may hold up the end; the host kills after 2

_NO_HOST = """\
This binary is a plugin. It is run by gorod: name its path in a study, as in
  agents: {{{kind}: {{plugin: {path}}}}}
or try it with: gorod plugin check {path}"""


def serve(spec: PluginSpec) -> None:
    """Makes this process a plugin; returns when the host is done.

    Logs go to Setup.log or any other logger, prints go to the log as well.
    Standard input is not the plugin's.
    """
    stream = _stdio.handshake_stream()
    if stream is None:
        sys.exit(_NO_HOST.format(kind=spec.kind, path=sys.argv[0]))
    threading.Thread(target=_exit_with_host, args=(os.getppid(),), name="gorod-orphan", daemon=True).start()
    faulthandler.enable()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the host's
    _run(spec, os.environ, stream, _log.install(f"gorod.{spec.name}"))
    _end_soon()


def _run(spec: PluginSpec, environ: Mapping[str, str], stream: BinaryIO, log: logging.Logger) -> None:
    peer = environ.get("PLUGIN_CLIENT_CERT", "").encode()
    versions = environ.get("PLUGIN_PROTOCOL_VERSIONS", "").split(",")
    if not peer or str(_VERSION) not in versions:
        sys.exit(f"this gorod speaks versions {versions} of the plugins' protocol, this plugin {_VERSION} with mutual TLS")
    stopped = threading.Event()
    transport = Transport(peer, environ.get("PLUGIN_UNIX_SOCKET_DIR"))
    server = make_server(spec, Broker(transport.dial), stopped.set, log)
    socket = transport.listen(server)
    server.start()
    stream.write(f"{_CORE_VERSION}|{_VERSION}|unix|{socket}|grpc|{transport.handshake_field()}\n".encode())
    stopped.wait()
    server.stop(grace=_GRACE / 2).wait(_GRACE)


def _exit_with_host(parent: int) -> None:
    """Ends the process when the host was killed and cannot say goodbye: state is the host's, so nothing is lost."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_POLL)
    os._exit(1)


def _end_soon() -> None:
    """Lets the process end in good order, but no later than it must."""

    def end() -> None:
        time.sleep(_GRACE)
        os._exit(0)

    threading.Thread(target=end, name="gorod-end", daemon=True).start()
