"""Bridging: the center asks, the practice gives it; responsibility stays as it is.

One request at a time belongs to a course. It is accepted, or another way is proposed
and it is asked again; what was accepted is started and stopped with its last dose.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from care.people import ANY_PART, CENTER_SIDE, Part
from care.response import PRACTICE_DAYS, Planned, Step
from care.working_time import WorkingHours, add_working_days


class State(StrEnum):
    """Where a request stands."""

    REQUESTED = "requested"
    COUNTERED = "countered"
    ACCEPTED = "accepted"
    STARTED = "started"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What people do with a request."""

    ACCEPT = "accept"
    COUNTER = "propose something else"
    ASK_AGAIN = "ask again"
    WITHDRAW = "withdraw"
    START = "start"
    STOP = "stop"
    UNSTART = "take back the start"
    UNSTOP = "take back the stop"


OVER = frozenset({State.STOPPED, State.WITHDRAWN})
"""States after which the center may ask anew."""


class Answer(StrEnum):
    """What the request says, field by field; "none" is an answer, blank is not."""

    REGIMEN = "regimen"
    AVOID = "avoid"
    LABS = "labs"
    CALL = "call"


LABELS: Mapping[Answer, str] = {
    Answer.REGIMEN: "Regimen",
    Answer.AVOID: "What not to give",
    Answer.LABS: "Labs, and where results go",
    Answer.CALL: "Whom to call",
}


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    state: State
    event: Event
    to: State
    who: frozenset[Part]


_PHYSICIANS = frozenset({Part.REFERRER, Part.RESPONSIBLE, Part.COVER})
_SPECIALIST = frozenset({Part.ASKED})
_S, _E = State, Event
TABLE: tuple[Row, ...] = (
    Row(_S.REQUESTED, _E.ACCEPT, _S.ACCEPTED, _PHYSICIANS),
    Row(_S.REQUESTED, _E.COUNTER, _S.COUNTERED, _PHYSICIANS),
    Row(_S.REQUESTED, _E.ASK_AGAIN, _S.REQUESTED, _SPECIALIST),
    Row(_S.REQUESTED, _E.WITHDRAW, _S.WITHDRAWN, CENTER_SIDE),
    Row(_S.COUNTERED, _E.ASK_AGAIN, _S.REQUESTED, _SPECIALIST),
    Row(_S.COUNTERED, _E.WITHDRAW, _S.WITHDRAWN, CENTER_SIDE),
    Row(_S.ACCEPTED, _E.ASK_AGAIN, _S.REQUESTED, _SPECIALIST),
    Row(_S.ACCEPTED, _E.WITHDRAW, _S.WITHDRAWN, CENTER_SIDE),
    Row(_S.ACCEPTED, _E.START, _S.STARTED, ANY_PART),
    Row(_S.STARTED, _E.STOP, _S.STOPPED, ANY_PART),
    # A milestone that was recorded by mistake is taken back.
    Row(_S.STARTED, _E.UNSTART, _S.ACCEPTED, ANY_PART),
    Row(_S.STOPPED, _E.UNSTOP, _S.STARTED, ANY_PART),
)


class IllegalMove(Exception):
    """This cannot be done with the request as it stands now."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} is no move of a request that is {state}")
        self.state = state
        self.event = event


class NotYours(Exception):
    """Somebody else may do this, but not with the part that you have."""

    def __init__(self, event: Event, who: frozenset[Part]) -> None:
        super().__init__(f"{event} is for: {', '.join(sorted(who))}")
        self.event = event
        self.who = who


def advance(state: State, event: Event, parts: Collection[Part]) -> State:
    """Return the state after `event` by somebody with `parts`.

    Raises `IllegalMove` if the table has no such row and `NotYours` if it has, but
    for others.
    """
    row = next((r for r in TABLE if (r.state, r.event) == (state, event)), None)
    if row is None:
        raise IllegalMove(state, event)
    if not row.who & frozenset(parts):
        raise NotYours(event, row.who)
    return row.to


def events_for(state: State, parts: Collection[Part]) -> tuple[Event, ...]:
    """Return what somebody with `parts` may do now, in the table's order."""
    held = frozenset(parts)
    return tuple(r.event for r in TABLE if r.state is state and r.who & held)


def plan(state: State, since: datetime, hours: WorkingHours) -> tuple[Planned, ...]:
    """Return what is brought up while somebody's answer is waited for.

    While the practice is asked, `hours` are its own; once it has proposed something
    else they are the center's. The steps are those of waiting on a practice.
    """
    if state is State.REQUESTED:
        steps = tuple(PRACTICE_DAYS)
    elif state is State.COUNTERED:
        steps = (Step.PRACTICE, Step.PRACTICE_COORDINATOR)
    else:
        return ()
    return tuple(
        Planned(one, add_working_days(since, PRACTICE_DAYS[one], hours))
        for one in steps
    )
