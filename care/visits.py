"""Visits: things of one site that can be done on one day are done together.

A visit is made of windows alone and is kept nowhere, so that it follows when Day 0, a
hold or a site changes. The same things always give the same visits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from typing import Generic, TypeVar

from care.patient_time import PatientTime, PhiMode
from care.plan import Window

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Visit(Generic[Thing]):
    """Things of one site, all of which can be done on each day of one window."""

    site: str
    window: Window
    """The days that all share; its target is the nearest to their middle target."""
    members: tuple[Thing, ...]
    """By their windows, and then as they were given."""

    def name(self, day0: date) -> str:
        """Return how the visit is called by its time after Day 0: "month-1 visit"."""
        return f"{phase(day0, self.window.target)} visit"


def visits(
    things: Iterable[Thing],
    *,
    site: Callable[[Thing], str],
    window: Callable[[Thing], Window],
) -> list[Visit[Thing]]:
    """Return the visits of some things, in the order of their last days.

    Each thing is in one visit. At each site they are as few as can be: whatever is
    open on the last day of what ends first is done together with it.
    """
    at: dict[str, list[Thing]] = {}
    for one in things:
        at.setdefault(site(one), []).append(one)
    found = [visit for name in at for visit in _at_one_site(name, at[name], window)]
    return sorted(found, key=lambda one: (one.window.latest, one.window.target))


def phase(day0: date, day: date) -> str:
    """Return the named time of a day after Day 0: "week-2", "month-6", "year-2"."""
    return PatientTime(PhiMode.NONE, day, day0=day0).phase(day)


def _at_one_site(
    site: str, things: Iterable[Thing], window: Callable[[Thing], Window]
) -> Iterable[Visit[Thing]]:
    left = sorted(things, key=lambda one: (window(one).latest, window(one).earliest))
    while left:
        last = window(left[0]).latest
        members = [one for one in left if window(one).earliest <= last]
        left = [one for one in left if window(one).earliest > last]
        yield _visit(site, members, window)


def _visit(
    site: str, members: list[Thing], window: Callable[[Thing], Window]
) -> Visit[Thing]:
    windows = [window(one) for one in members]
    earliest = max(one.earliest for one in windows)
    latest = min(one.latest for one in windows)
    middle = median_low(one.target.toordinal() for one in windows)
    target = min(max(date.fromordinal(middle), earliest), latest)
    return Visit(site, Window(earliest, target, latest), tuple(members))
