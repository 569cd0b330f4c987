"""People and time at items, at random: nothing is lost, and undo restores exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from bot.actions import items
from bot.actions.done import Done
from bot.actions.item_doers import reassign
from bot.actions.item_ends import Ending, end_row, go_on_after_all, let_go_on
from bot.actions.item_undo import undo
from bot.refusals import Refusal
from care.item import OVER, State, Why
from care.knowledge.protocol import Hold
from scheduler.calendars import local_day
from storage.actors import Person
from storage.clock import TravellingClock
from storage.item_records import Item
from storage.unit import Store
from tests.bot.planning_store import CBC, IGG, PJP, REGISTRY, Planned, planned
from tests.conftest import BOTH
from tests.world import World

ROWS = ("cbc", "igg", "registry", "pjp")
STEPS = 100
ALL_PARTS = Ending(frozenset({0, 1}), "Confirmed")


class Walk:
    """A patient, some people who do anything with their items, and time."""

    def __init__(self, patient: Planned, seed: int) -> None:
        self.patient = patient
        self.chance = Random(seed)  # noqa: S311  # a walk that can be walked again
        self.done = 0
        self.undone = 0

    @property
    def by(self) -> Person:
        """Somebody of the case."""
        world = self.patient.world
        return self.chance.choice(
            (world.oncologist, world.practice_coordinator, world.first_specialist)
        )

    def step(self) -> None:
        """Let somebody do something, or time pass; what is refused changes nothing."""
        if self.chance.random() < 0.3:
            self.patient.clock.move(timedelta(hours=self.chance.choice((2, 20, 150))))
            self.patient.handle()
            return
        by, before = self.by, self.patient.items()
        try:
            self._anything(by)
        except Refusal:
            assert self.patient.items() == before
            return
        self.done += 1
        if self.chance.random() < 0.4:
            self._take_back(by, before)

    def _anything(self, by: Person) -> None:
        rows = self.chance.sample(ROWS, self.chance.choice((1, 1, 1, 2)))
        day = self._today + timedelta(days=self.chance.choice((-3, 0, 1, 6, 30)))
        texts = {"text": self.chance.choice(("", "A reason"))}
        do = self.patient.do
        acts: list[Callable[[], Done]] = [
            lambda: do(by, items.do, *rows, value="ANC 0.8" if len(rows) == 1 else ""),
            lambda: do(by, items.do, *rows, done_on=day),
            lambda: do(by, items.draw, *rows),
            lambda: do(by, items.hold, *rows, reason=Hold.OTHER, until=day, **texts),
            lambda: do(by, items.waive, *rows, why=Why.NOT_INDICATED, **texts),
            lambda: do(by, items.elsewhere, *rows, **texts),
            lambda: do(by, items.put_off, *rows, until=day, **texts),
            lambda: do(by, items.take_up, *rows),
            lambda: do(by, items.reopen, *rows, text="A reason"),
            lambda: do(by, reassign, *rows, doer_id=None),
            lambda: self.patient.do_one(by, let_go_on, "pjp", months=3),
            lambda: self.patient.do_one(by, end_row, "pjp", ending=ALL_PARTS),
            lambda: self.patient.do_one(by, go_on_after_all, "pjp", why="A reason"),
        ]
        self.chance.choice(acts)()

    def _take_back(self, by: Person, before: list[Item]) -> None:
        """Undo what was just done: all that was there is as it was."""
        was = {one.id: one for one in before}
        now = self.patient.items()
        touched = [o for o in now if o.id in was and o != was[o.id]]
        rows = {one.row_id for one in touched if one.number == 0}
        try:
            self.patient.do(by, undo, *sorted(rows))
        except Refusal:
            # Only what ended with its row is not taken back with a tap.
            assert any(one.why is Why.ENDED for one in touched)
            return
        self.undone += 1
        restored = {one.id: one for one in self.patient.items()}
        assert {id_: bare(restored[id_]) for id_ in was} == {
            id_: bare(one) for id_, one in was.items()
        }

    @property
    def _today(self) -> date:
        with self.patient.store.read() as reading:
            center = reading.people.site(self.patient.world.center_id)
            return local_day(center, reading.now)


def bare(one: Item) -> Item:
    """Return an item without who touched it last, and how often it was."""
    return replace(one, changed_at=one.changed_at.min, changed_by=None, generation=0)


@pytest.mark.parametrize("new_database", BOTH, indirect=True)
@pytest.mark.parametrize("seed", [1, 4])
def test_whatever_people_and_time_do_nothing_is_lost(
    store: Store, clock: TravellingClock, world: World, seed: int
) -> None:
    """What still needs somebody has one reminder, what is over none, and what was
    missed can be done.
    """
    patient = planned(store, clock, world, rows=[CBC, IGG, REGISTRY, PJP])
    walk, there = Walk(patient, seed), {one.id for one in patient.items()}

    for _ in range(STEPS):
        walk.step()

    after = patient.items()
    assert there <= {one.id for one in after}
    assert walk.done > 8
    assert walk.undone > 1
    for one in after:
        waiting = len(patient.waiting(one.row_id, one.number))
        needs = one.state not in OVER | {State.MISSED}
        assert waiting >= 1 if needs else waiting == 0, one
    for one in after:
        if one.state is State.MISSED and one.row_id != "pjp" and one.number == 0:
            patient.do(world.oncologist, items.do, one.row_id)
            assert patient.item(one.row_id).state is State.DONE_LATE
