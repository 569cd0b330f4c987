"""Everything that the sandbox says has the shape that Slack publishes."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from sandbox import Sandbox
from tests.sandbox.conftest import Stage
from tests.sandbox.contract import Json, departures, sample
from tests.sandbox.errand import Errands, card, form, text

HOME = {"type": "home", "blocks": [{"type": "section", "text": text("Hello")}]}


def _posted(client: WebClient, stage: Stage) -> Any:
    return client.chat_postMessage(
        channel=stage.inner.id,
        text="An errand",
        blocks=card("Milk"),
        metadata={"event_type": "errand", "event_payload": {"id": "e1"}},
    )


def _with_thread(client: WebClient, stage: Stage) -> str:
    root = _posted(client, stage)
    client.chat_postMessage(
        channel=stage.inner.id, text="More", thread_ts=root["ts"], reply_broadcast=True
    )
    stage.ada.reply(stage.ada.channel(stage.inner)[0], "Yes")
    client.reactions_add(channel=stage.inner.id, timestamp=root["ts"], name="eyes")
    client.chat_update(channel=stage.inner.id, ts=root["ts"], text="Changed")
    return str(root["ts"])


def _update(client: WebClient, stage: Stage) -> Any:
    ts = _posted(client, stage)["ts"]
    return client.chat_update(
        channel=stage.inner.id, ts=ts, text="New", blocks=card("Bread")
    )


def _delete(client: WebClient, stage: Stage) -> Any:
    return client.chat_delete(channel=stage.inner.id, ts=_posted(client, stage)["ts"])


def _pin(client: WebClient, stage: Stage) -> Any:
    return client.pins_add(
        channel=stage.inner.id, timestamp=_posted(client, stage)["ts"]
    )


def _react(client: WebClient, stage: Stage) -> Any:
    ts = _posted(client, stage)["ts"]
    return client.reactions_add(channel=stage.inner.id, timestamp=ts, name="eyes")


def _link(client: WebClient, stage: Stage) -> Any:
    ts = _posted(client, stage)["ts"]
    return client.chat_getPermalink(channel=stage.inner.id, message_ts=ts)


def _replies(client: WebClient, stage: Stage) -> Any:
    ts = _with_thread(client, stage)
    return client.conversations_replies(channel=stage.inner.id, ts=ts)


def _history(client: WebClient, stage: Stage) -> Any:
    _with_thread(client, stage)
    return client.conversations_history(
        channel=stage.inner.id, include_all_metadata=True
    )


CALLS: dict[str, Callable[[WebClient, Stage], Any]] = {
    "auth.test": lambda client, _: client.auth_test(),
    "bots.info": lambda client, _: client.bots_info(),
    "chat.delete": _delete,
    "chat.getPermalink": _link,
    "chat.postEphemeral": lambda client, stage: client.chat_postEphemeral(
        channel=stage.inner.id, user=stage.ada.id, text="Psst"
    ),
    "chat.postMessage": _posted,
    "chat.update": _update,
    "conversations.history": _history,
    "conversations.info": lambda client, stage: client.conversations_info(
        channel=stage.shared.id, include_num_members=True
    ),
    "conversations.join": lambda client, stage: client.conversations_join(
        channel=stage.inner.id
    ),
    "conversations.list": lambda client, _: client.conversations_list(
        types="public_channel,private_channel,im"
    ),
    "conversations.members": lambda client, stage: client.conversations_members(
        channel=stage.inner.id
    ),
    "conversations.open": lambda client, stage: client.conversations_open(
        users=stage.ada.id, return_im=True
    ),
    "conversations.replies": _replies,
    "pins.add": _pin,
    "reactions.add": _react,
    "team.info": lambda client, _: client.team_info(),
    "users.info": lambda client, stage: client.users_info(user=stage.cleo.id),
    "users.list": lambda client, _: client.users_list(),
    "views.publish": lambda client, stage: client.views_publish(
        user_id=stage.ada.id, view=HOME
    ),
}


@pytest.mark.parametrize("method", CALLS)
def test_each_answer_has_only_what_slack_publishes(
    method: str, client: WebClient, stage: Stage
) -> None:
    published = sample(f"api/{method}")

    answer = CALLS[method](client, stage).data

    assert answer["ok"] is True
    assert departures(answer, published) == []


def test_views_are_answered_as_slack_answers_them(stage: Stage, app: Errands) -> None:
    published = sample("api/views.open")
    opened: list[Any] = []

    def answer(ack: Any, body: Json, client: WebClient) -> None:
        trigger = body["trigger_id"]
        first = client.views_open(trigger_id=trigger, view=_form_with_button())
        view_id = first["view"]["id"]
        opened.append(first)
        opened.append(client.views_update(view_id=view_id, view=_form_with_button()))
        ack()

    def push(ack: Any, body: Json, client: WebClient) -> None:
        opened.append(
            client.views_push(trigger_id=body["trigger_id"], view=form("pushed"))
        )
        ack()

    app.behave["command"], app.behave["other"] = answer, push
    modal = stage.ada.command("/errand", stage.inner).modal
    assert modal is not None
    modal.click("More")

    for each in opened:
        assert departures(each.data, published) == []
    assert len(opened) == 3


def _form_with_button() -> Json:
    view = form("")
    button = {"type": "button", "action_id": "more", "text": text("More")}
    view["blocks"].append({"type": "actions", "elements": [button]})
    return view


def test_uploads_are_answered_as_slack_answers_them(
    client: WebClient, stage: Stage
) -> None:
    first = client.files_getUploadURLExternal(filename="a.txt", length=2)

    assert departures(first.data, sample("api/files.getUploadURLExternal")) == []


def test_events_have_only_what_slack_publishes(
    slack: Sandbox, stage: Stage, app: Errands, client: WebClient
) -> None:
    ada, inner = stage.ada, stage.inner
    first = ada.post(inner, "Hello @Errand")
    ada.edit(first, "Hello all")
    ada.react(first, "eyes")
    ada.reply(first, "Both", broadcast=True)
    ada.delete(ada.post(inner, "Oops"))
    client.chat_postMessage(channel=inner.id, text="From the app", blocks=card("Milk"))
    ada.open_home()
    inner.remove(stage.ben)
    inner.add(stage.ben)
    inner.archive()
    published = {
        "": "MessagePayload",
        "message_changed": "MessageChangedPayload",
        "message_deleted": "MessageDeletedPayload",
        "thread_broadcast": "MessageThreadBroadcastPayload",
        "channel_join": "MessageChannelJoinPayload",
        "channel_leave": "MessageChannelLeavePayload",
        "app_mention": "AppMentionPayload",
        "app_home_opened": "AppHomeOpenedPayload",
        "reaction_added": "ReactionAddedPayload",
        "member_joined_channel": "MemberJoinedChannelPayload",
        "member_left_channel": "MemberLeftChannelPayload",
        "channel_archive": "ChannelArchivePayload",
    }

    slack.until(lambda: {name for name, _ in _events(slack)} >= set(published))

    for name, payload in _events(slack):
        if name in published:
            assert departures(payload, sample(f"events/{published[name]}")) == [], name


def _events(slack: Sandbox) -> list[tuple[str, Json]]:
    payloads = [each.payload for each in slack.record.envelopes("events_api")]
    return [
        (
            each["event"].get("subtype", "")
            if each["event"]["type"] == "message"
            else each["event"]["type"],
            each,
        )
        for each in payloads
    ]


ESSENTIAL = {
    "SlashCommandPayload": {
        "command",
        "text",
        "user_id",
        "team_id",
        "channel_id",
        "trigger_id",
        "response_url",
        "api_app_id",
    },
    "ViewSubmissionPayload": {"type", "team", "user", "view", "trigger_id"},
    "ViewClosedPayload": {"type", "team", "user", "view", "is_cleared"},
    "BlockActionPayload": {
        "type",
        "team",
        "user",
        "container",
        "channel",
        "message",
        "actions",
        "trigger_id",
        "response_url",
        "state",
    },
    "MessageShortcutPayload": {
        "type",
        "callback_id",
        "message",
        "message_ts",
        "channel",
        "user",
        "team",
        "trigger_id",
        "response_url",
    },
}


def test_interactions_have_what_slack_publishes_and_nothing_else(
    slack: Sandbox, stage: Stage, app: Errands, client: WebClient
) -> None:
    ada = stage.ada
    modal = ada.command("/errand", stage.inner).modal
    assert modal is not None
    modal.fill({"Your question": "Milk"})
    modal.submit()
    [message] = ada.channel(stage.inner)
    ada.click("Decline", message)
    ada.shortcut("Turn into an errand", message)
    app.behave["command"] = lambda ack, body, client: (
        client.views_open(
            trigger_id=body["trigger_id"], view=form("", notify_on_close=True)
        ),
        ack(),
    )
    second = ada.command("/errand", stage.inner).modal
    assert second is not None
    second.close()
    kinds = {
        "SlashCommandPayload": "/errand",
        "ViewSubmissionPayload": "view_submission",
        "ViewClosedPayload": "view_closed",
        "BlockActionPayload": "block_actions",
        "MessageShortcutPayload": "message_action",
    }

    for name, kind in kinds.items():
        [payload, *_] = app.bodies(kind)
        assert payload.keys() >= ESSENTIAL[name], name
        assert departures(payload, sample(f"interaction/{name}")) == [], name
