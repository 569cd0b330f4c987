"""What else waits on somebody: bridging, an owed handoff, barriers, tasks, and actions.

Whatever there is, it takes a fixed number of queries, and only what is shown is read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.preparing import answerers
from bot.sheets import Sheet, make_sheets
from care.bridging import State
from care.course import stand
from care.handoff_due import owed
from care.ipass import Direction
from care.journey import BEFORE_INFUSION, CourseKind, Phase
from scheduler.calendars import working_hours
from storage.actors import Person
from storage.bridging import Bridging
from storage.courses import Course, Recorded, Task, milestones_of
from storage.handoff_records import HandoffAction
from storage.readiness import ReadyItem
from storage.records import Life
from storage.unit import Reading

OWING = BEFORE_INFUSION | {Phase.DISCHARGE, Phase.RETURN, Phase.ENDED}
"""Phases of a course in which it may owe a handoff."""


@dataclass(frozen=True)
class MyWork:
    """What waits on somebody beside referrals and handoffs that were offered."""

    bridging: tuple[tuple[Sheet, Bridging], ...] = ()
    """Requests that they are to answer, or to ask again."""
    owed: tuple[tuple[Sheet, Direction], ...] = ()
    """Handoffs that the journey owes and that they have not offered yet."""
    refused: tuple[tuple[Sheet, HandoffAction], ...] = ()
    """Actions from handoffs that they offered, which nobody has taken on."""
    barriers: tuple[tuple[Sheet, ReadyItem], ...] = ()
    """Of ready lists: those that they are to see to, the earliest day first."""
    tasks: tuple[tuple[Sheet, Task], ...] = ()
    """Due first first."""

    def __bool__(self) -> bool:
        return any((self.bridging, self.owed, self.refused, self.barriers, self.tasks))


def my_work(reading: Reading, by: Person) -> MyWork:
    """Return what else waits on `by`; nothing of who has died or is in hospice."""
    me = by.clinician_id
    requests = reading.bridging.waiting_at(by.site_id)
    courses = reading.courses.of_responsible(me, CourseKind.CAR_T, OWING)
    refused = reading.handoffs.refused_of(me)
    barriers = reading.readiness.barriers_of(me)
    tasks = reading.courses.tasks(doer_id=me)
    of_courses = {one.id: one for one in courses}
    of_courses |= {
        one.id: one
        for one in reading.courses.courses({one.course_id for one in barriers})
    }
    ids = {one.referral_id for one in requests} | {one.referral_id for one in tasks}
    ids |= {one.referral_id for one in of_courses.values()}
    ids |= {one.referral_id for one in refused}
    sheets = _sheets(reading, by, ids)
    owing = _owing(reading, sheets, courses)
    return MyWork(
        bridging=tuple(
            (sheets[one.referral_id], one)
            for one in requests
            if one.referral_id in sheets and _answers(sheets[one.referral_id], one, me)
        ),
        owed=tuple(owing),
        refused=tuple(
            (sheets[one.referral_id], one.action)
            for one in refused
            if one.referral_id in sheets
        ),
        barriers=tuple(
            (sheets[of_courses[one.course_id].referral_id], one)
            for one in barriers
            if of_courses[one.course_id].referral_id in sheets
        ),
        tasks=tuple(
            (sheets[one.referral_id], one) for one in tasks if one.referral_id in sheets
        ),
    )


def _sheets(reading: Reading, by: Person, ids: Collection[str]) -> dict[str, Sheet]:
    """Return the sheets of referrals that `by` has a part in, where somebody lives."""
    if not ids:
        return {}
    found = make_sheets(reading, reading.cases.referrals(ids))
    return {
        one.referral.id: one
        for one in found
        if one.case.life is Life.LIVING and one.parts_of(by.member)
    }


def _answers(sheet: Sheet, request: Bridging, me: str) -> bool:
    """Tell whether a request waits for somebody's answer."""
    if request.state is State.COUNTERED:
        return request.requested_by == me
    return me in {one.id for one in answerers(sheet)}


def _owing(
    reading: Reading, sheets: Mapping[str, Sheet], courses: Sequence[Course]
) -> list[tuple[Sheet, Direction]]:
    recorded: dict[str, list[Recorded]] = {one.id: [] for one in courses}
    for one in reading.courses.milestones(recorded):
        recorded[one.course_id].append(one)
    found: list[tuple[Sheet, Direction]] = []
    for course in courses:
        sheet = sheets.get(course.referral_id)
        if sheet is None or sheet.open_handoff is not None:
            continue
        due = owed(
            stand(milestones_of(recorded[course.id])),
            at_center=sheet.responsible.site_id == sheet.center.id,
            now=sheet.now,
            center=working_hours(sheet.center, around=sheet.now.date()),
        )
        if due is not None and due[1] <= sheet.now:
            found.append((sheet, due[0]))
    return found
