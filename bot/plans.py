"""Look-ups of the plan after CAR T: all that its page shows, for an actor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.center_protocol import standing_protocol
from bot.checks import Check, make_checks
from bot.lookups import case_sheets
from bot.planned_rows import PlannedRows, planned_rows
from bot.refusals import NoPart, Overtaken
from bot.sheets import Sheet, sheet_for
from care.item import CLINICAL, PEOPLE, WAITING, State
from care.knowledge.protocol import Kind, ProtocolRow
from care.plan import HORIZON, Window, listed
from care.plan import plan as computed
from care.plan_table import Period, periods
from care.signing import Count
from care.visits import Visit, visits
from storage.actors import Person
from storage.courses import Task
from storage.errors import NotFound
from storage.plans import Plan
from storage.records import Clinician
from storage.unit import Reading

NO_PLAN = "There is no plan of this patient yet: it comes into being with the infusion."


IN_HOSPITAL = "see whether the patient left hospital"
"""A task of the center's while a stay is recorded."""
LOST = "search for a patient lost to follow-up"
"""The task that the center has while a patient is lost to follow-up."""
OUTSIDE = "news of the patient, who moved away"
"""The task that the center has while a patient is cared for where Baton is not."""
AWAY = frozenset({LOST, OUTSIDE})
"""Tasks that last while a patient comes to no practice that Baton knows."""


@dataclass(frozen=True)
class Entry:
    """One thing of a plan, kept already or computed for later."""

    row: ProtocolRow
    window: Window
    state: State | None
    """None: it lies so far ahead that it is not kept yet."""


@dataclass(frozen=True)
class PlanPage:
    """Everything that the page of a plan shows."""

    sheet: Sheet
    plan: Plan
    rows: PlannedRows
    checks: Sequence[Check]
    """Every item of the plan, by window, and what goes on of an earlier plan."""
    later: Sequence[Entry]
    signed: Count
    """How many rows of the protocol the center has signed."""
    people: Mapping[str, Clinician]
    """Who signed rows, and who confirmed the conditions."""
    may_change: bool
    is_clinical: bool
    lost: Task | None = None
    """The task of whoever asks after a patient who is lost or has moved away."""
    newer: int | None = None
    """The number of a newer version of the protocol, where there is one."""

    @property
    def today(self) -> date:
        """The date at the center."""
        return self.sheet.time.today

    @property
    def missed(self) -> Sequence[Check]:
        """What was not recorded in its window, and can still be done."""
        return [one for one in self.checks if one.item.state is State.MISSED]

    @property
    def visits(self) -> Sequence[Visit[Check]]:
        """What is done together, the next one first; precautions stand apart."""
        coming = [
            one
            for one in self.checks
            if one.item.state in {State.OPEN, State.UPCOMING}
            and one.row.kind is Kind.CHECK
        ]
        return visits(
            coming, site=lambda one: one.site.id, window=lambda one: one.item.window
        )

    @property
    def running(self) -> Sequence[Check]:
        """Precautions that run, by when they are looked at again."""
        return [
            one
            for one in self.checks
            if one.row.kind is Kind.PRECAUTION and one.item.state in WAITING
        ]

    @property
    def running_now(self) -> Sequence[Check]:
        """Precautions that somebody is to look at now."""
        return [one for one in self.running if one.item.state is State.OPEN]

    @property
    def held(self) -> Sequence[Check]:
        """Checks that wait for something; precautions stand apart."""
        return [
            one
            for one in self.checks
            if one.item.state is State.HELD and one.row.kind is Kind.CHECK
        ]

    @property
    def table(self) -> tuple[Period[Entry], ...]:
        """The whole plan by weeks, months and years, up to its horizon."""
        kept = [Entry(one.row, one.item.window, one.item.state) for one in self.checks]
        return periods(
            [*kept, *self.later],
            day0=self.plan.day0,
            window=lambda one: one.window,
        )

    def listed(self, kind: Kind) -> Sequence[ProtocolRow]:
        """Return the signed rows of a kind that make no items and apply."""
        return listed(self.rows.scheduled, self.plan.basis, kind)


def plan_page(reading: Reading, by: Person, plan_id: str) -> PlanPage:
    """Return a plan of a case that `by` has a part in. Raises `NoPart`."""
    try:
        plan = reading.plans.plan(plan_id)
    except NotFound as error:
        raise NoPart from error
    sheet = sheet_for(reading, by.member, plan.referral_id)
    plans = [
        one
        for one in reading.plans.of_cases([plan.case_id])
        if one.id == plan.id or one.ended_at is None
    ]
    rows = planned_rows(reading, [plan])[plan.id]
    checks = [
        one
        for one in make_checks(reading, reading.items.of_plans([p.id for p in plans]))
        if one.plan.id == plan.id or one.item.state in WAITING
    ]
    tasks = reading.courses.tasks(case_ids=[plan.case_id])
    lost = [one for one in tasks if one.kind in AWAY]
    ids = {one.signed_by for one in rows.signatures.values()} | {plan.confirmed_by}
    return PlanPage(
        sheet=sheet,
        plan=plan,
        rows=rows,
        checks=checks,
        later=_later(rows, checks),
        signed=standing_protocol(
            reading, sheet.center, reading.signing.protocol(plan.protocol_id)
        ).count,
        people=reading.people.clinicians(one for one in ids if one),
        may_change=bool(PEOPLE & sheet.parts_of(by.member)),
        is_clinical=by.role in CLINICAL,
        lost=next(iter(lost), None),
        newer=_newer(reading, sheet, plan),
    )


def plan_of_referral(reading: Reading, by: Person, referral_id: str) -> str:
    """Return the id of the plan that is shown for a referral: the case's newest.

    Raises `NoPart`, or `Overtaken` where there is none yet.
    """
    sheet = sheet_for(reading, by.member, referral_id)
    plans = reading.plans.of_cases([sheet.case.id])
    running = [one for one in plans if one.ended_at is None] or plans
    if not running:
        raise Overtaken(NO_PLAN)
    return running[-1].id


def plan_by_code(reading: Reading, by: Person, typed: str) -> str:
    """Return the id of the plan of a case by its code. Raises as `plan_of_referral`."""
    sheets = case_sheets(reading, by, typed)
    return plan_of_referral(reading, by, sheets[0].referral.id)


def _later(rows: PlannedRows, checks: Sequence[Check]) -> list[Entry]:
    """Return what is not kept yet, up to the horizon."""
    plan = rows.plan
    if plan.ended_at is not None:
        return []
    last: dict[str, int] = {}
    for one in checks:
        if one.plan.id == plan.id and not one.item.fixed:
            number = last.get(one.item.row_id, -1)
            last[one.item.row_id] = max(number, one.item.number)
    until = HORIZON.after(plan.day0)
    found = computed(rows.scheduled, plan.basis, until=until)
    return [
        Entry(one.row, one.window, None)
        for one in found
        if one.number > last.get(one.row.id, -1) and one.window.earliest > plan.kept_to
    ]


def _newer(reading: Reading, sheet: Sheet, plan: Plan) -> int | None:
    newest = reading.signing.newest(sheet.center.id)
    newer = newest is not None and newest.id != plan.protocol_id
    return newest.number if newest is not None and newer else None
