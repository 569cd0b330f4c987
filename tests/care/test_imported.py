"""What was done long ago is of the check whose window held that day, or lay nearest."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.imported import nearest
from care.plan import occurrences
from tests.bot.importing import ROWS

DAY0 = date(2024, 2, 29)
ROW = {one.id: one for one in ROWS}


@pytest.mark.parametrize(
    ("row", "days", "number"),
    [
        ("counts", 0, 0),
        ("counts", 7, 0),
        ("counts", 10, 0),
        ("counts", 11, 1),
        ("counts", 12, 1),
        ("counts", 70, 9),
        ("counts", 400, 9),
        ("yearly", 30, 0),
        ("yearly", 366, 0),
        ("yearly", 366 + 365, 1),
    ],
)
def test_it_is_the_one_of_that_time(row: str, days: int, number: int) -> None:
    found = nearest(ROW[row], DAY0, DAY0 + timedelta(days=days))

    assert found is not None
    assert found.number == number


def test_what_is_never_due_has_none() -> None:
    assert nearest(ROW["visit-list"], DAY0, DAY0) is None


@given(
    row=st.sampled_from([one for one in ROWS if one.window]),
    days=st.integers(0, 365 * 16),
)
def test_no_other_check_of_the_row_lies_nearer(row: object, days: int) -> None:
    day = DAY0 + timedelta(days=days)
    one = next(one for one in ROWS if one is row)

    found = nearest(one, DAY0, day)

    assert found is not None
    if not found.window.holds(day):
        others = list(occurrences(one, DAY0, until=day + timedelta(days=90)))
        assert not any(other.window.holds(day) for other in others)
        assert all(
            abs(found.window.target - day) <= abs(other.window.target - day)
            for other in others
        )
