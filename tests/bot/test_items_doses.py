"""Doses of a vaccine are a series: each follows the one before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.actions import items
from bot.actions.item_undo import undo
from care.item import State
from storage.clock import TravellingClock
from storage.records import Reminder
from storage.unit import Store
from tests.bot.planning_store import CBC, Planned, a_row, planned
from tests.conftest import BOTH
from tests.world import World

EACH = pytest.mark.parametrize("new_database", BOTH, indirect=True)
TODAY = date(2026, 11, 30)
LATE = timedelta(days=20)
VACCINE = a_row(
    "vaccine", "Vaccine", topic="vaccines", doses={"count": 3, "apart": "2 months"}
)


@pytest.fixture
def patient(store: Store, clock: TravellingClock, world: World) -> Planned:
    """Return a patient whose first dose is due."""
    there = planned(store, clock, world, rows=[CBC, VACCINE])
    there.pass_to(TODAY)
    return there


def targets(patient: Planned) -> list[date]:
    """Return for which days the doses are meant."""
    return [patient.item("vaccine", number).window.target for number in range(3)]


def opens(patient: Planned, number: int) -> list[Reminder]:
    """Return what waits to bring up a dose."""
    return patient.waiting("vaccine", number)


@EACH
def test_the_next_dose_is_as_much_later_as_the_one_before_was_late(
    patient: Planned, world: World
) -> None:
    first, second, third = targets(patient)
    given = first + LATE
    patient.pass_to(given)

    patient.do(world.oncologist, items.do, "vaccine")

    moved = targets(patient)
    assert moved[1] >= second + LATE - timedelta(days=3)
    assert moved[2] == third
    assert patient.item("vaccine", 1).state is State.UPCOMING
    (waiting,) = opens(patient, 1)
    assert waiting.due_at.date() >= patient.item("vaccine", 1).window.earliest


@EACH
def test_taken_back_the_next_dose_is_where_it_was(
    patient: Planned, world: World
) -> None:
    before = targets(patient)
    patient.pass_to(before[0] + LATE)
    patient.do(world.oncologist, items.do, "vaccine")

    patient.do(world.oncologist, undo, "vaccine")

    assert targets(patient) == before


@EACH
def test_in_time_the_next_dose_stays(patient: Planned, world: World) -> None:
    before = targets(patient)

    patient.do(world.oncologist, items.do, "vaccine", "cbc")

    assert targets(patient) == before
