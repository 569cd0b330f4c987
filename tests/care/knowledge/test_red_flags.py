"""The red flags are shown as they were read: in one order, each row cited."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from care.knowledge.benchmarks import load_benchmarks
from care.knowledge.protocols import packaged_rows, versions
from care.knowledge.reading import OWN, SOURCES, BadKnowledge, packaged_text
from care.knowledge.red_flags import FILE, load_red_flags, read_red_flags
from care.knowledge.statements import STALE_AFTER, Mark

READ_ON = date(2026, 11, 23)


def changed(change: Callable[[list[dict[str, Any]]], object]) -> str:
    """Return the packaged rows with something changed in them."""
    rows = yaml.safe_load(packaged_text(FILE))
    change(rows)
    return yaml.safe_dump(rows, allow_unicode=True)


def refused(rows: str, sources: str | None = None) -> str:
    """Return what is said of rows that cannot be shown."""
    with pytest.raises(BadKnowledge) as caught:
        read_red_flags(rows, sources or packaged_text(SOURCES))
    return str(caught.value)


def test_the_emergency_rows_come_first_in_the_order_of_the_file() -> None:
    flags = load_red_flags()

    assert flags.rows == flags.emergency + flags.same_day
    assert [one.id for one in flags.emergency] == [
        "fever",
        "breathing",
        "confusion",
        "speech",
        "seizure",
    ]
    assert len(flags.same_day) == 11


def test_every_row_was_read_in_a_source_with_a_date() -> None:
    flags = load_red_flags()

    for row in flags.rows:
        assert row.mark in Mark
        assert row.last_checked == READ_ON
        for key in row.sources:
            assert flags.sources[key].citation
            assert flags.sources[key].date


def test_no_row_is_signed_before_a_center_has_signed_it() -> None:
    assert {one.checked_by for one in load_red_flags().rows} == {None}


@pytest.mark.parametrize(
    "remembered",
    ["bleeding", "bruising", "platelet", "node,", "lesion", "M-protein", "bone pain"],
)
def test_what_was_only_remembered_is_not_in_the_list(remembered: str) -> None:
    """Signs that the clinical content marks M, or in a row that is M in part."""
    shown = " ".join(
        f"{one.statement} {one.thinks_of}" for one in load_red_flags().rows
    )

    assert remembered.lower() not in shown.lower()


def test_the_sources_are_cited_in_the_order_of_the_list() -> None:
    cited = load_red_flags().cited

    assert cited[:2] == ("S73", "S99")
    assert len(cited) == len(set(cited))


def test_each_packaged_source_is_used() -> None:
    flags = load_red_flags()
    durations = {key for row in load_benchmarks().rows for key in row.sources}
    protocols = {
        key for one in versions() for row in packaged_rows(one) for key in row.sources
    }

    assert OWN not in protocols
    assert set(flags.cited) | durations | protocols | {OWN} == set(flags.sources)


def test_the_list_is_read_once() -> None:
    assert load_red_flags() is load_red_flags()


def test_a_row_goes_stale_half_a_year_after_its_sources_were_read() -> None:
    row = load_red_flags().rows[0]

    assert not row.is_stale(READ_ON + STALE_AFTER)
    assert row.is_stale(READ_ON + STALE_AFTER + timedelta(days=1))


def test_a_row_that_lacks_something_is_named_with_the_field() -> None:
    said = refused(changed(lambda rows: rows[2].pop("thinks_of")))

    assert said == "red_flags.yaml: row 3 (confusion), thinks_of: Field required"


def test_a_row_from_memory_is_refused() -> None:
    said = refused(changed(lambda rows: rows[0].update(mark="M")))

    assert said.startswith("red_flags.yaml: row 1 (fever), mark: ")


def test_a_row_without_a_source_is_refused() -> None:
    said = refused(changed(lambda rows: rows[1].update(sources=[])))

    assert said.startswith("red_flags.yaml: row 2 (breathing), sources: ")


def test_a_source_that_nobody_knows_is_refused() -> None:
    said = refused(changed(lambda rows: rows[1].update(sources=["S73", "S999"])))

    assert said == "red_flags.yaml: row 2 (breathing), sources: no such source: S999"


def test_an_emergency_row_after_another_is_refused() -> None:
    said = refused(changed(lambda rows: rows.insert(0, rows.pop())))

    assert said == "red_flags.yaml: row 2 (fever), emergency: emergency rows come first"


def test_a_row_that_stands_there_twice_is_refused() -> None:
    said = refused(changed(lambda rows: rows.append(rows[-1])))

    assert said == "red_flags.yaml: row 17 (cns), id: stands there twice"


def test_a_field_that_nobody_asked_for_is_refused() -> None:
    said = refused(changed(lambda rows: rows[0].update(score=3)))

    assert said.startswith("red_flags.yaml: row 1 (fever), score: ")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("[", r"red_flags\.yaml: is not YAML: "),
        ("{}", r"red_flags\.yaml: must be a list of rows"),
        ("[]", r"red_flags\.yaml: must be a list of rows"),
        ("- a word", r"red_flags\.yaml: row 1: "),
    ],
)
def test_a_file_that_is_no_list_is_refused(rows: str, said: str) -> None:
    assert re.match(said, refused(rows))


def test_a_source_without_a_date_is_refused_by_its_key() -> None:
    said = refused(packaged_text(FILE), "S73: {citation: A guide}")

    assert said == "sources.yaml: S73, date: Field required"


def test_a_list_of_sources_is_refused() -> None:
    said = refused(packaged_text(FILE), "[]")

    assert said == "sources.yaml: must be one entry for each key"
