"""HTTP mode: signed requests to the app's own address, and Slack's retries there."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from sandbox import Failed, Person, Sandbox, Settings
from sandbox.http_mode import sign
from tests.sandbox.conftest import MANIFEST
from tests.sandbox.errand import Errands

SETTINGS = Settings(ack_seconds=0.8, retry_delays=(0.0, 0.05, 0.05))


@dataclass
class Address:
    """The app's own address: what came there, and what it answers."""

    url: str = ""
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)
    app: App | None = None
    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0

    def answer(
        self, headers: dict[str, str], body: str
    ) -> tuple[int, dict[str, str], str]:
        """What the app answers: Bolt's answer where an app is set."""
        self.requests.append((headers, body))
        time.sleep(self.delay)
        if self.app is None:
            return self.status, self.headers, self.body
        request = BoltRequest(body=body, headers={**headers})
        response = self.app.dispatch(request)
        return response.status, response.first_headers(), response.body


@contextmanager
def listening() -> Iterator[Address]:
    """An address that is open until the end of the block."""
    address = Address()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, said = address.answer(headers, body)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address.url = f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def address() -> Iterator[Address]:
    """The app's address."""
    with listening() as opened:
        yield opened


@pytest.fixture
def slack(address: Address) -> Iterator[Sandbox]:
    """A sandbox that posts there."""
    with Sandbox(MANIFEST, settings=SETTINGS, request_url=address.url) as sandbox:
        yield sandbox


@pytest.fixture
def ada(slack: Sandbox) -> Person:
    """Ada, in one channel."""
    person = slack.person("Ada")
    slack.channel("inner", members=[person])
    return person


def test_every_request_is_signed(slack: Sandbox, address: Address, ada: Person) -> None:
    address.body = "Done"

    reply = ada.command("/errand now")

    [(headers, body)] = address.requests
    verifier = SignatureVerifier(slack.signing_secret)
    assert verifier.is_valid_request(body, headers)
    assert not verifier.is_valid_request(body + "x", headers)
    assert "command=%2Ferrand" in body
    assert reply.text == "Done"


def test_the_signature_is_slacks() -> None:
    secret, stamp = "8f742231b10e8888abcd99yyyzzz85a5", "1531420618"
    verifier = SignatureVerifier(secret)

    assert sign(secret, stamp, "a=b") == verifier.generate_signature(
        timestamp=stamp, body="a=b"
    )


def test_the_same_app_works_over_http(
    slack: Sandbox, address: Address, ada: Person
) -> None:
    errands = Errands(slack)
    address.app = App(
        client=WebClient(slack.bot_token, slack.api_url),
        signing_secret=slack.signing_secret,
        process_before_response=True,
    )
    address.app._listeners = errands.app._listeners
    place = slack.channel("inner")

    modal = ada.command("/errand", place).modal
    assert modal is not None
    modal.fill({"Your question": "a secret"})
    modal.submit()
    assert modal.errors == {"Your question": "Keep secrets to yourself"}
    modal.fill({"Your question": "Milk"})
    modal.submit()
    [message] = ada.channel(place)
    ada.click("Take it", message)
    ada.reply(message, "Thanks")

    assert ada.channel(place)[0].rendered == "an errand\nTaken by @Ada"
    slack.until(lambda: errands.bodies("message"))


def test_an_event_that_fails_comes_again_with_retry_headers(
    slack: Sandbox, address: Address, ada: Person
) -> None:
    address.status = 500

    ada.post_dm("Hello")

    slack.until(lambda: len(address.requests) == 4)
    numbers = [headers.get("x-slack-retry-num") for headers, _ in address.requests]
    reasons = {headers.get("x-slack-retry-reason") for headers, _ in address.requests}
    assert numbers == [None, "1", "2", "3"]
    assert reasons == {None, "http_error"}


def test_an_event_is_not_sent_again_to_an_app_that_asks_not_to(
    slack: Sandbox, address: Address, ada: Person
) -> None:
    address.status = 500
    address.headers = {"X-Slack-No-Retry": "1"}

    ada.post_dm("Hello")
    slack.until(lambda: address.requests)
    time.sleep(0.4)

    assert len(address.requests) == 1


def test_a_slow_app_times_out(slack: Sandbox, address: Address, ada: Person) -> None:
    address.delay = 1.3

    with pytest.raises(Failed, match="operation_timeout"):
        ada.command("/errand")
    ada.post_dm("Hello")

    slack.until(lambda: len(address.requests) >= 3)
    assert address.requests[2][0]["x-slack-retry-reason"] == "http_timeout"


def test_nobody_at_the_address_is_a_failed_dispatch() -> None:
    url = "http://127.0.0.1:9/slack/events"
    with (
        Sandbox(MANIFEST, settings=SETTINGS, request_url=url) as slack,
        pytest.raises(Failed, match="dispatch_failed"),
    ):
        slack.person("Ada").command("/errand")


def test_an_answer_that_is_an_error_is_told_to_the_person(
    slack: Sandbox, address: Address, ada: Person
) -> None:
    address.status = 503

    with pytest.raises(Failed, match="http_error"):
        ada.command("/errand")
