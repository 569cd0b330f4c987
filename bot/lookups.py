"""Look-ups: what waits on me, and a case that I have a part in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.covers import CoverSheet, may_ask, my_covers
from bot.handoff_sheets import HandoffSheet, make_handoff_sheet
from bot.my_work import MyWork, my_work
from bot.refusals import NoPart
from bot.sheets import Sheet, make_sheets, sheet_for
from care.cases import parse_case_code
from care.duty import Absence
from care.handoff import TO_DO
from care.handoff import waits_for as waits_for_in
from care.people import Member, Role, SiteKind
from care.referral import OPEN, State, Urgency
from care.response import twice
from scheduler.calendars import local_day
from storage.actors import Person
from storage.handoff_records import HandoffAction
from storage.records import Clinician, Reply, Site
from storage.unit import Reading

SHOWN = 5
"""How many entries a list shows before it says how many more there are."""


@dataclass(frozen=True)
class MyList:
    """What waits on somebody, and what else is open at their site."""

    waiting: tuple[Sheet, ...]
    to_sort: tuple[tuple[Sheet, Reply], ...]
    elsewhere: tuple[Sheet, ...]
    """Open with a part of mine, but somebody else's move."""
    handoffs: tuple[HandoffSheet, ...] = ()
    """Which I am to read back, or to confirm."""
    to_do: tuple[tuple[HandoffSheet, HandoffAction], ...] = ()
    """What I have taken on in a handoff and not done yet, due first."""
    covers: tuple[CoverSheet, ...] = ()
    """Those I have a seat in and that are not over, those that wait for me first."""
    may_ask_cover: bool = False
    work: MyWork = field(default_factory=MyWork)
    """Bridging, owed handoffs, barriers, tasks and actions that nobody has."""


def my_list(reading: Reading, by: Person) -> MyList:
    """Return what waits on `by`, longest waiting first."""
    states = [*OPEN, State.ANSWERED]
    at_site = make_sheets(reading, reading.cases.referrals_at(by.site_id, states))
    # Of somebody who has died nothing waits on anybody.
    living = [one for one in at_site if not one.has_died]
    mine = [one for one in living if one.parts_of(by.member)]
    waiting = tuple(one for one in mine if _waits_on(one, by))
    in_waiting = {one.referral.id for one in waiting}
    unsorted = reading.cases.unsorted_replies(by.clinician_id)
    by_id = {one.referral.id: one for one in mine}
    return MyList(
        waiting=waiting,
        to_sort=tuple(
            (by_id[one.referral_id], one)
            for one in unsorted
            if one.referral_id in by_id
        ),
        elsewhere=tuple(one for one in mine if one.referral.id not in in_waiting),
        handoffs=_handoffs_for(reading, by.member),
        to_do=_actions_of(reading, by.member),
        covers=tuple(my_covers(reading, by)),
        may_ask_cover=bool(may_ask(reading, by)),
        work=my_work(reading, by),
    )


@dataclass(frozen=True)
class Asked:
    """What is asked of somebody by name, beside their checks and their referrals."""

    handoffs: tuple[HandoffSheet, ...]
    to_do: tuple[tuple[HandoffSheet, HandoffAction], ...]
    to_sort: tuple[tuple[Sheet, Reply], ...]

    @property
    def count(self) -> int:
        """How much it is."""
        return len(self.handoffs) + len(self.to_do) + len(self.to_sort)


def asked_of(reading: Reading, member: Member) -> Asked:
    """Return what is asked of somebody, without reading all that is open there."""
    return Asked(
        handoffs=_handoffs_for(reading, member),
        to_do=_actions_of(reading, member),
        to_sort=_to_sort(reading, member),
    )


def _to_sort(reading: Reading, member: Member) -> tuple[tuple[Sheet, Reply], ...]:
    unsorted = reading.cases.unsorted_replies(member.id)
    if not unsorted:
        return ()
    referrals = reading.cases.referrals({one.referral_id for one in unsorted})
    by_id = {
        one.referral.id: one
        for one in make_sheets(reading, referrals)
        if one.parts_of(member) and not one.has_died
    }
    return tuple(
        (by_id[one.referral_id], one) for one in unsorted if one.referral_id in by_id
    )


def _handoffs_for(reading: Reading, member: Member) -> tuple[HandoffSheet, ...]:
    owed = reading.handoffs.owed_with([member.id])
    mine = [one for one in owed if waits_for_in(one.offer) == member.id]
    sheets = [make_handoff_sheet(reading, one) for one in mine]
    return tuple(one for one in sheets if _lives(one))[: SHOWN + 1]


def _actions_of(
    reading: Reading, member: Member
) -> tuple[tuple[HandoffSheet, HandoffAction], ...]:
    found = reading.handoffs.to_do(member.id, TO_DO)
    ids = {one.handoff_id for one in found}
    sheets = {
        one: make_handoff_sheet(reading, reading.handoffs.handoff(one)) for one in ids
    }
    mine = [(sheets[one.handoff_id], one) for one in found]
    return tuple((about, one) for about, one in mine if _lives(about))[: SHOWN + 1]


def _lives(about: HandoffSheet) -> bool:
    return not about.sheet.has_died


def case_sheets(reading: Reading, by: Person, code: str) -> list[Sheet]:
    """Return the referrals of a case that `by` has a part in, newest first.

    Raises `NoPart`, in the same words whether the case exists or not.
    """
    parsed = parse_case_code(code)
    case = reading.cases.case_by_code(parsed) if parsed else None
    sheets = make_sheets(reading, reading.cases.referrals_of(case.id)) if case else []
    mine = [one for one in sheets if one.parts_of(by.member)]
    if not mine:
        raise NoPart
    return mine


@dataclass(frozen=True)
class DutyPage:
    """What somebody sees of a center's duty."""

    center: Site
    on_duty: Clinician | None
    until: date | None
    """The last day of this duty, at the center; None where no rota says so."""
    away: Sequence[Absence]
    people: Mapping[str, Clinician]
    my_absence: Absence | None
    may_be_away: bool
    may_take_days: bool


def duty_pages(reading: Reading, by: Person) -> list[DutyPage]:
    """Return the duty of my center, or of the centers linked to my practice."""
    mine = reading.people.site(by.site_id)
    if mine.kind is SiteKind.CENTER:
        return [_duty_page(reading, by, mine)]
    links = reading.people.links(site_id=mine.id)
    centers = [reading.people.site(one.center_id) for one in links]
    return [_duty_page(reading, by, one) for one in centers]


def my_absence(reading: Reading, by: Person) -> Absence | None:
    """Return when I am away next, or now."""
    site = reading.people.site(by.site_id)
    today = local_day(site, reading.now)
    absences = reading.duty.absences(site.id, from_day=today)
    mine = [one for one in absences if one.clinician_id == by.clinician_id]
    return mine[0] if mine else None


def _duty_page(reading: Reading, by: Person, center: Site) -> DutyPage:
    today = local_day(center, reading.now)
    roster = reading.duty.roster(center, from_day=today)
    people = {one.id: one for one in reading.people.staff(center.id, inactive=True)}
    found = roster.on_duty(today)
    here = by.site_id == center.id
    takes_duty = here and people[by.clinician_id].duty_order is not None
    return DutyPage(
        center=center,
        on_duty=people[found.id] if found else None,
        until=roster.until(today),
        away=roster.absences if here else (),
        people=people,
        my_absence=my_absence(reading, by) if here else None,
        may_be_away=here,
        may_take_days=takes_duty and roster.rota is not None,
    )


def long_unanswered(reading: Reading, center: Site) -> list[Sheet]:
    """Return what is not urgent and waits for a center beyond twice its limit."""
    at_center = make_sheets(reading, reading.cases.referrals_at(center.id, OPEN))
    return [one for one in at_center if _is_long_unanswered(one, reading.now)]


def _is_long_unanswered(sheet: Sheet, now: datetime) -> bool:
    due_by = sheet.answer_by
    if sheet.has_died or due_by is None or sheet.referral.urgency is Urgency.URGENT:
        return False
    return now > twice(sheet.round, due_by)


def referral_sheet(
    reading: Reading, by: Person, referral_id: str
) -> tuple[Sheet, list[Reply]]:
    """Return one referral and what was written about it. Raises `NoPart`."""
    sheet = sheet_for(reading, by.member, referral_id)
    return sheet, reading.cases.replies_of(referral_id)


def _waits_on(sheet: Sheet, by: Person) -> bool:
    whose = sheet.waits_for
    if whose is None:
        return False
    same_site_coordinator = by.role is Role.COORDINATOR and whose.site_id == by.site_id
    return whose.id == by.clinician_id or same_site_coordinator
