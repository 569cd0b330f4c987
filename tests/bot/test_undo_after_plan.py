"""What somebody did is taken back with a tap, though the plan moved meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions.item_undo import undo
from bot.actions.items import do, hold, reopen
from bot.items import can_undo
from bot.refusals import NotThisWay, Overtaken
from care.item import State
from care.knowledge.protocol import Hold
from storage.actors import Person
from storage.clock import TravellingClock
from storage.unit import Store
from tests.bot.after_infusion import DAY0, Followed, followed
from tests.world import World

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
DAY = timedelta(days=1)
TODAY = DAY0 + 28 * DAY
LATER = DAY0 + 2 * DAY


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a patient whose month-1 checks are open."""
    one = followed(store, clock, world)
    one.infuse()
    one.pass_to(TODAY)
    return one


@pytest.fixture
def amy(world: World) -> Person:
    """Return who does the checks at the practice."""
    return world.practice_coordinator


def may_undo(one: Followed, who: Person, key: str = "igg") -> bool:
    """Tell whether somebody is offered to take back their last change."""
    with one.store.read() as reading:
        return can_undo(reading, who, reading.items.item(one.item(key).id))


def test_what_was_done_is_open_in_the_window_that_it_has_by_now(
    one: Followed, amy: Person
) -> None:
    words = {"item_ids": [one.item("igg").id]}
    one.act(do, amy, **words)
    one.correct_day0(LATER)
    moved = one.item("igg")
    assert may_undo(one, amy)

    one.act(undo, amy, **words)

    after = one.item("igg")
    assert (after.state, after.done_on, after.done_by) == (State.OPEN, None, None)
    assert after.window == moved.window
    assert after.window.latest == LATER + 35 * DAY
    assert not may_undo(one, amy)


def test_there_and_back_after_it_restores_what_was_before(
    one: Followed, amy: Person
) -> None:
    before = one.item("igg")
    words = {"item_ids": [before.id]}
    one.act(do, amy, **words)
    one.correct_day0(LATER)
    one.act(undo, amy, **words)

    one.correct_day0(DAY0)

    after = one.item("igg")
    assert (after.state, after.window) == (before.state, before.window)
    assert after.missed_on == before.missed_on


def test_what_the_new_window_leaves_behind_is_missed_when_it_is_taken_back(
    one: Followed, amy: Person
) -> None:
    words = {"item_ids": [one.item("igg").id]}
    one.act(hold, amy, reason=Hold.ADMITTED, until=TODAY + 9 * DAY, **words)
    one.correct_day0(DAY0 - 10 * DAY)
    assert one.item("igg").state is State.HELD

    one.act(undo, amy, **words)

    after = one.item("igg")
    assert (after.state, after.hold, after.look_again_on) == (State.MISSED, None, None)
    assert after.missed_on == TODAY


def test_what_was_opened_again_is_done_as_it_was(one: Followed, amy: Person) -> None:
    words = {"item_ids": [one.item("igg").id]}
    one.act(do, amy, **words)
    done = one.item("igg")
    one.act(reopen, amy, text="Another patient's", **words)
    one.correct_day0(LATER)

    one.act(undo, amy, **words)

    after = one.item("igg")
    assert (after.state, after.done_on) == (State.DONE, done.done_on)


def test_a_fit_that_changed_how_it_stands_is_not_passed_over(
    one: Followed, amy: Person
) -> None:
    """It was done in time, and is late by the window that it has now."""
    words = {"item_ids": [one.item("igg").id]}
    one.act(do, amy, **words)
    one.correct_day0(DAY0 - 10 * DAY)
    assert one.item("igg").state is State.DONE_LATE

    assert not may_undo(one, amy)
    with pytest.raises(Overtaken, match="Baton has changed it"):
        one.act(undo, amy, **words)


def test_it_is_still_ten_minutes_and_ones_own_change_alone(
    one: Followed, amy: Person
) -> None:
    words = {"item_ids": [one.item("igg").id]}
    one.act(do, amy, **words)
    one.correct_day0(LATER)

    with pytest.raises(Overtaken):
        one.act(undo, one.world.oncologist, **words)
    one.clock.move(timedelta(minutes=10, seconds=1))
    with pytest.raises(NotThisWay, match="Ten minutes have passed"):
        one.act(undo, amy, **words)

    assert one.item("igg").state is State.DONE
