"""What is shown of covers: who is first call now, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from care.cover import (
    KEEPING,
    MAY_COVER,
    NEVER_FIRST_CALL,
    Cover,
    Event,
    Seat,
    leave_of,
    moves_for,
)
from care.people import Member
from storage.actors import Person
from storage.covers import KeptCover
from storage.records import Clinician, Site
from storage.unit import Reading

A_DAY = timedelta(days=1)
ASKS = frozenset({Event.TAKE, Event.LEAVE_LINE, Event.ACKNOWLEDGE})
"""Moves that Baton asks somebody for."""


@dataclass(frozen=True)
class CoverSheet:
    """One cover with the people, the site and the cases that it concerns."""

    kept: KeptCover
    people: Mapping[str, Clinician]
    site: Site
    case_code: str | None
    cases: int
    """For how many cases the covered clinician is responsible now."""
    now: datetime

    @property
    def cover(self) -> Cover:
        """The cover itself."""
        return self.kept.cover

    @property
    def by(self) -> Clinician:
        """Who covers."""
        return self.people[self.cover.cover_id]

    @property
    def covered(self) -> Clinician:
        """Whose first call it is else."""
        return self.people[self.cover.covered_id]

    @property
    def asked_by(self) -> Clinician:
        """Who asked: the covered clinician, or somebody on their behalf."""
        return self.people[self.kept.asked_by]

    def seats_of(self, member: Member) -> frozenset[Seat]:
        """Return who somebody is to this cover, which is nobody for most."""
        is_cover = member.id == self.cover.cover_id
        keeps = _keeps(member, self.cover, self.site.id) and not is_cover
        # Whoever has left the site acknowledges nothing: its keepers do.
        for_covered = member.id == self.cover.covered_id or (
            keeps and not self.covered.active
        )
        held = {
            Seat.COVER: is_cover,
            Seat.COVERED: for_covered,
            Seat.KEEPER: keeps,
        }
        return frozenset(seat for seat, holds in held.items() if holds)

    def moves_of(self, member: Member) -> tuple[Event, ...]:
        """Return what somebody may do with it now."""
        return moves_for(self.cover.state, self.seats_of(member))

    def waits_for(self, member: Member) -> bool:
        """Tell whether it is somebody's move."""
        return bool(ASKS & set(self.moves_of(member)))


def standing_covers(
    reading: Reading, responsible: Collection[Clinician], sites: Mapping[str, Site]
) -> list[Cover]:
    """Return the covers of some clinicians: those asked for, and leaves of today."""
    found = reading.covers.standing([one.id for one in responsible])
    here = [one for one in responsible if one.site_id in sites]
    day = reading.now.date() - A_DAY
    absences = reading.duty.absences_at({one.site_id for one in here}, from_day=day)
    leaves = (
        leave_of(absences, one.id, zone=sites[one.site_id].zone, at=reading.now)
        for one in here
        if absences
    )
    return [*found, *(one for one in leaves if one is not None)]


def gone_from(covers: Collection[Cover], people: Mapping[str, Clinician]) -> set[str]:
    """Return who covers on paper only.

    They have left Baton or the covered one's site, or their role is not called.
    """
    return {
        one.cover_id
        for one in covers
        if not people[one.cover_id].active
        or people[one.cover_id].site_id != people[one.covered_id].site_id
        or people[one.cover_id].role in NEVER_FIRST_CALL
    }


def make_cover_sheets(
    reading: Reading, covers: Sequence[KeptCover]
) -> list[CoverSheet]:
    """Return the sheets of some covers of a few sites."""
    ids = {
        id_
        for one in covers
        for id_ in (one.cover.cover_id, one.cover.covered_id, one.asked_by)
    }
    people = reading.people.clinicians(ids)
    sites = reading.people.sites_by_id({one.site_id for one in covers})
    cases = reading.cases.cases(
        {one.cover.case_id for one in covers if one.cover.case_id}
    )
    return [
        CoverSheet(
            kept=one,
            people=people,
            site=sites[one.site_id],
            case_code=cases[one.cover.case_id].code if one.cover.case_id else None,
            cases=reading.covers.cases_of(one.cover.covered_id, one.cover.case_id),
            now=reading.now,
        )
        for one in covers
    ]


def cover_sheet(reading: Reading, cover_id: str) -> CoverSheet:
    """Return the sheet of one cover. Raises `NotFound`."""
    return make_cover_sheets(reading, [reading.covers.cover(cover_id)])[0]


def my_covers(reading: Reading, by: Person) -> list[CoverSheet]:
    """Return the covers that somebody has a seat in, those that wait for them first."""
    keeps = by.role in KEEPING
    found = reading.covers.at_site(by.site_id) if keeps else []
    found = found or reading.covers.of(by.clinician_id)
    sheets = make_cover_sheets(reading, found)
    return sorted(sheets, key=lambda one: not one.waits_for(by.member))


def may_be_covered(reading: Reading, site: Site) -> list[Clinician]:
    """Return who at a site may be responsible, so that somebody covers them."""
    return reading.people.staff(site.id, *site.responsible_roles)


def may_cover(reading: Reading, site: Site) -> list[Clinician]:
    """Return who at a site may be first call for a while."""
    roles = (MAY_COVER | {*site.responsible_roles}) - NEVER_FIRST_CALL
    return reading.people.staff(site.id, *roles)


def may_ask(reading: Reading, by: Person) -> list[Clinician]:
    """Return for whom somebody may ask for cover; nobody, where they may not."""
    those = may_be_covered(reading, reading.people.site(by.site_id))
    if by.role in KEEPING:
        return sorted(those, key=lambda one: one.id != by.clinician_id)
    return [one for one in those if one.id == by.clinician_id]


def _keeps(member: Member, cover: Cover, site_id: str) -> bool:
    others = member.id != cover.covered_id
    return others and member.site_id == site_id and member.role in KEEPING
