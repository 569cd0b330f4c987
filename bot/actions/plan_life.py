"""What the journey means for the plans of a case: Day 0, relapse, hospital, a second.

A plan is made to agree with the milestones that stand, whatever was recorded or
corrected, and in whatever order: so it never matters which of them was the last.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.actions.conditions import ask_for_conditions
from bot.actions.hospital import follow_hospital, is_in_hospital
from bot.actions.plan_events import (
    BY_ITSELF,
    LEFT_OUT,
    RELAPSED,
    SECOND,
)
from bot.actions.plan_holds import (
    follow_responsibility,
)
from bot.actions.planning import make_plan, plan_anew
from bot.actions.refitting import Fit, counted, refit
from bot.actions.telling import Telling
from bot.planned_rows import PlannedRows, planned_rows
from bot.sheets import Sheet
from care.course import Journey, stand
from care.journey import CourseKind
from care.knowledge.protocol import ProtocolRow
from care.milestone import Product, Step
from care.plan import applies
from storage.courses import Course, milestones_of
from storage.plans import Plan, PlanRow
from storage.unit import Unit

NO_INFUSION = "no infusion"
"""Why a plan ended whose infusion was taken back."""

LINE = "plan line"
"""The line in the thread that says how a plan has changed."""

REPLANS = frozenset({Step.INFUSION, Step.RELAPSE, Step.NEW_THERAPY})
HOSPITAL = frozenset({Step.ADMISSION, Step.LEFT_HOSPITAL})


def follow_plan(
    uow: Unit, sheet: Sheet, course_id: str, steps: Collection[Step], *, by: str
) -> None:
    """Do what recorded steps of a course, or their correction, mean for its plans.

    The case's referrals and courses must be held.
    """
    course = uow.courses.course(course_id)
    if course.kind is not CourseKind.CAR_T:
        return
    if REPLANS & set(steps):
        fits = _agree(uow, sheet, course, _journey(uow, course))
        if Step.INFUSION in steps:
            tell_of_fits(uow, sheet, fits, by=by)
    if HOSPITAL & set(steps):
        follow_hospital(uow, sheet, in_hospital=is_in_hospital(uow, course.case_id))


def _journey(uow: Unit, course: Course) -> Journey:
    return stand(milestones_of(uow.courses.milestones([course.id])))


def _agree(uow: Unit, sheet: Sheet, course: Course, journey: Journey) -> list[Fit]:
    """Make a course's plan, count it anew, or end it; return what stands otherwise."""
    plan = uow.plans.of_course(course.id)
    day0, product = journey.day0, journey.product
    if day0 is None or product is None:
        if plan is not None and plan.ended_at is None:
            _end(uow, plan, NO_INFUSION)
        return settle_plans(uow, course.case_id)
    if plan is not None:
        _count_anew(uow, plan, product=product, day0=day0)
        return settle_plans(uow, course.case_id)
    new = make_plan(uow, sheet, course, product=product, day0=day0)
    fits = settle_plans(uow, course.case_id)
    ask_for_conditions(uow, sheet, new)
    return fits


def _count_anew(uow: Unit, plan: Plan, *, product: Product, day0: date) -> None:
    """Keep the Day 0 and product that are recorded now; an infusion may be back."""
    back = plan.ended_why == NO_INFUSION
    changed = replace(
        plan,
        day0=day0,
        product=product,
        ended_at=None if back else plan.ended_at,
        ended_why=None if back else plan.ended_why,
    )
    if changed != plan:
        uow.plans.keep(changed)
        uow.audit(plan.workspace_id, "plan counted anew", plan.id)


def settle_plans(uow: Unit, case_id: str) -> list[Fit]:
    """Bring every plan of a case to what is recorded, its items and its next look."""
    plans = uow.plans.of_cases([case_id])
    rows = planned_rows(uow, plans)
    fits: list[Fit] = []
    ends = _ends(uow, plans, rows)
    for one in plans:
        _keep_ends(uow, rows[one.id], ends[one.id])
        fits += refit(uow, one)
        if one.ended_at is None:
            plan_anew(uow, one)
    # What is back in a plan may have been left at a site that does it no more.
    follow_responsibility(uow, case_id)
    return fits


def _ends(
    uow: Unit, plans: Sequence[Plan], rows: Mapping[str, PlannedRows]
) -> dict[str, dict[str, str]]:
    """Return which rows of each plan end by what is recorded, and how.

    Of several infusions the last one counts; what is life-long goes on where it is,
    if it is made there at all.
    """
    running = [one for one in plans if one.ended_at is None]
    go_on: dict[str, _GoesOn] = {}
    found: dict[str, dict[str, str]] = {one.id: {} for one in plans}
    for place, one in enumerate(running):
        is_last = place == len(running) - 1
        relapsed = _has_relapsed(uow, one)
        for row in rows[one.id].pinned.values():
            if row.is_life_long and row.id in go_on and go_on[row.id].instead_of(row):
                found[one.id][row.id] = LEFT_OUT
            elif not row.is_life_long and not is_last:
                found[one.id][row.id] = SECOND
            elif row.until_relapse and relapsed:
                found[one.id][row.id] = RELAPSED
        go_on = _life_long(rows[one.id]) | go_on
    return found


@dataclass(frozen=True)
class _GoesOn:
    """A life-long row of a plan that applies there."""

    row: ProtocolRow
    signed: bool

    def instead_of(self, other: ProtocolRow) -> bool:
        """Tell whether a later plan leaves the same row to it.

        An unsigned one makes nothing: of the same text both are signed at once, but
        of a newer text the later plan's alone.
        """
        return self.signed or self.row == other


def _life_long(rows: PlannedRows) -> dict[str, _GoesOn]:
    return {
        row.id: _GoesOn(row, row.id in rows.signatures)
        for row in rows.pinned.values()
        if row.is_life_long
        and applies(row, rows.plan.basis)
        and not _ended_by_somebody(rows, row.id)
    }


def _has_relapsed(uow: Unit, plan: Plan) -> bool:
    journey = _journey(uow, uow.courses.course(plan.course_id))
    return bool({Step.RELAPSE, Step.NEW_THERAPY} & journey.happened.keys())


def _ended_by_somebody(rows: PlannedRows, row_id: str) -> bool:
    return rows.has_ended(row_id) and rows.row(row_id).ended_how not in BY_ITSELF


def tell_of_fits(uow: Unit, sheet: Sheet, fits: Sequence[Fit], *, by: str) -> None:
    """Tell both sites in the thread how many items stand otherwise, if any do."""
    if fits:
        payload = {"by": by, **{k: str(n) for k, n in counted(fits).items()}}
        Telling(uow, sheet, uow.new_id(), payload).say(LINE)


def _keep_ends(uow: Unit, rows: PlannedRows, ends: Mapping[str, str]) -> None:
    changed: list[PlanRow] = []
    for id_ in rows.pinned:
        row = rows.row(id_)
        if _ended_by_somebody(rows, id_) or row.ended_how == ends.get(id_):
            continue
        how = ends.get(id_)
        changed.append(
            replace(
                row,
                ended_how=how,
                ended_at=uow.now if how else None,
                ended_by=None,
                generation=row.generation + 1,
            )
        )
    if changed:
        uow.plans.keep_rows(changed)
        codes = {"rows": str(len(changed))}
        uow.audit(rows.plan.workspace_id, "rows of plan changed", rows.plan.id, codes)


def _end(uow: Unit, plan: Plan, why: str) -> None:
    ended = replace(
        plan, ended_at=uow.now, ended_why=why, generation=plan.generation + 1
    )
    uow.plans.keep(ended)
    uow.reminders.plan(plan.workspace_id, plan.id, ended.generation, [])
    uow.audit(plan.workspace_id, "plan ended", plan.id, {"why": why})
