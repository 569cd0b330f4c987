"""Asks for the handoff that the journey owes: to the center, and back."""

from __future__ import annotations

from datetime import datetime

from bot.actions.lateness import lateness
from bot.actions.telling import Telling
from bot.sheets import Sheet, make_sheets
from care.course import Journey, stand
from care.handoff_clock import next_look
from care.handoff_due import owed
from care.ipass import Direction
from care.people import Role
from scheduler.calendars import working_hours
from storage.actors import Actor
from storage.courses import Course, milestones_of
from storage.records import Clinician, Reminder
from storage.reminders import Due
from storage.unit import Unit

KIND = "handoff owed"
"""The kind of reminder that asks for a handoff, and the view that does."""

SUFFIX = "/handoff"
"""Makes what a course owes a subject of its own, beside the course's news."""


def plan_prompt(uow: Unit, sheet: Sheet, course: Course) -> None:
    """Plan when the handoff that a course owes is asked for; older plans are void."""
    found = _owed(uow, sheet, course)
    due = [Due(KIND, found[0].value, found[1])] if found else []
    subject = course.id + SUFFIX
    uow.reminders.plan(course.workspace_id, subject, course.generation, due)


def ask_for_handoff(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Ask who is responsible, and the coordinators of their site, for an offer."""
    course = uow.courses.course_to_change(reminder.subject.removesuffix(SUFFIX))
    if course.generation != reminder.generation:
        return "overtaken"
    sheet = make_sheets(uow, [uow.cases.referral(course.referral_id)])[0]
    found = _owed(uow, sheet, course)
    if found is None:
        return "not owed"
    _look_again(uow, sheet, course)
    if sheet.open_handoff is not None:
        return "offered"
    payload = {"direction": found[0].value} | lateness(uow, reminder)
    telling = Telling(uow, sheet, reminder.id, payload)
    telling.tell(_whom_to_ask(uow, sheet), KIND)
    codes = {"direction": found[0], "by": str(by)}
    uow.audit(course.workspace_id, "handoff asked for", course.id, codes)
    return "told"


def _owed(uow: Unit, sheet: Sheet, course: Course) -> tuple[Direction, datetime] | None:
    if sheet.has_died:
        return None
    return owed(
        _journey(uow, course),
        at_center=sheet.responsible.site_id == sheet.center.id,
        now=uow.now,
        center=working_hours(sheet.center, around=uow.now.date()),
    )


def _journey(uow: Unit, course: Course) -> Journey:
    return stand(milestones_of(uow.courses.milestones([course.id])))


def _look_again(uow: Unit, sheet: Sheet, course: Course) -> None:
    hours = working_hours(sheet.responsible_site, around=uow.now.date())
    at = next_look(uow.now, hours)
    due = [Due(KIND, f"again {at:%Y-%m-%d}", at)]
    subject = course.id + SUFFIX
    uow.reminders.plan(course.workspace_id, subject, course.generation, due)


def _whom_to_ask(uow: Unit, sheet: Sheet) -> list[Clinician]:
    coordinators = uow.people.staff(sheet.responsible_site.id, Role.COORDINATOR)
    return [sheet.responsible, *coordinators]
