"""Notices are written, claimed, sent and looked at, as a sender does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from storage.notices import NewNotice
from storage.records import Notice
from storage.unit import Store
from tests.world import OPERATOR

SECOND = timedelta(seconds=1)
LEASE = 60 * SECOND
GAP = SECOND
L0 = datetime(2030, 1, 1, tzinfo=UTC)
"""Where the lease clock stands in these tests: far from the care clock."""


def write(store: Store, *new: NewNotice) -> None:
    """Write notices in an action of its own."""
    with store.act(OPERATOR) as unit:
        unit.notices.write(new, at=unit.now)


def claim(
    store: Store, *, most: int = 99, at: datetime = L0, owner: str = "me"
) -> list[Notice]:
    """Claim notices in a transaction of its own, in the order of their writing."""
    with store.deliver() as books:
        taken = books.notices.claim(
            most=most, owner=owner, now=at, lease=LEASE, gap=GAP
        )
    return sorted(taken, key=lambda one: one.seq)


def send(store: Store, held: Notice, ts: str) -> bool:
    """Settle a held notice as sent, and let its conversation go on."""
    with store.deliver() as books:
        done = books.notices.settle_sent(
            held, channel_id=held.conversation, ts=ts, permalink=None
        )
        books.notices.free_pace(held.conversation)
    return done


def look(store: Store, notice_id: str) -> Notice:
    """Return a notice that is there."""
    with store.read() as reading:
        found = reading.notices.notice(notice_id)
    assert found is not None
    return found


def states(store: Store, new: Sequence[NewNotice]) -> list[str]:
    """Return the states of notices, in their order."""
    return [look(store, one.id).state for one in new]
