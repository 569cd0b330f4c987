"""How a row stands with a center: by its text, and by the days since it was signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.people import Role, SiteKind
from care.signing import (
    ASKED_BEFORE,
    Count,
    Limit,
    Signed,
    Standing,
    count,
    may_sign,
    stand,
)

DAY = date(2026, 11, 24)
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """A row as it is counted."""

    key: str
    standing: Standing = Standing.UNSIGNED
    choice: str | None = None


@pytest.mark.parametrize(
    ("digest", "days", "standing"),
    [
        ("a", 0, Standing.SIGNED),
        ("a", 180, Standing.SIGNED),
        ("a", 181, Standing.STALE),
        ("b", 0, Standing.CHANGED),
        ("b", 999, Standing.CHANGED),
    ],
)
def test_a_signature_is_of_a_text_and_of_a_time(
    digest: str, days: int, standing: Standing
) -> None:
    limit = Limit(180, DAY + days * ONE)

    assert stand(digest, Signed("a", DAY), limit) is standing
    assert stand(digest, None, limit) is Standing.UNSIGNED


def test_what_is_stale_counts_and_what_reads_otherwise_does_not() -> None:
    assert {one for one in Standing if one.counts} == {Standing.SIGNED, Standing.STALE}


@given(days=st.integers(30, 730), since=st.integers(0, 1000))
def test_the_signer_is_asked_two_weeks_before_it_looks_stale(
    days: int, since: int
) -> None:
    limit = Limit(days, DAY + since * ONE)
    looks_stale = stand("a", Signed("a", DAY), limit) is Standing.STALE
    later = Limit(days, limit.today + ASKED_BEFORE)

    assert limit.asks_on(DAY) == (stand("a", Signed("a", DAY), later) is Standing.STALE)
    assert limit.asks_on(DAY) or not looks_stale


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", SiteKind)
def test_only_specialists_and_leads_of_a_center_with_the_right_sign(
    role: Role, kind: SiteKind
) -> None:
    able = kind is SiteKind.CENTER and role in {Role.SPECIALIST, Role.LEAD}

    assert may_sign(signs=True, role=role, kind=kind) == able
    assert not may_sign(signs=False, role=role, kind=kind)


def test_rows_that_disagree_count_as_one() -> None:
    rows = [
        Row("a", Standing.SIGNED),
        Row("b"),
        Row("c", choice="x"),
        Row("d", Standing.STALE, choice="x"),
        Row("e", choice="y"),
        # A choice of the name of a row is another place.
        Row("f", Standing.SIGNED, choice="b"),
    ]

    assert count(rows) == Count(3, 5)


@pytest.mark.parametrize(
    ("signed", "every", "said"),
    [
        (12, 34, "12 of 34 rows signed; 22 are not scheduled"),
        (33, 34, "33 of 34 rows signed; 1 is not scheduled"),
        (34, 34, "34 of 34 rows signed"),
        (0, 0, "0 of 0 rows signed"),
    ],
)
def test_the_count_is_said_as_plans_begin(signed: int, every: int, said: str) -> None:
    assert str(Count(signed, every)) == said
