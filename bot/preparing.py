"""Look-ups of what comes before the infusion: the ready list, and bridging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.journeys import journey_page
from bot.sheets import Sheet
from care.bridging import OVER, Event, events_for
from care.journey import NotNow, find_row
from care.milestone import Result, Step
from care.people import Member, Part, Role
from care.readiness import WHO, Item, Standing, State, count_ready, in_order
from storage.actors import Person
from storage.bridging import Bridging
from storage.courses import Course
from storage.readiness import ReadyItem
from storage.records import Clinician
from storage.unit import Reading


@dataclass(frozen=True)
class ReadyPage:
    """The ready list of one course, for a reader."""

    sheet: Sheet
    course: Course
    kept: Mapping[Item, ReadyItem]
    people: Mapping[str, Clinician]
    parts: frozenset[Part]

    @property
    def items(self) -> tuple[Standing, ...]:
        """Every item, in the list's order."""
        return in_order({item: one.standing for item, one in self.kept.items()})

    @property
    def ready(self) -> int:
        """Of how many items nothing is left to do."""
        return count_ready(self.items)

    @property
    def barriers(self) -> list[Standing]:
        """The items that stand before a barrier, the earliest day first."""
        found = [one for one in self.items if one.state is State.BARRIER]
        return sorted(found, key=lambda one: str(one.day))

    @property
    def may_change(self) -> bool:
        """Whether the reader keeps this list."""
        return self.course.ended_at is None and bool(WHO & self.parts)

    def generation(self, item: Item) -> int:
        """How often an item was changed; 0 where nobody has touched it."""
        return self.kept[item].generation if item in self.kept else 0


def ready_page(reading: Reading, by: Person, referral_id: str) -> ReadyPage:
    """Return the ready list of a referral's course. Raises `NoPart`, `Overtaken`."""
    page = journey_page(reading, by, referral_id)
    return ready_list(reading, page.sheet, page.course, page.parts)


def ready_list(
    reading: Reading, sheet: Sheet, course: Course, parts: frozenset[Part]
) -> ReadyPage:
    """Return the ready list of a course that somebody with `parts` reads."""
    kept = {one.standing.item: one for one in reading.readiness.of_courses([course.id])}
    ids = {one.changed_by for one in kept.values()}
    ids |= {one.standing.person_id for one in kept.values() if one.standing.person_id}
    people = reading.people.clinicians(ids)
    return ReadyPage(sheet, course, kept, people, parts)


def barrier_people(reading: Reading, sheet: Sheet) -> list[Clinician]:
    """Return who may be asked to see to a barrier: all have a part in the case."""
    center = (Role.COORDINATOR, Role.SPECIALIST, Role.LEAD)
    found = [
        *reading.people.staff(sheet.practice.id, Role.COORDINATOR),
        *reading.people.staff(sheet.center.id, *center),
        *(one for one in (sheet.responsible, sheet.referrer) if one.active),
    ]
    return list({one.id: one for one in found}.values())


@dataclass(frozen=True)
class BridgingPage:
    """What a center asked a practice to give, for a reader."""

    sheet: Sheet
    course: Course
    request: Bridging | None
    """The newest one; None where nothing was asked for yet."""
    people: Mapping[str, Clinician]
    parts: frozenset[Part]
    answers: bool
    """Whether the reader may answer for the practice."""

    @property
    def events(self) -> tuple[Event, ...]:
        """What the reader may do with the request now."""
        if self.request is None or self.course.ended_at is not None:
            return ()
        found = events_for(self.request.state, self.parts)
        own = {Event.ACCEPT, Event.COUNTER}
        return tuple(one for one in found if self.answers or one not in own)

    @property
    def may_ask(self) -> bool:
        """Whether the reader may ask for bridging, anew or for the first time."""
        over = self.request is None or self.request.state in OVER
        return over and Part.ASKED in self.parts and self.in_time

    @property
    def in_time(self) -> bool:
        """Whether bridging can still be given, as the journey stands."""
        try:
            find_row(self.course.phase, Step.BRIDGING, Result.STARTED)
        except NotNow:
            return False
        return True


def may_answer(sheet: Sheet, member: Member) -> bool:
    """Tell whether somebody answers for the practice: a physician's role, at home."""
    if member.site_id != sheet.practice.id:
        return False
    responsible = member.id == sheet.case.responsible_id
    return responsible or member.role in sheet.practice.responsible_roles


def answerers(sheet: Sheet) -> list[Clinician]:
    """Return who may answer at the practice: whoever is responsible, and first call.

    Where the responsible clinician is not there, it is whoever referred.
    """
    asked = [sheet.responsible, sheet.people[sheet.first_call.clinician_id]]
    at_practice = [one for one in asked if one.site_id == sheet.practice.id]
    return at_practice or [sheet.referrer]


def bridging_page(reading: Reading, by: Person, referral_id: str) -> BridgingPage:
    """Return the bridging of a referral's course. Raises `NoPart`, `Overtaken`."""
    page = journey_page(reading, by, referral_id)
    return bridging_of(reading, by.member, page.sheet, page.course)


def bridging_of(
    reading: Reading, member: Member, sheet: Sheet, course: Course
) -> BridgingPage:
    """Return the bridging of a course that `member` has a part in."""
    there = reading.bridging.of_courses([course.id])
    request = there[-1] if there else None
    ids = {request.requested_by} if request else set()
    ids |= {request.answered_by} if request and request.answered_by else set()
    return BridgingPage(
        sheet=sheet,
        course=course,
        request=request,
        people=reading.people.clinicians(ids),
        parts=sheet.parts_of(member),
        answers=may_answer(sheet, member),
    )


@dataclass(frozen=True)
class Preparing:
    """What comes before the infusion of a course, as one reader sees it."""

    ready: ReadyPage
    bridging: BridgingPage


def preparing(reading: Reading, member: Member, sheet: Sheet) -> Preparing | None:
    """Return what comes before the infusion; None where there is no course."""
    course = sheet.course
    if course is None:
        return None
    return Preparing(
        ready_list(reading, sheet, course, sheet.parts_of(member)),
        bridging_of(reading, member, sheet, course),
    )
