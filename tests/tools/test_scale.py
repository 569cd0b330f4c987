"""The page on scale says what the program computes, and its words agree."""

from __future__ import annotations

import re

import pytest

from tools import scale
from tools.scale import CENTER, NATION, NETWORKS, ONE_NATION, PATIENT, PRACTICE
from tools.write_docs import ROOT, parts_in, write_parts

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
MARKS = ("measured", "computed", "assumed", "simulated")


def cells(table: str) -> dict[str, list[str]]:
    """Return the rows of a table by their first cell."""
    lines = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {first: rest for first, *rest in lines}


def test_the_page_and_the_program_say_the_same() -> None:
    assert write_parts(PAGE) == PAGE
    assert len([one for one in parts_in(PAGE) if one.startswith("scale ")]) == 7


def test_every_chapter_with_figures_says_what_they_are() -> None:
    chapters = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    with_tables = [one for one in chapters if "written by tools" in one]

    unmarked = [
        one.splitlines()[0]
        for one in with_tables
        if not any(mark in one.lower() for mark in MARKS)
    ]

    assert with_tables
    assert unmarked == []


def test_the_page_names_what_was_measured() -> None:
    for told in (
        f"| {PATIENT.waiting} |",
        f"{PATIENT.steps} steps a day",
        f"{PATIENT.sqlite / 1000:.1f} kB",
        f"{PATIENT.postgresql / 1000:.1f} kB",
        f"{PATIENT.sqlite_due / 1000:.1f} kB",
        f"{PATIENT.postgresql_due / 1000:.1f} kB",
    ):
        assert told in PAGE


def test_a_nation_is_what_the_page_says_it_is() -> None:
    assert (NATION.sites, NATION.patients) == (10_000, 1_000_000)
    assert 60e6 <= NATION.patients * PATIENT.waiting <= 70e6


def test_the_size_that_the_page_recommends_is_below_all_that_breaks() -> None:
    recommended = 20_000

    assert f"{recommended:,} patients" in PAGE
    assert min(patients for _, patients in scale.breaks()) > recommended
    assert max(patients for _, patients in scale.breaks()) < ONE_NATION.patients


def test_messages_change_faster_than_slack_allows_before_anything_else() -> None:
    first = cells(scale.tabulate_breaks())

    assert next(iter(first)) == "50 changed messages a minute"


@pytest.mark.parametrize("one", NETWORKS, ids=lambda one: one.name)
def test_workspaces_of_a_network_are_of_one_size(one: scale.Network) -> None:
    assert one.sites % one.workspaces == 0
    assert one.patients % one.workspaces == 0


def test_more_workspaces_of_the_same_size_ask_no_more_of_each() -> None:
    here, there = CENTER, NATION

    assert there.updates == pytest.approx(here.updates)
    for table in scale.ROW:
        assert there.rows_a_year(table) == pytest.approx(here.rows_a_year(table))


def test_bytes_of_all_workspaces_are_their_number_times_one() -> None:
    rows = cells(scale.tabulate_bytes())

    assert rows[NATION.name][-1] == rows[ONE_NATION.name][1]
    assert rows[NATION.name][:3] == rows[CENTER.name][:3]


def test_a_monday_says_as_many_messages_as_a_network_has() -> None:
    """The simulation and the arithmetic count the same, but what comes later."""
    told = cells(scale.tabulate_networks())
    lived = cells(scale.tabulate_monday())

    for one in (PRACTICE, CENTER):
        assert lived[one.name][0] == told[one.name][5]


def test_where_slack_allows_less_a_monday_takes_longer() -> None:
    for times in cells(scale.tabulate_ceilings()).values():
        seconds = [_seconds(one) for one in times]

        assert seconds == sorted(seconds, reverse=True)


def _seconds(told: str) -> float:
    number, unit = told.split()
    return float(number) * {"s": 1, "min": 60, "h": 3600}[unit]
