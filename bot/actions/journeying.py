"""Recording the journey of a course: milestones, corrections, what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.actions.course_clock import replan_course
from bot.actions.course_effects import follow
from bot.actions.courses import check_living, sheet_for_course
from bot.actions.done import Done
from bot.actions.entries import Entry, check_entry, refuse_identifiers_of
from bot.actions.planning_again import plan_preparing_again
from bot.actions.telling_of_courses import tell_of
from bot.refusals import BadFields, NoPart, NotForYou, Overtaken
from bot.sheets import Sheet, sheet_for
from care.course import Journey, check_may, corrected, stand
from care.journey import CourseKind, NotForThem, NotNow, Party, correctors, recorders
from care.milestone import Milestone
from care.people import Part
from care.stalled import ASK_AGAIN_IN
from scheduler.calendars import local_day
from storage.actors import Person
from storage.courses import Course, Recorded, milestones_of
from storage.errors import NotFound
from storage.unit import Unit

WHY = "why"
PARTY = "party"
AGAIN_IN = "again_in"
MILESTONE_FORM = "milestone"
CORRECTION_FORM = "correction"
"""The forms in which it is written, as their drafts are kept."""


def record_milestone(*, uow: Unit, by: Person, course_id: str, entry: Entry) -> Done:
    """Record a step of a course and tell those whom it concerns.

    Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    course, sheet = _course_to_change(uow, by, course_id)
    check_living(sheet)
    there = uow.courses.milestones([course.id])
    _check_may(stand(milestones_of(there)), entry, sheet, by)
    day = check_entry(uow, sheet, entry)
    new = Recorded(
        milestone=entry.milestone(uow.new_id(), day),
        course_id=course.id,
        case_id=course.case_id,
        position=uow.courses.next_position(course.id),
        note=entry.kept_note,
        recorded_by=by.clinician_id,
        recorded_at=uow.now,
    )
    journey = stand([*milestones_of(there), new.milestone])
    _keep(uow, course, journey, new)
    uow.audit(course.workspace_id, "milestone recorded", course.id, _codes(new))
    follow(uow, by, sheet, new, therapy=entry.therapy)
    tell_of(uow, sheet_for_course(uow, course), new, by=by.clinician_id)
    uow.drafts.drop(by.clinician_id, MILESTONE_FORM, course.id)
    return Done("recorded", new.milestone.id)


def correct_milestone(
    *, uow: Unit, by: Person, milestone_id: str, why: str, entry: Entry | None
) -> Done:
    """Put another milestone in the place of one, or take it away (`entry` None).

    What was recorded stays kept, with the reason. Raises as `record_milestone`, and
    `BadFields` where what was recorded later would no longer follow.
    """
    course_id = _milestone(uow, milestone_id).course_id
    course, sheet = _course_to_change(uow, by, course_id)
    # Read once more: while another was correcting it, this one waited for the course.
    old = _milestone(uow, milestone_id)
    if old.ended_at is not None:
        raise Overtaken("That was not saved: somebody has corrected this already.")
    _check_may_correct(sheet, by, old)
    _check_why(uow, sheet, why)
    new = _in_its_place(uow, sheet, by, old, entry) if entry else None
    there = uow.courses.milestones([course.id])
    journey = _after_correction(milestones_of(there), old, new)
    uow.courses.end(old, by=by.clinician_id, at=uow.now, why=why.strip())
    _keep(uow, course, journey, new)
    codes = _codes(old) | {"corrected": milestone_id}
    uow.audit(course.workspace_id, "milestone corrected", course.id, codes)
    therapy = entry.therapy if entry else None
    follow(uow, by, sheet, new, instead_of=old, therapy=therapy)
    tell_of(uow, sheet_for_course(uow, course), new or old, by=by.clinician_id, old=old)
    uow.drafts.drop(by.clinician_id, CORRECTION_FORM, milestone_id)
    return Done("corrected", milestone_id)


def say_what_it_waits_for(
    *, uow: Unit, by: Person, course_id: str, party: Party, days: int
) -> Done:
    """Say who a course waits for, and in how many days to ask again."""
    course, sheet = _course_to_change(uow, by, course_id)
    check_living(sheet)
    if course.ended_at is not None:
        raise Overtaken("That was not saved: this course has ended.")
    if days not in ASK_AGAIN_IN:
        raise BadFields({AGAIN_IN: "Choose in how many days."})
    day = local_day(sheet.center, uow.now) + timedelta(days=days)
    changed = replace(
        course,
        waits_on=party,
        since=uow.now if party is not course.waits_on else course.since,
        ask_at=datetime.combine(day, time(), ZoneInfo(sheet.center.zone)),
        generation=course.generation + 1,
    )
    uow.courses.keep(changed)
    codes = {"waits on": party, "days": str(days)}
    uow.audit(course.workspace_id, "course awaited", course.id, codes)
    after = sheet_for_course(uow, changed)
    replan_course(uow, after, changed)
    tell_of(uow, after, None, by=by.clinician_id)
    return Done("awaited", course.id)


def _course_to_change(uow: Unit, by: Person, course_id: str) -> tuple[Course, Sheet]:
    """Return a course, locked with all that a milestone of it may change."""
    try:
        uow.cases.hold_referrals(uow.courses.course(course_id).case_id)
        course = uow.courses.course_to_change(course_id)
    except NotFound as error:
        raise NoPart from error
    sheet = sheet_for(uow, by.member, course.referral_id)
    if course.kind is not CourseKind.CAR_T:
        raise Overtaken("That was not saved: this course has no steps to record.")
    return course, sheet


def _milestone(uow: Unit, milestone_id: str) -> Recorded:
    try:
        return uow.courses.milestone(milestone_id)
    except NotFound as error:
        raise NoPart from error


def _check_may(journey: Journey, entry: Entry, sheet: Sheet, by: Person) -> None:
    parts = sheet.parts_of(by.member)
    try:
        check_may(journey, entry.step, entry.result, parts)
    except NotNow as error:
        raise Overtaken(
            f"That was not saved: {sheet.case.code} awaits {error.phase} now, so"
            f" “{entry.step}: {entry.result}” cannot be recorded."
        ) from error
    except NotForThem as error:
        raise _for_others(error.who) from error


def _for_others(who: frozenset[Part]) -> NotForYou:
    if not who or who == {Part.BATON}:
        return NotForYou("That follows from a handoff and is recorded by itself.")
    if who == {Part.ASKED}:
        return NotForYou("Only a specialist at the center can record that.")
    return NotForYou("Only the center can record that.")


def _check_may_correct(sheet: Sheet, by: Person, old: Recorded) -> None:
    """Refuse who may not: day 0 is the center's clinicians', a return Baton's own."""
    who = correctors(old.milestone.step, old.milestone.result)
    if not who & sheet.parts_of(by.member):
        raise _for_others(who)


def _check_why(uow: Unit, sheet: Sheet, why: str) -> None:
    if not why.strip():
        raise BadFields({WHY: "Say why it is corrected, in a few words."})
    refuse_identifiers_of(uow, sheet, {WHY: why})


def _in_its_place(
    uow: Unit, sheet: Sheet, by: Person, old: Recorded, entry: Entry
) -> Recorded:
    if entry.step is not old.milestone.step:
        raise Overtaken("A correction is of the same step. Take this one away instead.")
    if not recorders(entry.step, entry.result) & sheet.parts_of(by.member):
        raise _for_others(recorders(entry.step, entry.result))
    day = check_entry(uow, sheet, entry)
    return Recorded(
        milestone=entry.milestone(uow.new_id(), day),
        course_id=old.course_id,
        case_id=old.case_id,
        position=old.position,
        note=entry.kept_note,
        recorded_by=by.clinician_id,
        recorded_at=uow.now,
        corrects=old.milestone.id,
    )


def _after_correction(
    there: Sequence[Milestone], old: Recorded, new: Recorded | None
) -> Journey:
    try:
        return stand(corrected(there, old.milestone.id, new.milestone if new else None))
    except NotNow as error:
        raise BadFields(
            {
                WHY: f"“{error.step}: {error.result}” was recorded later and would not"
                " follow from this. Correct that first."
            }
        ) from error


def _keep(uow: Unit, course: Course, journey: Journey, new: Recorded | None) -> None:
    if new is not None:
        uow.courses.record(new)
    changed = course.standing(journey, at=uow.now)
    uow.courses.keep(changed)
    after = sheet_for_course(uow, changed)
    replan_course(uow, after, changed)
    if course.ended_at is not None and changed.ended_at is None:
        plan_preparing_again(uow, after)


def _codes(one: Recorded) -> dict[str, str]:
    told = one.milestone
    return {"milestone": told.id, "step": told.step, "result": told.result}
