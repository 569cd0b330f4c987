"""What of a patient's time is said in each mode, and what none of them gives away."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.patient_time import PatientTime, PhiMode, months_between

TODAY = date(2026, 11, 12)
"""A Thursday."""
DAY0 = date(2026, 10, 14)
DAY = timedelta(days=1)
NONE, DAYS, BAA = PhiMode.NONE, PhiMode.DAYS, PhiMode.BAA
MONTH_NAMES = re.compile("Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec")
NAMED = re.compile(
    r"today|(last|this|next) week"
    r"|in about (\d+ (weeks|months|years))|about (\d+ (weeks|months|years)) ago"
    r"|(week|month|year)-\d+"
)
dates = st.dates(date(1996, 1, 1), date(2104, 12, 31))
day0s = st.none() | dates
spans = st.integers(-3000, 3000)


def around(mode: PhiMode, day0: date | None = None) -> PatientTime:
    """Return how days are said on the 12th of November."""
    return PatientTime(mode, TODAY, day0)


def test_a_mode_shows_more_than_the_one_before_it() -> None:
    """By what they show: as words they are in another order."""
    assert DAYS.exceeds(NONE)
    assert BAA.exceeds(DAYS)
    assert not NONE.exceeds(NONE)
    assert BAA.lesser(DAYS) is DAYS
    assert NONE.lesser(BAA) is NONE
    assert DAYS.lesser(DAYS) is DAYS


def test_a_form_asks_for_a_date_only_where_dates_are_shown() -> None:
    assert [one for one in PhiMode if around(one).asks_dates] == [BAA]


@pytest.mark.parametrize(
    ("mode", "day0", "day", "said"),
    [
        (BAA, None, TODAY, "12 Nov 2026"),
        (BAA, DAY0, date(2027, 1, 5), "5 Jan 2027"),
        (DAYS, DAY0, TODAY, "Day +29"),
        (DAYS, DAY0, DAY0, "Day 0"),
        (DAYS, DAY0, DAY0 - 5 * DAY, "Day -5"),
        (DAYS, None, TODAY, ""),
        (NONE, DAY0, TODAY, ""),
        (NONE, None, TODAY, ""),
    ],
)
def test_what_stays_true_on_a_message_that_is_not_refreshed(
    mode: PhiMode, day0: date | None, day: date, said: str
) -> None:
    assert around(mode, day0).lasting(day) == said


@pytest.mark.parametrize(
    ("mode", "day0", "day", "said"),
    [
        (BAA, None, TODAY, "Thu 12 Nov"),
        (BAA, DAY0, date(2027, 1, 5), "Tue 5 Jan 2027"),
        (DAYS, DAY0, TODAY, "Day +29"),
        (DAYS, None, TODAY, "today"),
        (DAYS, None, TODAY + DAY, "tomorrow"),
        (DAYS, None, TODAY - DAY, "yesterday"),
        (DAYS, None, TODAY + 9 * DAY, "in 9 days"),
        (DAYS, None, TODAY - 9 * DAY, "9 days ago"),
        (NONE, DAY0, TODAY, "month-1"),
        (NONE, DAY0, DAY0 - 3 * DAY, "about 5 weeks ago"),
        (NONE, None, TODAY, "today"),
        (NONE, None, date(2026, 11, 9), "this week"),
        (NONE, None, date(2026, 11, 15), "this week"),
        (NONE, None, date(2026, 11, 16), "next week"),
        (NONE, None, date(2026, 11, 8), "last week"),
        (NONE, None, TODAY + 20 * DAY, "in about 3 weeks"),
        (NONE, None, TODAY - 70 * DAY, "about 2 months ago"),
        (NONE, None, TODAY + 800 * DAY, "in about 2 years"),
    ],
)
def test_what_a_page_says_when_it_is_read(
    mode: PhiMode, day0: date | None, day: date, said: str
) -> None:
    assert around(mode, day0).now(day) == said


@pytest.mark.parametrize(
    ("after", "name"),
    [
        (-1, ""),
        (0, "week-1"),
        (7, "week-1"),
        (8, "week-2"),
        (14, "week-2"),
        (21, "week-3"),
        (22, "month-1"),
        (29, "month-1"),
        (31, "month-1"),
        (61, "month-2"),
        (100, "month-3"),
        (182, "month-6"),
        (365, "month-12"),
        (548, "month-18"),
        (731, "year-2"),
        (1096, "year-3"),
    ],
)
def test_a_window_after_infusion_has_the_name_of_its_anniversary(
    after: int, name: str
) -> None:
    assert around(NONE, DAY0).phase(DAY0 + after * DAY) == name


def test_without_an_infusion_no_window_is_named() -> None:
    assert around(NONE).phase(TODAY) == ""


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2028, 1, 31), date(2028, 2, 28), 0),
        (date(2028, 1, 31), date(2028, 2, 29), 1),
        (date(2027, 1, 31), date(2027, 2, 28), 1),
        (date(2028, 2, 29), date(2029, 2, 27), 11),
        (date(2028, 2, 29), date(2029, 2, 28), 12),
        (date(2028, 2, 29), date(2032, 2, 28), 47),
        (date(2028, 2, 29), date(2032, 2, 29), 48),
        (date(2026, 10, 14), date(2026, 11, 13), 0),
        (date(2026, 10, 14), date(2026, 11, 14), 1),
    ],
)
def test_months_are_calendar_anniversaries(start: date, end: date, months: int) -> None:
    """Whoever was infused on a leap day has an anniversary in every year."""
    assert months_between(start, end) == months


@given(today=dates, day0=day0s, span=spans)
def test_none_says_named_windows_and_nothing_else(
    today: date, day0: date | None, span: int
) -> None:
    time = PatientTime(NONE, today, day0)

    assert NAMED.fullmatch(time.now(today + span * DAY))
    assert time.lasting(today + span * DAY) == ""


@given(today=dates, span=spans.filter(bool))
def test_no_day_is_told_from_a_named_window(today: date, span: int) -> None:
    """Whatever is said of a day but today is said of the other days of a week too."""
    time, day = PatientTime(NONE, today), today + span * DAY

    said = time.now(day)

    alike = [at for at in week_around(day) if time.now(at) == said]
    assert len(alike) >= 6


@given(day0=dates, after=st.integers(0, 3000))
def test_no_day_after_infusion_is_told_from_its_window(day0: date, after: int) -> None:
    time, day = PatientTime(NONE, day0, day0), day0 + after * DAY

    said = time.phase(day)

    assert len([at for at in week_around(day) if time.phase(at) == said]) >= 7


def week_around(day: date) -> list[date]:
    """Return the days within a week of one, itself too."""
    return [day + span * DAY for span in range(-7, 8)]


@given(today=dates, day0=day0s, span=spans)
def test_days_never_say_a_date(today: date, day0: date | None, span: int) -> None:
    time, day = PatientTime(DAYS, today, day0), today + span * DAY

    said = f"{time.now(day)} {time.lasting(day)}"

    assert not MONTH_NAMES.search(said)
    wanted = {abs(span), abs((day - day0).days) if day0 else 0}
    assert {int(number) for number in re.findall(r"\d+", said)} <= wanted


@given(today=dates, span=spans)
def test_a_day_on_which_nothing_counts_is_told_by_its_date_where_that_is_agreed(
    today: date, span: int
) -> None:
    day = today + span * DAY
    time = PatientTime(BAA, today)

    assert time.lasting(day).split() == [str(day.day), f"{day:%b}", str(day.year)]
    assert time.now(day).split()[1:3] == [str(day.day), f"{day:%b}"]


def distance(said: str) -> tuple[int, int]:
    """Return a named window as something that can be compared: later is greater."""
    near = {"last week": -1, "this week": 0, "today": 0, "next week": 1}
    if said in near:
        return 0, near[said]
    found = re.search(r"(\d+) (week|month|year)", said)
    assert found
    sign = -1 if said.endswith("ago") else 1
    units = ["", "week", "month", "year"]
    return sign * units.index(found[2]), sign * int(found[1])


@given(today=dates, spans=st.tuples(spans, spans))
def test_a_later_day_is_never_said_to_be_earlier(
    today: date, spans: tuple[int, int]
) -> None:
    first, second = (today + span * DAY for span in sorted(spans))
    time = PatientTime(NONE, today)

    assert distance(time.now(first)) <= distance(time.now(second))


@given(day0=dates, after=st.tuples(st.integers(0, 3000), st.integers(0, 3000)))
def test_windows_after_infusion_follow_one_another(
    day0: date, after: tuple[int, int]
) -> None:
    time = PatientTime(NONE, day0, day0)
    names = [time.phase(day0 + one * DAY) for one in sorted(after)]
    kinds = ["week", "month", "year"]

    first, second = (
        (kinds.index(kind), int(number))
        for kind, number in (one.split("-") for one in names)
    )
    assert first <= second


@given(start=dates, more=st.integers(0, 60), days=st.integers(0, 27))
def test_an_anniversary_is_reached_on_its_day_and_not_before(
    start: date, more: int, days: int
) -> None:
    """Of a day that every month has; the others are examples above."""
    start = start.replace(day=min(start.day, 28))
    year, month = divmod(start.month - 1 + more, 12)
    anniversary = start.replace(year=start.year + year, month=month + 1)

    assert months_between(start, anniversary) == more
    assert months_between(start, anniversary + days * DAY) == more
    if more:
        assert months_between(start, anniversary - DAY) == more - 1
