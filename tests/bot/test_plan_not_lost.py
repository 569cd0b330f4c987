"""Whatever else happens meanwhile, a check that waits or goes on is not lost."""

from __future__ import annotations

from typing import cast

import pytest

from bot.actions.asking_for_news import tick_task
from bot.actions.plan_holds import follow_responsibility
from bot.actions.plan_lost import lose_to_follow_up
from care.handoff import How
from care.item import State
from care.milestone import Step
from storage.clock import TravellingClock
from storage.unit import Store, Unit
from tests.bot.after_infusion import DAY, DAY0, Followed, followed
from tests.world import World

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
NO_HANDOFF: str = cast("str", None)
"""The tenure is moved without the handoff that would stand behind it."""


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a journey that waits for its infusion."""
    return followed(store, clock, world)


def lose(one: Followed) -> None:
    """Say that the patient is lost to follow-up."""
    words = {"plan_id": one.plan.id, "why": "The phone is not answered."}
    one.act(lose_to_follow_up, one.world.practice_coordinator, **words)


def find(one: Followed) -> None:
    """Say that the patient was found."""
    with one.store.read() as reading:
        (task,) = reading.courses.tasks(case_ids=[one.course.case_id])
    one.act(tick_task, one.world.center_coordinator, task_id=task.id)


def give_to(one: Followed, clinician_id: str) -> None:
    """Move the responsibility as an accepted handoff does."""

    def move(unit: Unit) -> None:
        unit.responsibility.move(
            one.course.case_id,
            clinician_id,
            at=unit.now,
            how=How.READ_BACK,
            handoff_id=NO_HANDOFF,
        )
        follow_responsibility(unit, one.course.case_id)

    one.write(move)


def test_day_0_corrected_while_a_patient_is_lost_keeps_nothing_waiting_when_found(
    one: Followed,
) -> None:
    one.infuse()
    lose(one)
    one.correct_day0(DAY0 - 2 * DAY)
    assert one.item("cbc").state is State.HELD

    find(one)

    assert one.items(State.HELD) == []


def test_a_death_that_was_a_slip_lets_no_check_of_a_lost_patient_wait_unasked(
    one: Followed,
) -> None:
    one.infuse()
    lose(one)
    one.record(Step.DEATH, day=DAY0 + DAY)

    one.correct(Step.DEATH, take_away=True)

    with one.store.read() as reading:
        asked = reading.courses.tasks(case_ids=[one.course.case_id])
    assert asked or one.items(State.HELD) == []


def test_what_waited_for_a_lost_patient_goes_on_where_they_come_now(
    one: Followed,
) -> None:
    one.infuse()
    lose(one)
    practices = {i.row_id for i in one.items(State.HELD)}

    give_to(one, one.world.first_specialist.clinician_id)

    held = one.items(State.HELD)
    assert {i.site_id for i in held} <= {one.world.practice_id}
    assert practices - {i.row_id for i in held} == {"weekly"}
