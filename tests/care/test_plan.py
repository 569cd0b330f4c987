"""The plan is computed from rows and Day 0 alone, and its windows are never odd."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from care.knowledge.protocol import Condition, Kind, ProtocolRow
from care.milestone import Product
from care.plan import (
    HORIZON,
    Basis,
    Occurrence,
    Window,
    applies,
    dose_after,
    holds_over,
    listed,
    occurrences,
    plan,
)
from care.spans import Span, Unit
from tests.care.planned import BY_ID, DAY0S, LEAP_DAY, ROWS, SPANS, row

DAY0 = date(2026, 3, 1)
ALL = frozenset(Condition)


def basis(day0: date = DAY0, *conditions: Condition) -> Basis:
    """Return what a plan after Carvykti is computed from."""
    return Basis(day0, Product.CARVYKTI, frozenset(conditions))


def targets(one: ProtocolRow, *, until: date, day0: date = DAY0) -> list[date]:
    """Return the days at which a row aims."""
    return [o.window.target for o in occurrences(one, day0, until=until)]


def windows(row_id: str, day0: date, years: int) -> list[Window]:
    """Return the windows of a packaged row, over some years."""
    until = day0 + timedelta(days=366 * years)
    return [one.window for one in occurrences(BY_ID[row_id], day0, until=until)]


# One row


def test_both_ends_belong_to_a_window() -> None:
    [first] = islice(occurrences(row(), DAY0, until=date(2027, 1, 1)), 1)

    assert first.window == Window(
        date(2026, 3, 26), date(2026, 3, 31), date(2026, 4, 5)
    )
    assert first.window.holds(date(2026, 3, 26))
    assert first.window.holds(date(2026, 4, 5))
    assert not first.window.holds(date(2026, 3, 25))
    assert not first.window.holds(date(2026, 4, 6))


def test_a_window_out_of_order_cannot_be() -> None:
    with pytest.raises(ValueError, match="in order"):
        Window(date(2026, 3, 2), date(2026, 3, 1), date(2026, 3, 3))


def test_further_days_have_the_first_windows_margins() -> None:
    one = row(also=["90 days", "180 days"])

    found = list(occurrences(one, DAY0, until=date(2030, 1, 1)))

    assert [o.window.target for o in found] == [
        date(2026, 3, 31),
        date(2026, 5, 30),
        date(2026, 8, 28),
    ]
    assert {o.window.latest - o.window.earliest for o in found} == {timedelta(days=10)}
    assert [o.number for o in found] == [0, 1, 2]


def test_a_series_ends_at_its_day_and_that_day_belongs_to_it() -> None:
    one = row(again=[{"every": "30 days", "until": "90 days"}])

    assert len(targets(one, until=date(2030, 1, 1))) == 3


def test_an_endless_series_goes_on_as_far_as_is_asked() -> None:
    one = row(again=[{"every": "30 days"}], ends={"how": "none in the source"})

    assert len(targets(one, until=HORIZON.after(DAY0))) == 182


def test_a_series_of_months_keeps_the_day_of_the_month() -> None:
    one = row(
        window={"earliest": "25 days", "target": "1 month", "latest": "35 days"},
        again=[{"every": "1 month", "until": "4 months"}],
    )
    # From the first target on: that of January 31st is the end of February.
    assert targets(one, until=date(2028, 1, 1), day0=date(2027, 1, 31)) == [
        date(2027, 2, 28),
        date(2027, 3, 28),
        date(2027, 4, 28),
        date(2027, 5, 28),
    ]


def test_one_stretch_follows_the_other() -> None:
    found = [one.target for one in windows("registry-standard", DAY0, 16)]

    since = [round((one - DAY0).days / 365.25, 1) for one in found]
    assert since == [0.3, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14]


def test_a_stretch_may_have_margins_of_its_own() -> None:
    first, second, *_ = windows("igg-3-to-6-months", DAY0, 2)

    assert (first.target - first.earliest).days == 5
    assert (second.target - second.earliest).days == 30
    assert (second.latest - second.target).days == 30


@pytest.mark.parametrize("kind", [Kind.STANDING, Kind.AT_EACH_VISIT])
def test_what_is_only_shown_is_never_due(kind: Kind) -> None:
    assert list(occurrences(row(kind=kind), DAY0, until=date(2099, 1, 1))) == []


def test_a_precaution_is_looked_at_again_once() -> None:
    [only] = windows("antiviral-12-to-18-months", DAY0, 15)

    assert (only.earliest, only.latest) == (date(2027, 3, 1), date(2027, 9, 1))


# Doses


def test_the_doses_of_a_vaccine_are_a_series() -> None:
    first, second = windows("pneumococcal-vaccine-6-months", DAY0, 15)

    assert first.earliest == date(2026, 9, 1)
    assert second.earliest == date(2026, 11, 1)


def test_a_dose_that_was_late_moves_the_next_by_as_much() -> None:
    one = BY_ID["pneumococcal-vaccine-6-months"]
    first, second = windows(one.id, DAY0, 15)

    moved = dose_after(one, second, first.target + timedelta(days=40))

    assert moved.earliest == date(2026, 9, 1) + timedelta(days=40 + 61)
    assert moved.earliest - second.earliest == moved.latest - second.latest


def test_a_dose_that_was_early_moves_nothing() -> None:
    one = BY_ID["pneumococcal-vaccine-6-months"]
    _, second = windows(one.id, DAY0, 15)

    assert dose_after(one, second, date(2026, 8, 1)) == second


def test_only_a_series_has_a_next_dose() -> None:
    with pytest.raises(ValueError, match="no series"):
        dose_after(row(), Window(DAY0, DAY0, DAY0), DAY0)


# Which rows apply


def test_a_row_for_another_product_does_not_apply() -> None:
    one = row(products=[Product.ABECMA])

    assert not applies(one, basis())
    assert applies(one, Basis(DAY0, Product.ABECMA))


def test_a_row_with_a_condition_waits_until_it_is_confirmed() -> None:
    one = BY_ID["hbv-prophylaxis"]

    assert not applies(one, basis())
    assert applies(one, basis(DAY0, Condition.HBV))
    assert not applies(one, basis(DAY0, Condition.STEROID))


def test_each_condition_has_a_row() -> None:
    assert {one.applies_when for one in ROWS} == {None, *Condition}


def test_lists_and_standing_rows_are_found_by_kind_and_day() -> None:
    early = listed(ROWS, basis(), Kind.AT_EACH_VISIT, on=DAY0 + timedelta(days=180))
    late = listed(ROWS, basis(), Kind.AT_EACH_VISIT, on=DAY0 + timedelta(days=181))

    assert {one.id for one in early} - {one.id for one in late} == {"neurological-list"}
    assert "live-vaccines" in {one.id for one in listed(ROWS, basis(), Kind.STANDING)}


def test_what_holds_without_a_window_holds_always() -> None:
    assert holds_over(BY_ID["live-vaccines"], DAY0) is None
    over = holds_over(BY_ID["contraception"], DAY0)
    assert over is not None
    assert over.latest == date(2027, 3, 1)


# The whole plan


@settings(max_examples=60)
@given(DAY0S)
def test_windows_are_in_order_and_none_overlaps_the_next_of_its_row(day0: date) -> None:
    for one in ROWS:
        found = list(occurrences(one, day0, until=day0 + timedelta(days=1200)))
        for before, after in pairwise(found):
            assert before.window.latest < after.window.earliest
            assert after.number == before.number + 1


@settings(max_examples=30)
@given(DAY0S)
def test_the_same_rows_and_day_give_the_same_plan(day0: date) -> None:
    until = day0 + timedelta(days=800)

    once = plan(ROWS, basis(day0, *ALL), until=until)

    assert once == plan(ROWS, basis(day0, *ALL), until=until)
    assert list(once) == sorted(
        once, key=lambda o: (o.window.earliest, o.window.latest)
    )


@settings(max_examples=30)
@given(DAY0S, st.integers(-60, 60))
def test_a_moved_day_0_and_back_is_the_plan_as_it_was(day0: date, days: int) -> None:
    def keys(at: date) -> list[tuple[str, int, Window]]:
        found = plan(ROWS, basis(at), until=at + timedelta(days=800))
        return [(one.row.id, one.number, one.window) for one in found]

    before = keys(day0)
    moved = keys(day0 + timedelta(days=days))

    assert keys(day0) == before
    assert (moved == before) is (days == 0)


@settings(max_examples=30)
@given(DAY0S, st.integers(0, 2000), st.integers(0, 2000))
def test_a_longer_plan_only_adds(day0: date, days: int, more: int) -> None:
    near = day0 + timedelta(days=days)

    short = plan(ROWS, basis(day0), until=near)
    long = plan(ROWS, basis(day0), until=near + timedelta(days=more))

    assert [o for o in long if o.window.earliest <= near] == list(short)


LONGER = st.one_of(
    st.builds(Span, st.integers(1, 400), st.just(Unit.DAY)),
    st.builds(Span, st.integers(1, 24), st.just(Unit.MONTH)),
)


@settings(max_examples=300)
@given(DAY0S, st.lists(SPANS, min_size=3, max_size=3), LONGER)
def test_a_row_that_is_read_never_has_odd_windows(
    day0: date, days: list[Span], every: Span
) -> None:
    """What could be inverted or overlap after some Day 0 is refused when it is read."""
    in_order = sorted(days, key=lambda one: one.days)
    window = dict(zip(("earliest", "target", "latest"), in_order, strict=True))
    try:
        one = row(window=window, again=[{"every": every, "until": "15 years"}])
    except ValidationError:
        return
    until = day0 + timedelta(days=2000)
    found = [o.window for o in islice(occurrences(one, day0, until=until), 60)]
    assert all(a.latest < b.earliest for a, b in pairwise(found))


def test_every_window_of_the_horizon_is_within_it_at_its_beginning() -> None:
    until = HORIZON.after(LEAP_DAY)

    found = plan(ROWS, basis(LEAP_DAY, *ALL), until=until)

    assert max(one.window.earliest for one in found) <= until
    assert {type(one) for one in found} == {Occurrence}
    life_long = [o for o in found if o.row.is_life_long]
    assert [o.window.target.year for o in life_long] == list(range(2029, 2044))
