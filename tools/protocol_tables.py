"""Tables of the follow-up protocol: which words its fields take, and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from care.knowledge.protocol import (
    PROPOSED_WORDS,
    Answer,
    Condition,
    Ends,
    Hold,
    Kind,
    Seat,
    Topic,
)
from care.knowledge.protocols import newest_version, packaged_rows
from care.knowledge.statements import Mark
from care.milestone import Product
from tools.diagrams import tabulate

WORDS: Mapping[str, type[StrEnum]] = {
    "kind": Kind,
    "topic": Topic,
    "mark": Mark,
    "products": Product,
    "applies_when": Condition,
    "ends.how": Ends,
    "who": Seat,
    "holds": Hold,
    "answers": Answer,
}
"""The fields that take certain words only."""


def tabulate_words() -> str:
    """Return which words each field takes."""
    rows = [(f"`{field}`", _quoted(kind)) for field, kind in WORDS.items()]
    rows.append(("`proposed`", _quoted(PROPOSED_WORDS)))
    return tabulate(("field", "words"), rows)


def tabulate_rows() -> str:
    """Return the rows of the newest packaged version, in its order."""
    rows = [
        (
            row.ref,
            f"`{row.id}`",
            row.name,
            row.kind.value,
            f"`{row.choice}`" if row.choice else "",
            f"{', '.join(row.sources)} ({row.mark})",
        )
        for row in packaged_rows(newest_version())
    ]
    heads = ("place", "id", "name", "kind", "choice", "sources")
    return tabulate(heads, rows)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in words)
