"""Whatever else happens meanwhile, a check that waits or goes on is not lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from bot.actions.asking_for_news import tick_task
from bot.actions.conditions import confirm_conditions
from bot.actions.item_ends import (
    FIXED_FROM,
    Ending,
    end_row,
    go_on_after_all,
    let_go_on,
)
from bot.actions.item_undo import undo
from bot.actions.items import do
from bot.actions.plan_holds import follow_responsibility
from bot.actions.plan_lost import lose_to_follow_up
from bot.actions.planning import grow
from bot.center_protocol import standing_protocol
from bot.knowledge import knowledge_of
from bot.plans import plan_page
from bot.refusals import NotThisWay
from care.handoff import How
from care.item import State
from care.knowledge.protocol import Condition, ProtocolRow
from care.milestone import Product, Step
from care.signing import Standing
from storage.clock import TravellingClock
from storage.courses import Course
from storage.unit import Store, Unit
from tests.bot.after_infusion import (
    DAY,
    DAY0,
    ROWS,
    Followed,
    followed,
    sign,
    use_protocol,
)
from tests.bot.planning_store import CANCER, CBC, a_row
from tests.world import World

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
NO_HANDOFF: str = cast("str", None)
"""The tenure is moved without the handoff that would stand behind it."""

CANCER_LATER = a_row(
    "cancer",
    "Second cancers",
    topic="late effects",
    window={"earliest": "10 months", "target": "1 year", "latest": "14 months"},
    again=[{"every": "1 year"}],
    ends={"how": "life-long"},
)


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


def sign_anew(one: Followed, row: ProtocolRow) -> None:
    """Change a row of the center's protocol, and sign it as it reads now."""

    def change(unit: Unit) -> None:
        others = [each for each in ROWS if each.id != row.id]
        use_protocol(unit, one.world, [*others, row])
        standing = unit.signing.standing(one.world.center_id)
        by = one.world.first_specialist.clinician_id
        unit.signing.end([standing[row.id].id], by=by, at=unit.now)
        sign(unit, one.world, [row])

    one.write(change)


def test_a_plan_on_an_older_version_goes_on_by_it_when_the_newer_one_is_signed(
    one: Followed,
) -> None:
    plan = one.infuse()
    one.pass_to(DAY0 + 2 * DAY)
    sign_anew(one, CANCER_LATER)

    one.pass_to(DAY0 + 800 * DAY)

    there = {i.number for i in one.items() if i.row_id == "cancer"}
    assert there >= {0, 1, 2}
    with one.store.read() as reading:
        page = plan_page(reading, one.specialist, plan.id)
    assert "cancer" in page.rows.signatures
    assert page.signed.unsigned == 0


def test_what_the_center_withdrew_is_not_planned_by_an_older_version_either(
    one: Followed,
) -> None:
    one.infuse()
    one.pass_to(DAY0 + 2 * DAY)
    sign_anew(one, CANCER_LATER)
    one.pass_to(DAY0 + 3 * DAY)
    withdraw(one, "cancer")

    one.pass_to(DAY0 + 800 * DAY)

    there = {i.number for i in one.items() if i.row_id == "cancer"}
    assert 2 not in there


def withdraw(one: Followed, row_id: str) -> None:
    """Let the signature that stands for a row stand no more."""

    def end(unit: Unit) -> None:
        standing = unit.signing.standing(one.world.center_id)
        by = one.world.first_specialist.clinician_id
        unit.signing.end([standing[row_id].id], by=by, at=unit.now)

    one.write(end)


def test_a_text_that_is_back_in_a_newer_version_is_to_be_signed_again(
    one: Followed,
) -> None:
    one.infuse()
    one.pass_to(DAY0 + 2 * DAY)
    sign_anew(one, CANCER_LATER)
    one.pass_to(DAY0 + 3 * DAY)

    one.write(lambda unit: use_protocol(unit, one.world, ROWS))

    with one.store.read() as reading:
        center = reading.people.site(one.world.center_id)
        newest = standing_protocol(reading, center)
        known = knowledge_of(reading, center).row("cancer")
    stands = {row.key: row.standing for row in newest.rows}
    assert stands["cancer"] is Standing.CHANGED
    assert known is not None
    assert known.standing is Standing.CHANGED


def test_what_came_and_went_while_nobody_looked_for_years_is_there_as_missed(
    one: Followed,
) -> None:
    one.infuse()
    one.pass_to(DAY0 + 2 * DAY)

    one.pass_to(DAY0 + 1200 * DAY)

    cancers = {i.number: i for i in one.items() if i.row_id == "cancer"}
    assert cancers.keys() >= {0, 1, 2, 3}
    assert {cancers[n].state for n in range(3)} == {State.MISSED}
    assert cancers[1].missed_on == DAY0 + 1200 * DAY


def test_what_is_signed_late_does_not_make_what_is_over(
    store: Store, clock: TravellingClock, world: World
) -> None:
    one = followed(store, clock, world, unsigned=["cancer"])
    plan = one.infuse()
    one.pass_to(DAY0 + 1200 * DAY)

    one.write(lambda unit: sign(unit, world, [CANCER]))
    one.write(lambda unit: grow(unit, unit.plans.plan(plan.id)))

    numbers = {i.number for i in one.items() if i.row_id == "cancer"}
    assert numbers
    assert min(numbers) == 3


def test_day_0_corrected_while_a_relapse_stands_brings_back_what_it_had_ended(
    one: Followed,
) -> None:
    one.infuse()
    one.pass_to(DAY0 + 2 * DAY)
    one.record(Step.RELAPSE, day=DAY0 + 2 * DAY)
    one.correct_day0(DAY0 - 2 * DAY)

    one.correct(Step.RELAPSE, take_away=True)

    response = one.item("response")
    assert response.state is State.UPCOMING
    assert response.window.target == DAY0 + 28 * DAY


def test_what_goes_on_after_all_has_the_windows_of_a_day_0_that_was_corrected(
    one: Followed,
) -> None:
    one.infuse()
    words = {"item_id": one.item("pjp").id}
    ending = Ending(parts=frozenset({0, 1}))
    one.act(end_row, one.specialist, ending=ending, **words)
    one.correct_day0(DAY0 - 2 * DAY)

    one.act(go_on_after_all, one.specialist, why="A slip.", **words)

    pjp = one.item("pjp")
    assert pjp.state is State.UPCOMING
    assert pjp.window.target == DAY0 + 28 * DAY


def second_course(one: Followed) -> Course:
    """Begin a second course, which waits for its infusion."""
    made: list[Course] = []

    def begin(unit: Unit) -> None:
        later = unit.now + timedelta(minutes=1)
        made.append(replace(one.course, id=unit.new_id(), started_at=later))
        unit.courses.add(made[0])

    one.write(begin)
    return made[0]


def test_a_life_long_row_that_the_first_plan_does_not_make_is_in_the_second(
    store: Store, clock: TravellingClock, world: World
) -> None:
    carvykti = CANCER.model_copy(update={"products": (Product.CARVYKTI,)})
    one = followed(store, clock, world, rows=[CBC, carvykti])
    one.infuse(product=Product.ABECMA)
    assert "cancer" not in one.rows()

    second = second_course(one)
    one.pass_to(DAY0 + 2 * DAY)
    words = {"day": DAY0 + 2 * DAY, "product": Product.CARVYKTI}
    one.record(Step.INFUSION, course=second, **words)

    assert "cancer" in one.rows(State.UPCOMING, plan=one.plan_of(second))


def test_what_is_taken_back_after_a_relapse_is_not_asked_for(one: Followed) -> None:
    one.infuse()
    one.pass_to(DAY0 + 26 * DAY)
    words = {"item_ids": [one.item("response").id]}
    one.act(do, one.world.practice_coordinator, **words)
    one.record(Step.RELAPSE, day=DAY0 + 26 * DAY)

    one.act(undo, one.world.practice_coordinator, **words)

    assert one.item("response").state is State.NOT_NEEDED


def test_what_is_taken_back_stands_where_the_patient_is_by_now(one: Followed) -> None:
    one.infuse()
    one.pass_to(DAY0 + 6 * DAY)
    weekly = one.item("weekly")
    assert weekly.site_id == one.world.practice_id
    words = {"item_ids": [weekly.id]}
    one.act(do, one.world.practice_coordinator, **words)
    give_to(one, one.world.first_specialist.clinician_id)

    one.act(undo, one.world.practice_coordinator, **words)

    assert one.item("weekly").site_id == one.world.center_id


def test_what_is_taken_back_does_not_go_on_under_a_row_that_was_ended(
    one: Followed,
) -> None:
    one.infuse()
    one.pass_to(DAY0 + 26 * DAY)
    first, second = one.item("cd4"), one.item("cd4", 1)
    words = {"item_ids": [first.id]}
    one.act(do, one.world.practice_coordinator, **words)
    ending = Ending(parts=frozenset({0}))
    one.act(end_row, one.specialist, item_id=second.id, ending=ending)

    with pytest.raises(NotThisWay):
        one.act(undo, one.world.practice_coordinator, **words)

    assert one.item("cd4").state is State.DONE


def test_the_next_look_at_what_no_longer_applies_leaves_the_plan_and_comes_back(
    one: Followed,
) -> None:
    plan = one.infuse()
    told = {"plan_id": plan.id, "conditions": [Condition.HBV]}
    one.act(confirm_conditions, one.specialist, **told)
    one.pass_to(DAY0 + 26 * DAY)
    look = {"item_id": one.item("hbv").id, "months": 3}
    one.act(let_go_on, one.specialist, **look)

    one.act(confirm_conditions, one.specialist, **told | {"conditions": []})

    assert one.item("hbv", FIXED_FROM).state is State.NOT_NEEDED

    one.act(confirm_conditions, one.specialist, **told)

    assert one.item("hbv", FIXED_FROM).state is State.UPCOMING
