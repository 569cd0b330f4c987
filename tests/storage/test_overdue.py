"""What waits too long is seen in the database, whoever should have done it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.following import Following
from storage.clock import TravellingClock
from storage.notices import NewNotice
from storage.overdue import Line, Overdue, Settled
from storage.records import Notice
from storage.reminders import Due
from storage.unit import Store
from tests.conftest import T0
from tests.storage.together import watched
from tests.world import OPERATOR, World, a_notice

MINUTE = timedelta(minutes=1)
L0 = T0 + timedelta(days=1000)
"""Where the lease clock stands: far from the care clock."""


def remind(store: Store, world: World, subject: str = "r1") -> None:
    """Plan a reminder that is due now."""
    with store.act(OPERATOR) as uow:
        due = [Due("referral", "limit", T0)]
        uow.reminders.plan(world.workspace_id, subject, 1, due)
        uow.audit(world.workspace_id, "planned", subject)


def write(store: Store, world: World, *occasions: str) -> list[NewNotice]:
    """Write notices, each in a conversation of its own."""
    new = [a_notice(world, one, conversation=f"C{one}") for one in occasions]
    with store.act(OPERATOR) as uow:
        uow.notices.write(new, at=uow.now)
    return new


def claim(store: Store, most: int = 1) -> list[Notice]:
    """Claim notices at L0, for a minute."""
    with store.deliver() as books:
        return books.notices.claim(
            most=most, owner="me", now=L0, lease=MINUTE, gap=timedelta(0)
        )


def test_a_reminder_that_nobody_handles_is_seen(store: Store, world: World) -> None:
    remind(store, world)

    with store.read() as reading:
        overdue = Overdue(reading.connection)
        late = overdue.reminders(due_before=T0 + MINUTE, idle_since=L0)
        not_yet = overdue.reminders(due_before=T0 - MINUTE, idle_since=L0)

    assert late is not None
    assert (late.count, late.since, not_yet) == (1, T0, None)


def test_a_reminder_that_is_put_off_counts_only_where_nobody_comes_back_to_it(
    store: Store, world: World
) -> None:
    remind(store, world)
    with store.act(OPERATOR) as uow:
        due = uow.reminders.take_due(T0, lease_now=L0)
        assert due is not None
        uow.reminders.put_off(due, MINUTE, lease_now=L0)

    with store.read() as reading:
        overdue = Overdue(reading.connection)
        depths = overdue.depths(T0)
        waits = overdue.reminders(due_before=T0, idle_since=L0)
        forgotten = overdue.reminders(due_before=T0, idle_since=L0 + MINUTE)

    assert (waits is None, forgotten is None) == (True, False)
    assert (depths["reminders due"], depths["reminders put off"]) == (0, 1)


def test_a_notice_that_is_still_to_be_sent_is_seen(store: Store, world: World) -> None:
    first, _ = write(store, world, "one", "two")

    with store.read() as reading:
        late = Overdue(reading.connection).notices(written_before=T0)
        fresh = Overdue(reading.connection).notices(written_before=T0 - MINUTE)

    assert late == Line(2, min(first.id, _.id), T0)
    assert fresh is None


def test_a_lease_that_ended_and_that_nobody_took_up_is_seen(
    store: Store, world: World
) -> None:
    write(store, world, "one")
    [held] = claim(store)

    with store.read() as reading:
        overdue = Overdue(reading.connection)
        left = overdue.leases(until=L0 + 2 * MINUTE, look_at=L0)
        held_still = overdue.leases(until=L0, look_at=L0)

    assert left == Line(1, held.id, L0 + MINUTE)
    assert held_still is None


def test_what_is_unknown_is_seen_where_nobody_looks_for_it(
    store: Store, world: World
) -> None:
    write(store, world, "one")
    [held] = claim(store)
    with store.deliver() as books:
        books.notices.settle_unknown(held, look_at=L0 + MINUTE, reason="timed out")

    with store.read() as reading:
        overdue = Overdue(reading.connection)
        waits = overdue.leases(until=L0 + 9 * MINUTE, look_at=L0)
        left = overdue.leases(until=L0, look_at=L0 + MINUTE)

    assert waits is None
    assert left is not None
    assert left.head == held.id


def test_what_failed_lately_is_seen_but_not_what_tells_of_it(
    store: Store, world: World
) -> None:
    write(store, world, "one")
    [held] = claim(store)
    with store.act(OPERATOR) as uow:
        uow.notices.settle_failed(held, "the channel is archived")
        uow.audit(world.workspace_id, "notice failed", held.id)

    with store.read() as reading:
        overdue = Overdue(reading.connection)
        lately = overdue.failed(tried_since=L0 - MINUTE, but=[])
        before = overdue.failed(tried_since=L0 + MINUTE, but=[])
        of_itself = overdue.failed(tried_since=L0 - MINUTE, but=[held.view])

    assert lately == Line(1, held.id, L0)
    assert (before, of_itself) == (None, None)


def test_the_depth_of_each_line_is_counted(store: Store, world: World) -> None:
    remind(store, world)
    write(store, world, "one", "two", "three")
    unknown, _ = claim(store, 2)
    with store.deliver() as books:
        books.notices.settle_unknown(unknown, look_at=L0, reason="timed out")

    with store.read() as reading:
        depths = Overdue(reading.connection).depths(T0)

    assert depths == {
        "reminders due": 1,
        "reminders put off": 0,
        "notices pending": 1,
        "notices sending": 1,
        "notices unknown": 1,
    }


def look(following: Following, store: Store) -> list[Settled]:
    """Look once."""
    with store.read() as reading:
        return following.look(Overdue(reading.connection))


def test_each_notice_is_seen_to_come_to_its_end_once(
    store: Store, world: World, clock: TravellingClock
) -> None:
    """Also one that is written and settled between two looks."""
    following = Following()
    write(store, world, "before")
    [held] = claim(store)
    assert look(following, store) == []
    write(store, world, "between", "left")
    [other, _left] = claim(store, 2)
    stamp = f"{(T0 + MINUTE).timestamp():.6f}"

    with store.deliver() as books:
        books.notices.settle_sent(held, channel_id="C1", ts=stamp, permalink=None)
    with store.act(OPERATOR) as uow:
        uow.notices.settle_skipped(other, "no part")
        uow.audit(world.workspace_id, "skipped", other.id)
    first, second = look(following, store), look(following, store)

    assert {(one.state, one.seconds) for one in first} == {
        ("sent", 60),
        ("skipped", None),
    }
    assert second == []


def test_what_ended_before_the_first_look_is_not_counted(
    store: Store, world: World
) -> None:
    write(store, world, "one")
    [held] = claim(store)
    with store.deliver() as books:
        books.notices.settle_sent(held, channel_id="C1", ts="1.0", permalink=None)

    following = Following()

    assert look(following, store) + look(following, store) == []


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_no_look_reads_a_whole_table(store: Store, world: World) -> None:
    """It is done every ten seconds, beside a million rows."""
    with watched(store.database) as seen, store.read() as reading:
        overdue = Overdue(reading.connection)
        overdue.reminders(due_before=T0, idle_since=L0)
        overdue.notices(written_before=T0)
        overdue.leases(until=L0, look_at=L0)
        overdue.failed(tried_since=L0, but=["v"])
        overdue.depths(T0)
        overdue.unsettled()
        overdue.written_after(0, 10)
        overdue.settled([1])
        overdue.told(["s"], "v")

    with store.read() as reading:
        for statement, parameters in seen:
            plan = reading.connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
            whole = [row[3] for row in plan if row[3].startswith("SCAN")]
            assert all("INDEX ix_" in one or "CONSTANT" in one for one in whole), (
                statement,
                whole,
            )
    assert len(seen) > 12
