"""Notices: this must be said in that conversation, once.

The protocol: a claim that is committed (`sending`, with a lease and a fencing
token) comes before the post; only the holder of the token settles it; what may
or may not have reached Slack is `unknown` until somebody has looked there.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage.heads import HEADS, SENDING, UNKNOWN
from storage.precedence import Priority
from storage.records import Notice, Way
from storage.tables import notice, pace
from storage.waking import announce

NAMESPACE = uuid.UUID("c0a9c1f4-52f6-5a2b-8a8e-7a4d3a5f2c90")
STUCK_AFTER = 3
"""Tries after which a notice that still waits is shown to an operator."""
EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
SETTLED = ("sent", "skipped", "failed")


def notice_id(occasion: str, view: str, to: str) -> str:
    """Return the id of what is said on one occasion to one recipient."""
    return uuid.uuid5(NAMESPACE, "\x1f".join((occasion, view, to))).hex


@dataclass(frozen=True)
class NewNotice:
    """A notice to write. `conversation` is a channel's id or `@team/user`."""

    id: str
    workspace_id: str
    conversation: str
    way: Way
    view: str
    subject: str
    payload: dict[str, Any]
    recipient_id: str | None = None
    root_id: str | None = None
    """The notice in whose thread this stands, or which this changes or pins."""
    priority: Priority = Priority.ROUTINE


class Notices:
    """Writes notices and keeps the books of their delivery."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._doubted_since: datetime | None = None
        self._is_news = False

    def doubt_from_here_on(self, since: datetime) -> None:
        """Have what is posted from now on looked for first: it may stand there."""
        self._doubted_since = since

    def write(self, new: Sequence[NewNotice], *, at: datetime) -> None:
        """Write notices to be sent; one that is already written stays as it is.

        An update replaces older updates of the same message that still wait. One
        that was tried stays: Slack may yet take in what it said then, and repeating
        it after that brings the message up to date again.
        """
        for one in new:
            if not self._insert_once(one, at):
                continue
            self._is_news = True
            if one.way is Way.UPDATE:
                self._supersede(one)
        self._make_pace({one.conversation for one in new})

    def announce(self) -> None:
        """Have every process that sends wake once what was written is committed."""
        if self._is_news:
            announce(self._connection)
            self._is_news = False

    def claim(
        self, *, most: int, owner: str, now: datetime, lease: timedelta, gap: timedelta
    ) -> list[Notice]:
        """Take up to `most` notices for sending, one a conversation at the most.

        The first written of each, and of the conversations those that wait with
        what is most urgent (see `storage.precedence`).
        `now` is the lease clock's. The claim must be committed before anything is
        sent; conversations that another process is taking are passed over.
        """
        heads = self._free_conversations(most, now)
        if not heads:
            return []
        conversations = [head.conversation for head in heads]
        until = now + lease
        self._connection.execute(
            update(pace)
            .where(pace.c.conversation.in_(conversations))
            .values(lease_next_at=now + gap, lease_inflight_until=until)
        )
        rows = self._connection.execute(
            update(notice)
            .where(
                notice.c.seq.in_(self._free([head.seq for head in heads])),
                notice.c.state == "pending",
            )
            .values(
                state="sending",
                owner=owner,
                token=notice.c.token + 1,
                attempts=notice.c.attempts + 1,
                lease_until=until,
                lease_first_attempt_at=func.coalesce(
                    notice.c.lease_first_attempt_at,
                    literal(now, notice.c.lease_until.type),
                ),
            )
            .returning(notice)
        )
        taken = [_notice(row) for row in rows]
        for conversation in {*conversations} - {one.conversation for one in taken}:
            # Its head was superseded or settled at this very moment.
            self.free_pace(conversation)
        return taken

    def claim_unknown(
        self, *, now: datetime, quiet: timedelta, lease: timedelta, owner: str
    ) -> Notice | None:
        """Take one notice whose outcome nobody knows, to look for it in Slack.

        A claim whose lease ended `quiet` ago counts: its sender is gone, and what
        it may have sent has had time to show.
        """
        row = self._connection.execute(
            select(notice.c.seq)
            .where(
                _is_in_flight(notice),
                or_(
                    and_(
                        notice.c.state == "sending", notice.c.lease_until < now - quiet
                    ),
                    and_(notice.c.state == "unknown", notice.c.lease_retry_at <= now),
                ),
            )
            .order_by(notice.c.seq)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        taken = self._connection.execute(
            update(notice)
            .where(notice.c.seq == row.seq)
            .values(
                state="unknown",
                owner=owner,
                token=notice.c.token + 1,
                lease_retry_at=now + lease,
            )
            .returning(notice)
        ).one()
        return _notice(taken)

    def settle_sent(
        self, held: Notice, *, channel_id: str, ts: str, permalink: str | None
    ) -> bool:
        """Record that a held notice stands in Slack; False if it is held no more."""
        return self._settle(
            held,
            state="sent",
            channel_id=channel_id,
            sent_ts=ts,
            permalink=permalink,
            reason=None,
        )

    def settle_skipped(self, held: Notice, reason: str) -> bool:
        """Record that a held notice needs not be said any more, and why."""
        return self._settle(held, state="skipped", reason=reason)

    def settle_failed(self, held: Notice, reason: str) -> bool:
        """Record that Slack refuses a held notice for good; a person is to be told."""
        return self._settle(held, state="failed", reason=reason)

    def give_back(self, held: Notice, *, not_before: datetime, reason: str) -> bool:
        """Let a held notice be sent again: it is certain that Slack has it not."""
        return self._settle(
            held, state="pending", lease_retry_at=not_before, reason=reason
        )

    def settle_unknown(self, held: Notice, *, look_at: datetime, reason: str) -> bool:
        """Record that nobody knows whether a held notice was said."""
        return self._settle(
            held, state="unknown", lease_retry_at=look_at, reason=reason
        )

    def free_pace(
        self,
        conversation: str,
        *,
        held: Notice | None = None,
        next_at: datetime | None = None,
    ) -> None:
        """Let the next notice of a conversation go, at `next_at` if it is later.

        With `held`, only where that notice's own claim still holds the conversation:
        whoever lost a lease must not let a second notice out beside another's.
        """
        here = pace.c.conversation == conversation
        mine = [pace.c.lease_inflight_until == held.lease_until] if held else []
        self._connection.execute(
            update(pace).where(here, *mine).values(lease_inflight_until=EPOCH)
        )
        if next_at is not None:
            later = pace.c.lease_next_at < next_at
            self._connection.execute(
                update(pace).where(here, later).values(lease_next_at=next_at)
            )

    def notice(self, notice_id: str) -> Notice | None:
        """Return one notice by its id."""
        return self._first(select(notice).where(notice.c.id == notice_id))

    def notices(self, ids: Collection[str]) -> list[Notice]:
        """Return those of several notices that were written, oldest first."""
        rows = self._connection.execute(
            select(notice).where(notice.c.id.in_(set(ids))).order_by(notice.c.seq)
        )
        return [_notice(row) for row in rows]

    def root_at(self, channel_id: str, ts: str) -> Notice | None:
        """Return the notice that stands at a message."""
        return self._first(
            select(notice).where(
                notice.c.channel_id == channel_id,
                notice.c.sent_ts == ts,
                notice.c.way == Way.POST,
            )
        )

    def roots_of(self, subjects: Collection[str], view: str) -> dict[str, Notice]:
        """Return the newest post of a view about each of several subjects."""
        rows = self._connection.execute(
            select(notice)
            .where(
                notice.c.subject.in_(set(subjects)),
                notice.c.view == view,
                notice.c.way == Way.POST,
            )
            .order_by(notice.c.seq)
        )
        return {row.subject: _notice(row) for row in rows}

    def skip_pending(self, subjects: Collection[str], *, reason: str) -> int:
        """Leave unsaid what waits to be posted about some subjects; return how much.

        The root of a thread is posted all the same: the others stand in it.
        """
        done = self._connection.execute(
            update(notice)
            .where(
                notice.c.subject.in_(set(subjects)),
                notice.c.state == "pending",
                notice.c.way == Way.POST,
                notice.c.root_id.is_not(None),
            )
            .values(state="skipped", reason=reason)
        )
        return done.rowcount

    def posts_of(
        self, subject: str, views: Collection[str], *, in_threads: bool = False
    ) -> list[Notice]:
        """Return the direct messages about a subject that stand, or will stand.

        With `in_threads` what is said in its thread, too.
        """
        wanted = [
            notice.c.subject == subject,
            notice.c.view.in_(views),
            notice.c.way == Way.POST,
            notice.c.state.not_in(("skipped", "failed")),
        ]
        if not in_threads:
            wanted.append(notice.c.recipient_id.is_not(None))
        rows = self._connection.execute(
            select(notice).where(*wanted).order_by(notice.c.seq)
        )
        return [_notice(row) for row in rows]

    def thread_may_be_coming(self, channel_id: str, view: str) -> bool:
        """Tell whether a post of a view in a channel is not settled yet."""
        found = self._connection.execute(
            select(notice.c.seq)
            .where(
                notice.c.conversation == channel_id,
                notice.c.view == view,
                notice.c.way == Way.POST,
                notice.c.state.in_(("sending", "unknown")),
            )
            .limit(1)
        )
        return found.first() is not None

    def unsettled(self) -> int:
        """Return how many notices wait, are being sent, or are unknown."""
        return self._connection.execute(
            select(func.count()).where(notice.c.state.not_in(SETTLED))
        ).scalar_one()

    def troubled(self, limit: int = 50) -> list[Notice]:
        """Return what failed, is unknown or does not get through, newest first."""
        stuck = and_(notice.c.state == "pending", notice.c.attempts >= STUCK_AFTER)
        rows = self._connection.execute(
            select(notice)
            .where(or_(notice.c.state.in_(("failed", "unknown")), stuck))
            .order_by(notice.c.seq.desc())
            .limit(limit)
        )
        return [_notice(row) for row in rows]

    def _free(self, seqs: Sequence[int]) -> Sequence[int]:
        """Return those of some notices that nobody is changing at this moment.

        To wait for one while others are held could be to wait for each other for
        ever: whoever supersedes several holds them in an order of their own.
        """
        free = select(notice.c.seq).where(notice.c.seq.in_(seqs))
        locked = free.with_for_update(skip_locked=True)
        return self._connection.execute(locked).scalars().all()

    def _free_conversations(self, most: int, now: datetime) -> Sequence[Row[Any, Any]]:
        return self._connection.execute(HEADS, {"most": most, "at": now}).all()

    def _settle(self, held: Notice, **values: Any) -> bool:
        done = self._connection.execute(
            update(notice)
            .where(
                notice.c.seq == held.seq,
                notice.c.token == held.token,
                notice.c.state.in_(("sending", "unknown")),
            )
            .values(**values)
        )
        return done.rowcount == 1

    def _supersede(self, newer: NewNotice) -> None:
        self._connection.execute(
            update(notice)
            .where(
                notice.c.root_id == newer.root_id,
                notice.c.way == Way.UPDATE,
                notice.c.state == "pending",
                notice.c.attempts == 0,
                notice.c.id != newer.id,
            )
            .values(state="skipped", reason="superseded")
        )

    def _insert_once(self, one: NewNotice, at: datetime) -> bool:
        row = {
            "id": one.id,
            "workspace_id": one.workspace_id,
            "conversation": one.conversation,
            "recipient_id": one.recipient_id,
            "way": one.way,
            "priority": one.priority,
            "view": one.view,
            "subject": one.subject,
            "payload": one.payload,
            "root_id": one.root_id,
            "state": "pending",
            "written_at": at,
            "token": 0,
            "attempts": 0,
        }
        if self._doubted_since is not None and one.way is Way.POST:
            row |= {
                "state": "unknown",
                "lease_first_attempt_at": self._doubted_since,
                "lease_retry_at": EPOCH,
            }
        insert_it = self._insert_or_leave(notice, "id").values(**row)
        written = self._connection.execute(insert_it.returning(notice.c.seq))
        return written.first() is not None

    def _make_pace(self, conversations: set[str]) -> None:
        rows = [
            {
                "conversation": conversation,
                "lease_next_at": EPOCH,
                "lease_inflight_until": EPOCH,
            }
            for conversation in sorted(conversations)
        ]
        if rows:
            self._connection.execute(self._insert_or_leave(pace, "conversation"), rows)

    def _insert_or_leave(self, table: Any, key: str) -> Any:
        if self._connection.dialect.name == "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing(index_elements=[key])
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=[key])

    def _first(self, query: Select[Any]) -> Notice | None:
        row = self._connection.execute(query.limit(1)).first()
        return _notice(row) if row else None


def _is_in_flight(table: FromClause) -> ColumnElement[bool]:
    return table.c.state.in_([SENDING, UNKNOWN])


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        seq=row.seq,
        id=row.id,
        workspace_id=row.workspace_id,
        conversation=row.conversation,
        recipient_id=row.recipient_id,
        way=Way(row.way),
        view=row.view,
        subject=row.subject,
        payload=row.payload,
        root_id=row.root_id,
        state=row.state,
        reason=row.reason,
        channel_id=row.channel_id,
        sent_ts=row.sent_ts,
        permalink=row.permalink,
        written_at=row.written_at,
        token=row.token,
        attempts=row.attempts,
        lease_until=row.lease_until,
        lease_first_attempt_at=row.lease_first_attempt_at,
    )
