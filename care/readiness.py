"""The ready list: what coordinators see to before the CAR T product is given.

The items are data. Each is open, done, not needed for a reason, or stands before a
barrier, which has a person and a day: a working deadline, no date of the patient's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from care.people import Part


class Item(StrEnum):
    """What must be in place, in the order in which the list shows it."""

    CAREGIVER = "caregiver"
    LODGING = "lodging"
    INTERPRETER = "interpreter"
    TEACHING = "teaching"
    SEROLOGIES = "serologies"
    VACCINES = "vaccines"
    RECORDS = "records"
    LINE = "line access"


NAMED: Mapping[Item, str] = {
    Item.CAREGIVER: "Caregiver confirmed (name held outside Slack)",
    Item.LODGING: "Lodging and transport",
    Item.INTERPRETER: "Interpreter",
    Item.TEACHING: "Teaching done",
    Item.SEROLOGIES: "Serologies",
    Item.VACCINES: "Vaccines before apheresis",
    Item.RECORDS: "Records received",
    Item.LINE: "Line access",
}
"""An item as a line of the list; its own word is the short one."""


class State(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    DONE = "done"
    NOT_NEEDED = "not needed"
    BARRIER = "barrier"


class Event(StrEnum):
    """What people do with an item."""

    DO = "done"
    WAIVE = "not needed"
    BLOCK = "barrier"
    UNDO = "undo"


WHO = frozenset({Part.ASKED, Part.CENTER_COORDINATOR, Part.PRACTICE_COORDINATOR})
"""Who keeps the list: coordinators of both sites, and the center's specialists."""


@dataclass(frozen=True)
class Row:
    """One row of the table: everybody of `WHO` may do it."""

    state: State
    event: Event
    to: State


_S, _E = State, Event
TABLE: tuple[Row, ...] = (
    Row(_S.OPEN, _E.DO, _S.DONE),
    Row(_S.OPEN, _E.WAIVE, _S.NOT_NEEDED),
    Row(_S.OPEN, _E.BLOCK, _S.BARRIER),
    Row(_S.BARRIER, _E.DO, _S.DONE),
    Row(_S.BARRIER, _E.WAIVE, _S.NOT_NEEDED),
    # Another person or another day: the reminders begin again.
    Row(_S.BARRIER, _E.BLOCK, _S.BARRIER),
    Row(_S.BARRIER, _E.UNDO, _S.OPEN),
    Row(_S.DONE, _E.UNDO, _S.OPEN),
    Row(_S.NOT_NEEDED, _E.UNDO, _S.OPEN),
)


class IllegalChange(Exception):
    """This cannot be done with an item as it stands now."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} is nothing of an item that is {state}")
        self.state = state
        self.event = event


class NotForThem(Exception):
    """The list is kept by others than you."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"{event} is for: {', '.join(sorted(WHO))}")
        self.event = event


@dataclass(frozen=True)
class Standing:
    """How one item stands, with the person and day of a barrier."""

    item: Item
    state: State = State.OPEN
    person_id: str | None = None
    day: date | None = None

    @property
    def settled(self) -> bool:
        """Whether nobody has anything to do about it."""
        return self.state in {State.DONE, State.NOT_NEEDED}


def change(
    now: Standing,
    event: Event,
    parts: Collection[Part],
    *,
    person_id: str | None = None,
    day: date | None = None,
) -> Standing:
    """Return how an item stands after `event` by somebody with `parts`.

    Raises `NotForThem`, or `IllegalChange` if the table has no such row, and
    ValueError for a barrier without person or day.
    """
    if not WHO & frozenset(parts):
        raise NotForThem(event)
    to = next((r.to for r in TABLE if (r.state, r.event) == (now.state, event)), None)
    if to is None:
        raise IllegalChange(now.state, event)
    if to is not State.BARRIER:
        return Standing(now.item, to)
    if person_id is None or day is None:
        raise ValueError("a barrier has a person and a day")
    return Standing(now.item, to, person_id, day)


def events_for(state: State, parts: Collection[Part]) -> tuple[Event, ...]:
    """Return what somebody with `parts` may do with an item, in the table's order."""
    if not WHO & frozenset(parts):
        return ()
    return tuple(row.event for row in TABLE if row.state is state)


def in_order(found: Mapping[Item, Standing]) -> tuple[Standing, ...]:
    """Return every item; one of which nothing is known is open."""
    return tuple(found.get(item, Standing(item)) for item in Item)


def count_ready(items: Collection[Standing]) -> int:
    """Return of how many items nothing is left to do."""
    return sum(one.settled for one in items)
