"""Published durations of the journey's steps: context, never a trigger.

Nothing is sorted, coloured, sent or judged because of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from care.journey import Phase
from care.knowledge.reading import SOURCES, packaged_text, read_rows, read_sources
from care.knowledge.statements import Source, Statement

FILE = "benchmarks.yaml"


class Benchmark(Statement):
    """How long a step took, in whom; `statement` says it with its spread."""

    phases: tuple[Phase, ...]
    """Beside which phases it is shown."""


@dataclass(frozen=True)
class Benchmarks:
    """The durations, with what their sources' keys stand for."""

    rows: tuple[Benchmark, ...]
    sources: Mapping[str, Source]

    def beside(self, phase: Phase) -> tuple[Benchmark, ...]:
        """Return what is shown beside a phase."""
        return tuple(one for one in self.rows if phase in one.phases)


@cache
def load_benchmarks() -> Benchmarks:
    """Return the packaged durations. Raises `BadKnowledge`."""
    return read_benchmarks(packaged_text(FILE), packaged_text(SOURCES))


def read_benchmarks(rows: str, sources: str) -> Benchmarks:
    """Return the durations that two texts hold. Raises `BadKnowledge`."""
    known = read_sources(sources)
    return Benchmarks(read_rows(Benchmark, rows, known, file=FILE), known)
