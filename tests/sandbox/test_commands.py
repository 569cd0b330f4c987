"""Commands, triggers and shortcuts: what the one who used them sees."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Failed, Refused, Sandbox
from tests.sandbox.acting import SLOW
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, Json, form, text


def test_a_command_is_answered_to_the_one_who_typed_it(
    stage: Stage, app: Errands
) -> None:
    reply = stage.ada.command("/errand help", stage.shared)

    assert reply.text == reply.rendered == "Type /errand to ask for something"
    assert reply.blocks == []
    assert [each.text for each in stage.ada.private] == [reply.text]
    assert stage.ben.channel(stage.shared) == []


def test_a_command_carries_its_text_and_where_it_was_typed(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.command("/errand   help ", stage.inner)
    stage.ada.command("/errand help")

    [body] = [each for each in app.bodies("/errand") if each["text"] == "help"][:1]
    assert body["channel_id"] == stage.inner.id
    assert body["channel_name"] == "inner"
    assert body["user_id"] == stage.ada.id
    assert body["team_id"] == slack.host.id
    assert app.bodies("/errand")[1]["channel_name"] == "directmessage"


def test_the_name_of_a_private_channel_is_not_told(stage: Stage, app: Errands) -> None:
    stage.ada.command("/errand help", stage.shared)

    assert app.bodies("/errand")[0]["channel_name"] == "privategroup"


def test_a_command_can_be_answered_to_everybody(stage: Stage, app: Errands) -> None:
    app.behave["command"] = lambda ack, *_: ack(
        text="To all", response_type="in_channel"
    )

    stage.ada.command("/errand", stage.shared)

    assert [each.text for each in stage.cleo.channel(stage.shared)] == ["To all"]
    assert stage.ada.private == []


def test_a_command_that_nobody_answers_in_time_fails_visibly(
    stage: Stage, app: Errands
) -> None:
    app.behave["command"] = lambda *_: time.sleep(SLOW)

    with pytest.raises(Failed) as caught:
        stage.ada.command("/errand", stage.shared)

    assert caught.value.text == '/errand failed with the error "operation_timeout"'
    assert [each.text for each in stage.ada.private] == [caught.value.text]


def test_a_command_without_a_running_app_fails_at_once(stage: Stage) -> None:
    started = time.monotonic()

    with pytest.raises(Failed, match="dispatch_failed"):
        stage.ada.command("/errand", stage.shared)

    assert time.monotonic() - started < SLOW


def test_a_command_whose_listener_raises_fails_visibly(
    stage: Stage, app: Errands
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("broken on purpose")

    app.behave["command"] = fail

    with pytest.raises(Failed, match="failed with the error"):
        stage.ada.command("/errand", stage.shared)


def test_a_badly_formed_answer_to_a_command_fails_and_is_recorded(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    bad = [{"type": "header", "text": text("x" * 151)}]
    app.behave["command"] = lambda ack, *_: ack(text="a", blocks=bad)

    with pytest.raises(Failed, match="invalid_command_response"):
        stage.ada.command("/errand", stage.shared)

    assert "/errand answered badly" in slack.record.problems()[0]


def test_a_command_that_the_manifest_lacks_is_no_command(
    stage: Stage, app: Errands
) -> None:
    with pytest.raises(Refused, match="/dance is not a valid command"):
        stage.ada.command("/dance", stage.shared)

    assert app.heard == []


def test_a_trigger_opens_one_view_and_no_second(stage: Stage, app: Errands) -> None:
    errors: list[str] = []

    def twice(ack: Any, body: Json, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=form(""))
        try:
            client.views_open(trigger_id=body["trigger_id"], view=form(""))
        except SlackApiError as error:
            errors.append(error.response["error"])
        ack()

    app.behave["command"] = twice
    stage.ada.command("/errand", stage.shared)

    assert errors == ["exchanged_trigger_id"]


def test_a_made_up_trigger_opens_nothing(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id="1.2.3", view=form(""))

    assert caught.value.response["error"] == "invalid_trigger_id"


def test_a_bad_view_is_refused_with_pointers(stage: Stage, app: Errands) -> None:
    said: list[str] = []

    def bad(ack: Any, body: Json, client: WebClient) -> None:
        view = form("", title=text("x" * 25))
        try:
            client.views_open(trigger_id=body["trigger_id"], view=view)
        except SlackApiError as error:
            said.append(error.response["error"])
            said.extend(error.response["response_metadata"]["messages"])
        ack()

    app.behave["command"] = bad
    stage.ada.command("/errand", stage.shared)

    assert said[0] == "invalid_arguments"
    assert "[json-pointer:/view/title/text]" in said[1]
    assert stage.ada.modal is None


def test_a_view_of_a_quarter_megabyte_is_too_large(
    client: WebClient, stage: Stage
) -> None:
    sections = [{"type": "section", "text": text("x" * 2999)} for _ in range(90)]
    view = {"type": "home", "blocks": sections}

    with pytest.raises(SlackApiError) as caught:
        client.views_publish(user_id=stage.ada.id, view=view)

    assert caught.value.response["error"] == "view_too_large"


def test_a_global_shortcut_is_used_by_its_name(stage: Stage, app: Errands) -> None:
    stage.ada.shortcut("Ask for something")

    assert stage.ada.modal is not None
    [body] = app.bodies("shortcut")
    assert body["callback_id"] == "ask_shortcut"


def test_a_message_shortcut_carries_its_message(stage: Stage, app: Errands) -> None:
    said = stage.ben.post(stage.inner, "We need bread")

    stage.ada.shortcut("Turn into an errand", said)

    modal = stage.ada.modal
    assert modal is not None
    assert modal.value("Your question") == "We need bread"


def test_a_shortcut_that_is_not_there_is_answered_with_those_that_are(
    stage: Stage, app: Errands
) -> None:
    with pytest.raises(Refused, match="there are: Ask for something"):
        stage.ada.shortcut("Dance")
