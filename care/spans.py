"""Spans of calendar time: days, months and years after a day."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
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
        return cls(int(found[1]), Unit(found[2]))

    @property
    def days(self) -> float:
        """About how many days, to compare spans that are counted in different units."""
        return self.count * ABOUT[self.unit]

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


def _months_after(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))
