"""Things in the shapes in which Slack's Web API and payloads carry them."""

from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sandbox.things import Conversation, File, Json, Pin, Post, Team, User, View
from sandbox.workspace import Workspace


def bot_profile(workspace: Workspace) -> Json:
    """The bot, as its messages carry it."""
    bot = workspace.bot
    return {
        "id": bot.bot_id,
        "app_id": workspace.meta.app_id,
        "name": bot.real_name,
        "icons": _icons(workspace.url, 36, 48, 72),
        "deleted": False,
        "updated": bot.updated,
        "team_id": bot.team,
    }


def message(workspace: Workspace, post: Post, *, all_metadata: bool = True) -> Json:
    """A message; without `all_metadata` only the event type of its metadata."""
    body: Json = {"type": "message", "user": post.user, "ts": post.ts}
    body["text"] = post.text
    _add_present(
        body,
        client_msg_id=post.client_msg_id,
        subtype=post.subtype,
        team=post.team,
        blocks=post.blocks,
        attachments=post.attachments,
        thread_ts=post.thread_ts,
    )
    if post.bot_id:
        body["bot_id"] = post.bot_id
        body["app_id"] = workspace.meta.app_id
        body["bot_profile"] = bot_profile(workspace)
    if post.edited_ts:
        body["edited"] = {"user": post.edited_by, "ts": post.edited_ts}
    if post.metadata:
        kept = ("event_type", "event_payload") if all_metadata else ("event_type",)
        body["metadata"] = {name: post.metadata[name] for name in kept}
    if post.reactions:
        body["reactions"] = _reactions(post)
    return body


def listed_message(workspace: Workspace, post: Post, *, all_metadata: bool) -> Json:
    """A message in a history or a thread: with what stands in its own thread."""
    body = message(workspace, post, all_metadata=all_metadata)
    if post.is_reply:
        root = workspace.world.get(Post, f"{post.channel}/{post.thread_ts}")
        body["parent_user_id"] = root.user if root else "USLACKBOT"
        return body
    replies = [
        each
        for each in workspace.world.thread(post.channel, post.ts)
        if each.is_reply and not each.only_for
    ]
    if replies:
        body |= _thread(post, replies)
    return body


def _thread(root: Post, replies: list[Post]) -> Json:
    people = list(dict.fromkeys(each.user for each in replies))
    return {
        "thread_ts": root.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people,
        "is_locked": False,
        "subscribed": False,
    }


def channel(workspace: Workspace, of: Conversation) -> Json:
    """A conversation, as the app sees it."""
    if of.im_with:
        return {
            "id": of.id,
            "created": of.created,
            "is_archived": of.archived,
            "is_im": True,
            "is_org_shared": False,
            "user": of.im_with,
            "context_team_id": workspace.meta.host,
        }
    shared = bool(of.shared_with)
    return {
        "id": of.id,
        "name": of.name,
        "name_normalized": of.name,
        "is_channel": not of.private,
        "is_group": of.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": of.private,
        "is_archived": of.archived,
        "is_general": False,
        "is_shared": shared,
        "is_ext_shared": shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": workspace.meta.bot in of.members,
        "created": of.created,
        "creator": of.creator,
        "topic": {"value": of.topic, "creator": of.creator, "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
        "shared_team_ids": [of.team, *of.shared_with],
        "internal_team_ids": [],
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "context_team_id": workspace.meta.host,
    }


def user(workspace: Workspace, of: User) -> Json:
    """A person, as `users.info` gives them."""
    now = datetime.fromtimestamp(workspace.settings.clock(), UTC)
    local = now.astimezone(ZoneInfo(of.tz))
    offset = local.utcoffset()
    return {
        "id": of.id,
        "team_id": of.team,
        "name": of.handle,
        "deleted": of.deleted,
        "real_name": of.real_name,
        "tz": of.tz,
        "tz_label": local.tzname() or of.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": _profile(workspace, of),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": bool(of.bot_id),
        "is_app_user": False,
        "updated": of.updated,
    }


def _profile(workspace: Workspace, of: User) -> Json:
    profile: Json = {
        "title": of.title,
        "real_name": of.real_name,
        "real_name_normalized": of.real_name,
        "display_name": of.display,
        "display_name_normalized": of.display,
        "status_text": "",
        "status_emoji": "",
        "team": of.team,
        **_icons(workspace.url, 24, 32, 48, 72, 192, 512),
    }
    if of.bot_id:
        profile |= {"bot_id": of.bot_id, "api_app_id": workspace.meta.app_id}
    elif of.email and "users:read.email" in workspace.manifest.scopes:
        profile["email"] = of.email
    return profile


def view(workspace: Workspace, of: View) -> Json:
    """A view, as the Web API and payloads give it."""
    blank: Json = {"private_metadata": "", "callback_id": "", "external_id": ""}
    defaults: Json = {
        "title": {"type": "plain_text", "text": "View Title", "emoji": True},
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return {
        **blank,
        **defaults,
        **of.body,
        "id": of.id,
        "team_id": of.team,
        "state": {"values": of.values},
        "hash": of.hash,
        "previous_view_id": of.previous or None,
        "root_view_id": of.root,
        "app_id": workspace.meta.app_id,
        "app_installed_team_id": workspace.meta.host,
        "bot_id": workspace.bot.bot_id,
    }


def pin(workspace: Workspace, of: Pin, post: Post) -> Json:
    """A pinned message."""
    return {
        "type": "message",
        "channel": of.channel,
        "created": of.created,
        "created_by": of.user,
        "message": message(workspace, post),
    }


def file(workspace: Workspace, of: File) -> Json:
    """A file, as it is answered when its upload is completed.

    Slack looks through it only afterwards, so it does not say yet what sort it is.
    """
    return {
        "id": of.id,
        "name": of.name,
        "title": of.title,
        "created": of.created,
        "timestamp": of.created,
        "mimetype": "",
        "filetype": "",
        "pretty_type": "",
        "user": of.user,
        "user_team": workspace.meta.host,
        "editable": False,
        "size": of.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "public_url_shared": False,
        "file_access": "visible",
        "alt_txt": of.alt,
        "channels": list(of.shared_in),
        "groups": [],
        "ims": [],
        "permalink": permalink_of_file(workspace, of),
        "url_private": url_private(workspace, of),
    }


def url_private(workspace: Workspace, of: File) -> str:
    """Where a file's bytes are."""
    name = quote(of.name, safe="")
    return f"{workspace.url}/files-pri/{workspace.meta.host}-{of.id}/{name}"


def permalink_of_file(workspace: Workspace, of: File) -> str:
    """Where people look at a file."""
    return f"{workspace.url}/files/{of.user}/{of.id}/{quote(of.name, safe='')}"


def team(workspace: Workspace, of: Team) -> Json:
    """A team, as `team.info` gives it."""
    return {
        "id": of.id,
        "name": of.name,
        "domain": of.domain,
        "email_domain": "",
        "icon": _icons(workspace.url, 34, 44, 68, 88, 102, 132, 230)
        | {"image_default": True},
        "url": f"{workspace.url}/{of.domain}/",
    }


def permalink(workspace: Workspace, post: Post) -> str:
    """The address of a message."""
    path = f"{workspace.url}/archives/{post.channel}/p{post.ts.replace('.', '')}"
    if not post.is_reply:
        return path
    return f"{path}?thread_ts={post.thread_ts}&cid={post.channel}"


def _reactions(post: Post) -> list[Json]:
    return [
        {"name": name, "users": users, "count": len(users)}
        for name, users in post.reactions.items()
    ]


def _icons(url: str, *sizes: int) -> Json:
    return {f"image_{size}": f"{url}/icons/{size}.png" for size in sizes}


def _add_present(body: Json, **values: object) -> None:
    body.update({name: value for name, value in values.items() if value})
