"""What follows from a milestone beyond its course: death, hospice, a new therapy."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions.bridging import follow_bridging
from bot.actions.clocks import replan
from bot.actions.course_clock import replan_course
from bot.actions.courses import new_course
from bot.sheets import Sheet, make_sheets
from care.journey import CourseKind, Party, Phase
from care.milestone import Step
from care.people import Role
from care.working_time import add_working_days
from scheduler.calendars import working_hours
from storage.actors import Person
from storage.courses import Recorded, Task
from storage.records import Life
from storage.reminders import Due
from storage.unit import Unit

REGISTRY_REPORT = "registry report"
"""The one task that a death leaves."""
TASK = "task"
"""The kind of reminder that brings up a task."""
REPORT_DAYS = 5
"""Working days of the center after which the registry report is brought up."""

LIVES = {Step.DEATH: Life.DIED, Step.HOSPICE: Life.HOSPICE}


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
    step = (new or instead_of or _nothing()).milestone.step
    if step in LIVES:
        _change_life(uow, by, sheet, LIVES[step] if new else _life_before(uow, sheet))
    if step is Step.BRIDGING:
        follow_bridging(uow, by, sheet, (new or instead_of or _nothing()).course_id)
    if step is Step.NEW_THERAPY and new is not None and therapy is not None:
        _begin_therapy(uow, sheet, new, therapy)


def _nothing() -> Recorded:
    raise ValueError("nothing was recorded and nothing corrected")


def _life_before(uow: Unit, sheet: Sheet) -> Life:
    """Return what the milestones that still stand say."""
    standing = uow.courses.milestones([one.id for one in sheet.courses])
    steps = {one.milestone.step for one in standing}
    if Step.DEATH in steps:
        return Life.DIED
    return Life.HOSPICE if Step.HOSPICE in steps else Life.LIVING


def _change_life(uow: Unit, by: Person, sheet: Sheet, life: Life) -> None:
    if life is sheet.case.life:
        return
    uow.cases.change_life(sheet.case.id, life)
    uow.audit(sheet.case.workspace_id, f"patient {life}", sheet.case.id)
    referrals = uow.cases.referrals_of(sheet.case.id)
    if life is Life.DIED:
        subjects = [one.id for one in referrals]
        uow.notices.skip_pending(subjects, reason="the patient has died")
    for one in make_sheets(uow, referrals):
        changed = replace(one.referral, generation=one.referral.generation + 1)
        uow.cases.keep_referral(changed)
        replan(uow, changed)
    for course in uow.courses.of_cases([sheet.case.id]):
        changed_course = replace(course, generation=course.generation + 1)
        uow.courses.keep(changed_course)
        replan_course(uow, make_sheets(uow, [sheet.referral])[0], changed_course)
    _change_tasks(uow, by, sheet, life)


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


def plan_task(uow: Unit, task: Task, at: datetime) -> None:
    """Plan when an open task is brought up next."""
    step = f"{at:%Y-%m-%d}"
    uow.reminders.plan(
        task.workspace_id, task.id, task.generation, [Due(TASK, step, at)]
    )


def next_asked(at: datetime) -> datetime:
    """Return when a task that is still open is brought up again."""
    return at + timedelta(days=7)


def _begin_therapy(uow: Unit, sheet: Sheet, new: Recorded, kind: CourseKind) -> None:
    for course in sheet.courses:
        if course.phase is Phase.THERAPY:
            ended = replace(
                course,
                phase=Phase.ENDED,
                ended_at=uow.now,
                waits_on=Party.NOBODY,
                generation=course.generation + 1,
            )
            uow.courses.keep(ended)
    begun = new_course(uow, sheet, kind)
    started = replace(
        begun, phase=Phase.THERAPY, day0=new.milestone.day, waits_on=Party.PRACTICE
    )
    uow.courses.add(started)
    codes = {"kind": kind, "case": sheet.case.id}
    uow.audit(begun.workspace_id, "course begun", begun.id, codes)
