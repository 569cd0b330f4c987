"""Events: what the app is told of, if its manifest subscribes and its scopes allow."""

from sandbox import payloads
from sandbox.things import Conversation, Json, Post, User, View
from sandbox.workspace import Workspace

OF_TYPE = {"channel": "channels", "group": "groups", "im": "im"}
# The scope without which Slack does not deliver an event; several: any of them.
SCOPES: dict[str, tuple[str, ...]] = {
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "app_mention": ("app_mentions:read",),
    "app_home_opened": (),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "user_change": ("users:read",),
}


def posted(workspace: Workspace, post: Post) -> None:
    """A message was posted."""
    conversation = workspace.world.need(Conversation, post.channel)
    event = payloads.message(workspace, post) | _place(conversation, post.ts)
    if post.subtype == "thread_broadcast":
        root = workspace.world.get(Post, f"{post.channel}/{post.thread_ts}")
        event["root"] = payloads.message(workspace, root) if root else {}
    elif post.is_reply:
        root = workspace.world.get(Post, f"{post.channel}/{post.thread_ts}")
        event["parent_user_id"] = root.user if root else "USLACKBOT"
    event |= _teams_of(conversation, post)
    _send_message(workspace, conversation, event, by=post.user)
    mention = f"<@{workspace.meta.bot}>"
    if mention in post.text and not post.bot_id and not conversation.im_with:
        send(workspace, "app_mention", _mention(event), conversation, by=post.user)


def changed(workspace: Workspace, new: Post, old: Post) -> None:
    """A message was edited or updated."""
    conversation = workspace.world.need(Conversation, new.channel)
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": payloads.message(workspace, new),
        "previous_message": payloads.message(workspace, old),
    } | _place(conversation, workspace.world.new_ts())
    event["ts"] = event["event_ts"]
    _send_message(workspace, conversation, event, by=new.user)


def deleted(workspace: Workspace, old: Post) -> None:
    """A message was deleted."""
    conversation = workspace.world.need(Conversation, old.channel)
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": old.ts,
        "previous_message": payloads.message(workspace, old),
    } | _place(conversation, workspace.world.new_ts())
    event["ts"] = event["event_ts"]
    _send_message(workspace, conversation, event, by=old.user)


def home_opened(workspace: Workspace, user: User, im: str, home: View | None) -> None:
    """A person looks at the app's Home tab."""
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": im,
        "tab": "home",
        "event_ts": workspace.world.new_ts(),
    }
    if home:
        event["view"] = payloads.view(workspace, home)
    send(workspace, "app_home_opened", event, None, by=user.id)


def moved(
    workspace: Workspace, conversation: Conversation, user: User, kind: str
) -> None:
    """Somebody joined or left (`member_joined_channel`, `member_left_channel`)."""
    event = {
        "type": kind,
        "user": user.id,
        "channel": conversation.id,
        "channel_type": "G" if conversation.private else "C",
        "team": user.team,
        "event_ts": workspace.world.new_ts(),
    }
    send(workspace, kind, event, conversation, by=user.id)


def marked(workspace: Workspace, post: Post, user: str, event: Json) -> None:
    """A reaction or a pin came or went; `event` says which."""
    conversation = workspace.world.need(Conversation, post.channel)
    about = {"user": user, "event_ts": workspace.world.new_ts()}
    send(workspace, event["type"], about | event, conversation, by=user)


def archived(workspace: Workspace, conversation: Conversation, by: str) -> None:
    """A conversation was archived, or is no longer."""
    prefix = "group" if conversation.private else "channel"
    kind = f"{prefix}_archive" if conversation.archived else f"{prefix}_unarchive"
    ts = workspace.world.new_ts()
    event = {"type": kind, "channel": conversation.id, "user": by, "event_ts": ts}
    send(workspace, kind, event, conversation, by=by)


def person_changed(workspace: Workspace, user: User) -> None:
    """A person's account changed: closed, opened again, in another zone."""
    kind, ts = "user_change", workspace.world.new_ts()
    event = {"type": kind, "user": payloads.user(workspace, user), "event_ts": ts}
    send(workspace, kind, event, None, by=user.id)


def send(
    workspace: Workspace,
    subscription: str,
    event: Json,
    conversation: Conversation | None,
    *,
    by: str,
) -> None:
    """Deliver an event, if the app subscribed, may have it, and is where it was."""
    manifest = workspace.manifest
    scopes = SCOPES.get(subscription, ())
    allowed = not scopes or any(scope in manifest.scopes for scope in scopes)
    if subscription not in manifest.events or not allowed:
        return
    if conversation and workspace.meta.bot not in conversation.members:
        return
    workspace.delivery.tell(_callback(workspace, event, conversation, by=by))


def _send_message(
    workspace: Workspace, conversation: Conversation, event: Json, *, by: str
) -> None:
    subscription = f"message.{OF_TYPE[conversation.type]}"
    send(workspace, subscription, event, conversation, by=by)


def _callback(
    workspace: Workspace, event: Json, conversation: Conversation | None, *, by: str
) -> Json:
    actor = workspace.world.get(User, by)
    host = workspace.meta.host
    return {
        "token": "",
        "team_id": actor.team if actor else host,
        "context_team_id": host,
        "context_enterprise_id": None,
        "api_app_id": workspace.meta.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.world.new_id("Ev"),
        "event_time": int(workspace.settings.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": host,
                "user_id": workspace.meta.bot,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(conversation and conversation.shared_with),
        "event_context": workspace.world.new_id("4-"),
    }


def _place(conversation: Conversation, event_ts: str) -> Json:
    return {
        "channel": conversation.id,
        "event_ts": event_ts,
        "channel_type": conversation.type,
    }


def _teams_of(conversation: Conversation, post: Post) -> Json:
    if not conversation.shared_with:
        return {}
    return {"user_team": post.team, "source_team": post.team}


def _mention(event: Json) -> Json:
    without = {key: value for key, value in event.items() if key != "channel_type"}
    return without | {"type": "app_mention"}
