"""What every change of an item does: lock, check, move by the rule, keep, plan, tell.

Two people at the same moment hold the same rows one after the other: the first wins,
and the second is told what happened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.actions.courses import check_living
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.actions.handoff_steps import hold_case
from bot.actions.item_clock import replan_items, stood
from bot.actions.item_telling import refresh
from bot.actions.plan_events import CONFIRMED
from bot.actions.plan_holds import follow_responsibility
from bot.actions.refitting import refit
from bot.checks import rows_of
from bot.items import ItemSheet, item_sheets, version_of
from bot.planned_rows import planned_rows
from bot.refusals import BadFields, NoPart, NotForYou, NotThisWay, Overtaken
from bot.sheets import Sheet
from care.item import Event, IllegalMove, NotForThem, State, move
from storage.actors import Person
from storage.errors import NotFound
from storage.item_records import Item
from storage.unit import Reading, Unit

DAY, UNTIL, TEXT, VALUE, REASON, WHO = "day", "until", "text", "value", "reason", "who"
"""Fields in which something can be wrong."""
FARTHEST = timedelta(days=366)

_DID: Mapping[State, str] = {
    State.DONE: "has recorded it as done",
    State.DONE_LATE: "has recorded it as done",
    State.NOT_NEEDED: "has recorded it as not needed",
    State.HELD: "has put it on hold",
}


def hold_plans(uow: Unit, item_ids: Collection[str]) -> None:
    """Hold the cases of items and all that their plans have, in the order of a plan.

    Courses, the case, and then items by their ids: whoever changes more items than
    were named, or a plan with them, holds these first. Raises `NoPart`.
    """
    try:
        items = uow.items.items(item_ids)
    except NotFound as error:
        raise NoPart from error
    for case_id in sorted({one.case_id for one in items}):
        hold_case(uow, case_id)
    there = uow.items.of_plans({one.plan_id for one in items})
    uow.items.items_to_change([one.id for one in there])


def hold_series(uow: Unit, item_ids: Collection[str]) -> None:
    """Hold the plans of doses of a vaccine, since the next one follows the one before.

    Items of other rows need no more than themselves held. Raises `NoPart`.
    """
    try:
        items = uow.items.items(item_ids)
    except NotFound as error:
        raise NoPart from error
    plans = uow.plans.of_cases({one.case_id for one in items})
    rows = rows_of(uow, plans)
    if any(rows[one.plan_id][one.row_id].doses for one in items):
        hold_plans(uow, item_ids)


def follow_series(uow: Unit, there: Sequence[ItemSheet]) -> None:
    """Put the next dose of a vaccine as much later as this one was late, or back."""
    for plan in {one.plan.id: one.plan for one in there if one.row.doses}.values():
        refit(uow, plan)


def items_to_move(
    uow: Unit, by: Person, item_ids: Collection[str], *, seen: int | None = None
) -> list[ItemSheet]:
    """Return items that `by` has a part in, held until the transaction ends.

    `seen` is what `version_of` gave for them when they were shown. Raises `NoPart`,
    or `Overtaken` after a death, or where somebody has changed them since.
    """
    try:
        items = uow.items.items_to_change(item_ids)
    except NotFound as error:
        raise NoPart from error
    found = item_sheets(uow, by, items)
    for one in found:
        check_living(one.sheet)
    if seen is not None and seen != version_of(items):
        newest = max(found, key=lambda one: one.item.changed_at)
        raise Overtaken(changed_meanwhile(uow, newest))
    return found


def moved(
    uow: Unit,
    by: Person,
    about: ItemSheet,
    event: Event,
    *,
    words: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Item:
    """Move an item by the rule, keep it with these changes, and return it.

    `words` are those of the rule. Raises `NotForYou`, or `Overtaken`.
    """
    try:
        standing = move(
            about.item.standing,
            event,
            today=about.today,
            parts=about.sheet.parts_of(by.member),
            role=by.role,
            clinical=about.is_clinical,
            **(words or {}),
        )
    except IllegalMove as error:
        raise Overtaken(changed_meanwhile(uow, about)) from error
    except NotForThem as error:
        raise NotForYou(
            f"That {about.row.name} is not needed is for a clinician to say. If it was"
            " done somewhere else, say that instead."
            if event is Event.WAIVE
            else "Only those who care for this patient now can do that."
        ) from error
    after = stood(about.item, standing, today=about.today)
    return keep(uow, by, about.item, replace(after, **changes), event)


def keep(uow: Unit, by: Person, was: Item, after: Item, event: str) -> Item:
    """Keep an item as somebody changed it, in a new generation, and return it."""
    kept = replace(
        after,
        changed_by=by.clinician_id,
        changed_at=uow.now,
        generation=was.generation + 1,
    )
    uow.items.keep(kept, event=event, was=was, at=uow.now)
    codes = {"event": event, "from": was.state, "to": kept.state}
    uow.audit(kept.workspace_id, "item changed", kept.id, codes)
    return kept


def finish(uow: Unit, changed: Sequence[Item]) -> None:
    """Plan what comes next of items, and bring up to date what was said of them."""
    replan_items(uow, changed)
    refresh(uow, changed)


def changed_meanwhile(reading: Reading, about: ItemSheet) -> str:
    """Return the sentence about an item that somebody was faster with."""
    item = about.item
    by = item.changed_by
    said = "Baton has changed it, with time or with its plan"
    if by:
        did = _DID.get(item.state, "has changed it")
        said = f"{reading.people.clinician(by).name} {did}"
    what = f"{about.row.name} of {about.sheet.case.code}"
    return f"That was not saved: {what} was changed meanwhile. {said}."


def refuse_confirmed(uow: Unit, there: Sequence[ItemSheet]) -> None:
    """Refuse to open again what somebody has ended for good since. `NotThisWay`."""
    rows = planned_rows(uow, [one.plan for one in there])
    for one in there:
        if rows[one.plan.id].row(one.row.id).ended_how == CONFIRMED:
            raise NotThisWay(
                f"{one.row.name} has ended. Let it go on, and this is open again."
            )


def fit_in(uow: Unit, there: Sequence[ItemSheet]) -> None:
    """Bring items that are to do again to what their plans make and where, by now.

    Since they were done, their rows may have left the plan, or their patients gone to
    another site.
    """
    plans = {one.plan.id: one.plan for one in there}
    rows = planned_rows(uow, plans.values())
    for plan in plans.values():
        mine = [one.row.id for one in there if one.plan.id == plan.id]
        if plan.ended_at is not None or any(map(rows[plan.id].has_ended, mine)):
            refit(uow, plan)
    follow_series(uow, there)
    for case_id in {one.case_id for one in plans.values()}:
        follow_responsibility(uow, case_id)


def check_day(about: ItemSheet, day: date) -> None:
    """Refuse a day on which nothing of a plan can have been done."""
    if day > about.today:
        raise BadFields({DAY: "Choose a day that has come."})
    if day < about.plan.day0:
        raise BadFields({DAY: "Choose a day from Day 0 on."})


def check_until(about: ItemSheet, until: date | None) -> date:
    """Return a later day. Raises `BadFields`."""
    if until is None or not about.today < until <= about.today + FARTHEST:
        raise BadFields({UNTIL: "Choose a later day, within a year."})
    return until


def check_texts(uow: Unit, sheet: Sheet, texts: Mapping[str, str]) -> None:
    """Refuse texts in which an identifier of a patient is seen."""
    staff = staff_names(uow.people, sheet.practice.id, sheet.center.id)
    refuse_identifiers(texts, staff)
