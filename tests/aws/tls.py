"""A server with TLS, as RDS has it: certificates of our own authority, in front of a server that has none."""

import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from select import select
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# https://www.postgresql.org/docs/18/protocol-message-formats.html: a length and a code, before anything else
_SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
_GSS_REQUEST = (8).to_bytes(4, "big") + (80877104).to_bytes(4, "big")


class Authority:
    """A certificate authority, and the file of its certificate."""

    def __init__(self, folder: Path, name: str = "A test's authority") -> None:
        self._folder = folder
        self._key, self._name = ec.generate_private_key(ec.SECP256R1()), _name(name)
        self.bundle = folder / "bundle.pem"
        certificate = self._signed(self._name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=0))
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str) -> ssl.SSLContext:
        """Return what a server needs that says it is `host`."""
        key, file = ec.generate_private_key(ec.SECP256R1()), self._folder / "server.pem"
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        certificate = self._signed(_name("server"), key.public_key(), names)
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, says: x509.ExtensionType) -> x509.Certificate:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number())
        made = made.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        return made.add_extension(says, critical=isinstance(says, x509.BasicConstraints)).sign(
            self._key, hashes.SHA256()
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Front:
    """Takes connections with TLS (or, without a context, refuses it) and hands their bytes on to a server without."""

    def __init__(self, target: tuple[str, int], context: ssl.SSLContext | None) -> None:
        self._target, self._context = target, context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.encrypted = 0  # connections that came as far as to hold TLS

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(self._target) as server:
            while (asked := client.recv(8, socket.MSG_PEEK)) in (_SSL_REQUEST, _GSS_REQUEST):
                client.recv(8)
                if asked == _SSL_REQUEST and self._context:
                    client.sendall(b"S")
                    with self._context.wrap_socket(client, server_side=True) as secured:
                        self.encrypted += 1
                        _hand_on(secured, server)
                    return
                client.sendall(b"N")
            _hand_on(client, server)


def _hand_on(client: socket.socket, server: socket.socket) -> None:
    """Copy both ways until one side ends; in one thread, because two must not use one TLS connection."""
    while True:
        decrypted = isinstance(client, ssl.SSLSocket) and client.pending()
        for source in [client] if decrypted else select([client, server], [], [])[0]:
            data = source.recv(1 << 16)
            if not data:
                return
            (server if source is client else client).sendall(data)
