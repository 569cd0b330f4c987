"""Events: replies in threads, and an opened Home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import App, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.actions.accounts import note_account
from bot.actions.done import Done
from bot.actions.replying import note_edit, note_reply
from bot.desk import Desk
from bot.listeners.commands import list_blocks
from bot.listeners.incoming import of
from bot.refusals import Refusal, Stranger
from bot.views import lists
from storage.actors import System

log = structlog.get_logger()

Event = dict[str, Any]

DELETE_IT = (
    "Your reply looks as if it names a patient or a day. Baton did not keep it. Please"
    " delete it (editing leaves a trace) and write it again without."
)

REWORDED = frozenset({"message_changed", "message_deleted"})


def register(app: App, desk: Desk) -> None:
    """Listen to what the manifest subscribes to."""

    def hear(event: Event, context: BoltContext, client: WebClient) -> None:
        if is_plain_reply(event):
            done = _note(desk, context, note_reply, event, event)
            if done and done.what == "withheld":
                _ask_to_delete(client, event)
        elif event.get("subtype") in REWORDED:
            said = event.get("message") or event.get("previous_message") or {}
            gone = event.get("subtype") == "message_deleted"
            if is_plain_reply(said):
                _note(desk, context, note_edit, event, said, gone=gone)

    def show_home(event: Event, client: WebClient, context: BoltContext) -> None:
        if event.get("tab") != "home":
            return
        client.views_publish(user_id=event["user"], view=_home(desk, context))

    def note_change(event: Event, context: BoltContext) -> None:
        told = event["user"]
        desk.perform(
            note_account,
            by=System("slack"),
            key=of(context).key,
            team_id=told.get("team_id") or of(context).team_id,
            user_id=told["id"],
            closed=bool(told.get("deleted")),
        )

    app.event("message")(hear)
    app.event("user_change")(note_change)
    app.event("app_home_opened")(show_home)


def is_plain_reply(event: Event) -> bool:
    """Tell whether a message event is a person's own words in a thread."""
    in_thread = event.get("thread_ts") not in {None, event.get("ts")}
    by_person = event.get("bot_id") is None and bool(event.get("user"))
    own_words = event.get("subtype") in {None, "thread_broadcast", "file_share"}
    return in_thread and by_person and own_words


def _note(
    desk: Desk,
    context: BoltContext,
    action: Callable[..., Done],
    event: Event,
    said: Event,
    *,
    gone: bool = False,
) -> Done | None:
    came = of(context)
    try:
        by = desk.who(came.team_id, came.user_id)
        return desk.perform(
            action,
            by=by,
            key=came.key,
            channel_id=event["channel"],
            thread_ts=said["thread_ts"],
            ts=said["ts"],
            text=None if gone else read_text(said),
        )
    except Refusal as refusal:
        # A stranger's words in a thread are the thread's own business.
        log.info("reply.not_noted", why=type(refusal).__name__)
        return None


def _ask_to_delete(client: WebClient, event: Event) -> None:
    """Tell the author, and nobody else, that their words look like an identifier."""
    try:
        client.chat_postEphemeral(
            channel=event["channel"],
            user=event["user"],
            thread_ts=event["thread_ts"],
            text=DELETE_IT,
        )
    except SlackApiError as error:
        log.info("private.not_said", error=error.response.get("error"))


def read_text(said: Event) -> str:
    """Return what somebody wrote; Slack escapes three characters in events."""
    text = str(said.get("text", ""))
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _home(desk: Desk, context: BoltContext) -> dict[str, Any]:
    came = of(context)
    try:
        by = desk.who(came.team_id, came.user_id)
    except Stranger as stranger:
        return lists.stranger_home(stranger.sentence)
    return lists.home(list_blocks(desk, by))
