"""Spans are calendar time: days, and anniversaries of months and years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.spans import Span, Unit
from tests.care.planned import DAY0S, SPANS


@pytest.mark.parametrize("said", ["0 days", "1 day", "30 days", "6 months", "1 year"])
def test_a_span_is_said_as_it_is_read(said: str) -> None:
    assert str(Span.parse(said)) == said


def test_what_people_write_around_it_does_not_matter() -> None:
    assert Span.parse(" 1 months ") == Span(1, Unit.MONTH)


@pytest.mark.parametrize(
    "wrong",
    ["", "30", "days", "-1 days", "1.5 years", "030 days", "2 weeks", "1 day 2 months"],
)
def test_what_is_no_span_is_refused_in_its_own_words(wrong: str) -> None:
    with pytest.raises(ValueError, match="must be so many days, months or years"):
        Span.parse(wrong)


@pytest.mark.parametrize("wrong", ["201 years", "2401 months", "80000 days"])
def test_a_span_beyond_every_plan_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="200 years at most"):
        Span.parse(wrong)


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        (date(2027, 1, 31), "1 month", date(2027, 2, 28)),
        (date(2028, 1, 31), "1 month", date(2028, 2, 29)),
        (date(2028, 2, 29), "1 year", date(2029, 2, 28)),
        (date(2028, 2, 29), "4 years", date(2032, 2, 29)),
        (date(2026, 10, 31), "4 months", date(2027, 2, 28)),
        (date(2026, 12, 15), "1 month", date(2027, 1, 15)),
        (date(2026, 3, 1), "30 days", date(2026, 3, 31)),
        (date(2026, 3, 1), "0 days", date(2026, 3, 1)),
    ],
)
def test_months_and_years_are_anniversaries(start: date, span: str, end: date) -> None:
    assert Span.parse(span).after(start) == end


def test_a_short_month_does_not_shorten_those_after_it() -> None:
    monthly = Span.parse("1 month")

    found = [monthly.after(date(2027, 1, 31), times=n) for n in (1, 2, 3)]

    assert found == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]


@given(DAY0S, SPANS)
def test_a_span_lasts_from_its_shortest_to_its_longest(day: date, span: Span) -> None:
    assert span.shortest <= (span.after(day) - day).days <= span.longest


@given(DAY0S, SPANS, SPANS)
def test_what_is_never_after_another_is_not_after_it(
    day: date, one: Span, other: Span
) -> None:
    if one.is_never_after(other):
        assert one.after(day) <= other.after(day)


@given(DAY0S, SPANS, SPANS)
def test_the_days_between_two_spans_are_bounded(
    day: date, one: Span, other: Span
) -> None:
    between = (other.after(day) - one.after(day)).days

    assert one.least_until(other) <= between <= one.most_until(other)


@given(SPANS)
def test_a_span_is_never_after_itself(span: Span) -> None:
    assert span.is_never_after(span)
    assert span.most_until(span) == 0


def test_a_year_is_twelve_months_and_never_quite_365_days() -> None:
    year, months, days = map(Span.parse, ("1 year", "12 months", "365 days"))

    assert year.is_never_after(months)
    assert months.is_never_after(year)
    assert days.is_never_after(year)
    assert not year.is_never_after(days)


@given(DAY0S, st.integers(1, 24), st.integers(1, 24))
def test_later_anniversaries_never_come_earlier(day: date, one: int, more: int) -> None:
    month = Span(1, Unit.MONTH)

    gap = month.after(day, times=one + more) - month.after(day, times=one)

    assert gap >= timedelta(days=28 * more)
