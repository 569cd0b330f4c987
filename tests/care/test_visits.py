"""Things of one site that can be done on one day are one visit."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.milestone import Product
from care.plan import Basis, Window, plan
from care.plan_table import Scale, by_scale, periods
from care.visits import Visit, phase, visits
from tests.care.planned import BY_ID, DAY0S, ROWS

DAY0 = date(2026, 3, 1)
MONTH_1 = ("cbc", "igg-monthly", "cd4-monthly", "first-response")


@dataclass(frozen=True)
class Thing:
    """Something with a window at a site."""

    name: str
    site: str
    window: Window


def thing(name: str, first: int, last: int, *, site: str = "lakeside") -> Thing:
    """Return a thing that is open from one day after Day 0 to another."""
    earliest, latest = DAY0 + timedelta(days=first), DAY0 + timedelta(days=last)
    return Thing(name, site, Window(earliest, earliest, latest))


def grouped(*things: Thing) -> list[Visit[Thing]]:
    """Return the visits of things."""
    return visits(things, site=lambda one: one.site, window=lambda one: one.window)


THINGS = st.lists(
    st.builds(
        lambda name, first, length, site: thing(name, first, first + length, site=site),
        st.text("abc", min_size=1, max_size=3),
        st.integers(0, 60),
        st.integers(0, 30),
        st.sampled_from(["lakeside", "university"]),
    ),
    max_size=12,
)


def test_windows_that_share_a_day_are_one_visit() -> None:
    [one] = grouped(thing("cbc", 25, 35), thing("igg", 30, 37), thing("mrd", 28, 30))

    assert one.window.earliest == one.window.latest == DAY0 + timedelta(days=30)
    assert [member.name for member in one.members] == ["mrd", "cbc", "igg"]


def test_each_overlapping_the_next_is_not_yet_one_visit() -> None:
    """All of a visit share a day, so that it can be kept in one go."""
    first, second = grouped(thing("a", 0, 10), thing("b", 8, 20), thing("c", 15, 30))

    assert [one.name for one in first.members] == ["a", "b"]
    assert [one.name for one in second.members] == ["c"]


def test_windows_that_meet_on_one_day_share_it() -> None:
    assert len(grouped(thing("a", 0, 10), thing("b", 10, 20))) == 1
    assert len(grouped(thing("a", 0, 10), thing("b", 11, 20))) == 2


def test_another_site_is_another_visit() -> None:
    found = grouped(thing("a", 0, 10), thing("b", 0, 10, site="university"))

    assert {one.site for one in found} == {"lakeside", "university"}


def test_nothing_is_no_visit() -> None:
    assert grouped() == []


@given(THINGS)
def test_all_of_a_visit_can_be_done_on_each_of_its_days(things: list[Thing]) -> None:
    for one in grouped(*things):
        for member in one.members:
            assert member.site == one.site
            assert member.window.holds(one.window.earliest)
            assert member.window.holds(one.window.latest)
        assert one.window.holds(one.window.target)


@given(THINGS)
def test_each_thing_is_in_one_visit(things: list[Thing]) -> None:
    members = [member for one in grouped(*things) for member in one.members]

    assert sorted(members, key=repr) == sorted(things, key=repr)


@given(THINGS, st.randoms(use_true_random=False))
def test_the_order_of_things_decides_nothing_but_ties(
    things: list[Thing], chance: random.Random
) -> None:
    shuffled = chance.sample(things, len(things))

    def said(found: list[Visit[Thing]]) -> set[tuple[str, Window, tuple[str, ...]]]:
        return {
            (one.site, one.window, tuple(sorted(map(repr, one.members))))
            for one in found
        }

    assert said(grouped(*things)) == said(grouped(*shuffled))


@given(THINGS)
def test_visits_of_a_site_come_one_after_the_other(things: list[Thing]) -> None:
    for site in ("lakeside", "university"):
        at = [one.window for one in grouped(*things) if one.site == site]
        assert all(one.latest < after.latest for one, after in pairwise(at))


def test_the_checks_of_the_first_month_are_one_visit_with_its_name() -> None:
    rows = [BY_ID[one] for one in MONTH_1]
    due = plan(rows, Basis(DAY0, Product.CARVYKTI), until=DAY0 + timedelta(days=40))

    [one] = visits(due, site=lambda _: "lakeside", window=lambda one: one.window)

    assert one.name(DAY0) == "month-1 visit"
    assert {member.row.id for member in one.members} == set(MONTH_1)
    assert one.window.target == date(2026, 3, 31)


@given(DAY0S)
def test_two_of_one_series_are_never_in_one_visit(day0: date) -> None:
    due = plan(ROWS, Basis(day0, Product.ABECMA), until=day0 + timedelta(days=400))

    for one in visits(due, site=lambda _: "", window=lambda one: one.window):
        rows = [member.row.id for member in one.members]
        assert len(rows) == len(set(rows))


@pytest.mark.parametrize(
    ("days", "named"),
    [
        (0, "week-1"),
        (14, "week-2"),
        (30, "month-1"),
        (365, "month-12"),
        (1100, "year-3"),
    ],
)
def test_a_visit_is_called_by_its_time(days: int, named: str) -> None:
    assert phase(DAY0, DAY0 + timedelta(days=days)) == named


# The table of a plan


def test_a_plan_is_shown_in_weeks_then_months_then_years() -> None:
    due = plan(ROWS, Basis(DAY0, Product.CARVYKTI), until=date(2031, 1, 1))

    found = by_scale(periods(due, day0=DAY0, window=lambda one: one.window))

    assert [scale for scale, _ in found] == [Scale.WEEKS, Scale.MONTHS, Scale.YEARS]
    months = [one.name for one in found[1][1]]
    assert months[0] == "month-1"
    assert months[-1] == "month-23"


@given(DAY0S)
def test_each_thing_stands_in_one_period_and_time_never_goes_back(day0: date) -> None:
    due = plan(ROWS, Basis(day0, Product.CARVYKTI), until=day0 + timedelta(days=900))

    found = periods(due, day0=day0, window=lambda one: one.window)

    assert sum(len(one.things) for one in found) == len(due)
    assert len({one.name for one in found}) == len(found)
    targets = [thing.window.target for one in found for thing in one.things]
    assert targets == sorted(targets)


def test_an_empty_plan_has_no_period() -> None:
    assert periods([], day0=DAY0, window=lambda one: one) == ()
