"""`pins.*` and `reactions.*`: what is put on messages."""

from dataclasses import replace

from sandbox import events, payloads
from sandbox.errors import ApiError
from sandbox.things import Json, Pin, Post
from sandbox.web_api.call import Call, Method

PINS_A_CHANNEL = 100


def _item(post: Post) -> Json:
    return {"type": "message", "channel": post.channel, "ts": post.ts}


def add_pin(call: Call) -> Json:
    """`pins.add`"""
    post = call.post(call.joined(), "timestamp")
    with call.world.lock:
        pins = [each for each in call.world.all(Pin) if each.channel == post.channel]
        if call.world.get(Pin, post.key):
            raise ApiError("already_pinned")
        if len(pins) >= PINS_A_CHANNEL:
            raise ApiError("too_many_pins")
        now = int(call.workspace.settings.clock())
        call.world.put(Pin(post.channel, post.ts, call.workspace.meta.bot, now))
    _tell(call, post, "pin_added")
    return {}


def remove_pin(call: Call) -> Json:
    """`pins.remove`"""
    post = call.post(call.joined(), "timestamp")
    pinned = call.world.get(Pin, post.key)
    if pinned is None:
        raise ApiError("no_pin")
    call.world.drop(pinned)
    _tell(call, post, "pin_removed")
    return {}


def list_pins(call: Call) -> Json:
    """`pins.list`: newest first."""
    found = call.joined()
    pinned = [each for each in call.world.all(Pin) if each.channel == found.id]
    items = [
        payloads.pin(call.workspace, each, call.world.need(Post, each.key))
        for each in reversed(pinned)
    ]
    return {"items": items}


def add_reaction(call: Call) -> Json:
    """`reactions.add`"""
    post, name = call.post(call.joined(), "timestamp"), call.need("name")
    bot = call.workspace.meta.bot
    people = post.reactions.get(name, [])
    if bot in people:
        raise ApiError("already_reacted")
    reactions = {**post.reactions, name: [*people, bot]}
    call.world.put(replace(post, reactions=reactions))
    _tell(call, post, "reaction_added", reaction=name, item_user=post.user)
    return {}


def _tell(call: Call, post: Post, kind: str, **more: str) -> None:
    place = {"item": _item(post), **more}
    if kind.startswith("pin"):
        place["channel_id"] = post.channel
    bot = call.workspace.meta.bot
    events.marked(call.workspace, post, bot, {"type": kind, **place})


METHODS = (
    Method("pins.add", add_pin, ("pins:write",), tier=2),
    Method("pins.remove", remove_pin, ("pins:write",), tier=2),
    Method("pins.list", list_pins, ("pins:read",), tier=2),
    Method("reactions.add", add_reaction, ("reactions:write",)),
)
