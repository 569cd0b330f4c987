"""Urgent concerns, looked up: the page, what a message tells, the emergency sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.knowledge import center_flags
from bot.refusals import NotForYou
from bot.sheets import Sheet, sheet_for
from care.concern import Who
from care.course import Journey, stand
from care.knowledge.red_flags import RedFlags
from care.milestone import Product
from care.people import CENTER_SIDE, Member
from scheduler.calendars import local_day
from storage.actors import Person
from storage.concerns import Concern
from storage.courses import milestones_of
from storage.records import Clinician, Notice
from storage.unit import Reading

TOO_EARLY = (
    "Urgent concerns begin when the patient's cells have been collected. Patient unwell"
    " now: emergency department, or {phone} (24 hours)."
)

PAPER = "emergency paper"
"""The view of the message that brings the sheet as a page to print."""

LATELY = timedelta(minutes=2)
"""So long is another click for the page the same wish."""

ENDED = "No concern is told about this case any more."


@dataclass(frozen=True)
class ConcernPage:
    """What somebody sees of urgent concerns about a case."""

    sheet: Sheet
    flags: RedFlags
    today: date
    """At the center."""
    open: Concern | None
    raised_by: Clinician | None
    """Of the open one."""
    may_raise: bool
    may_withdraw: bool
    may_acknowledge: bool


@dataclass(frozen=True)
class ConcernTold:
    """What a message about a concern is made from, at the moment of sending."""

    sheet: Sheet
    concern: Concern
    sender: Clinician
    """Who raised it."""
    acknowledged_by: Clinician | None
    people: tuple[Clinician, ...]
    """Who was told in the step at hand."""
    recipient: Clinician | None
    step: int
    was_due: datetime | None


@dataclass(frozen=True)
class EmergencySheet:
    """What a patient carries: product, list and phone, and nothing of the patient."""

    sheet: Sheet
    flags: RedFlags
    today: date
    product: Product | None
    day0: date | None
    """When the cells were given, if they were."""
    asked_lately: bool = False
    """The reader has just asked for it as a page to print."""

    @property
    def infused(self) -> bool:
        """Whether the cells were given."""
        return self.day0 is not None


def concern_page(reading: Reading, by: Person, referral_id: str) -> ConcernPage:
    """Return the page for a case. Raises `NoPart`, and `NotForYou` before apheresis."""
    sheet = concern_sheet(reading, by.member, referral_id)
    found = reading.concerns.open_of(sheet.case.id)
    held = held_by(reading, by.member, found, sheet) if found else frozenset()
    at_practice = by.site_id == sheet.practice.id
    return ConcernPage(
        sheet=sheet,
        flags=center_flags(reading, sheet.center),
        today=local_day(sheet.center, reading.now),
        open=found,
        raised_by=reading.people.clinician(found.raised_by) if found else None,
        may_raise=found is None and at_practice,
        may_withdraw=Who.SENDER in held,
        may_acknowledge=Who.CENTER in held,
    )


def concern_sheet(reading: Reading, by: Member, referral_id: str) -> Sheet:
    """Return a case that can have concerns. Raises `NoPart`, `NotForYou`."""
    sheet = sheet_for(reading, by, referral_id)
    if sheet.has_died:
        raise NotForYou(ENDED)
    if not sheet.collected:
        raise NotForYou(TOO_EARLY.format(phone=sheet.center.phone_24h))
    return sheet


def concern_told(
    reading: Reading, notice: Notice, sheet: Sheet, recipient: Clinician | None
) -> ConcernTold:
    """Return what a notice about a concern tells. Raises `NotFound`."""
    told = notice.payload
    concern = reading.concerns.concern(told["concern"])
    ids = [*told.get("people", ()), concern.raised_by, concern.acknowledged_by or ""]
    people = reading.people.clinicians(ids)
    was_due = told.get("was_due")
    return ConcernTold(
        sheet=sheet,
        concern=concern,
        sender=people[concern.raised_by],
        acknowledged_by=people.get(concern.acknowledged_by or ""),
        people=tuple(people[one] for one in told.get("people", ())),
        recipient=recipient,
        step=told.get("step", 0),
        was_due=datetime.fromisoformat(was_due) if was_due else None,
    )


def emergency_sheet(reading: Reading, by: Member, referral_id: str) -> EmergencySheet:
    """Return the sheet of a case. Raises `NoPart`, and `NotForYou` before apheresis."""
    sheet = concern_sheet(reading, by, referral_id)
    journey = _collected_journey(reading, sheet)
    return EmergencySheet(
        sheet=sheet,
        flags=center_flags(reading, sheet.center),
        today=local_day(sheet.center, reading.now),
        product=journey.product,
        day0=journey.day0,
        asked_lately=paper_asked_lately(reading, by, referral_id),
    )


def paper_asked_lately(reading: Reading, by: Member, referral_id: str) -> bool:
    """Tell whether somebody has just asked for the sheet as a page to print."""
    posts = reading.notices.posts_of(referral_id, {PAPER})
    since = reading.now - LATELY
    return any(one.recipient_id == by.id and one.written_at > since for one in posts)


def sender_of(reading: Reading, concern: Concern, sheet: Sheet) -> Clinician:
    """Return who is told how it stands: who raised it, or who stands in for them.

    Whoever left, or lost their part, is followed by the responsible clinician.
    """
    raised_by = reading.people.clinician(concern.raised_by)
    there = raised_by.active and sheet.parts_of(raised_by.member)
    return raised_by if there else sheet.responsible


def held_by(
    reading: Reading, by: Member, concern: Concern, sheet: Sheet
) -> frozenset[Who]:
    """Return as whom somebody acts upon a concern."""
    at_center = by.site_id == sheet.center.id
    held = {
        Who.CENTER: at_center and bool(sheet.parts_of(by) & CENTER_SIDE),
        Who.SENDER: by.id == sender_of(reading, concern, sheet).id,
    }
    return frozenset(who for who, holds in held.items() if holds)


def _collected_journey(reading: Reading, sheet: Sheet) -> Journey:
    """Return where the newest course stands in which cells were collected here."""
    here = [one for one in sheet.courses if one.link_id == sheet.link.id]
    for course in reversed(here):
        journey = stand(milestones_of(reading.courses.milestones([course.id])))
        if journey.collected:
            return journey
    return Journey()
