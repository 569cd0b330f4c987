"""What time does with an item, whatever day somebody asks on."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from care.item import OVER, Event, Standing, State
from care.item_time import Next, Step, next_step, passed
from care.knowledge.protocol import Hold
from care.plan import Window

OPENS = date(2026, 11, 27)
WINDOW = Window(OPENS, date(2026, 12, 2), date(2026, 12, 7))
BEFORE = OPENS - timedelta(days=3)


def step_of(one: Standing, today: date, *, told: bool = False) -> Next | None:
    """Return what comes next where every day is a working day."""
    return next_step(one, last_morning=one.ends_on, today=today, told=told)


def after(one: Standing, today: date) -> Standing:
    """Return how an item stands when somebody has asked on a day."""
    found = passed(one, today)
    return found[-1][1] if found else one


def test_an_item_goes_through_its_steps_in_order() -> None:
    upcoming, is_open = Standing(WINDOW), Standing(WINDOW, State.OPEN)

    assert step_of(upcoming, BEFORE) == Next(Step.OPENS, OPENS)
    assert step_of(is_open, OPENS) == Next(Step.LAST_DAY, WINDOW.latest)
    said = step_of(is_open, WINDOW.latest, told=True)
    assert said == Next(Step.CLOSES, WINDOW.latest + timedelta(days=1))
    assert step_of(Standing(WINDOW, State.MISSED), OPENS) is None


def test_a_last_morning_that_is_over_is_not_said_any_more() -> None:
    is_open = Standing(WINDOW, State.OPEN)
    friday = WINDOW.latest - timedelta(days=2)

    found = next_step(is_open, last_morning=friday, today=WINDOW.latest)

    assert found == Next(Step.CLOSES, WINDOW.latest + timedelta(days=1))


def test_what_is_held_is_looked_at_again() -> None:
    day = date(2027, 1, 4)
    held = Standing(WINDOW, State.HELD, hold=Hold.ADMITTED, look_again_on=day)

    assert step_of(held, OPENS) == Next(Step.LOOK_AGAIN, day)
    assert passed(held, day - timedelta(days=1)) == []
    ((event, now),) = passed(held, day)
    assert (event, now.state) == (Event.TAKE_UP, State.OPEN)


standings = st.builds(
    lambda state, extra, held: Standing(
        WINDOW,
        state,
        extended_to=WINDOW.latest + timedelta(days=extra) if extra else None,
        done_on=OPENS if state in {State.DONE, State.DONE_LATE} else None,
        hold=Hold.OTHER if state is State.HELD else None,
        look_again_on=OPENS + timedelta(days=held) if state is State.HELD else None,
    ),
    st.sampled_from(State),
    st.integers(0, 20),
    st.integers(1, 40),
)
days = st.integers(-30, 90).map(lambda n: OPENS + timedelta(days=n))


@given(standings, st.lists(days, max_size=5), days)
def test_asked_late_or_often_an_item_stands_the_same(
    one: Standing, asked: list[date], last: date
) -> None:
    """Whoever asks every day and whoever asks once find the same in the end."""
    seldom, often = after(one, last), one
    for day in sorted(day for day in asked if day <= last):
        often = after(often, day)
    often = after(often, last)

    if one.state is not State.HELD:
        assert often == seldom
    assert (often.state in OVER) == (one.state in OVER)


@given(standings, days)
def test_time_never_moves_what_is_over_and_always_ends(
    one: Standing, today: date
) -> None:
    found = passed(one, today)

    assert len(found) <= 3
    if one.state in OVER | {State.MISSED}:
        assert found == []


@given(given_=standings, today=days, told=st.booleans())
def test_whatever_still_needs_somebody_has_a_next_step(
    given_: Standing, today: date, *, told: bool
) -> None:
    one = after(given_, today)

    found = step_of(one, today, told=told)

    needs = one.state in {State.UPCOMING, State.OPEN, State.HELD}
    assert (found is not None) == needs
    if found is not None:
        assert found.day >= today
