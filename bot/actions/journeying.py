"""Recording the journey of a course: milestones, corrections, what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.actions.course_clock import replan_course
from bot.actions.course_effects import follow
from bot.actions.courses import sheet_for_course
from bot.actions.done import Done
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.actions.telling_of_courses import tell_of
from bot.refusals import BadFields, NoPart, NotForYou, Overtaken
from bot.sheets import Sheet, sheet_for
from care.course import Journey, check_may, corrected, stand
from care.journey import CourseKind, NotForThem, NotNow, Party, correctors, recorders
from care.milestone import (
    AHEAD,
    REQUIRED,
    Ask,
    Contact,
    FirstCall,
    Milestone,
    Place,
    Product,
    Reason,
    Result,
    Step,
    asks,
)
from care.people import Part
from care.stalled import ASK_AGAIN_IN
from scheduler.calendars import local_day
from storage.actors import Person
from storage.courses import Course, Recorded, milestones_of
from storage.errors import NotFound
from storage.unit import Unit

MOST_YEARS = 30
"""How far from today a day may lie, either way: farther is a slip of the hand."""
WHY = "why"
PARTY = "party"
AGAIN_IN = "again_in"

SENTENCES = {
    Ask.DAY: "Say on which day.",
    Ask.REASON: "Choose the reason.",
    Ask.PLACE: "Choose where.",
    Ask.CONTACT: "Choose who reached out.",
    Ask.FIRST_CALL: "Choose who is called first.",
    Ask.PRODUCT: "Choose the product.",
    Ask.MEANWHILE: "Say what not to give meanwhile, or “none”.",
    Ask.THERAPY: "Choose which therapy.",
    Ask.SAME_PATIENT: "Compare the code with your own record, then confirm it.",
}
"""What is said where something that is needed was left out."""


@dataclass(frozen=True)
class Entry:
    """What somebody records: a step, how it stands, and what is asked for with it."""

    step: Step
    result: Result
    day: date | None = None
    until: date | None = None
    reason: Reason | None = None
    product: Product | None = None
    place: Place | None = None
    contact: Contact | None = None
    first_call: FirstCall | None = None
    therapy: CourseKind | None = None
    note: str = ""
    same_patient: bool = False

    def milestone(self, id_: str, day: date) -> Milestone:
        """Return it as the rules take it, without what was not asked for."""
        wanted = asks(self.step, self.result)
        return Milestone(
            id=id_,
            step=self.step,
            result=self.result,
            day=day,
            until=self.until if Ask.UNTIL in wanted else None,
            reason=self.reason if Ask.REASON in wanted else None,
            product=self.product if Ask.PRODUCT in wanted else None,
            place=self.place if Ask.PLACE in wanted else None,
            contact=self.contact if Ask.CONTACT in wanted else None,
            first_call=self.first_call if Ask.FIRST_CALL in wanted else None,
        )


def record_milestone(*, uow: Unit, by: Person, course_id: str, entry: Entry) -> Done:
    """Record a step of a course and tell those whom it concerns.

    Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    course, sheet = _course_to_change(uow, by, course_id)
    there = uow.courses.milestones([course.id])
    _check_may(stand(milestones_of(there)), entry, sheet, by)
    day = _checked(uow, sheet, entry)
    new = Recorded(
        milestone=entry.milestone(uow.new_id(), day),
        course_id=course.id,
        case_id=course.case_id,
        position=uow.courses.next_position(course.id),
        note=entry.note.strip() or None,
        recorded_by=by.clinician_id,
        recorded_at=uow.now,
    )
    journey = stand([*milestones_of(there), new.milestone])
    _keep(uow, course, journey, new)
    uow.audit(course.workspace_id, "milestone recorded", course.id, _codes(new))
    follow(uow, by, sheet, new, therapy=entry.therapy)
    tell_of(uow, sheet_for_course(uow, course), new, by=by.clinician_id)
    return Done("recorded", new.milestone.id)


def correct_milestone(
    *, uow: Unit, by: Person, milestone_id: str, why: str, entry: Entry | None
) -> Done:
    """Put another milestone in the place of one, or take it away (`entry` None).

    What was recorded stays kept, with the reason. Raises as `record_milestone`, and
    `BadFields` where what was recorded later would no longer follow.
    """
    old = _milestone(uow, milestone_id)
    course, sheet = _course_to_change(uow, by, old.course_id)
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
    follow(uow, by, sheet, new, instead_of=old)
    tell_of(uow, sheet_for_course(uow, course), new or old, by=by.clinician_id, old=old)
    return Done("corrected", milestone_id)


def say_what_it_waits_for(
    *, uow: Unit, by: Person, course_id: str, party: Party, days: int
) -> Done:
    """Say who a course waits for, and in how many days to ask again."""
    course, sheet = _course_to_change(uow, by, course_id)
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
    try:
        course = uow.courses.course_to_change(course_id)
    except NotFound as error:
        raise NoPart from error
    return course, sheet_for(uow, by.member, course.referral_id)


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
    _refuse_identifiers(uow, sheet, {WHY: why})


def _refuse_identifiers(uow: Unit, sheet: Sheet, texts: dict[str, str]) -> None:
    staff = staff_names(uow.people, sheet.practice.id, sheet.center.id)
    refuse_identifiers(texts, staff)


def _checked(uow: Unit, sheet: Sheet, entry: Entry) -> date:
    """Return the day of an entry that is complete and sensible, else refuse it."""
    given = {
        Ask.DAY: entry.day,
        Ask.REASON: entry.reason,
        Ask.PLACE: entry.place,
        Ask.CONTACT: entry.contact,
        Ask.FIRST_CALL: entry.first_call,
        Ask.PRODUCT: entry.product,
        Ask.THERAPY: entry.therapy,
        Ask.MEANWHILE: entry.note.strip(),
        Ask.SAME_PATIENT: entry.same_patient,
    }
    wanted = [one for one in asks(entry.step, entry.result) if one in REQUIRED]
    missing = {one.value: SENTENCES[one] for one in wanted if not given[one]}
    if missing or entry.day is None:
        raise BadFields(missing)
    today = local_day(sheet.center, uow.now)
    _check_day(today, entry.day, ahead=entry.result in AHEAD)
    named = Ask.MEANWHILE if Ask.MEANWHILE in wanted else Ask.NOTE
    _refuse_identifiers(uow, sheet, {named.value: entry.note})
    return entry.day


def _check_day(today: date, day: date, *, ahead: bool) -> None:
    if ahead and day < today:
        raise BadFields({Ask.DAY: "What is planned lies ahead: choose a later day."})
    if not ahead and day > today:
        raise BadFields(
            {Ask.DAY: "What has happened lies behind: choose an earlier day."}
        )
    if abs((day - today).days) > MOST_YEARS * 366:
        raise BadFields({Ask.DAY: "That day lies too far away. Please look again."})


def _in_its_place(
    uow: Unit, sheet: Sheet, by: Person, old: Recorded, entry: Entry
) -> Recorded:
    if entry.step is not old.milestone.step:
        raise Overtaken("A correction is of the same step. Take this one away instead.")
    if not recorders(entry.step, entry.result) & sheet.parts_of(by.member):
        raise _for_others(recorders(entry.step, entry.result))
    day = _checked(uow, sheet, entry)
    return Recorded(
        milestone=entry.milestone(uow.new_id(), day),
        course_id=old.course_id,
        case_id=old.case_id,
        position=old.position,
        note=entry.note.strip() or None,
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
    replan_course(uow, sheet_for_course(uow, changed), changed)


def _codes(one: Recorded) -> dict[str, str]:
    told = one.milestone
    return {"milestone": told.id, "step": told.step, "result": told.result}
