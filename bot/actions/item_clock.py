"""Keeps items in step with time: each opens, has a last day, and closes.

Each item has one reminder that waits, for what comes next of it. Whoever was away for
a month catches up in one pass: nothing that should have happened is left out, and what
people have ended is never moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bot.actions.lateness import lateness
from bot.actions.telling import Telling
from bot.checks import centers_of, make_checks
from bot.digests import says_last_day
from bot.sheets import make_sheets
from care.item import Standing, State
from care.item_time import Next, Step, next_step, passed
from care.working_time import first_instant, working_day_up_to
from scheduler.calendars import local_day, working_hours
from storage.actors import Actor
from storage.errors import NotFound
from storage.item_records import Item
from storage.records import Life, Reminder, Site
from storage.reminders import Due, NextDue
from storage.unit import Reading, Unit

KIND = "item"
"""The kind of reminder that keeps an item in step with time."""
LAST_DAY = "last day"
"""The view that tells of the last day: one a patient, a doer and a day."""
MORNING = time(8)
"""When the last day is told, at the site of the check."""


def replan_items(uow: Unit, items: Sequence[Item]) -> None:
    """Plan the one next reminder of each item; older generations are cancelled.

    In a few queries for all of them, and as often as one likes: what waits already
    stays as it is. What is over, or was missed, has none.
    """
    _plan(uow, items, _calendars(uow, items))


def stood(item: Item, now: Standing, *, today: date) -> Item:
    """Return an item as it stands after a move, with the day on which it was missed."""
    moved = item.stands(now)
    match moved.state:
        case State.MISSED:
            # What was done late and is opened again has been missed anew.
            since = item.missed_on if item.state is State.MISSED else None
            return replace(moved, missed_on=since or today)
        case State.DONE_LATE:
            return moved
        case _:
            return replace(moved, missed_on=None)


def keep_item(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Do with an item what its time has come for, and plan what comes next.

    Nothing is done while the patient is in hospice or has died.
    """
    try:
        item = uow.items.items_to_change([reminder.subject])[0]
    except NotFound:
        return "gone"
    if item.generation != reminder.generation:
        return "overtaken"
    if uow.cases.case(item.case_id).life is not Life.LIVING:
        return "not needed"
    calendars = _calendars(uow, [item])
    item, events = _brought_up_to(uow, item, calendars[item.id].today)
    told = reminder.step.startswith(Step.LAST_DAY)
    if told and item.state in {State.UPCOMING, State.OPEN}:
        _tell_of_last_day(uow, item, calendars[item.id], reminder)
        events.append(LAST_DAY)
    _plan(uow, [item], calendars, told=told, in_hand=reminder.id)
    if not events:
        return "nothing yet"
    codes = {"events": ", ".join(events), "state": item.state, "by": str(by)}
    uow.audit(item.workspace_id, "item kept", item.id, codes)
    return events[-1]


def last_day_is_on(reading: Reading, items: Sequence[Item], day: date) -> list[Item]:
    """Return those of some items that are to do and have their last morning on a day.

    The day is a date at the site of each.
    """
    calendars = _calendars(reading, items)
    waiting = (one for one in items if one.state in {State.UPCOMING, State.OPEN})
    return [one for one in waiting if calendars[one.id].last_morning(one) == day]


@dataclass(frozen=True)
class _Calendar:
    """The two calendars of an item: dates count at the center, work at the site."""

    center: Site
    site: Site
    now: datetime

    @property
    def today(self) -> date:
        return local_day(self.center, self.now)

    def last_morning(self, item: Item) -> date:
        day = item.standing.ends_on
        return working_day_up_to(day, working_hours(self.site, around=day))

    def next(self, item: Item, *, told: bool) -> Next | None:
        return next_step(
            item.standing,
            last_morning=self.last_morning(item),
            today=local_day(self.site, self.now),
            told=told,
        )

    def instant(self, planned: Next) -> datetime:
        if planned.step is Step.LAST_DAY:
            return first_instant(planned.day, MORNING, self.site.zone)
        return first_instant(planned.day, time(), self.center.zone)


def _plan(
    uow: Unit,
    items: Sequence[Item],
    calendars: Mapping[str, _Calendar],
    *,
    told: bool = False,
    in_hand: str = "",
) -> None:
    by_workspace: dict[str, list[NextDue]] = {}
    for one in items:
        calendar = calendars[one.id]
        planned = calendar.next(one, told=told)
        due = _due(planned, calendar) if planned else None
        new = NextDue(one.id, one.generation, due)
        by_workspace.setdefault(one.workspace_id, []).append(new)
    for workspace_id, new_ones in by_workspace.items():
        uow.reminders.plan_next(workspace_id, new_ones, at=uow.now, in_hand=in_hand)


def _due(planned: Next, calendar: _Calendar) -> Due:
    step = f"{planned.step} {planned.day}"
    return Due(KIND, step, calendar.instant(planned))


def _brought_up_to(uow: Unit, item: Item, today: date) -> tuple[Item, list[str]]:
    """Move an item by time, and keep each of its moves."""
    events: list[str] = []
    for event, standing in passed(item.standing, today):
        was, moved = item, stood(item, standing, today=today)
        item = replace(moved, changed_at=uow.now, changed_by=None)
        uow.items.keep(item, event=event, was=was, at=uow.now)
        events.append(event)
    return item, events


def _tell_of_last_day(
    uow: Unit, item: Item, calendar: _Calendar, reminder: Reminder
) -> None:
    """Tell the doer; what else of the patient has its last day is in that message.

    Where their morning list says it, they are not told of it once more.
    """
    check = make_checks(uow, [item])[0]
    if check.doer is not None and says_last_day(uow, check.doer, item.id):
        return
    referral = uow.cases.referral(check.plan.referral_id)
    sheet = make_sheets(uow, [referral])[0]
    day = calendar.last_morning(item)
    payload = {"day": day.isoformat(), "item": item.id} | lateness(uow, reminder)
    told = Telling(uow, sheet, f"{item.case_id}/{day}", payload)
    told.tell([check.doer], LAST_DAY)


def _calendars(reading: Reading, items: Sequence[Item]) -> dict[str, _Calendar]:
    """Return the calendars of some items by their ids, in a few queries."""
    wanted = {one.plan_id for one in items}
    kept = reading.plans.of_cases({one.case_id for one in items})
    centers = centers_of(reading, [one for one in kept if one.id in wanted])
    sites = {one: reading.people.site(one) for one in {i.site_id for i in items}}
    return {
        one.id: _Calendar(centers[one.plan_id], sites[one.site_id], reading.now)
        for one in items
    }
