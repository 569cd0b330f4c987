"""Published durations: each with its source and population, none from memory."""

from __future__ import annotations

import pytest

from bot.views.benchmarks import LEAD, context_beside
from care.journey import Phase
from care.knowledge.benchmarks import load_benchmarks, read_benchmarks
from care.knowledge.reading import BadKnowledge

ROW = """
- id: a-step
  statement: "A step: median 3 days"
  phases: [consult]
  sources: [S1]
  mark: F
  last_checked: 2026-11-23
  checked_by: null
"""
SOURCES = "S1: {citation: A journal, date: 2024, population: some people}"


def test_every_packaged_duration_says_whom_it_is_about() -> None:
    found = load_benchmarks()

    for row in found.rows:
        assert row.phases
        assert all(found.sources[key].population for key in row.sources)


def test_a_duration_stands_beside_its_phases_only() -> None:
    found = read_benchmarks(ROW, SOURCES)

    assert [one.id for one in found.beside(Phase.CONSULT)] == ["a-step"]
    assert found.beside(Phase.SLOT) == ()


def test_a_phase_that_does_not_exist_is_named_with_its_row() -> None:
    with pytest.raises(BadKnowledge, match=r"row 1 \(a-step\), phases"):
        read_benchmarks(ROW.replace("consult", "lunch"), SOURCES)


@pytest.mark.parametrize("mark", ["M", "D"])
def test_what_is_remembered_or_designed_is_no_published_duration(mark: str) -> None:
    with pytest.raises(BadKnowledge, match="mark"):
        read_benchmarks(ROW.replace("mark: F", f"mark: {mark}"), SOURCES)


@pytest.mark.parametrize("phase", Phase)
def test_it_is_shown_as_context_with_population_source_and_who_checked(
    phase: Phase,
) -> None:
    known = load_benchmarks().sources

    for row, block in zip(
        load_benchmarks().beside(phase), context_beside(phase), strict=True
    ):
        told = block["elements"][0]["text"]
        assert told.startswith(LEAD)
        assert all(known[key].citation in told for key in row.sources)
        assert all(str(known[key].population) in told for key in row.sources)
        assert "Not yet signed" in told
