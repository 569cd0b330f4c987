"""The plan after CAR T: which item is due in which window, counted from Day 0.

It is computed and never guessed: the same rows, Day 0 and answers always give the same
plan. Windows are dates at the center; both ends belong to them. Working days and
holidays never move a window, only the morning on which somebody is told of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from care.knowledge.protocol import Condition, Kind, ProtocolRow
from care.knowledge.timing import Days, Recurrence
from care.milestone import Product
from care.spans import Span

HORIZON = Span.parse("15 years")
"""How far a plan is shown: the term of post-marketing studies of the products (S15)."""
KEPT_AHEAD = timedelta(days=400)
"""How far ahead items are kept; later ones are computed, and kept as time comes."""


@dataclass(frozen=True)
class Window:
    """From which day to which something is to be done; both ends belong to it."""

    earliest: date
    target: date
    latest: date

    def __post_init__(self) -> None:
        if not self.earliest <= self.target <= self.latest:
            raise ValueError("a window must be in order")

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in it."""
        return self.earliest <= day <= self.latest


@dataclass(frozen=True)
class Basis:
    """What a plan is computed from, beside the rows."""

    day0: date
    product: Product
    conditions: frozenset[Condition] = frozenset()


@dataclass(frozen=True)
class Occurrence:
    """One thing to do: the how-manieth of its row, in its window."""

    row: ProtocolRow
    number: int
    window: Window


def applies(row: ProtocolRow, basis: Basis) -> bool:
    """Tell whether a row is for this product, and what it needs was confirmed."""
    for_product = not row.products or basis.product in row.products
    return for_product and (
        row.applies_when is None or row.applies_when in basis.conditions
    )


def occurrences(row: ProtocolRow, day0: date, *, until: date) -> Iterator[Occurrence]:
    """Yield what a row makes due, in order, of which the windows begin by `until`.

    A row without a due item (at each visit, standing) yields none.
    """
    if row.window is None or not row.makes_items:
        return
    for number, window in enumerate(_windows(row, row.window, day0, until)):
        if window.earliest > until:
            return
        yield Occurrence(row, number, window)


def plan(
    rows: Iterable[ProtocolRow], basis: Basis, *, until: date
) -> tuple[Occurrence, ...]:
    """Return all that is due up to a day, by window and then by the rows' order."""
    found = [
        one
        for row in rows
        if applies(row, basis)
        for one in occurrences(row, basis.day0, until=until)
    ]
    return tuple(
        sorted(found, key=lambda one: (one.window.earliest, one.window.latest))
    )


def holds_over(row: ProtocolRow, day0: date) -> Window | None:
    """Return from when to when a standing row or a list holds; None: always."""
    return _first(row.window, day0) if row.window else None


def listed(
    rows: Iterable[ProtocolRow], basis: Basis, kind: Kind, *, on: date | None = None
) -> tuple[ProtocolRow, ...]:
    """Return the rows of a kind that apply, in their order, and hold on a day if told.

    It is how the standing rows, and the lists inside each visit, are found.
    """
    found = (one for one in rows if one.kind is kind and applies(one, basis))
    return tuple(one for one in found if on is None or _holds(one, basis.day0, on))


def dose_after(row: ProtocolRow, planned: Window, given_on: date) -> Window:
    """Return the window of a vaccine's next dose, after a dose that was given.

    It is as planned, or as much later as the dose before was late. Raises ValueError
    for a row that is no series of doses.
    """
    if row.doses is None:
        raise ValueError(f"{row.id} is no series of doses")
    late = max(row.doses.apart.after(given_on) - planned.target, timedelta())
    days = (planned.earliest, planned.target, planned.latest)
    return Window(*(one + late for one in days))


def _holds(row: ProtocolRow, day0: date, day: date) -> bool:
    window = holds_over(row, day0)
    return window is None or window.holds(day)


def _first(days: Days, day0: date) -> Window:
    return Window(
        days.earliest.after(day0), days.target.after(day0), days.latest.after(day0)
    )


def _windows(row: ProtocolRow, days: Days, day0: date, until: date) -> Iterator[Window]:
    first = _first(days, day0)
    yield first
    before, after = first.target - first.earliest, first.latest - first.target
    targets = [one.after(day0) for one in row.also]
    if row.doses:
        times = range(1, row.doses.count)
        targets = [row.doses.apart.after(first.target, times=n) for n in times]
    yield from (Window(t - before, t, t + after) for t in targets)
    last = targets[-1] if targets else first.target
    for stretch in row.again:
        early = timedelta(stretch.early.count) if stretch.early else before
        late = timedelta(stretch.late.count) if stretch.late else after
        for target in _targets(stretch, last, day0):
            if target - early > until:
                return
            last = target
            yield Window(target - early, target, target + late)


def _targets(stretch: Recurrence, start: date, day0: date) -> Iterator[date]:
    """Yield the days of one stretch of a series, counted from where it begins."""
    ends = stretch.until.after(day0) if stretch.until else date.max
    for times in count(1):
        target = stretch.every.after(start, times=times)
        if target > ends:
            return
        yield target
