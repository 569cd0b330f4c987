"""Two versions of a protocol differ row by row and field by field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from care.knowledge.protocol import ProtocolRow
from care.knowledge.protocols import (
    as_kept,
    changed_fields,
    differences,
    digest_of,
    from_kept,
    newest_version,
    packaged_rows,
)

ROWS = packaged_rows(newest_version())


def with_change(row: ProtocolRow, **told: Any) -> ProtocolRow:
    """Return a row that says something otherwise."""
    return ProtocolRow.model_validate(row.model_dump() | told)


def test_a_version_does_not_differ_from_itself_or_from_what_was_kept_of_it() -> None:
    assert not differences(ROWS, ROWS)
    assert not differences(ROWS, from_kept(as_kept(ROWS)))


def test_rows_are_added_and_dropped_by_their_ids() -> None:
    found = differences(ROWS[1:], ROWS[:-1])

    assert [one.id for one in found.added] == [ROWS[0].id]
    assert [one.id for one in found.dropped] == [ROWS[-1].id]
    assert found.added[0].new is ROWS[0]
    assert found.dropped[0].old is ROWS[-1]
    assert found.changed == ()


def test_a_changed_row_names_its_fields_in_the_rows_order() -> None:
    row = with_change(ROWS[0], name="Another name", statement="Something else")

    found = differences(ROWS, (row, *ROWS[1:]))

    assert [(one.id, one.fields) for one in found.changed] == [
        (row.id, ("statement", "name"))
    ]
    assert (found.added, found.dropped) == ((), ())


def test_another_order_of_rows_is_no_difference() -> None:
    assert not differences(ROWS, tuple(reversed(ROWS)))


def test_a_row_that_was_read_again_says_the_same() -> None:
    again = with_change(ROWS[0], last_checked=date(2027, 1, 1), checked_by="Dr Osei")

    assert changed_fields(ROWS[0], again) == ()
    assert digest_of(again) == digest_of(ROWS[0])


@pytest.mark.parametrize("row", ROWS, ids=lambda one: one.id)
def test_what_is_kept_of_a_row_says_the_same(row: ProtocolRow) -> None:
    [kept] = from_kept(as_kept([row]))

    assert kept == row
    assert digest_of(kept) == digest_of(row)


def test_rows_differ_exactly_where_their_digests_do() -> None:
    for row in ROWS:
        other = with_change(row, name=f"{row.name[:50]} 2")

        assert digest_of(other) != digest_of(row)
        assert changed_fields(row, other) == ("name",)
