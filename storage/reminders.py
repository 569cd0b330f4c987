"""Reminders: at this time, look at this subject."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from storage.records import Reminder
from storage.tables import reminder

NAMESPACE = uuid.UUID("5f0c8a7e-6f0f-5d43-9d5d-0f5a9c1f7a11")
SLICE = 500
"""How many ids stand in one query, well below what SQLite takes."""


@dataclass(frozen=True)
class Due:
    """One reminder to plan: of which kind and step, and when (aware UTC)."""

    kind: str
    step: str
    due_at: datetime


@dataclass(frozen=True)
class NextDue:
    """What is due next of one subject in its generation; None: nothing."""

    subject: str
    generation: int
    due: Due | None


def reminder_id(subject: str, generation: int, kind: str, step: str) -> str:
    """Return the id that a reminder has wherever and whenever it is planned."""
    key = "\x1f".join((subject, str(generation), kind, step))
    return uuid.uuid5(NAMESPACE, key).hex


class Reminders:
    """Plans, cancels, takes and settles reminders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def plan(
        self, workspace_id: str, subject: str, generation: int, due: Iterable[Due]
    ) -> None:
        """Make `due` all that waits for `subject`; older generations are cancelled.

        Planning one generation twice plans it once.
        """
        self.cancel(subject, before=generation)
        keys = {
            reminder_id(subject, generation, one.kind, one.step): one for one in due
        }
        there = set(
            self._connection.execute(
                select(reminder.c.id).where(reminder.c.id.in_(keys))
            ).scalars()
        )
        rows = [
            _new_row(workspace_id, NextDue(subject, generation, one), one)
            for key, one in keys.items()
            if key not in there
        ]
        if rows:
            self._connection.execute(insert(reminder), rows)

    def plan_next(
        self,
        workspace_id: str,
        planned: Sequence[NextDue],
        *,
        at: datetime,
        in_hand: str = "",
    ) -> None:
        """Plan what is due next of many subjects, in a few queries for all of them.

        Older generations are cancelled. What waits already is left as it is; what
        was settled in the same generation (nobody was to be asked then), or is being
        handled by the caller, is planned once more, as of the instant `at`.
        """
        self._cancel_older({one.subject: one.generation for one in planned})
        wanted = [(one, one.due) for one in planned if one.due is not None]
        ids = [reminder_id(n.subject, n.generation, d.kind, d.step) for n, d in wanted]
        states = self._states(ids)
        rows = []
        for (one, due), key in zip(wanted, ids, strict=True):
            if states.get(key) == "waiting" and key != in_hand:
                continue
            step = f"{due.step} {at:%Y%m%dT%H%M%S}" if key in states else due.step
            rows.append(_new_row(workspace_id, one, Due(due.kind, step, due.due_at)))
        there = self._states([row["id"] for row in rows])
        if fresh := [row for row in rows if row["id"] not in there]:
            self._connection.execute(insert(reminder), fresh)

    def _cancel_older(self, generations: Mapping[str, int]) -> None:
        subjects = list(generations)
        for start in range(0, len(subjects), SLICE):
            part = subjects[start : start + SLICE]
            found = self._connection.execute(
                select(reminder.c.id, reminder.c.subject, reminder.c.generation)
                .where(reminder.c.subject.in_(part), reminder.c.state == "waiting")
                .with_for_update(skip_locked=True)
            ).all()
            ids = [row.id for row in found if row.generation < generations[row.subject]]
            if ids:
                self._connection.execute(
                    update(reminder)
                    .where(reminder.c.id.in_(ids))
                    .values(state="cancelled")
                )

    def _states(self, ids: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for start in range(0, len(ids), SLICE):
            part = ids[start : start + SLICE]
            query = select(reminder.c.id, reminder.c.state).where(
                reminder.c.id.in_(part)
            )
            found |= {row.id: row.state for row in self._connection.execute(query)}
        return found

    def cancel(self, subject: str, *, before: int) -> int:
        """Cancel what waits for `subject` of generations before this one."""
        # One that is being handled at this moment is left alone: waiting for it
        # could wait for ever, and its handler will find that it was overtaken.
        free = (
            select(reminder.c.id)
            .where(
                reminder.c.subject == subject,
                reminder.c.generation < before,
                reminder.c.state == "waiting",
            )
            .with_for_update(skip_locked=True)
        )
        ids = self._connection.execute(free).scalars().all()
        if ids:
            self._connection.execute(
                update(reminder).where(reminder.c.id.in_(ids)).values(state="cancelled")
            )
        return len(ids)

    def take_due(self, now: datetime, *, lease_now: datetime) -> Reminder | None:
        """Return the earliest due reminder, locked until the transaction ends.

        Another process that takes at the same moment gets the next one.
        """
        row = self._connection.execute(
            select(reminder)
            .where(
                reminder.c.state == "waiting",
                reminder.c.due_at <= now,
                or_(
                    reminder.c.lease_retry_at.is_(None),
                    reminder.c.lease_retry_at <= lease_now,
                ),
            )
            .order_by(reminder.c.due_at, reminder.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        return _reminder(row) if row else None

    def settle(self, reminder_id: str, outcome: str, *, at: datetime) -> None:
        """Record what a due reminder came to."""
        self._connection.execute(
            update(reminder)
            .where(reminder.c.id == reminder_id, reminder.c.state == "waiting")
            .values(state="settled", outcome=outcome, settled_at=at)
        )

    def put_off(self, one: Reminder, wait: timedelta, *, lease_now: datetime) -> None:
        """Leave a reminder that could not be handled for another try."""
        self._connection.execute(
            update(reminder)
            .where(reminder.c.id == one.id)
            .values(attempts=one.attempts + 1, lease_retry_at=lease_now + wait)
        )

    def waiting_of(self, subjects: Collection[str], kind: str) -> set[str]:
        """Return those of some subjects for which a reminder of a kind waits."""
        found = self._connection.execute(
            select(reminder.c.subject).where(
                reminder.c.subject.in_(set(subjects)),
                reminder.c.kind == kind,
                reminder.c.state == "waiting",
            )
        )
        return set(found.scalars())

    def next_due(self) -> datetime | None:
        """Return when the next waiting reminder is due."""
        return self._connection.execute(
            select(reminder.c.due_at)
            .where(reminder.c.state == "waiting")
            .order_by(reminder.c.due_at)
            .limit(1)
        ).scalar_one_or_none()

    def of(self, subject: str) -> list[Reminder]:
        """Return every reminder of a subject, in the order of their due times."""
        rows = self._connection.execute(
            select(reminder)
            .where(reminder.c.subject == subject)
            .order_by(reminder.c.due_at, reminder.c.id)
        )
        return [_reminder(row) for row in rows]


def _new_row(workspace_id: str, one: NextDue, due: Due) -> dict[str, Any]:
    return {
        "id": reminder_id(one.subject, one.generation, due.kind, due.step),
        "workspace_id": workspace_id,
        "subject": one.subject,
        "generation": one.generation,
        "kind": due.kind,
        "step": due.step,
        "due_at": due.due_at,
        "state": "waiting",
        "attempts": 0,
    }


def _reminder(row: Row[Any]) -> Reminder:
    return Reminder(
        id=row.id,
        workspace_id=row.workspace_id,
        subject=row.subject,
        generation=row.generation,
        kind=row.kind,
        step=row.step,
        due_at=row.due_at,
        state=row.state,
        outcome=row.outcome,
        attempts=row.attempts,
    )
