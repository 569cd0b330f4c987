"""A database that was put back: what was said meanwhile is to be looked for first.

What it does not remember to have said may stand in Slack. So everything that it
has yet to say begins as `unknown`, which is what delivery calls a notice whose
fate nobody knows, and delivery reads Slack before it sends such a one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, literal, select, update

from storage.notices import EPOCH
from storage.records import Way
from storage.tables import notice, restoration


class Restorations:
    """Notes that a backup was put back, and doubts what may have been said since."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new_id: str, workspace_id: str, since: datetime, at: datetime) -> int:
        """Note a restore; return how many notices are to be looked for."""
        self._connection.execute(
            insert(restoration).values(
                id=new_id, workspace_id=workspace_id, since=since, restored_at=at
            )
        )
        # Updates and pins may be repeated. Whoever still holds one is fenced.
        return self._connection.execute(
            update(notice)
            .where(
                notice.c.workspace_id == workspace_id,
                notice.c.state.in_(("pending", "sending", "unknown")),
                notice.c.way == Way.POST,
            )
            .values(
                state="unknown",
                token=notice.c.token + 1,
                lease_first_attempt_at=func.coalesce(
                    notice.c.lease_first_attempt_at,
                    literal(since, notice.c.lease_first_attempt_at.type),
                ),
                lease_retry_at=EPOCH,
            )
        ).rowcount

    def doubted_since(self, workspace_id: str, due_at: datetime) -> datetime | None:
        """Return since when what was due at an instant may have been said, if it may.

        What was due before a backup was put back may have been handled after it was
        made.
        """
        since: datetime | None = self._connection.execute(
            select(func.min(restoration.c.since)).where(
                restoration.c.workspace_id == workspace_id,
                restoration.c.restored_at >= due_at,
            )
        ).scalar_one()
        return since
