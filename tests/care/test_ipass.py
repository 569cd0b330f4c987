"""What a handoff says: five parts, the fields of a return, and that none is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.ipass import (
    CONTINGENCY,
    FIVE_PARTS,
    NO_DATE,
    RETURN_FIELDS,
    SEVERITY,
    SUMMARY,
    Direction,
    Page,
    blank,
    fields_of,
    fields_on,
    is_none,
    pages_of,
)

ASKED = {
    "product",
    "lymphodepletion",
    "crs",
    "icans",
    "iec_hs",
    "tocilizumab",
    "steroid",
    "prophylaxis",
    "antiseizure",
    "other_drugs",
    "peak_lymphocytes",
    "handwriting",
    "deficits",
    "counts",
    "creatinine",
    "ferritin",
    "crp",
    "igg",
    "cd4",
    "transfusion",
    "gcsf",
    "ivig",
    "irradiated",
    "line",
    "driving",
    "hbv",
    "cmv",
    "cd34",
    "month_1",
    "next_center_visit",
}
"""What a return must say, written out by hand and not read from the list."""


def test_a_return_asks_for_everything_that_the_practice_needs() -> None:
    assert {one.code for one in RETURN_FIELDS} == ASKED


def test_every_handoff_has_the_parts_that_its_sender_writes() -> None:
    for direction in Direction:
        codes = [one.code for one in fields_of(direction)]

        assert codes[:3] == [SEVERITY, SUMMARY, CONTINGENCY]
        assert len(codes) == len(set(codes))


def test_only_a_return_has_the_pages_of_a_return() -> None:
    assert pages_of(Direction.RETURN) == tuple(Page)
    for direction in (Direction.TO_CENTER, Direction.WITHIN):
        assert pages_of(direction) == (Page.PATIENT, Page.ACTIONS)


@pytest.mark.parametrize("direction", Direction)
def test_each_field_stands_on_exactly_one_page(direction: Direction) -> None:
    placed = [one for page in pages_of(direction) for one in fields_on(page, direction)]

    assert sorted(placed, key=lambda one: one.code) == sorted(
        fields_of(direction), key=lambda one: one.code
    )


def test_the_actions_stand_on_the_last_page() -> None:
    for direction in Direction:
        assert pages_of(direction)[-1] is Page.ACTIONS


def test_where_people_would_write_a_date_the_hint_says_that_none_is_taken() -> None:
    hints = {one.code: one.hint for one in RETURN_FIELDS}

    for code in ("irradiated", "driving", "next_center_visit", "steroid"):
        assert NO_DATE in hints[code]


def test_what_is_blank_is_named_and_none_is_not_blank() -> None:
    values = {SEVERITY: "none", SUMMARY: " \n\t"}

    assert blank(FIVE_PARTS, values) == (SUMMARY, CONTINGENCY)


@given(st.dictionaries(st.sampled_from([SEVERITY, SUMMARY, CONTINGENCY]), st.text()))
def test_a_field_is_blank_exactly_where_nothing_can_be_read(
    values: dict[str, str],
) -> None:
    found = blank(FIVE_PARTS, values)

    assert set(found) == {
        one.code
        for one in FIVE_PARTS
        if not values.get(one.code) or values[one.code].isspace()
    }


@pytest.mark.parametrize("text", ["none", "None", " NONE ", "none.", "“none”"[1:-1]])
def test_none_is_none_however_it_is_written(text: str) -> None:
    assert is_none(text)


@pytest.mark.parametrize("text", ["", "  ", "nonem", "no", "none known: ask"])
def test_anything_else_is_not_none(text: str) -> None:
    assert not is_none(text)
