"""What is shown of a referral: everything a view needs, looked up for an actor."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.refusals import NoPart
from care.people import Involved, Member, Part, parts_of
from care.referral import waits_for
from care.response import Round, answer_by
from scheduler.calendars import working_hours
from storage.errors import NotFound
from storage.matching import Match
from storage.records import Case, Clinician, Identity, Link, Notice, Referral, Site
from storage.unit import Reading

CARD = "card"
"""The view of the status card, the root of a referral's thread."""


@dataclass(frozen=True)
class Sheet:
    """One referral with the people, sites and places that it concerns."""

    referral: Referral
    case: Case
    link: Link
    practice: Site
    center: Site
    people: Mapping[str, Clinician]
    identities: Mapping[str, Identity]
    card: Notice | None
    now: datetime
    matches: Sequence[Match] = ()
    """Which sites recorded that code and patient match, before an evaluation."""

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
    def responsible_site(self) -> Site:
        """The site of the responsible clinician."""
        at_center = self.responsible.site_id == self.center.id
        return self.center if at_center else self.practice

    @property
    def involved(self) -> Involved:
        """What a part in this referral is derived from."""
        return Involved(
            referrer_id=self.referral.referrer_id,
            responsible_id=self.case.responsible_id,
            practice_id=self.link.practice_id,
            center_id=self.link.center_id,
        )

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
    def permalink(self) -> str | None:
        """The address of the thread, once the card stands in Slack."""
        return self.card.permalink if self.card else None

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
    links = {one: reading.people.link(one) for one in {r.link_id for r in referrals}}
    site_ids = {s for one in links.values() for s in (one.practice_id, one.center_id)}
    sites = {one: reading.people.site(one) for one in site_ids}
    matches = reading.matching.of([one.id for one in referrals])
    ids = _people_in(referrals, cases.values()) | {one.clinician_id for one in matches}
    people = reading.people.clinicians(ids)
    identities = reading.people.identities(people)
    cards = reading.notices.roots_of([one.id for one in referrals], CARD)
    return [
        Sheet(
            referral=one,
            case=cases[one.case_id],
            link=links[one.link_id],
            practice=sites[links[one.link_id].practice_id],
            center=sites[links[one.link_id].center_id],
            people=people,
            identities=identities,
            card=cards.get(one.id),
            now=reading.now,
            matches=[match for match in matches if match.subject == one.id],
        )
        for one in referrals
    ]


def _people_in(referrals: Sequence[Referral], cases: Collection[Case]) -> set[str]:
    ids = {case.responsible_id for case in cases}
    for one in referrals:
        ids |= {one.referrer_id, one.asked_id}
        ids |= {one.taker_id} if one.taker_id else set()
    return ids
