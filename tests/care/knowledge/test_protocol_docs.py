"""The page about protocols names what there is, and its example is a row."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from care.knowledge.protocol import ProtocolRow
from care.knowledge.reading import SOURCES, packaged_text, read_rows, read_sources
from care.knowledge.timing import Doses, Recurrence
from tools.diagrams import ROOT

PAGE = (ROOT / "docs" / "protocols.md").read_text(encoding="utf-8")
FIELD = re.compile(r"^\| `(?P<name>[a-z_]+)` \| (?P<said>.+) \|$", re.MULTILINE)
HAND_WRITTEN = PAGE.split("<!-- written by tools", maxsplit=1)[0]


def example() -> str:
    """Return the rows that the page shows."""
    [found] = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_page_explains_every_field_of_a_row_and_no_other() -> None:
    explained = [one["name"] for one in FIELD.finditer(HAND_WRITTEN)]

    assert len(explained) == len(set(explained))
    assert set(explained) == set(ProtocolRow.model_fields)


@pytest.mark.parametrize(("field", "kind"), [("again", Recurrence), ("doses", Doses)])
def test_the_page_names_every_part_of_a_recurrence(field: str, kind: Any) -> None:
    [said] = [one["said"] for one in FIELD.finditer(HAND_WRITTEN) if one[1] == field]

    assert set(re.findall(r"`([a-z]+)`", said)) == set(kind.model_fields)


def test_the_example_is_a_row_that_is_read() -> None:
    known = read_sources(packaged_text(SOURCES))

    [row] = read_rows(ProtocolRow, example(), known, file="protocols.md")

    assert row.sources == ("S0",)


def test_the_example_shows_fields_in_the_order_of_the_packaged_rows() -> None:
    """Who writes a row copies one; both then look alike."""
    [shown] = yaml.safe_load(example())
    packaged = yaml.safe_load(packaged_text("protocols/2026-11.yaml"))
    [cd4] = [one for one in packaged if one["id"] == "cd4-monthly"]

    assert [one for one in shown if one in cd4] == [one for one in cd4 if one in shown]
