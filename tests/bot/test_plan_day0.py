"""Day 0 corrected: windows move with it, and there and back restores every item."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from bot.actions.item_clock import stood
from bot.actions.journeying import correct_milestone
from bot.actions.refitting import counted, fits_of
from bot.refusals import NotForYou
from care.item import Event, State, Why, move
from care.knowledge.protocol import Hold
from care.milestone import Product, Step
from care.people import Part
from storage.clock import TravellingClock
from storage.item_records import Item
from storage.plans import Plan
from storage.tables import notice
from storage.unit import Store, Unit
from tests.bot.after_infusion import DAY, DAY0, Followed, bare, followed
from tests.bot.test_journey_parts import complete
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
LATER, EARLIER = DAY0 + 9 * DAY, DAY0 - 9 * DAY


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a journey that waits for its infusion."""
    return followed(store, clock, world)


def do(one: Followed, item: Item, event: Event, today: date, **words: object) -> None:
    """Move an item as its doer would, at the practice."""

    def kept(unit: Unit) -> None:
        was = unit.items.item(item.id)
        parts = {Part.PRACTICE_COORDINATOR}
        now = move(was.standing, event, today=today, parts=parts, **words)  # type: ignore[arg-type]
        unit.items.keep(stood(was, now, today=today), event=event, was=was, at=unit.now)

    one.write(kept)


@pytest.mark.parametrize("other", [LATER, EARLIER, DAY0 - 300 * DAY])
def test_there_and_back_restores_every_item(one: Followed, other: date) -> None:
    one.infuse()
    one.pass_to(DAY0 + 40 * DAY)
    today = DAY0 + 40 * DAY
    do(one, one.item("cbc"), Event.DO, today, done_on=DAY0 + 33 * DAY)
    do(one, one.item("weekly", 4), Event.DO, today, done_on=DAY0 + 40 * DAY)
    do(
        one,
        one.item("weekly", 5),
        Event.HOLD,
        today,
        until=today + 9 * DAY,
        hold=Hold.OTHER,
    )
    do(one, one.item("igg"), Event.PUT_OFF, today, until=today + 5 * DAY)
    before = bare(one.items())
    every = set(State) - {State.NOT_NEEDED, State.DONE_LATE}
    assert every <= {i.state for i in before}

    one.correct_day0(other)
    assert bare(one.items()) != before
    one.correct_day0(DAY0)

    ids = {i.id for i in before}
    assert [i for i in bare(one.items()) if i.id in ids] == before
    # What only the slip made is not asked for.
    made = [i for i in one.items() if i.id not in ids]
    assert {i.state for i in made} <= {State.UPCOMING, State.NOT_NEEDED}


@ON_SQLITE
def test_what_was_wrongly_missed_is_open_again(one: Followed) -> None:
    one.infuse()
    one.pass_to(DAY0 + 36 * DAY)
    assert one.item("igg").state is State.MISSED

    one.correct_day0(LATER)

    item = one.item("igg")
    assert (item.state, item.missed_on) == (State.OPEN, None)
    assert item.window.latest == LATER + 35 * DAY
    one.pass_to(LATER + 36 * DAY)
    assert one.item("igg").state is State.MISSED


@ON_SQLITE
def test_what_was_done_stays_done_and_lies_outside(one: Followed) -> None:
    one.infuse()
    one.pass_to(DAY0 + 26 * DAY)
    do(one, one.item("igg"), Event.DO, DAY0 + 26 * DAY)

    with one.store.read() as reading:
        fits = fits_of(reading, replace(one.plan, day0=LATER))
    one.correct_day0(LATER)

    assert counted(fits)["outside"] == 1
    assert one.item("igg").state is State.DONE
    assert one.item("igg").standing.is_outside


@ON_SQLITE
def test_a_window_that_a_person_set_does_not_move(one: Followed) -> None:
    one.infuse()
    fixed = one.item("pjp")

    def keep(unit: Unit) -> None:
        unit.items.keep(
            replace(fixed, fixed=True), event="test", was=fixed, at=unit.now
        )

    one.write(keep)

    one.correct_day0(EARLIER)

    assert one.item("pjp").window == fixed.window


def lines_of(one: Followed, plan: Plan) -> list[dict[str, int]]:
    """Return what the thread is told of a plan that has changed."""
    with one.store.read() as reading:
        rows = reading.connection.execute(
            select(notice.c.payload).where(
                notice.c.subject == plan.referral_id, notice.c.view == "plan line"
            )
        )
        told = [dict(row.payload) for row in rows]
    return [{k: int(v) for k, v in one.items() if k != "by"} for one in told]


@ON_SQLITE
def test_both_sites_are_told_with_one_line_how_many_move(one: Followed) -> None:
    plan = one.infuse()

    one.correct_day0(EARLIER)

    (line,) = lines_of(one, plan)
    assert 0 < line["moved"] <= len(one.items())


@ON_SQLITE
def test_only_a_clinician_of_the_center_corrects_day_0(one: Followed) -> None:
    one.infuse()
    before = one.items()
    for who in (one.world.oncologist, one.world.center_coordinator):
        with pytest.raises(NotForYou):
            _correct_by(one, who)
    assert one.items() == before


def _correct_by(one: Followed, who: object) -> None:
    with one.store.read() as reading:
        old = reading.courses.milestones([one.course.id])[-1].milestone
    one.act(
        correct_milestone,
        who,  # type: ignore[arg-type]
        milestone_id=old.id,
        why="A slip.",
        entry=complete(Step.INFUSION),
    )


def test_an_infusion_that_was_none_ends_the_plan_until_it_is_recorded_again(
    one: Followed,
) -> None:
    one.infuse()
    before = bare(one.items())
    one.correct(Step.INFUSION, take_away=True)

    assert one.plan.ended_why == "no infusion"
    assert one.rows(State.UPCOMING, State.OPEN) == set()
    assert {i.why for i in one.items()} == {Why.REPLACED}

    one.infuse()

    assert one.plan.ended_at is None
    assert bare(one.items()) == before


@ON_SQLITE
def test_another_product_takes_its_rows_and_leaves_the_others(one: Followed) -> None:
    one.infuse()

    one.correct(Step.INFUSION, day=DAY0, product=Product.ABECMA)
    assert "abecma-check" in one.rows(State.UPCOMING)
    one.correct(Step.INFUSION, day=DAY0, product=Product.CARVYKTI)

    assert one.item("abecma-check").state is State.NOT_NEEDED
