"""Brings up a request for bridging that is not answered, in working time."""

from __future__ import annotations

from datetime import datetime

from bot.actions.bridging_telling import ASKED
from bot.actions.course_clock import may_be_asked
from bot.actions.courses import sheet_for_course
from bot.actions.lateness import lateness
from bot.actions.telling import Telling
from bot.preparing import answerers
from bot.sheets import Sheet
from care.bridging import State, plan
from care.people import Role
from care.response import Step
from scheduler.calendars import next_opening_after, next_week_after, working_hours
from storage.actors import Actor
from storage.bridging import Bridging
from storage.errors import NotFound
from storage.records import Clinician, Reminder, Site
from storage.reminders import Due
from storage.unit import Unit

KIND = "bridging"
"""The kind of reminder that brings up a request for bridging."""


def replan_bridging(uow: Unit, sheet: Sheet, request: Bridging) -> None:
    """Plan the reminders of the request's generation; older ones are cancelled."""
    hours = working_hours(_site(sheet, request), around=uow.now.date())
    planned = plan(request.state, request.since, hours)
    due = [Due(KIND, one.step, one.due_at) for one in planned]
    uow.reminders.plan(request.workspace_id, request.id, request.generation, due)


def resume_bridging(uow: Unit, sheet: Sheet, request: Bridging) -> None:
    """Plan the next look at a request that still waits for an answer."""
    if request.state in {State.REQUESTED, State.COUNTERED}:
        at = next_opening_after(_site(sheet, request), uow.now)
        _plan_still(uow, request, at)


def bring_up_bridging(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Remind whoever is to answer; then the coordinators; then each week."""
    try:
        request = uow.bridging.request(reminder.subject)
    except NotFound:
        return "gone"
    if request.generation != reminder.generation:
        return "overtaken"
    course = uow.courses.course(request.course_id)
    sheet = sheet_for_course(uow, course)
    if course.ended_at is not None or not may_be_asked(sheet):
        return "not needed"
    still = reminder.step.startswith(Step.STILL)
    step = Step.STILL if still else Step(reminder.step)
    payload = {
        "request": request.id,
        "generation": request.generation,
        "state": request.state.value,
        "step": step.value,
    }
    telling = Telling(uow, sheet, reminder.id, payload | lateness(uow, reminder))
    telling.tell(_whom(uow, sheet, request, step), ASKED)
    _go_on(uow, sheet, request, step)
    codes = {"step": step, "by": str(by)}
    uow.audit(request.workspace_id, "bridging reminded", request.course_id, codes)
    return "told"


def _go_on(uow: Unit, sheet: Sheet, request: Bridging, step: Step) -> None:
    """After the last step, plan the next look: nothing falls silent."""
    waits_on_center = request.state is State.COUNTERED
    last = Step.PRACTICE_COORDINATOR if waits_on_center else Step.PLEASE_PHONE
    if step not in {last, Step.STILL}:
        return
    at = next_week_after(_site(sheet, request), uow.now)
    _plan_still(uow, request, at)


def _plan_still(uow: Unit, request: Bridging, at: datetime) -> None:
    again = Due(KIND, f"{Step.STILL} {at:%Y-%m-%d}", at)
    uow.reminders.plan(request.workspace_id, request.id, request.generation, [again])


def _site(sheet: Sheet, request: Bridging) -> Site:
    """Return whose working time counts: that of the side which is to answer."""
    return sheet.center if request.state is State.COUNTERED else sheet.practice


def _whom(
    uow: Unit, sheet: Sheet, request: Bridging, step: Step
) -> list[Clinician | None]:
    asker = uow.people.clinician(request.requested_by)
    first = [asker] if request.state is State.COUNTERED else answerers(sheet)
    own = uow.people.staff(_site(sheet, request).id, Role.COORDINATOR)
    match step:
        case Step.PRACTICE:
            return [*first]
        case Step.PRACTICE_COORDINATOR:
            return [*(own or first)]
        case Step.PLEASE_PHONE:
            return [asker, *uow.people.staff(sheet.center.id, Role.COORDINATOR)]
        case _:
            return [*first, *own]
