"""Keeps a course's reminders in step with where it stands."""

from __future__ import annotations

from bot.actions.handoff_prompts import plan_prompt
from bot.sheets import Sheet
from care.course import stand
from care.journey import Party
from care.referral import State
from care.stalled import Awaited, Look, Planned, next_look, plan
from care.working_time import WorkingHours
from scheduler.calendars import working_hours
from storage.courses import Course, milestones_of
from storage.records import Life, Reminder
from storage.reminders import Due
from storage.unit import Unit

KIND = "course"
"""The kind of reminder that asks for news of a course."""
CALLED_OFF = frozenset({State.DECLINED, State.WITHDRAWN})
"""How a referral ends whose course is not pursued, unless it is reopened."""


def replan_course(uow: Unit, sheet: Sheet, course: Course) -> None:
    """Plan the reminders of the course's generation; older ones are cancelled.

    Where checks help no more, or the evaluation was called off, nothing is planned.
    """
    asked = may_be_asked(sheet)
    due = [_due(one) for one in plan(_awaited(uow, sheet, course))] if asked else []
    uow.reminders.plan(course.workspace_id, course.id, course.generation, due)
    plan_prompt(uow, sheet, course)


def may_be_asked(sheet: Sheet) -> bool:
    """Tell whether anybody is asked for news of a course of this referral."""
    living = sheet.case.life is Life.LIVING
    return living and sheet.referral.state not in CALLED_OFF


def go_on(uow: Unit, sheet: Sheet, course: Course, look: Look) -> None:
    """After the last look, plan the next: nothing falls silent."""
    if look is Look.WHOSE_MOVE:
        return
    again = Planned(Look.STILL, next_look(uow.now, _hours(sheet, course)))
    uow.reminders.plan(course.workspace_id, course.id, course.generation, [_due(again)])


def look_of(reminder: Reminder) -> Look:
    """Return which look a reminder is."""
    still = reminder.step.startswith(Look.STILL)
    return Look.STILL if still else Look(reminder.step)


def _awaited(uow: Unit, sheet: Sheet, course: Course) -> Awaited:
    journey = stand(milestones_of(uow.courses.milestones([course.id])))
    return Awaited(
        phase=course.phase,
        since=course.since,
        hours=_hours(sheet, course),
        next_day=journey.next_day,
        ask_at=course.ask_at,
        days=sheet.center.journey_days,
    )


def _hours(sheet: Sheet, course: Course) -> WorkingHours:
    site = sheet.practice if course.waits_on is Party.PRACTICE else sheet.center
    return working_hours(site, around=sheet.now.date())


def _due(planned: Planned) -> Due:
    # There are many mornings in one generation: each is a step of its own.
    day = f" {planned.due_at:%Y-%m-%d}" if planned.look is Look.STILL else ""
    return Due(KIND, planned.look + day, planned.due_at)
