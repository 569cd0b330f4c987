"""Two people record a journey at the same moment, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.actions.done import Done, perform
from bot.actions.entries import Entry
from bot.actions.journeying import correct_milestone, record_milestone
from bot.refusals import Overtaken
from care.course import stand
from care.journey import Phase
from care.milestone import Product, Result, Step
from care.people import Role
from care.referral import Kind
from storage.actors import Person
from storage.courses import Course, milestones_of
from storage.records import Life
from storage.tables import reminder
from storage.unit import Store
from tests.conftest import T0
from tests.courses import a_course
from tests.storage.together import together
from tests.world import OPERATOR, World, new_referral

DAY = timedelta(days=1)
INFUSED = {"product": Product.CARVYKTI, "same_patient": True}


@pytest.fixture
def kept(store: Store, world: World) -> Course:
    """Return a course that is kept."""
    with store.act(OPERATOR) as unit:
        return a_course(unit, world)


def perform_together(store: Store, *calls: Callable[[], Done]) -> list[str]:
    """Make calls at the same moment; return what came of each: done, or a sentence."""

    def outcome(call: Callable[[], Done]) -> Callable[[], str]:
        def make() -> str:
            try:
                return call().what
            except Overtaken as refusal:
                return refusal.sentence

        return make

    return together(*map(outcome, calls))


def recording(
    store: Store, by: Person, there: Course, step: Step, result: Result, **more: Any
) -> Callable[[], Done]:
    """Return a call that records a step of a course."""
    entry = Entry(step, result, day=T0.date(), **more)
    key = f"{by.clinician_id}/{step}/{result}"
    return lambda: perform(
        store, record_milestone, by=by, key=key, course_id=there.id, entry=entry
    )


def standing(store: Store, there: Course) -> tuple[list[tuple[str, str]], Course]:
    """Return what is recorded of a course, in order, and the course."""
    with store.read() as reading:
        found = reading.courses.milestones([there.id])
        kept = reading.courses.course(there.id)
    positions = [one.position for one in found]
    assert positions == sorted(set(positions))
    journey = stand(milestones_of(found))
    assert (kept.phase, kept.day0) == (journey.phase, journey.day0)
    return [(one.milestone.step, one.milestone.result) for one in found], kept


@pytest.mark.parametrize("attempt", range(3))
def test_an_infusion_and_its_planning_at_once_are_kept_in_order_or_one_is_refused(
    store: Store, kept: Course, world: World, attempt: int
) -> None:
    given = recording(
        store,
        world.first_specialist,
        kept,
        Step.INFUSION,
        Result.HAPPENED,
        **INFUSED,
    )
    planned = recording(
        store, world.center_coordinator, kept, Step.INFUSION, Result.PLANNED
    )

    said_given, said_planned = perform_together(store, given, planned)

    steps, after = standing(store, kept)
    assert said_given == "recorded"
    assert after.day0 == T0.date()
    if said_planned == "recorded":
        assert steps == [
            (Step.INFUSION, Result.PLANNED),
            (Step.INFUSION, Result.HAPPENED),
        ]
    else:
        assert "awaits discharge from center care now" in said_planned
        assert steps == [(Step.INFUSION, Result.HAPPENED)]


@pytest.mark.parametrize("attempt", range(3))
def test_two_steps_that_go_together_are_both_kept(
    store: Store, kept: Course, world: World, attempt: int
) -> None:
    one = recording(store, world.oncologist, kept, Step.BRIDGING, Result.STARTED)
    other = recording(
        store, world.center_coordinator, kept, Step.CONSULT, Result.PLANNED
    )

    said = perform_together(store, one, other)

    steps, after = standing(store, kept)
    assert said == ["recorded", "recorded"]
    assert set(steps) == {
        (Step.BRIDGING, Result.STARTED),
        (Step.CONSULT, Result.PLANNED),
    }
    assert (after.phase, after.generation) == (Phase.CONSULT, 3)


@pytest.mark.parametrize("attempt", range(3))
def test_two_corrections_of_one_milestone_leave_one(
    store: Store, kept: Course, world: World, attempt: int
) -> None:
    recording(store, world.center_coordinator, kept, Step.CONSULT, Result.HAPPENED)()
    with store.read() as reading:
        (there,) = reading.courses.milestones([kept.id])

    def correcting(by: Person, days: int) -> Callable[[], Done]:
        entry = Entry(Step.CONSULT, Result.HAPPENED, day=T0.date() - days * DAY)
        return lambda: perform(
            store,
            correct_milestone,
            by=by,
            key=by.clinician_id,
            milestone_id=there.milestone.id,
            why="The wrong day.",
            entry=entry,
        )

    said = perform_together(
        store,
        correcting(world.first_specialist, 1),
        correcting(world.center_coordinator, 2),
    )

    steps, _ = standing(store, kept)
    assert steps == [(Step.CONSULT, Result.HAPPENED)]
    assert sorted(said) == [
        "That was not saved: somebody has corrected this already.",
        "corrected",
    ]


@pytest.mark.parametrize("attempt", range(3))
def test_a_death_recorded_in_two_courses_at_once_is_recorded_once(
    store: Store, kept: Course, world: World, attempt: int
) -> None:
    """Each holds its own course and changes the other: neither waits for ever."""
    with store.act(OPERATOR) as unit:
        case = unit.cases.case(kept.case_id)
        asked = new_referral(unit, world, case, kind=Kind.EVALUATION)
        other = replace(kept, id=unit.new_id(), referral_id=asked.id)
        unit.courses.add(other)

    def dies(by: Person, there: Course) -> Callable[[], Done]:
        return recording(
            store, by, there, Step.DEATH, Result.HAPPENED, same_patient=True
        )

    said = perform_together(
        store,
        dies(world.oncologist, kept),
        dies(world.center_coordinator, other),
    )

    assert sum(one == "recorded" for one in said) == 1
    assert any("a death is recorded of" in one for one in said)
    with store.read() as reading:
        assert reading.cases.case(kept.case_id).life is Life.DIED
        found = reading.courses.milestones([kept.id, other.id])
        assert [one.milestone.step for one in found] == [Step.DEATH]
        assert len(reading.courses.tasks(case_ids=[kept.case_id])) == 1
        waiting = reading.connection.execute(
            select(reminder.c.subject).where(
                reminder.c.state == "waiting",
                reminder.c.subject.in_([kept.id, other.id]),
            )
        )
        assert waiting.all() == []


def test_of_fifteen_at_once_none_is_lost(
    store: Store, kept: Course, world: World
) -> None:
    people = [_another(store, world, number) for number in range(15)]
    calls = [
        recording(store, one, kept, Step.CONSULT, Result.PLANNED) for one in people
    ]

    said = perform_together(store, *calls)

    steps, after = standing(store, kept)
    assert said == ["recorded"] * 15
    assert steps == [(Step.CONSULT, Result.PLANNED)] * 15
    assert after.generation == 16


def _another(store: Store, world: World, number: int) -> Person:
    """Add one more coordinator to the center."""
    there = world.center_coordinator
    new = replace(there, clinician_id=f"clinician-{number}", user_id=f"U9{number}")
    with store.act(OPERATOR) as unit:
        unit.people.put(
            "clinician",
            {
                "id": new.clinician_id,
                "site_id": new.site_id,
                "key": f"k{number}",
                "name": f"Kim {number}",
                "role": Role.COORDINATOR,
                "duty_order": None,
                "active": 1,
            },
        )
        unit.people.put(
            "identity",
            {
                "id": f"identity-{number}",
                "team_id": new.team_id,
                "user_id": new.user_id,
                "clinician_id": new.clinician_id,
                "confirmed_by": str(OPERATOR),
            },
        )
        unit.audit(world.workspace_id, "person added", new.clinician_id)
    return new
