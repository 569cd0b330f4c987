"""The unit of work: all of it, or none; nothing unseen; no other way to write."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from storage.actors import System
from storage.audit import verify
from storage.errors import NotFound, NothingAudited, SideDoor
from storage.reminders import Due
from storage.tables import (
    DELIVERY,
    HOUSEKEEPING,
    audit,
    case,
    clinician,
    inbound,
    metadata,
)
from storage.unit import Store
from tests.conftest import T0
from tests.world import (
    OPERATOR,
    QUESTION,
    World,
    a_notice,
    add_workspace,
    new_case,
    new_referral,
    new_reply,
)


def counts(store: Store) -> dict[str, int]:
    """Return how many rows each table holds."""
    with store.read() as reading:
        return {
            table.name: reading.connection.execute(
                select(func.count()).select_from(table)
            ).scalar_one()
            for table in metadata.sorted_tables
        }


def test_an_action_commits_all_that_it_changes(store: Store, world: World) -> None:
    before = counts(store)

    with store.act(world.oncologist) as unit:
        referral = new_referral(unit, world, new_case(unit, world))
        unit.reminders.plan(
            world.workspace_id, referral.id, 1, [Due("referral", "half way", T0)]
        )
        unit.notices.write([a_notice(world, referral.id)], at=unit.now)
        assert unit.inbound.claim("click/1", at=unit.now) is None

    after = counts(store)
    grown = {name for name in after if after[name] > before[name]}
    assert grown == {
        "responsibility",
        "case",
        "referral",
        "data_key",
        "reminder",
        "notice",
        "pace",
        "inbound",
        "audit",
    }
    with store.read() as reading:
        assert reading.cases.referral(referral.id) == referral


def test_an_action_that_fails_at_its_end_leaves_nothing(
    store: Store, world: World
) -> None:
    before = counts(store)

    def ask_and_fail() -> None:
        with store.act(world.oncologist) as unit:
            referral = new_referral(unit, world, new_case(unit, world))
            new_reply(unit, referral)
            due = [Due("referral", "half way", T0)]
            unit.reminders.plan(world.workspace_id, referral.id, 1, due)
            unit.notices.write([a_notice(world, referral.id)], at=unit.now)
            unit.inbound.claim("click/1", at=unit.now)
            raise KeyError("the last step failed")

    with pytest.raises(KeyError):
        ask_and_fail()

    assert counts(store) == before


def test_an_action_whose_audit_lines_cannot_be_written_leaves_nothing(
    store: Store, world: World
) -> None:
    """A workspace that was not set up has no chain to write to."""
    before = counts(store)

    def audit_elsewhere() -> None:
        with store.act(OPERATOR) as unit:
            new_case(unit, world)
            unit.audit("T0NOWHERE", "case.opened", "c")

    with pytest.raises(NotFound):
        audit_elsewhere()

    assert counts(store) == before


def test_an_action_that_leaves_no_audit_line_is_refused(
    store: Store, world: World
) -> None:
    with (
        pytest.raises(NothingAudited, match="clinician"),
        store.act(world.administrator) as unit,
    ):
        unit.connection.execute(update(clinician).values(active=0))

    with store.read() as reading:
        everybody = reading.people.staff(world.practice_id)
    assert [one.name for one in everybody] == ["Amy Brooks", "Dr Chen"]


@pytest.mark.parametrize("name", sorted(metadata.tables.keys() - HOUSEKEEPING))
def test_every_table_but_housekeeping_asks_for_an_audit_line(
    store: Store, world: World, name: str
) -> None:
    """A delete of nothing is enough: it is the statement that counts."""
    table = metadata.tables[name]
    nothing = delete(table).where(table.primary_key.columns[0].is_(None))

    with pytest.raises(NothingAudited, match=name), store.act(OPERATOR) as unit:
        unit.connection.execute(nothing)


def test_housekeeping_alone_needs_no_audit_line(store: Store, world: World) -> None:
    before = counts(store)

    with store.act(OPERATOR) as unit:
        unit.inbound.claim("event/1", at=unit.now)

    after = counts(store)
    assert after["inbound"] == 1
    assert after["audit"] == before["audit"]


def test_an_action_that_only_looks_writes_nothing(store: Store, world: World) -> None:
    before = counts(store)

    with store.act(world.oncologist) as unit:
        unit.people.sites(world.workspace_id)

    assert counts(store) == before


def test_audit_lines_name_the_actor_the_time_and_the_subject(
    store: Store, world: World
) -> None:
    with store.act(world.first_specialist) as unit:
        unit.audit(world.workspace_id, "referral.taken", "r1", {"from": "requested"})

    with store.read() as reading:
        row = reading.connection.execute(
            select(audit).where(audit.c.event == "referral.taken")
        ).one()
    assert (row.at, row.actor) == (T0, "clinician:clinician-rivera")
    assert (row.subject, row.codes) == ("r1", {"from": "requested"})
    assert row.detail is None


def test_the_chain_tells_people_operators_and_baton_itself_apart(
    world: World,
) -> None:
    told = [str(one) for one in (world.oncologist, OPERATOR, System("reminder/1"))]

    assert told == ["clinician:clinician-chen", "operator:tests", "system:reminder/1"]


def test_an_action_may_write_to_the_chains_of_two_workspaces(
    store: Store, world: World
) -> None:
    add_workspace(store, "T0OTHER")

    with store.act(OPERATOR) as unit:
        unit.audit("T0OTHER", "link.asked", "link")
        unit.audit(world.workspace_id, "link.asked", "link")
        unit.audit("T0OTHER", "link.confirmed", "link")

    with store.read() as reading:
        assert verify(reading.connection, world.workspace_id) == 2
        assert verify(reading.connection, "T0OTHER") == 3


def test_a_reading_cannot_be_used_to_write(store: Store, world: World) -> None:
    with store.read() as reading, pytest.raises(DBAPIError):
        reading.people.keep_dm("identity-chen", "D0CHEN")

    with store.read() as reading:
        identity = reading.people.identity_of(world.oncologist.clinician_id)
    assert identity is not None
    assert identity.dm_channel is None


def test_a_writer_that_is_not_opened_by_an_action_writes_nothing(
    store: Store, world: World
) -> None:
    with store.database._writer.begin() as connection, pytest.raises(SideDoor):
        connection.execute(insert(inbound).values(key="k", answer={}, claimed_at=T0))

    assert counts(store)["inbound"] == 0


@pytest.mark.parametrize("name", sorted(metadata.tables.keys() - DELIVERY))
def test_delivery_writes_the_books_of_delivery_and_nothing_else(
    store: Store, world: World, name: str
) -> None:
    table = metadata.tables[name]

    with pytest.raises(SideDoor, match=f"'{name}'"), store.deliver() as delivering:
        delivering.notices._connection.execute(delete(table))

    assert counts(store)["clinician"] == 6


def test_delivery_cannot_change_who_works_where(store: Store, world: World) -> None:
    row = {"id": "clinician-chen", "name": "Somebody Else"}

    with pytest.raises(SideDoor), store.deliver() as delivering:
        delivering.people.put("clinician", row)


def test_delivery_keeps_where_people_are_told_things(
    store: Store, world: World
) -> None:
    with store.deliver() as delivering:
        delivering.people.keep_dm("identity-chen", "D0CHEN")

    with store.read() as reading:
        found = reading.people.identities([world.oncologist.clinician_id])
    assert found[world.oncologist.clinician_id].dm_channel == "D0CHEN"


def test_delivery_that_fails_leaves_its_books_as_they_were(
    store: Store, world: World
) -> None:
    with store.act(OPERATOR) as unit:
        unit.notices.write([a_notice(world, "s1")], at=unit.now)

    def write_and_fail() -> None:
        with store.deliver() as books:
            books.notices.write([a_notice(world, "s2")], at=books.lease_now)
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()

    assert counts(store)["notice"] == 1


def test_ids_and_random_bytes_differ_each_time(store: Store) -> None:
    with store.act(OPERATOR) as unit:
        ids = {unit.new_id() for _ in range(100)}
        drawn = {unit.random_bytes(8) for _ in range(100)}

    assert len(ids) == len(drawn) == 100
    assert {len(one) for one in drawn} == {8}


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_neither_the_file_nor_its_log_holds_what_people_wrote(
    store: Store, world: World
) -> None:
    reply = "Bring the apheresis slot forward, she is progressing."
    with store.act(world.oncologist) as unit:
        case_kept = new_case(unit, world)
        referral = new_referral(unit, world, case_kept)
        new_reply(unit, referral, text=reply)
        sealed = unit.vault.key(case_kept.id).seal("too frail today", "audit.detail")
        unit.audit(world.workspace_id, "x", referral.id, detail=sealed)

    raw = _raw_bytes(store)
    store.database.close()
    closed = _raw_bytes(store)

    for held in (raw, closed):
        assert referral.id.encode() in held
        for told in (QUESTION, reply, "too frail today", "60-69"):
            for word in (told, *(part for part in told.split() if len(part) > 6)):
                assert word.encode() not in held
                assert word.encode("utf-16-le") not in held


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_shredded_key_is_gone_from_the_file(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        shredded = new_case(unit, world)
    path = str(store.database.url.database)
    with sqlite3.connect(path) as plain:
        query = "SELECT wrapped FROM data_key WHERE owner = ?"
        wrapped = plain.execute(query, (shredded.id,)).fetchone()[0]
    plain.close()
    assert wrapped in _raw_bytes(store)

    with store.act(OPERATOR) as unit:
        unit.vault.shred([shredded.id])
        unit.audit(world.workspace_id, "case.shredded", shredded.id)
    store.database.close()

    assert wrapped not in _raw_bytes(store)


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_the_raw_look_finds_what_is_not_sealed(store: Store, world: World) -> None:
    """The look that the tests above rely on is not blind."""
    with store.act(OPERATOR) as unit:
        sealed_not = {"summary": QUESTION.encode()}
        there = new_case(unit, world)
        unit.connection.execute(
            update(case).where(case.c.id == there.id).values(**sealed_not)
        )

    assert QUESTION.encode() in _raw_bytes(store)


def _raw_bytes(store: Store) -> bytes:
    path = Path(str(store.database.url.database))
    files = (path, path.with_name(path.name + "-wal"))
    return b"".join(one.read_bytes() for one in files if one.exists())
