"""What has come in from Slack already, with the answer that it was given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import inbound


class Inbound:
    """Claims the key of something that came in, so that it counts once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, key: str, *, at: datetime) -> dict[str, Any] | None:
        """Claim `key`, or return the answer that its first coming was given.

        Where the first is still being worked on by another process, this waits
        until it has committed; if that fails, the claim is ours.
        """
        make = (
            postgresql.insert
            if self._connection.dialect.name == "postgresql"
            else sqlite.insert
        )
        claimed = self._connection.execute(
            make(inbound)
            .values(key=key, answer={}, claimed_at=at)
            .on_conflict_do_nothing(index_elements=["key"])
            # Not the row count, which psycopg forgets when an insert is closed.
            .returning(inbound.c.key)
        ).first()
        if claimed is not None:
            return None
        answer: dict[str, Any] = self._connection.execute(
            select(inbound.c.answer).where(inbound.c.key == key)
        ).scalar_one()
        return answer

    def keep(self, key: str, answer: dict[str, Any]) -> None:
        """Keep the answer that a claimed key was given."""
        self._connection.execute(
            update(inbound).where(inbound.c.key == key).values(answer=answer)
        )

    def drop_before(self, moment: datetime) -> int:
        """Forget what came in before `moment`; return how many."""
        done = self._connection.execute(
            delete(inbound).where(inbound.c.claimed_at < moment)
        )
        return done.rowcount
