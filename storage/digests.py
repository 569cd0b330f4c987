"""What people chose for their morning digest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from care.digest import USUALLY_AT
from storage.tables import clinician, digest_choice


@dataclass(frozen=True)
class DigestChoice:
    """When somebody wants their digest; what is None goes by their site."""

    clinician_id: str
    at: time = USUALLY_AT
    """Wall-clock, in `zone`."""
    zone: str | None = None
    days: tuple[int, ...] | None = None
    """Their working days; Monday is 0."""
    wanted: bool = True
    generation: int = 0


class Digests:
    """Choices of digests. Who chose nothing has the usual one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def choice(self, clinician_id: str) -> DigestChoice:
        """Return what somebody chose, or what is usual."""
        return self.choices([clinician_id])[clinician_id]

    def choices(self, ids: Collection[str]) -> dict[str, DigestChoice]:
        """Return what several people chose, or what is usual, in one query."""
        query = select(digest_choice).where(digest_choice.c.clinician_id.in_(set(ids)))
        usual = {one: DigestChoice(one) for one in ids}
        rows = self._connection.execute(query)
        return usual | {row.clinician_id: _choice(row) for row in rows}

    def choice_to_change(self, clinician_id: str) -> DigestChoice:
        """Return what somebody chose, locked until the transaction ends.

        It is their own row that is locked: there may be no choice yet.
        """
        query = select(clinician.c.id).where(clinician.c.id == clinician_id)
        self._connection.execute(query.with_for_update()).all()
        return self.choice(clinician_id)

    def keep(self, new: DigestChoice) -> None:
        """Keep what somebody chose in place of what they chose before."""
        values = _values(new)
        mine = digest_choice.c.clinician_id == new.clinician_id
        done = self._connection.execute(
            update(digest_choice).where(mine).values(**values)
        )
        if not done.rowcount:
            self._connection.execute(insert(digest_choice).values(**values))


def _values(one: DigestChoice) -> dict[str, Any]:
    return {
        "clinician_id": one.clinician_id,
        "at": one.at.strftime("%H:%M"),
        "zone": one.zone,
        "days": list(one.days) if one.days is not None else None,
        "wanted": one.wanted,
        "generation": one.generation,
    }


def _choice(row: Row[Any]) -> DigestChoice:
    days = tuple(row.days) if row.days is not None else None
    at = time.fromisoformat(row.at)
    return DigestChoice(**dict(row._mapping) | {"days": days, "at": at})
