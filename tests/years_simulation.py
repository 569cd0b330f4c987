"""Years of patients after CAR T, through the real scheduler, with a checker beside."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import func, select

from bot.actions.digesting import plan_digests
from bot.actions.importing import import_patient
from bot.actions.item_clock import KIND as ITEM
from bot.actions.item_clock import LAST_DAY
from bot.actions.reminding import HANDLERS, TellOfTrouble
from bot.digests import DIGEST
from bot.import_patients import Patient as Imported
from bot.rendering import Rendering
from care.item import State
from care.knowledge.protocol import Condition
from care.milestone import Product
from scheduler.ports import Message
from scheduler.reminders import DueReminders
from storage.clock import TravellingClock
from storage.database import Database
from storage.item_records import item_id
from storage.records import Way
from storage.schema import migrate
from storage.sealing import Keyring, new_key
from storage.tables import notice, reminder
from storage.unit import Store
from tests.bot.importing import BY, keep_protocol
from tests.world import OPERATOR, World, build_world
from tests.years_checker import Checker
from tests.years_lives import Lives
from tests.years_model import DAY, ROWS, Patient, Plan
from tests.years_people import People
from tests.years_staff import Staff
from tests.years_world import COLLEAGUES, add_people, protocol_row

START = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
"""A Monday, before anybody works."""
CENTER = ZoneInfo("America/New_York")
TIMED = frozenset({State.UPCOMING, State.OPEN, State.HELD})
"""States of which time makes another, so that a reminder waits for it."""
A_YEAR = 365
SAID_EVERY = 5
"""Of so many digests and messages one is rendered as well."""
LOOKED_EVERY = 30
"""Days between two looks at all that is kept."""


@dataclass
class Years:
    """A world of patients and people, whose time goes from due to due."""

    store: Store
    clock: TravellingClock
    chance: random.Random
    acts: bool = True
    """Whether anybody does anything."""
    world: World = field(init=False)
    staff: Staff = field(init=False)
    patients: dict[str, Patient] = field(default_factory=dict)
    seen: int = 0
    down_until: date = date.min

    def __post_init__(self) -> None:
        """Set up the sites, their people and the center's protocol."""
        self.clock.stop_at(START)
        self.world = build_world(self.store)
        persons = {one.clinician_id.split("-")[1]: one for one in self.world.people}
        persons |= add_people(self.store, self.world)
        rows = [protocol_row(row, ref) for ref, row in enumerate(ROWS, start=1)]
        keep_protocol(self.store, self.world, rows, signed=rows)
        with self.store.act(OPERATOR) as uow:
            plan_digests(uow, self.world.workspace_id)
            uow.audit(self.world.workspace_id, "digests planned", "tests")
        self.due = DueReminders(self.store, HANDLERS, TellOfTrouble())
        self.staff = staff = Staff(COLLEAGUES)
        closed = holidays.country_holidays("US", years=range(2020, 2070))
        self.checker = Checker(
            self.patients,
            staff,
            works=lambda day: day.weekday() < 5 and day not in closed,
        )
        self.people = People(
            self.store, self.chance, persons, staff, self.patients, lambda: self.today
        )
        self.lives = Lives(self.people)

    @property
    def today(self) -> date:
        """The date at the center."""
        return self.clock.now().astimezone(CENTER).date()

    def add_patients(self, count: int, *, oldest: int) -> None:
        """Import patients whose infusion was up to so many days ago."""
        for number in range(count):
            ago = self.chance.randint(1, oldest)
            self.add_patient(f"S-{number:04}", ago)

    def add_patient(self, key: str, ago: int) -> None:
        """Import a patient whose infusion was so many days ago."""
        hbv = self.chance.random() < 0.3
        day0 = self.today - ago * DAY
        imported = Imported(
            line=0,
            key=key,
            product=Product.CARVYKTI,
            responsible_id="clinician-chen",
            day0=day0,
            returned=day0 + min(ago, 20) * DAY,
            conditions=frozenset({Condition.HBV} if hbv else ()),
        )
        with self.store.act(BY) as uow:
            link_id = self.world.link_id
            done = import_patient(uow=uow, by=BY, link_id=link_id, patient=imported)
            (plan,) = uow.plans.of_cases([done.subject])
        kept = Plan(plan.id, day0, hbv, until=self.today - 20 * DAY)
        new = Patient(done.subject, [kept])
        new.reckon(self.today)
        self.patients[new.case_id] = new
        self.index(new)

    def run(self, days: int) -> None:
        """Let days pass, each with what people do on it."""
        for _ in range(days):
            self._day()
        self.come_up()
        self.look_at_all()

    def come_up(self) -> None:
        """End an outage, so that what fell due meanwhile is caught up with."""
        if self.today < self.down_until:
            self.down_until = self.today
            self._handle_until(self.clock.now())

    def told(self) -> str:
        """Say how far it is, and whether all is well."""
        wrong = len(self.checker.wrong)
        return f"{self.today}, {self.checker.counts['digests']} digests, {wrong} wrong"

    def counted(self) -> Counter[str]:
        """Return what was told and done, what was refused, and what came of the due."""
        acts = {f"act: {name}": n for name, n in self.people.done.items()}
        refused = {f"refused: {name}": n for name, n in self.people.refused.items()}
        due = self.checker.came_of_due(self.today)
        return Counter(self.checker.counts | acts | refused | due)

    def _day(self) -> None:
        begins = self.clock.now()
        day = self.today
        if self.acts and self.chance.random() < 0.01:
            self.down_until = day + self.chance.randint(1, 4) * DAY
        if day >= self.down_until:
            self.checker.up.add(day)
            self._handle_until(begins + timedelta(hours=9))
            for hour in sorted(self.chance.uniform(9, 17) for _ in range(self._acts())):
                self._handle_until(begins + timedelta(hours=hour))
                self._act()
            self._handle_until(begins + timedelta(hours=23))
        # At 06:00 in the universal time no digest of this day has come anywhere.
        self.clock.stop_at(begins + DAY)
        self.checker.day_is_over(self.today)
        if self.today >= self.down_until:
            self._handle_until(self.clock.now())
            self._begin_day()

    def _begin_day(self) -> None:
        for patient in self.patients.values():
            patient.look_again(self.today)
        if (self.today - START.date()).days % LOOKED_EVERY == 0:
            self.look_at_all()

    def _acts(self) -> int:
        if not self.acts:
            return 0
        return self.chance.randint(0, 3 + len(self.patients) // 20)

    def _act(self) -> None:
        """Let somebody do something, most often with what is due."""
        self.lives.mend_mistakes()
        if self.chance.random() < 0.15:
            self.lives.something()
            for patient in self.patients.values():
                self.index(patient)
            return
        some = self._somebody()
        near = self.today + 300 * DAY
        things = [one for one in some.things if one.earliest <= near]
        due = [one for one in things if one.stands(self.today) in {"open", "missed"}]
        if due and self.chance.random() < 0.85:
            self.people.with_a_check(self.chance.choice(due))
        elif things:
            self.people.with_a_check(self.chance.choice(things))
        self.index(some)

    def _somebody(self) -> Patient:
        """Return a patient, most often a living one."""
        everybody = list(self.patients.values())
        living = [one for one in everybody if one.life == "living"]
        seldom = not living or self.chance.random() < 0.05
        return self.chance.choice(everybody if seldom else living)

    def _handle_until(self, at: datetime) -> None:
        """Go from due to due, handling each by the real scheduler."""
        while (due := self._next_due()) is not None and due <= at:
            self.clock.stop_at(max(due, self.clock.now()))
            while self.due.handle_one():
                pass
            self._see_notices()
        self.clock.stop_at(max(at, self.clock.now()))
        self._see_notices()

    def _next_due(self) -> datetime | None:
        waits = select(func.min(reminder.c.due_at)).where(reminder.c.state == "waiting")
        with self.store.read() as reading:
            found: datetime | None = reading.connection.execute(waits).scalar()
        return found

    def _see_notices(self) -> None:
        said = select(notice).where(notice.c.seq > self.seen, notice.c.way == Way.POST)
        fresh = said.order_by(notice.c.seq)
        with self.store.read() as reading:
            found = reading.connection.execute(fresh).all()
        for one in found:
            self.seen = one.seq
            self._see(one)

    def _see(self, one: Any) -> None:
        if one.view not in {DIGEST, LAST_DAY} or "day" not in one.payload:
            self.checker.counts[f"said: {one.view}"] += 1
            return
        who = one.recipient_id.split("-")[1]
        day = date.fromisoformat(one.payload["day"])
        if one.view == DIGEST:
            self.checker.digest(who, day, one.payload["lines"])
        else:
            self.checker.last_day(who, day, one.payload["item"])
        if one.seq % SAID_EVERY == 0:
            self._say(one.id)

    def _say(self, notice_id: str) -> None:
        """Render what was just written, as the sender does before it is sent."""
        with self.store.read() as reading:
            written = reading.notices.notice(notice_id)
            said = written and Rendering()(reading=reading, notice=written)
        self.checker.counts["rendered"] += 1
        if not isinstance(said, Message):
            self.checker.wrong.append(f"{self.today} nothing was said: {said}")

    def index(self, patient: Patient) -> None:
        """Let the checker know everything of a patient by its id."""
        for one in patient.things:
            self.checker.things[item_id(one.plan, one.row.id, one.number)] = one

    def look_at_all(self) -> None:
        """Compare all that is kept, and that each item still has its reminder."""
        with self.store.read() as reading:
            for patient in self.patients.values():
                items = reading.items.of_plans([one.id for one in patient.plans])
                self.checker.kept(patient, items, self.today)
                if patient.life != "living":
                    continue
                waiting = reading.reminders.waiting_of([one.id for one in items], ITEM)
                lost = [
                    f"{self.today} {one.row_id} {one.number}, {one.state}: no reminder"
                    for one in items
                    if one.state in TIMED and one.id not in waiting
                ]
                self.checker.wrong += lost


def simulate(
    folder: Path,
    *,
    patients: int,
    days: int,
    oldest: int,
    seed: int,
    tell: Callable[[str], object] = lambda _told: None,
) -> Years:
    """Let so many patients live for so many days, and return what came of it."""
    database = Database(f"sqlite:///{folder / 'years.sqlite'}")
    migrate(database)
    store = Store(database, Keyring.parse(new_key("years")), TravellingClock())
    years = Years(store, store.clock, random.Random(seed))  # type: ignore[arg-type] # noqa: S311 - chance that can be repeated
    years.add_patients(patients, oldest=oldest)
    for left in range(days, 0, -A_YEAR):
        known = len(years.checker.wrong)
        years.run(min(left, A_YEAR))
        for wrong in years.checker.wrong[known:]:
            tell(f"WRONG {wrong}")
        tell(years.told())
    database.close()
    return years
