"""The audit chain: intact it verifies; whatever is changed in it is found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Connection,
    NullPool,
    create_engine,
    delete,
    insert,
    select,
    update,
)

from storage.audit import GENESIS, Entry, link_hash, verify
from storage.database import Database
from storage.errors import TamperedAudit
from storage.sealing import Keyring
from storage.tables import audit, audit_head
from storage.unit import Store
from tests.conftest import T0
from tests.storage.together import together
from tests.world import OPERATOR, World, add_workspace, new_case

LENGTH = 7
FIELDS = ("at", "actor", "event", "subject", "codes", "detail", "hash")


@contextmanager
def tampering(database: Database) -> Iterator[Connection]:
    """Open the database as somebody who has its password; forget it afterwards."""
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
        connection.rollback()


def checked(store: Store, world: World) -> int:
    """Return the length of the chain, which must hold."""
    with store.read() as reading:
        return verify(reading.connection, world.workspace_id)


@pytest.fixture
def chain(store: Store, world: World) -> Store:
    """Return the store, its chain LENGTH entries long, one with a detail."""
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)
        sealed = unit.vault.key(case.id).seal("too frail", "audit.detail")
        unit.audit(world.workspace_id, "case.changed", case.id, detail=sealed)
    for number in range(LENGTH - 3):
        with store.act(world.first_specialist) as unit:
            codes = {"number": str(number)}
            unit.audit(world.workspace_id, "referral.seen", f"r{number}", codes)
    return store


def test_a_chain_that_nobody_touched_holds(chain: Store, world: World) -> None:
    assert checked(chain, world) == LENGTH


def test_a_chain_without_entries_holds(store: Store) -> None:
    with store.act(OPERATOR) as unit:
        unit.people.put(
            "workspace", {"id": "T0NEW", "name": "New", "bot_user_id": "U0"}
        )
        unit.begin_chain("T0NEW")
        unit.audit("T0NEW", "setup.applied", "T0NEW")

    with tampering(store.database) as connection:
        connection.execute(delete(audit))
        connection.execute(update(audit_head).values(seq=0, hash=GENESIS))

        assert verify(connection, "T0NEW") == 0


def test_the_chain_holds_without_any_key(
    chain: Store, world: World, database: Database
) -> None:
    with chain.act(OPERATOR) as unit:
        rows = unit.connection.execute(
            select(audit.c.subject).where(audit.c.event == "case.opened")
        )
        unit.vault.shred(list(rows.scalars()))
        unit.audit(world.workspace_id, "case.shredded", "c")

    keyless = Store(database, Keyring({"other": bytes(32)}), chain.clock)

    assert checked(keyless, world) == LENGTH + 1


def test_workspaces_have_chains_of_their_own(chain: Store, world: World) -> None:
    add_workspace(chain, "T0OTHER")

    with chain.read() as reading:
        assert verify(reading.connection, "T0OTHER") == 1
    assert checked(chain, world) == LENGTH


def _another(field: str, value: Any) -> Any:
    if field == "at":
        return value + timedelta(microseconds=1)
    if field == "codes":
        return value | {"number": "changed"}
    if field in {"detail", "hash"}:
        return bytes(32) if value is None else value[:-1] + bytes([value[-1] ^ 1])
    return f"{value}!"


@given(field=st.sampled_from(FIELDS), seq=st.integers(1, LENGTH))
@settings(
    max_examples=60,
    # Each example is rolled back, so that all can share one chain.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_any_changed_field_is_found(
    chain: Store, world: World, field: str, seq: int
) -> None:
    column = audit.c[field]
    with tampering(chain.database) as connection:
        there = connection.execute(select(column).where(audit.c.seq == seq))
        changed = {field: _another(field, there.scalar_one())}
        connection.execute(update(audit).where(audit.c.seq == seq).values(**changed))

        with pytest.raises(TamperedAudit, match=f"entry {seq} of"):
            verify(connection, world.workspace_id)


@given(first=st.integers(1, LENGTH), last=st.integers(1, LENGTH))
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # as above
    deadline=None,
)
def test_removed_entries_are_found_in_the_middle_and_at_the_tail(
    chain: Store, world: World, first: int, last: int
) -> None:
    first, last = sorted((first, last))
    with tampering(chain.database) as connection:
        connection.execute(delete(audit).where(audit.c.seq.between(first, last)))

        with pytest.raises(TamperedAudit):
            verify(connection, world.workspace_id)


@given(pair=st.lists(st.integers(1, LENGTH), min_size=2, max_size=2, unique=True))
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # as above
    deadline=None,
)
def test_a_swapped_pair_is_found(chain: Store, world: World, pair: list[int]) -> None:
    one, other = pair
    with tampering(chain.database) as connection:
        for was, becomes in ((one, -1), (other, one), (-1, other)):
            connection.execute(
                update(audit).where(audit.c.seq == was).values(seq=becomes)
            )

        with pytest.raises(TamperedAudit, match=f"entry {min(pair)} of"):
            verify(connection, world.workspace_id)


@pytest.mark.parametrize(
    "head", [{"seq": LENGTH - 1}, {"seq": LENGTH + 1}, {"hash": bytes(32)}], ids=str
)
def test_a_changed_head_is_found(
    chain: Store, world: World, head: dict[str, Any]
) -> None:
    with tampering(chain.database) as connection:
        connection.execute(update(audit_head).values(**head))

        with pytest.raises(TamperedAudit):
            verify(connection, world.workspace_id)


def test_a_removed_head_is_found(chain: Store, world: World) -> None:
    with tampering(chain.database) as connection:
        connection.execute(delete(audit_head))

        with pytest.raises(TamperedAudit, match="the head of the chain is gone"):
            verify(connection, world.workspace_id)


def test_an_entry_added_beside_the_door_is_found(chain: Store, world: World) -> None:
    """Even one whose hash is right, since the head does not know it."""
    forged = Entry(T0, "clinician:clinician-osei", "referral.taken", "r1", {})
    with tampering(chain.database) as connection:
        tip = connection.execute(select(audit_head.c.hash)).scalar_one()
        digest = link_hash(tip, world.workspace_id, LENGTH + 1, forged)
        row = {
            "workspace_id": world.workspace_id,
            "seq": LENGTH + 1,
            "at": forged.at,
            "actor": forged.actor,
            "event": forged.event,
            "subject": forged.subject,
            "codes": {},
            "hash": digest,
        }
        connection.execute(insert(audit).values(**row))

        with pytest.raises(TamperedAudit):
            verify(connection, world.workspace_id)


def test_an_entry_of_another_workspace_does_not_hold_here(
    chain: Store, world: World
) -> None:
    entry = Entry(T0, "system:x", "e", "s", {})

    here = link_hash(GENESIS, world.workspace_id, 1, entry)

    assert here != link_hash(GENESIS, "T0OTHER", 1, entry)
    assert here != link_hash(GENESIS, world.workspace_id, 2, entry)


def test_no_detail_and_an_empty_detail_are_told_apart() -> None:
    none = Entry(T0, "a", "e", "s", {})
    empty = Entry(T0, "a", "e", "s", {}, b"")

    assert link_hash(GENESIS, "w", 1, none) != link_hash(GENESIS, "w", 1, empty)


def test_the_order_of_codes_does_not_count() -> None:
    one = Entry(T0, "a", "e", "s", {"x": "1", "y": "2"})
    other = Entry(T0, "a", "e", "s", {"y": "2", "x": "1"})

    assert link_hash(GENESIS, "w", 1, one) == link_hash(GENESIS, "w", 1, other)


def test_two_writers_at_once_keep_one_chain_without_a_gap(
    store: Store, world: World, new_database: Callable[..., str]
) -> None:
    """As two processes do: each with a `Database` of its own on the same rows."""
    second = Database(store.database.url.render_as_string(hide_password=False))
    stores = (store, Store(second, store.keyring, store.clock))
    each = 25

    def write(chosen: Store) -> None:
        for number in range(each):
            with chosen.act(world.oncologist) as unit:
                unit.audit(world.workspace_id, "case.seen", f"c{number}")

    together(*[lambda chosen=one: write(chosen) for one in stores])
    second.close()

    assert checked(store, world) == 1 + 2 * each
    with store.read() as reading:
        numbers = reading.connection.execute(select(audit.c.seq).order_by(audit.c.seq))
        assert list(numbers.scalars()) == list(range(1, 2 + 2 * each))


def test_a_chain_that_grows_while_it_is_verified_holds(
    store: Store, world: World
) -> None:
    done = threading.Event()

    def write() -> int:
        number = 0
        while not done.is_set():
            with store.act(world.oncologist) as unit:
                unit.audit(world.workspace_id, "case.seen", f"c{number}")
            number += 1
        return number

    def look() -> int:
        try:
            return [checked(store, world) for _ in range(60)][-1]
        finally:
            done.set()

    written, seen = together(write, look)

    assert written, "it did not grow"
    assert seen <= 1 + written
    assert checked(store, world) == 1 + written
