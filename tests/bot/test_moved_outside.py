"""A patient who moves to a practice without Baton: the center is responsible first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.actions.asking_for_news import tick_task
from bot.actions.handing import offer_handoff
from bot.actions.plan_lost import CLINICIAN, PRACTICE, TOLD, Outside, move_outside
from bot.actions.taking_over import take_over
from bot.plans import OUTSIDE, plan_page
from bot.refusals import BadFields, NotForYou, Overtaken
from care.ipass import Direction, fields_of
from care.item import State
from storage.clock import TravellingClock
from storage.unit import Store
from tests.bot.after_infusion import Followed, followed
from tests.bot.moving_practice import Move, add_prairie, told
from tests.bot.test_plan_not_lost import give_to, lose
from tests.world import World

SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
TO = Outside("Hillside Hematology", "Dr Maria Gomez", "Knows the plan, calls us.")


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a patient after CAR T, of whom a practice is responsible."""
    found = followed(store, clock, world)
    found.infuse()
    return found


def leave(one: Followed, to: Outside = TO) -> None:
    """Let the center's coordinator record the move."""
    words = {"plan_id": one.plan.id, "to": to}
    one.act(move_outside, one.world.center_coordinator, **words)


@SQLITE
def test_while_a_practice_is_responsible_it_hands_over_to_the_center_first(
    one: Followed,
) -> None:
    with pytest.raises(NotForYou, match=r"Dr Chen is responsible .* Center first"):
        leave(one)

    assert not one.items(State.HELD)


def test_the_practices_checks_wait_with_the_name_and_the_centers_go_on(
    one: Followed,
) -> None:
    give_to(one, one.specialist.clinician_id)

    leave(one)

    held = one.items(State.HELD)
    assert {item.site_id for item in held} == {one.world.practice_id}
    note = "Moved to Hillside Hematology, Dr Maria Gomez. Knows the plan, calls us."
    assert {item.note for item in held} == {note}
    assert one.item("registry").state is not State.HELD
    assert one.item("weekly").site_id == one.world.center_id
    assert one.item("weekly").state is not State.HELD
    with one.store.read() as reading:
        page = plan_page(reading, one.world.center_coordinator, one.plan.id)
        case = reading.cases.case(one.course.case_id)
    assert page.lost is not None
    assert page.lost.kind == OUTSIDE
    assert case.responsible_id == one.specialist.clinician_id
    with pytest.raises(Overtaken, match="said so already"):
        leave(one)


@SQLITE
@pytest.mark.parametrize("missing", [PRACTICE, CLINICIAN, TOLD])
def test_a_receiver_without_a_name_is_lost_to_follow_up_instead(
    one: Followed, missing: str
) -> None:
    give_to(one, one.specialist.clinician_id)
    names = {PRACTICE: "practice", CLINICIAN: "clinician", TOLD: "told"}

    with pytest.raises(BadFields) as refused:
        leave(one, replace(TO, **{names[missing]: "  "}))

    assert list(refused.value.sentences) == [missing]


@SQLITE
@pytest.mark.parametrize("field", ["practice", "clinician", "told"])
def test_an_identifier_of_a_patient_is_refused(one: Followed, field: str) -> None:
    give_to(one, one.specialist.clinician_id)

    with pytest.raises(BadFields):
        leave(one, replace(TO, **{field: "MRN 12345678"}))

    assert not one.items(State.HELD)


def test_both_databases_keep_that_a_patient_is_lost(one: Followed) -> None:
    lose(one)

    assert one.items(State.HELD)


def test_a_patient_who_is_back_has_their_checks_back(one: Followed) -> None:
    give_to(one, one.specialist.clinician_id)
    leave(one)
    with one.store.read() as reading:
        (task,) = reading.courses.tasks(case_ids=[one.course.case_id])

    one.act(tick_task, one.world.center_coordinator, task_id=task.id)

    assert not one.items(State.HELD)


def handed_back(one: Followed) -> None:
    """Let the center hand the patient back to the practice, which says it back."""
    with one.store.read() as reading:
        referral = reading.cases.referral(one.course.referral_id)
    chen, there = one.world.oncologist, add_prairie(one.store, one.world)
    move = Move(one.store, one.world, there, referral)
    asked = [field.code for field in fields_of(Direction.RETURN)]
    values = dict.fromkeys(asked, "none") | told(chen)
    words = {"referral_id": referral.id, "values": values}
    offered = move.act(offer_handoff, one.specialist, **words)
    move.say_back(offered.subject, chen)


def taken_over(one: Followed) -> None:
    """Let the practice take over in an emergency."""
    words = {"referral_id": one.course.referral_id, "why": "Sepsis."}
    one.act(take_over, one.world.oncologist, **words)


@SQLITE
@pytest.mark.parametrize("back", [handed_back, taken_over])
def test_with_the_return_to_a_practice_nobody_asks_and_nothing_waits(
    one: Followed, back: Callable[[Followed], None]
) -> None:
    give_to(one, one.specialist.clinician_id)
    leave(one)

    back(one)

    assert not one.items(State.HELD)
    with one.store.read() as reading:
        assert reading.courses.tasks(case_ids=[one.course.case_id]) == []
