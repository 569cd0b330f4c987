"""Cover: who is first call for a while, in the place of whoever is responsible.

A cover never moves responsibility. It always ends; then the cover leaves a line, the
responsible clinician acknowledges it, and until then both are named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.duty import Absence, stand_in
from care.people import Role

_DAY = timedelta(days=1)

MAY_COVER = frozenset(
    {
        Role.ONCOLOGIST,
        Role.ADVANCED_PRACTICE,
        Role.SPECIALIST,
        Role.FELLOW,
        Role.LEAD,
    }
)
"""Roles that may be first call, beside those that a site lets be responsible."""

NEVER_FIRST_CALL = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
"""Roles that are not called about a patient, though somebody names them as cover."""

KEEPING = frozenset({Role.LEAD, Role.COORDINATOR})
"""Roles that ask for a colleague's cover, and end it, on that colleague's behalf."""


class State(StrEnum):
    """Where a cover stands."""

    ASKED = "asked"
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    RUNNING = "running"
    ENDED = "ended"
    TOLD = "told"
    CLOSED = "closed"


class Event(StrEnum):
    """What people do with a cover, and what comes with time."""

    TAKE = "take"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    START = "start"
    END = "end"
    LEAVE_LINE = "leave a line"
    ACKNOWLEDGE = "acknowledge"
    GO = "leave the site"
    LET_REST = "let rest after a death"


class Seat(StrEnum):
    """Who somebody is to a cover."""

    COVER = "cover"
    COVERED = "responsible clinician"
    KEEPER = "lead or coordinator of the site"
    BATON = "Baton itself"
    """Of no person: what happens because its time has come."""


class Line(StrEnum):
    """What is left when a cover has ended."""

    NOTHING = "nothing happened"
    WRITTEN = "written"
    NONE = "none: they left the site"
    DIED = "none: the patient has died"


@dataclass(frozen=True)
class Move:
    """One row of the table."""

    state: State
    event: Event
    to: State
    who: frozenset[Seat]


_S, _E = State, Event
_COVER = frozenset({Seat.COVER})
_COVERED = frozenset({Seat.COVERED})
_ASKING = frozenset({Seat.COVERED, Seat.KEEPER})
_BATON = frozenset({Seat.BATON})

TABLE: tuple[Move, ...] = (
    Move(_S.ASKED, _E.TAKE, _S.TAKEN, _COVER),
    Move(_S.ASKED, _E.DECLINE, _S.DECLINED, _COVER),
    Move(_S.ASKED, _E.WITHDRAW, _S.WITHDRAWN, _ASKING),
    Move(_S.ASKED, _E.LAPSE, _S.LAPSED, _BATON),
    Move(_S.ASKED, _E.GO, _S.WITHDRAWN, _BATON),
    Move(_S.TAKEN, _E.START, _S.RUNNING, _BATON),
    Move(_S.TAKEN, _E.DECLINE, _S.DECLINED, _COVER),
    Move(_S.TAKEN, _E.WITHDRAW, _S.WITHDRAWN, _ASKING),
    Move(_S.TAKEN, _E.GO, _S.WITHDRAWN, _BATON),
    # Not by the cover: first call falls back on nobody who does not know of it.
    Move(_S.RUNNING, _E.END, _S.ENDED, _ASKING | _BATON),
    Move(_S.RUNNING, _E.GO, _S.TOLD, _BATON),
    Move(_S.ENDED, _E.LEAVE_LINE, _S.TOLD, _COVER),
    Move(_S.ENDED, _E.GO, _S.TOLD, _BATON),
    Move(_S.TOLD, _E.ACKNOWLEDGE, _S.CLOSED, _COVERED),
    # Of one patient, who has died: nobody is asked for a line any more.
    Move(_S.ENDED, _E.LET_REST, _S.CLOSED, _BATON),
    Move(_S.TOLD, _E.LET_REST, _S.CLOSED, _BATON),
)

ON = frozenset({State.TAKEN, State.RUNNING})
"""States in which the cover is first call from the start to the end."""

UNSETTLED = frozenset({State.ENDED, State.TOLD})
"""States in which both are named: it is over and not acknowledged."""

OVER = frozenset({State.DECLINED, State.WITHDRAWN, State.LAPSED, State.CLOSED})


class IllegalMove(Exception):
    """This cannot be done with the cover as it stands now."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} is no move of a cover that is {state}")
        self.state = state
        self.event = event


class NotYours(Exception):
    """Somebody else may do this, but not with the seat that you have."""

    def __init__(self, event: Event, who: frozenset[Seat]) -> None:
        super().__init__(f"{event} is for: {', '.join(sorted(who))}")
        self.event = event
        self.who = who


@dataclass(frozen=True)
class Cover:
    """One cover: who stands in for whom, for which cases, from when to when."""

    id: str
    covered_id: str
    cover_id: str
    case_id: str | None
    """None covers all cases for which the covered clinician is responsible."""
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    state: State = State.ASKED

    def __post_init__(self) -> None:
        """Refuse a cover that would never begin, and one of oneself."""
        if self.ends_at <= self.starts_at:
            raise ValueError("a cover must end after it starts")
        if self.cover_id == self.covered_id:
            raise ValueError("nobody covers themselves")

    def concerns(self, case_id: str, responsible_id: str) -> bool:
        """Tell whether a case is among those covered, with who is responsible now."""
        return self.covered_id == responsible_id and self.case_id in {None, case_id}

    def runs(self, at: datetime) -> bool:
        """Tell whether the cover is first call, however late anybody notes it."""
        return self.state in ON and self.starts_at <= at < self.ends_at

    def is_unsettled(self, at: datetime) -> bool:
        """Tell whether it is over and not acknowledged, so that both are named."""
        unnoted = self.state in ON and self.ends_at <= at
        return self.state in UNSETTLED or unnoted

    def gives_part(self, at: datetime) -> bool:
        """Tell whether the cover has a part in the cases."""
        return self.runs(at) or self.is_unsettled(at)


@dataclass(frozen=True)
class FirstCall:
    """Who is called first about a case; `until` is None for the responsible one."""

    clinician_id: str
    until: datetime | None = None


def find_move(state: State, event: Event) -> Move:
    """Return the row that applies, or raise `IllegalMove`."""
    for row in TABLE:
        if row.state is state and row.event is event:
            return row
    raise IllegalMove(state, event)


def advance(state: State, event: Event, seats: Collection[Seat]) -> State:
    """Return where a cover stands after `event` by somebody with `seats`.

    Raises `IllegalMove` if the table has no such row and `NotYours` if it has,
    but for others.
    """
    row = find_move(state, event)
    if not row.who & frozenset(seats):
        raise NotYours(event, row.who)
    return row.to


def moves_for(state: State, seats: Collection[Seat]) -> tuple[Event, ...]:
    """Return what somebody with `seats` may do now, in the table's order."""
    held = frozenset(seats)
    return tuple(one.event for one in TABLE if one.state is state and one.who & held)


def due_event(cover: Cover, at: datetime) -> Event | None:
    """Return what has come with time and is not noted yet, if anything has."""
    match cover.state:
        case State.ASKED if cover.ends_at <= at:
            return Event.LAPSE
        case State.TAKEN if cover.starts_at <= at:
            return Event.START
        case State.RUNNING if cover.ends_at <= at:
            return Event.END
        case _:
            return None


def first_call(
    case_id: str,
    responsible_id: str,
    covers: Iterable[Cover],
    *,
    at: datetime,
    gone: Collection[str] = (),
) -> FirstCall:
    """Return who is called first about a case at an instant: always one person.

    A cover of the one case goes before one of all cases, then the one that was
    asked for later. Who is `gone` is nobody's first call.
    """
    running = [
        one
        for one in covers
        if one.concerns(case_id, responsible_id)
        and one.runs(at)
        and one.cover_id not in gone
    ]
    chosen = max(running, key=_precedence, default=None)
    if chosen is None:
        return FirstCall(responsible_id)
    return FirstCall(chosen.cover_id, chosen.ends_at)


def leave_of(
    absences: Collection[Absence], clinician_id: str, *, zone: str, at: datetime
) -> Cover | None:
    """Return the cover that an absence of today makes, if it names one who is there.

    It yields to every cover that was asked for and taken.
    """
    local = ZoneInfo(zone)
    today = at.astimezone(local).date()
    found = _stand_in(absences, clinician_id, today)
    if found is None:
        return None
    last = today
    while _stand_in(absences, clinician_id, last + _DAY) == found:
        last += _DAY
    return Cover(
        id="",
        covered_id=clinician_id,
        cover_id=found,
        case_id=None,
        starts_at=_midnight(today, local),
        ends_at=_midnight(last + _DAY, local),
        asked_at=datetime.min.replace(tzinfo=UTC),
        state=State.RUNNING,
    )


def _precedence(cover: Cover) -> tuple[bool, datetime, str]:
    return cover.case_id is not None, cover.asked_at, cover.id


def _stand_in(
    absences: Collection[Absence], clinician_id: str, day: date
) -> str | None:
    """Return who is there instead of somebody who is away, or None."""
    known = {clinician_id} | {one.cover_id for one in absences if one.cover_id}
    found = stand_in(clinician_id, day, absences, known=known)
    return None if found == clinician_id else found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
