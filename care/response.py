"""When a referral that waits is brought up again, and with whom.

Times are counted in the working time of the side whose move it is. What is
planned here becomes reminders; nothing here knows how a reminder is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from care.referral import OPEN, Kind, Progress, Side, State, Urgency
from care.working_time import (
    WorkingHours,
    add_working_days,
    add_working_time,
    half_way,
)

URGENT_LIMIT = timedelta(hours=4)
"""Working hours of the center within which an urgent referral is responded to."""
ADVICE_DAYS = 2
"""Working days of the center within which routine advice is answered."""
EVALUATION_DAYS = 1
"""Working days of the center within which an evaluation is taken."""
PRACTICE_DAYS = 1
"""Working days of the practice after which the referrer is reminded."""
REPLY_PAUSE = timedelta(hours=2)
"""Working hours for which a specialist's plain reply pauses reminders."""
OUTCOME_AFTER = timedelta(days=14)
"""Time after an answer at which the referrer is asked what came of it."""


class Step(StrEnum):
    """What a reminder of a referral brings up."""

    HALF_WAY = "half way"
    LIMIT = "limit"
    PRACTICE = "waiting on the practice"
    OUTCOME = "what came of it"


@dataclass(frozen=True)
class Round:
    """One stretch in which a referral waits on the same side."""

    urgency: Urgency
    started_at: datetime
    center: WorkingHours
    practice: WorkingHours
    paused_until: datetime | None = None
    """Set by a plain reply: nothing is brought up before this."""


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
    return limit(progress.kind, this.urgency, this.started_at, this.center)


def limit(
    kind: Kind, urgency: Urgency, started_at: datetime, center: WorkingHours
) -> datetime:
    """Return by when the center responds to a referral that starts at `started_at`."""
    if urgency is Urgency.URGENT:
        return add_working_time(started_at, URGENT_LIMIT, center)
    days = EVALUATION_DAYS if kind is Kind.EVALUATION else ADVICE_DAYS
    return add_working_days(started_at, days, center)


def plan(progress: Progress, this: Round) -> tuple[Planned, ...]:
    """Return what will be brought up if nothing happens, earliest first."""
    if progress.state is State.ANSWERED:
        return (Planned(Step.OUTCOME, this.started_at + OUTCOME_AFTER),)
    if progress.state not in OPEN:
        return ()
    if progress.waiting_on is Side.PRACTICE:
        due = add_working_days(this.started_at, PRACTICE_DAYS, this.practice)
        return (Planned(Step.PRACTICE, _after_pause(due, this)),)
    due_by = answer_by(progress, this)
    if due_by is None:
        return ()
    half = half_way(this.started_at, due_by, this.center)
    return (
        Planned(Step.HALF_WAY, _after_pause(half, this)),
        Planned(Step.LIMIT, _after_pause(due_by, this)),
    )


def _after_pause(due: datetime, this: Round) -> datetime:
    return max(due, this.paused_until) if this.paused_until else due
