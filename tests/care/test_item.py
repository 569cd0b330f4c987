"""An item's states: what was missed stays doable, and nothing is ever half ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from care.item import (
    DUE,
    GRACE,
    OVER,
    TABLE,
    WAITING,
    Event,
    IllegalMove,
    NotForThem,
    Standing,
    State,
    by_window,
    may,
    move,
    rewindowed,
)
from care.item_time import passed
from care.knowledge.protocol import Hold
from care.people import Part, Role
from care.plan import Window

DAY = timedelta(days=1)
TODAY = date(2026, 4, 1)
OPEN_NOW = Window(date(2026, 3, 26), date(2026, 3, 31), date(2026, 4, 5))
OVER_NOW = Window(date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 10))
LATER = Window(date(2026, 5, 1), date(2026, 5, 5), date(2026, 5, 9))

COORDINATOR: dict[str, Any] = {
    "parts": {Part.PRACTICE_COORDINATOR},
    "role": Role.COORDINATOR,
}
CLINICIAN: dict[str, Any] = {"parts": {Part.RESPONSIBLE}, "role": Role.ONCOLOGIST}
BATON: dict[str, Any] = {"parts": {Part.BATON}, "role": None}
ONLOOKER: dict[str, Any] = {"parts": {Part.FORMER}, "role": Role.ONCOLOGIST}

OPEN = Standing(OPEN_NOW, State.OPEN)
MISSED = Standing(OVER_NOW, State.MISSED)
UPCOMING = Standing(LATER)


def held(one: Standing, *, until: date = TODAY + 14 * DAY) -> Standing:
    """Return an item that waits for something."""
    told: dict[str, Any] = {"hold": Hold.ADMITTED, "until": until}
    return move(one, Event.HOLD, today=TODAY, **told, **COORDINATOR)


def done(one: Standing, *, on: date = TODAY) -> Standing:
    """Return an item that was done on a day."""
    return move(one, Event.DO, today=TODAY, done_on=on, **COORDINATOR)


# Doing


def test_what_is_done_in_its_window_is_done() -> None:
    assert done(OPEN).state is State.DONE
    assert done(OPEN).done_on == TODAY
    assert not done(OPEN).is_outside


@pytest.mark.parametrize(
    ("on", "state"),
    [(date(2026, 3, 26), State.DONE), (date(2026, 3, 10), State.DONE)],
)
def test_what_was_missed_but_had_been_done_in_time_is_done(
    on: date, state: State
) -> None:
    """Somebody was only late to say so."""
    missed = Standing(replace(OPEN_NOW, latest=date(2026, 3, 31)), State.MISSED)

    assert done(missed, on=on).state is state


def test_what_was_missed_stays_doable_for_ever() -> None:
    years = move(MISSED, Event.DO, today=TODAY + timedelta(days=4000), **COORDINATOR)

    assert years.state is State.DONE_LATE
    assert years.is_outside


def test_done_before_its_window_is_done_and_outside_of_it() -> None:
    early = done(UPCOMING)

    assert early.state is State.DONE
    assert early.is_outside


def test_nothing_is_done_on_a_day_that_has_not_come() -> None:
    with pytest.raises(ValueError, match="not come"):
        done(OPEN, on=TODAY + DAY)


def test_drawn_is_a_step_on_the_way_and_changes_no_state() -> None:
    for one in (UPCOMING, OPEN, MISSED):
        assert move(one, Event.DRAW, today=TODAY, **COORDINATOR) == one


# Holding, putting off, taking up again


def test_a_hold_has_a_reason_and_a_later_day() -> None:
    one = held(OPEN)

    assert (one.state, one.hold) == (State.HELD, Hold.ADMITTED)
    assert one.look_again_on == TODAY + 14 * DAY


@pytest.mark.parametrize(
    "told",
    [
        {"hold": Hold.CD4},
        {"until": TODAY + DAY},
        {"hold": Hold.CD4, "until": TODAY},
    ],
)
def test_a_hold_without_a_reason_or_a_later_day_is_refused(told: Any) -> None:
    with pytest.raises(ValueError, match="a reason and a later day"):
        move(OPEN, Event.HOLD, today=TODAY, **told, **COORDINATOR)


def test_what_was_held_through_its_window_is_open_for_some_days_more() -> None:
    one = held(OPEN, until=TODAY + 30 * DAY)
    then = TODAY + 30 * DAY

    again = move(one, Event.TAKE_UP, today=then, **BATON)

    assert again.state is State.OPEN
    assert again.ends_on == then + GRACE
    assert (again.hold, again.look_again_on) == (None, None)


def test_what_was_held_before_its_window_waits_for_it_again() -> None:
    again = move(held(UPCOMING), Event.TAKE_UP, today=TODAY, **COORDINATOR)

    assert again == UPCOMING


def test_held_things_can_be_done_at_once() -> None:
    one = done(held(OPEN))

    assert one.state is State.DONE
    assert (one.hold, one.look_again_on) == (None, None)


def test_what_is_put_off_beyond_its_window_is_in_time_until_then() -> None:
    until = TODAY + 20 * DAY
    one = move(MISSED, Event.PUT_OFF, today=TODAY, until=until, **COORDINATOR)

    assert (one.state, one.ends_on) == (State.OPEN, until)
    assert move(one, Event.DO, today=until, **COORDINATOR).state is State.DONE
    late = move(one, Event.DO, today=until + DAY, **COORDINATOR)
    assert late.state is State.DONE_LATE


@pytest.mark.parametrize("until", [None, TODAY, TODAY - DAY])
def test_nothing_is_put_off_to_today_or_before(until: date | None) -> None:
    with pytest.raises(ValueError, match="later day"):
        move(OPEN, Event.PUT_OFF, today=TODAY, until=until, **COORDINATOR)


# Who may


def test_only_a_clinician_says_that_a_check_is_not_needed() -> None:
    for one in (UPCOMING, OPEN, MISSED, held(OPEN)):
        with pytest.raises(NotForThem):
            move(one, Event.WAIVE, today=TODAY, **COORDINATOR)
        waived = move(one, Event.WAIVE, today=TODAY, **CLINICIAN)
        assert waived.state is State.NOT_NEEDED
        assert (waived.hold, waived.look_again_on) == (None, None)


def test_baton_ends_the_items_of_what_has_ended() -> None:
    assert move(OPEN, Event.WAIVE, today=TODAY, **BATON).state is State.NOT_NEEDED


def test_time_is_nobodys_to_press() -> None:
    for one, event in ((UPCOMING, Event.OPENS), (OPEN, Event.CLOSES)):
        with pytest.raises(NotForThem):
            move(one, event, today=TODAY, **CLINICIAN)


def test_who_only_looks_on_does_nothing() -> None:
    for state in State:
        for event in Event:
            assert not may(event, state, ONLOOKER["parts"], ONLOOKER["role"])


@pytest.mark.parametrize("who", [COORDINATOR, CLINICIAN, BATON, ONLOOKER])
@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", State)
def test_what_may_be_done_is_what_a_move_allows(
    state: State, event: Event, who: dict[str, Any]
) -> None:
    told: dict[str, Any] = {"until": TODAY + DAY, "hold": Hold.OTHER}
    try:
        move(Standing(OPEN_NOW, state), event, today=TODAY, **told, **who)
    except (IllegalMove, NotForThem):
        allowed = False
    else:
        allowed = True

    assert may(event, state, who["parts"], who["role"]) is allowed


def test_an_illegal_move_says_what_was_asked_of_what() -> None:
    with pytest.raises(IllegalMove, match="hold is nothing of an item that is done"):
        move(done(OPEN), Event.HOLD, today=TODAY, **COORDINATOR)


def test_each_state_is_waiting_or_over_and_only_waiting_ones_are_due() -> None:
    assert set(State) == WAITING | OVER
    assert not WAITING & OVER
    assert DUE < WAITING


def test_no_state_is_a_dead_end() -> None:
    for state in State:
        assert any(
            state in row.states and row.event in {Event.DO, Event.REOPEN}
            for row in TABLE
        )


# Another Day 0


def test_what_was_wrongly_missed_is_open_again() -> None:
    assert rewindowed(MISSED, OPEN_NOW, TODAY) == OPEN


def test_what_was_done_is_in_time_or_late_by_the_new_window() -> None:
    late = done(OPEN)
    moved = rewindowed(late, OVER_NOW, TODAY)

    assert (moved.state, moved.done_on) == (State.DONE_LATE, TODAY)
    assert moved.is_outside
    assert rewindowed(moved, OPEN_NOW, TODAY) == late


def test_what_is_held_or_not_needed_only_moves() -> None:
    waived = move(OPEN, Event.WAIVE, today=TODAY, **CLINICIAN)

    for one in (held(OPEN), waived):
        assert rewindowed(one, LATER, TODAY) == replace(one, window=LATER)


WINDOWS = st.builds(
    lambda first, before, after: Window(
        TODAY + first * DAY,
        TODAY + (first + before) * DAY,
        TODAY + (first + before + after) * DAY,
    ),
    st.integers(-60, 60),
    st.integers(0, 20),
    st.integers(0, 20),
)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Return an item as it can stand today, by what time and somebody did."""
    one = Standing(draw(WINDOWS))
    one = replace(one, state=by_window(one, TODAY))
    match draw(st.sampled_from(["", "do", "hold", "waive", "put off", "take up"])):
        case "do":
            return done(one, on=TODAY - draw(st.integers(0, 40)) * DAY)
        case "hold":
            return held(one)
        case "waive":
            return move(one, Event.WAIVE, today=TODAY, **CLINICIAN)
        case "put off" if one.state in DUE:
            until = TODAY + draw(st.integers(1, 40)) * DAY
            return move(one, Event.PUT_OFF, today=TODAY, until=until, **COORDINATOR)
        case "take up":
            return move(held(one), Event.TAKE_UP, today=TODAY, **COORDINATOR)
    return one


@given(standings(), WINDOWS)
def test_a_moved_day_0_and_back_restores_every_item(
    one: Standing, other: Window
) -> None:
    assert rewindowed(rewindowed(one, other, TODAY), one.window, TODAY) == one


@given(standings(), WINDOWS)
def test_a_moved_day_0_ends_nothing_and_begins_nothing_again(
    one: Standing, other: Window
) -> None:
    moved = rewindowed(one, other, TODAY)

    assert moved.window == other
    assert (moved.state in OVER) is (one.state in OVER)
    assert (moved.state is State.HELD) is (one.state is State.HELD)


# Whatever happens


class Sequences(RuleBasedStateMachine):
    """People and time do what they like with one item; nothing is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.today = TODAY
        self.one = Standing(Window(TODAY + 5 * DAY, TODAY + 10 * DAY, TODAY + 15 * DAY))

    @rule(days=st.integers(1, 30))
    def time_passes(self, days: int) -> None:
        """Time goes on, and Baton looks at the item late."""
        self.today += days * DAY
        for _, now in passed(self.one, self.today):
            self.one = now

    @rule(
        event=st.sampled_from(Event),
        who=st.sampled_from([COORDINATOR, CLINICIAN, BATON, ONLOOKER]),
        ahead=st.integers(-2, 40),
        ago=st.integers(-2, 40),
    )
    def somebody_does(
        self, event: Event, who: dict[str, Any], ahead: int, ago: int
    ) -> None:
        """Somebody presses something, whether or not it is theirs, or makes sense."""
        before = self.one
        told: dict[str, Any] = {
            "until": self.today + ahead * DAY,
            "done_on": self.today - ago * DAY,
            "hold": Hold.PATIENT_DID_NOT_COME,
        }
        if event in {Event.OPENS, Event.CLOSES}:
            return  # time does these, and only when they are due
        try:
            self.one = move(self.one, event, today=self.today, **told, **who)
        except (IllegalMove, NotForThem, ValueError):
            assert self.one is before

    @rule(days=st.integers(-30, 30))
    def day_0_moves(self, days: int) -> None:
        """Somebody corrects Day 0."""
        window = self.one.window
        by = days * DAY
        moved = Window(window.earliest + by, window.target + by, window.latest + by)
        self.one = rewindowed(self.one, moved, self.today)

    @invariant()
    def is_whole(self) -> None:
        """What belongs together is there together."""
        one = self.one
        assert (one.state is State.HELD) == (one.hold is not None)
        assert (one.state is State.HELD) == (one.look_again_on is not None)
        assert (one.done_on is not None) == (one.state in {State.DONE, State.DONE_LATE})
        if one.done_on is not None:
            assert one.done_on <= self.today
            assert (one.state is State.DONE_LATE) == (one.done_on > one.ends_on)

    @invariant()
    def is_where_its_window_is(self) -> None:
        """What nobody ended or holds is upcoming, open or missed by its window."""
        if self.one.state in {State.UPCOMING, State.OPEN, State.MISSED}:
            assert self.one.state is by_window(self.one, self.today)

    @invariant()
    def is_never_lost(self) -> None:
        """What is not over can be done, and what is over can be reopened."""
        event = Event.REOPEN if self.one.state in OVER else Event.DO
        parts, role = COORDINATOR["parts"], COORDINATOR["role"]
        assert may(event, self.one.state, parts, role)


TestSequences = Sequences.TestCase
