"""Faults on demand: each strikes as it was set, is counted, and ends."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Failed, Sandbox
from sandbox.faults import Fault, Faults
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, card, running

POST = "chat.postMessage"


def texts(stage: Stage) -> list[str]:
    """What the inner channel shows."""
    return [message.text for message in stage.ada.channel(stage.inner)]


def post(client: WebClient, stage: Stage, said: str = "a") -> Any:
    """A message in the inner channel."""
    return client.chat_postMessage(channel=stage.inner.id, text=said)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_slow_call_takes_its_time_and_succeeds(
    slack: Sandbox, client: WebClient, stage: Stage, when: Any
) -> None:
    fault = slack.faults.slow(POST, 0.2, when=when)
    started = time.monotonic()

    assert post(client, stage)["ok"]

    assert time.monotonic() - started >= 0.2
    assert fault.hits == 1
    assert post(client, stage)["ok"]
    assert fault.hits == 1


def test_slow_after_the_effect_shows_it_while_the_caller_still_waits(
    slack: Sandbox, stage: Stage
) -> None:
    impatient = WebClient(slack.bot_token, slack.api_url, timeout=1, retry_handlers=[])
    slack.faults.slow(POST, 1.5, when="after")

    with pytest.raises(TimeoutError):
        post(impatient, stage)

    assert texts(stage) == ["a"]


def test_a_refused_call_has_the_error_and_no_effect(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    slack.faults.refuse(POST, "is_archived")

    with pytest.raises(SlackApiError) as caught:
        post(client, stage)

    assert caught.value.response["error"] == "is_archived"
    assert texts(stage) == []


def test_a_limited_call_is_told_how_long_to_wait(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    slack.faults.limit(POST, 7)

    with pytest.raises(SlackApiError) as caught:
        post(client, stage)

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert texts(stage) == []


@pytest.mark.parametrize(("when", "seen"), [("before", []), ("after", ["a"])])
def test_a_failing_call_took_effect_or_not(
    slack: Sandbox, client: WebClient, stage: Stage, when: Any, seen: list[str]
) -> None:
    slack.faults.fail(POST, when=when)

    with pytest.raises(SlackApiError) as caught:
        post(client, stage)

    assert caught.value.response.status_code == 500
    assert texts(stage) == seen


@pytest.mark.parametrize(("when", "seen"), [("before", []), ("after", ["a"])])
def test_a_cut_connection_took_effect_or_not(
    slack: Sandbox, client: WebClient, stage: Stage, when: Any, seen: list[str]
) -> None:
    slack.faults.cut(POST, when=when)

    with pytest.raises(ConnectionResetError):
        post(client, stage)

    assert texts(stage) == seen
    assert slack.record.calls(POST)[-1].status == 0
    assert post(client, stage)["ok"]


def test_a_fault_can_be_for_one_conversation_alone(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    slack.faults.refuse(POST, "is_archived", channel=stage.shared.id, times=None)

    assert post(client, stage)["ok"]
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel=stage.shared.id, text="a")


def test_a_fault_strikes_as_often_as_it_was_set(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    fault = slack.faults.fail(POST, times=2)

    for _ in range(2):
        with pytest.raises(SlackApiError):
            post(client, stage)

    assert post(client, stage)["ok"]
    assert fault.hits == 2


def test_cleared_faults_strike_no_more(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    slack.faults.fail("*", times=None)
    slack.faults.clear()

    assert post(client, stage)["ok"]


def test_a_fault_by_chance_repeats_itself_with_its_seed() -> None:
    def strikes() -> list[int]:
        faults = Faults(seed=7)
        faults.add(Fault("break", POST, times=None, probability=0.5))
        return [len(faults.strike(POST)) for _ in range(40)]

    first = strikes()

    assert first == strikes()
    assert 5 < sum(first) < 35


def test_a_fault_names_methods_by_pattern() -> None:
    faults = Faults()
    faults.add(Fault("break", "chat.*", times=None))

    assert faults.strike("chat.update")
    assert not faults.strike("views.open")


def test_history_can_lag_behind(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    place = stage.inner.id
    ts = post(client, stage, "late")["ts"]
    slack.faults.hide(place, 0.5)

    hidden = client.conversations_history(channel=place)["messages"]
    thread = client.conversations_replies(channel=place, ts=ts)["messages"]

    assert hidden == thread == []
    assert texts(stage) == ["late"]
    slack.until(lambda: client.conversations_history(channel=place)["messages"])


def test_a_fault_before_the_effect_leaves_the_trigger_unused(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    slack.faults.fail("views.open", when="before")

    with pytest.raises(Failed):
        stage.ada.command("/errand", stage.inner)
    assert stage.ada.command("/errand", stage.inner).modal is not None


# Envelopes


def test_an_event_can_come_twice_with_one_event_id(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    fault = slack.faults.duplicate("events_api/message")

    stage.ada.post(stage.inner, "Hello")

    slack.until(lambda: len(app.bodies("message")) == 2)
    first, second = app.bodies("message")
    assert first["event_id"] == second["event_id"]
    assert fault.hits == 1


def test_a_command_can_come_twice(slack: Sandbox, stage: Stage, app: Errands) -> None:
    slack.faults.duplicate("slash_commands//errand")

    stage.ada.command("/errand help", stage.inner)

    slack.until(lambda: len(app.bodies("/errand")) == 2)
    first, second = app.bodies("/errand")
    assert first["trigger_id"] == second["trigger_id"]


def test_a_click_can_come_twice_at_one_moment_over_two_connections(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    with running(slack, connections=2) as app:
        client.chat_postMessage(
            channel=stage.inner.id, text="Card", blocks=card("Milk")
        )
        slack.faults.duplicate("interactive/block_actions")

        stage.ada.click("Take it", stage.ada.channel(stage.inner)[0])

        sent = slack.record.envelopes("interactive")
        assert len(sent) == 2
        assert sent[0].payload == sent[1].payload
        assert sent[0].envelope_id == sent[1].envelope_id
        assert len({each.connection for each in sent}) == 2
        slack.until(lambda: len(app.bodies("block_actions")) == 2)


def test_the_second_of_two_can_come_later(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    slack.faults.duplicate("events_api/message", apart=0.2)

    stage.ada.post(stage.inner, "Hello")

    slack.until(lambda: len(slack.record.envelopes("events_api")) == 2)
    first, second = slack.record.envelopes("events_api")
    assert second.at - first.at >= 0.2


def test_a_lost_click_looks_unanswered(
    slack: Sandbox, stage: Stage, app: Errands, client: WebClient
) -> None:
    client.chat_postMessage(channel=stage.inner.id, text="Card", blocks=card("Milk"))
    slack.faults.lose("interactive/*")

    with pytest.raises(Failed, match="operation_timeout"):
        stage.ada.click("Take it", stage.ada.channel(stage.inner)[0])

    assert app.bodies("block_actions") == []


def test_a_lost_event_comes_again(slack: Sandbox, stage: Stage, app: Errands) -> None:
    slack.faults.lose("events_api/message")

    stage.ada.post(stage.inner, "Hello")

    slack.until(lambda: app.bodies("message"))
    [sent] = slack.record.envelopes("events_api")
    assert (sent.attempt, sent.reason) == (1, "timeout")
