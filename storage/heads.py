"""The next notice of each conversation that may be said now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from storage.precedence import rank
from storage.records import Way
from storage.tables import notice, pace

# Written out, so that a plan can match them with the partial indexes.
PENDING: ColumnElement[str] = literal_column("'pending'")
SENDING: ColumnElement[str] = literal_column("'sending'")
UNKNOWN: ColumnElement[str] = literal_column("'unknown'")


def _heads() -> Select[Any]:
    """Return the query of the next notice of each conversation that is free.

    It is asked after everything that is sent, so that it is put together once.
    """
    now = bindparam("at", type_=pace.c.lease_next_at.type)
    root = notice.alias("root")
    # A direct message only takes the thread's address from the root, and does
    # not wait while nobody knows whether that one was said.
    # Nor does it wait for one that could not be said at the first try.
    needs_root = or_(notice.c.recipient_id.is_(None), notice.c.way != Way.POST)
    first_try = and_(root.c.state == PENDING, root.c.attempts == 0)
    unsaid = or_(root.c.state == PENDING, root.c.state == UNKNOWN)
    root_is_open = exists().where(
        root.c.id == notice.c.root_id,
        or_(first_try, root.c.state == SENDING, and_(unsaid, needs_root)),
    )
    heads = (
        select(
            notice.c.conversation,
            func.min(notice.c.seq).label("seq"),
            # What is urgent takes along what stands before it in its conversation.
            func.min(rank(notice)).label("rank"),
        )
        .where(
            notice.c.state == "pending",
            or_(notice.c.lease_retry_at.is_(None), notice.c.lease_retry_at <= now),
            ~root_is_open,
        )
        .group_by(notice.c.conversation)
        .cte("heads")
    )
    return (
        select(pace.c.conversation, heads.c.seq)
        .join(heads, heads.c.conversation == pace.c.conversation)
        .where(pace.c.lease_next_at <= now, pace.c.lease_inflight_until <= now)
        .order_by(heads.c.rank)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True, of=pace)
    )


HEADS = _heads()
