"""What is shown of a handoff: everything a view or an action needs of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.handed_plans import HandedPlan, handed_plan
from bot.refusals import NoPart
from bot.sheets import Sheet, make_sheets
from care.cases import one_line
from care.duty import Absence, absence_on
from care.handoff import OPEN, OWED, Event, Hand, State, hands_of, moves_for, waits_for
from care.handoff_clock import Round, limit
from care.ipass import PRODUCT, SUMMARY, TO_A_PRACTICE, Direction
from care.journey import CourseKind
from care.people import Member, Role, SiteKind
from scheduler.calendars import local_day, working_hours
from storage.errors import NotFound
from storage.handoff_records import Handoff, HandoffAction, HandoffWords
from storage.matching import Match
from storage.records import Clinician, Link, Site
from storage.unit import Reading


@dataclass(frozen=True)
class HandoffSheet:
    """One handoff with its case, its words, its actions and whom it concerns."""

    handoff: Handoff
    sheet: Sheet
    words: HandoffWords
    actions: Sequence[HandoffAction]
    people: Mapping[str, Clinician]
    """Those of the case, and the doers of the actions."""
    sender_site: Site
    receiver_site: Site
    stand_ins: frozenset[str]
    """Who acts for a sender who is not there."""
    round: Round
    matches: Sequence[Match] = ()
    """Which sites recorded that code and patient match, before a return."""
    plan: HandedPlan | None = None
    """What an open return hands over of the plan after CAR T."""

    @property
    def sender(self) -> Clinician:
        """Who hands over: responsible when it was offered."""
        return self.people[self.handoff.sender_id]

    @property
    def receiver(self) -> Clinician:
        """To whom it is offered."""
        return self.people[self.handoff.receiver_id]

    @property
    def is_return(self) -> bool:
        """Whether a center hands the patient back."""
        return self.handoff.direction is Direction.RETURN

    @property
    def is_transfer(self) -> bool:
        """Whether a practice hands the patient to another one."""
        return self.handoff.direction is Direction.TRANSFER

    @property
    def asks_for_visit(self) -> bool:
        """Whether the first visit must be booked before this is accepted.

        Not after an emergency takeover: the patient is there already.
        """
        return self._to_a_practice and self.handoff.state is State.OFFERED

    @property
    def asks_for_match(self) -> bool:
        """Whether each site says that it is the same patient before this is accepted.

        Not after an emergency takeover, which does not wait for it.
        """
        open_yet = self.handoff.state in {State.OFFERED, State.BY_PHONE}
        return self._to_a_practice and open_yet

    @property
    def _to_a_practice(self) -> bool:
        return self.handoff.direction in TO_A_PRACTICE

    @property
    def site_ids(self) -> tuple[str, ...]:
        """The sites whose people may be named in its words."""
        here = (self.sheet.practice, self.sheet.center)
        sites = (*here, self.sender_site, self.receiver_site)
        return tuple(dict.fromkeys(one.id for one in sites))

    @property
    def waits_for(self) -> Clinician | None:
        """Whose move it is."""
        whose = waits_for(self.handoff.offer)
        return self.people[whose] if whose else None

    @property
    def due(self) -> datetime | None:
        """By when that person says it back or confirms it."""
        owed = self.handoff.state in OWED
        return limit(self.handoff.state, self.round) if owed else None

    def hands(self, member: Member) -> frozenset[Hand]:
        """Return whose hand somebody is in this handoff."""
        stands_in = member.id in self.stand_ins
        return hands_of(member.id, self.handoff.offer, stands_in=stands_in)

    def gives(self, member: Member) -> bool:
        """Tell whether somebody sees to what the receiver did not take on.

        Who handed over, who offered or stands in for them, and their coordinators.
        """
        coordinates = member.role is Role.COORDINATOR
        givers = {self.handoff.sender_id, self.handoff.offered_by} | self.stand_ins
        return member.id in givers or (
            coordinates and member.site_id == self.sender_site.id
        )

    @property
    def asks_what_is_known(self) -> bool:
        """Whether nobody has told of the patient: an emergency that no offer preceded.

        Whoever took over writes it down when they say it back.
        """
        return self.handoff.state is State.TAKEN_OVER and not self.words.fields

    def moves(self, member: Member) -> tuple[Event, ...]:
        """Return what somebody may do with it now: nothing after a death."""
        if self.sheet.has_died:
            return ()
        return moves_for(self.handoff.offer, self.hands(member))


def handoff_sheet_for(reading: Reading, by: Member, handoff_id: str) -> HandoffSheet:
    """Return a handoff of a case that `by` has a part in. Raises `NoPart`."""
    try:
        found = make_handoff_sheet(reading, reading.handoffs.handoff(handoff_id))
    except NotFound as error:
        raise NoPart from error
    if not found.sheet.parts_of(by):
        raise NoPart
    return found


def make_handoff_sheet(reading: Reading, one: Handoff) -> HandoffSheet:
    """Return the sheet of one handoff."""
    sheet = make_sheets(reading, [reading.cases.referral(one.referral_id)])[0]
    actions = reading.handoffs.actions(one)
    matches = reading.matching.of([one.id])
    named = {action.doer_id for action in actions}
    named |= {match.clinician_id for match in matches}
    people = {**sheet.people, **reading.people.clinicians(named)}
    sender, receiver = people[one.sender_id], people[one.receiver_id]
    receiver_site = reading.people.site(receiver.site_id)
    return HandoffSheet(
        handoff=one,
        sheet=sheet,
        words=reading.handoffs.words(one),
        actions=actions,
        people=people,
        sender_site=reading.people.site(sender.site_id),
        receiver_site=receiver_site,
        stand_ins=stand_ins_of(reading, sender),
        round=_round(reading, one, people, receiver_site),
        matches=matches,
        plan=_plan(reading, one, sheet, receiver, receiver_site),
    )


def _plan(
    reading: Reading, one: Handoff, sheet: Sheet, receiver: Clinician, site: Site
) -> HandedPlan | None:
    offered = one.direction in TO_A_PRACTICE and one.state in OPEN
    return handed_plan(reading, sheet, receiver, site) if offered else None


def stand_ins_of(reading: Reading, absent: Clinician) -> frozenset[str]:
    """Return who may act for somebody who is not there; nobody if they are.

    That is their cover while they are away, or else the lead and the coordinators
    of their site: also where they left, or their account is deactivated.
    """
    site = reading.people.site(absent.site_id)
    if absent.active:
        away = _absence(reading, site, absent.id)
        if away is None:
            return frozenset()
        if away.cover_id and _absence(reading, site, away.cover_id) is None:
            return frozenset({away.cover_id})
    keepers = reading.people.staff(site.id, Role.LEAD, Role.COORDINATOR)
    return frozenset(one.id for one in keepers)


def receivers_for(
    reading: Reading, sheet: Sheet, link: Link | None = None
) -> list[Clinician]:
    """Return to whom the responsibility can be offered.

    Those whose role may be responsible: on the other side of the link, then at the
    responsible clinician's own site. With a `link` those of its practice, to which the
    patient is to move.
    """
    if link is not None:
        return may_be_responsible(reading, link.practice_id)
    here = sheet.responsible.site_id
    other = sheet.practice if here == sheet.center.id else sheet.center
    sites = (other.id, here)
    found = [one for site in sites for one in may_be_responsible(reading, site)]
    return [one for one in found if one.id != sheet.responsible.id]


def may_be_responsible(reading: Reading, site_id: str) -> list[Clinician]:
    """Return who may be responsible for a patient at a site, as the site decides."""
    roles = reading.people.site(site_id).responsible_roles
    return reading.people.staff(site_id, *roles)


def doers_for(reading: Reading, sheet: Sheet, receiver_id: str) -> list[Clinician]:
    """Return who can be asked to do something: the receiver, and who has a part.

    Nobody else could be told of it, nor see the case that it is about.
    """
    here = (sheet.practice.id, sheet.center.id)
    found = reading.people.clinicians([receiver_id] if receiver_id else [])
    there = [one.site_id for one in found.values()]
    sites = dict.fromkeys((*here, *there))
    people = [one for site in sites for one in reading.people.staff(site)]
    # Of the practice that a patient leaves, whoever was responsible keeps a part.
    leaving = any(site not in here for site in there)
    lose_it = {sheet.practice.id} if leaving else set[str]()
    return [
        one
        for one in people
        if one.id in {receiver_id, sheet.responsible.id}
        or (one.site_id not in lose_it and sheet.parts_of(one.member))
    ]


def prefilled(reading: Reading, sheet: Sheet) -> dict[str, str]:
    """Return what the case and its course say already, field by field.

    The sender reads and changes it; nothing of it is offered unseen.
    """
    ids = [one.id for one in sheet.courses if one.kind is CourseKind.CAR_T]
    products = [
        one.milestone.product
        for one in reading.courses.milestones(ids)
        if one.milestone.product is not None
    ]
    known = {SUMMARY: one_line(sheet.case.summary)}
    known |= {PRODUCT: products[-1].value} if products else {}
    return {code: text for code, text in known.items() if text}


def direction_between(sender: Site, receiver: Site) -> Direction:
    """Return in which direction a handoff between two sites goes."""
    if sender.id == receiver.id:
        return Direction.WITHIN
    if sender.kind is receiver.kind:
        return Direction.TRANSFER
    back = receiver.kind is SiteKind.PRACTICE
    return Direction.RETURN if back else Direction.TO_CENTER


def _absence(reading: Reading, site: Site, clinician_id: str) -> Absence | None:
    today = local_day(site, reading.now)
    there = reading.duty.absences(site.id, from_day=today)
    return absence_on(there, clinician_id, today)


def _round(
    reading: Reading, one: Handoff, people: Mapping[str, Clinician], receiver: Site
) -> Round:
    """Return the stretch in which it waits, in the hours of whoever is waited for."""
    whose = waits_for(one.offer)
    at = receiver if whose is None else reading.people.site(people[whose].site_id)
    has_next = one.state is State.OFFERED and receiver.kind is SiteKind.CENTER
    hours = working_hours(at, around=reading.now.date())
    return Round(one.round_started_at, hours, has_next)
