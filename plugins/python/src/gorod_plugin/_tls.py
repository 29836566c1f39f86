"""Mutual TLS as go-plugin does it: each side trusts the one certificate that it was shown at the handshake."""

from __future__ import annotations

import base64
import datetime
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "localhost"
"""Whom certificates are made out to."""

_LIFETIME = datetime.timedelta(days=10950)
_SKEW = datetime.timedelta(seconds=30)


class Identity:
    """A certificate and its key, made anew for each process."""

    def __init__(self, curve: ec.EllipticCurve | None = None) -> None:
        """Makes a key, on P-256 where no curve is given, and signs its certificate with it."""
        key = ec.generate_private_key(curve or ec.SECP256R1())
        self._certificate = _certificate(key)
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM)
        """The certificate."""
        self._key = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    def handshake_field(self) -> str:
        """Returns the certificate as the handshake's line has it: base64 of DER without padding."""
        return base64.b64encode(self._certificate.public_bytes(serialization.Encoding.DER)).decode().rstrip("=")

    def ssl_context(self, peer: bytes, *, server: bool) -> ssl.SSLContext:
        """Returns what a server that only the peer (PEM) may call needs, or a client that calls only the peer."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=peer.decode())
        context.set_alpn_protocols(["h2"])
        with tempfile.NamedTemporaryFile() as file:  # ssl takes keys from files alone; only this user may read it
            file.write(self._key + self.pem)
            file.flush()
            context.load_cert_chain(file.name)
        return context


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])  # gorod is called back
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - _SKEW, now + _LIFETIME)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(both, critical=False)
        .sign(key, hashes.SHA256())
    )
