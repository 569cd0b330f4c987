"""When a course of which nobody has heard is brought up, and with whom.

Each center says how many days may pass in each phase; until it does, one neutral
number counts for all. Published medians trigger nothing: they are context.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.journey import Phase
from care.working_time import WorkingHours, add_working_days, next_opening

NEUTRAL_DAYS = 7
"""Days without news after which a course is brought up, where a center says none."""
COORDINATOR_DAYS = 2
"""Working days after which the coordinators are asked as well."""
ASK_AGAIN_IN = (3, 7, 14, 28)
"""Days after which somebody may want to be asked again."""
QUIET = frozenset({Phase.HOME, Phase.THERAPY, Phase.ENDED})
"""Phases in which no step of the journey is awaited."""


class Look(StrEnum):
    """Who is asked for news."""

    WHOSE_MOVE = "whose move it is"
    COORDINATORS = "coordinators"
    STILL = "still no news"
    """After the two above, once a week: nothing falls silent."""


@dataclass(frozen=True)
class Awaited:
    """What a course waits for, since when, and by whose working time."""

    phase: Phase
    since: datetime
    hours: WorkingHours
    next_day: date | None = None
    """The day for which the next step is planned."""
    ask_at: datetime | None = None
    """When somebody wants to be asked again."""
    days: Mapping[Phase, int] | None = None
    """The center's own days, phase by phase."""


@dataclass(frozen=True)
class Planned:
    """Somebody to ask at `due_at` (aware UTC)."""

    look: Look
    due_at: datetime


def plan(this: Awaited) -> tuple[Planned, ...]:
    """Return who is asked for news and when if none comes, earliest first."""
    if this.phase in QUIET:
        return ()
    first = this.ask_at or _morning(_first_day(this), this.hours)
    first = next_opening(first, this.hours)
    second = add_working_days(first, COORDINATOR_DAYS, this.hours)
    return (Planned(Look.WHOSE_MOVE, first), Planned(Look.COORDINATORS, second))


def next_look(now: datetime, hours: WorkingHours) -> datetime:
    """Return when a course still without news is brought up again (aware UTC)."""
    day = now.astimezone(ZoneInfo(hours.zone)).date() + timedelta(days=7)
    return _morning(day, hours)


def quiet_days(phase: Phase, days: Mapping[Phase, int] | None) -> int:
    """Return how many days may pass in a phase without news."""
    return (days or {}).get(phase, NEUTRAL_DAYS)


def _first_day(this: Awaited) -> date:
    since = this.since.astimezone(ZoneInfo(this.hours.zone)).date()
    days = timedelta(days=quiet_days(this.phase, this.days))
    if this.next_day is None:
        return since + days
    # What is planned says itself when news can be expected: on the day after. The
    # day on which somebody wants to look again is that day.
    news = timedelta(days=0 if this.phase is Phase.NOT_NOW else 1)
    return max(this.next_day + news, since + timedelta(days=1))


def _morning(day: date, hours: WorkingHours) -> datetime:
    midnight = datetime.combine(day, time(), ZoneInfo(hours.zone))
    return next_opening(midnight, hours)
