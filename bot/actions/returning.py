"""An accepted return handoff is a step of the journey, which Baton records itself."""

from __future__ import annotations

from bot.actions.course_clock import replan_course
from bot.actions.courses import sheet_for_course
from bot.handoff_sheets import HandoffSheet
from care.course import stand, take
from care.journey import INFUSED, CourseKind
from care.milestone import Milestone, Result, Step
from scheduler.calendars import local_day
from storage.courses import Recorded, milestones_of
from storage.unit import Unit


def record_return(uow: Unit, about: HandoffSheet) -> None:
    """Record that the patient is back, for the course that waits for it."""
    waiting = [
        one
        for one in about.sheet.courses
        if one.kind is CourseKind.CAR_T and one.phase in INFUSED
    ]
    if not about.is_return or not waiting:
        return
    course = uow.courses.course_to_change(waiting[-1].id)
    day = local_day(about.sheet.center, uow.now)
    back = Milestone(uow.new_id(), Step.RETURN, Result.HAPPENED, day)
    there = stand(milestones_of(uow.courses.milestones([course.id])))
    if there.phase not in INFUSED:
        # A death was recorded while this waited for the course.
        return
    journey = take(there, back)
    uow.courses.record(
        Recorded(
            milestone=back,
            course_id=course.id,
            case_id=course.case_id,
            position=uow.courses.next_position(course.id),
            note=None,
            recorded_by=None,
            recorded_at=uow.now,
        )
    )
    changed = course.standing(journey, at=uow.now)
    uow.courses.keep(changed)
    codes = {"milestone": back.id, "handoff": about.handoff.id}
    uow.audit(course.workspace_id, "milestone recorded", course.id, codes)
    replan_course(uow, sheet_for_course(uow, changed), changed)
