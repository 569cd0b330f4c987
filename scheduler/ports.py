"""What the scheduler needs of the application, as protocols."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from storage.actors import Actor
from storage.records import Identity, Notice, Reminder
from storage.unit import Reading, Unit


class Handler(Protocol):
    """An action that handles one kind of due reminder."""

    def __call__(self, *, uow: Unit, by: Actor, reminder: Reminder) -> str:
        """Do what the reminder is for and return its outcome."""
        ...


class Teller(Protocol):
    """An action that tells a person of what did not go as it should."""

    def notice_failed(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell somebody that a notice could not be said."""
        ...

    def notice_unneeded(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell who is responsible now, where the recipient has lost their part."""
        ...

    def notice_doubled(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell the administrators that a notice stood twice in Slack."""
        ...

    def reminder_stuck(self, *, uow: Unit, by: Actor, reminder: Reminder) -> None:
        """Tell somebody that a due reminder could not be handled."""
        ...


@dataclass(frozen=True)
class Finding:
    """What the auditor found, as it is told: no case, no person, no code."""

    subject: str
    """What is told once: the trouble, and the machine where it is of one machine."""
    trouble: str
    count: int
    since: datetime
    what: str = ""
    """The chores that do not complete; of anything else nothing is named."""


class Alarm(Protocol):
    """An action that tells administrators of what the auditor found, once."""

    def told(self, *, reading: Reading, subjects: Collection[str]) -> frozenset[str]:
        """Return those of some subjects that were told and are not over."""
        ...

    def began(self, *, uow: Unit, by: Actor, finding: Finding) -> None:
        """Tell of one finding, unless that is done."""
        ...

    def over(self, *, uow: Unit, by: Actor, subject: str) -> None:
        """Tell that a finding is over, unless that is done."""
        ...


@dataclass(frozen=True)
class Picture:
    """An image that goes with what is said: its bytes, and all of it in words."""

    png: bytes
    alt: str
    title: str
    instead: str = ""
    """What is said where it cannot be shown, if not its words."""


@dataclass(frozen=True)
class Message:
    """What is to be said: blocks, and the neutral line that notifies."""

    text: str
    blocks: list[dict[str, Any]]
    picture: Picture | None = None
    """Stands below the blocks, which may then be one fewer than Slack takes."""


@dataclass(frozen=True)
class Unneeded:
    """A notice need not be said any more."""

    reason: str
    tell_instead: bool = False
    """Set where the recipient lost their part, so somebody else is told."""


class Renderer(Protocol):
    """Turns a notice into what is said, from what is kept at this moment."""

    def __call__(self, *, reading: Reading, notice: Notice) -> Message | Unneeded:
        """Return the message, or why it is not needed any more."""
        ...


@dataclass(frozen=True)
class Place:
    """Where in Slack something is said: a channel, and perhaps a thread in it."""

    channel_id: str
    ts: str | None = None
    """Of the thread for a post; of the message itself for an update or a pin."""


@dataclass(frozen=True)
class Sent:
    """It stands in Slack."""

    ts: str
    permalink: str | None = None


@dataclass(frozen=True)
class Refused:
    """Slack refuses it for good."""

    reason: str
    conversation_gone: bool = False
    """Set where it is the conversation that Slack does not know (any more)."""


@dataclass(frozen=True)
class Slower:
    """Slack has it not, and asks to wait (seconds) before it is sent again."""

    seconds: float


@dataclass(frozen=True)
class NotSent:
    """Slack has it not, for a reason that may pass."""

    reason: str


@dataclass(frozen=True)
class Unclear:
    """Nobody knows whether Slack has it."""

    reason: str


PICTURE = "picture"
"""How the reason begins where it was the picture that could not be shown yet."""

Outcome = Sent | Refused | Slower | NotSent | Unclear


@dataclass(frozen=True)
class Found:
    """The notice stands at this message."""

    ts: str
    permalink: str | None = None


class Absent:
    """Slack was read to the end, and the notice is not there."""


@dataclass(frozen=True)
class Unreadable:
    """Slack could not be read to the end."""

    reason: str


Sighting = Found | Absent | Unreadable


@dataclass(frozen=True)
class Seen:
    """A message of ours in Slack, with the id of the notice that it carries."""

    notice_id: str
    ts: str
    has_replies: bool = False


class Sender(Protocol):
    """Says things in Slack, each call at most once, within a hard timeout."""

    def open_dm(self, identity: Identity) -> str | Outcome:
        """Return the id of the conversation with somebody; safe to repeat."""
        ...

    def attach(self, message: Message) -> Message | Outcome:
        """Return the message with its picture among its blocks; safe to repeat.

        Publishes nothing. Where the picture is refused for good, its words stand
        there instead.
        """
        ...

    def in_words(self, message: Message) -> Message:
        """Return the message with its picture told in words."""
        ...

    def post(self, place: Place, message: Message, notice_id: str) -> Outcome:
        """Post a message that carries the notice's id."""
        ...

    def update(self, place: Place, message: Message, notice_id: str) -> Outcome:
        """Change a message; safe to repeat."""
        ...

    def pin(self, place: Place) -> Outcome:
        """Pin a message; safe to repeat."""
        ...

    def link_to(self, channel_id: str, ts: str) -> str | None:
        """Return a message's address; without one, others have no link to it."""
        ...

    def find(self, place: Place, notice_id: str, since: datetime) -> Sighting:
        """Look for a notice's id in a conversation or thread since an instant."""
        ...

    def seen(self, place: Place, since: datetime) -> list[Seen] | Unreadable:
        """Return every message of ours in a conversation or thread since then."""
        ...

    def delete(self, place: Place) -> Outcome:
        """Delete a message of ours; safe to repeat."""
        ...


Handlers = Mapping[str, Handler]
