"""The ready lists of courses: one row for each item that somebody has touched."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from care.readiness import Item, Standing, State
from storage.errors import NotFound
from storage.tables import course, ready_item
from storage.vault import Vault


@dataclass(frozen=True)
class ReadyItem:
    """How one item of a course stands, who changed it last, and when."""

    id: str
    workspace_id: str
    case_id: str
    course_id: str
    standing: Standing
    note: str | None
    changed_by: str
    changed_at: datetime
    generation: int


class Readiness:
    """Ready lists. The course must be locked by whoever writes."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def of_courses(self, course_ids: Collection[str]) -> list[ReadyItem]:
        """Return what was changed in the lists of some courses, in one query."""
        if not course_ids:
            return []
        rows = self._connection.execute(
            select(ready_item)
            .where(ready_item.c.course_id.in_(set(course_ids)))
            .order_by(ready_item.c.changed_at, ready_item.c.id)
        ).all()
        self._vault.open_all([row.case_id for row in rows])
        return [self._open(row) for row in rows]

    def barriers_of(self, person_id: str) -> list[ReadyItem]:
        """Return the barriers that somebody is to see to, the earliest day first.

        Those of courses that have ended are left out.
        """
        rows = self._connection.execute(
            select(ready_item)
            .join(course, course.c.id == ready_item.c.course_id)
            .where(
                ready_item.c.person_id == person_id,
                # As the partial index has it, which no bound value would match.
                text("ready_item.state = 'barrier'"),
                course.c.ended_at.is_(None),
            )
            .order_by(ready_item.c.day, ready_item.c.id)
        ).all()
        self._vault.open_all([row.case_id for row in rows])
        return [self._open(row) for row in rows]

    def item(self, item_id: str) -> ReadyItem:
        """Return one item by the id of its row. Raises `NotFound`."""
        query = select(ready_item).where(ready_item.c.id == item_id)
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("there is no such item")
        return self._open(row)

    def add(self, new: ReadyItem) -> None:
        """Keep an item that nobody had touched before."""
        self._connection.execute(insert(ready_item).values(**self._row(new)))

    def keep(self, changed: ReadyItem) -> None:
        """Write back an item that was changed."""
        self._connection.execute(
            update(ready_item)
            .where(ready_item.c.id == changed.id)
            .values(**self._row(changed))
        )

    def _row(self, one: ReadyItem) -> dict[str, Any]:
        key, stands = self._vault.key(one.case_id), one.standing
        sealed = key.seal(one.note, f"ready_item.note/{one.id}") if one.note else None
        return {
            "id": one.id,
            "workspace_id": one.workspace_id,
            "case_id": one.case_id,
            "course_id": one.course_id,
            "item": stands.item,
            "state": stands.state,
            "person_id": stands.person_id,
            "day": stands.day.isoformat() if stands.day else None,
            "note": sealed,
            "changed_by": one.changed_by,
            "changed_at": one.changed_at,
            "generation": one.generation,
        }

    def _open(self, row: Row[Any]) -> ReadyItem:
        key = self._vault.key(row.case_id)
        note = key.open(row.note, f"ready_item.note/{row.id}") if row.note else None
        return ReadyItem(
            id=row.id,
            workspace_id=row.workspace_id,
            case_id=row.case_id,
            course_id=row.course_id,
            standing=Standing(
                Item(row.item),
                State(row.state),
                row.person_id,
                date.fromisoformat(row.day) if row.day else None,
            ),
            note=note,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
            generation=row.generation,
        )
