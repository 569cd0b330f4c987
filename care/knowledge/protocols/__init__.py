"""Packaged versions of the follow-up protocol; the text of each ships for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from care.knowledge.protocol import ProtocolRow
from care.knowledge.reading import SOURCES, packaged_text, read_rows, read_sources
from care.knowledge.statements import Statement


def versions() -> tuple[str, ...]:
    """Return the packaged versions, oldest first; each is the month of its making."""
    names = (one.name for one in files(__package__).iterdir())
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


def newest_version() -> str:
    """Return the version that a center begins with."""
    return versions()[-1]


@cache
def packaged_rows(version: str) -> tuple[ProtocolRow, ...]:
    """Return the rows of a packaged version. Raises `BadKnowledge`."""
    file = f"protocols/{version}.yaml"
    known = read_sources(packaged_text(SOURCES))
    return read_rows(ProtocolRow, packaged_text(file), known, file=file)


def digest_of(row: Statement) -> str:
    """Return the hash of what a row says: of a row that reads otherwise, another.

    When it was last read, and by whom, is no part of what it says. What it leaves out
    is none either, so that a field that a later Baton adds unsigns nothing.
    """
    said = row.model_dump(
        mode="json", exclude={"last_checked", "checked_by"}, exclude_defaults=True
    )
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def as_kept(rows: Iterable[ProtocolRow]) -> list[dict[str, Any]]:
    """Return rows as they are kept with a center's protocol."""
    return [one.model_dump(mode="json") for one in rows]


def from_kept(rows: Iterable[Mapping[str, Any]]) -> tuple[ProtocolRow, ...]:
    """Return kept rows. Raises pydantic's `ValidationError`."""
    return tuple(ProtocolRow.model_validate(one) for one in rows)
