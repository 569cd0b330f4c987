"""A whole plan as a table: weeks, then months, then years after Day 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Generic, TypeVar

from care.plan import Window
from care.visits import phase

Thing = TypeVar("Thing")


class Scale(StrEnum):
    """In what a part of a plan is counted."""

    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True)
class Period(Generic[Thing]):
    """What is due in one named time after Day 0: "week-2", "month-6", "year-2"."""

    name: str
    things: tuple[Thing, ...]
    """By the day aimed at, then by their windows, then as they were given."""

    @property
    def scale(self) -> Scale:
        """In what it is counted, by its name."""
        return Scale(f"{self.name.split('-')[0]}s")


def periods(
    things: Iterable[Thing], *, day0: date, window: Callable[[Thing], Window]
) -> tuple[Period[Thing], ...]:
    """Return a plan's things by the time on which each aims, in the order of time.

    No period is empty, and each thing is in one. A thing stands where its target lies,
    so a window that reaches over two periods is named once.
    """

    def when(one: Thing) -> tuple[date, date, date]:
        days = window(one)
        return days.target, days.earliest, days.latest

    in_order = sorted(things, key=when)
    by_name = groupby(in_order, key=lambda one: phase(day0, window(one).target))
    return tuple(Period(name, tuple(members)) for name, members in by_name)


def by_scale(
    found: Iterable[Period[Thing]],
) -> tuple[tuple[Scale, tuple[Period[Thing], ...]], ...]:
    """Return the periods of a plan under weeks, months and years, in that order."""
    groups = groupby(found, key=lambda one: one.scale)
    return tuple((scale, tuple(members)) for scale, members in groups)
