"""Packaged versions of the follow-up protocol; the text of each ships for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from care.knowledge.protocol import ProtocolRow
from care.knowledge.reading import packaged_sources, packaged_text, read_rows
from care.knowledge.statements import Statement

NOT_SAID = frozenset({"last_checked", "checked_by"})
"""Fields of a row that are no part of what it says."""


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
    text = packaged_text(file)
    return read_rows(ProtocolRow, text, packaged_sources(), file=file)


def digest_of(row: Statement) -> str:
    """Return the hash of what a row says: of a row that reads otherwise, another.

    When it was last read, and by whom, is no part of what it says. What it leaves out
    is none either, so that a field that a later Baton adds unsigns nothing.
    """
    said = row.model_dump(mode="json", exclude=set(NOT_SAID), exclude_defaults=True)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def as_kept(rows: Iterable[ProtocolRow]) -> list[dict[str, Any]]:
    """Return rows as they are kept with a center's protocol."""
    return [one.model_dump(mode="json") for one in rows]


def from_kept(rows: Iterable[Mapping[str, Any]]) -> tuple[ProtocolRow, ...]:
    """Return kept rows. Raises pydantic's `ValidationError`."""
    return tuple(ProtocolRow.model_validate(one) for one in rows)


@dataclass(frozen=True)
class Difference:
    """One row that two versions do not have alike."""

    id: str
    old: ProtocolRow | None
    """None: the row was added."""
    new: ProtocolRow | None
    """None: the row was dropped."""
    fields: tuple[str, ...] = ()
    """Of a row that both have, which fields read otherwise, in the row's order."""


@dataclass(frozen=True)
class Differences:
    """What of one version is otherwise in another."""

    added: tuple[Difference, ...]
    dropped: tuple[Difference, ...]
    changed: tuple[Difference, ...]

    def __bool__(self) -> bool:
        """Tell whether there is any difference."""
        return bool(self.added or self.dropped or self.changed)


def differences(old: Iterable[ProtocolRow], new: Iterable[ProtocolRow]) -> Differences:
    """Return what was added, dropped and changed, by the rows' ids.

    Added and changed rows come in the new order, dropped ones in the old. The order of
    rows, and when a row was last read and by whom, is no difference.
    """
    before, after = ({one.id: one for one in rows} for rows in (old, new))
    both = ((before[one], row) for one, row in after.items() if one in before)
    changed = (Difference(b.id, a, b, changed_fields(a, b)) for a, b in both)
    return Differences(
        added=tuple(
            Difference(one, None, row)
            for one, row in after.items()
            if one not in before
        ),
        dropped=tuple(
            Difference(one, row, None)
            for one, row in before.items()
            if one not in after
        ),
        changed=tuple(one for one in changed if one.fields),
    )


def changed_fields(old: ProtocolRow, new: ProtocolRow) -> tuple[str, ...]:
    """Return the names of what two rows say otherwise, in the row's order."""
    return tuple(
        name
        for name in ProtocolRow.model_fields
        if name not in NOT_SAID and getattr(old, name) != getattr(new, name)
    )
