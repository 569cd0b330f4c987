"""Socket Mode, spoken to by Slack's own client and by a bare one."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from sandbox import Failed, Sandbox
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, Json, running


def open_url(slack: Sandbox) -> str:
    """A fresh address for one connection."""
    client = WebClient(base_url=slack.api_url, retry_handlers=[])
    return str(client.apps_connections_open(app_token=slack.app_token)["url"])


@contextmanager
def bare(slack: Sandbox) -> Iterator[ClientConnection]:
    """A connection that acks nothing by itself; its hello is read."""
    with connect(open_url(slack)) as socket:
        hello = receive(socket)
        assert hello["type"] == "hello"
        yield socket


def receive(socket: ClientConnection) -> Json:
    """The next message."""
    body: Json = json.loads(socket.recv(timeout=5))
    return body


def ack(socket: ClientConnection, envelope: Json, **payload: Any) -> None:
    """Acknowledge an envelope."""
    body = {"envelope_id": envelope["envelope_id"]}
    socket.send(json.dumps(body | ({"payload": payload} if payload else {})))


def test_the_hello_tells_of_the_connection(slack: Sandbox) -> None:
    with connect(open_url(slack)) as socket:
        hello = receive(socket)

    assert hello["num_connections"] == 1
    assert hello["connection_info"] == {"app_id": slack.app_id}
    assert hello["debug_info"]["approximate_connection_time"] > 0


def test_an_address_serves_one_connection(slack: Sandbox) -> None:
    url = open_url(slack)
    with connect(url), pytest.raises(InvalidStatus):
        connect(url)


def test_a_made_up_address_serves_none(slack: Sandbox) -> None:
    url = open_url(slack).replace("ticket=", "ticket=x")

    with pytest.raises(InvalidStatus):
        connect(url)


def test_the_address_needs_the_app_level_token(slack: Sandbox) -> None:
    client = WebClient(base_url=slack.api_url, retry_handlers=[])

    with pytest.raises(SlackApiError) as caught:
        client.apps_connections_open(app_token="xapp-made-up")

    assert caught.value.response["error"] == "invalid_auth"


def test_an_eleventh_connection_is_one_too_many(slack: Sandbox) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(connect(open_url(slack)))
        eleventh = stack.enter_context(connect(open_url(slack)))

        assert receive(eleventh)["reason"] == "too_many_websockets"
        with pytest.raises(ConnectionClosed):
            eleventh.recv(timeout=5)


def test_an_event_comes_in_an_envelope_and_is_acked_once(
    slack: Sandbox, stage: Stage
) -> None:
    with bare(slack) as socket:
        stage.ada.post(stage.inner, "Hello")
        envelope = receive(socket)
        ack(socket, envelope)
        slack.until(slack.record.acks)

        assert envelope["type"] == "events_api"
        assert envelope["accepts_response_payload"] is False
        assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
        with pytest.raises(TimeoutError):
            socket.recv(timeout=1.2)


def test_an_event_that_is_not_acked_comes_again_three_times(
    slack: Sandbox, stage: Stage
) -> None:
    with bare(slack) as socket:
        stage.ada.post(stage.inner, "Hello")
        envelopes = [receive(socket) for _ in range(4)]

        assert [each["retry_attempt"] for each in envelopes] == [0, 1, 2, 3]
        assert {each["retry_reason"] for each in envelopes[1:]} == {"timeout"}
        assert len({each["payload"]["event_id"] for each in envelopes}) == 1
        assert len({each["envelope_id"] for each in envelopes}) == 4
        with pytest.raises(TimeoutError):
            socket.recv(timeout=1.2)


def test_an_event_that_is_acked_at_the_second_time_comes_no_more(
    slack: Sandbox, stage: Stage
) -> None:
    with bare(slack) as socket:
        stage.ada.post(stage.inner, "Hello")
        receive(socket)
        ack(socket, receive(socket))

        with pytest.raises(TimeoutError):
            socket.recv(timeout=1.2)


def test_a_command_is_asked_once_and_answered_in_the_ack(
    slack: Sandbox, stage: Stage
) -> None:
    with bare(slack) as socket:

        def answer() -> None:
            envelope = receive(socket)
            assert envelope["accepts_response_payload"] is True
            assert "retry_attempt" not in envelope
            ack(socket, envelope, text="Done")

        _, reply = slack.together(
            answer, lambda: stage.ada.command("/errand", stage.inner)
        )

    assert reply.text == "Done"


def test_a_command_that_is_not_acked_is_not_asked_again(
    slack: Sandbox, stage: Stage
) -> None:
    with bare(slack) as socket:
        with pytest.raises(Failed, match="operation_timeout"):
            stage.ada.command("/errand", stage.inner)
        receive(socket)

        with pytest.raises(TimeoutError):
            socket.recv(timeout=1.2)


def test_a_late_ack_is_recorded_and_changes_nothing(
    slack: Sandbox, stage: Stage
) -> None:
    with bare(slack) as socket:
        with pytest.raises(Failed):
            stage.ada.command("/errand", stage.inner)
        ack(socket, receive(socket), text="Late")
        [acked] = slack.until(slack.record.acks)

    assert acked.payload == {"text": "Late"}
    assert [each.text for each in stage.ada.private] == [
        '/errand failed with the error "operation_timeout"'
    ]


def test_what_is_no_ack_is_complained_about(slack: Sandbox) -> None:
    with bare(slack) as socket:
        socket.send("hello?")
        socket.send("{}")

        slack.until(lambda: len(slack.record.problems()) == 2)

    assert slack.record.problems()[0] == "not an acknowledgement: hello?"


def test_each_envelope_goes_to_one_connection_in_turn(
    slack: Sandbox, stage: Stage
) -> None:
    with running(slack, connections=2) as app:
        for number in range(4):
            stage.ada.post(stage.inner, str(number))
        slack.until(lambda: len(app.bodies("message")) == 4)

    sent = [each.connection for each in slack.record.envelopes("events_api")]
    assert len(sent) == 4
    assert sorted(sent.count(each) for each in set(sent)) == [2, 2]


def test_the_client_comes_back_after_a_requested_refresh(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    [before] = slack._server.sockets.connections

    slack.disconnect_sockets("refresh_requested")

    # Slack's client is deaf until its old socket is gone, which it waits for.
    slack.until(
        lambda: (
            slack.connections == 1 and before not in slack._server.sockets.connections
        )
    )
    assert stage.ada.command("/errand help", stage.inner).text


def test_a_warning_leaves_the_connection_open(slack: Sandbox) -> None:
    with bare(slack) as socket:
        slack.disconnect_sockets("warning")
        warning = receive(socket)

        assert warning["type"] == "disconnect"
        assert warning["reason"] == "warning"
        time.sleep(0.1)
        assert slack.connections == 1


def test_a_refresh_ends_a_connection_that_stays(slack: Sandbox, stage: Stage) -> None:
    with bare(slack) as socket:
        slack.disconnect_sockets("refresh_requested")
        assert receive(socket)["reason"] == "refresh_requested"

        with pytest.raises(Failed, match="dispatch_failed"):
            stage.ada.command("/errand", stage.inner)
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=5)


@pytest.mark.parametrize("politely", [True, False])
def test_the_client_comes_back_after_its_socket_was_dropped(
    slack: Sandbox, stage: Stage, app: Errands, politely: Any
) -> None:
    calls = len(slack.record.calls("apps.connections.open"))

    slack.drop_sockets(politely=politely)

    slack.until(
        lambda: (
            len(slack.record.calls("apps.connections.open")) > calls
            and slack.connections == 1
        ),
        timeout=20,
    )
    assert stage.ada.command("/errand help", stage.inner).text


def test_a_dropped_socket_answers_those_who_wait_at_once(
    slack: Sandbox, stage: Stage
) -> None:
    with connect(open_url(slack)) as socket:
        receive(socket)

        def drop() -> None:
            receive(socket)
            slack.drop_sockets()

        def act() -> None:
            with pytest.raises(Failed, match="dispatch_failed"):
                stage.ada.command("/errand", stage.inner)

        slack.together(drop, act)


def test_an_event_whose_socket_was_dropped_comes_again(
    slack: Sandbox, stage: Stage
) -> None:
    with connect(open_url(slack)) as socket, bare(slack) as other:
        receive(socket)
        stage.ada.post(stage.inner, "Hello")
        slack.until(slack.record.envelopes)
        [sent] = slack.record.envelopes()
        carrier = next(
            each
            for each in slack._server.sockets.connections
            if each.id == sent.connection
        )
        left = other if carrier is slack._server.sockets.connections[0] else socket
        client = carrier.socket.client
        assert client is not None
        slack._server._loop.call_soon_threadsafe(
            slack._server._reset, (client.host, client.port)
        )

        again = receive(left)

        assert again["retry_attempt"] == 1
        assert again["retry_reason"] == "connection_failed"
        ack(left, again)


def test_a_large_payload_crosses_in_one_piece(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.post(stage.inner, "x" * 39_000)

    slack.until(lambda: app.bodies("message"))

    assert len(app.bodies("message")[0]["event"]["text"]) == 39_000
