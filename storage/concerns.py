"""Urgent concerns: who raised which, whom it has reached, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from care.concern import State
from storage.errors import NotFound
from storage.records import columns_of
from storage.tables import concern

# Written out, so that a plan can match it with the partial index.
_OPEN: ColumnElement[str] = literal_column("'open'")


@dataclass(frozen=True)
class Concern:
    """One urgent concern about a case, told in a referral's thread."""

    id: str
    workspace_id: str
    case_id: str
    referral_id: str
    raised_by: str
    raised_at: datetime
    state: State
    step: int
    """How many steps of the chain were told, from the first one on."""
    told: tuple[str, ...]
    """Who was told since the chain last began."""
    generation: int
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    withdrawn_at: datetime | None = None


class Concerns:
    """Keeps and finds urgent concerns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Concern) -> bool:
        """Keep a new concern; False where the case has an open one already."""
        dialects: Mapping[str, Any] = {"postgresql": postgresql, "sqlite": sqlite}
        insert = dialects[self._connection.dialect.name].insert
        row = insert(concern).values(**columns_of(new)).on_conflict_do_nothing()
        return self._connection.execute(row.returning(concern.c.id)).first() is not None

    def keep(self, changed: Concern) -> None:
        """Write back a concern that was read by `concern_to_move`."""
        row = columns_of(changed)
        self._connection.execute(
            update(concern).where(concern.c.id == changed.id).values(**row)
        )

    def concern(self, concern_id: str) -> Concern:
        """Return one concern. Raises `NotFound`."""
        return self._one(select(concern).where(concern.c.id == concern_id))

    def concern_to_move(self, concern_id: str) -> Concern:
        """Return one concern, locked until the transaction ends. Raises `NotFound`."""
        query = select(concern).where(concern.c.id == concern_id)
        return self._one(query.with_for_update())

    def open_of(self, case_id: str) -> Concern | None:
        """Return the open concern about a case, if there is one."""
        query = select(concern).where(
            concern.c.case_id == case_id, concern.c.state == _OPEN
        )
        row = self._connection.execute(query).first()
        return _concern(row) if row else None

    def ended_at(self, case_id: str, at: datetime) -> Concern | None:
        """Return the newest concern about a case that was withdrawn at an instant."""
        query = (
            select(concern)
            .where(concern.c.case_id == case_id, concern.c.withdrawn_at == at)
            .order_by(concern.c.raised_at.desc())
        )
        row = self._connection.execute(query).first()
        return _concern(row) if row else None

    def _one(self, query: Select[Any]) -> Concern:
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("there is no such concern")
        return _concern(row)


def _concern(row: Row[Any]) -> Concern:
    return Concern(
        **dict(row._mapping) | {"state": State(row.state), "told": tuple(row.told)}
    )
