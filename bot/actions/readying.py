"""The ready list: done, not needed, a barrier with a person and a day, and undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.actions.courses import check_living
from bot.actions.done import Done
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.actions.ready_clock import replan_item
from bot.actions.telling import Telling
from bot.preparing import barrier_people
from bot.refusals import BadFields, NoPart, NotForYou, Overtaken
from bot.sheets import Sheet, sheet_for
from care.readiness import (
    Event,
    IllegalChange,
    Item,
    NotForThem,
    Standing,
    State,
    change,
)
from scheduler.calendars import local_day
from storage.actors import Person
from storage.courses import Course
from storage.errors import NotFound
from storage.readiness import ReadyItem
from storage.unit import Unit

NOTE = "note"
PERSON = "person"
DAY = "day"
BARRIER = "barrier"
"""The view of the message about a barrier."""
FARTHEST = timedelta(days=365)

ASKED = {
    Event.WAIVE: {NOTE: "Say why it is not needed, in a few words."},
    Event.BLOCK: {
        NOTE: "Say what stands in the way, in a few words.",
        PERSON: "Choose who sees to it.",
        DAY: "Choose by which day.",
    },
}
"""What each form must hold, with what is said where it does not."""


@dataclass(frozen=True)
class Change:
    """What somebody wants of an item, and what was written with it."""

    item: Item
    event: Event
    fields: Mapping[str, str] = field(default_factory=dict)
    seen: int | None = None
    """The generation that their form showed; None where it does not matter."""


def change_item(*, uow: Unit, by: Person, course_id: str, wanted: Change) -> Done:
    """Change one item of a course's ready list.

    Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    course, sheet = _course_to_change(uow, by, course_id)
    before = _item(uow, by, course, wanted.item)
    if wanted.seen not in {None, before.generation}:
        raise Overtaken(_overtaken(uow, before))
    after = replace(
        before,
        standing=_changed(uow, by, sheet, before, wanted),
        note=wanted.fields.get(NOTE, "").strip() or None,
        changed_by=by.clinician_id,
        changed_at=uow.now,
        generation=before.generation + 1,
    )
    _keep(uow, after)
    replan_item(uow, sheet, after)
    _tell(uow, by, sheet, after)
    subject = draft_subject(course_id, wanted.item)
    uow.drafts.drop(by.clinician_id, wanted.event, subject)
    return Done(wanted.event, after.id)


def draft_subject(course_id: str, item: Item) -> str:
    """Return under what a form about an item is kept for its author."""
    return f"{course_id}:{item}"


def _course_to_change(uow: Unit, by: Person, course_id: str) -> tuple[Course, Sheet]:
    try:
        course = uow.courses.course_to_change(course_id)
    except NotFound as error:
        raise NoPart from error
    sheet = sheet_for(uow, by.member, course.referral_id)
    check_living(sheet)
    if course.ended_at is not None:
        raise Overtaken("That was not saved: this course has ended.")
    return course, sheet


def _item(uow: Unit, by: Person, course: Course, item: Item) -> ReadyItem:
    found = uow.readiness.of_courses([course.id])
    new = ReadyItem(
        id=uow.new_id(),
        workspace_id=course.workspace_id,
        case_id=course.case_id,
        course_id=course.id,
        standing=Standing(item),
        note=None,
        changed_by=by.clinician_id,
        changed_at=uow.now,
        generation=0,
    )
    return next((one for one in found if one.standing.item is item), new)


def _changed(
    uow: Unit, by: Person, sheet: Sheet, before: ReadyItem, wanted: Change
) -> Standing:
    parts = sheet.parts_of(by.member)
    fields = wanted.fields
    try:
        # The rule comes first: who may not is not told what else was missing.
        change(before.standing, wanted.event, parts, person_id="", day=date.min)
        _check_fields(uow, sheet, wanted)
        blocked = wanted.event is Event.BLOCK
        return change(
            before.standing,
            wanted.event,
            parts,
            person_id=_person(uow, sheet, fields) if blocked else None,
            day=_day(uow, sheet, fields) if blocked else None,
        )
    except NotForThem as error:
        raise NotForYou(
            "The ready list is kept by the coordinators and the center's specialists."
        ) from error
    except IllegalChange as error:
        raise Overtaken(_overtaken(uow, before)) from error


def _check_fields(uow: Unit, sheet: Sheet, wanted: Change) -> None:
    asked = ASKED.get(wanted.event, {})
    missing = {
        name: sentence
        for name, sentence in asked.items()
        if not wanted.fields.get(name, "").strip()
    }
    if missing:
        raise BadFields(missing)
    if NOTE in asked:
        staff = staff_names(uow.people, sheet.practice.id, sheet.center.id)
        refuse_identifiers({NOTE: wanted.fields[NOTE]}, staff)


def _person(uow: Unit, sheet: Sheet, fields: Mapping[str, str]) -> str:
    allowed = {one.id for one in barrier_people(uow, sheet)}
    if fields[PERSON] not in allowed:
        raise BadFields({PERSON: "They have no part in this case now. Choose another."})
    return fields[PERSON]


def _day(uow: Unit, sheet: Sheet, fields: Mapping[str, str]) -> date:
    site_id = uow.people.clinician(fields[PERSON]).site_id
    site = sheet.practice if site_id == sheet.practice.id else sheet.center
    today = local_day(site, uow.now)
    try:
        day = date.fromisoformat(fields[DAY])
    except ValueError as error:
        raise BadFields({DAY: ASKED[Event.BLOCK][DAY]}) from error
    if not today <= day <= today + FARTHEST:
        raise BadFields({DAY: "Choose a day from today on, within a year."})
    return day


def _overtaken(uow: Unit, before: ReadyItem) -> str:
    if before.generation == 0:
        return "That was not saved: it is open already."
    who = uow.people.clinician(before.changed_by).name
    stands = before.standing
    return f"That was not saved: {who} has set {stands.item} to {stands.state}."


def _keep(uow: Unit, after: ReadyItem) -> None:
    if after.generation == 1:
        uow.readiness.add(after)
    else:
        uow.readiness.keep(after)
    codes = {"item": after.standing.item, "to": after.standing.state}
    uow.audit(after.workspace_id, "ready list", after.course_id, codes)


def _tell(uow: Unit, by: Person, sheet: Sheet, after: ReadyItem) -> None:
    """Bring what was asked up to date, and tell who is to see to a barrier."""
    payload = {
        "by": by.clinician_id,
        "item": after.id,
        "generation": after.generation,
        "step": "told",
    }
    telling = Telling(uow, sheet, uow.new_id(), payload)
    telling.refresh()
    person_id = after.standing.person_id
    if after.standing.state is State.BARRIER and person_id not in {
        None,
        by.clinician_id,
    }:
        telling.tell([uow.people.clinician(str(person_id))], BARRIER)
