"""Asking for news of a course, and of the tasks that came of one."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.course_clock import go_on, look_of, may_be_asked
from bot.actions.courses import sheet_for_course
from bot.actions.done import Done
from bot.actions.handoff_steps import hold_case
from bot.actions.lateness import lateness
from bot.actions.plan_holds import find_again
from bot.actions.tasks import next_asked, plan_task
from bot.actions.telling import Aside, Telling
from bot.plans import AWAY
from bot.refusals import NoPart, NotForYou, Overtaken
from bot.sheets import Sheet, sheet_for
from care.journey import Party
from care.people import CENTER_SIDE, Role
from care.stalled import Look
from storage.actors import Actor, Person
from storage.courses import Course
from storage.errors import NotFound
from storage.records import Clinician, Reminder
from storage.unit import Unit

NEWS = "news asked"
TASK_ASKED = "task asked"


def ask_for_news(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Ask whose move it is for news, later the coordinators too."""
    course = uow.courses.course_to_change(reminder.subject)
    sheet = sheet_for_course(uow, course)
    if course.generation != reminder.generation:
        return "overtaken"
    if not may_be_asked(sheet):
        return "not needed"
    look = look_of(reminder)
    payload = {"look": look.value, "generation": course.generation}
    payload |= lateness(uow, reminder)
    people = _whom_to_ask(uow, sheet, course, look)
    Telling(uow, sheet, reminder.id, payload).tell(people, NEWS)
    go_on(uow, sheet, course, look)
    codes = {"look": look, "by": str(by)}
    uow.audit(course.workspace_id, "news asked", course.id, codes)
    return "told"


def bring_up_task(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Ask the doer whether a task is done, again and again until it is."""
    task = uow.courses.task_to_change(reminder.subject)
    if task.done_at is not None or task.dropped_at is not None:
        return "done meanwhile"
    doer = uow.people.clinician(task.doer_id)
    told = Aside(
        view=TASK_ASKED,
        workspace_id=task.workspace_id,
        subject=task.referral_id,
        cause=reminder.id,
        payload={"task": task.id},
    )
    told.tell(uow, [doer])
    plan_task(uow, task, next_asked(uow.now, task.kind))
    uow.audit(task.workspace_id, "task asked", task.id, {"by": str(by)})
    return "told"


def tick_task(*, uow: Unit, by: Person, task_id: str) -> Done:
    """Say that a task is done. Raises `NoPart`, `NotForYou` or `Overtaken`."""
    try:
        found = uow.courses.task(task_id)
        if found.kind in AWAY:
            # Before the task, as whoever moves the patient does, who ends it too.
            hold_case(uow, found.case_id)
        task = uow.courses.task_to_change(task_id)
    except NotFound as error:
        raise NoPart from error
    sheet = sheet_for(uow, by.member, task.referral_id)
    at_center = sheet.parts_of(by.member) & CENTER_SIDE
    if by.clinician_id != task.doer_id and not at_center:
        raise NotForYou("Only the center can do that.")
    if task.done_at is not None or task.dropped_at is not None:
        raise Overtaken("That was done already, or is not needed any more.")
    done = replace(task, done_at=uow.now, done_by=by.clinician_id)
    uow.courses.keep_task(done)
    uow.reminders.cancel(task.id, before=task.generation + 1)
    if task.kind in AWAY:
        find_again(uow, sheet)
    Telling(uow, sheet, uow.new_id()).refresh()
    uow.audit(task.workspace_id, "task done", task.id, {"kind": task.kind})
    return Done("ticked", task.id)


def _whom_to_ask(
    uow: Unit, sheet: Sheet, course: Course, look: Look
) -> list[Clinician | None]:
    if look is Look.WHOSE_MOVE:
        return [sheet.course_waits_for]
    center = uow.people.staff(sheet.center.id, Role.COORDINATOR, Role.LEAD)
    theirs = uow.people.staff(sheet.practice.id, Role.COORDINATOR)
    asked = [*center, *(theirs if course.waits_on is Party.PRACTICE else [])]
    # Where a center has neither, it is asked whose move it is: nothing falls silent.
    return [*asked] if asked else [sheet.course_waits_for]
