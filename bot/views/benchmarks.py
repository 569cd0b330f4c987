"""Published durations beside a step, each with whom it is about and where it stands."""

from __future__ import annotations

from bot.views import kit
from care.journey import Phase
from care.knowledge.benchmarks import Benchmark, Benchmarks, load_benchmarks
from care.knowledge.statements import Mark

LEAD = "For context, not about this patient"


def context_beside(phase: Phase, found: Benchmarks | None = None) -> list[kit.Block]:
    """Return the small print beside a phase; nothing where nothing was published."""
    rows = (found or load_benchmarks()).beside(phase)
    return [kit.context(f"{LEAD}. {_told(one)}") for one in rows]


def _told(row: Benchmark) -> str:
    known = load_benchmarks().sources
    cited = "; ".join(
        f"{known[key].population}; {known[key].citation}, {known[key].date}"
        for key in row.sources
    )
    secondary = ", read in a secondary source" if row.mark is Mark.SECONDARY else ""
    by = f"Checked by {row.checked_by}" if row.checked_by else "Not yet signed"
    return f"{kit.escape(row.statement)} ({kit.escape(cited)}{secondary}). {by}."
