"""Working time: only open time counts, in every zone and on every night."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from care.working_time import (
    WorkingHours,
    add_working_days,
    add_working_time,
    half_way,
    is_open,
    next_opening,
    open_time_between,
    working_day_up_to,
)

NEW_YORK = "America/New_York"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NO_TIME = timedelta()
WEEKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
OFFICE = WorkingHours(NEW_YORK, time(9), time(17), WEEKDAYS)
NIGHTS = WorkingHours(NEW_YORK, time(1, 30), time(4), EVERY_DAY)
# Clocks changed in New York on Sunday 8 March 2026 (02:00 to 03:00) and on Sunday
# 1 November 2026 (02:00 back to 01:00).


def local(text: str, zone: str = NEW_YORK, *, fold: int = 0) -> datetime:
    """Return the UTC instant of a wall-clock time such as `2026-11-20 16:30`."""
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return wall.astimezone(UTC)


ZONES = (
    NEW_YORK,
    "America/St_Johns",  # half an hour off, and once changed at a minute past midnight
    "America/Santiago",  # changes at midnight
    "America/Phoenix",  # never changes
    "Australia/Lord_Howe",  # changes by half an hour
    "Africa/Cairo",  # changes at midnight
    "Asia/Kathmandu",
    "Europe/Berlin",
    "Pacific/Apia",  # left out 30 December 2011 entirely
)
minutes_of_a_day = st.integers(0, 24 * 60 - 1)


@st.composite
def working_hours(draw: st.DrawFn) -> WorkingHours:
    """Any hours at all, at sites with every kind of clock, with some holidays."""
    opens, closes = sorted(
        draw(st.lists(minutes_of_a_day, min_size=2, max_size=2, unique=True))
    )
    return WorkingHours(
        zone=draw(st.sampled_from(ZONES)),
        opens=time(*divmod(opens, 60)),
        closes=time(*divmod(closes, 60)),
        days=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        closed=draw(st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)))),
    )


# Instants near the nights on which some of these zones change, and any others.
change_nights = st.sampled_from(
    [
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 4, 5, 3, tzinfo=UTC),
        datetime(2026, 4, 23, 22, tzinfo=UTC),
        datetime(2026, 10, 29, 21, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
        datetime(2011, 12, 30, 10, tzinfo=UTC),
    ]
)
instants = st.builds(
    lambda night, minutes: night + minutes * MINUTE,
    change_nights,
    st.integers(-3000, 3000),
) | st.builds(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE,
    st.integers(-500_000, 500_000),
)
amounts = st.timedeltas(NO_TIME, timedelta(hours=60))


def in_open_time(at: datetime, hours: WorkingHours) -> bool:
    """Say whether an instant is open or a closing, by asking only the public door."""
    return is_open(at, hours) or is_open(at - timedelta(microseconds=1), hours)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2026-11-20 10:00", 2 * HOUR, "2026-11-20 12:00"),
        ("2026-11-20 16:30", HOUR, "2026-11-23 09:30"),
        ("2026-11-20 16:00", HOUR, "2026-11-20 17:00"),
        ("2026-11-20 17:00", HOUR, "2026-11-23 10:00"),
        ("2026-11-20 22:00", HOUR, "2026-11-23 10:00"),
        ("2026-11-23 03:00", HOUR, "2026-11-23 10:00"),
        ("2026-11-21 12:00", 8 * HOUR, "2026-11-23 17:00"),
        ("2026-11-20 09:00", 40 * HOUR, "2026-11-26 17:00"),
        ("2026-11-21 12:00", NO_TIME, "2026-11-23 09:00"),
        ("2026-11-20 17:00", NO_TIME, "2026-11-20 17:00"),
    ],
)
def test_only_open_time_counts(start: str, amount: timedelta, due: str) -> None:
    assert add_working_time(local(start), amount, OFFICE) == local(due)


def test_a_holiday_is_skipped_however_its_weekday_would_be_open() -> None:
    thanksgiving = frozenset({date(2026, 11, 26)})
    hours = WorkingHours(NEW_YORK, time(9), time(17), WEEKDAYS, thanksgiving)

    due = add_working_time(local("2026-11-25 16:00"), 2 * HOUR, hours)

    assert due == local("2026-11-27 10:00")


def test_a_weekend_in_which_the_clock_changes_costs_no_working_time() -> None:
    friday, monday = local("2026-03-06 16:00"), local("2026-03-09 10:00")

    assert add_working_time(friday, 2 * HOUR, OFFICE) == monday
    assert monday - friday == timedelta(days=2, hours=17)


def test_a_spring_night_is_an_hour_shorter() -> None:
    start, end = local("2026-03-07 12:00"), local("2026-03-08 12:00")

    assert open_time_between(start, end, NIGHTS) == timedelta(hours=1, minutes=30)


def test_an_autumn_night_is_an_hour_longer_from_the_earlier_of_two_openings() -> None:
    start, end = local("2026-10-31 12:00"), local("2026-11-01 12:00")

    assert next_opening(start, NIGHTS) == local("2026-11-01 01:30", fold=0)
    assert open_time_between(start, end, NIGHTS) == timedelta(hours=3, minutes=30)


def test_an_opening_that_the_clock_skips_means_the_moment_of_the_change() -> None:
    hours = WorkingHours(NEW_YORK, time(2, 30), time(4), EVERY_DAY)

    opening = next_opening(local("2026-03-08 00:30"), hours)

    assert opening == local("2026-03-08 03:00")


@pytest.mark.parametrize("minute", range(60))
def test_the_moment_of_a_change_is_found_to_the_second(minute: int) -> None:
    hours = WorkingHours(NEW_YORK, time(2, minute, 59, 7), time(4), EVERY_DAY)

    opening = next_opening(local("2026-03-08 00:30"), hours)

    assert opening == local("2026-03-08 03:00")


def test_an_opening_that_the_clock_skips_entirely_is_no_opening() -> None:
    hours = WorkingHours(NEW_YORK, time(2, 10), time(2, 50), EVERY_DAY)

    opening = next_opening(local("2026-03-07 12:00"), hours)

    assert opening == local("2026-03-09 02:10")


def test_a_date_that_a_zone_left_out_is_no_working_day() -> None:
    """Samoa went from 29 to 31 December 2011."""
    hours = WorkingHours("Pacific/Apia", time(9), time(17), EVERY_DAY)
    start = local("2011-12-29 16:00", "Pacific/Apia")

    assert add_working_time(start, 2 * HOUR, hours) == local(
        "2011-12-31 10:00", "Pacific/Apia"
    )
    assert add_working_days(start, 1, hours) == local(
        "2011-12-31 16:00", "Pacific/Apia"
    )


def test_a_closing_at_a_change_to_midnight_is_still_yesterdays_closing() -> None:
    """Nuuk went from 23:00 on 30 March 2024 straight to midnight."""
    hours = WorkingHours("America/Nuuk", time(9), time(23, 30), WEEKDAYS | {5})
    start = local("2024-03-30 22:00", "America/Nuuk")

    closing = add_working_time(start, HOUR, hours)

    assert closing == local("2024-03-31 00:00", "America/Nuuk")
    assert add_working_time(closing, NO_TIME, hours) == closing


def test_a_midnight_that_the_clock_skips_opens_when_the_clock_goes_on() -> None:
    """Cairo went from midnight to one o'clock on 24 April 2026."""
    hours = WorkingHours("Africa/Cairo", time(0), time.max, EVERY_DAY)

    opened = open_time_between(
        local("2026-04-23 12:00", "Africa/Cairo"),
        local("2026-04-25 00:00", "Africa/Cairo"),
        hours,
    )

    assert opened == timedelta(hours=12 + 23) - 2 * timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-20 16:30", 1, "2026-11-23 16:30"),
        ("2026-11-20 16:30", 2, "2026-11-24 16:30"),
        ("2026-11-18 09:00", 1, "2026-11-19 09:00"),
        ("2026-11-20 17:00", 1, "2026-11-23 17:00"),
        ("2026-11-20 19:00", 1, "2026-11-23 17:00"),
        ("2026-11-21 12:00", 1, "2026-11-23 17:00"),
        ("2026-11-23 08:59", 1, "2026-11-23 17:00"),
        ("2026-11-21 12:00", 2, "2026-11-24 17:00"),
        ("2026-10-30 16:30", 1, "2026-11-02 16:30"),
    ],
)
def test_working_days_keep_the_local_time_or_end_at_closing(
    start: str, days: int, due: str
) -> None:
    assert add_working_days(local(start), days, OFFICE) == local(due)


def test_a_working_day_skips_a_holiday() -> None:
    hours = WorkingHours(
        NEW_YORK, time(9), time(17), WEEKDAYS, frozenset({date(2026, 11, 23)})
    )

    assert add_working_days(local("2026-11-20 16:30"), 1, hours) == local(
        "2026-11-24 16:30"
    )


def test_a_due_time_that_the_clock_skips_is_the_moment_of_the_change() -> None:
    due = add_working_days(local("2026-03-07 02:30"), 1, NIGHTS)

    assert due == local("2026-03-08 03:00")


def test_both_passes_of_a_repeated_hour_are_due_at_the_same_time() -> None:
    first = local("2026-11-01 01:45", fold=0)
    second = local("2026-11-01 01:45", fold=1)

    assert second - first == HOUR
    assert add_working_days(first, 1, NIGHTS) == local("2026-11-02 01:45")
    assert add_working_days(second, 1, NIGHTS) == local("2026-11-02 01:45")


def test_a_clock_that_shows_less_than_its_opening_is_due_at_the_opening() -> None:
    """At 01:10 on the second pass the site has been open since the first 01:30."""
    second_pass = local("2026-11-01 01:10", fold=1)

    assert is_open(second_pass, NIGHTS)
    assert add_working_days(second_pass, 1, NIGHTS) == local("2026-11-02 01:30")


def test_half_way_of_a_deadline_over_a_weekend_lies_in_open_time() -> None:
    start, due = local("2026-11-20 16:00"), local("2026-11-23 12:00")

    assert half_way(start, due, OFFICE) == local("2026-11-23 10:00")


def test_half_way_between_two_moments_of_one_night_is_not_after_the_second() -> None:
    start, due = local("2026-11-20 20:00"), local("2026-11-20 21:00")

    assert half_way(start, due, OFFICE) == due


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-20 08:59", "2026-11-20 09:00"),
        ("2026-11-20 09:00", "2026-11-20 09:00"),
        ("2026-11-20 12:34", "2026-11-20 12:34"),
        ("2026-11-20 17:00", "2026-11-23 09:00"),
        ("2026-11-22 12:00", "2026-11-23 09:00"),
    ],
)
def test_the_next_opening_is_now_while_open_and_the_next_one_at_closing(
    at: str, opening: str
) -> None:
    assert next_opening(local(at), OFFICE) == local(opening)


def test_an_instant_in_any_zone_gives_the_same_result_in_utc() -> None:
    utc = local("2026-11-20 16:30")
    tokyo = utc.astimezone(ZoneInfo("Asia/Tokyo"))

    due = add_working_time(tokyo, HOUR, OFFICE)

    assert due == add_working_time(utc, HOUR, OFFICE)
    assert due.tzinfo is UTC
    assert add_working_days(tokyo, 1, OFFICE).tzinfo is UTC
    assert next_opening(tokyo, OFFICE).tzinfo is UTC
    assert half_way(tokyo, tokyo + HOUR, OFFICE).tzinfo is UTC


def test_the_second_pass_of_an_hour_is_open_when_said_in_the_sites_own_zone() -> None:
    second_pass = datetime(2026, 11, 1, 1, 45, tzinfo=ZoneInfo(NEW_YORK), fold=1)

    assert is_open(second_pass, NIGHTS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zone": "America/Nowhere"}, "zone: 'America/Nowhere'"),
        ({"zone": "America"}, "zone: 'America'"),
        ({"zone": "../etc"}, "zone: '../etc'"),
        ({"zone": ""}, "zone: ''"),
        ({"days": frozenset()}, "days: a site must be open"),
        ({"days": frozenset({7})}, "days: must be from 0"),
        ({"closes": time(9)}, "closes: must be later"),
        ({"closes": time(8)}, "closes: must be later"),
        ({"opens": time(9, tzinfo=UTC)}, "opens, closes: must not carry"),
        ({"closes": time(17, tzinfo=UTC)}, "opens, closes: must not carry"),
    ],
)
def test_hours_that_cannot_be_are_refused_when_they_are_made(
    change: dict[str, object], said: str
) -> None:
    hours: dict[str, object] = {
        "zone": NEW_YORK,
        "opens": time(9),
        "closes": time(17),
        "days": WEEKDAYS,
    }

    with pytest.raises(ValueError, match=said):
        WorkingHours(**(hours | change))  # type: ignore[arg-type] # wrong on purpose


def test_amounts_that_make_no_sense_are_refused() -> None:
    start = local("2026-11-20 10:00")

    with pytest.raises(ValueError, match="amount: must not be negative"):
        add_working_time(start, -HOUR, OFFICE)
    with pytest.raises(ValueError, match="days: must be at least 1"):
        add_working_days(start, 0, OFFICE)
    with pytest.raises(ValueError, match="end: must not be before start"):
        open_time_between(start, start - HOUR, OFFICE)
    with pytest.raises(ValueError, match="end: must not be before start"):
        half_way(start, start - HOUR, OFFICE)


def test_a_naive_instant_is_refused_everywhere() -> None:
    naive = datetime(2026, 11, 20, 10)  # noqa: DTZ001 - naive on purpose
    aware = local("2026-11-20 10:00")

    for act in (
        lambda: add_working_time(naive, HOUR, OFFICE),
        lambda: add_working_days(naive, 1, OFFICE),
        lambda: open_time_between(aware, naive, OFFICE),
        lambda: half_way(naive, aware, OFFICE),
        lambda: next_opening(naive, OFFICE),
        lambda: is_open(naive, OFFICE),
    ):
        with pytest.raises(ValueError, match="aware"):
            act()


def test_time_beyond_the_calendar_is_an_error_and_no_endless_loop() -> None:
    late = datetime(9999, 12, 30, tzinfo=UTC)

    with pytest.raises(OverflowError, match="9999"):
        add_working_time(late, 100 * HOUR, OFFICE)
    with pytest.raises(OverflowError, match="9999"):
        add_working_days(late, 9, OFFICE)
    with pytest.raises(OverflowError, match="9999"):
        next_opening(late + timedelta(days=1), OFFICE)


@given(working_hours(), instants, amounts)
def test_the_result_has_exactly_the_amount_behind_it(
    hours: WorkingHours, start: datetime, amount: timedelta
) -> None:
    due = add_working_time(start, amount, hours)

    assert open_time_between(start, due, hours) == amount


@given(working_hours(), instants, amounts)
def test_the_result_is_in_open_time_or_exactly_at_a_closing(
    hours: WorkingHours, start: datetime, amount: timedelta
) -> None:
    assert in_open_time(add_working_time(start, amount, hours), hours)


@given(working_hours(), instants, amounts, amounts)
def test_adding_twice_is_adding_the_sum(
    hours: WorkingHours, start: datetime, first: timedelta, second: timedelta
) -> None:
    in_two_steps = add_working_time(
        add_working_time(start, first, hours), second, hours
    )

    assert in_two_steps == add_working_time(start, first + second, hours)


@given(working_hours(), instants, instants, amounts, amounts)
def test_later_or_more_is_never_due_earlier(
    hours: WorkingHours,
    one: datetime,
    other: datetime,
    less: timedelta,
    more: timedelta,
) -> None:
    first, second = sorted((one, other))
    less, more = sorted((less, more))

    assert add_working_time(first, less, hours) <= add_working_time(second, less, hours)
    assert add_working_time(first, less, hours) <= add_working_time(first, more, hours)


@given(instants, st.timedeltas(NO_TIME, timedelta(days=6)), st.sampled_from(ZONES))
def test_open_time_is_what_a_watcher_of_the_wall_clock_counts(
    start: datetime, length: timedelta, zone: str
) -> None:
    """An independent count, minute by minute, of hours that no clock repeats."""
    start = start.replace(second=0, microsecond=0)
    hours = WorkingHours(
        zone, time(4), time(22), WEEKDAYS, frozenset({date(2026, 11, 2)})
    )
    minutes = length // MINUTE

    counted = open_time_between(start, start + minutes * MINUTE, hours)

    site = ZoneInfo(zone)
    clock = [(start + m * MINUTE).astimezone(site) for m in range(minutes)]
    seen = sum(
        time(4) <= shown.time() < time(22)
        and shown.weekday() < 5
        and shown.date() != date(2026, 11, 2)
        for shown in clock
    )
    assert counted == seen * MINUTE


@given(working_hours(), instants, st.integers(1, 12))
def test_working_days_end_in_open_time_with_so_many_openings_on_the_way(
    hours: WorkingHours, start: datetime, days: int
) -> None:
    due = add_working_days(start, days, hours)

    assert due > start
    assert in_open_time(due, hours)
    at, openings = start, 0
    while (at := next_opening(at, hours)) <= due:
        at = add_working_time(at, timedelta(microseconds=1), hours)
        at = _closing_after(at, hours)
        openings += 1
    assert openings == days + is_open(start, hours)


def _closing_after(at: datetime, hours: WorkingHours) -> datetime:
    """Find the closing of the opening that `at` is in, by halving the time to it."""
    low, high = NO_TIME, timedelta(hours=30)
    while high - low > timedelta(microseconds=1):
        middle = (low + high) // 2
        if open_time_between(at, at + middle, hours) == middle:
            low = middle
        else:
            high = middle
    return at + low


@given(working_hours(), instants, instants, st.integers(1, 9))
def test_a_later_request_is_never_due_an_earlier_day(
    hours: WorkingHours, one: datetime, other: datetime, days: int
) -> None:
    first, second = sorted((one, other))
    first_due = add_working_days(first, days, hours)
    second_due = add_working_days(second, days, hours)

    site = ZoneInfo(hours.zone)

    assert first_due.astimezone(site).date() <= second_due.astimezone(site).date()


@given(working_hours(), instants, instants)
def test_half_way_leaves_as_much_open_time_as_it_used(
    hours: WorkingHours, one: datetime, other: datetime
) -> None:
    start, due = sorted((one, other))
    assume(due - start < timedelta(days=60))

    middle = half_way(start, due, hours)

    before = open_time_between(start, middle, hours)
    after = open_time_between(middle, due, hours)
    assert start <= middle <= due
    assert NO_TIME <= after - before <= timedelta(microseconds=1)


# What falls on a day off comes on the working day before.


def test_a_weekend_comes_on_its_friday_and_a_working_day_on_itself() -> None:
    friday = date(2026, 11, 20)

    assert working_day_up_to(friday, OFFICE) == friday
    assert working_day_up_to(date(2026, 11, 21), OFFICE) == friday
    assert working_day_up_to(date(2026, 11, 22), OFFICE) == friday


def test_holidays_beside_a_weekend_are_gone_over_with_it() -> None:
    closed = frozenset({date(2026, 11, 26), date(2026, 11, 27)})
    office = WorkingHours(NEW_YORK, time(9), time(17), WEEKDAYS, closed)

    assert working_day_up_to(date(2026, 11, 29), office) == date(2026, 11, 25)


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(date(2020, 1, 1), date(2020, 3, 1))),
)
def test_no_open_day_lies_between_a_day_and_the_one_before(
    day: date, days: frozenset[int], closed: frozenset[date]
) -> None:
    office = WorkingHours(NEW_YORK, time(9), time(17), days, closed)

    found = working_day_up_to(day, office)

    between = (found + timedelta(days=n) for n in range((day - found).days + 1))
    opened = [d for d in between if d.weekday() in days and d not in closed]
    assert opened == [found]
