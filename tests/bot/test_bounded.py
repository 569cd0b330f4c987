"""What is given up is not delivered later: sockets of the sender, on a real network."""

from __future__ import annotations

import copy
import errno
import ipaddress
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from slack_sdk import WebClient

from bot.app import new_client, new_delivery
from bot.bounded import CLOSE_AT_ONCE, BoundedContext, bound, bounded_context
from bot.demo import MANIFEST, settings_for
from bot.sender import SlackSender
from sandbox import Sandbox
from scheduler.delivery import Timings
from scheduler.ports import Message, Place, Unclear
from storage.unit import Store
from tests.scheduler.conftest import ON_SQLITE

LARGE = "x" * 8_000_000
"""More than the buffers of a loopback connection take."""
HERE = "127.0.0.1"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the key and the certificate of a server on this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "here.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Silent:
    """A server that takes connections, and then neither reads nor answers."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.listening = socket.create_server((HERE, 0))
        self.port: int = self.listening.getsockname()[1]
        self.taken: list[socket.socket] = []
        self._certificate = certificate
        # A thread that waits for good in `accept` would outlive the test.
        self.listening.settimeout(0.1)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it, and every connection."""
        self._over.set()
        self._thread.join()
        for one in [self.listening, *self.taken]:
            one.close()

    def _take(self) -> None:
        while not self._over.is_set():
            try:
                taken, _ = self.listening.accept()
            except TimeoutError:
                continue
            if self._certificate is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self._certificate)
                # A ticket that the client has not read would have its kernel reset
                # the connection whether it is bounded or not.
                context.maximum_version = ssl.TLSVersion.TLSv1_2
                context.options |= ssl.OP_NO_TICKET
                with suppress(OSError):  # where the client does not trust it
                    taken = context.wrap_socket(taken, server_side=True)
            self.taken.append(taken)


@pytest.fixture
def silent(certificate: Path) -> Iterator[Silent]:
    """Return a silent server behind TLS."""
    server = Silent(certificate)
    yield server
    server.close()


@pytest.fixture
def deaf() -> Iterator[Silent]:
    """Return a silent server without TLS, such as a proxy."""
    server = Silent()
    yield server
    server.close()


def client_of(server: Silent, certificate: Path, seconds: int) -> WebClient:
    """Return a client of a server on this machine, bounded as the bot's is."""
    context = bounded_context(seconds)
    context.load_verify_locations(certificate)
    return WebClient(
        token="xoxb-1",
        base_url=f"https://{HERE}:{server.port}/api/",
        timeout=seconds,
        ssl=context,
        retry_handlers=[],
    )


@ON_SQLITE
def test_the_senders_client_is_bounded_by_its_own_timeout(
    tmp_path: Path, store: Store
) -> None:
    with Sandbox(MANIFEST) as slack:
        settings = settings_for(slack, tmp_path)
        timings = replace(Timings(), http=timedelta(seconds=7))
        delivery = new_delivery(settings, store, timings)

    assert isinstance(delivery.sender, SlackSender)
    client = delivery.sender._client
    assert isinstance(client.ssl, BoundedContext)
    assert client.ssl.seconds == client.timeout == 7
    assert client.ssl.verify_mode is ssl.CERT_REQUIRED
    assert client.ssl.check_hostname


def test_the_listeners_client_can_be_copied_as_bolt_does(tmp_path: Path) -> None:
    with Sandbox(MANIFEST) as slack:
        client = new_client(settings_for(slack, tmp_path), timeout=7)

    assert copy.deepcopy(client).timeout == 7


def test_what_is_given_up_never_arrives(silent: Silent, certificate: Path) -> None:
    """Half of a post lies in the kernel's buffers when the client gives up."""
    sender = SlackSender(client_of(silent, certificate, 1))

    began = time.monotonic()
    outcome = sender.post(Place("C1"), Message(LARGE, []), "f" * 32)
    took = time.monotonic() - began
    [taken] = silent.taken
    arrived = read_to_the_end(taken)

    assert isinstance(outcome, Unclear)
    assert took < 5
    assert arrived == "reset"


def read_to_the_end(taken: socket.socket) -> str:
    """Return how a connection ended, below any TLS: with all of it, or by a reset."""
    with socket.socket(fileno=taken.detach()) as bare:
        bare.settimeout(5)
        try:
            while bare.recv(1 << 16):
                pass
        except ConnectionResetError:
            return "reset"
    return "closed"


def test_without_it_what_is_given_up_arrives_all_the_same(deaf: Silent) -> None:
    """The kernel goes on delivering for whoever has closed the socket."""
    with socket.create_connection((HERE, deaf.port)) as given_up:
        given_up.sendall(b"x" * 1000)
    while not deaf.taken:
        time.sleep(0.01)

    assert read_to_the_end(deaf.taken[0]) == "closed"


@pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has the option"
)
def test_the_kernel_gives_up_on_what_nobody_takes(deaf: Silent) -> None:
    """The other side stands still with its buffers full, and we wait without limit."""
    with socket.create_connection((HERE, deaf.port)) as sock:
        sock.settimeout(None)
        bound(sock, 1)
        lingers = sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)

        began = time.monotonic()
        with pytest.raises(OSError) as given_up:  # noqa: PT011 - its number is looked at
            sock.sendall(LARGE.encode())

    assert given_up.value.errno == errno.ETIMEDOUT
    assert 0.5 < time.monotonic() - began < 10
    assert struct.unpack("ii", lingers) == struct.unpack("ii", CLOSE_AT_ONCE)


def test_a_proxy_is_asked_as_before(
    deaf: Silent, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{HERE}:{deaf.port}")
    client = WebClient(
        token="xoxb-1", timeout=1, ssl=bounded_context(1), retry_handlers=[]
    )

    outcome = SlackSender(client).post(Place("C1"), Message("Hello", []), "f" * 32)

    assert isinstance(outcome, Unclear)
    [asked] = deaf.taken
    asked.settimeout(5)
    assert asked.recv(1000).startswith(b"CONNECT slack.com:443 HTTP/1.")


def test_a_certificate_of_nobody_is_refused(silent: Silent) -> None:
    client = WebClient(
        token="xoxb-1",
        base_url=f"https://{HERE}:{silent.port}/api/",
        timeout=2,
        ssl=bounded_context(2),
        retry_handlers=[],
    )

    outcome = SlackSender(client).post(Place("C1"), Message("Hello", []), "f" * 32)

    assert isinstance(outcome, Unclear)
