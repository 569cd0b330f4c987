"""Spans of calendar time: days, months and years after a day."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Self

WRITTEN = re.compile(r"^(0|[1-9][0-9]{0,4}) (day|month|year)s?$")


class Unit(StrEnum):
    """In what a span is counted."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


ABOUT = {Unit.DAY: 1, Unit.MONTH: 30.44, Unit.YEAR: 365.25}
"""Days of a unit on average."""


@dataclass(frozen=True)
class Span:
    """So many days, months or years; months and years are calendar anniversaries."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "30 days", "6 months" or "1 year". Raises ValueError."""
        found = WRITTEN.match(text.strip())
        if found is None:
            raise ValueError(f"{text!r} must be so many days, months or years")
        span = cls(int(found[1]), Unit(found[2]))
        if span.days > 200 * ABOUT[Unit.YEAR]:
            raise ValueError(f"{text!r} must be 200 years at most")
        return span

    @property
    def days(self) -> float:
        """About how many days, to compare spans that are counted in different units."""
        return self.count * ABOUT[self.unit]

    @property
    def shortest(self) -> int:
        """The fewest days that it lasts, whichever day it begins on."""
        return self.count if self.unit is Unit.DAY else min(_lengths(self._counted))

    @property
    def longest(self) -> int:
        """The most days that it lasts, whichever day it begins on."""
        return self.count if self.unit is Unit.DAY else max(_lengths(self._counted))

    def is_never_after(self, other: Span) -> bool:
        """Tell whether it ends no later than another, whichever day both begin on."""
        if self._counts_like(other):
            return self._counted <= other._counted
        return self.longest <= other.shortest

    def most_until(self, other: Span) -> int:
        """Return the most days from its end to another's, which begins on that day."""
        if self._counts_like(other) and self._counted == other._counted:
            return 0
        return other.longest - self.shortest

    def least_until(self, other: Span) -> int:
        """Return the fewest days from its end to another's of the same beginning."""
        return other.shortest - self.longest

    @property
    def _counted(self) -> int:
        """How many days it has, or how many months."""
        return self.count * (12 if self.unit is Unit.YEAR else 1)

    def _counts_like(self, other: Span) -> bool:
        return (self.unit is Unit.DAY) == (other.unit is Unit.DAY)

    def after(self, day: date, *, times: int = 1) -> date:
        """Return the day that lies `times` such spans after a day.

        An anniversary that the month does not have is the month's last day, and does
        not shorten those that come after it.
        """
        count = self.count * times
        match self.unit:
            case Unit.DAY:
                return day + timedelta(days=count)
            case Unit.MONTH:
                return _months_after(day, count)
            case Unit.YEAR:
                return _months_after(day, count * 12)

    def __str__(self) -> str:
        """Say it as it is read: "1 month", "30 days"."""
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


@cache
def _lengths(months: int) -> frozenset[int]:
    """Return how many days so many months can last.

    The ends of months decide, over years with and without a leap day and
    over the turn of a century that has none.
    """
    years = (*range(2024, 2028), *range(2096, 2104))
    firsts = [date(year, month, 1) for year in years for month in range(1, 13)]
    days = [first + timedelta(days=n) for first in firsts for n in (-1, 0, 27)]
    return frozenset((_months_after(one, months) - one).days for one in days)


def _months_after(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))
