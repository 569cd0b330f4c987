"""The plan after CAR T: it comes into being with the infusion, and grows with time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.actions.courses import sheet_for_course
from bot.actions.item_clock import replan_items
from bot.actions.plan_holds import find_again, hold_at_practice, lost_task
from bot.actions.plan_places import Places, places_of
from bot.center_protocol import the_protocol
from bot.planned_rows import PlannedRows, planned_rows
from bot.sheets import Sheet
from care.growth import to_keep
from care.item import WAITING, Standing, State, by_window
from care.milestone import Product
from care.plan import KEPT_AHEAD, Occurrence
from scheduler.calendars import local_day
from storage.actors import Actor
from storage.courses import Course
from storage.errors import NotFound
from storage.item_records import Item, item_id
from storage.plans import Plan
from storage.records import Life, Reminder, Site
from storage.reminders import Due
from storage.unit import Unit

KIND = "plan"
"""The kind of reminder by which a plan grows, once a month."""
EVERY = timedelta(days=30)


def make_plan(
    uow: Unit, sheet: Sheet, course: Course, *, product: Product, day0: date
) -> Plan:
    """Make the plan of a course and its first items; the course must be held.

    It is pinned to the center's protocol as it stands now.
    """
    new = Plan(
        id=uow.new_id(),
        workspace_id=course.workspace_id,
        case_id=course.case_id,
        course_id=course.id,
        referral_id=course.referral_id,
        protocol_id=the_protocol(uow, sheet.center).id,
        product=product,
        day0=day0,
        conditions=frozenset(),
        confirmed_by=None,
        confirmed_at=None,
        made_at=uow.now,
        kept_to=max(day0, local_day(sheet.center, uow.now)),
        ended_at=None,
        ended_why=None,
        generation=1,
    )
    uow.plans.add(new)
    codes = {"course": course.id, "protocol": new.protocol_id}
    uow.audit(new.workspace_id, "plan made", new.id, codes)
    plan_next_month(uow, sheet.center, new)
    return new


def grow(uow: Unit, plan: Plan) -> list[Item]:
    """Keep the items that a plan makes by now and has not yet; return these.

    It may be called at any time and as often as one likes. The case's referrals and
    courses must be held, so that nobody grows it at the same moment.
    """
    if plan.ended_at is not None:
        return []
    sheet = sheet_for_course(uow, uow.courses.course(plan.course_id))
    today = local_day(sheet.center, uow.now)
    rows = planned_rows(uow, [plan])[plan.id]
    wanted = [
        one
        for one in to_keep(
            rows.scheduled, plan.basis, today=today, kept_to=plan.kept_to
        )
        if _was_signed(rows, one, sheet.center)
    ]
    places = places_of(uow, sheet)
    fresh = uow.items.add([_item(uow, rows, places, one, today) for one in wanted])
    kept_to = today + KEPT_AHEAD
    if fresh or kept_to > plan.kept_to:
        uow.plans.keep(replace(plan, kept_to=max(kept_to, plan.kept_to)))
        codes = {"items": str(len(fresh))}
        uow.audit(plan.workspace_id, "plan grown", plan.id, codes)
    replan_items(uow, fresh)
    return fresh


def _was_signed(rows: PlannedRows, one: Occurrence, center: Site) -> bool:
    """Tell whether a row was signed while its window was not over."""
    signed_on = local_day(center, rows.signatures[one.row.id].signed_at)
    return signed_on <= one.window.latest


def keep_plan(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Let a plan grow by what has come within reach, and look again in a month."""
    try:
        plan, center = plan_to_change(uow, reminder.subject)
    except NotFound:
        return "gone"
    if reminder.generation < plan.generation:
        return "overtaken"
    if plan.ended_at is not None:
        return "nothing more"
    if uow.cases.case(plan.case_id).life is not Life.LIVING:
        return "not needed"
    plan = replace(plan, generation=reminder.generation)
    uow.plans.keep(plan)
    fresh = grow(uow, plan)
    if lost_task(uow, plan.case_id) is not None:
        hold_at_practice(uow, sheet_for_course(uow, uow.courses.course(plan.course_id)))
    plan_next_month(uow, center, plan)
    codes = {"by": str(by), "items": str(len(fresh))}
    uow.audit(plan.workspace_id, "plan looked at", plan.id, codes)
    return "grown" if fresh else "nothing new"


def plan_to_change(uow: Unit, plan_id: str) -> tuple[Plan, Site]:
    """Return a plan and its center; its case is held until the transaction ends.

    Raises `NotFound`.
    """
    found = uow.plans.plan(plan_id)
    uow.cases.hold_referrals(found.case_id)
    course = uow.courses.course_to_change(found.course_id)
    center = sheet_for_course(uow, course).center
    return uow.plans.plan(plan_id), center


def plan_next_month(uow: Unit, center: Site, plan: Plan) -> None:
    """Plan when the plan is looked at again, at the center's midnight."""
    day = local_day(center, uow.now) + EVERY
    due_at = datetime.combine(day, time(), ZoneInfo(center.zone))
    due = Due(KIND, f"grow {day}", due_at)
    uow.reminders.plan(plan.workspace_id, plan.id, plan.generation, [due])


def plan_anew(uow: Unit, plan: Plan) -> Plan:
    """Begin a new generation of a plan's look, and let it grow now."""
    center = sheet_for_course(uow, uow.courses.course(plan.course_id)).center
    changed = replace(plan, generation=plan.generation + 1)
    uow.plans.keep(changed)
    grow(uow, changed)
    plan_next_month(uow, center, changed)
    return changed


def resume_plans(uow: Unit, case_id: str) -> None:
    """Plan all again of a case of which nothing was asked for a while.

    What came due meanwhile was settled without a word: each item begins anew. What
    waited for a lost patient goes on, if nobody is asked after them any more.
    """
    for plan in uow.plans.of_cases([case_id]):
        if plan.ended_at is None:
            plan_anew(uow, plan)
    waiting = [one.id for one in uow.items.of_cases([case_id], WAITING)]
    uow.items.raise_generations([one.id for one in uow.items.items_to_change(waiting)])
    replan_items(uow, uow.items.items(waiting))
    plans = uow.plans.of_cases([case_id])
    if plans and lost_task(uow, case_id) is None:
        find_again(uow, sheet_for_course(uow, uow.courses.course(plans[-1].course_id)))


def _item(
    uow: Unit, rows: PlannedRows, places: Places, one: Occurrence, today: date
) -> Item:
    plan, row = rows.plan, one.row
    site_id = places.site_of(row.seat)
    state = by_window(Standing(one.window), today)
    return Item(
        id=item_id(plan.id, row.id, one.number),
        workspace_id=plan.workspace_id,
        case_id=plan.case_id,
        plan_id=plan.id,
        row_id=row.id,
        number=one.number,
        site_id=site_id,
        doer_id=places.doer_at(site_id, rows.kept.get(row.id)),
        window=one.window,
        state=state,
        missed_on=today if state is State.MISSED else None,
        changed_at=uow.now,
        generation=1,
    )
