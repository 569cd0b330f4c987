"""One database with a door for writing and one for reading."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import (
    Executable,
    delete,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from storage.database import WRITTEN, Database
from storage.errors import DatabaseUnreachable, SideDoor
from storage.tables import case, inbound, metadata, workspace
from tests.conftest import T0

ONLY_INBOUND = frozenset({"inbound"})
ROW = {"key": "k", "answer": {}, "claimed_at": T0}


def keys_in(database: Database) -> list[str]:
    """Return what stands in the table that these tests write."""
    with database.read() as connection:
        return list(connection.execute(select(inbound.c.key)).scalars())


def test_what_is_written_through_the_door_is_read_and_recorded(
    database: Database,
) -> None:
    with database.write(ONLY_INBOUND) as connection:
        connection.execute(insert(inbound).values(**ROW))
        written = connection.info[WRITTEN]

    assert written == {"inbound"}
    assert keys_in(database) == ["k"]


def test_a_write_outside_the_door_raises(database: Database) -> None:
    with (
        database._writer.connect() as connection,
        pytest.raises(SideDoor, match="'inbound' is written only by"),
    ):
        connection.execute(insert(inbound).values(**ROW))

    assert keys_in(database) == []


def test_a_door_that_was_opened_once_does_not_stay_open(database: Database) -> None:
    """The connection goes back to the pool; what it was allowed does not."""
    with database.write(ONLY_INBOUND):
        pass

    with database._writer.connect() as connection, pytest.raises(SideDoor):
        connection.execute(insert(inbound).values(**ROW))


@pytest.mark.parametrize(
    "statement",
    [
        insert(workspace).values(id="w", name="n", bot_user_id="b"),
        update(case).values(code="MM-7K3Q9"),
        delete(case),
    ],
    ids=["insert", "update", "delete"],
)
def test_the_door_opens_the_named_tables_alone(
    database: Database, statement: Executable
) -> None:
    with pytest.raises(SideDoor), database.write(ONLY_INBOUND) as connection:
        connection.execute(statement)


def test_no_text_passes_the_door(database: Database) -> None:
    with (
        pytest.raises(SideDoor, match="takes no statement but"),
        database.write(ONLY_INBOUND) as connection,
    ):
        connection.execute(text("DELETE FROM inbound"))


def test_no_statement_of_the_driver_passes_the_door(database: Database) -> None:
    with database.write(ONLY_INBOUND) as connection:
        connection.execute(insert(inbound).values(**ROW))

    with pytest.raises(SideDoor), database.write(ONLY_INBOUND) as connection:
        connection.exec_driver_sql("DELETE FROM inbound")

    assert keys_in(database) == ["k"]


def test_no_change_of_a_table_passes_the_door(database: Database) -> None:
    with (
        pytest.raises(SideDoor),
        database.write(frozenset(metadata.tables)) as connection,
    ):
        inbound.drop(connection)

    assert keys_in(database) == []


def test_the_reader_cannot_write(database: Database) -> None:
    with (
        database.read() as connection,
        pytest.raises(DBAPIError, match=r"(?i)read.?only"),
    ):
        connection.execute(insert(inbound).values(**ROW))

    assert keys_in(database) == []


def test_what_is_raised_inside_rolls_back_everything(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write(ONLY_INBOUND) as connection:
            connection.execute(insert(inbound).values(**ROW))
            raise KeyError("thought better of it")

    with pytest.raises(KeyError):
        write_and_fail()

    assert keys_in(database) == []


def test_a_side_door_that_is_caught_does_not_spoil_the_transaction(
    database: Database,
) -> None:
    """It is refused before it reaches the database."""
    with database.write(ONLY_INBOUND) as connection:
        connection.execute(insert(inbound).values(**ROW))
        with pytest.raises(SideDoor):
            connection.execute(delete(case))

    assert keys_in(database) == ["k"]


def test_the_database_can_be_written_again_after_a_failure(database: Database) -> None:
    for _ in range(20):
        with pytest.raises(KeyError), database.write(ONLY_INBOUND):
            raise KeyError

    with database.write(ONLY_INBOUND) as connection:
        connection.execute(insert(inbound).values(**ROW))

    assert keys_in(database) == ["k"]


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_is_committed(
    database: Database,
) -> None:
    with database.write(ONLY_INBOUND) as connection:
        connection.execute(insert(inbound).values(**ROW))
        assert keys_in(database) == []

    assert keys_in(database) == ["k"]


def test_threads_that_write_at_once_all_get_their_turn(database: Database) -> None:
    def write_one(number: int) -> None:
        for step in range(10):
            with database.write(ONLY_INBOUND) as connection:
                key = f"{number}/{step}"
                connection.execute(insert(inbound).values(**ROW | {"key": key}))

    threads = [threading.Thread(target=write_one, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(keys_in(database)) == 40


def test_the_lease_clock_is_aware_utc_and_near_the_hosts(database: Database) -> None:
    with database.write(ONLY_INBOUND) as connection:
        first = database.lease_now(connection)
        second = database.lease_now(connection)

    assert first.utcoffset() == timedelta()
    assert first < second
    assert abs(second - datetime.now(UTC)) < timedelta(seconds=30)


def test_a_database_that_answers_passes_the_check(database: Database) -> None:
    database.check()


def test_what_the_database_refuses_is_told_without_what_was_written(
    database: Database,
) -> None:
    """An error is logged, and what people wrote is not."""
    told = ROW | {"answer": {"said": "the patient's words"}}

    with database.write(ONLY_INBOUND) as connection:
        connection.execute(insert(inbound).values(**told))
    with pytest.raises(DBAPIError) as raised, database.write(ONLY_INBOUND) as again:
        again.execute(insert(inbound).values(**told))

    assert "the patient's words" not in str(raised.value)


def test_foreign_keys_are_kept(database: Database) -> None:
    row = {
        "id": "c",
        "workspace_id": "T0NOWHERE",
        "code": "MM-7K3Q9",
        "practice_id": "nowhere",
        "responsible_id": "nobody",
        "responsible_since": T0,
        "summary": b"",
        "created_at": T0,
    }

    with pytest.raises(DBAPIError), database.write(frozenset({"case"})) as connection:
        connection.execute(insert(case).values(**row))


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_sqlite_is_durable_and_wipes_what_is_deleted(
    new_database: Callable[..., str],
) -> None:
    database = Database(new_database())
    with database._writer.connect() as connection:
        dbapi = connection.connection.driver_connection
        assert dbapi is not None
        told = {
            name: dbapi.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        }

    database.close()

    assert told == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
    }


def test_the_folder_of_a_new_sqlite_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/deep/down/baton.sqlite")

    database.check()
    database.close()

    assert (tmp_path / "deep/down/baton.sqlite").exists()


def test_postgres_that_is_not_there_gets_one_clear_line_without_the_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = Database(f"postgresql+psycopg://baton:s3cret@127.0.0.1:{port}/baton")

    with pytest.raises(DatabaseUnreachable) as raised:
        database.check()

    database.close()
    told = str(raised.value)
    assert told.startswith(
        f"BATON_DATABASE_URL: postgresql+psycopg://baton:***@127.0.0.1:{port}/baton "
        "does not answer: "
    )
    assert "refused" in told
    assert "\n" not in told
    assert "s3cret" not in told


@pytest.mark.postgres
def test_a_postgres_without_our_database_gets_one_clear_line(
    postgres_server: str,
) -> None:
    database = Database(postgres_server.replace("/postgres?", "/nowhere?"))

    with pytest.raises(DatabaseUnreachable, match='"nowhere" does not exist'):
        database.check()

    database.close()


@pytest.mark.parametrize("content", [None, b"no database, but a letter" * 99])
def test_a_path_that_is_no_sqlite_file_gets_one_clear_line(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "baton.sqlite"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    database = Database(f"sqlite:///{path}")

    with pytest.raises(DatabaseUnreachable, match="BATON_DATABASE_URL: sqlite:///"):
        database.check()

    database.close()


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_an_action_within_an_action_is_refused_rather_than_waited_for(
    database: Database,
) -> None:
    """On SQLite the inner one would wait for the outer one, for ever."""
    with (
        database.write(ONLY_INBOUND),
        pytest.raises(SideDoor, match="within"),
        database.write(ONLY_INBOUND),
    ):
        pass


def test_a_select_is_no_write(database: Database) -> None:
    with database.write(frozenset()) as connection:
        assert connection.execute(select(literal(1))).scalar_one() == 1
        assert connection.info[WRITTEN] == set()
