"""Plugins as processes, up to the handshake: what gorod does with them is tested where gorod is."""

import base64
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gorod_plugin import _stdio
from gorod_plugin._tls import HOST, Identity

DIARY = Path(__file__).parent / "plugins" / "diary.py"


def environ(host: Identity, folder: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        _stdio.COOKIE_KEY: _stdio.COOKIE_VALUE,
        "PLUGIN_PROTOCOL_VERSIONS": "1",
        "PLUGIN_CLIENT_CERT": host.pem.decode(),
        "PLUGIN_UNIX_SOCKET_DIR": str(folder),
    } | more


@pytest.fixture
def host() -> Identity:
    return Identity(ec.SECP521R1())


@pytest.fixture
def plugin(host: Identity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    folder = tmp_path_factory.mktemp("s")
    command = [sys.executable, str(DIARY)]
    with subprocess.Popen(
        command, env=environ(host, folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield process
        process.kill()


def handshake(process: subprocess.Popen[str]) -> tuple[str, bytes]:
    """Reads the handshake: the socket's path and the certificate as PEM."""
    assert process.stdout is not None
    core, version, network, path, protocol, certificate = process.stdout.readline().rstrip("\n").split("|")
    assert (core, version, network, protocol) == ("1", "1", "unix", "grpc")
    der = base64.b64decode(certificate + "=" * (-len(certificate) % 4))
    return path, x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def connect(path: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.socket(socket.AF_UNIX)
    plain.settimeout(10)
    plain.connect(path)
    return context.wrap_socket(plain, server_hostname=HOST)


def answers(path: str, context: ssl.SSLContext) -> bool:
    """Reports whether a server lets a client in. In TLS 1.3 a client hears that it may not with what it reads first."""
    try:
        with connect(path, context) as tls:
            return tls.recv(9) != b""
    except (ssl.SSLError, ConnectionError):
        return False


def test_a_handshake_comes_first_and_alone(plugin: subprocess.Popen[str], host: Identity) -> None:
    path, certificate = handshake(plugin)
    assert "=" not in path
    with connect(path, host.ssl_context(certificate, server=False)) as tls:
        assert tls.selected_alpn_protocol() == "h2"
        assert tls.version() == "TLSv1.3"
    plugin.kill()
    out, err = plugin.communicate(timeout=10)
    assert out == ""
    assert "Загружаю модель…" in err


def test_nobody_but_the_host_may_call(plugin: subprocess.Popen[str], host: Identity) -> None:
    path, certificate = handshake(plugin)
    stranger = Identity(ec.SECP521R1())
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    nobody.load_verify_locations(cadata=certificate.decode())
    for context in (stranger.ssl_context(certificate, server=False), nobody):
        assert not answers(path, context)
    assert answers(path, host.ssl_context(certificate, server=False))


def test_ctrl_c_is_the_hosts(plugin: subprocess.Popen[str]) -> None:
    handshake(plugin)
    plugin.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        plugin.wait(0.5)


def test_started_by_hand_it_says_what_it_is() -> None:
    ran = subprocess.run([sys.executable, DIARY], capture_output=True, text=True, env={"PATH": "/bin"}, check=False)
    assert ran.returncode == 1
    assert "This binary is a plugin" in ran.stderr
    assert f"gorod plugin check {DIARY}" in ran.stderr
    assert ran.stdout == "Загружаю модель…\n"  # nobody took it over


def test_another_generation_of_gorod_is_refused(host: Identity, tmp_path: Path) -> None:
    for more in ({"PLUGIN_PROTOCOL_VERSIONS": "2,3"}, {"PLUGIN_CLIENT_CERT": ""}):
        env = environ(host, tmp_path, **more)
        ran = subprocess.run([sys.executable, DIARY], capture_output=True, text=True, env=env, check=False)
        assert ran.returncode == 1
        assert ran.stdout == ""
        assert "of the plugins' protocol" in ran.stderr


def test_it_ends_when_its_host_is_gone(host: Identity, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("s")
    parent = f"import subprocess, sys, time; p = subprocess.Popen([sys.executable, {str(DIARY)!r}]); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", parent], env=environ(host, folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        handshake(process)
        process.kill()
        # The pipe closes when the plugin, the last that holds it, has ended.
        began = time.monotonic()
        process.communicate(timeout=10)
        assert time.monotonic() - began < 5
