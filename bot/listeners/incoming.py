"""What came in: who sent it, and the key under which it counts once.

Reads ids and nothing else, so that it costs nothing and cannot fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import App, BoltContext, BoltResponse

from bot.views.ids import FormData

CONTEXT = "baton_incoming"


@dataclass(frozen=True)
class Incoming:
    """Ids of one thing that came in."""

    key: str
    """Of a command, click, submission or event: what comes twice has it twice."""
    team_id: str
    """The team of the person, which need not be the one of the installation."""
    user_id: str
    kind: str


def register(app: App) -> None:
    """Read the ids of everything that comes in, before any listener runs."""
    app.middleware(attach)


def attach(
    context: BoltContext, body: dict[str, Any], next_: Callable[[], BoltResponse]
) -> BoltResponse:
    """Put the ids into the context and into every log line about this."""
    read = read_incoming(body)
    context[CONTEXT] = read
    with structlog.contextvars.bound_contextvars(came_in=read.key, kind=read.kind):
        return next_()


def of(context: BoltContext) -> Incoming:
    """Return the ids that `attach` has read."""
    read: Incoming = context[CONTEXT]
    return read


def read_incoming(body: dict[str, Any]) -> Incoming:
    """Return the ids of a command, an interaction or an event."""
    if "event" in body:
        return _event(body)
    if "command" in body:
        key = f"trigger:{body.get('trigger_id', '')}"
        return Incoming(
            key, body.get("team_id", ""), body.get("user_id", ""), "command"
        )
    return _interaction(body)


def _event(body: dict[str, Any]) -> Incoming:
    event = body["event"]
    # An edited or deleted message stands inside the event, with its author.
    said = event.get("message") or event.get("previous_message") or event
    team_id = said.get("user_team") or said.get("team") or body.get("team_id", "")
    user_id = said.get("user") or ""
    key = f"event:{body.get('event_id', '')}"
    return Incoming(key, team_id, user_id if isinstance(user_id, str) else "", "event")


def _interaction(body: dict[str, Any]) -> Incoming:
    user = body.get("user") or {}
    team = body.get("team") or {}
    kind = str(body.get("type", ""))
    who = (user.get("team_id") or team.get("id") or "", user.get("id") or "")
    return Incoming(_interaction_key(kind, body, who), *who, kind)


def _interaction_key(kind: str, body: dict[str, Any], who: tuple[str, str]) -> str:
    if kind == "view_submission":
        return f"intent:{_intent(body.get('view') or {})}"
    if kind == "block_actions" and body.get("actions"):
        action = body["actions"][0]
        parts = (*who, action.get("action_ts", ""), action.get("action_id", ""))
        return "click:" + ":".join(parts)
    return f"trigger:{body.get('trigger_id', '')}"


def _intent(view: dict[str, Any]) -> str:
    try:
        return FormData.load(view.get("private_metadata", "")).intent
    except ValueError:
        return str(view.get("id", ""))
