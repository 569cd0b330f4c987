"""Requests for bridging, what they say sealed by the case's key."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, text, update

from care.bridging import OVER, Answer, State
from storage.errors import NotFound
from storage.tables import bridging, course, link, referral
from storage.vault import Vault


@dataclass(frozen=True)
class Bridging:
    """What a center asks a practice to give before lymphodepletion."""

    id: str
    workspace_id: str
    case_id: str
    course_id: str
    referral_id: str
    state: State
    requested_by: str
    requested_at: datetime
    body: Mapping[Answer, str]
    last_day: date
    """The last day on which it may be given: a date at the center."""
    counter: str | None
    """What the practice proposes instead."""
    answered_by: str | None
    answered_at: datetime | None
    started: date | None
    last_dose: date | None
    since: datetime
    """Since when it stands as it does."""
    generation: int


class Bridgings:
    """Requests for bridging. The course must be locked by whoever writes."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, new: Bridging) -> None:
        """Keep a new request."""
        self._connection.execute(insert(bridging).values(**self._row(new)))

    def keep(self, changed: Bridging) -> None:
        """Write back a request that was moved."""
        self._connection.execute(
            update(bridging)
            .where(bridging.c.id == changed.id)
            .values(**self._row(changed))
        )

    def request(self, request_id: str) -> Bridging:
        """Return one request. Raises `NotFound`."""
        query = select(bridging).where(bridging.c.id == request_id)
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("there is no such request")
        return self._open(row)

    def of_courses(self, course_ids: Collection[str]) -> list[Bridging]:
        """Return the requests of some courses, oldest first, in one query.

        Of two that were asked for at the same moment the open one is the newer.
        """
        if not course_ids:
            return []
        rows = self._connection.execute(
            select(bridging)
            .where(bridging.c.course_id.in_(set(course_ids)))
            .order_by(bridging.c.requested_at, bridging.c.id)
        ).all()
        self._vault.open_all([row.case_id for row in rows])
        found = [self._open(row) for row in rows]
        return sorted(found, key=lambda one: (one.requested_at, one.state not in OVER))

    def waiting_at(self, site_id: str) -> list[Bridging]:
        """Return the requests that wait for an answer at either end of a site's links.

        Those of courses that have ended are left out; the longest waiting first.
        """
        at_site = or_(link.c.practice_id == site_id, link.c.center_id == site_id)
        rows = self._connection.execute(
            select(bridging)
            .join(referral, referral.c.id == bridging.c.referral_id)
            .join(link, link.c.id == referral.c.link_id)
            .join(course, course.c.id == bridging.c.course_id)
            .where(
                # As the partial index has it, which no bound value would match.
                text("bridging.state IN ('requested', 'countered')"),
                at_site,
                course.c.ended_at.is_(None),
            )
            .order_by(bridging.c.since, bridging.c.id)
        ).all()
        self._vault.open_all([row.case_id for row in rows])
        return [self._open(row) for row in rows]

    def _row(self, one: Bridging) -> dict[str, Any]:
        key = self._vault.key(one.case_id)
        body, counter = json.dumps(dict(one.body)), one.counter
        return {
            "id": one.id,
            "workspace_id": one.workspace_id,
            "case_id": one.case_id,
            "course_id": one.course_id,
            "referral_id": one.referral_id,
            "state": one.state,
            "requested_by": one.requested_by,
            "requested_at": one.requested_at,
            "body": key.seal(body, f"bridging.body/{one.id}"),
            "last_day": one.last_day.isoformat(),
            "counter": (
                key.seal(counter, f"bridging.counter/{one.id}") if counter else None
            ),
            "answered_by": one.answered_by,
            "answered_at": one.answered_at,
            "started": one.started.isoformat() if one.started else None,
            "last_dose": one.last_dose.isoformat() if one.last_dose else None,
            "since": one.since,
            "generation": one.generation,
        }

    def _open(self, row: Row[Any]) -> Bridging:
        key = self._vault.key(row.case_id)
        body = json.loads(key.open(row.body, f"bridging.body/{row.id}"))
        about = f"bridging.counter/{row.id}"
        return Bridging(
            **dict(row._mapping)
            | {
                "state": State(row.state),
                "body": {Answer(name): text for name, text in body.items()},
                "counter": key.open(row.counter, about) if row.counter else None,
                "last_day": date.fromisoformat(row.last_day),
                "started": _day(row.started),
                "last_dose": _day(row.last_dose),
            }
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
