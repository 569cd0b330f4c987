"""What happened, as those outside the engine saw it.

A history is an append-only list of facts: what was committed, what people did, what
arrived at Slack, whom the injector ended or stopped, and what it delivered late.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fact:
    """Something that happened, at a moment of the observer's clock (seconds)."""

    at: float


@dataclass(frozen=True)
class Written(Fact):
    """It was committed that something must be said."""

    notice: str
    conversation: str
    way: str = "post"
    root: str | None = None
    """The notice in whose thread it stands, or which it changes or pins."""
    subject: str | None = None
    due: float | None = None
    """When it was due by the care clock, if a reminder was its reason."""
    tells_of: str | None = None
    """The notice of whose failure a person is told by this."""


@dataclass(frozen=True)
class Planned(Fact):
    """A reminder was committed; older generations of its subject end."""

    reminder: str
    subject: str
    generation: int
    due: float


@dataclass(frozen=True)
class Closed(Fact):
    """A person did what the subject asks for; it is to be reminded no more."""

    subject: str
    generation: int


@dataclass(frozen=True)
class Handled(Fact):
    """A due reminder was handled, at a moment of the care clock."""

    reminder: str
    care_at: float


@dataclass(frozen=True)
class Called(Fact):
    """A request to say or change something reached Slack's door."""

    conversation: str
    notice: str


@dataclass(frozen=True)
class Arrived(Fact):
    """It stands in Slack. `called_at` is when it was asked for."""

    notice: str
    conversation: str
    called_at: float
    care_at: float
    way: str = "post"
    shows: int = 0
    """How many changes of its message were written when a change was put together."""


@dataclass(frozen=True)
class TurnedAway(Fact):
    """Slack refused it for good."""

    notice: str


@dataclass(frozen=True)
class Late(Fact):
    """The network will deliver a request long after its sender gave it up."""

    notice: str


@dataclass(frozen=True)
class Disturbed(Fact):
    """Something was done to a process or a call that had to do with a notice."""

    notice: str


@dataclass(frozen=True)
class Killed(Fact):
    """A process was ended at once."""

    process: str
    point: str


@dataclass(frozen=True)
class Frozen(Fact):
    """A process was stopped, and went on where it stood."""

    process: str
    point: str
    seconds: float


@dataclass(frozen=True)
class TimedOut(Fact):
    """The kernel ended a process that slept past its lease."""

    process: str
    point: str


def as_row(fact: Fact) -> dict[str, Any]:
    """Return a fact as one line of a log."""
    return {"fact": type(fact).__name__, **asdict(fact)}


FACTS: dict[str, type[Fact]] = {one.__name__: one for one in Fact.__subclasses__()}


def from_row(row: dict[str, Any]) -> Fact:
    """Return the fact of one line of a log."""
    values = {name: value for name, value in row.items() if name != "fact"}
    return FACTS[row["fact"]](**values)


@dataclass
class History:
    """Facts in the order in which they happened."""

    facts: list[Fact] = field(default_factory=list)

    def note(self, fact: Fact) -> None:
        """Append a fact."""
        self.facts.append(fact)

    def count(self, kind: type[Fact]) -> int:
        """Return how many facts of a kind there are."""
        return sum(isinstance(one, kind) for one in self.facts)
