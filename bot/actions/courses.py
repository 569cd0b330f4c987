"""Courses: how one begins, and the sheet on which it is shown."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.course_clock import replan_course
from bot.refusals import Overtaken
from bot.sheets import Sheet, make_sheets
from care.course import Journey
from care.journey import CourseKind
from care.people import Role
from care.referral import Event, Kind
from storage.courses import Course
from storage.unit import Unit

STOPS_OR_GOES_ON = frozenset({Event.DECLINE, Event.WITHDRAW, Event.REOPEN})
"""Moves after which nobody, or somebody again, is asked for news of a course."""


def follow_move(uow: Unit, sheet: Sheet, event: Event) -> None:
    """Do what a move of a referral means for its course."""
    if event is Event.TAKE and sheet.referral.kind is Kind.EVALUATION:
        begin_course(uow, sheet)
    elif event in STOPS_OR_GOES_ON and sheet.course is not None:
        plan_anew(uow, uow.courses.course_to_change(sheet.course.id))


def begin_course(uow: Unit, sheet: Sheet) -> None:
    """Begin the course of an evaluation that was taken, unless it is under way."""
    there = sheet.course
    if there is not None and there.ended_at is None:
        return
    course = new_course(uow, sheet, CourseKind.CAR_T)
    uow.courses.add(course)
    codes = {"kind": course.kind, "case": course.case_id}
    uow.audit(course.workspace_id, "course begun", course.id, codes)
    replan_course(uow, sheet_for_course(uow, course), course)


def plan_anew(uow: Unit, course: Course) -> None:
    """Plan a course's reminders anew, since what they go by has changed."""
    changed = replace(course, generation=course.generation + 1)
    uow.courses.keep(changed)
    replan_course(uow, sheet_for_course(uow, changed), changed)


def new_course(uow: Unit, sheet: Sheet, kind: CourseKind) -> Course:
    """Return a new course of a case, not kept yet, led by a coordinator."""
    leads = uow.people.staff(sheet.center.id, Role.COORDINATOR)
    begins = Journey()
    return Course(
        id=uow.new_id(),
        workspace_id=sheet.referral.workspace_id,
        case_id=sheet.case.id,
        link_id=sheet.link.id,
        referral_id=sheet.referral.id,
        kind=kind,
        lead_id=leads[0].id if leads else None,
        phase=begins.phase,
        day0=None,
        waits_on=begins.party,
        since=uow.now,
        ask_at=None,
        generation=1,
        started_at=uow.now,
        ended_at=None,
    )


def check_living(sheet: Sheet) -> None:
    """Refuse what comes after a death, in whichever course it was recorded."""
    if sheet.has_died:
        raise Overtaken(
            f"That was not saved: a death is recorded of {sheet.case.code}. If that is"
            " wrong, correct it on the journey's page first."
        )


def sheet_for_course(uow: Unit, course: Course) -> Sheet:
    """Return the sheet of the referral in whose thread a course is told."""
    return make_sheets(uow, [uow.cases.referral(course.referral_id)])[0]
