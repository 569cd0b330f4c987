"""Clicks on messages and on the Home tab."""

import time

import pytest
from slack_sdk import WebClient

from sandbox import Failed, NotOnScreen, Sandbox
from tests.sandbox.acting import SLOW, actions, button, post_card
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, card, running, text


def test_a_click_carries_the_button_the_message_and_the_place(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, actions(button("Go", "go", value="v1", style="danger")))
    [message] = stage.ada.channel(stage.inner)

    stage.ada.click("Go", message)

    [body] = app.bodies("block_actions")
    [action] = body["actions"]
    assert (action["action_id"], action["block_id"]) == ("go", "row")
    assert (action["value"], action["style"]) == ("v1", "danger")
    assert action["action_ts"] > message.ts
    assert body["message"]["ts"] == message.ts
    assert body["channel"] == {"id": stage.inner.id, "name": "inner"}
    assert body["container"]["message_ts"] == message.ts


def test_a_question_before_a_click_is_answered_yes_unless_told_otherwise(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    confirm = {
        "title": text("Sure?"),
        "text": text("It is final"),
        "confirm": text("Yes"),
        "deny": text("No"),
    }
    post_card(client, stage, actions(button("Go", "go", confirm=confirm)))
    [message] = stage.ada.channel(stage.inner)

    stage.ada.click("Go", message, confirm=False)
    assert app.bodies("block_actions") == []
    stage.ada.click("Go", message)

    assert len(app.bodies("block_actions")) == 1


def test_an_option_of_a_menu_is_clicked_by_its_words(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, card("Milk"))
    [message] = stage.ada.channel(stage.inner)

    stage.ada.click("Postpone", message)

    [action] = app.bodies("block_actions")[0]["actions"]
    assert action["selected_option"]["value"] == "postpone"
    assert action["type"] == "overflow"


def test_what_was_chosen_in_a_message_travels_with_the_next_click(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    picker = {"type": "datepicker", "action_id": "day", "placeholder": text("Day")}
    post_card(client, stage, actions(picker, button("Go", "go")))
    [message] = stage.ada.channel(stage.inner)

    stage.ada.choose("Day", "2026-03-01", message)
    stage.ada.click("Go", message)
    stage.ben.click("Go", message)

    chosen, clicked, other = app.bodies("block_actions")
    assert chosen["actions"][0]["selected_date"] == "2026-03-01"
    assert clicked["state"]["values"]["row"]["day"]["selected_date"] == "2026-03-01"
    assert other["state"]["values"]["row"]["day"]["selected_date"] is None


def test_a_click_that_nobody_answers_fails_visibly(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    app.behave["other"] = lambda *_: time.sleep(SLOW)
    post_card(client, stage, actions(button("Go", "go")))
    [message] = stage.ada.channel(stage.inner)

    with pytest.raises(Failed, match="operation_timeout"):
        stage.ada.click("Go", message)


def test_a_button_that_is_not_there_is_answered_with_those_that_are(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, card("Milk"))
    [message] = stage.ada.channel(stage.inner)

    with pytest.raises(NotOnScreen, match="'Take it', 'Decline', 'Postpone'"):
        stage.ada.click("Drop it", message)


def test_a_button_that_was_replaced_a_moment_ago_can_still_be_clicked(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, card("Milk"))
    [message] = stage.ada.channel(stage.inner)
    stage.ada.click("Take it", message)

    stage.ben.click("Take it", message)

    assert [each["user"]["id"] for each in app.bodies("block_actions")] == [
        stage.ada.id,
        stage.ben.id,
    ]


def test_nothing_can_be_clicked_on_a_deleted_message(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, card("Milk"))
    [message] = stage.ada.channel(stage.inner)
    client.chat_delete(channel=message.channel, ts=message.ts)

    with pytest.raises(NotOnScreen, match="deleted"):
        stage.ada.click("Take it", message)


def test_two_people_can_click_at_the_same_moment(
    slack: Sandbox, stage: Stage, client: WebClient
) -> None:
    with running(slack, connections=2) as app:
        post_card(client, stage, card("Milk"))
        [message] = stage.ada.channel(stage.inner)

        slack.together(
            lambda: stage.ada.click("Take it", message),
            lambda: stage.ben.click("Take it", message),
        )

        clickers = {each["user"]["id"] for each in app.bodies("block_actions")}
        assert clickers == {stage.ada.id, stage.ben.id}


def test_a_click_on_a_private_message_carries_no_message(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    client.chat_postEphemeral(
        channel=stage.inner.id,
        user=stage.ada.id,
        text="a",
        blocks=actions(button("Go", "go")),
    )
    [message] = stage.ada.private

    stage.ada.click("Go", message)

    [body] = app.bodies("block_actions")
    assert "message" not in body
    assert body["container"]["is_ephemeral"] is True


def test_the_home_tab_is_published_when_somebody_looks(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.open_home()

    home = slack.until(lambda: stage.ada.home)
    assert home.buttons == ["Refresh"]
    stage.ada.home_click("Refresh")
    [body] = app.bodies("block_actions")
    assert body["view"]["type"] == "home"


def test_the_second_look_tells_what_is_shown_already(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.open_home()
    home = slack.until(lambda: stage.ada.home)
    stage.ada.open_home()

    slack.until(lambda: len(app.bodies("app_home_opened")) == 2)

    first, second = app.bodies("app_home_opened")
    assert "view" not in first["event"]
    assert second["event"]["view"]["id"] == home.view_id


def test_an_empty_home_tab_has_nothing_to_click(stage: Stage, app: Errands) -> None:
    with pytest.raises(NotOnScreen, match="empty"):
        stage.ada.home_click("Refresh")
