"""Who is on duty: the rota's person if there is one, else the least recently asked.

Days are dates at the center. Somebody who is away is never asked; their cover is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Candidate:
    """A specialist who takes duty; `order` is their place in the setup."""

    id: str
    order: int
    last_asked_at: datetime | None


@dataclass(frozen=True)
class Absence:
    """Somebody is away on these days, both included; `cover_id` stands in."""

    clinician_id: str
    starts: date
    ends: date
    cover_id: str | None = None

    def holds(self, day: date) -> bool:
        """Tell whether they are away on a day."""
        return self.starts <= day <= self.ends


@dataclass(frozen=True)
class Swap:
    """Somebody else takes these days of the rota, both included."""

    clinician_id: str
    starts: date
    ends: date

    def holds(self, day: date) -> bool:
        """Tell whether the swap takes a day."""
        return self.starts <= day <= self.ends


@dataclass(frozen=True)
class Rota:
    """A week each, in turn: the first of `order` from the Monday `starts`."""

    starts: date
    order: tuple[str, ...]
    swaps: tuple[Swap, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a rota that names nobody or does not start on a Monday."""
        if not self.order:
            raise ValueError("a rota must name somebody")
        if self.starts.weekday() != 0:
            raise ValueError("a rota must start on a Monday")

    def whose(self, day: date) -> str:
        """Return whose day it is; the last swap that takes a day counts."""
        for swap in reversed(self.swaps):
            if swap.holds(day):
                return swap.clinician_id
        weeks = (day - self.starts) // WEEK
        return self.order[weeks % len(self.order)]


@dataclass(frozen=True)
class Gap:
    """Nobody has duty from one day to another of the same week, both included."""

    starts: date
    ends: date


@dataclass(frozen=True)
class Roster:
    """Everything from which a center's duty follows."""

    candidates: tuple[Candidate, ...]
    absences: tuple[Absence, ...] = ()
    rota: Rota | None = None

    def on_duty(
        self, day: date, *, named: str | None = None, without: Collection[str] = ()
    ) -> Candidate | None:
        """Return who is asked on a day, or None if nobody is left.

        A named specialist is honoured, or their cover; then the rota's person or
        their cover; then the least recently asked, ties by the setup's order.
        `without` leaves out those who passed it on.
        """
        of_rota = self.rota.whose(day) if self.rota else None
        for wanted in (named, of_rota):
            found = self._here(wanted, day)
            if found is not None and found.id not in without:
                return found
        here = [
            one
            for one in self.candidates
            if one.id not in without and not absence_on(self.absences, one.id, day)
        ]
        return min(here, key=_least_recently_asked, default=None)

    def until(self, day: date) -> date | None:
        """Return the last day of the duty that is under way, where a rota says so."""
        if self.rota is None:
            return None
        first = self.on_duty(day)
        last = day
        while last - day < WEEK * 2 and _same(self.on_duty(last + DAY), first):
            last += DAY
        return last

    def gaps(self, days: Iterable[date]) -> tuple[Gap, ...]:
        """Return the stretches of `days` that have nobody on duty as planned.

        With a rota: its person is away and has no cover who is there. Without:
        everybody is away. Where a week ends a stretch ends too, as a duty does.
        """
        weeks = groupby(
            days, key=lambda day: (day.isocalendar()[:2], self._is_gap(day))
        )
        stretches = [list(found) for (_, is_gap), found in weeks if is_gap]
        return tuple(Gap(found[0], found[-1]) for found in stretches)

    def _is_gap(self, day: date) -> bool:
        if self.rota is None:
            return self.on_duty(day) is None
        return self._here(self.rota.whose(day), day) is None

    def _here(self, wanted: str | None, day: date) -> Candidate | None:
        """Return somebody if they are there, or the nearest cover who is."""
        known = {one.id: one for one in self.candidates}
        found = stand_in(wanted, day, self.absences, known=known.keys())
        return known[found] if found else None


def stand_in(
    wanted: str | None,
    day: date,
    absences: Collection[Absence],
    *,
    known: Collection[str],
) -> str | None:
    """Return somebody known if they are there on a day, or the nearest cover who is."""
    seen: set[str] = set()
    while wanted is not None and wanted in known and wanted not in seen:
        seen.add(wanted)
        absence = absence_on(absences, wanted, day)
        if absence is None:
            return wanted
        wanted = absence.cover_id
    return None


def absence_on(
    absences: Collection[Absence], clinician_id: str, day: date
) -> Absence | None:
    """Return the absence that counts on a day; None where somebody is there.

    Where several hold, one that names a cover counts: a cover whom somebody named is
    not lost because they are away for another reason too.
    """
    held = [a for a in absences if a.clinician_id == clinician_id and a.holds(day)]
    return min(held, key=_how_telling, default=None)


def _how_telling(one: Absence) -> tuple[bool, date, date, str]:
    return one.cover_id is None, one.starts, one.ends, one.cover_id or ""


def _least_recently_asked(one: Candidate) -> tuple[float, int]:
    asked = one.last_asked_at.timestamp() if one.last_asked_at else float("-inf")
    return asked, one.order


def _same(one: Candidate | None, other: Candidate | None) -> bool:
    return one is not None and other is not None and one.id == other.id
