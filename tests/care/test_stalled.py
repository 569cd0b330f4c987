"""When a course of which nobody has heard is brought up, and with whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.journey import LIVING, Phase
from care.stalled import (
    ASK_AGAIN_IN,
    NEUTRAL_DAYS,
    QUIET,
    Awaited,
    Look,
    next_look,
    plan,
    quiet_days,
)
from care.working_time import WorkingHours, is_open, open_time_between

EASTERN, CENTRAL = "America/New_York", "America/Chicago"
WEEK = frozenset(range(5))
DAY = timedelta(days=1)
CENTER = WorkingHours(EASTERN, time(8), time(17), WEEK)
PRACTICE = WorkingHours(CENTRAL, time(9), time(16), WEEK)
ASKED_IN = sorted(LIVING - QUIET)
TUESDAY = datetime(2027, 3, 2, 15, 0, tzinfo=UTC)


def local(at: datetime, hours: WorkingHours = CENTER) -> datetime:
    """Return an instant on a site's own clock."""
    return at.astimezone(ZoneInfo(hours.zone))


def first_and_second(this: Awaited) -> tuple[datetime, datetime]:
    """Return when whose move it is is asked, and when the coordinators are."""
    first, second = plan(this)
    assert (first.look, second.look) == (Look.WHOSE_MOVE, Look.COORDINATORS)
    return first.due_at, second.due_at


def test_after_a_week_whose_move_it_is_is_asked_then_the_coordinators() -> None:
    first, second = first_and_second(Awaited(Phase.CONSULT, TUESDAY, CENTER))

    assert f"{local(first):%a %d %H:%M}" == "Tue 09 08:00"
    assert f"{local(second):%a %d %H:%M}" == "Thu 11 08:00"


def test_a_step_that_is_planned_is_asked_about_on_the_day_after() -> None:
    planned = Awaited(Phase.APHERESIS, TUESDAY, CENTER, next_day=date(2027, 3, 23))

    first, _ = first_and_second(planned)

    assert f"{local(first):%a %d %b %H:%M}" == "Wed 24 Mar 08:00"


def test_another_look_comes_on_the_day_that_was_said() -> None:
    put_off = Awaited(Phase.NOT_NOW, TUESDAY, CENTER, next_day=date(2027, 6, 1))

    first, _ = first_and_second(put_off)

    assert f"{local(first):%d %b %H:%M}" == "01 Jun 08:00"


def test_a_day_that_has_passed_is_asked_about_tomorrow_and_not_at_once() -> None:
    passed = Awaited(Phase.APHERESIS, TUESDAY, CENTER, next_day=date(2027, 2, 1))

    first, _ = first_and_second(passed)

    assert f"{local(first):%a %d %H:%M}" == "Wed 03 08:00"


def test_somebody_who_said_when_to_ask_is_asked_then() -> None:
    midnight = datetime(2027, 3, 16, 0, 0, tzinfo=ZoneInfo(EASTERN))
    said = Awaited(Phase.WITH_PAYER, TUESDAY, CENTER, ask_at=midnight)

    first, second = first_and_second(said)

    assert f"{local(first):%a %d %H:%M}" == "Tue 16 08:00"
    assert f"{local(second):%a %d %H:%M}" == "Thu 18 08:00"


def test_a_long_weekend_is_waited_out() -> None:
    """Memorial Day 2027 is Monday the 31st of May."""
    closed = replace(CENTER, closed=frozenset({date(2027, 5, 31)}))
    since = datetime(2027, 5, 22, 15, 0, tzinfo=UTC)

    first, second = first_and_second(Awaited(Phase.RELEASE, since, closed))

    assert f"{local(first):%a %d %b %H:%M}" == "Tue 01 Jun 08:00"
    assert f"{local(second):%a %d %b %H:%M}" == "Thu 03 Jun 08:00"


@pytest.mark.parametrize(
    "changes_on", [date(2027, 3, 14), date(2027, 11, 7)], ids=["spring", "autumn"]
)
def test_the_night_of_a_clock_change_is_asked_about_at_the_same_local_time(
    changes_on: date,
) -> None:
    """By a site that opens on Sundays, on the very day of the change."""
    daily = WorkingHours(EASTERN, time(8), time(17), frozenset(range(7)))
    since = datetime.combine(changes_on - 7 * DAY, time(15), UTC)

    first, second = first_and_second(Awaited(Phase.CONSULT, since, daily))

    assert local(first).date() == changes_on
    assert local(first).time() == time(8)
    assert local(second).time() == time(8)


def test_a_site_that_opens_at_midnight_is_asked_as_the_skipped_hour_ends() -> None:
    """In Beirut the clock goes from midnight to one on the 28th of March 2027."""
    beirut = WorkingHours("Asia/Beirut", time(0), time(12), frozenset(range(7)))
    since = datetime(2027, 3, 21, 15, 0, tzinfo=UTC)

    first, _ = first_and_second(Awaited(Phase.CONSULT, since, beirut))

    assert first == datetime(2027, 3, 27, 22, 0, tzinfo=UTC)


def test_each_side_is_asked_in_its_own_working_time() -> None:
    center, _ = first_and_second(Awaited(Phase.CONSULT, TUESDAY, CENTER))
    practice, _ = first_and_second(Awaited(Phase.NOT_REACHED, TUESDAY, PRACTICE))

    assert f"{local(center, CENTER):%H:%M}" == "08:00"
    assert f"{local(practice, PRACTICE):%H:%M}" == "09:00"
    assert practice - center == timedelta(hours=2)


@pytest.mark.parametrize("phase", sorted(QUIET))
def test_nothing_is_asked_where_no_step_is_awaited(phase: Phase) -> None:
    for day in (None, date(2027, 3, 1)):
        assert plan(Awaited(phase, TUESDAY, CENTER, next_day=day)) == ()
    assert plan(Awaited(phase, TUESDAY, CENTER, ask_at=TUESDAY)) == ()


def test_a_center_says_its_own_days_phase_by_phase() -> None:
    days = {Phase.WITH_PAYER: 21}

    assert quiet_days(Phase.WITH_PAYER, days) == 21
    assert quiet_days(Phase.SLOT, days) == NEUTRAL_DAYS
    assert quiet_days(Phase.SLOT, None) == NEUTRAL_DAYS


def test_a_course_still_without_news_comes_up_once_a_week_in_the_morning() -> None:
    late_on_friday = datetime(2027, 3, 5, 21, 59, tzinfo=UTC)

    again = next_look(late_on_friday, CENTER)

    assert f"{local(again):%a %d %H:%M}" == "Fri 12 08:00"


ZONES = st.sampled_from(
    [EASTERN, CENTRAL, "UTC", "Pacific/Apia", "America/Havana", "Australia/Lord_Howe"]
)
MOMENTS = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
DATES = st.dates(date(2026, 1, 1), date(2029, 12, 31))


@st.composite
def hours_of_a_site(draw: st.DrawFn) -> WorkingHours:
    """Draw working hours with holidays."""
    return WorkingHours(
        zone=draw(ZONES),
        opens=time(draw(st.integers(0, 11))),
        closes=time(draw(st.integers(12, 23))),
        days=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        closed=draw(st.frozensets(DATES, max_size=30)),
    )


@st.composite
def courses(draw: st.DrawFn) -> Awaited:
    """Draw a course that waits for somebody."""
    return Awaited(
        phase=draw(st.sampled_from(ASKED_IN)),
        since=draw(MOMENTS),
        hours=draw(hours_of_a_site()),
        next_day=draw(st.none() | DATES),
        ask_at=draw(st.none() | MOMENTS),
        days=draw(
            st.none() | st.dictionaries(st.sampled_from(ASKED_IN), st.integers(0, 90))
        ),
    )


@given(this=courses())
def test_everybody_is_asked_while_their_side_is_open_first_one_then_the_others(
    this: Awaited,
) -> None:
    first, second = first_and_second(this)

    assert is_open(first, this.hours)
    assert local(second, this.hours).weekday() in this.hours.days
    assert local(second, this.hours).date() not in this.hours.closed
    assert open_time_between(first, second, this.hours) > timedelta()
    assert (first.utcoffset(), second.utcoffset()) == (timedelta(), timedelta())


@given(this=courses(), day=DATES)
def test_nobody_is_asked_before_the_day_that_is_planned(
    this: Awaited, day: date
) -> None:
    """But by somebody who said when to ask."""
    planned = replace(this, next_day=day, ask_at=None)

    first, _ = first_and_second(planned)

    asked_on = local(first, this.hours).date()
    assert asked_on >= day
    assert asked_on > day or this.phase is Phase.NOT_NOW
    assert asked_on > local(this.since, this.hours).date()


@given(this=courses())
def test_news_is_never_asked_for_before_the_news_that_there_was(this: Awaited) -> None:
    unsaid = replace(this, ask_at=None, days=None)

    first, _ = first_and_second(unsaid)

    assert first > this.since


@given(this=courses(), fewer=st.integers(0, 60), more=st.integers(0, 60))
def test_a_center_that_allows_more_days_is_never_asked_earlier(
    this: Awaited, fewer: int, more: int
) -> None:
    few = first_and_second(replace(this, days={this.phase: fewer}))
    many = first_and_second(replace(this, days={this.phase: fewer + more}))

    assert few[0] <= many[0]
    assert few[1] <= many[1]


@given(this=courses(), other=st.sampled_from(ASKED_IN), days=st.integers(0, 90))
def test_the_days_of_another_phase_change_nothing(
    this: Awaited, other: Phase, days: int
) -> None:
    if other is this.phase:
        return
    changed = replace(this, days={**(this.days or {}), other: days})

    assert plan(changed) == plan(this)


@given(now=MOMENTS, hours=hours_of_a_site())
def test_the_next_look_is_a_week_off_at_least_and_in_an_opening(
    now: datetime, hours: WorkingHours
) -> None:
    again = next_look(now, hours)

    assert is_open(again, hours)
    assert local(again, hours).date() >= local(now, hours).date() + 7 * DAY


def test_the_choices_of_when_to_ask_again_rise_and_none_is_today() -> None:
    assert list(ASK_AGAIN_IN) == sorted(set(ASK_AGAIN_IN))
    assert min(ASK_AGAIN_IN) > 0
