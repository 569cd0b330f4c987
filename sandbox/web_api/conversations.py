"""`conversations.*`: where things are said, by whom, and what was said."""

from sandbox import payloads, places
from sandbox.errors import ApiError
from sandbox.places import ensure_im
from sandbox.things import Conversation, Json, Pin, Post, User
from sandbox.web_api.call import Call, Method, page

LISTED = {"channel": "public_channel", "group": "private_channel", "im": "im"}


def open_im(call: Call, user: User) -> Conversation:
    """The direct messages of a person with the bot. Raises ApiError."""
    if user.bot_id:
        raise ApiError("cannot_dm_bot")
    if not call.world.share_a_channel(call.workspace.bot, user):
        raise ApiError("user_not_found")
    if user.deleted:
        raise ApiError("user_disabled")
    return ensure_im(call.workspace, user)


def open_(call: Call) -> Json:
    """`conversations.open`"""
    if call.text("channel"):
        found = call.conversation()
    else:
        ids = call.need("users").split(",")
        if len(ids) > 1:
            raise ApiError("method_not_supported_for_channel_type")
        user = call.world.get(User, ids[0])
        if user is None:
            raise ApiError("user_not_found")
        found = open_im(call, user)
    full = call.flag("return_im")
    return {
        "channel": payloads.channel(call.workspace, found) if full else {"id": found.id}
    }


def info(call: Call) -> Json:
    """`conversations.info`"""
    found = call.conversation()
    call.demand_for(found, "read")
    body = payloads.channel(call.workspace, found)
    if call.flag("include_num_members"):
        body["num_members"] = len(found.members)
    return {"channel": body}


def members(call: Call) -> Json:
    """`conversations.members`"""
    found = call.conversation()
    call.demand_for(found, "read")
    listed, cursor = page(call, list(found.members), default=100)
    return {"members": listed, "response_metadata": {"next_cursor": cursor}}


def list_(call: Call) -> Json:
    """`conversations.list`"""
    wanted = (call.text("types") or "public_channel").replace(" ", "").split(",")
    for type_, public in (
        ("channels", "public_channel"),
        ("groups", "private_channel"),
    ):
        if public in wanted:
            call.demand(f"{type_}:read")
    bot, hide = call.workspace.meta.bot, call.flag("exclude_archived")
    seen = [
        payloads.channel(call.workspace, each)
        for each in call.world.all(Conversation)
        if LISTED[each.type] in wanted
        and (each.type == "channel" or bot in each.members)
        and not (hide and each.archived)
    ]
    listed, cursor = page(call, seen, default=100)
    return {"channels": listed, "response_metadata": {"next_cursor": cursor}}


def join(call: Call) -> Json:
    """`conversations.join`"""
    found = call.conversation()
    bot = call.workspace.bot
    if found.type != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    if found.archived:
        raise ApiError("is_archived")
    if bot.id in found.members:
        body = payloads.channel(call.workspace, found)
        return {"channel": body, "warning": "already_in_channel"}
    joined = places.join(call.workspace, found, bot)
    return {"channel": payloads.channel(call.workspace, joined)}


def _visible(call: Call, found: Conversation) -> list[Post]:
    """What the bot can read back now; a fault may hide the newest for a while."""
    hidden = call.workspace.faults.hidden_for(found.id)
    horizon = call.workspace.settings.clock() - hidden
    return [
        post
        for post in call.world.posts(found.id)
        if not post.only_for and (not hidden or float(post.ts) <= horizon)
    ]


def _in_window(call: Call, posts: list[Post]) -> list[Post]:
    start, end = _stamp(call, "oldest", "0"), _stamp(call, "latest", "inf")
    if call.flag("inclusive"):
        return [each for each in posts if start <= float(each.ts) <= end]
    return [each for each in posts if start < float(each.ts) < end]


def _stamp(call: Call, name: str, default: str) -> float:
    try:
        return float(call.text(name) or default)
    except ValueError:
        raise ApiError(f"invalid_ts_{name}") from None


def _listed(call: Call, posts: list[Post]) -> list[Json]:
    everything = call.flag("include_all_metadata")
    return [
        payloads.listed_message(call.workspace, post, all_metadata=everything)
        for post in posts
    ]


def history(call: Call) -> Json:
    """`conversations.history`: newest first, replies only where they were broadcast."""
    found = call.joined()
    call.demand_for(found, "history")
    posts = [each for each in _visible(call, found) if each.in_channel]
    chosen, cursor = page(call, _in_window(call, posts)[::-1], default=100, most=999)
    return {
        "messages": _listed(call, chosen),
        "has_more": bool(cursor),
        "pin_count": sum(each.channel == found.id for each in call.world.all(Pin)),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
        "response_metadata": {"next_cursor": cursor},
    }


def replies(call: Call) -> Json:
    """`conversations.replies`: the root and its replies, oldest first."""
    found = call.joined()
    call.demand_for(found, "history")
    asked = call.world.get(Post, f"{found.id}/{call.need('ts')}")
    if asked is None:
        raise ApiError("thread_not_found")
    root = asked.thread_ts or asked.ts
    visible = [
        each for each in _visible(call, found) if root in (each.ts, each.thread_ts)
    ]
    replies_ = _in_window(call, [each for each in visible if each.ts != root])
    posts = [each for each in visible if each.ts == root] + replies_
    chosen, cursor = page(call, posts, default=1000)
    return {
        "messages": _listed(call, chosen),
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


METHODS = (
    Method("conversations.open", open_, ("im:write",)),
    Method("conversations.info", info),
    Method("conversations.members", members, tier=4),
    Method("conversations.list", list_, tier=2),
    Method("conversations.join", join, ("channels:join",)),
    Method("conversations.history", history),
    Method("conversations.replies", replies),
)
