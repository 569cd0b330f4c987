"""Items: what a change replaced is kept whole, and what is next of many is planned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from care.item import State
from care.plan import Window
from storage.clock import TravellingClock
from storage.item_records import Item
from storage.reminders import Due, NextDue
from storage.tables import item_change
from storage.unit import Store, Unit
from tests.bot.planning_store import CBC, IGG, Planned, planned
from tests.conftest import T0
from tests.world import OPERATOR, World

DAY = timedelta(days=1)
NOTE, VALUE = "At the hospital lab", "ANC 0.8"


@pytest.fixture
def patient(store: Store, clock: TravellingClock, world: World) -> Planned:
    """Return a patient with two rows of items."""
    return planned(store, clock, world, rows=[CBC, IGG])


def act(patient: Planned, do: Callable[[Unit], None]) -> None:
    """Do something in one transaction."""
    with patient.store.act(OPERATOR) as unit:
        do(unit)
        unit.audit(patient.plan.workspace_id, "tested", patient.plan.id)


def changed(patient: Planned, was: Item, **more: object) -> Item:
    """Keep an item with these changes."""
    new = replace(was, **more, generation=was.generation + 1)  # type: ignore[arg-type] # its own fields
    act(patient, lambda u: u.items.keep(new, event="test", was=was, at=u.now))
    return new


def test_an_item_is_as_before_in_every_column_its_texts_too(patient: Planned) -> None:
    first = changed(patient, patient.item(), note=NOTE, value=VALUE, drawn_on=T0.date())
    day = T0.date()
    later = Window(day, day + DAY, day + 2 * DAY)
    second = changed(
        patient, first, window=later, note=None, value=None, quiet_until=day, fixed=True
    )

    change = patient.changes()[-1]

    assert second.as_before(change) == replace(first, generation=second.generation)
    with patient.store.read() as reading:
        last = reading.items.last_changes([first.id])[first.id]
        assert last == change == reading.items.last_change(first.id)


def test_texts_of_a_change_are_sealed(patient: Planned) -> None:
    first = changed(patient, patient.item(), note=NOTE, value=VALUE)
    changed(patient, first, note=None, value=None)

    with patient.store.read() as reading:
        rows = reading.connection.execute(select(item_change)).all()
    (sealed,) = [one.texts for one in rows if one.texts]
    assert NOTE.encode() not in sealed
    assert VALUE not in str([one.before for one in rows])


def test_what_was_taken_back_is_no_last_change_any_more(patient: Planned) -> None:
    was = patient.item()
    now = changed(patient, was, state=State.OPEN)
    change = patient.changes()[-1]

    restored = replace(now.as_before(change), generation=2)
    act(patient, lambda u: u.items.take_back(restored, change, at=u.now))

    assert patient.item() == restored
    assert patient.changes()[-1].undone_at == T0
    with patient.store.read() as reading:
        assert reading.items.last_change(was.id) is None


def test_many_changes_are_kept_as_one_is(patient: Planned) -> None:
    was = [replace(one, note=NOTE) for one in patient.items()]
    pairs = [(replace(one, fixed=True), one) for one in was]

    act(patient, lambda u: u.items.keep_all(pairs, event="moved", at=u.now))

    with patient.store.read() as reading:
        last = reading.items.last_changes([one.id for one in was])
    assert {one.texts["note"] for one in last.values()} == {NOTE}
    assert len(last) == len(was)


def test_whoever_was_named_for_an_item_is_found_by_the_case(
    patient: Planned, world: World
) -> None:
    chen = world.oncologist.clinician_id
    case_id = patient.plan.case_id
    with patient.store.read() as reading:
        assert reading.items.doers([case_id]) == {}

    changed(patient, patient.item(), doer_id=chen)

    with patient.store.read() as reading:
        assert reading.items.doers([case_id, "other"]) == {case_id: frozenset({chen})}


# --- what is due next of many subjects -----------------------------------------


def plan_next(
    store: Store, world: World, *planned_: NextDue, in_hand: str = ""
) -> None:
    """Plan what is due next of some subjects."""
    with store.act(OPERATOR) as unit:
        unit.reminders.plan_next(
            world.workspace_id, planned_, at=unit.now, in_hand=in_hand
        )


def waiting(store: Store, subject: str) -> Sequence[tuple[int, str]]:
    """Return generation and step of what waits for a subject."""
    with store.read() as reading:
        there = reading.reminders.of(subject)
    return [(one.generation, one.step) for one in there if one.state == "waiting"]


def opens(subject: str, generation: int = 1, step: str = "opens") -> NextDue:
    """Return something to plan for an hour from the beginning."""
    return NextDue(subject, generation, Due("item", step, T0 + timedelta(hours=1)))


def test_what_waits_stays_and_older_generations_are_cancelled(
    store: Store, world: World
) -> None:
    plan_next(store, world, opens("a"), opens("b"))
    plan_next(store, world, opens("a"), opens("b", generation=2))

    assert waiting(store, "a") == [(1, "opens")]
    assert waiting(store, "b") == [(2, "opens")]
    plan_next(store, world, NextDue("a", 2, None))
    assert waiting(store, "a") == []


def test_what_was_settled_in_its_generation_is_planned_once_more(
    store: Store, world: World
) -> None:
    plan_next(store, world, opens("a"))
    with store.act(OPERATOR) as unit:
        (one,) = unit.reminders.of("a")
        unit.reminders.settle(one.id, "not needed", at=unit.now)

    plan_next(store, world, opens("a"))
    plan_next(store, world, opens("a"))

    assert waiting(store, "a") == [(1, "opens 20261124T150000")]


def test_what_is_in_hand_is_planned_once_more_though_it_waits(
    store: Store, world: World
) -> None:
    """It is settled when its handler is done: then nothing would wait any more."""
    plan_next(store, world, opens("a"))
    with store.read() as reading:
        (one,) = reading.reminders.of("a")

    plan_next(store, world, opens("a"), in_hand=one.id)

    assert len(waiting(store, "a")) == 2
