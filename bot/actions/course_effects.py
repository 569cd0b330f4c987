"""What follows from a milestone beyond its course: death, hospice, a new therapy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import concern
from bot.actions.bridging import follow_bridging
from bot.actions.clocks import replan
from bot.actions.courses import new_course, plan_anew
from bot.actions.digesting import renew_digests_of
from bot.actions.plan_life import follow_plan
from bot.actions.planning_again import plan_again
from bot.actions.tasks import plan_task
from bot.actions.telling import Telling
from bot.sheets import Sheet, make_sheets
from care.journey import CourseKind, Party, Phase
from care.milestone import Step
from care.people import Role
from care.working_time import add_working_days
from scheduler.calendars import working_hours
from storage.actors import Person
from storage.courses import Course, Recorded, Task
from storage.records import Life, Referral
from storage.unit import Unit

REGISTRY_REPORT = "registry report"
"""The one task that a death leaves."""
REPORT_DAYS = 5
"""Working days of the center after which the registry report is brought up."""

LIVES = frozenset({Step.DEATH, Step.HOSPICE})
"""Steps after which checks help no more, so that nothing is asked."""


def follow(
    uow: Unit,
    by: Person,
    sheet: Sheet,
    new: Recorded | None,
    *,
    instead_of: Recorded | None = None,
    therapy: CourseKind | None = None,
) -> None:
    """Do what a milestone, or its correction, means for the whole case."""
    steps = {one.milestone.step for one in (new, instead_of) if one is not None}
    if steps & LIVES:
        _change_life(uow, by, sheet, _life_said(uow, sheet), instead_of)
    if Step.NEW_THERAPY in steps:
        if instead_of is not None:
            _take_back_therapy(uow, sheet, instead_of)
        if new is not None and therapy is not None:
            _begin_therapy(uow, sheet, new, therapy)
    recorded = new or instead_of
    if Step.BRIDGING in steps and recorded is not None:
        follow_bridging(uow, by, sheet, recorded.course_id)
    if recorded is not None:
        follow_plan(uow, sheet, recorded.course_id, steps, by=by.clinician_id)


def _life_said(uow: Unit, sheet: Sheet) -> Life:
    """Return what the milestones of every course say, as they stand now."""
    standing = uow.courses.milestones([one.id for one in sheet.courses])
    steps = {one.milestone.step for one in standing}
    if Step.DEATH in steps:
        return Life.DIED
    return Life.HOSPICE if Step.HOSPICE in steps else Life.LIVING


def _change_life(
    uow: Unit, by: Person, sheet: Sheet, life: Life, instead_of: Recorded | None
) -> None:
    if life is sheet.case.life:
        return
    uow.cases.change_life(sheet.case.id, life)
    uow.audit(sheet.case.workspace_id, f"patient {life}", sheet.case.id)
    referrals = uow.cases.referrals_of(sheet.case.id)
    if life is Life.DIED:
        subjects = [one.id for one in referrals]
        uow.notices.skip_pending(subjects, reason="the patient has died")
    for referral in referrals:
        changed = replace(referral, generation=referral.generation + 1)
        uow.cases.keep_referral(changed)
        replan(uow, changed)
    for course in uow.courses.of_cases([sheet.case.id]):
        plan_anew(uow, course)
    _change_concerns(uow, sheet, life, instead_of)
    plan_again(uow, sheet, life)
    renew_digests_of(uow, sheet.case.id, occasion=uow.new_id())
    _change_cards(uow, sheet, referrals)
    _change_tasks(uow, by, sheet, life)


def _change_concerns(
    uow: Unit, sheet: Sheet, life: Life, instead_of: Recorded | None
) -> None:
    """End what a death ends at once; go on with what one ended that was none."""
    there = uow.concerns.open_of(sheet.case.id)
    if life is Life.DIED:
        if there is not None:
            concern.end_by_death(uow, uow.concerns.concern_to_move(there.id))
    elif there is None and instead_of is not None:
        # It was ended in the moment in which the death was recorded.
        ended = uow.concerns.ended_at(sheet.case.id, instead_of.recorded_at)
        if ended is not None:
            concern.go_on_after_all(uow, uow.concerns.concern_to_move(ended.id))


def _change_cards(uow: Unit, sheet: Sheet, referrals: Sequence[Referral]) -> None:
    """Bring the cards of the case's other threads up to date."""
    others = [one for one in referrals if one.id != sheet.referral.id]
    for one in make_sheets(uow, others):
        telling = Telling(uow, one, uow.new_id())
        telling.change_card()
        telling.refresh()


def _change_tasks(uow: Unit, by: Person, sheet: Sheet, life: Life) -> None:
    """Leave the one task after a death; take it back where there was none."""
    for task in uow.courses.tasks(case_ids=[sheet.case.id]):
        uow.courses.keep_task(replace(task, dropped_at=uow.now))
        uow.reminders.cancel(task.id, before=task.generation + 1)
    if life is Life.DIED:
        _add_report(uow, by, sheet)


def _add_report(uow: Unit, by: Person, sheet: Sheet) -> None:
    doers = uow.people.staff(sheet.center.id, Role.COORDINATOR, Role.LEAD)
    hours = working_hours(sheet.center, around=uow.now.date())
    due_at = add_working_days(uow.now, REPORT_DAYS, hours)
    new = Task(
        id=uow.new_id(),
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        referral_id=sheet.referral.id,
        kind=REGISTRY_REPORT,
        doer_id=doers[0].id if doers else by.clinician_id,
        due_at=due_at,
        generation=1,
        made_at=uow.now,
    )
    uow.courses.add_task(new)
    plan_task(uow, new, due_at)


def _begin_therapy(uow: Unit, sheet: Sheet, new: Recorded, kind: CourseKind) -> None:
    """Begin the course of another therapy; it takes the place of the one before."""
    for course in uow.courses.of_cases([sheet.case.id]):
        if course.phase is Phase.THERAPY:
            _end_therapy(uow, course)
    begun = new_course(uow, sheet, kind)
    started = replace(
        begun, phase=Phase.THERAPY, day0=new.milestone.day, waits_on=Party.PRACTICE
    )
    uow.courses.add(started)
    codes = {"kind": kind, "case": sheet.case.id}
    uow.audit(begun.workspace_id, "course begun", begun.id, codes)


def _take_back_therapy(uow: Unit, sheet: Sheet, old: Recorded) -> None:
    """End the course that a milestone began, and go on with the one before it.

    Both were written in the moment in which the milestone was recorded.
    """
    others = [
        one
        for one in uow.courses.of_cases([sheet.case.id])
        if one.kind is not CourseKind.CAR_T
    ]
    for course in others:
        if course.started_at == old.recorded_at and course.ended_at is None:
            _end_therapy(uow, course)
        elif course.ended_at == old.recorded_at:
            _go_on_with(uow, course)


def _end_therapy(uow: Unit, course: Course) -> None:
    ended = replace(
        course,
        phase=Phase.ENDED,
        ended_at=uow.now,
        waits_on=Party.NOBODY,
        generation=course.generation + 1,
    )
    uow.courses.keep(ended)
    uow.audit(course.workspace_id, "course ended", course.id, {"kind": course.kind})


def _go_on_with(uow: Unit, course: Course) -> None:
    again = replace(
        course,
        phase=Phase.THERAPY,
        ended_at=None,
        waits_on=Party.PRACTICE,
        generation=course.generation + 1,
    )
    uow.courses.keep(again)
    uow.audit(course.workspace_id, "course goes on", course.id, {"kind": course.kind})
