"""Who is and was responsible for each case: one at every instant, none forgotten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from care.handoff import How
from storage.records import Case
from storage.tables import case, responsibility


@dataclass(frozen=True)
class Tenure:
    """A stretch in which one clinician was responsible; open where `until` is None."""

    case_id: str
    seq: int
    clinician_id: str
    since: datetime
    until: datetime | None
    how: How
    handoff_id: str | None


class Responsibility:
    """Look-ups and the one write of who is responsible."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, new: Case) -> None:
        """Write the first tenure of a new case."""
        row = {
            "case_id": new.id,
            "seq": 1,
            "clinician_id": new.responsible_id,
            "since": new.responsible_since,
            "how": How.CREATED,
        }
        self._connection.execute(insert(responsibility).values(**row))

    def move(
        self, case_id: str, to: str, *, at: datetime, how: How, handoff_id: str
    ) -> None:
        """End the open tenure and begin the next, in the case's row as well.

        The caller holds the case's row. This is the only way in which it changes.
        """
        last = self.of([case_id])[case_id][-1]
        self._connection.execute(
            update(responsibility)
            .where(
                responsibility.c.case_id == case_id, responsibility.c.until.is_(None)
            )
            .values(until=at)
        )
        row = {
            "case_id": case_id,
            "seq": last.seq + 1,
            "clinician_id": to,
            "since": at,
            "how": how,
            "handoff_id": handoff_id,
        }
        self._connection.execute(insert(responsibility).values(**row))
        self._connection.execute(
            update(case)
            .where(case.c.id == case_id)
            .values(responsible_id=to, responsible_since=at)
        )

    def of(self, case_ids: Collection[str]) -> dict[str, list[Tenure]]:
        """Return the tenures of several cases, the first one first, in one query."""
        rows = self._connection.execute(
            select(responsibility)
            .where(responsibility.c.case_id.in_(set(case_ids)))
            .order_by(responsibility.c.seq)
        )
        found: dict[str, list[Tenure]] = {one: [] for one in case_ids}
        for row in rows:
            tenure = Tenure(**dict(row._mapping) | {"how": How(row.how)})
            found[row.case_id].append(tenure)
        return found
