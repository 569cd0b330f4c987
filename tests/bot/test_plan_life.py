"""A plan follows the patient's life: relapse, hospital, a second CAR T, a death."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from care.item import State, Why
from care.knowledge.protocol import Hold
from care.milestone import Step
from storage.clock import TravellingClock
from storage.courses import Course
from storage.records import Life
from storage.unit import Store, Unit
from tests.bot.after_infusion import DAY, DAY0, Followed, bare, followed
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
TO_DO = (State.UPCOMING, State.OPEN, State.MISSED, State.HELD)


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a journey that waits for its infusion."""
    return followed(store, clock, world)


def waiting(one: Followed) -> set[str]:
    """Return the ids of items of which a reminder waits."""
    with one.store.read() as reading:
        return {
            i.id
            for i in one.items()
            if any(r.state == "waiting" for r in reading.reminders.of(i.id))
        }


@ON_SQLITE
def test_a_relapse_ends_the_response_rows_and_keeps_the_others(one: Followed) -> None:
    one.infuse()
    before = bare(one.items())

    one.pass_to(DAY0 + 2 * DAY)
    one.record(Step.RELAPSE, day=DAY0 + 2 * DAY)

    response = one.item("response")
    assert (response.state, response.why) == (State.NOT_NEEDED, Why.ENDED)
    kept = {"cbc", "igg", "pjp", "hsv", "cancer", "weekly", "cd4", "registry"}
    assert one.rows(*TO_DO) == kept
    assert response.id not in waiting(one)

    one.correct(Step.RELAPSE, take_away=True)

    assert bare(one.items()) == before
    assert response.id in waiting(one)


@ON_SQLITE
def test_in_hospital_checks_wait_and_afterwards_they_go_on(one: Followed) -> None:
    one.infuse()
    one.pass_to(DAY0 + 20 * DAY)

    one.record(Step.ADMISSION, day=DAY0 + 20 * DAY)

    held = {i.row_id: i for i in one.items(State.HELD)}
    assert {"cbc", "igg", "weekly", "cd4"} <= held.keys()
    assert "registry" not in held
    assert {i.hold for i in held.values()} == {Hold.ADMITTED}
    assert {i.look_again_on for i in held.values()} == {DAY0 + 27 * DAY}
    assert one.item("cbc", 3).state is State.UPCOMING

    one.pass_to(DAY0 + 30 * DAY)
    one.record(Step.LEFT_HOSPITAL, day=DAY0 + 30 * DAY)

    assert one.items(State.HELD) == []
    assert one.item("cbc").state is State.OPEN


def test_a_second_car_t_makes_a_new_plan_and_life_long_rows_go_on_once(
    one: Followed,
) -> None:
    first = one.infuse()
    before = bare(one.items())

    second = _second_course(one)
    one.pass_to(DAY0 + 2 * DAY)
    one.record(Step.INFUSION, course=second, day=DAY0 + 2 * DAY)

    new = one.plan_of(second)
    assert one.rows(*TO_DO) == {"cancer"}
    assert {i.why for i in one.items(State.NOT_NEEDED)} == {Why.REPLACED}
    assert "cancer" not in one.rows(plan=new)
    assert "cbc" in one.rows(*TO_DO, plan=new)
    assert first.ended_at is None

    _take_away(one, second)

    assert bare(one.items()) == before
    assert one.rows(*TO_DO, plan=one.plan_of(second)) == set()


def _second_course(one: Followed) -> Course:
    made: list[Course] = []

    def begin(unit: Unit) -> None:
        later = unit.now + timedelta(minutes=1)
        new = replace(one.course, id=unit.new_id(), started_at=later)
        unit.courses.add(new)
        made.append(new)

    one.write(begin)
    return made[0]


def _take_away(one: Followed, course: Course) -> None:
    replace(one, course=course).correct(Step.INFUSION, take_away=True)


@pytest.mark.parametrize("step", [Step.DEATH, Step.HOSPICE])
def test_nothing_is_asked_after_a_death_and_all_again_where_it_was_a_slip(
    one: Followed, step: Step
) -> None:
    plan = one.infuse()
    one.pass_to(DAY0 + 3 * DAY)
    one.record(step, day=DAY0 + 3 * DAY)
    stood = {i.id: i.state for i in one.items()}

    one.pass_to(DAY0 + 60 * DAY)

    assert {i.id: i.state for i in one.items()} == stood
    one.correct(step, take_away=True)
    with one.store.read() as reading:
        assert reading.cases.case(plan.case_id).life is Life.LIVING
    one.pass_to(DAY0 + 61 * DAY)
    assert one.item("igg").state is State.MISSED
    assert one.item("cbc", 1).state is State.OPEN
    one.pass_to(DAY0 + 120 * DAY)
    assert one.item("cbc", 1).state is State.MISSED


@ON_SQLITE
def test_a_look_at_a_plan_that_ended_is_the_last(one: Followed) -> None:
    one.infuse()
    one.correct(Step.INFUSION, take_away=True)

    one.pass_to(DAY0 + 90 * DAY)

    with one.store.read() as reading:
        looks = reading.reminders.of(one.plan.id)
    assert "waiting" not in {r.state for r in looks}
