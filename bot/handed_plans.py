"""What a return hands over of the plan: how many checks, to be done by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.planned_rows import PlannedRows, planned_rows
from bot.sheets import Sheet
from care.item import WAITING
from care.knowledge.protocol import ProtocolRow, Seat, Topic
from care.patient_time import PatientTime
from care.people import Role
from storage.item_records import Item
from storage.plans import Plan
from storage.records import Clinician, Site
from storage.unit import Reading

PREFIX = "plan_doer_"
"""The beginning of a field in which a doer is chosen: each topic has its own."""


@dataclass(frozen=True)
class Group:
    """The checks of one topic at the site that receives the patient."""

    topic: Topic
    rows: Sequence[ProtocolRow]
    count: int
    doer: Clinician
    """Who is proposed, or was agreed on."""

    @property
    def field(self) -> str:
        """Return the field in which its doer is chosen."""
        return doer_field(self.topic)


@dataclass(frozen=True)
class HandedPlan:
    """What of a plan is done at the site that receives the patient."""

    plan: Plan
    site: Site
    groups: Sequence[Group]
    staff: Sequence[Clinician]
    """Who can be chosen, all of that site."""
    first: str
    """When the first of it is, in the words of named windows."""

    @property
    def by_doer(self) -> Mapping[str, int]:
        """How many checks each person has, by their name."""
        found: dict[str, int] = {}
        for one in self.groups:
            found[one.doer.name] = found.get(one.doer.name, 0) + one.count
        return found


def doer_field(topic: Topic) -> str:
    """Return the field in which the doer of a topic is chosen."""
    return f"{PREFIX}{topic.name.lower()}"


def handed_plan(
    reading: Reading, sheet: Sheet, receiver: Clinician, site: Site
) -> HandedPlan | None:
    """Return what a return hands over of the running plan; None where nothing is."""
    plans = [one for one in reading.plans.of_cases([sheet.case.id]) if not one.ended_at]
    if not plans:
        return None
    plan = plans[-1]
    rows = planned_rows(reading, [plan])[plan.id]
    items = [
        one
        for one in reading.items.of_cases([sheet.case.id], WAITING)
        if one.plan_id == plan.id and _goes_along(rows, one)
    ]
    staff = reading.people.staff(site.id)
    if not items or not staff:
        return None
    first = min(one.window.target for one in items)
    return HandedPlan(
        plan=plan,
        site=site,
        groups=_groups(rows, items, staff, receiver),
        staff=staff,
        first=_named(sheet.time, plan, first),
    )


def _goes_along(rows: PlannedRows, one: Item) -> bool:
    row = rows.pinned.get(one.row_id)
    return row is not None and row.seat in {Seat.PRACTICE, Seat.RESPONSIBLE}


def _groups(
    rows: PlannedRows,
    items: Sequence[Item],
    staff: Sequence[Clinician],
    receiver: Clinician,
) -> list[Group]:
    coordinators = [one for one in staff if one.role is Role.COORDINATOR]
    default = [*coordinators, *(one for one in staff if one.id == receiver.id), *staff]
    by_id = {one.id: one for one in staff}
    found: list[Group] = []
    for topic in Topic:
        here = [
            row
            for row in rows.pinned.values()
            if row.topic is topic and any(one.row_id == row.id for one in items)
        ]
        if not here:
            continue
        ids = {row.id for row in here}
        agreed = [rows.row(one).practice_doer_id for one in ids]
        named = [by_id[one] for one in agreed if one in by_id]
        count = sum(one.row_id in ids for one in items)
        found.append(Group(topic, here, count, (named or default)[0]))
    return found


def _named(time: PatientTime, plan: Plan, day: date) -> str:
    return PatientTime(time.mode, time.today, day0=plan.day0).phase(day)
