"""Where one window is: a channel, the messages with the app, its Home tab."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.person import Person
from sandbox.seen import Message
from sandbox.things import Conversation

DM, HOME = "dm", "home"
SHOWN_AT_FIRST = 80
Stage = Literal["list", "place", "thread"]


@dataclass(frozen=True)
class Note:
    """A sentence for one person alone that no message carries, such as a refusal."""

    words: str
    pane: str


@dataclass
class Look:
    """What a window shows: a channel's id or `dm` or `home`, the root of an open
    thread, which of the three pages a narrow window is on, what was typed there, the
    message that is being changed, and whether the tour is unfolded.
    """

    place: str
    thread: str = ""
    stage: Stage = "list"
    narrow: bool | None = None
    shown: int = SHOWN_AT_FIRST
    notes: list[Note] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    editing: str = ""
    tour_open: bool = False

    def go(self, place: str) -> None:
        """Go somewhere else; an open thread is left."""
        self.place, self.thread, self.stage = place, "", "place"
        self.shown, self.notes, self.editing = SHOWN_AT_FIRST, [], ""

    def drop_notes(self, pane: str) -> None:
        """Take away what was noted in a pane."""
        self.notes = [each for each in self.notes if each.pane != pane]

    @property
    def query(self) -> str:
        """Where the window is, for its address: it is found again after a reload."""
        thread = f"&thread={self.thread}" if self.thread else ""
        return f"?at={self.place}{thread}" if self.stage != "list" else ""

    @property
    def box(self) -> str:
        """What names the draft of the open thread."""
        return f"{self.place}/{self.thread}"

    @property
    def sees_place(self) -> bool:
        """Whether the messages are in sight, so that they count as read."""
        if self.narrow is None:
            return False
        return not self.narrow or self.stage != "list"


def first_place(person: Person) -> str:
    """Where a window starts: the first channel, or else the messages with the app."""
    channels = person.channels
    return channels[0].id if channels else DM


def conversation(person: Person, place: str) -> Conversation | None:
    """The conversation of a place, None where there is none (yet)."""
    world = person.stage.workspace.world
    if place == DM:
        return world.im(person.id)
    found = world.get(Conversation, place)
    return found if found and person.id in found.members else None


def messages_in(person: Person, place: str) -> list[Message]:
    """What stands in a place, oldest first."""
    if place == DM:
        return person.dm()
    return person.channel(place) if conversation(person, place) else []


def is_host(person: Person) -> bool:
    """Whether somebody is of the team that installed the app."""
    return person.stage.workspace.is_member(person.account)


def is_there(person: Person, place: str) -> bool:
    """Whether a place exists for somebody."""
    if place == HOME:
        return is_host(person) and person.stage.workspace.manifest.home
    return place == DM or conversation(person, place) is not None
