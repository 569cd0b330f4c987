"""What sites recorded about code and patient being matched outside Slack."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from care.matching import How, Occasion
from storage.records import columns_of
from storage.tables import matching


@dataclass(frozen=True)
class Match:
    """One site's record that a code stands for the patient whom it knows."""

    id: str
    case_id: str
    link_id: str
    site_id: str
    occasion: Occasion
    subject: str
    """The referral or handoff before whose acceptance it was recorded."""
    how: How
    clinician_id: str
    at: datetime


class Matching:
    """Records of the same patient, one for each site and subject."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, new: Match) -> None:
        """Keep what a site recorded; what it records later takes its place.

        The subject must be locked by the caller, or two could be first.
        """
        found = [one for one in self.of([new.subject]) if _is_same(one, new)]
        if not found:
            self._connection.execute(insert(matching).values(**columns_of(new)))
            return
        row = columns_of(replace(new, id=found[0].id))
        self._connection.execute(
            update(matching).where(matching.c.id == found[0].id).values(**row)
        )

    def of(self, subjects: Collection[str]) -> list[Match]:
        """Return what was recorded about some subjects, in one query."""
        if not subjects:
            return []
        rows = self._connection.execute(
            select(matching)
            .where(matching.c.subject.in_(set(subjects)))
            .order_by(matching.c.at, matching.c.id)
        )
        return [
            Match(
                **dict(row._mapping)
                | {"occasion": Occasion(row.occasion), "how": How(row.how)}
            )
            for row in rows
        ]


def _is_same(one: Match, other: Match) -> bool:
    return (one.site_id, one.occasion, one.link_id, one.case_id) == (
        other.site_id,
        other.occasion,
        other.link_id,
        other.case_id,
    )
