"""When a handoff is owed by the journey: to the center, and back."""

from __future__ import annotations

from datetime import date, datetime

from care.course import Journey
from care.handoff_clock import ask_for_return_at
from care.ipass import Direction
from care.journey import Phase
from care.milestone import Step
from care.working_time import WorkingHours

OF_CENTER = frozenset({Phase.INFUSION, Phase.DISCHARGE})
"""Phases in which the center is responsible: from lymphodepletion on."""

RETURNING = frozenset({Phase.RETURN, Phase.ENDED})
"""Phases in which a center that is responsible hands the patient back."""


def owed(
    journey: Journey, *, at_center: bool, now: datetime, center: WorkingHours
) -> tuple[Direction, datetime] | None:
    """Return which handoff is owed, and when to ask for it (aware UTC); or None.

    `at_center` says that the center is responsible now. Back: three working days
    before a planned discharge, and whenever the journey ends at the center. To the
    center: once lymphodepletion is planned.
    """
    if at_center:
        at = _back_at(journey, now, center)
        return (Direction.RETURN, at) if at else None
    planned = Step.LYMPHODEPLETION in journey.planned
    if planned or journey.phase in OF_CENTER:
        return Direction.TO_CENTER, now
    return None


def _back_at(journey: Journey, now: datetime, center: WorkingHours) -> datetime | None:
    if journey.phase in RETURNING:
        return now
    discharge: date | None = journey.planned.get(Step.DISCHARGE)
    if discharge is None:
        return None
    return max(now, ask_for_return_at(discharge, center))
