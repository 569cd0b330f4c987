"""What of a patient's time may be shown: named windows, days of a course, or dates."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WEEKS_NAMED = 21
"""The last day after infusion whose window is called by its week."""
HALF_A_MONTH = timedelta(days=15)
MONTHS_NAMED = 24
"""From so many months on, a window is called by its year."""
A_WEEK = timedelta(days=7)
WEEKS_TOLD = 8
"""Up to so many weeks from today a window is told in weeks, then in months."""


class PhiMode(StrEnum):
    """What of a patient's time may be shown in Slack."""

    NONE = "none"
    DAYS = "days"
    BAA = "baa"

    @property
    def rank(self) -> int:
        """How much is shown, from nothing on; the words have no such order."""
        return list(PhiMode).index(self)

    def exceeds(self, other: PhiMode) -> bool:
        """Tell whether this one shows more than the other."""
        return self.rank > other.rank

    def lesser(self, other: PhiMode) -> PhiMode:
        """Return the one of the two that shows less."""
        return other if self.exceeds(other) else self


@dataclass(frozen=True)
class PatientTime:
    """Says a patient's days as far as they may be shown, from a day at the center.

    `none` never gives a date or a Day +N, `days` never a date. Day 0 is the date of
    infusion; None before there is one, or where none is known.
    """

    mode: PhiMode
    today: date
    day0: date | None = None

    @property
    def asks_dates(self) -> bool:
        """Whether a form asks for a date, and not for how many days ago or ahead."""
        return self.mode is PhiMode.BAA

    def lasting(self, day: date) -> str:
        """Return what stays true on a message that is not refreshed; "" for nothing."""
        match self.mode:
            case PhiMode.BAA:
                return f"{day.day} {day:%b} {day.year}"
            case PhiMode.DAYS:
                return self._counted(day)
            case PhiMode.NONE:
                return ""

    def now(self, day: date) -> str:
        """Return what is said on a page that is made when it is read."""
        match self.mode:
            case PhiMode.BAA:
                return self._dated(day)
            case PhiMode.DAYS:
                return self._counted(day) or _distance(self.today, day)
            case PhiMode.NONE:
                return self.phase(day) or _window(self.today, day)

    def phase(self, day: date) -> str:
        """Return the named window after infusion: "week-2", "month-6", "year-2".

        The windows lie around their anniversaries; "" before there is a Day 0.
        """
        if self.day0 is None or day < self.day0:
            return ""
        since = (day - self.day0).days
        if since <= WEEKS_NAMED:
            return f"week-{max(1, -(-since // 7))}"
        months = max(1, months_between(self.day0, day + HALF_A_MONTH))
        if months < MONTHS_NAMED:
            return f"month-{months}"
        return f"year-{(months + 6) // 12}"

    def _counted(self, day: date) -> str:
        if self.day0 is None:
            return ""
        since = (day - self.day0).days
        return f"Day {since:+d}" if since else "Day 0"

    def _dated(self, day: date) -> str:
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{day:%a} {day.day} {day:%b}{year}"


def months_between(start: date, end: date) -> int:
    """Return how many monthly anniversaries of `start` lie up to `end`.

    A day that the month does not have is its last one. `end` is not before `start`.
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    last = calendar.monthrange(end.year, end.month)[1]
    return months - (end.day < min(start.day, last))


def _distance(today: date, day: date) -> str:
    """Return how far a day is, in days."""
    days = (day - today).days
    if near := {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days):
        return near
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def _window(today: date, day: date) -> str:
    """Return in which week a day is, or how many weeks, months or years away."""
    if day == today:
        return "today"
    weeks = (_monday(day) - _monday(today)) // A_WEEK
    if near := {-1: "last week", 0: "this week", 1: "next week"}.get(weeks):
        return near
    about = _about(*sorted((today, day)), weeks=abs(weeks))
    return f"in about {about}" if day > today else f"about {about} ago"


def _about(start: date, end: date, *, weeks: int) -> str:
    if weeks <= WEEKS_TOLD:
        return f"{weeks} weeks"
    # From whole weeks to months, so that no window is cut short where they meet.
    months = max(2, months_between(start, end))
    return f"{months // 12} years" if months >= MONTHS_NAMED else f"{months} months"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
