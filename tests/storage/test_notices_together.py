"""Two senders at once: no notice is taken twice, no conversation has two in flight."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from storage.records import Notice, Way
from storage.unit import Store
from tests.storage.together import together
from tests.world import OPERATOR, World, a_notice

SECOND = timedelta(seconds=1)
LEASE = 60 * SECOND
L0 = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    """Return a second store on the same rows, as another process has it."""
    second = Database(store.database.url.render_as_string(hide_password=False))
    yield Store(second, store.keyring, store.clock)
    second.close()


def claim(store: Store, *, most: int, at: datetime = L0) -> list[Notice]:
    """Claim notices in a transaction of its own, with no pace to keep."""
    with store.deliver() as books:
        return books.notices.claim(
            most=most, owner="me", now=at, lease=LEASE, gap=timedelta()
        )


def test_two_that_claim_at_once_get_different_notices_of_different_conversations(
    store: Store, other: Store, world: World
) -> None:
    new = [
        a_notice(world, f"r{n}", conversation=f"C{n % 10}", subject="s")
        for n in range(30)
    ]
    with store.act(OPERATOR) as unit:
        unit.notices.write(new, at=unit.now)

    def claim_until_empty(chosen: Store) -> list[Notice]:
        taken: list[Notice] = []
        while more := claim(chosen, most=3):
            taken += more
        return taken

    one, two = together(
        lambda: claim_until_empty(store), lambda: claim_until_empty(other)
    )

    assert not {held.id for held in one} & {held.id for held in two}
    conversations = [held.conversation for held in one + two]
    assert sorted(conversations) == sorted({f"C{n}" for n in range(10)})


def test_a_conversation_never_has_two_in_flight_while_two_send(
    store: Store, other: Store, world: World
) -> None:
    """Each claims, looks that nobody else sends there, settles and frees."""
    count = 60
    new = [
        a_notice(world, f"r{n}", conversation=f"C{n % 3}", subject="s")
        for n in range(count)
    ]
    with store.act(OPERATOR) as unit:
        unit.notices.write(new, at=unit.now)
    in_flight: set[str] = set()
    order: list[Notice] = []
    clashes: list[str] = []
    guard = threading.Lock()

    def send_one(chosen: Store, held: Notice) -> None:
        with guard:
            if held.conversation in in_flight:
                clashes.append(held.conversation)
            in_flight.add(held.conversation)
            order.append(held)
        threading.Event().wait(0.002)
        with guard:
            in_flight.discard(held.conversation)
        with chosen.deliver() as books:
            assert books.notices.settle_sent(
                held, channel_id=held.conversation, ts=f"1.{held.seq}", permalink=None
            )
            books.notices.free_pace(held.conversation)

    def send_all(chosen: Store) -> int:
        sent = 0
        while len(order) < count:
            for held in claim(chosen, most=1):
                send_one(chosen, held)
                sent += 1
        return sent

    one, two = together(lambda: send_all(store), lambda: send_all(other))

    assert clashes == []
    assert one + two == count
    assert {held.token for held in order} == {1}
    for conversation in ("C0", "C1", "C2"):
        there = [held.seq for held in order if held.conversation == conversation]
        assert there == sorted(there)


def test_two_that_look_for_unknown_ones_at_once_never_take_the_same(
    store: Store, other: Store, world: World
) -> None:
    new = [a_notice(world, f"r{n}", conversation=f"C{n}") for n in range(20)]
    with store.act(OPERATOR) as unit:
        unit.notices.write(new, at=unit.now)
    claim(store, most=99)
    late = L0 + 2 * LEASE

    def look_for_all(chosen: Store) -> list[str]:
        found: list[str] = []
        while True:
            with chosen.deliver() as books:
                one = books.notices.claim_unknown(
                    now=late, quiet=SECOND, lease=LEASE, owner="me"
                )
            if one is None:
                return found
            found.append(one.id)

    one, two = together(lambda: look_for_all(store), lambda: look_for_all(other))

    # SKIP LOCKED may pass over one that is just being taken, never take it twice.
    assert sorted(one + two) == sorted(held.id for held in new)


@pytest.mark.postgres
@pytest.mark.parametrize("new_database", ["postgres"], indirect=True)
def test_a_conversation_that_is_being_taken_is_passed_over(
    store: Store, other: Store, world: World
) -> None:
    with store.act(OPERATOR) as unit:
        unit.notices.write(
            [a_notice(world, f"r{n}", conversation=f"C{n}") for n in range(2)],
            at=unit.now,
        )

    with store.deliver() as books:
        [first] = books.notices.claim(
            most=1, owner="me", now=L0, lease=LEASE, gap=SECOND
        )
        [beside] = together(lambda: claim(other, most=9))

    assert [first.conversation] == ["C0"]
    assert [held.conversation for held in beside] == ["C1"]


@pytest.mark.postgres
@pytest.mark.parametrize("new_database", ["postgres"], indirect=True)
def test_a_head_that_is_superseded_while_it_is_claimed_does_not_block_the_rest(
    store: Store, other: Store, world: World
) -> None:
    older, newer = (
        a_notice(world, f"r1/{n}", way=Way.UPDATE, root_id="card") for n in range(2)
    )
    with store.act(OPERATOR) as unit:
        unit.notices.write([older], at=unit.now)
    written = threading.Event()

    def supersede() -> list[Notice]:
        with store.act(OPERATOR) as unit:
            unit.notices.write([newer], at=unit.now)
            written.set()
            # Long enough for the other to stand before the locked row.
            threading.Event().wait(0.3)
        return []

    def claim_meanwhile() -> list[Notice]:
        written.wait(timeout=20)
        return claim(other, most=9)

    _, taken = together(supersede, claim_meanwhile)

    assert taken == []
    assert [held.id for held in claim(other, most=9)] == [newer.id]


def test_two_that_write_the_same_notices_at_once_write_them_once(
    store: Store, other: Store, world: World
) -> None:
    new = [a_notice(world, f"r{n}", conversation=f"C{n % 4}") for n in range(12)]

    def write(chosen: Store) -> Callable[[], None]:
        def run() -> None:
            with chosen.act(OPERATOR) as unit:
                unit.notices.write(new, at=unit.now)

        return run

    together(write(store), write(other))

    with store.read() as reading:
        assert reading.notices.unsettled() == 12
