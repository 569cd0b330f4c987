"""Rows, Day 0s and spans for tests of the plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from care.knowledge.protocol import ProtocolRow
from care.knowledge.protocols import newest_version, packaged_rows
from care.spans import Span, Unit

ROWS = packaged_rows(newest_version())
BY_ID = {one.id: one for one in ROWS}

A_CHECK: dict[str, Any] = {
    "id": "a-check",
    "ref": "C01",
    "name": "A check",
    "statement": "Something is looked at",
    "topic": "counts",
    "kind": "check",
    "window": {"earliest": "25 days", "target": "30 days", "latest": "35 days"},
    "who": "practice",
    "sources": ["S1"],
    "mark": "F",
    "last_checked": "2026-11-23",
    "checked_by": None,
}


def row(**told: Any) -> ProtocolRow:
    """Return a row that is whole, with something told otherwise."""
    return ProtocolRow.model_validate(A_CHECK | told)


LEAP_DAY = date(2028, 2, 29)
ENDS_OF_MONTHS = [date(2027, 1, 31), date(2026, 8, 31), date(2027, 11, 30)]
CLOCK_CHANGES = [date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 28)]

DAY0S = st.one_of(
    st.dates(date(2018, 1, 1), date(2040, 12, 31)),
    st.sampled_from([LEAP_DAY, *ENDS_OF_MONTHS, *CLOCK_CHANGES]),
)
"""Days of infusion: any, and those on which calendars and clocks are odd."""

SPANS = st.builds(Span, st.integers(0, 40), st.sampled_from(Unit))
