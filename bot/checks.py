"""Checks: items of plans with the row, the patient, the site and who does each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from care.knowledge.protocol import ProtocolRow
from care.knowledge.protocols import from_kept
from care.patient_time import PatientTime
from care.people import Role
from scheduler.calendars import local_day
from storage.items import Item
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
    if not items:
        return []
    cases = reading.cases.cases({one.case_id for one in items})
    plans = {one.id: one for one in reading.plans.of_cases(cases)}
    rows = rows_of(reading, plans.values())
    sites = {one: reading.people.site(one) for one in {i.site_id for i in items}}
    centers = centers_of(reading, plans.values())
    doers = doers_of(reading, items, sites, cases)
    mode = reading.phi_mode
    return [
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


def rows_of(
    reading: Reading, plans: Collection[Plan]
) -> dict[str, Mapping[str, ProtocolRow]]:
    """Return the rows of some plans, by plan and row, as each was pinned."""
    kept = reading.signing.protocols({one.protocol_id for one in plans})
    return {one.id: protocol_rows(kept[one.protocol_id]) for one in plans}


def protocol_rows(protocol: Protocol) -> Mapping[str, ProtocolRow]:
    """Return the rows of a kept protocol by their ids, in its order."""
    if protocol.id not in _ROWS:
        _ROWS[protocol.id] = {one.id: one for one in from_kept(protocol.rows)}
    return _ROWS[protocol.id]


_ROWS: dict[str, Mapping[str, ProtocolRow]] = {}
"""A version is never changed once it is kept, so it is read once."""


def doers_of(
    reading: Reading,
    items: Sequence[Item],
    sites: Mapping[str, Site],
    cases: Mapping[str, Case],
) -> dict[str, Clinician | None]:
    """Return who does each item: the one named, else a coordinator of its site.

    Where the site has no coordinator it is whoever is responsible there, then a lead.
    """
    staff = {one: reading.people.staff(one) for one in sites}
    named = reading.people.clinicians({one.doer_id for one in items if one.doer_id})
    return {
        one.id: _doer(one, staff[one.site_id], named, cases[one.case_id])
        for one in items
    }


def _doer(
    item: Item, staff: Sequence[Clinician], named: Mapping[str, Clinician], case: Case
) -> Clinician | None:
    given = named.get(item.doer_id or "")
    if given is not None and given.active:
        return given
    by_role = {role: [p for p in staff if p.role is role] for role in Role}
    responsible = [one for one in staff if one.id == case.responsible_id]
    able = [*by_role[Role.COORDINATOR], *responsible, *by_role[Role.LEAD], *staff]
    return able[0] if able else None


def centers_of(reading: Reading, plans: Collection[Plan]) -> dict[str, Site]:
    """Return the center of each plan, whose dates it counts in, by the plan's id."""
    referrals = reading.cases.referrals({one.referral_id for one in plans})
    links = {one.id: reading.people.link(one.link_id) for one in referrals}
    centers = {
        one: reading.people.site(one) for one in {k.center_id for k in links.values()}
    }
    return {one.id: centers[links[one.referral_id].center_id] for one in plans}
