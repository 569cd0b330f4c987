"""The plan comes into being with the infusion, and grows as time goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions.conditions import confirm_conditions
from bot.actions.planning import grow
from bot.refusals import NoPart, NotForYou
from care.item import State
from care.knowledge.protocol import Condition
from storage.clock import TravellingClock
from storage.reminders import Due
from storage.unit import Store
from tests.bot.after_infusion import DAY, DAY0, Followed, followed, sign
from tests.bot.planning_store import CBC, IGG
from tests.storage.together import watched
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
YEAR = timedelta(days=365)


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a journey that waits for its infusion."""
    return followed(store, clock, world)


def test_an_infusion_makes_the_plan_of_all_that_is_signed_and_applies(
    one: Followed,
) -> None:
    plan = one.infuse()

    assert (plan.day0, plan.ended_at) == (DAY0, None)
    assert one.rows() == {
        "cbc", "igg", "response", "registry", "pjp", "hsv", "cancer", "cd4", "weekly",
    }  # fmt: skip
    first = one.item("cbc")
    assert (first.window.earliest, first.state) == (DAY0 + 25 * DAY, State.UPCOMING)


@ON_SQLITE
def test_items_lie_at_the_site_that_draws(one: Followed) -> None:
    one.infuse()

    assert one.item("cbc").site_id == one.world.practice_id
    assert one.item("registry").site_id == one.world.center_id
    # The oncologist of the practice is responsible in this case.
    assert one.item("weekly").site_id == one.world.practice_id


@ON_SQLITE
def test_items_are_kept_a_year_ahead_and_the_next_of_every_endless_series(
    one: Followed,
) -> None:
    one.infuse()

    last = max(i.window.earliest for i in one.items())
    assert last <= DAY0 + 401 * DAY
    assert [i.number for i in one.items() if i.row_id == "cancer"] == [0]
    for years in range(1, 4):
        one.pass_to(DAY0 + years * YEAR)
        yearly = [i for i in one.items() if i.row_id == "cancer"]
        assert max(i.window.latest for i in yearly) >= DAY0 + years * YEAR


def test_growing_again_adds_nothing_and_one_look_a_month_waits(one: Followed) -> None:
    plan = one.infuse()
    before = one.items()

    one.write(lambda unit: grow(unit, plan))
    one.write(lambda unit: grow(unit, plan))

    assert one.items() == before
    with one.store.read() as reading:
        waiting = [r for r in reading.reminders.of(plan.id) if r.state == "waiting"]
    assert len(waiting) == 1


@ON_SQLITE
def test_many_items_are_a_few_statements(one: Followed) -> None:
    with watched(one.store.database) as said:
        one.infuse()
    assert sum(words.startswith("INSERT INTO item ") for words, _ in said) == 1
    assert sum(words.startswith("INSERT INTO reminder") for words, _ in said) < 8
    many = one.items()
    assert len(many) > 30

    with watched(one.store.database) as said:
        one.write(
            lambda unit: unit.items.keep_all(
                [(i, i) for i in many], event="test", at=unit.now
            )
        )

    about = [words for words, _ in said if "item" in words]
    assert len(about) <= 3


@ON_SQLITE
def test_what_is_not_signed_makes_no_items_until_it_is(
    store: Store, clock: TravellingClock, world: World
) -> None:
    one = followed(store, clock, world, unsigned=["igg", "cbc"])
    plan = one.infuse()
    assert {"igg", "cbc"}.isdisjoint(one.rows())
    # Month 1 is over when the rows are signed; the series goes on after it.
    one.pass_to(DAY0 + 40 * DAY)
    one.write(lambda unit: sign(unit, world, [IGG, CBC]))

    one.write(
        lambda unit: unit.reminders.plan(
            plan.workspace_id,
            plan.id,
            one.plan.generation + 1,
            [Due("plan", "signed", unit.now)],
        )
    )
    one.pass_to(DAY0 + 40 * DAY)

    assert "igg" not in one.rows()
    assert [i.number for i in one.items() if i.row_id == "cbc"] == [1, 2, 3, 4, 5]


def test_who_is_responsible_is_asked_for_conditions_and_confirming_grows_the_plan(
    one: Followed,
) -> None:
    plan = one.infuse()
    with one.store.read() as reading:
        told = reading.notices.posts_of(plan.referral_id, ["plan conditions"])
    assert [n.recipient_id for n in told] == [one.world.oncologist.clinician_id]
    assert "hbv" not in one.rows()

    words = {"plan_id": plan.id, "conditions": [Condition.HBV]}
    done = one.act(confirm_conditions, one.world.oncologist, **words)

    assert done.what == "confirmed"
    assert one.item("hbv").state is State.UPCOMING
    assert one.plan.confirmed_by == one.world.oncologist.clinician_id


@ON_SQLITE
def test_a_condition_that_was_none_leaves_the_plan_and_comes_back(
    one: Followed,
) -> None:
    plan = one.infuse()
    for wanted, state in (
        ([Condition.HBV], State.UPCOMING),
        ([], State.NOT_NEEDED),
        ([Condition.HBV], State.UPCOMING),
    ):
        words = {"plan_id": plan.id, "conditions": wanted}
        one.act(confirm_conditions, one.specialist, **words)
        assert one.item("hbv").state is state


@ON_SQLITE
@pytest.mark.parametrize("who", ["practice_coordinator", "administrator"])
def test_conditions_are_a_clinicians_to_confirm(one: Followed, who: str) -> None:
    plan = one.infuse()

    with pytest.raises((NotForYou, NoPart)):
        one.act(
            confirm_conditions,
            getattr(one.world, who),
            plan_id=plan.id,
            conditions=[Condition.HBV],
        )

    assert one.plan.confirmed_at is None
