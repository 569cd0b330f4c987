"""Reminders: planned once a generation, taken in order, each by one process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage.actors import System
from storage.database import Database
from storage.records import Reminder
from storage.reminders import Due, reminder_id
from storage.unit import Store
from tests.conftest import T0
from tests.storage.together import together
from tests.world import World

BY = System("tick")
HOUR = timedelta(hours=1)
LEASE_T0 = datetime(2030, 1, 1, tzinfo=UTC)


def due(step: str, hours: float = 0, kind: str = "referral") -> Due:
    """Return a reminder to plan, so many hours from the beginning."""
    return Due(kind, step, T0 + hours * HOUR)


def plan(
    store: Store,
    world: World,
    dues: Sequence[Due],
    *,
    subject: str = "r1",
    generation: int = 1,
) -> None:
    """Plan in an action of its own."""
    with store.act(BY) as unit:
        unit.reminders.plan(world.workspace_id, subject, generation, dues)


def of(store: Store, subject: str = "r1") -> list[tuple[int, str, str]]:
    """Return generation, step and state of every reminder of a subject."""
    with store.read() as reading:
        found = reading.reminders.of(subject)
    return [(one.generation, one.step, one.state) for one in found]


def take(store: Store, *, after: timedelta = timedelta()) -> Reminder | None:
    """Take one due reminder and settle it, as a tick does."""
    with store.act(BY) as unit:
        taken = unit.reminders.take_due(T0 + after, lease_now=LEASE_T0)
        if taken is not None:
            unit.reminders.settle(taken.id, "told", at=unit.now)
        return taken


def test_what_is_planned_waits_until_it_is_due(store: Store, world: World) -> None:
    plan(store, world, [due("half way", 1)])

    assert take(store, after=HOUR - timedelta(microseconds=1)) is None
    taken = take(store, after=HOUR)

    assert taken is not None
    assert (taken.subject, taken.step, taken.due_at) == ("r1", "half way", T0 + HOUR)
    assert (taken.workspace_id, taken.kind) == (world.workspace_id, "referral")
    assert (taken.state, taken.attempts) == ("waiting", 0)


def test_one_generation_planned_twice_is_planned_once(
    store: Store, world: World
) -> None:
    plan(store, world, [due("half way", 1), due("limit", 2)])

    plan(store, world, [due("half way", 1), due("limit", 2)])

    assert of(store) == [(1, "half way", "waiting"), (1, "limit", "waiting")]


def test_a_reminder_that_was_settled_is_not_planned_again(
    store: Store, world: World
) -> None:
    plan(store, world, [due("half way")])
    take(store)

    plan(store, world, [due("half way")])

    assert of(store) == [(1, "half way", "settled")]
    assert take(store) is None


def test_a_new_generation_cancels_what_waits_of_older_ones(
    store: Store, world: World
) -> None:
    plan(store, world, [due("half way"), due("limit", 2)])
    plan(store, world, [due("half way", 1)], subject="r2")
    take(store)

    plan(store, world, [due("half way", 5)], generation=2)

    assert of(store) == [
        (1, "half way", "settled"),
        (1, "limit", "cancelled"),
        (2, "half way", "waiting"),
    ]
    assert of(store, "r2") == [(1, "half way", "waiting")]


def test_a_generation_that_plans_nothing_cancels_all(
    store: Store, world: World
) -> None:
    plan(store, world, [due("half way"), due("limit")])

    plan(store, world, [], generation=2)

    assert {state for _, _, state in of(store)} == {"cancelled"}
    assert take(store, after=100 * HOUR) is None


def test_cancelling_counts_what_it_cancelled(store: Store, world: World) -> None:
    plan(store, world, [due("half way"), due("limit")])

    with store.act(BY) as unit:
        assert unit.reminders.cancel("r1", before=1) == 0
        assert unit.reminders.cancel("r1", before=2) == 2
        assert unit.reminders.cancel("r1", before=2) == 0


def test_what_is_due_comes_in_the_order_of_its_due_time(
    store: Store, world: World
) -> None:
    """By what is asked for, not by the index that happens to give it."""
    hours = {"c": 3, "a": 1, "d": 4, "b": 2}
    plan(store, world, [due(step, at) for step, at in hours.items()])
    with store.database.change_schema() as connection:
        connection.execute(text("DROP INDEX ix_reminder_due"))

    taken = [take(store, after=9 * HOUR) for _ in range(5)]

    assert [one and one.step for one in taken] == ["a", "b", "c", "d", None]


def test_a_settled_reminder_keeps_what_it_came_to(store: Store, world: World) -> None:
    plan(store, world, [due("half way")])
    taken = take(store)
    assert taken is not None

    with store.act(BY) as unit:
        unit.reminders.settle(taken.id, "told again", at=unit.now + HOUR)

    with store.read() as reading:
        [kept] = reading.reminders.of("r1")
    assert (kept.state, kept.outcome) == ("settled", "told")


def test_a_cancelled_reminder_cannot_be_settled(store: Store, world: World) -> None:
    plan(store, world, [due("half way")])
    plan(store, world, [], generation=2)
    key = reminder_id("r1", 1, "referral", "half way")

    with store.act(BY) as unit:
        unit.reminders.settle(key, "told", at=unit.now)

    assert of(store) == [(1, "half way", "cancelled")]


def test_one_that_could_not_be_handled_waits_for_its_retry_and_lets_others_by(
    store: Store, world: World
) -> None:
    plan(store, world, [due("first"), due("second", 1)])
    with store.act(BY) as unit:
        stuck = unit.reminders.take_due(T0, lease_now=LEASE_T0)
        assert stuck is not None
        unit.reminders.put_off(stuck, 5 * HOUR, lease_now=LEASE_T0)

    def next_at(lease_now: datetime) -> str | None:
        with store.act(BY) as unit:
            one = unit.reminders.take_due(T0 + HOUR, lease_now=lease_now)
        return one.step if one else None

    assert next_at(LEASE_T0) == "second"
    assert next_at(LEASE_T0 + 5 * HOUR - timedelta(microseconds=1)) == "second"
    assert next_at(LEASE_T0 + 5 * HOUR) == "first"


def test_each_try_is_counted(store: Store, world: World) -> None:
    plan(store, world, [due("first")])

    for tries in range(3):
        with store.act(BY) as unit:
            lease_now = LEASE_T0 + tries * HOUR
            one = unit.reminders.take_due(T0, lease_now=lease_now)
            assert one is not None
            assert one.attempts == tries
            unit.reminders.put_off(one, HOUR, lease_now=lease_now)


def test_a_tick_that_fails_leaves_its_reminder_waiting(
    store: Store, world: World
) -> None:
    plan(store, world, [due("half way")])

    def tick_that_fails() -> None:
        with store.act(BY) as unit:
            taken = unit.reminders.take_due(T0, lease_now=LEASE_T0)
            assert taken is not None
            unit.reminders.settle(taken.id, "told", at=unit.now)
            raise KeyError("the handler failed")

    with pytest.raises(KeyError):
        tick_that_fails()

    assert of(store) == [(1, "half way", "waiting")]


def test_the_next_due_time_is_that_of_the_earliest_that_waits(
    store: Store, world: World
) -> None:
    with store.read() as reading:
        assert reading.reminders.next_due() is None
    plan(store, world, [due("later", 2), due("earlier", -3)])

    with store.read() as reading:
        assert reading.reminders.next_due() == T0 - 3 * HOUR
    take(store)
    with store.read() as reading:
        assert reading.reminders.next_due() == T0 + 2 * HOUR


@pytest.mark.postgres
@pytest.mark.parametrize("new_database", ["postgres"], indirect=True)
def test_while_one_holds_a_reminder_another_gets_the_next(
    store: Store, world: World
) -> None:
    plan(store, world, [due("a"), due("b", 1)])
    second = Database(store.database.url.render_as_string(hide_password=False))
    other = Store(second, store.keyring, store.clock)

    def take_beside() -> list[str | None]:
        with other.act(BY) as unit:
            one = unit.reminders.take_due(T0 + HOUR, lease_now=LEASE_T0)
            assert one is not None
            unit.reminders.settle(one.id, "told", at=unit.now)
            none = unit.reminders.take_due(T0 + HOUR, lease_now=LEASE_T0)
        return [one.step, none.step if none else None]

    with store.act(BY) as unit:
        held = unit.reminders.take_due(T0 + HOUR, lease_now=LEASE_T0)
        [beside] = together(take_beside)
    second.close()

    assert held is not None
    assert held.step == "a"
    assert beside == ["b", None]


def test_two_that_take_at_once_never_take_the_same(store: Store, world: World) -> None:
    count = 40
    plan(store, world, [due(f"step {n:02}") for n in range(count)])
    second = Database(store.database.url.render_as_string(hide_password=False))

    def take_all(chosen: Store) -> list[str]:
        taken = []
        while (one := take(chosen)) is not None:
            taken.append(one.step)
        return taken

    stores = (store, Store(second, store.keyring, store.clock))
    one, other = together(*[lambda chosen=s: take_all(chosen) for s in stores])
    second.close()

    assert not set(one) & set(other)
    assert sorted(one + other) == [f"step {n:02}" for n in range(count)]


words = st.text(st.characters(exclude_categories=["Cc", "Cs"]))
keys = st.tuples(words, st.integers(), words, words)


@given(keys, keys)
def test_the_id_of_a_reminder_is_that_of_its_subject_generation_kind_and_step(
    one: tuple[str, int, str, str], other: tuple[str, int, str, str]
) -> None:
    assert (reminder_id(*one) == reminder_id(*other)) == (one == other)


def test_a_subject_that_is_in_no_workspace_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.act(BY) as unit:
        unit.reminders.plan("T0NOWHERE", "r1", 1, [due("half way")])
