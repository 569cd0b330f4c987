"""An item's states: one table says what may happen, and who may do it.

What was missed is seen and stays doable: nothing that was due is lost because its
window has closed. An item ends when somebody says so, never because of a value.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from care.knowledge.protocol import Hold
from care.people import CENTER_SIDE, PRACTICE_SIDE, Part, Role
from care.plan import Window

UNDO_WITHIN = timedelta(minutes=10)
"""How long the last change is undone without a reason."""


class State(StrEnum):
    """Where an item stands."""

    UPCOMING = "upcoming"
    OPEN = "open"
    DONE = "done"
    DONE_LATE = "done late"
    MISSED = "missed"
    """Its window has closed, nobody said that it was done; it can still be done."""
    HELD = "held"
    NOT_NEEDED = "not needed"


class Event(StrEnum):
    """What happens with an item."""

    OPENS = "opens"
    CLOSES = "closes"
    DRAW = "drawn"
    """Taken, and the result is awaited: the item stays as it is."""
    DO = "done"
    HOLD = "hold"
    WAIVE = "not needed"
    ELSEWHERE = "done elsewhere"
    """Somebody else has done it, so that it is not needed: no judgement of theirs."""
    PUT_OFF = "remind me later"
    TAKE_UP = "take up again"
    """A hold ends: somebody says so, or the day to look again has come."""
    REOPEN = "reopen"
    """What was done, or not needed, is to be done after all; with a reason."""


class Why(StrEnum):
    """Why an item is not needed."""

    DONE_ELSEWHERE = "done elsewhere"
    NOT_INDICATED = "not indicated for this patient"
    PATIENT_DECLINED = "patient declined"
    ENDED = "its series or precaution has ended"
    REPLACED = "replaced by another plan"
    OTHER = "other"


WAITING = frozenset({State.UPCOMING, State.OPEN, State.MISSED, State.HELD})
"""States of an item that somebody still has to see to."""
DUE = frozenset({State.OPEN, State.MISSED})
"""States that stand in a digest."""
OVER = frozenset({State.DONE, State.DONE_LATE, State.NOT_NEEDED})

CLINICAL = frozenset(
    {Role.ONCOLOGIST, Role.ADVANCED_PRACTICE, Role.SPECIALIST, Role.FELLOW, Role.LEAD}
)
"""Roles of clinicians, who may say that a check is not needed."""

PEOPLE = PRACTICE_SIDE | CENTER_SIDE | {Part.DOER}
_BATON = frozenset({Part.BATON})


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    states: frozenset[State]
    event: Event
    to: State | None
    """None: it stays as it is, or goes by its window."""
    who: frozenset[Part]
    clinician: bool = False
    """Only a clinician's to do, since it judges that a check is not needed."""


_S, _E = State, Event
_TO_DO = frozenset({_S.UPCOMING, _S.OPEN, _S.MISSED})
TABLE: tuple[Row, ...] = (
    Row(frozenset({_S.UPCOMING}), _E.OPENS, _S.OPEN, _BATON),
    Row(frozenset({_S.OPEN}), _E.CLOSES, _S.MISSED, _BATON),
    Row(_TO_DO, _E.DRAW, None, PEOPLE),
    Row(_TO_DO | {_S.HELD}, _E.DO, _S.DONE, PEOPLE),
    Row(_TO_DO, _E.HOLD, _S.HELD, PEOPLE | _BATON),
    Row(_TO_DO | {_S.HELD}, _E.WAIVE, _S.NOT_NEEDED, PEOPLE | _BATON, clinician=True),
    Row(_TO_DO | {_S.HELD}, _E.ELSEWHERE, _S.NOT_NEEDED, PEOPLE),
    Row(frozenset({_S.OPEN, _S.MISSED}), _E.PUT_OFF, _S.OPEN, PEOPLE),
    Row(frozenset({_S.HELD}), _E.TAKE_UP, None, PEOPLE | _BATON),
    Row(OVER, _E.REOPEN, None, PEOPLE | _BATON),
)


class IllegalMove(Exception):
    """This cannot be done with the item as it stands now."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} is nothing of an item that is {state}")
        self.state = state
        self.event = event


class NotForThem(Exception):
    """Somebody else may do this with the item, but not you."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"{event} is for somebody else")
        self.event = event


@dataclass(frozen=True)
class Standing:
    """Where an item stands, of what its state follows from."""

    window: Window
    state: State = State.UPCOMING
    extended_to: date | None = None
    """The day up to which it was put off, or taken up again, beyond its window."""
    done_on: date | None = None
    """The day on which it was done: a date at the center."""
    hold: Hold | None = None
    look_again_on: date | None = None
    quiet_until: date | None = None
    """The day on which it is brought up again, where somebody put it off to then."""

    @property
    def ends_on(self) -> date:
        """The last day on which it is in time."""
        return max(self.window.latest, self.extended_to or self.window.latest)

    @property
    def is_outside(self) -> bool:
        """Whether it was done, but not in its window (which may have moved since)."""
        return self.done_on is not None and not self.window.holds(self.done_on)


def may(
    event: Event,
    state: State,
    parts: Collection[Part],
    role: Role | None,
    *,
    clinical: bool = True,
) -> bool:
    """Tell whether somebody with these parts and this role may do this now.

    `clinical`: only a clinician may judge that this item is not needed.
    """
    return any(
        state in row.states
        and row.event is event
        and _is_theirs(row, parts, role, clinical=clinical)
        for row in TABLE
    )


def move(
    now: Standing,
    event: Event,
    *,
    today: date,
    parts: Collection[Part],
    role: Role | None = None,
    done_on: date | None = None,
    until: date | None = None,
    hold: Hold | None = None,
    clinical: bool = True,
) -> Standing:
    """Return how an item stands after an event; `today` is the date at the center.

    `done_on` belongs to DO, `until` to PUT_OFF and HOLD, `hold` to HOLD; `clinical`:
    only a clinician may judge that this item is not needed. Raises `IllegalMove`,
    `NotForThem`, and ValueError where a day is lacking or cannot be.
    """
    row = _row(now.state, event)
    if not _is_theirs(row, parts, role, clinical=clinical):
        raise NotForThem(event)
    if event is not Event.DRAW:
        now = replace(now, quiet_until=None)
    match event:
        case Event.DO:
            return _done(now, done_on or today, today)
        case Event.HOLD:
            if hold is None or until is None or until <= today:
                raise ValueError("a hold has a reason and a later day to look again")
            return replace(now, state=State.HELD, hold=hold, look_again_on=until)
        case Event.PUT_OFF:
            if until is None or until <= today:
                raise ValueError("an item is put off to a later day")
            return replace(now, state=State.OPEN, extended_to=until, quiet_until=until)
        case Event.TAKE_UP:
            return _taken_up(now, today)
        case Event.REOPEN:
            bare = replace(now, done_on=None, hold=None, look_again_on=None)
            return replace(bare, state=by_window(bare, today))
        case _:
            bare = replace(now, hold=None, look_again_on=None)
            return replace(bare, state=row.to or now.state)


GRACE = timedelta(days=7)
"""How long an item stays open that is taken up again after its window (D)."""


def _taken_up(now: Standing, today: date) -> Standing:
    late = now.ends_on < today + GRACE
    bare = replace(
        now,
        hold=None,
        look_again_on=None,
        extended_to=today + GRACE if late else now.extended_to,
    )
    return replace(bare, state=by_window(bare, today))


def _done(now: Standing, day: date, today: date) -> Standing:
    if day > today:
        raise ValueError("nothing is done on a day that has not come")
    state = State.DONE_LATE if day > now.ends_on else State.DONE
    return replace(now, state=state, done_on=day, hold=None, look_again_on=None)


def by_window(one: Standing, today: date) -> State:
    """Return what an item that nobody has ended is today, by its window alone."""
    if today < one.window.earliest:
        return State.UPCOMING
    return State.OPEN if today <= one.ends_on else State.MISSED


def rewindowed(one: Standing, window: Window, today: date) -> Standing:
    """Return how an item stands in another window, as after a corrected Day 0.

    What was done stays done, in time or late by the new window; what was wrongly
    missed is open again. There and back again gives what was before.
    """
    moved = replace(one, window=window)
    if one.done_on is not None:
        return _done(moved, one.done_on, max(today, one.done_on))
    if one.state in {State.HELD, State.NOT_NEEDED}:
        return moved
    return replace(moved, state=by_window(moved, today))


def _row(state: State, event: Event) -> Row:
    for row in TABLE:
        if state in row.states and row.event is event:
            return row
    raise IllegalMove(state, event)


def _is_theirs(
    row: Row, parts: Collection[Part], role: Role | None, *, clinical: bool
) -> bool:
    if not row.who & frozenset(parts):
        return False
    judged = row.clinician and clinical and Part.BATON not in parts
    return not judged or role in CLINICAL
