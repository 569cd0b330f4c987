"""What is shown of a referral: everything a view needs, looked up for an actor."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.covers import gone_from, standing_covers
from bot.refusals import NoPart
from care.cover import Cover, FirstCall, first_call
from care.handoff import OPEN
from care.ipass import Direction
from care.journey import CourseKind, Party, Phase
from care.patient_time import PatientTime, PhiMode
from care.people import Involved, Member, Part, parts_of
from care.referral import Event, moves_for, waits_for
from care.response import Round, answer_by
from scheduler.calendars import local_day, working_hours
from storage.courses import Course
from storage.errors import NotFound
from storage.handoff_records import Handoff
from storage.matching import Match
from storage.records import (
    Case,
    Clinician,
    Identity,
    Life,
    Link,
    Notice,
    Referral,
    Site,
)
from storage.responsibility import Tenure
from storage.unit import Reading

CARD = "card"
"""The view of the status card, the root of a referral's thread."""


READ_FOR = timedelta(days=1)
"""How long a practice that did not take a patient can read of the offer."""


@dataclass(frozen=True)
class Sheet:
    """One referral with the people, sites and places that it concerns."""

    referral: Referral
    case: Case
    link: Link
    practice: Site
    center: Site
    responsible_site: Site
    """Of the responsible clinician."""
    people: Mapping[str, Clinician]
    identities: Mapping[str, Identity]
    card: Notice | None
    tenures: Sequence[Tenure]
    """Who was and is responsible, the first one first."""
    handoffs: Sequence[Handoff]
    """Every handoff of the case, oldest first."""
    now: datetime
    collected: bool = False
    """Cells were collected over this link: its center hears of urgent concerns."""
    phi_mode: PhiMode = PhiMode.NONE
    courses: tuple[Course, ...] = ()
    """Every course of the case, oldest first."""
    matches: Sequence[Match] = ()
    """Which sites recorded that code and patient match, before an evaluation."""
    doers: frozenset[str] = frozenset()
    """Who is or was named to do a check of the case."""
    covers: tuple[Cover, ...] = ()
    """Of whoever is responsible: those that may run, or are not acknowledged yet."""
    moved_to: Site | None = None
    """The practice to which the patient has moved from the one of this referral."""

    @property
    def referrer(self) -> Clinician:
        """Who asked."""
        return self.people[self.referral.referrer_id]

    @property
    def asked(self) -> Clinician:
        """Who was asked: the one on duty, or the one named."""
        return self.people[self.referral.asked_id]

    @property
    def taker(self) -> Clinician | None:
        """Who took it."""
        taker_id = self.referral.taker_id
        return self.people[taker_id] if taker_id else None

    @property
    def responsible(self) -> Clinician:
        """Who is responsible for the patient now."""
        return self.people[self.case.responsible_id]

    @property
    def open_handoff(self) -> Handoff | None:
        """The handoff of the case that is open; there is one at the most."""
        found = [one for one in self.handoffs if one.state in OPEN]
        return found[0] if found else None

    @property
    def first_call(self) -> FirstCall:
        """Who is called first about this patient now."""
        return first_call(
            self.case.id,
            self.case.responsible_id,
            self.covers,
            at=self.now,
            gone=gone_from(self.covers, self.people),
        )

    @property
    def unsettled(self) -> list[Cover]:
        """Covers of this case that are over and not acknowledged, oldest first."""
        mine = [one for one in self._my_covers if one.is_unsettled(self.now)]
        return sorted(mine, key=lambda one: one.ends_at)

    @property
    def _my_covers(self) -> list[Cover]:
        of = (self.case.id, self.case.responsible_id)
        return [one for one in self.covers if one.concerns(*of)]

    @property
    def involved(self) -> Involved:
        """What a part in this referral is derived from."""
        return Involved(
            referrer_id=None if self.moved_to else self.referral.referrer_id,
            responsible_id=self.case.responsible_id,
            practice_id=None if self.moved_to else self.link.practice_id,
            center_id=self.link.center_id,
            formerly=frozenset(one.clinician_id for one in self.tenures),
            parties=frozenset(
                id_
                for one in self.handoffs
                for id_ in _parties_to(one)
                if id_ != one.receiver_id or not self._came_to_nothing(one)
            ),
            doers=self.doers,
            covers=frozenset(
                one.cover_id for one in self._my_covers if one.gives_part(self.now)
            ),
        )

    def _came_to_nothing(self, one: Handoff) -> bool:
        """Tell whether a patient was to move to a practice, and has not for a day.

        So long its receiver can read what became of it; they have no other part.
        """
        if one.direction is not Direction.TRANSFER or one.ended_at is None:
            return False
        return self.now - one.ended_at > READ_FOR

    @property
    def has_died(self) -> bool:
        """Whether the patient has died, so that nothing more is asked of anybody."""
        return self.case.life is Life.DIED

    @property
    def round(self) -> Round:
        """The stretch in which it waits on the same side."""
        return Round(
            urgency=self.referral.urgency,
            started_at=self.referral.round_started_at,
            center=working_hours(self.center, around=self.now.date()),
            practice=working_hours(self.practice, around=self.now.date()),
            paused_until=self.referral.paused_until,
            times=self.center.times,
            outcome_days=self.referral.outcome_days,
        )

    @property
    def answer_by(self) -> datetime | None:
        """The center's limit, where its clock runs."""
        return answer_by(self.referral.progress, self.round)

    @property
    def waits_for(self) -> Clinician | None:
        """Whose move it is."""
        whose = waits_for(
            self.referral.progress,
            referrer_id=self.referral.referrer_id,
            asked_id=self.referral.asked_id,
            taker_id=self.referral.taker_id,
        )
        return self.people[whose] if whose else None

    @property
    def course(self) -> Course | None:
        """The newest course of CAR T that is told in this referral's thread."""
        here = [
            one
            for one in self.courses
            if one.referral_id == self.referral.id and one.kind is CourseKind.CAR_T
        ]
        return here[-1] if here else None

    @property
    def course_waits_for(self) -> Clinician:
        """Who is asked for news of the course: each next move has a name."""
        course = self.course
        if course is None or course.phase is Phase.HOME:
            return self.responsible
        if course.waits_on is Party.PRACTICE:
            return self.referrer
        decides = course.phase in {Phase.DECISION, Phase.NOT_RELEASED, Phase.RETURN}
        if decides and self.taker is not None:
            return self.taker
        lead = self.people.get(course.lead_id or "")
        return lead or self.taker or self.asked

    @property
    def time(self) -> PatientTime:
        """How this patient's days are said, counted at the center."""
        day0 = self.course.day0 if self.course else None
        return PatientTime(self.phi_mode, local_day(self.center, self.now), day0=day0)

    @property
    def permalink(self) -> str | None:
        """The address of the thread, once the card stands in Slack."""
        return self.card.permalink if self.card else None

    def moves_of(self, parts: Collection[Part]) -> tuple[Event, ...]:
        """Return what somebody with these parts may do now.

        Nothing after a death, nor where the patient has moved and it goes on elsewhere.
        """
        over = self.has_died or self.moved_to is not None
        return () if over else moves_for(self.referral.progress, parts)

    def parts_of(self, member: Member) -> frozenset[Part]:
        """Return the parts that somebody has in this referral."""
        return parts_of(member, self.involved)


def sheet_for(reading: Reading, by: Member, referral_id: str) -> Sheet:
    """Return a referral that `by` has a part in. Raises `NoPart`."""
    try:
        found = make_sheets(reading, [reading.cases.referral(referral_id)])[0]
    except NotFound as error:
        raise NoPart from error
    if not found.parts_of(by):
        raise NoPart
    return found


def make_sheets(reading: Reading, referrals: Sequence[Referral]) -> list[Sheet]:
    """Return the sheets of several referrals, in a fixed number of queries."""
    if not referrals:
        return []
    cases = reading.cases.cases({one.case_id for one in referrals})
    tenures = reading.responsibility.of(cases.keys())
    handoffs = reading.handoffs.of(cases.keys())
    links = reading.people.links_by_id({one.link_id for one in referrals})
    courses = _by_case(reading.courses.of_cases(cases))
    matches = reading.matching.of([one.id for one in referrals])
    people = reading.people.clinicians(
        _people_in(referrals)
        | {one.clinician_id for one in matches}
        | {one.clinician_id for few in tenures.values() for one in few}
        | {one for few in handoffs.values() for h in few for one in _parties_to(h)}
        | {one.lead_id for few in courses.values() for one in few if one.lead_id}
    )
    collected = reading.courses.collected(cases)
    doers = reading.items.doers(cases)
    site_ids = {s for one in links.values() for s in (one.practice_id, one.center_id)}
    site_ids |= {people[one.responsible_id].site_id for one in cases.values()}
    site_ids |= {one.practice_id for one in cases.values()}
    sites = reading.people.sites_by_id(site_ids)
    covers = _covers_of(reading, cases.values(), people, sites)
    people |= reading.people.clinicians({one.cover_id for one in covers})
    identities = reading.people.identities(people)
    cards = reading.notices.roots_of([one.id for one in referrals], CARD)
    phi_mode = reading.phi_mode
    return [
        Sheet(
            referral=one,
            case=cases[one.case_id],
            link=links[one.link_id],
            practice=sites[links[one.link_id].practice_id],
            center=sites[links[one.link_id].center_id],
            responsible_site=sites[people[cases[one.case_id].responsible_id].site_id],
            people=people,
            identities=identities,
            card=cards.get(one.id),
            tenures=tenures[one.case_id],
            handoffs=handoffs[one.case_id],
            now=reading.now,
            collected=(one.case_id, one.link_id) in collected,
            phi_mode=phi_mode,
            courses=courses.get(one.case_id, ()),
            matches=[match for match in matches if match.subject == one.id],
            covers=covers,
            doers=doers.get(one.case_id, frozenset()),
            moved_to=_moved_to(cases[one.case_id], links[one.link_id], sites),
        )
        for one in referrals
    ]


def _moved_to(case: Case, link: Link, sites: Mapping[str, Site]) -> Site | None:
    """Return the practice of a case where it is not the one of a link any more."""
    return None if case.practice_id == link.practice_id else sites[case.practice_id]


def _covers_of(
    reading: Reading,
    cases: Collection[Case],
    people: Mapping[str, Clinician],
    sites: Mapping[str, Site],
) -> tuple[Cover, ...]:
    responsible = [people[one] for one in {case.responsible_id for case in cases}]
    return tuple(standing_covers(reading, responsible, sites))


def _by_case(courses: Sequence[Course]) -> dict[str, tuple[Course, ...]]:
    found: dict[str, tuple[Course, ...]] = {}
    for one in courses:
        found[one.case_id] = (*found.get(one.case_id, ()), one)
    return found


def _people_in(referrals: Sequence[Referral]) -> set[str]:
    ids = {id_ for one in referrals for id_ in (one.referrer_id, one.asked_id)}
    return ids | {one.taker_id for one in referrals if one.taker_id}


def _parties_to(one: Handoff) -> tuple[str, ...]:
    return (one.sender_id, one.receiver_id, one.offered_by)
