"""While a patient is in hospital nobody is reminded of their checks.

What comes near waits, and is looked at again once a week for as long as the stay is
recorded. A discharge may be forgotten: so the center is asked once a week whether the
patient has left, and nobody's checks wait in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.actions.item_clock import keep_item, replan_items
from bot.actions.plan_events import HELD, STILL, TAKEN_UP
from bot.actions.plan_holds import Holding, hold_items, take_up_items
from bot.actions.planning import plan_to_change
from bot.actions.tasks import next_asked, plan_task
from bot.planned_rows import PlannedRows, planned_rows
from bot.plans import IN_HOSPITAL
from bot.sheets import Sheet, make_sheets
from care.course import stand
from care.item import WAITING, State
from care.knowledge.protocol import Hold, Topic
from care.people import Role
from scheduler.calendars import local_day
from storage.actors import Actor
from storage.courses import Task, milestones_of
from storage.errors import NotFound
from storage.item_records import Item
from storage.records import Life, Reminder
from storage.unit import Reading, Unit

LOOK_AGAIN_IN = timedelta(days=7)
"""After how long what waits for the end of a stay is looked at again."""
AHEAD = timedelta(days=14)
"""How far ahead checks wait: past the days of which the next week's lists tell."""


def keep_in_step(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Do with an item what its time has come for; in hospital it waits on."""
    try:
        item = uow.items.item(reminder.subject)
    except NotFound:
        return "gone"
    if item.generation == reminder.generation and _waits_on(uow, item):
        # A discharge may be recorded just now, and must not be held again after it.
        plan, _ = plan_to_change(uow, item.plan_id)
        if not _waits_on(uow, uow.items.item(item.id)):
            return keep_item(uow=uow, by=by, reminder=reminder)
        sheet = make_sheets(uow, [uow.cases.referral(plan.referral_id)])[0]
        _hold(uow, sheet, {State.UPCOMING})
        return "still in hospital"
    return keep_item(uow=uow, by=by, reminder=reminder)


def follow_hospital(uow: Unit, sheet: Sheet, *, in_hospital: bool) -> None:
    """Let checks wait while the patient is in hospital, and go on afterwards."""
    if in_hospital:
        _hold(uow, sheet, WAITING - {State.HELD})
        return
    today = local_day(sheet.center, uow.now)
    admitted = [one for one in _visits(uow, sheet) if one.hold is Hold.ADMITTED]
    take_up_items(uow, admitted, TAKEN_UP, today=today)
    _drop_task(uow, sheet)


def _hold(uow: Unit, sheet: Sheet, states: Collection[State]) -> None:
    """Let wait for a week what comes near, and what waits for the stay already.

    What somebody took up during the stay, they do: only `states` wait anew. Where
    nothing comes near it is what comes next, so that somebody looks again.
    """
    today = local_day(sheet.center, uow.now)
    until = today + LOOK_AGAIN_IN
    there = _visits(uow, sheet)
    _wait_on(uow, [one for one in there if _is_up(one, today)], until)
    ahead = [one for one in there if one.state in states]
    first = min((one.window.earliest for one in ahead), default=today)
    held = any(one.hold is Hold.ADMITTED for one in there)
    reach = today + AHEAD if held else max(today + AHEAD, first)
    near = [one for one in ahead if one.window.earliest <= reach]
    hold_items(uow, near, Holding(Hold.ADMITTED, until, HELD), today=today)
    _ask_the_center(uow, sheet)


def _waits_on(uow: Unit, item: Item) -> bool:
    is_up = item.hold is Hold.ADMITTED or item.state is State.UPCOMING
    if not is_up or not is_in_hospital(uow, item.case_id):
        return False
    rows = planned_rows(uow, [uow.plans.plan(item.plan_id)])
    lives = uow.cases.case(item.case_id).life is Life.LIVING
    return lives and _is_of_a_visit(rows, item)


def is_in_hospital(reading: Reading, case_id: str) -> bool:
    """Tell whether an admission is recorded that no discharge has ended."""
    courses = reading.courses.of_cases([case_id])
    journeys = (
        stand(milestones_of(reading.courses.milestones([one.id]))) for one in courses
    )
    return any(one.in_hospital for one in journeys)


def _visits(uow: Unit, sheet: Sheet) -> list[Item]:
    """Return what waits of a patient's running plans, and for which they come."""
    plans = [one for one in uow.plans.of_cases([sheet.case.id]) if not one.ended_at]
    rows = planned_rows(uow, plans)
    there = uow.items.of_cases([sheet.case.id], WAITING)
    return [one for one in there if one.plan_id in rows and _is_of_a_visit(rows, one)]


def _is_of_a_visit(rows: Mapping[str, PlannedRows], one: Item) -> bool:
    """Tell whether the patient comes for it; a report is written without them."""
    row = rows[one.plan_id].pinned.get(one.row_id)
    return row is not None and row.topic is not Topic.REGISTRY


def _is_up(one: Item, today: date) -> bool:
    again = one.look_again_on
    return one.hold is Hold.ADMITTED and again is not None and again <= today


def _wait_on(uow: Unit, held: Sequence[Item], until: date) -> None:
    there = uow.items.items_to_change([one.id for one in held])
    pairs = [
        (
            replace(
                one,
                look_again_on=until,
                changed_at=uow.now,
                changed_by=None,
                generation=one.generation + 1,
            ),
            one,
        )
        for one in there
        if one.state is State.HELD
    ]
    if not pairs:
        return
    uow.items.keep_all(pairs, event=STILL, at=uow.now)
    replan_items(uow, [now for now, _ in pairs])
    first = pairs[0][0]
    codes = {"event": STILL, "items": str(len(pairs))}
    uow.audit(first.workspace_id, "items changed", first.plan_id, codes)


def _ask_the_center(uow: Unit, sheet: Sheet) -> None:
    """Let the center be asked each week whether the patient has left, once a stay."""
    if _task(uow, sheet) is not None:
        return
    doers = uow.people.staff(sheet.center.id, Role.COORDINATOR, Role.LEAD)
    if not doers:
        return
    asked = next_asked(uow.now)
    new = Task(
        id=uow.new_id(),
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        referral_id=sheet.referral.id,
        kind=IN_HOSPITAL,
        doer_id=doers[0].id,
        due_at=asked,
        generation=1,
        made_at=uow.now,
    )
    uow.courses.add_task(new)
    plan_task(uow, new, asked)
    uow.audit(new.workspace_id, "task made", new.id, {"kind": IN_HOSPITAL})


def _drop_task(uow: Unit, sheet: Sheet) -> None:
    found = _task(uow, sheet)
    if found is None:
        return
    task = uow.courses.task_to_change(found.id)
    uow.courses.keep_task(replace(task, dropped_at=uow.now))
    uow.reminders.cancel(task.id, before=task.generation + 1)
    uow.audit(task.workspace_id, "task dropped", task.id, {"kind": IN_HOSPITAL})


def _task(uow: Unit, sheet: Sheet) -> Task | None:
    found = uow.courses.tasks(case_ids=[sheet.case.id])
    return next((one for one in found if one.kind == IN_HOSPITAL), None)
