"""The red flags after CAR T: a list to be shown beside a phone number.

Baton detects, scores and triages nothing with it. Its order is the file's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from care.knowledge.reading import (
    SOURCES,
    BadKnowledge,
    packaged_text,
    read_rows,
    read_sources,
)
from care.knowledge.statements import Source, Statement, Text

FILE = "red_flags.yaml"


class RedFlag(Statement):
    """One sign; `statement` is its wording."""

    thinks_of: Text
    """What it makes one think of."""
    emergency: bool
    """Whether it is for the emergency department."""


@dataclass(frozen=True)
class RedFlags:
    """The list in its one order, with what its sources' keys stand for."""

    rows: tuple[RedFlag, ...]
    sources: Mapping[str, Source]

    @property
    def emergency(self) -> tuple[RedFlag, ...]:
        """The signs for the emergency department."""
        return tuple(one for one in self.rows if one.emergency)

    @property
    def same_day(self) -> tuple[RedFlag, ...]:
        """The signs for a call to the center on the same day."""
        return tuple(one for one in self.rows if not one.emergency)

    @property
    def cited(self) -> tuple[str, ...]:
        """The keys of all sources, in the order in which the list names them."""
        keys = (key for row in self.rows for key in row.sources)
        return tuple(dict.fromkeys(keys))


@cache
def load_red_flags() -> RedFlags:
    """Return the packaged list. Raises `BadKnowledge`."""
    return read_red_flags(packaged_text(FILE), packaged_text(SOURCES))


def read_red_flags(rows: str, sources: str) -> RedFlags:
    """Return the list that two texts hold. Raises `BadKnowledge`."""
    known = read_sources(sources)
    flags = read_rows(RedFlag, rows, known, file=FILE)
    for place, (one, after) in enumerate(pairwise(flags), start=2):
        if after.emergency and not one.emergency:
            wrong = "emergency rows come first"
            raise BadKnowledge(FILE, f"row {place} ({after.id})", "emergency", wrong)
    return RedFlags(flags, known)
