"""A patient whose infusion is recorded by the real action, under a signed protocol."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from bot.actions.done import Done, perform
from bot.actions.journeying import correct_milestone, record_milestone
from bot.actions.reminding import HANDLERS, TellOfTrouble
from bot.center_protocol import the_protocol
from care.item import State
from care.journey import Phase
from care.knowledge.protocol import ProtocolRow
from care.knowledge.protocols import as_kept, digest_of, from_kept
from care.milestone import Step
from care.people import Role
from scheduler.reminders import DueReminders
from storage.actors import Person
from storage.clock import TravellingClock
from storage.courses import Course
from storage.item_records import Item, item_id
from storage.plans import Plan
from storage.signing import Protocol, Signature
from storage.unit import Store, Unit
from tests.bot.planning_store import (
    CANCER,
    CBC,
    HSV,
    IGG,
    PJP,
    REGISTRY,
    RESPONSE,
    a_row,
)
from tests.bot.test_journey_parts import complete
from tests.courses import a_course
from tests.world import OPERATOR, World

DAY = timedelta(days=1)
DAY0 = date(2026, 11, 23)
"""The day before the tests begin."""
HBV = a_row(
    "hbv",
    "HBV prophylaxis",
    topic="infection",
    kind="running precaution",
    applies_when="hepatitis B: HBsAg, anti-HBc or DNA positive",
    ends={"how": "any of", "parts": ["12 months have passed"]},
)
CD4 = a_row(
    "cd4",
    "CD4 count",
    topic="infection",
    again=[{"every": "28 days"}],
    ends={
        "how": "all of",
        "parts": ["CD4 above 200 twice"],
    },
)
ABECMA_ONLY = a_row("abecma-check", "Abecma check", products=["Abecma (ide-cel)"])
VISIT_LIST = a_row(
    "neuro-list", "Neurological list", topic="neurology", kind="at each visit"
)
WEEKLY = a_row(
    "weekly",
    "Weekly look",
    who=dict.fromkeys(("orders", "draws", "reviews", "acts"), "whoever is responsible"),
    window={"earliest": "5 days", "target": "7 days", "latest": "9 days"},
    again=[{"every": "7 days", "until": "70 days"}],
)
ROWS = (
    CBC, IGG, RESPONSE, REGISTRY, PJP, HSV, CANCER, HBV, CD4, ABECMA_ONLY, VISIT_LIST,
    WEEKLY,
)  # fmt: skip

_keys = count()


@dataclass(frozen=True)
class Followed:
    """A journey before its infusion, and what people do with it."""

    store: Store
    clock: TravellingClock
    world: World
    course: Course

    @property
    def specialist(self) -> Person:
        """Who records at the center, and may correct Day 0."""
        return self.world.first_specialist

    def act(self, action: Callable[..., Done], by: Person, **words: Any) -> Done:
        """Run an action as a listener would."""
        return perform(self.store, action, by=by, key=f"test:{next(_keys)}", **words)

    def record(self, step: Step, *, course: Course | None = None, **more: Any) -> Done:
        """Record a step of the course, by the specialist."""
        entry = replace(complete(step), **more)
        course_id = (course or self.course).id
        words = {"course_id": course_id, "entry": entry}
        return self.act(record_milestone, self.specialist, **words)

    def infuse(self, day: date = DAY0, **more: Any) -> Plan:
        """Record the infusion, and return the plan that it makes."""
        self.record(Step.INFUSION, day=day, **more)
        return self.plan

    def correct(self, step: Step, *, take_away: bool = False, **more: Any) -> Done:
        """Correct the last such step that stands, or take it away."""
        with self.store.read() as reading:
            there = reading.courses.milestones([self.course.id])
        old = [one for one in there if one.milestone.step is step][-1].milestone
        entry = None if take_away else replace(complete(step), **more)
        words = {"milestone_id": old.id, "why": "A slip.", "entry": entry}
        return self.act(correct_milestone, self.specialist, **words)

    def correct_day0(self, day: date) -> Done:
        """Correct the day of the infusion."""
        return self.correct(Step.INFUSION, day=day)

    @property
    def plan(self) -> Plan:
        """The plan of the course as it is kept now."""
        return self.plan_of(self.course)

    def plan_of(self, course: Course) -> Plan:
        """Return the plan of a course as it is kept now."""
        with self.store.read() as reading:
            found = reading.plans.of_course(course.id)
        assert found is not None
        return found

    def items(self, *states: State, plan: Plan | None = None) -> list[Item]:
        """Return the plan's items, those in some states if any are named."""
        with self.store.read() as reading:
            found = reading.items.of_plans([(plan or self.plan).id])
        return [one for one in found if not states or one.state in states]

    def item(self, row: str, number: int = 0) -> Item:
        """Return one item of the plan."""
        with self.store.read() as reading:
            return reading.items.item(item_id(self.plan.id, row, number))

    def rows(self, *states: State, plan: Plan | None = None) -> set[str]:
        """Return the rows of which there are items in these states."""
        return {one.row_id for one in self.items(*states, plan=plan)}

    def pass_to(self, day: date) -> None:
        """Let it be noon (UTC) of a day, and handle what is due by then."""
        self.clock.stop_at(datetime(day.year, day.month, day.day, 15, tzinfo=UTC))
        due = DueReminders(self.store, HANDLERS, TellOfTrouble())
        while due.handle_one():
            pass

    def write(self, do: Callable[[Unit], object]) -> None:
        """Do something as an operator would."""
        with self.store.act(OPERATOR) as unit:
            do(unit)
            unit.audit(self.world.workspace_id, "test", self.course.id)


def followed(
    store: Store,
    clock: TravellingClock,
    world: World,
    *,
    rows: Sequence[ProtocolRow] = ROWS,
    unsigned: Collection[str] = (),
) -> Followed:
    """Keep a journey that waits for its infusion, at a center that signed its rows."""
    with store.act(OPERATOR) as unit:
        use_protocol(unit, world, rows)
        sign(unit, world, [one for one in rows if one.id not in unsigned])
        course = a_course(unit, world, phase=Phase.INFUSION)
    return Followed(store, clock, world, course)


def use_protocol(unit: Unit, world: World, rows: Sequence[ProtocolRow]) -> Protocol:
    """Keep the next version of the center's protocol."""
    newest = unit.signing.newest(world.center_id)
    new = Protocol(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        center_id=world.center_id,
        number=newest.number + 1 if newest else 1,
        based_on="2026-11",
        rows=as_kept(rows),
        made_by=None,
        made_at=unit.now,
    )
    unit.signing.add_protocol(new)
    return new


def sign(unit: Unit, world: World, rows: Sequence[ProtocolRow]) -> None:
    """Let the first specialist sign rows."""
    for one in rows:
        unit.signing.sign(
            Signature(
                id=unit.new_id(),
                center_id=world.center_id,
                row_id=one.id,
                digest=digest_of(one),
                choice=one.choice,
                signed_by=world.first_specialist.clinician_id,
                signed_at=unit.now,
            )
        )


def bare(items: Sequence[Item]) -> list[Item]:
    """Return items without when they were last touched, to compare how they stand."""
    return [
        replace(
            one,
            changed_at=datetime.min.replace(tzinfo=UTC),
            changed_by=None,
            generation=0,
        )
        for one in items
    ]


def sign_packaged(store: Store, center_name: str) -> int:
    """Sign every packaged row for a center, of those that disagree the first."""
    with store.act(OPERATOR) as unit:
        places = [s for w in unit.people.workspaces() for s in unit.people.sites(w.id)]
        center = next(one for one in places if one.name == center_name)
        signer = unit.people.staff(center.id, Role.SPECIALIST)[0]
        chosen: dict[str, ProtocolRow] = {}
        for row in from_kept(the_protocol(unit, center).rows):
            chosen.setdefault(f"choice {row.choice}" if row.choice else row.id, row)
        for one in chosen.values():
            unit.signing.sign(
                Signature(
                    id=unit.new_id(),
                    center_id=center.id,
                    row_id=one.id,
                    digest=digest_of(one),
                    choice=one.choice,
                    signed_by=signer.id,
                    signed_at=unit.now,
                )
            )
        unit.audit(center.workspace_id, "rows signed", center.id)
    return len(chosen)
