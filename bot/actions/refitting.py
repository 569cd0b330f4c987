"""Fits the kept items of a plan to what the plan makes now, and back again.

What a plan is computed from may change: Day 0 is corrected, a condition confirmed, a
row ends, the protocol moves on. Every item then has the window that the plan gives it;
what the plan makes no more is "not needed: replaced". Nothing is deleted, so that the
change taken back gives each item as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.actions.item_clock import replan_items, stood
from bot.actions.plan_events import BACK, CLOSED, CONFIRMED, RELAPSED
from bot.checks import centers_of
from bot.items import ENDED
from bot.planned_rows import PlannedRows, planned_rows
from bot.undoing import FITTED
from care.growth import windows_of
from care.item import WAITING, State, Why, rewindowed
from care.plan import Window, applies, dose_after
from scheduler.calendars import local_day
from storage.item_records import Change, Item
from storage.plans import Plan
from storage.unit import Reading, Unit


@dataclass(frozen=True)
class Fit:
    """How one item stands when the plan has changed, and what that is called."""

    now: Item
    was: Item
    event: str

    @property
    def is_moved(self) -> bool:
        """Whether its window is another."""
        return self.now.window != self.was.window

    @property
    def is_open_again(self) -> bool:
        """Whether it was missed, or not needed, and is to be done again."""
        ended = self.was.state in {State.MISSED, State.NOT_NEEDED}
        return ended and self.now.state in {State.UPCOMING, State.OPEN}

    @property
    def is_missed_now(self) -> bool:
        """Whether its window is over by the change alone."""
        return self.now.state is State.MISSED and self.was.state is not State.MISSED

    @property
    def is_outside(self) -> bool:
        """Whether it was done in its window, and now lies outside."""
        return self.now.standing.is_outside and not self.was.standing.is_outside


def refit(uow: Unit, plan: Plan) -> list[Fit]:
    """Bring the items of a plan to how they stand by what it makes now.

    The case's referrals and courses must be held.
    """
    uow.items.items_to_change([one.id for one in uow.items.of_plans([plan.id])])
    found = fits_of(uow, plan)
    for event in (FITTED, CLOSED, BACK):
        pairs = [(one.now, one.was) for one in found if one.event == event]
        uow.items.keep_all(pairs, event=event, at=uow.now)
    replan_items(uow, [one.now for one in found])
    if found:
        codes = {"items": str(len(found))}
        uow.audit(plan.workspace_id, "plan fitted", plan.id, codes)
    return found


def fits_of(reading: Reading, plan: Plan, rows: PlannedRows | None = None) -> list[Fit]:
    """Return the items that stand otherwise by what a plan makes; nothing is kept.

    The plan may be one that is not kept (another Day 0, another protocol).
    """
    rows = rows or planned_rows(reading, [plan])[plan.id]
    there = reading.items.of_plans([plan.id])
    center = centers_of(reading, [plan])[plan.id]
    fitting = _Fitting(
        rows=rows,
        windows=_windows(rows, there),
        changes=reading.items.last_changes([one.id for one in there]),
        today=local_day(center, reading.now),
    )
    fits = (fitting.fit(one) for one in there)
    return [
        replace(
            one,
            now=replace(
                one.now,
                changed_at=reading.now,
                changed_by=None,
                generation=one.was.generation + 1,
            ),
        )
        for one in fits
        if one is not None
    ]


def grouped(fits: Sequence[Fit]) -> dict[str, list[Fit]]:
    """Return which items moved, are open again, are missed, lie outside, or leave."""
    return {
        "moved": [one for one in fits if one.is_moved],
        "open again": [one for one in fits if one.is_open_again],
        "missed": [one for one in fits if one.is_missed_now],
        "outside": [one for one in fits if one.is_outside],
        "left": [one for one in fits if one.event == CLOSED],
    }


def counted(fits: Sequence[Fit]) -> dict[str, int]:
    """Return of how many items each of these is so."""
    return {name: len(found) for name, found in grouped(fits).items()}


def named(fits: Sequence[Fit], names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the names of the items of which each is so; `names` are those of rows."""
    return {
        group: [names.get(one.was.row_id, one.was.row_id) for one in found]
        for group, found in grouped(fits).items()
    }


@dataclass(frozen=True)
class _Fitting:
    rows: PlannedRows
    windows: Mapping[tuple[str, int], Window]
    changes: Mapping[str, Change]
    today: date

    def fit(self, item: Item) -> Fit | None:
        window = self._window(item)
        is_made = window is not None and self._runs(item.row_id)
        if not is_made and item.state in WAITING:
            return Fit(_closed(item, self._why(item.row_id)), item, CLOSED)
        if is_made and self._was_closed(item):
            back = item.as_before(self.changes[item.id])
            return Fit(self._in(back, window or item.window), item, BACK)
        if window is None or window == item.window or self._rests(item):
            return None
        return Fit(self._in(item, window), item, FITTED)

    def _window(self, item: Item) -> Window | None:
        """Return the window that the plan gives an item now; a fixed one stays."""
        if not item.fixed:
            return self.windows.get((item.row_id, item.number))
        row = self.rows.pinned.get(item.row_id)
        is_for_them = row is not None and applies(row, self.rows.plan.basis)
        return item.window if is_for_them else None

    def _rests(self, item: Item) -> bool:
        """Tell whether it has left the plan, to come back as it was when it left.

        It moves when it is back: a change meanwhile would hide that it left.
        """
        last = self.changes.get(item.id)
        left = last is not None and last.event in {CLOSED, ENDED}
        return item.state is State.NOT_NEEDED and left

    def _runs(self, row_id: str) -> bool:
        """Tell whether it goes on; what somebody ended they have settled themselves."""
        if self.rows.plan.ended_at is not None:
            return False
        return self.rows.row(row_id).ended_how in {None, CONFIRMED}

    def _why(self, row_id: str) -> Why:
        relapsed = self.rows.row(row_id).ended_how == RELAPSED
        return Why.ENDED if relapsed else Why.REPLACED

    def _was_closed(self, item: Item) -> bool:
        return self._rests(item) and self.changes[item.id].event == CLOSED

    def _in(self, item: Item, window: Window) -> Item:
        """Return an item in another window; back in one of before, as it was then."""
        standing = rewindowed(item.standing, window, self.today)
        moved = stood(item, standing, today=self.today)
        last = self.changes.get(item.id)
        before = item.as_before(last) if last is not None else None
        if before and (before.window, before.state) == (window, moved.state):
            return replace(moved, missed_on=before.missed_on)
        return moved


def _closed(item: Item, why: Why) -> Item:
    return replace(
        item,
        state=State.NOT_NEEDED,
        why=why,
        hold=None,
        look_again_on=None,
        missed_on=None,
    )


def _windows(rows: PlannedRows, there: Sequence[Item]) -> dict[tuple[str, int], Window]:
    kept: dict[str, int] = {}
    for one in there:
        if not one.fixed:
            kept[one.row_id] = max(kept.get(one.row_id, 0), one.number + 1)
    windows = windows_of(rows.pinned.values(), rows.plan.basis, kept)
    given = {(one.row_id, one.number): one.done_on for one in there if one.done_on}
    return windows | _later_doses(rows, windows, given)


def _later_doses(
    rows: PlannedRows,
    windows: Mapping[tuple[str, int], Window],
    given: Mapping[tuple[str, int], date],
) -> dict[tuple[str, int], Window]:
    """Return the windows of doses that follow one that was given."""
    return {
        (id_, number): dose_after(rows.pinned[id_], window, given[id_, number - 1])
        for (id_, number), window in windows.items()
        if rows.pinned[id_].doses and (id_, number - 1) in given
    }
