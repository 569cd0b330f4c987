"""Checks: items of plans with the row, the patient, the site and who does each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.center_protocol import protocol_rows
from care.cover import Cover, first_call
from care.duty import Absence, stand_in
from care.knowledge.protocol import ProtocolRow
from care.patient_time import PatientTime
from care.people import Role
from scheduler.calendars import local_day
from storage.item_records import Item
from storage.plans import Plan
from storage.records import Case, Clinician, Site
from storage.signing import Protocol
from storage.unit import Reading


@dataclass(frozen=True)
class Check:
    """One item with all that a line of a list says of it."""

    item: Item
    row: ProtocolRow
    plan: Plan
    case: Case
    site: Site
    """Where it is done."""
    doer: Clinician | None
    """Who does it: never nobody, unless the site has nobody left."""
    time: PatientTime
    """How this patient's days are said."""

    @property
    def today(self) -> date:
        """The date at the center."""
        return self.time.today


def make_checks(reading: Reading, items: Sequence[Item]) -> list[Check]:
    """Return the checks of some items in their order, in a fixed number of queries."""
    return checks_and_stand_ins(reading, items)[0] if items else []


def checks_and_stand_ins(
    reading: Reading, items: Sequence[Item]
) -> tuple[list[Check], StandIns]:
    """Return the checks of some items, and who stands in for whom at their sites."""
    cases = reading.cases.cases({one.case_id for one in items})
    plans = {one.id: one for one in reading.plans.of_cases(cases)}
    rows = rows_of(reading, plans.values())
    sites = reading.people.sites_by_id({one.site_id for one in items})
    centers = centers_of(reading, plans.values())
    doers, there = doers_of(reading, items, sites, cases)
    mode = reading.phi_mode
    checks = [
        Check(
            item=one,
            row=rows[one.plan_id][one.row_id],
            plan=plans[one.plan_id],
            case=cases[one.case_id],
            site=sites[one.site_id],
            doer=doers[one.id],
            time=PatientTime(
                mode,
                local_day(centers[one.plan_id], reading.now),
                day0=plans[one.plan_id].day0,
            ),
        )
        for one in items
    ]
    return checks, there


def rows_of(
    reading: Reading, plans: Collection[Plan]
) -> dict[str, Mapping[str, ProtocolRow]]:
    """Return the rows of some plans, by plan and row, as each was pinned.

    A plan that has moved to a newer protocol keeps items of rows that this one has
    not: these read as they read last.
    """
    kept = reading.signing.protocols({one.protocol_id for one in plans})
    rows = {id_: _rows_ever(reading, one) for id_, one in kept.items()}
    return {one.id: rows[one.protocol_id] for one in plans}


def _rows_ever(reading: Reading, protocol: Protocol) -> Mapping[str, ProtocolRow]:
    found: dict[str, ProtocolRow] = {}
    if protocol.number > 1:
        for one in reading.signing.before(protocol):
            found |= protocol_rows(one)
    return found | dict(protocol_rows(protocol))


def doers_of(
    reading: Reading,
    items: Sequence[Item],
    sites: Mapping[str, Site],
    cases: Mapping[str, Case],
) -> tuple[dict[str, Clinician | None], StandIns]:
    """Return who does each item now: the one named, else a coordinator of its site.

    Where the site has no coordinator it is whoever is responsible there, then a lead.
    Whoever is covered or away at this moment is stood in for; whoever is away without
    a cover is passed over, unless everybody is.
    """
    staff = reading.people.staff_of(sites)
    ids = {one.doer_id for one in items if one.doer_id}
    named = reading.people.clinicians(ids) if ids else {}
    able = {
        one.id: _able(one, staff[one.site_id], named, cases[one.case_id])
        for one in items
    }
    covered = {p.id for some in able.values() for p in some}
    covered |= {one.responsible_id for one in cases.values()}
    there = StandIns.of(reading, sites, covered, staff=staff)
    return {one.id: there.first(able[one.id], one) for one in items}, there


def _able(
    item: Item, staff: Sequence[Clinician], named: Mapping[str, Clinician], case: Case
) -> list[Clinician]:
    """Return who may do an item, whoever is asked first coming first."""
    given = named.get(item.doer_id or "")
    by_role = {role: [p for p in staff if p.role is role] for role in Role}
    responsible = [one for one in staff if one.id == case.responsible_id]
    able = [*by_role[Role.COORDINATOR], *responsible, *by_role[Role.LEAD], *staff]
    return [given, *able] if given is not None and given.active else able


KEEPERS = (Role.LEAD, Role.COORDINATOR)
"""Roles that see to what nobody else of a site does, whoever is asked first first."""


@dataclass(frozen=True)
class StandIns:
    """Who stands in for whom at this moment, at some sites."""

    now: datetime
    days: Mapping[str, date]
    """Today at each site."""
    staff: Mapping[str, Clinician]
    absences: Sequence[Absence]
    covers: Sequence[Cover]

    @classmethod
    def of(
        cls,
        reading: Reading,
        sites: Mapping[str, Site],
        covered: Collection[str],
        *,
        staff: Mapping[str, Sequence[Clinician]] | None = None,
    ) -> StandIns:
        """Look up the staff, absences and covers of some sites, in a few queries.

        `staff` is that of these sites, by site, where it was read before.
        """
        there = reading.people.staff_of(sites) if staff is None else staff
        yesterday = reading.now.date() - timedelta(days=1)
        return cls(
            now=reading.now,
            days={one.id: local_day(one, reading.now) for one in sites.values()},
            staff={p.id: p for some in there.values() for p in some},
            absences=reading.duty.absences_at(sites.keys(), from_day=yesterday),
            covers=reading.covers.standing(covered),
        )

    def at(self, site_ids: Collection[str]) -> StandIns | None:
        """Return what is known of some sites alone; None where one was not asked for.

        Nobody but the people of a site stands in there.
        """
        if not self.days.keys() >= set(site_ids):
            return None
        here = {id_: p for id_, p in self.staff.items() if p.site_id in site_ids}
        return replace(self, staff=here)

    def staff_of(self, site_id: str, role: Role) -> list[Clinician]:
        """Return who has a role at a site, in the setup's order."""
        here = [one for one in self.staff.values() if one.site_id == site_id]
        return [one for one in here if one.role is role]

    def first(self, able: Sequence[Clinician], item: Item) -> Clinician | None:
        """Return the first of some people who is there, or their cover."""
        for one in able:
            found = self.instead_of(one, case_id=item.case_id, site_id=item.site_id)
            if found is not None:
                return found
        return able[0] if able else None

    def instead_of(
        self, one: Clinician, *, case_id: str, site_id: str
    ) -> Clinician | None:
        """Return somebody, or who stands in for them; None where nobody does."""
        left = {c.cover_id for c in self.covers} - self.staff.keys()
        called = first_call(case_id, one.id, self.covers, at=self.now, gone=left)
        known = {one.id, *self.staff}
        found = stand_in(
            called.clinician_id, self.days[site_id], self.absences, known=known
        )
        return {one.id: one, **self.staff}[found] if found else None

    def keeper_of(self, site_id: str) -> Clinician | None:
        """Return who of a site is told in the place of somebody who is away.

        That is a lead who is there, or a coordinator; None where nobody is.
        """
        able = [p for role in KEEPERS for p in self.staff_of(site_id, role)]
        return next((one for one in able if not self.is_away(one)), None)

    def is_away(self, one: Clinician) -> bool:
        """Tell whether somebody of these sites is away today."""
        day = self.days[one.site_id]
        mine = [a for a in self.absences if a.clinician_id == one.id]
        return any(absence.holds(day) for absence in mine)


def centers_of(reading: Reading, plans: Collection[Plan]) -> dict[str, Site]:
    """Return the center of each plan, whose dates it counts in, by the plan's id."""
    referrals = reading.cases.referrals({one.referral_id for one in plans})
    link_of = {one.id: one.link_id for one in referrals}
    links = reading.people.links_by_id(set(link_of.values()))
    centers = reading.people.sites_by_id({one.center_id for one in links.values()})
    return {one.id: centers[links[link_of[one.referral_id]].center_id] for one in plans}
