"""A patient after CAR T with a protocol of a few rows, a plan and its items, as kept.

Written through storage, as the actions would, for tests of what comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

from bot.actions.done import Done, perform
from bot.actions.item_clock import replan_items
from bot.actions.reminding import HANDLERS, TellOfTrouble
from care.item import State
from care.journey import Party, Phase
from care.knowledge.protocol import ProtocolRow, Seat
from care.knowledge.protocols import as_kept, from_kept
from care.milestone import Product
from care.plan import KEPT_AHEAD, Basis
from care.plan import plan as computed
from scheduler.reminders import DueReminders
from storage.actors import Person
from storage.clock import TravellingClock
from storage.item_records import Change, Item, item_id
from storage.plans import Plan, PlanRow, plan_row_id
from storage.records import Reminder
from storage.signing import Protocol
from storage.unit import Store, Unit
from tests.courses import a_course
from tests.world import OPERATOR, World

DAY0 = date(2026, 11, 2)
"""Three weeks before the tests begin: the month-1 checks open on 27 November."""
_WHO = dict.fromkeys(("orders", "draws", "reviews", "acts"), "practice")


def a_row(key: str, name: str, **changes: Any) -> ProtocolRow:
    """Return a row of a protocol: a check of the practice at month 1, as changed."""
    row: dict[str, Any] = {
        "id": key,
        "ref": "C01",
        "name": name,
        "topic": "counts",
        "kind": "check",
        "statement": f"{name} is checked at month 1",
        "sources": ["S5"],
        "mark": "F",
        "last_checked": "2026-11-23",
        "checked_by": None,
        "window": {"earliest": "25 days", "target": "30 days", "latest": "35 days"},
        "who": _WHO,
        "proposed": ["window", "who"],
    }
    return from_kept([row | changes])[0]


CBC = a_row(
    "cbc",
    "CBC",
    answers=["ANC", "platelets"],
    thresholds="Growth factor is considered at an ANC below 500",
    again=[{"every": "1 month", "until": "6 months"}],
)
IGG = a_row("igg", "IgG", topic="infection", answers=["IgG"])
RESPONSE = a_row("response", "Response", topic="response", until_relapse=True)
REGISTRY = a_row(
    "registry", "Registry report", topic="registry", who=dict.fromkeys(_WHO, "center")
)
PJP = a_row(
    "pjp",
    "PJP prophylaxis",
    topic="infection",
    kind="running precaution",
    ends={"how": "all of", "parts": ["6 months have passed", "CD4 above 200"]},
)
HSV = a_row(
    "hsv",
    "HSV prophylaxis",
    topic="infection",
    kind="running precaution",
    ends={"how": "any of", "parts": ["12 months have passed", "vaccinated"]},
)
CANCER = a_row(
    "cancer",
    "Second cancers",
    topic="late effects",
    window={"earliest": "11 months", "target": "1 year", "latest": "13 months"},
    again=[{"every": "1 year"}],
    ends={"how": "life-long"},
)
ROWS = (CBC, IGG, RESPONSE, REGISTRY, PJP, HSV, CANCER)


@dataclass(frozen=True)
class Planned:
    """A patient with a plan, and the clock by which their time goes."""

    store: Store
    clock: TravellingClock
    world: World
    plan: Plan

    def ids(self, row: str = "cbc", number: int = 0) -> str:
        """Return the id of one item."""
        return item_id(self.plan.id, row, number)

    def item(self, row: str = "cbc", number: int = 0) -> Item:
        """Return one item as it is kept now."""
        with self.store.read() as reading:
            return reading.items.item(self.ids(row, number))

    def items(self, *states: State) -> list[Item]:
        """Return the plan's items, those in some states if any are named."""
        with self.store.read() as reading:
            found = reading.items.of_plans([self.plan.id])
        return [one for one in found if not states or one.state in states]

    def changes(self, row: str = "cbc", number: int = 0) -> list[Change]:
        """Return what happened with one item, oldest first."""
        with self.store.read() as reading:
            return reading.items.changes(self.ids(row, number))

    def waiting(self, row: str = "cbc", number: int = 0) -> list[Reminder]:
        """Return the reminders of an item that wait."""
        with self.store.read() as reading:
            all_of_it = reading.reminders.of(self.ids(row, number))
        return [one for one in all_of_it if one.state == "waiting"]

    def go_to(self, day: date, hour: int = 12) -> None:
        """Let it be an hour (UTC) of a day; nothing is handled by that."""
        self.clock.stop_at(datetime.combine(day, time(hour), UTC))

    def handle(self) -> None:
        """Let the real scheduler handle every reminder that is due by now."""
        due = DueReminders(self.store, HANDLERS, TellOfTrouble())
        while due.handle_one():
            pass

    def pass_to(self, day: date, hour: int = 12) -> None:
        """Let it be an hour (UTC) of a day, and handle what is due by then."""
        self.go_to(day, hour)
        self.handle()

    def do(
        self, by: Person, action: Callable[..., Done], *rows: str, **words: Any
    ) -> Done:
        """Let somebody do something with the first items of some rows."""
        ids = [self.ids(one) for one in rows]
        key = uuid4().hex
        return perform(self.store, action, by=by, key=key, item_ids=ids, **words)

    def do_one(
        self, by: Person, action: Callable[..., Done], row: str, **words: Any
    ) -> Done:
        """Let somebody do something that is about one item."""
        key, id_ = uuid4().hex, self.ids(row)
        return perform(self.store, action, by=by, key=key, item_id=id_, **words)

    def kept(self, changed: Item) -> Item:
        """Write an item as changed, past every rule, and plan what comes next."""
        with self.store.act(OPERATOR) as unit:
            was = unit.items.item(changed.id)
            new = replace(changed, generation=was.generation + 1)
            unit.items.keep(new, event="test", was=was, at=unit.now)
            replan_items(unit, [new])
            unit.audit(new.workspace_id, "item changed", new.id)
        return new


def planned(
    store: Store,
    clock: TravellingClock,
    world: World,
    *,
    rows: Sequence[ProtocolRow] = ROWS,
    day0: date = DAY0,
) -> Planned:
    """Keep a patient at home after CAR T, with a plan of these rows."""
    with store.act(OPERATOR) as unit:
        plan = _a_plan(unit, world, rows, day0)
        items = _items(unit, world, plan, rows)
        unit.items.add(items)
        replan_items(unit, items)
        unit.audit(world.workspace_id, "plan made", plan.id)
    return Planned(store, clock, world, plan)


def _a_plan(unit: Unit, world: World, rows: Sequence[ProtocolRow], day0: date) -> Plan:
    course = a_course(unit, world, phase=Phase.HOME, day0=day0, waits_on=Party.PRACTICE)
    newest = unit.signing.newest(world.center_id)
    protocol = Protocol(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        center_id=world.center_id,
        number=newest.number + 1 if newest else 1,
        based_on="2026-11",
        rows=as_kept(rows),
        made_by=None,
        made_at=unit.now,
    )
    unit.signing.add_protocol(protocol)
    plan = Plan(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        case_id=course.case_id,
        course_id=course.id,
        referral_id=course.referral_id,
        protocol_id=protocol.id,
        product=Product.CARVYKTI,
        day0=day0,
        conditions=frozenset(),
        confirmed_by=None,
        confirmed_at=None,
        made_at=unit.now,
        kept_to=unit.now.date() + KEPT_AHEAD,
        ended_at=None,
        ended_why=None,
        generation=1,
    )
    unit.plans.add(plan)
    unit.plans.keep_rows(
        PlanRow(plan_row_id(plan.id, one.id), plan.id, plan.case_id, one.id)
        for one in rows
    )
    return plan


def _items(
    unit: Unit, world: World, plan: Plan, rows: Sequence[ProtocolRow]
) -> list[Item]:
    basis = Basis(plan.day0, plan.product)
    return [
        Item(
            id=item_id(plan.id, one.row.id, one.number),
            workspace_id=plan.workspace_id,
            case_id=plan.case_id,
            plan_id=plan.id,
            row_id=one.row.id,
            number=one.number,
            site_id=(
                world.center_id if one.row.seat is Seat.CENTER else world.practice_id
            ),
            doer_id=None,
            window=one.window,
            state=State.UPCOMING,
            changed_at=unit.now,
        )
        for one in computed(rows, basis, until=plan.kept_to)
    ]
