"""Lets many items of a plan wait for one reason, and go on when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.actions.item_clock import replan_items, stood
from bot.actions.plan_events import AROUND, FOUND
from bot.actions.plan_places import move_items, places_of
from bot.plans import AWAY, LOST
from bot.sheets import Sheet, make_sheets
from care.item import WAITING, Event, State, move
from care.knowledge.protocol import Hold
from care.people import Part
from scheduler.calendars import local_day
from storage.courses import Task
from storage.item_records import Item
from storage.unit import Unit

WAITS_FOR = timedelta(days=365)
"""After how long the checks of a lost patient come up, should nobody find them."""


@dataclass(frozen=True)
class Holding:
    """Why items wait, until when they are looked at again, and how that is kept."""

    hold: Hold
    until: date
    event: str
    note: str | None = None


def hold_items(
    uow: Unit, items: Sequence[Item], holding: Holding, *, today: date
) -> None:
    """Let items wait that are to do; what waits already waits for its own reason."""
    there = uow.items.items_to_change([one.id for one in items])
    pairs = [
        (
            replace(
                stood(
                    one,
                    move(
                        one.standing,
                        Event.HOLD,
                        today=today,
                        parts={Part.BATON},
                        until=holding.until,
                        hold=holding.hold,
                    ),
                    today=today,
                ),
                note=holding.note or one.note,
            ),
            one,
        )
        for one in there
        if one.state in {State.UPCOMING, State.OPEN, State.MISSED}
    ]
    _keep(uow, pairs, holding.event)


def take_up_items(uow: Unit, items: Sequence[Item], event: str, *, today: date) -> None:
    """Let items go on that waited."""
    there = uow.items.items_to_change([one.id for one in items])
    pairs = [
        (
            stood(
                one,
                move(one.standing, Event.TAKE_UP, today=today, parts={Part.BATON}),
                today=today,
            ),
            one,
        )
        for one in there
        if one.state is State.HELD
    ]
    _keep(uow, pairs, event)


def lost_task(uow: Unit, case_id: str) -> Task | None:
    """Return the open task by which a patient who is away is asked after, if any."""
    found = [one for one in uow.courses.tasks(case_ids=[case_id]) if one.kind in AWAY]
    return found[0] if found else None


def hold_at_practice(uow: Unit, sheet: Sheet, *, note: str | None = None) -> None:
    """Let what the practice has to do wait, since the patient does not come there."""
    today = local_day(sheet.center, uow.now)
    holding = Holding(Hold.OTHER, today + WAITS_FOR, LOST, note)
    hold_items(uow, _at_practice(uow, sheet), holding, today=today)


def find_again(uow: Unit, sheet: Sheet) -> None:
    """Let the checks go on that waited for a lost patient, wherever they are now.

    Meanwhile a window may have moved, or a check to another site: it waits still.
    """
    held = uow.items.of_cases([sheet.case.id], {State.HELD})
    _go_on(uow, sheet, held)


def welcome_back(uow: Unit, case_id: str) -> None:
    """Let nobody look any more for a patient whom a practice has taken, nor wait.

    The case's courses must be held.
    """
    lost = lost_task(uow, case_id)
    if lost is None:
        return
    task = uow.courses.task_to_change(lost.id)
    if task.done_at is None and task.dropped_at is None:
        uow.courses.keep_task(replace(task, dropped_at=uow.now))
        uow.reminders.cancel(task.id, before=task.generation + 1)
        uow.audit(task.workspace_id, "task dropped", task.id, {"kind": task.kind})
    find_again(uow, make_sheets(uow, [uow.cases.referral(task.referral_id)])[0])


def follow_responsibility(uow: Unit, case_id: str) -> None:
    """Bring a case's items to where they are done now, those that wait too.

    What waited because the patient came no more to a site goes on at the next one.
    The case's courses must be held.
    """
    moved = move_items(uow, case_id)
    held = [one for one in moved if one.state is State.HELD]
    if held:
        plan = uow.plans.plan(held[0].plan_id)
        sheet = make_sheets(uow, [uow.cases.referral(plan.referral_id)])[0]
        _go_on(uow, sheet, held)


def _go_on(uow: Unit, sheet: Sheet, held: Sequence[Item]) -> None:
    last = uow.items.last_changes([one.id for one in held], besides=AROUND)
    there = [one for one in held if one.id in last and last[one.id].event == LOST]
    take_up_items(uow, there, FOUND, today=local_day(sheet.center, uow.now))


def _at_practice(uow: Unit, sheet: Sheet) -> list[Item]:
    practice_id = places_of(uow, sheet).practice_id
    there = uow.items.of_cases([sheet.case.id], WAITING)
    return [one for one in there if one.site_id == practice_id]


def _keep(uow: Unit, pairs: Sequence[tuple[Item, Item]], event: str) -> None:
    if not pairs:
        return
    changed = [
        (
            replace(
                now,
                changed_at=uow.now,
                changed_by=None,
                generation=now.generation + 1,
            ),
            was,
        )
        for now, was in pairs
    ]
    uow.items.keep_all(changed, event=event, at=uow.now)
    replan_items(uow, [now for now, _ in changed])
    first = changed[0][0]
    codes = {"event": event, "items": str(len(changed))}
    uow.audit(first.workspace_id, "items changed", first.plan_id, codes)
