"""Duty at a center: who takes it, who is away, the rota and its swaps."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from care.duty import Absence, Candidate, Roster, Rota, Swap
from care.people import ANSWERING
from storage.records import Site
from storage.tables import absence, clinician, referral, swap


class Duty:
    """Look-ups and writes of who is asked, and when."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def roster(self, center: Site, *, from_day: date) -> Roster:
        """Return all from which a center's duty follows, from a day on."""
        candidates = self._candidates(center.id)
        return Roster(
            candidates=tuple(candidates),
            absences=tuple(self.absences(center.id, from_day=from_day)),
            rota=self._rota(center, from_day),
        )

    def absences(self, site_id: str, *, from_day: date) -> list[Absence]:
        """Return who of a site is away on a day or later, earliest first."""
        return self.absences_at([site_id], from_day=from_day)

    def absences_at(
        self, site_ids: Collection[str], *, from_day: date
    ) -> list[Absence]:
        """Return who of some sites is away on a day or later, in one query."""
        rows = self._connection.execute(
            select(absence)
            .join(clinician, clinician.c.id == absence.c.clinician_id)
            .where(
                clinician.c.site_id.in_(set(site_ids)),
                absence.c.cancelled == 0,
                absence.c.ends >= from_day.isoformat(),
            )
            .order_by(absence.c.starts)
        )
        return [_absence(row) for row in rows]

    def add_absence(self, id_: str, new: Absence) -> None:
        """Record that somebody is away."""
        self._connection.execute(
            insert(absence).values(
                id=id_,
                clinician_id=new.clinician_id,
                cover_id=new.cover_id,
                starts=new.starts.isoformat(),
                ends=new.ends.isoformat(),
                cancelled=0,
            )
        )

    def cancel_absences(self, clinician_id: str, *, from_day: date) -> int:
        """Record that somebody is back, or not away after all; return how many."""
        done = self._connection.execute(
            update(absence)
            .where(
                absence.c.clinician_id == clinician_id,
                absence.c.cancelled == 0,
                absence.c.ends >= from_day.isoformat(),
            )
            .values(cancelled=1)
        )
        return done.rowcount

    def add_swap(self, id_: str, site_id: str, new: Swap, *, at: datetime) -> None:
        """Record that somebody takes days of the rota."""
        self._connection.execute(
            insert(swap).values(
                id=id_,
                site_id=site_id,
                clinician_id=new.clinician_id,
                starts=new.starts.isoformat(),
                ends=new.ends.isoformat(),
                made_at=at,
            )
        )

    def _rota(self, center: Site, from_day: date) -> Rota | None:
        if center.rota_starts is None or not center.has_rota:
            return None
        rows = self._connection.execute(
            select(swap)
            .where(swap.c.site_id == center.id, swap.c.ends >= from_day.isoformat())
            .order_by(swap.c.made_at, swap.c.id)
        )
        swaps = tuple(
            Swap(row.clinician_id, _day(row.starts), _day(row.ends)) for row in rows
        )
        return Rota(center.rota_starts, center.rota_order, swaps)

    def _candidates(self, center_id: str) -> list[Candidate]:
        """Return who takes duty at a center, with when they were last asked."""
        asked = (
            select(
                referral.c.asked_id,
                func.max(
                    referral.c.round_started_at, type_=referral.c.requested_at.type
                ).label("last"),
            )
            .group_by(referral.c.asked_id)
            .subquery()
        )
        rows = self._connection.execute(
            select(clinician.c.id, clinician.c.duty_order, asked.c.last)
            .outerjoin(asked, asked.c.asked_id == clinician.c.id)
            .where(
                clinician.c.site_id == center_id,
                clinician.c.duty_order.is_not(None),
                # Nobody else has a part in the case that they would be asked about.
                clinician.c.role.in_(ANSWERING),
                clinician.c.active == 1,
            )
        )
        return [Candidate(row.id, row.duty_order, row.last) for row in rows]


def _absence(row: Row[Any]) -> Absence:
    return Absence(
        clinician_id=row.clinician_id,
        starts=_day(row.starts),
        ends=_day(row.ends),
        cover_id=row.cover_id,
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
