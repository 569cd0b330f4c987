"""Payloads of what people do, in Slack's published shapes."""

from typing import Any

from sandbox import payloads
from sandbox.forms import Values
from sandbox.things import Conversation, Json, Post, User, View
from sandbox.workspace import Workspace

HIDDEN_NAMES = {"group": "privategroup", "im": "directmessage"}


def command(
    workspace: Workspace, user: User, where: Conversation, typed: tuple[str, str]
) -> Json:
    """A slash command with its text."""
    host = workspace.host
    return {
        "token": "",
        "team_id": host.id,
        "team_domain": host.domain,
        "channel_id": where.id,
        "channel_name": _name(where),
        "user_id": user.id,
        "user_name": user.handle,
        "command": typed[0],
        "text": typed[1],
        "api_app_id": workspace.meta.app_id,
        "is_enterprise_install": False,
        "response_url": _response_url(workspace, user, where.id),
        "trigger_id": workspace.triggers.give(user.id),
    }


def shortcut(workspace: Workspace, user: User, callback_id: str) -> Json:
    """A global shortcut."""
    return _interaction(workspace, "shortcut", user) | {
        "callback_id": callback_id,
        "action_ts": workspace.world.new_ts(),
        "trigger_id": workspace.triggers.give(user.id),
    }


def message_shortcut(
    workspace: Workspace, user: User, post: Post, callback_id: str
) -> Json:
    """A shortcut on a message."""
    where = workspace.world.need(Conversation, post.channel)
    return _interaction(workspace, "message_action", user) | {
        "callback_id": callback_id,
        "action_ts": workspace.world.new_ts(),
        "trigger_id": workspace.triggers.give(user.id),
        "response_url": _response_url(workspace, user, where.id, post.ts),
        "message_ts": post.ts,
        "channel": {"id": where.id, "name": _name(where)},
        "message": payloads.message(workspace, post),
    }


def message_action(
    workspace: Workspace, user: User, post: Post, *, action: Json, values: Values
) -> Json:
    """Something used on a message: a button, a menu, a select."""
    where = workspace.world.need(Conversation, post.channel)
    container: Json = {
        "type": "message",
        "message_ts": post.ts,
        "channel_id": post.channel,
        "is_ephemeral": bool(post.only_for),
    }
    if post.is_reply:
        container["thread_ts"] = post.thread_ts
    payload = _interaction(workspace, "block_actions", user) | {
        "container": container,
        "trigger_id": workspace.triggers.give(user.id),
        "channel": {"id": where.id, "name": _name(where)},
        "state": {"values": values},
        "response_url": _response_url(workspace, user, where.id, post.ts),
        "actions": [action],
    }
    if not post.only_for:
        payload["message"] = payloads.message(workspace, post)
    return payload


def view_action(workspace: Workspace, user: User, view: View, action: Json) -> Json:
    """Something used in a modal or on a Home tab."""
    return _interaction(workspace, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.triggers.give(user.id, view=view.id),
        "view": payloads.view(workspace, view),
        "actions": [action],
    }


def submission(workspace: Workspace, user: User, view: View) -> Json:
    """A modal that was submitted."""
    return _interaction(workspace, "view_submission", user) | {
        "trigger_id": workspace.triggers.give(user.id, view=view.id),
        "view": payloads.view(workspace, view),
    }


def closing(workspace: Workspace, user: User, view: View, *, cleared: bool) -> Json:
    """A modal that was closed; `cleared` when all of them were at once."""
    return _interaction(workspace, "view_closed", user) | {
        "view": payloads.view(workspace, view),
        "is_cleared": cleared,
    }


def suggestion(
    workspace: Workspace, user: User, view: View, place: tuple[str, str], typed: str
) -> Json:
    """What was typed in a select whose options the app provides."""
    return _interaction(workspace, "block_suggestion", user) | {
        "container": {"type": "view", "view_id": view.id},
        "view": payloads.view(workspace, view),
        "block_id": place[0],
        "action_id": place[1],
        "value": typed,
    }


def action(workspace: Workspace, block_id: str, element: Json, chosen: Json) -> Json:
    """One entry of `actions`: the element, and what was chosen there."""
    kept = ("type", "action_id", "text", "value", "style", "url", "placeholder")
    body: dict[str, Any] = {name: element[name] for name in kept if name in element}
    if "confirm" in element:
        body["confirm"] = element["confirm"]
    stamp = {"block_id": block_id, "action_ts": workspace.world.new_ts()}
    return body | stamp | chosen


def _interaction(workspace: Workspace, kind: str, user: User) -> Json:
    host = workspace.host
    name = {} if kind == "message_action" else {"username": user.handle}
    return {
        "type": kind,
        "team": {"id": host.id, "domain": host.domain},
        "user": {"id": user.id, "name": user.handle, "team_id": user.team} | name,
        "api_app_id": workspace.meta.app_id,
        "token": "",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _response_url(workspace: Workspace, user: User, channel: str, ts: str = "") -> str:
    ticket = workspace.response_urls.give(user=user.id, channel=channel, ts=ts)
    return f"{workspace.url}/response/{ticket}"


def _name(where: Conversation) -> str:
    return HIDDEN_NAMES.get(where.type, where.name)
