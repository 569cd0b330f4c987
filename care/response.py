"""When a referral that waits is brought up again, and with whom.

Times are counted in the working time of the side whose move it is. What is
planned here becomes reminders; nothing here knows how a reminder is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.referral import OPEN, Kind, Progress, Side, State, Urgency
from care.working_time import (
    WorkingHours,
    add_working_days,
    add_working_time,
    half_way,
    next_opening,
    open_time_between,
)

REPLY_PAUSE = timedelta(hours=2)
"""Working hours for which a specialist's plain reply pauses reminders."""
OUTCOME_WAITS = (7, 14, 28, 84)
"""Days after which whoever answers may have the referrer asked what came of it."""
OUTCOME_DAYS = 14
"""Days after an answer at which the referrer is asked what came of it."""


@dataclass(frozen=True)
class ResponseTimes:
    """How soon a center responds; each center sets its own."""

    urgent: timedelta = timedelta(hours=4)
    """Working time within which an urgent referral is responded to."""
    advice_days: int = 2
    """Working days within which routine advice is answered."""
    evaluation_days: int = 1
    """Working days within which an evaluation is taken."""


class Step(StrEnum):
    """What a reminder of a referral brings up."""

    HALF_WAY = "half way"
    LIMIT = "limit"
    NEXT_ON_DUTY = "next on duty"
    LEAD = "twice the limit"
    PRACTICE = "referrer"
    PRACTICE_COORDINATOR = "practice coordinator"
    PLEASE_PHONE = "please phone"
    STILL = "still waiting"
    """After the last of the steps above, each working morning or each week."""
    OUTCOME = "what came of it"
    OUTCOME_AGAIN = "what came of it, again"
    OUTCOME_UNKNOWN = "outcome not known"


PRACTICE_DAYS = {
    Step.PRACTICE: 1,
    Step.PRACTICE_COORDINATOR: 2,
    Step.PLEASE_PHONE: 4,
}
"""Working days of the practice after which each step is brought up."""

BEYOND_LIMIT = {Step.NEXT_ON_DUTY: 1.5, Step.LEAD: 2.0}
"""Steps after the limit, as multiples of the time that it gave."""


@dataclass(frozen=True)
class Round:
    """One stretch in which a referral waits on the same side."""

    urgency: Urgency
    started_at: datetime
    center: WorkingHours
    practice: WorkingHours
    paused_until: datetime | None = None
    """Set by a plain reply: nothing is brought up before this."""
    times: ResponseTimes = field(default_factory=ResponseTimes)
    outcome_days: int = OUTCOME_DAYS
    """Set by whoever answered."""


@dataclass(frozen=True)
class Planned:
    """Something to bring up at `due_at` (aware UTC)."""

    step: Step
    due_at: datetime


def answer_by(progress: Progress, this: Round) -> datetime | None:
    """Return the center's limit (aware UTC), or None where no clock of it runs.

    Taking an evaluation is the response to it, so its clock ends there.
    """
    waits_on_center = progress.state in OPEN and progress.waiting_on is Side.CENTER
    if not waits_on_center:
        return None
    if progress.kind is Kind.EVALUATION and progress.state is State.ACCEPTED:
        return None
    return limit(progress.kind, this)


def goes_on(before: Progress, after: Progress, this: Round) -> bool:
    """Tell whether the round of `before` goes on after a move: the promise stands.

    It does while the referral waits on the same side, whose clock was running.
    """
    same_side = before.waiting_on is after.waiting_on and after.state in OPEN
    center_waits = before.waiting_on is Side.CENTER
    return same_side and (not center_waits or answer_by(before, this) is not None)


def limit(kind: Kind, this: Round) -> datetime:
    """Return by when the center responds to what began to wait with this round."""
    if this.urgency is Urgency.URGENT:
        return add_working_time(this.started_at, this.times.urgent, this.center)
    evaluation = kind is Kind.EVALUATION
    days = this.times.evaluation_days if evaluation else this.times.advice_days
    return add_working_days(this.started_at, days, this.center)


def twice(this: Round, due_by: datetime) -> datetime:
    """Return when twice the time has passed that a limit gave."""
    return _beyond(this, due_by, BEYOND_LIMIT[Step.LEAD])


def plan(
    progress: Progress, this: Round, *, now: datetime, told: Collection[Step] = ()
) -> tuple[Planned, ...]:
    """Return what will be brought up if nothing happens, earliest first.

    `told` was brought up in this round already: neither it nor what comes before it
    is repeated. Of what should have been and was not, the last is brought up now.
    What waits and has no step left is brought up again and again: nothing
    falls silent.
    """
    if progress.state is State.ANSWERED:
        asked = _after(told, _ask_what_came_of_it(this))
        return tuple(Planned(step, at) for step, at in asked.items())
    rest_until = max(now, this.paused_until or now)
    waiting = _waiting(progress, this)
    steps = _after(told, waiting)
    if waiting and not steps:
        return (Planned(Step.STILL, max(next_look(now, this), rest_until)),)
    return _not_before(rest_until, steps)


def next_look(now: datetime, this: Round) -> datetime:
    """Return when what still waits is brought up again (aware UTC).

    What is urgent when the center opens on its next working day; what is not when
    it opens first in the next week: often enough to be kept, seldom enough to be read.
    """
    zone = ZoneInfo(this.center.zone)
    today = now.astimezone(zone).date()
    urgent = this.urgency is Urgency.URGENT
    day = today + timedelta(days=1 if urgent else 7 - today.weekday())
    return next_opening(datetime.combine(day, time(), zone), this.center)


def is_last(step: Step, urgency: Urgency) -> bool:
    """Tell whether nothing new comes after a step."""
    last = Step.LEAD if urgency is Urgency.URGENT else Step.NEXT_ON_DUTY
    return step in {last, Step.PLEASE_PHONE, Step.STILL}


def _waiting(progress: Progress, this: Round) -> Mapping[Step, datetime]:
    if progress.state in OPEN and progress.waiting_on is Side.PRACTICE:
        return _wait_on_practice(this)
    due_by = answer_by(progress, this)
    return _wait_on_center(this, due_by) if due_by else {}


def _wait_on_center(this: Round, due_by: datetime) -> Mapping[Step, datetime]:
    steps = {
        Step.HALF_WAY: half_way(this.started_at, due_by, this.center),
        Step.LIMIT: due_by,
    } | {step: _beyond(this, due_by, times) for step, times in BEYOND_LIMIT.items()}
    if this.urgency is not Urgency.URGENT:
        # What is routine reaches the lead once a week, in one list.
        del steps[Step.LEAD]
    return steps


def _beyond(this: Round, due_by: datetime, times: float) -> datetime:
    given = open_time_between(this.started_at, due_by, this.center)
    return add_working_time(this.started_at, given * times, this.center)


def _wait_on_practice(this: Round) -> Mapping[Step, datetime]:
    return {
        step: add_working_days(this.started_at, days, this.practice)
        for step, days in PRACTICE_DAYS.items()
    }


def _ask_what_came_of_it(this: Round) -> Mapping[Step, datetime]:
    steps = (Step.OUTCOME, Step.OUTCOME_AGAIN, Step.OUTCOME_UNKNOWN)
    wait = timedelta(days=this.outcome_days)
    return {
        step: this.started_at + wait * times
        for times, step in enumerate(steps, start=1)
    }


def _after(
    told: Collection[Step], steps: Mapping[Step, datetime]
) -> Mapping[Step, datetime]:
    """Return the steps that come after the last of those told."""
    order = list(steps)
    begin = max((order.index(step) + 1 for step in told if step in steps), default=0)
    return {step: steps[step] for step in order[begin:]}


def _not_before(until: datetime, steps: Mapping[Step, datetime]) -> tuple[Planned, ...]:
    """Return the steps; of those before `until`, only the last is left, at `until`."""
    held = [step for step, at in steps.items() if at <= until]
    later = [Planned(step, at) for step, at in steps.items() if at > until]
    return tuple([Planned(held[-1], until)] if held else []) + tuple(later)
