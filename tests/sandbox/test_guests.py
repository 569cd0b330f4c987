"""People of another team in a shared channel, closed accounts, people put out."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import NotOnScreen, Refused, Sandbox
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, Json, card, form, text


@pytest.fixture
def message(client: WebClient, stage: Stage) -> None:
    """A card in the shared channel."""
    client.chat_postMessage(channel=stage.shared.id, text="Card", blocks=card("Milk"))


def test_a_guest_has_no_command(stage: Stage, app: Errands) -> None:
    with pytest.raises(Refused) as caught:
        stage.cleo.command("/errand", stage.shared)

    assert caught.value.text == "/errand is not available here"
    assert app.heard == []


def test_a_guest_has_no_shortcut(stage: Stage, app: Errands, message: None) -> None:
    [card_] = stage.cleo.channel(stage.shared)

    with pytest.raises(Refused, match="not available here"):
        stage.cleo.shortcut("Ask for something")
    with pytest.raises(Refused, match="not available here"):
        stage.cleo.shortcut("Turn into an errand", card_)

    assert app.heard == []


def test_a_guest_has_no_home_tab(stage: Stage, client: WebClient) -> None:
    view = {"type": "home", "blocks": [{"type": "section", "text": text("Hi")}]}

    with pytest.raises(Refused, match="no Home tab"):
        stage.cleo.open_home()
    with pytest.raises(SlackApiError) as caught:
        client.views_publish(user_id=stage.cleo.id, view=view)
    assert caught.value.response["error"] == "user_not_found"


def test_a_guest_clicks_opens_a_form_and_submits_it(
    slack: Sandbox, stage: Stage, app: Errands, message: None
) -> None:
    def open_form(ack: Any, body: Json, client: WebClient) -> None:
        trigger_id = body["trigger_id"]
        client.views_open(trigger_id=trigger_id, view=form(stage.shared.id))
        ack()

    app.behave["take"] = open_form
    stage.cleo.click("Take it", stage.cleo.channel(stage.shared)[0])
    modal = stage.cleo.modal
    assert modal is not None
    modal.fill({"Your question": "Bread"})
    modal.submit()

    [click] = app.bodies("block_actions")
    [submission] = app.bodies("view_submission")
    for body in (click, submission):
        assert body["team"]["id"] == slack.host.id
        assert body["user"]["team_id"] == stage.cleo.team
    assert submission["view"]["app_installed_team_id"] == slack.host.id
    assert submission["view"]["team_id"] == stage.cleo.team
    assert stage.ada.channel(stage.shared)[-1].rendered.startswith("Bread")


def test_an_event_from_a_guest_tells_both_teams(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.cleo.post(stage.shared, "Hello")

    [body] = slack.until(lambda: app.bodies("message"))
    assert body["team_id"] == stage.cleo.team
    assert body["context_team_id"] == slack.host.id
    assert body["authorizations"][0]["team_id"] == slack.host.id
    assert body["authorizations"][0]["user_id"] == slack.bot_user_id
    assert body["is_ext_shared_channel"] is True
    event = body["event"]
    assert event["team"] == event["user_team"] == event["source_team"]
    assert event["team"] == stage.cleo.team
    assert event["channel_type"] == "group"


def test_an_event_in_an_unshared_channel_names_one_team(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.post(stage.inner, "Hello")

    [body] = slack.until(lambda: app.bodies("message"))
    assert body["team_id"] == body["event"]["team"] == slack.host.id
    assert body["is_ext_shared_channel"] is False
    assert "user_team" not in body["event"]
    assert body["event"]["channel_type"] == "channel"


def test_a_guest_is_written_to_and_answers_in_direct_messages(
    slack: Sandbox, stage: Stage, app: Errands, client: WebClient
) -> None:
    place = client.conversations_open(users=stage.cleo.id)["channel"]["id"]
    client.chat_postMessage(channel=place, text="Hello Cleo")

    [message] = stage.cleo.dm()
    stage.cleo.reply(message, "Hello Errand")

    heard = slack.until(lambda: app.bodies("message"))
    assert message.text == "Hello Cleo"
    assert heard[-1]["event"]["channel_type"] == "im"


def test_a_closed_account_does_nothing_more(
    slack: Sandbox, stage: Stage, app: Errands, message: None
) -> None:
    [card_] = stage.ben.channel(stage.shared)
    slack.deactivate(stage.ben)

    acts: list[Any] = [
        lambda: stage.ben.command("/errand", stage.shared),
        lambda: stage.ben.click("Take it", card_),
        lambda: stage.ben.post(stage.shared, "Hello"),
        lambda: stage.ben.reply(card_, "Hello"),
        stage.ben.open_home,
        lambda: stage.ben.shortcut("Ask for something"),
    ]
    for act in acts:
        with pytest.raises(Refused, match="account_inactive"):
            act()

    slack.reactivate(stage.ben)
    assert stage.ben.post(stage.shared, "Back").text == "Back"


def test_the_app_hears_that_an_account_was_closed(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    slack.deactivate(stage.ben)

    [body] = slack.until(lambda: app.bodies("user_change"))
    assert body["event"]["user"]["id"] == stage.ben.id
    assert body["event"]["user"]["deleted"] is True


def test_who_travels_reads_in_another_zone(
    slack: Sandbox, stage: Stage, client: WebClient
) -> None:
    stamp = "<!date^1772323200^{time}|noon>"
    client.chat_postMessage(channel=stage.inner.id, text=stamp)

    before = stage.ben.channel(stage.inner)[-1].rendered
    slack.set_zone(stage.ben, "Asia/Tokyo")
    after = stage.ben.channel(stage.inner)[-1].rendered

    assert (before, after) == ("7:00 PM", "9:00 AM")


def test_who_was_put_out_of_a_channel_sees_and_does_nothing_there(
    stage: Stage, app: Errands, message: None
) -> None:
    [card_] = stage.cleo.channel(stage.shared)
    stage.shared.remove(stage.cleo)

    with pytest.raises(NotOnScreen, match="not in this conversation"):
        stage.cleo.channel(stage.shared)
    with pytest.raises(NotOnScreen):
        stage.cleo.click("Take it", card_)
    with pytest.raises(NotOnScreen):
        stage.cleo.post(stage.shared, "Hello")
    assert stage.cleo.channels == []


def test_the_app_hears_who_leaves_and_who_joins(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.cleo.leave(stage.shared)
    stage.shared.add(stage.cleo)

    slack.until(lambda: app.bodies("member_left_channel"))
    [joined] = slack.until(lambda: app.bodies("member_joined_channel"))
    assert joined["event"]["user"] == stage.cleo.id
    assert joined["event"]["channel_type"] == "G"
    said = [each.rendered for each in stage.ada.channel(stage.shared)]
    assert said == [
        "@Cleo Marsh has left the channel",
        "@Cleo Marsh has joined the channel",
    ]


def test_a_bot_that_was_put_out_hears_no_more_of_a_channel(
    slack: Sandbox, stage: Stage, app: Errands, client: WebClient
) -> None:
    stage.shared.remove_bot()
    stage.ada.post(stage.shared, "Alone now")
    stage.ada.post(stage.inner, "Still heard")

    slack.until(lambda: "Still heard" in _said(app))
    assert "Alone now" not in _said(app)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=stage.shared.id, text="a")
    assert caught.value.response["error"] == "channel_not_found"

    stage.shared.add_bot()
    assert client.chat_postMessage(channel=stage.shared.id, text="a")["ok"]


def _said(app: Errands) -> list[str]:
    return [body["event"].get("text", "") for body in app.bodies("message")]
