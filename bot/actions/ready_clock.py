"""Reminds of barriers: the person on their morning, then the coordinators."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.actions.courses import sheet_for_course
from bot.actions.lateness import lateness
from bot.actions.telling import Telling
from bot.sheets import Sheet
from care.people import Role
from care.readiness import State
from care.working_time import next_opening
from scheduler.calendars import next_opening_after, next_week_after, working_hours
from storage.actors import Actor
from storage.errors import NotFound
from storage.readiness import ReadyItem
from storage.records import Clinician, Life, Reminder, Site
from storage.reminders import Due
from storage.unit import Unit

KIND = "ready"
"""The kind of reminder that brings up a barrier."""


class Look(StrEnum):
    """What a reminder of a barrier is."""

    PERSON = "person"
    COORDINATOR = "coordinator"
    STILL = "still"
    """After the two, once a week: nothing falls silent."""


def replan_item(uow: Unit, sheet: Sheet, item: ReadyItem) -> None:
    """Plan the reminders of an item's generation; older ones are cancelled."""
    due = _due(uow, sheet, item) if item.standing.state is State.BARRIER else []
    uow.reminders.plan(item.workspace_id, item.id, item.generation, due)


def resume_item(uow: Unit, sheet: Sheet, item: ReadyItem) -> None:
    """Plan the next look at an item that still stands before a barrier."""
    if item.standing.state is State.BARRIER:
        _plan_still(uow, item, next_opening_after(_site(uow, sheet, item), uow.now))


def bring_up_barrier(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Remind the person of a barrier; later the coordinators, and each week."""
    try:
        item = uow.readiness.item(reminder.subject)
    except NotFound:
        return "gone"
    if item.generation != reminder.generation:
        return "overtaken"
    course = uow.courses.course(item.course_id)
    sheet = sheet_for_course(uow, course)
    if course.ended_at is not None or sheet.case.life is not Life.LIVING:
        return "not needed"
    look = Look(reminder.step.split()[0])
    payload = {"item": item.id, "generation": item.generation, "step": look.value}
    telling = Telling(uow, sheet, reminder.id, payload | lateness(uow, reminder))
    telling.tell(_whom(uow, sheet, item, look), "barrier")
    _go_on(uow, sheet, item, look)
    codes = {"item": item.standing.item, "look": look, "by": str(by)}
    uow.audit(item.workspace_id, "barrier reminded", item.course_id, codes)
    return "told"


def _due(uow: Unit, sheet: Sheet, item: ReadyItem) -> list[Due]:
    site, day = _site(uow, sheet, item), item.standing.day
    if day is None:
        return []
    hours = working_hours(site, around=day)
    morning = next_opening(datetime.combine(day, time(), ZoneInfo(site.zone)), hours)
    later = next_opening_after(site, max(morning, uow.now))
    return [Due(KIND, Look.PERSON, morning), Due(KIND, Look.COORDINATOR, later)]


def _go_on(uow: Unit, sheet: Sheet, item: ReadyItem, look: Look) -> None:
    if look is Look.PERSON:
        return
    at = next_week_after(_site(uow, sheet, item), uow.now)
    _plan_still(uow, item, at)


def _plan_still(uow: Unit, item: ReadyItem, at: datetime) -> None:
    again = Due(KIND, f"{Look.STILL} {at:%Y-%m-%d}", at)
    uow.reminders.plan(item.workspace_id, item.id, item.generation, [again])


def _site(uow: Unit, sheet: Sheet, item: ReadyItem) -> Site:
    """Return where the person of the barrier works: its mornings count."""
    person = uow.people.clinician(str(item.standing.person_id))
    return sheet.practice if person.site_id == sheet.practice.id else sheet.center


def _whom(
    uow: Unit, sheet: Sheet, item: ReadyItem, look: Look
) -> list[Clinician | None]:
    person = uow.people.clinician(str(item.standing.person_id))
    if look is Look.PERSON and person.active:
        return [person]
    own = _site(uow, sheet, item)
    other = sheet.center if own.id == sheet.practice.id else sheet.practice
    for site in (own, other):
        staff = uow.people.staff(site.id, Role.COORDINATOR)
        found = [one for one in staff if one.id != person.id]
        if found:
            return [*found]
    return [person]
