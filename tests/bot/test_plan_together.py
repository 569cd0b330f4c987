"""A plan that two grow, correct or hand over at the same moment stays one plan."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from bot.actions.item_doers import reassign
from bot.actions.item_ends import Ending, end_row, let_go_on
from bot.actions.item_undo import undo
from bot.actions.items import do
from bot.actions.planning import grow, plan_to_change
from bot.refusals import Overtaken
from care.item import State
from care.milestone import Step
from storage.actors import Person
from storage.clock import TravellingClock
from storage.unit import Store, Unit
from tests.bot.after_infusion import DAY, DAY0, Followed, bare, followed, sign
from tests.bot.planning_store import CBC, IGG
from tests.storage.together import together
from tests.world import World


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a journey that waits for its infusion; two rows are not signed yet."""
    return followed(store, clock, world, unsigned=["cbc", "igg"])


def grower(one: Followed) -> Callable[[], object]:
    """Return what lets the plan grow, as its reminder does."""
    plan_id = one.plan.id

    def do(unit: Unit) -> None:
        plan, _ = plan_to_change(unit, plan_id)
        grow(unit, plan)

    return lambda: one.write(do)


def test_grown_four_times_at_once_each_item_is_there_once(one: Followed) -> None:
    one.infuse()
    before = len(one.items())
    one.write(lambda unit: sign(unit, one.world, [CBC, IGG]))

    together(*[grower(one) for _ in range(4)])

    there = one.items()
    assert len({(i.row_id, i.number) for i in there}) == len(there)
    assert len(there) > before


def test_grown_while_day_0_is_corrected_every_window_is_of_the_new_day(
    one: Followed,
) -> None:
    one.infuse()
    one.write(lambda unit: sign(unit, one.world, [CBC, IGG]))

    together(grower(one), lambda: one.correct_day0(DAY0 - 9 * DAY), grower(one))

    assert one.item("cbc").window.target == DAY0 + 21 * DAY
    assert one.item("hsv").window.target == DAY0 + 21 * DAY
    after = bare(one.items())
    grower(one)()
    assert bare(one.items()) == after


def test_a_relapse_and_a_correction_at_once_both_hold(one: Followed) -> None:
    one.infuse()
    one.pass_to(DAY0 + 2 * DAY)

    together(
        lambda: one.record(Step.RELAPSE, day=DAY0 + DAY),
        lambda: one.correct_day0(DAY0 - DAY),
    )

    assert one.item("response").state is State.NOT_NEEDED
    assert one.item("hsv").window.target == DAY0 + 29 * DAY


def test_taken_back_ended_corrected_and_given_at_once_nobody_waits_for_another(
    one: Followed,
) -> None:
    one.infuse()
    one.pass_to(DAY0 + 26 * DAY)
    by, world = one.specialist, one.world
    hsv, pjp = one.item("hsv"), one.item("pjp")
    one.act(do, world.practice_coordinator, item_ids=[one.item("response").id])
    one.act(let_go_on, by, item_id=pjp.id, months=3)

    def take_back(who: Person, id_: str) -> None:
        # Where its window has moved first, it is a change of its own to open it again.
        with suppress(Overtaken):
            one.act(undo, who, item_ids=[id_])

    together(
        lambda: take_back(by, pjp.id),
        lambda: take_back(world.practice_coordinator, one.item("response").id),
        lambda: one.act(end_row, by, item_id=hsv.id, ending=Ending(frozenset({0}))),
        lambda: one.act(
            reassign,
            world.practice_coordinator,
            item_ids=[one.item("weekly", 2).id],
            doer_id=None,
            whole_row=True,
        ),
        lambda: one.correct_day0(DAY0 - DAY),
    )

    assert one.item("pjp").state in {State.OPEN, State.DONE}
    assert one.item("response").state in {State.OPEN, State.DONE}
    assert one.item("hsv").state is State.NOT_NEEDED
    assert one.item("pjp").window.target == DAY0 + 29 * DAY
