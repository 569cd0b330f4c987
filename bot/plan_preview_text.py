"""A preview of a plan as people read it on a terminal, and as machines do."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from bot.plan_preview import Line, Preview
from care.knowledge.protocol import PROPOSED_WORDS, ProtocolRow
from care.knowledge.statements import Mark
from care.plan_table import periods

NOT_SIGNED = (
    "Nothing here is signed by a center, so nothing of it would be planned. This is"
    " computed, and kept nowhere."
)
COLUMNS = ("earliest", "target", "latest", "told", "last told")
WIDTH = 100


def as_text(shown: Preview) -> Iterator[str]:
    """Yield a preview, a line each."""
    yield from _head(shown)
    yield from _table(shown)
    yield from _listed("At each visit", shown.at_each_visit)
    yield from _listed("Standing: shown, never due", shown.standing)
    yield from _left_out(shown)
    yield from _sources(shown)


def as_json(shown: Preview) -> str:
    """Return a preview for machines: the same, with every field of a row."""
    asked = shown.asked
    told = {
        "signed": False,
        "kept": False,
        "protocol": shown.protocol,
        "product": str(asked.product),
        "day0": asked.day0.isoformat(),
        "until": shown.until.isoformat(),
        "zone": asked.zone,
        "holidays": _holidays(shown),
        "conditions": sorted(str(one) for one in asked.conditions),
        "open_choices": list(shown.open_choices),
        "items": [_item(one) for one in shown.lines],
        "at_each_visit": [one.id for one in shown.at_each_visit],
        "standing": [one.id for one in shown.standing],
        "not_applying": [one.id for one in shown.not_applying],
        "rows": {one.id: one.model_dump(mode="json") for one in shown.rows},
        "sources": {k: one.model_dump(mode="json") for k, one in shown.sources.items()},
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _item(line: Line) -> dict[str, Any]:
    window = line.window
    return {
        "row": line.row.id,
        "number": line.due.number,
        "named": line.named,
        "earliest": window.earliest.isoformat(),
        "target": window.target.isoformat(),
        "latest": window.latest.isoformat(),
        "told": line.told.isoformat(),
        "told_at": line.told_at.isoformat(),
        "last_told": line.last_told.isoformat(),
        "site": str(line.row.seat),
    }


def _head(shown: Preview) -> Iterator[str]:
    asked = shown.asked
    yield (
        f"{asked.product}, Day 0 on {asked.day0:%a} {asked.day0}; protocol"
        f" {shown.protocol}, {len(shown.rows)} rows"
    )
    yield (
        f"Dates at {asked.zone}; told at 08:00 on a working day, holidays:"
        f" {_holidays(shown) or 'none'}"
    )
    yield NOT_SIGNED
    if asked.conditions:
        yield f"Confirmed: {'; '.join(sorted(asked.conditions))}"
    if shown.open_choices:
        yield from _wrapped(
            "Sources disagree, all positions are shown (--choose ROW takes one): "
            + ", ".join(shown.open_choices)
        )


def _table(shown: Preview) -> Iterator[str]:
    found = periods(shown.lines, day0=shown.asked.day0, window=lambda one: one.window)
    for period in found:
        yield ""
        heads = "  ".join(f"{one:<10}" for one in COLUMNS)
        yield f"{period.name.upper():<9} {heads}  check, site, source"
        yield from (_row(one) for one in period.things)
    yield ""
    yield (
        f"{len(shown.lines)} windows that begin by {shown.until}; what has no end goes"
        " on after it."
    )


def _row(line: Line) -> str:
    window = line.window
    dates = (window.earliest, window.target, window.latest, line.told, line.last_told)
    days = "  ".join(one.isoformat() for one in dates)
    row = line.row
    choice = f"; one position of {row.choice}" if row.choice else ""
    return f"{'':<9} {days}  {row.name} ({row.seat}) {_cited(row)}{choice}"


def _cited(row: ProtocolRow) -> str:
    """Return which sources a row cites, how it was read, and what is proposed."""
    read = " F2, read in a secondary source" if row.mark is Mark.SECONDARY else " F"
    return f"[{' '.join(row.sources)}{read}]"


def _listed(heading: str, rows: Iterable[ProtocolRow]) -> Iterator[str]:
    yield ""
    yield heading
    for one in rows:
        population = f" ({one.population})" if one.population else ""
        choice = f"; one position of {one.choice}" if one.choice else ""
        thresholds = f" {one.thresholds}" if one.thresholds else ""
        said = f"{one.statement}{population}.{thresholds} {_cited(one)}{choice}"
        yield from _wrapped(f"- {one.name}: {said}", "  ")


def _left_out(shown: Preview) -> Iterator[str]:
    if shown.not_applying:
        yield ""
        yield "Not applying, for another product or a condition that was not named"
    for one in shown.not_applying:
        why = one.applies_when or ", ".join(one.products)
        yield f"- {one.name}: {why}"


def _sources(shown: Preview) -> Iterator[str]:
    yield ""
    yield "Proposed by Baton, and in no source"
    for field, words in PROPOSED_WORDS.items():
        rows = [one.id for one in shown.rows if field in one.proposed]
        if len(rows) > len(shown.rows) / 2:
            yield f"- {words}: {len(rows)} of {len(shown.rows)} rows"
        elif rows:
            yield from _wrapped(f"- {words}: {', '.join(rows)}", "  ")
    yield ""
    yield "Sources"
    for key, one in shown.sources.items():
        about = one.population or "population not stated"
        yield from _wrapped(f"{key:<5} {one.citation} ({one.date}); {about}", " " * 6)


def _holidays(shown: Preview) -> str:
    return "-".join(one for one in (shown.asked.country, shown.asked.region) if one)


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent)
