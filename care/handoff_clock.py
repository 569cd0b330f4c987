"""When a handoff that waits is brought up again, and with whom.

An offer is to be accepted within a working day of the receiving site; an emergency
takeover is read back within 24 hours by the clock, since an emergency knows no
weekend. What is planned here becomes reminders.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.handoff import State
from care.working_time import (
    WorkingHours,
    add_working_days,
    add_working_time,
    half_way,
    next_opening,
    open_time_between,
)

WORKING_DAYS = 1
"""Within which an offer is accepted, a call confirmed, a correction read back."""
TAKEOVER = timedelta(hours=24)
"""Within which an emergency takeover is read back."""
NEXT_AFTER = 1.5
"""Times the limit after which a center's next on duty is offered it instead."""
RETURN_AHEAD = 3
"""Working days before a discharge by which the return handoff is offered."""


class Step(StrEnum):
    """What a reminder of a handoff brings up."""

    HALF_WAY = "half way"
    LIMIT = "limit"
    NEXT_ON_DUTY = "next on duty"
    STILL = "still waiting"
    """After the steps above, each working morning."""


class DueStep(StrEnum):
    """What a reminder of an action from a handoff brings up."""

    DUE = "due"
    AGAIN = "the next working day"
    STILL = "still not done"


@dataclass(frozen=True)
class Round:
    """One stretch in which a handoff waits for the same person."""

    started_at: datetime
    hours: WorkingHours
    """Of the site that is waited for."""
    has_next: bool
    """Whether somebody else could be offered it: at a center, the next on duty."""


@dataclass(frozen=True)
class Planned:
    """Something to bring up at `due_at` (aware UTC)."""

    step: Step
    due_at: datetime


def limit(state: State, this: Round) -> datetime:
    """Return by when whoever is waited for says it back, or confirms it."""
    if state is State.TAKEN_OVER:
        return this.started_at + TAKEOVER
    return add_working_days(this.started_at, WORKING_DAYS, this.hours)


def plan(
    state: State, this: Round, *, now: datetime, told: Collection[Step] = ()
) -> tuple[Planned, ...]:
    """Return what will be brought up if nothing happens, earliest first.

    What was told in this round is not repeated, nor what comes before it. Of what
    should have been told and was not, the last is told now. A handoff that waits
    is never silent: after the last step it is brought up each working morning.
    """
    order = _steps(state, this)
    if not order:
        return ()
    begin = max((list(order).index(one) + 1 for one in told if one in order), default=0)
    left = list(order.items())[begin:]
    if not left:
        return (Planned(Step.STILL, next_look(now, this.hours)),)
    late = [Planned(step, now) for step, at in left if at <= now][-1:]
    return (*late, *(Planned(step, at) for step, at in left if at > now))


def is_last(step: Step, state: State, this: Round) -> bool:
    """Tell whether no step of its own comes after this one."""
    return step is Step.STILL or step is [*_steps(state, this)][-1]


def next_look(now: datetime, hours: WorkingHours) -> datetime:
    """Return when a site opens on its next working day after today (aware UTC)."""
    return _opening_on(_day(now, hours) + timedelta(days=1), hours)


def action_due(day: date, hours: WorkingHours) -> datetime:
    """Return when the doer of an action is reminded of it: that morning.

    A day on which their site is closed means the next one on which it opens.
    """
    return _opening_on(day, hours)


def action_again(now: datetime, hours: WorkingHours, *, told: DueStep) -> datetime:
    """Return when an action that is not done is brought up again.

    The next working morning, and from then on the first one of each week.
    """
    if told is DueStep.DUE:
        return next_look(now, hours)
    today = _day(now, hours)
    return _opening_on(today + timedelta(days=7 - today.weekday()), hours)


def ask_for_return_at(discharge: date, hours: WorkingHours) -> datetime:
    """Return when a return handoff is asked for: it is to be offered by then.

    That is the opening of the third working day before the discharge from center
    care, in the working time of the center.
    """
    day, ahead = discharge, RETURN_AHEAD
    while ahead:
        day -= timedelta(days=1)
        if day.weekday() in hours.days and day not in hours.closed:
            ahead -= 1
    return _opening_on(day, hours)


def _steps(state: State, this: Round) -> Mapping[Step, datetime]:
    """Return the steps of a round in order, each with its time; empty: none waits."""
    match state:
        case State.OFFERED:
            return _offered(this)
        case State.TAKEN_OVER:
            half = this.started_at + TAKEOVER / 2
            return {Step.HALF_WAY: half, Step.LIMIT: limit(state, this)}
        case State.BY_PHONE | State.CORRECTED:
            return {Step.LIMIT: limit(state, this)}
        case _:
            return {}


def _offered(this: Round) -> Mapping[Step, datetime]:
    due = limit(State.OFFERED, this)
    steps = {
        Step.HALF_WAY: half_way(this.started_at, due, this.hours),
        Step.LIMIT: due,
    }
    if this.has_next:
        given = open_time_between(this.started_at, due, this.hours)
        beyond = add_working_time(this.started_at, given * NEXT_AFTER, this.hours)
        steps[Step.NEXT_ON_DUTY] = beyond
    return steps


def _day(at: datetime, hours: WorkingHours) -> date:
    return at.astimezone(ZoneInfo(hours.zone)).date()


def _opening_on(day: date, hours: WorkingHours) -> datetime:
    return next_opening(datetime.combine(day, time(), ZoneInfo(hours.zone)), hours)
