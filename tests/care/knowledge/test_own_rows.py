"""A center's own rows: written in a form, and never said to be a source's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from care.knowledge.own_rows import (
    BadWording,
    Wording,
    all_as_own,
    as_own,
    reworded,
    wording_of,
    written,
)
from care.knowledge.protocol import Ends, Kind, ProtocolRow, Seat, Topic
from care.knowledge.protocols import digest_of, newest_version, packaged_rows
from care.knowledge.recurring import lines_of, read_recurring

ROWS = {one.id: one for one in packaged_rows(newest_version())}
CBC = ROWS["cbc"]
TODAY = date(2026, 11, 24)
NEW = Wording(
    name="Steroid taper",
    statement="The steroid is tapered and its end confirmed",
    seat=Seat.CENTER.value,
    topic=Topic.FIRST_WEEKS.value,
    kind=Kind.CHECK.value,
    earliest="10 days",
    target="14 days",
    latest="20 days",
)


def wrong(**changes: Any) -> dict[str, str]:
    """Return what is wrong with a new row that is written so."""
    with pytest.raises(BadWording) as told:
        written(replace(NEW, **changes), (), TODAY)
    return told.value.sentences


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda one: one.id)
def test_a_form_that_nobody_changed_changes_nothing(row: ProtocolRow) -> None:
    found = read_recurring("\n".join(lines_of(row)))

    assert (found.again, found.also, found.doses) == (row.again, row.also, row.doses)
    assert reworded(row, wording_of(row)) is row


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda one: one.id)
def test_another_name_leaves_everything_else_as_it_was(row: ProtocolRow) -> None:
    wording = replace(wording_of(row), name="Another name")

    changed = reworded(row, wording)

    assert changed == row.model_copy(update={"name": "Another name"})
    assert digest_of(changed) != digest_of(row)


def test_a_changed_row_is_the_center_s_and_keeps_its_id() -> None:
    changed = reworded(CBC, replace(wording_of(CBC), statement="CBC, as we do it"))

    own = as_own(changed, CBC)

    assert (own.id, own.ref, own.own) == (CBC.id, CBC.ref, True)
    assert own.sources == CBC.sources


def test_a_window_that_the_center_sets_is_no_proposal_of_baton_any_more() -> None:
    row = next(one for one in ROWS.values() if {"window", "who"} <= {*one.proposed})
    wording = wording_of(row)
    changed = reworded(row, replace(wording, latest=wording.target))

    own = as_own(changed, row)

    assert own.window is not None
    assert own.window.latest == own.window.target
    assert "window" not in own.proposed
    assert "who" in own.proposed


def test_what_reads_as_packaged_again_is_the_source_s_again() -> None:
    own = as_own(CBC.model_copy(update={"statement": "Ours"}), CBC)
    back = own.model_copy(update={"statement": CBC.statement})

    assert as_own(back, CBC) == CBC


def test_a_whole_file_is_marked_row_by_row() -> None:
    changed = CBC.model_copy(update={"name": "Blood"})
    new = written(NEW, (), TODAY)
    rest = [one for one in ROWS.values() if one.id != "cbc"]

    rows = all_as_own([changed, *rest, new], ROWS.values())

    assert [one.id for one in rows if one.own] == ["cbc", new.id]


def test_a_new_row_cites_the_center_alone() -> None:
    row = written(NEW, {"P01", "C01", "C07"}, TODAY)

    assert (row.id, row.ref, row.own) == ("c08-steroid-taper", "C08", True)
    assert (row.sources, row.last_checked, row.proposed) == (("S0",), TODAY, ())
    assert {*row.who.model_dump().values()} == {Seat.CENTER}


def test_a_target_alone_is_the_whole_window() -> None:
    row = written(replace(NEW, earliest="", latest=""), (), TODAY)

    assert row.window is not None
    assert row.window.earliest == row.window.latest == row.window.target


def test_a_series_without_end_says_how_it_ends() -> None:
    assert wrong(again="every 1 month").keys() == {"ends"}

    row = written(
        replace(
            NEW,
            again="Every 1 month.",
            ends=Ends.ALL.value,
            parts="CD4 above 200\n\n12 months have passed",
        ),
        (),
        TODAY,
    )

    assert row.ends is not None
    assert row.ends.parts == ("CD4 above 200", "12 months have passed")
    assert row.is_open_ended


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"statement": ""}, "statement"),
        ({"statement": "x" * 201}, "statement"),
        ({"thresholds": "x" * 401}, "thresholds"),
        ({"target": ""}, "target"),
        ({"target": "", "earliest": "", "latest": ""}, "target"),
        ({"target": "soon"}, "target"),
        ({"earliest": "3 weeks"}, "earliest"),
        ({"latest": "300 years"}, "latest"),
        ({"earliest": "15 days"}, "target"),
        ({"latest": "13 days"}, "target"),
        ({"again": "now and then"}, "again"),
        ({"again": "every 2 days until 1 month"}, "again"),
        ({"again": "11 doses, 1 month apart"}, "again"),
        ({"again": "every 0 months until 1 year"}, "again"),
        ({"ends": "never"}, "ends"),
        ({"parts": "CD4 above 200"}, "ends"),
        ({"ends": Ends.ALL.value}, "parts"),
        ({"ends": Ends.LIFE_LONG.value, "parts": "CD4"}, "parts"),
        ({"seat": "nobody"}, "seat"),
        ({"topic": "weather"}, "topic"),
        ({"kind": "wish"}, "kind"),
    ],
    ids=str,
)
def test_what_is_wrong_stands_at_its_field(changes: dict[str, str], field: str) -> None:
    sentences = wrong(**changes)

    assert sentences.keys() == {field}
    assert sentences[field].endswith(".")


def test_a_center_has_ninety_nine_rows_of_its_own_at_most() -> None:
    with pytest.raises(BadWording, match="99 rows"):
        written(NEW, {"C99"}, TODAY)
