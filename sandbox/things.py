"""What a workspace consists of. Every thing is frozen and replaced when it changes.

A thing knows its own `key`, unique within its kind; the world keeps things by kind
and key, and the store writes them down as they are.
"""

import base64
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Meta:
    """What the workspace is called by: made once, the same after a restart."""

    host: str
    bot: str
    app_id: str
    bot_token: str
    app_token: str
    signing_secret: str

    @property
    def key(self) -> str:
        """There is one a workspace."""
        return "meta"


@dataclass(frozen=True, slots=True)
class Team:
    """A Slack workspace of an organisation."""

    id: str
    name: str
    domain: str

    @property
    def key(self) -> str:
        """The team's id."""
        return self.id


@dataclass(frozen=True, slots=True)
class User:
    """Somebody's account, a bot's too. `tz` is an IANA zone."""

    id: str
    team: str
    handle: str
    real_name: str
    display: str
    tz: str = "America/New_York"
    title: str = ""
    email: str = ""
    deleted: bool = False
    bot_id: str = ""
    updated: int = 0

    @property
    def key(self) -> str:
        """The user's id."""
        return self.id

    @property
    def shown(self) -> str:
        """The name that others read."""
        return self.display or self.real_name


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel, or the direct messages of one person with the bot (`im_with`)."""

    id: str
    team: str
    name: str
    created: int
    creator: str = ""
    members: tuple[str, ...] = ()
    shared_with: tuple[str, ...] = ()
    private: bool = False
    archived: bool = False
    im_with: str = ""
    topic: str = ""

    @property
    def key(self) -> str:
        """The conversation's id."""
        return self.id

    @property
    def type(self) -> str:
        """As events call it: `im`, `group` (private) or `channel`."""
        if self.im_with:
            return "im"
        return "group" if self.private else "channel"


@dataclass(frozen=True, slots=True)
class Post:
    """A message. `only_for` makes it one that a single person sees (ephemeral); `ts`
    is its time stamp, empty until it is published.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    team: str = ""
    bot_id: str = ""
    subtype: str = ""
    thread_ts: str = ""
    client_msg_id: str = ""
    edited_by: str = ""
    edited_ts: str = ""
    metadata: Json | None = None
    files: tuple[str, ...] = ()
    reactions: dict[str, list[str]] = field(default_factory=dict)
    only_for: str = ""

    @property
    def key(self) -> str:
        """The channel and the time stamp, which is the message's id in its channel."""
        return f"{self.channel}/{self.ts}"

    @property
    def is_reply(self) -> bool:
        """Whether it stands in another message's thread."""
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def in_channel(self) -> bool:
        """Whether the channel's own list shows it, not only a thread."""
        return not self.is_reply or self.subtype == "thread_broadcast"


@dataclass(frozen=True, slots=True)
class View:
    """A modal or a Home tab, with what its person has entered so far (`values`)."""

    id: str
    user: str
    team: str
    body: Json
    hash: str
    root: str
    previous: str = ""
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def key(self) -> str:
        """The view's id."""
        return self.id

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks."""
        blocks: list[Json] = self.body["blocks"]
        return blocks


@dataclass(frozen=True, slots=True)
class Screen:
    """The modals that one person has open, the top one last, and the Home tab."""

    user: str
    modals: tuple[str, ...] = ()
    home: str = ""

    @property
    def key(self) -> str:
        """The person's id."""
        return self.user


@dataclass(frozen=True, slots=True)
class Pin:
    """A message that is pinned to its channel."""

    channel: str
    ts: str
    user: str
    created: int

    @property
    def key(self) -> str:
        """The pinned message's key."""
        return f"{self.channel}/{self.ts}"


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file; `content` is None until its bytes have arrived, and the title
    is empty until the upload was completed.
    """

    id: str
    name: str
    user: str
    size: int
    created: int
    title: str = ""
    content: str | None = None
    shared_in: tuple[str, ...] = ()
    alt: str = ""

    @property
    def key(self) -> str:
        """The file's id."""
        return self.id

    @property
    def bytes(self) -> bytes:
        """What is in it."""
        return base64.b64decode(self.content or "")


@dataclass(frozen=True, slots=True)
class ReadMark:
    """Up to which message a person has read a conversation."""

    user: str
    channel: str
    ts: str

    @property
    def key(self) -> str:
        """The reader and the conversation."""
        return f"{self.user}/{self.channel}"


Thing = Meta | Team | User | Conversation | Post | View | Screen | Pin | File | ReadMark
KINDS: tuple[type[Thing], ...] = (
    Meta,
    Team,
    User,
    Conversation,
    Post,
    View,
    Screen,
    Pin,
    File,
    ReadMark,
)
