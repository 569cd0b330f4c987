"""What waits too long, what is under way, what failed: asked often, so by an index.

Read by the auditor alone, from what is kept and never from what a process says of
itself: whichever process has died, its rows are here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    literal_column,
    or_,
    select,
)

from storage.records import Way
from storage.tables import notice, reminder

TAIL = 10_000
"""How many of the newest notices are looked through for what failed lately."""
SLICE = 500
"""How many numbers stand in one query, well below what SQLite takes."""

# Written out, so that a plan can match them with the partial indexes.
_PENDING = notice.c.state == literal_column("'pending'")
_IN_FLIGHT = notice.c.state.in_(
    (literal_column("'sending'"), literal_column("'unknown'"))
)
_WAITING = reminder.c.state == literal_column("'waiting'")


@dataclass(frozen=True)
class Line:
    """Rows that stand in line for too long: how many, and the first of them."""

    count: int
    head: str
    since: datetime
    """Since when the first one waits, by the clock of what it waits for."""


@dataclass(frozen=True)
class Settled:
    """A notice that came to its end."""

    view: str
    state: str
    seconds: float | None
    """From being written to standing in Slack; None where nothing was posted."""


class Overdue:
    """Looks at the rows of time and delivery; changes none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reminders(self, *, due_before: datetime, idle_since: datetime) -> Line | None:
        """Return what was due before an instant and is not being tried.

        What could not be handled is put off and was told; it counts only when
        nobody has taken it up again since `idle_since`, of the lease clock.
        """
        put_off = reminder.c.lease_retry_at
        late = and_(
            _WAITING,
            reminder.c.due_at <= due_before,
            or_(put_off.is_(None), put_off <= idle_since),
        )
        return self._line(late, reminder.c.id, reminder.c.due_at)

    def notices(self, *, written_before: datetime) -> Line | None:
        """Return what was written before an instant and is still to be sent."""
        late = and_(_PENDING, notice.c.written_at <= written_before)
        return self._line(late, notice.c.id, notice.c.written_at)

    def leases(self, *, until: datetime, look_at: datetime) -> Line | None:
        """Return the claims that ended before `until` and that nobody took up.

        What is unknown counts where it was to be looked for before `look_at`.
        """
        left = and_(
            _IN_FLIGHT,
            or_(
                and_(notice.c.state == "sending", notice.c.lease_until <= until),
                and_(notice.c.state == "unknown", notice.c.lease_retry_at <= look_at),
            ),
        )
        return self._line(left, notice.c.id, notice.c.lease_until)

    def failed(self, *, tried_since: datetime, but: Collection[str]) -> Line | None:
        """Return which of the newest notices failed, first tried since an instant.

        `but` are views that do not count: those that tell of a failure.
        """
        newest = select(func.max(notice.c.seq)).scalar_subquery()
        failed = and_(
            notice.c.seq > newest - TAIL,
            notice.c.state == "failed",
            notice.c.lease_first_attempt_at >= tried_since,
            notice.c.view.not_in(but),
        )
        return self._line(failed, notice.c.id, notice.c.lease_first_attempt_at)

    def depths(self, now: datetime) -> dict[str, int]:
        """Return how many rows wait, by what they wait for."""
        due = and_(_WAITING, reminder.c.due_at <= now)
        put_off = reminder.c.lease_retry_at.is_not(None)
        in_flight = self._connection.execute(
            select(notice.c.state, func.count())
            .where(_IN_FLIGHT)
            .group_by(notice.c.state)
        )
        found: dict[str, int] = {row[0]: row[1] for row in in_flight}
        return {
            "reminders due": self._count(and_(due, ~put_off)),
            "reminders put off": self._count(and_(due, put_off)),
            "notices pending": self._count(_PENDING),
            "notices sending": found.get("sending", 0),
            "notices unknown": found.get("unknown", 0),
        }

    def newest(self) -> int:
        """Return the number of the newest notice."""
        query = select(func.coalesce(func.max(notice.c.seq), 0))
        newest: int = self._connection.execute(query).scalar_one()
        return newest

    def unsettled(self) -> set[int]:
        """Return the numbers of all notices that have not come to their end."""
        found: set[int] = set()
        for which in (_PENDING, _IN_FLIGHT):
            found |= set(
                self._connection.execute(select(notice.c.seq).where(which)).scalars()
            )
        return found

    def written_after(self, seq: int, most: int) -> list[int]:
        """Return the numbers of the next notices after one, in their order."""
        query = select(notice.c.seq).where(notice.c.seq > seq).order_by(notice.c.seq)
        return [*self._connection.execute(query.limit(most)).scalars()]

    def settled(self, seqs: Sequence[int]) -> list[Settled]:
        """Return what became of some notices, of those that came to their end."""
        found = []
        for start in range(0, len(seqs), SLICE):
            rows = self._connection.execute(
                select(notice).where(notice.c.seq.in_(seqs[start : start + SLICE]))
            )
            found += [_settled(row) for row in rows]
        return [one for one in found if one.state in {"sent", "skipped", "failed"}]

    def told(
        self, subjects: Collection[str], view: str
    ) -> dict[str, Mapping[str, Any]]:
        """Return what the newest notice of a view says of each of some subjects.

        Whatever became of it: one that could not be said is not said twice either.
        """
        rows = self._connection.execute(
            select(notice.c.subject, notice.c.payload)
            .where(notice.c.subject.in_(subjects), notice.c.view == view)
            .order_by(notice.c.seq)
        )
        return {row.subject: row.payload for row in rows}

    def _line(self, which: ColumnElement[bool], id_: Any, since: Any) -> Line | None:
        head = self._connection.execute(
            select(id_.label("head"), since.label("since"))
            .where(which)
            .order_by(since, id_)
            .limit(1)
        ).first()
        if head is None:
            return None
        return Line(max(self._count(which), 1), head.head, head.since)

    def _count(self, which: ColumnElement[bool]) -> int:
        return self._connection.execute(select(func.count()).where(which)).scalar_one()


def _settled(row: Any) -> Settled:
    posted = row.state == "sent" and row.way == Way.POST
    # Slack's own time of the message: nobody here notes when it was sent.
    seconds = float(row.sent_ts) - row.written_at.timestamp() if posted else None
    return Settled(row.view, row.state, seconds)
