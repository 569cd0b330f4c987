"""One call of the Web API: whose it is, what it asks for, what it may."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.errors import ApiError, invalid
from sandbox.things import Conversation, Json, Post, User
from sandbox.workspace import Workspace
from sandbox.world import World

JSON_ARGUMENTS = ("blocks", "attachments", "metadata", "view", "files")
PARSE_ERRORS = {
    "blocks": "invalid_blocks_format",
    "metadata": "invalid_metadata_format",
}
TRUE = (True, "true", "1", 1)
SEES = {"channel": "channels", "group": "groups", "im": "im"}


@dataclass(frozen=True)
class Call:
    """A call that passed the door."""

    workspace: Workspace
    method: str
    arguments: Json

    @property
    def world(self) -> World:
        """The workspace's world."""
        return self.workspace.world

    def text(self, name: str) -> str:
        """An argument as text, or empty."""
        value = self.arguments.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """An argument as a truth value."""
        return self.arguments.get(name) in TRUE

    def number(self, name: str, default: int) -> int:
        """An argument as a number. Raises ApiError."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise invalid("invalid_arguments", f"{name} must be a number") from None

    def need(self, name: str) -> str:
        """An argument that must be there. Raises ApiError."""
        value = self.text(name)
        if not value:
            raise invalid("invalid_arguments", f"missing required field: {name}")
        return value

    def demand(self, scope: str) -> None:
        """Raises ApiError (`missing_scope`) when the app was not granted it."""
        granted = self.workspace.manifest.scopes
        if scope not in granted:
            provided = ",".join(sorted(granted))
            raise ApiError("missing_scope", needed=scope, provided=provided)

    def demand_for(self, conversation: Conversation, right: str) -> None:
        """The scope for a conversation of this sort, such as `groups:history`."""
        self.demand(f"{SEES[conversation.type]}:{right}")

    def conversation(self, name: str = "channel") -> Conversation:
        """The conversation that an argument names, as far as the bot can see it."""
        wanted = self.need(name)
        found = self.world.get(Conversation, wanted) or self._by_name(wanted)
        if found is None or not self._sees(found):
            raise ApiError("channel_not_found")
        return found

    def _sees(self, conversation: Conversation) -> bool:
        inside = self.workspace.meta.bot in conversation.members
        return inside or not (conversation.private or conversation.im_with)

    def joined(self) -> Conversation:
        """The conversation, which the bot must be in."""
        found = self.conversation()
        if self.workspace.meta.bot not in found.members:
            raise ApiError("not_in_channel")
        return found

    def post(self, conversation: Conversation, name: str = "ts") -> Post:
        """The message that an argument names. Raises ApiError."""
        found = self.world.get(Post, f"{conversation.id}/{self.need(name)}")
        if found is None or found.only_for:
            raise ApiError("message_not_found")
        return found

    def user(self, name: str = "user") -> User:
        """The person that an argument names, as far as the bot can see them."""
        found = self.world.get(User, self.need(name))
        if found is None or not self.world.share_a_channel(self.workspace.bot, found):
            raise ApiError("user_not_found")
        return found

    def _by_name(self, wanted: str) -> Conversation | None:
        if not wanted.startswith("#"):
            return None
        named = (
            each
            for each in self.world.all(Conversation)
            if each.name == wanted[1:] and not each.im_with
        )
        return next(named, None)


@dataclass(frozen=True)
class Method:
    """A method of the Web API. `scopes`: each is demanded; what depends on the
    conversation is demanded by `run`. `token` says which token it takes.
    """

    name: str
    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    tier: int = 3
    token: str = "bot"  # noqa: S105 - the sort of token, not a token


def read_arguments(raw: Json) -> Json:
    """Arguments as they came, with those parsed that are JSON in a form."""
    return {name: _parse(name, value) for name, value in raw.items()}


def _parse(name: str, value: Any) -> Any:
    if name not in JSON_ARGUMENTS or not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError:
        error = PARSE_ERRORS.get(name, "invalid_arguments")
        raise invalid(error, f"{name} is not valid JSON") from None


def page(call: Call, things: list[Any], *, default: int, most: int = 1000) -> Any:
    """A page of things and what leads to the next one: `next_cursor` or nothing."""
    start = int(call.text("cursor").removeprefix("from:") or 0) if _cursor(call) else 0
    size = max(1, min(call.number("limit", default), most))
    rest = start + size < len(things)
    cursor = f"from:{start + size}" if rest else ""
    return things[start : start + size], cursor


def _cursor(call: Call) -> bool:
    cursor = call.text("cursor")
    if cursor and not cursor.removeprefix("from:").isdigit():
        raise ApiError("invalid_cursor")
    return bool(cursor)
