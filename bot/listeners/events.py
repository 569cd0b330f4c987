"""Events: replies in threads, and an opened Home."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt import App, BoltContext
from slack_sdk import WebClient

from bot.actions.replying import note_reply
from bot.desk import Desk
from bot.listeners.commands import list_blocks
from bot.listeners.incoming import of
from bot.refusals import Refusal, Stranger
from bot.views import lists

log = structlog.get_logger()

Event = dict[str, Any]


def register(app: App, desk: Desk) -> None:
    """Listen to what the manifest subscribes to."""

    def hear(event: Event, context: BoltContext) -> None:
        if is_plain_reply(event):
            _note(desk, event, context)

    def show_home(event: Event, client: WebClient, context: BoltContext) -> None:
        if event.get("tab") != "home":
            return
        client.views_publish(user_id=event["user"], view=_home(desk, context))

    app.event("message")(hear)
    app.event("app_home_opened")(show_home)


def is_plain_reply(event: Event) -> bool:
    """Tell whether a message event is a person's own words in a thread."""
    in_thread = event.get("thread_ts") not in {None, event.get("ts")}
    by_person = event.get("bot_id") is None and bool(event.get("user"))
    own_words = event.get("subtype") in {None, "thread_broadcast", "file_share"}
    return in_thread and by_person and own_words


def _note(desk: Desk, event: Event, context: BoltContext) -> None:
    came = of(context)
    try:
        by = desk.who(came.team_id, came.user_id)
        desk.perform(
            note_reply,
            by=by,
            key=came.key,
            channel_id=event["channel"],
            thread_ts=event["thread_ts"],
            ts=event["ts"],
            text=event.get("text", ""),
        )
    except Refusal as refusal:
        # A stranger's words in a thread are the thread's own business.
        log.info("reply.not_noted", why=type(refusal).__name__)


def _home(desk: Desk, context: BoltContext) -> dict[str, Any]:
    came = of(context)
    try:
        by = desk.who(came.team_id, came.user_id)
    except Stranger as stranger:
        return lists.stranger_home(stranger.sentence)
    return lists.home(list_blocks(desk, by))
