"""Migrations: from nothing to the tables of this version, once, and back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from storage.actors import Operator
from storage.clock import RealClock
from storage.database import Database
from storage.errors import DatabaseBusy, NewerDatabase
from storage.people import People
from storage.records import Workspace
from storage.schema import (
    _config,
    current_revision,
    differences,
    make_revision,
    migrate,
    newest_revision,
)
from storage.sealing import Keyring
from storage.tables import metadata
from storage.unit import Store
from tests.storage.together import together

ROOT = Path(__file__).parents[2]
MIGRATE = """
import sys
from storage.database import Database
from storage.schema import migrate
database = Database(sys.argv[1])
sys.stdin.readline()
migrate(database)
database.close()
"""


@pytest.fixture
def empty(new_database: Callable[..., str]) -> Iterator[Database]:
    """Return a database without any table."""
    database = Database(new_database(empty=True))
    yield database
    database.close()


def keep_workspace(database: Database) -> None:
    """Write something that a migration must not lose."""
    store = Store(database, Keyring({"k": bytes(32)}), RealClock())
    with store.act(Operator("tests")) as unit:
        row = {"id": "T0KEPT", "name": "Kept", "bot_user_id": "U0"}
        unit.people.put("workspace", row)
        unit.begin_chain("T0KEPT")
        unit.audit("T0KEPT", "setup.applied", "T0KEPT")


def kept_workspaces(database: Database) -> list[Workspace]:
    """Return what was written."""
    with database.read() as connection:
        return People(connection).workspaces()


def test_an_empty_database_that_is_migrated_equals_the_tables(empty: Database) -> None:
    with empty.read() as connection:
        assert current_revision(connection) is None
        assert len(differences(connection)) >= len(metadata.tables)

    migrate(empty)

    with empty.read() as connection:
        assert differences(connection) == []
        assert newest_revision() is not None
        assert current_revision(connection) == newest_revision()
        there = set(inspect(connection).get_table_names())
    assert there == metadata.tables.keys() | {"alembic_version"}


def test_the_checks_and_the_partial_indexes_are_made_too(database: Database) -> None:
    """What comparing tables does not look at."""
    with database.read() as connection:
        if database.is_sqlite:
            query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
        else:
            query = (
                "SELECT pg_get_constraintdef(oid) || conname FROM pg_constraint"
                " UNION ALL SELECT indexdef FROM pg_indexes"
            )
        made = "\n".join(connection.execute(text(query)).scalars())

    names = [
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if str(constraint.name).startswith("ck_")
    ]
    assert len(names) > 8
    for name in names:
        assert name in made
    for index in (
        "ix_reminder_due",
        "ix_notice_pending",
        "ix_notice_unsettled",
        "uq_link_active_channel",
        "uq_concern_open",
    ):
        [line] = [one for one in made.splitlines() if f"INDEX {index} " in one]
        assert " WHERE " in line


def test_migrating_twice_is_migrating_once(empty: Database) -> None:
    migrate(empty)
    keep_workspace(empty)

    migrate(empty)

    assert [one.id for one in kept_workspaces(empty)] == ["T0KEPT"]
    with empty.read() as connection:
        assert differences(connection) == []


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(
    database: Database,
) -> None:
    with database.change_schema() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NewerDatabase, match="at revision 9999") as refused:
        migrate(database)

    assert "\n" not in str(refused.value)
    with database.read() as connection:
        assert current_revision(connection) == "9999"
        assert differences(connection) == []


def test_a_channel_is_of_one_active_link_and_of_any_number_of_former_ones(
    database: Database,
) -> None:
    keep_workspace(database)
    store = Store(database, Keyring({"k": bytes(32)}), RealClock())
    with store.act(Operator("tests")) as unit:
        for key in ("a", "b", "c"):
            unit.people.put("site", a_site(key))
        unit.people.put("link", a_link("a", "b") | {"active": 0})
        unit.people.put("link", a_link("a", "c") | {"active": 0})
        unit.people.put("link", a_link("b", "c"))
        unit.audit("T0KEPT", "setup.applied", "T0KEPT")

    with pytest.raises(IntegrityError), store.act(Operator("tests")) as unit:
        unit.people.put("link", a_link("a", "c") | {"active": 1})


def a_site(key: str) -> dict[str, Any]:
    """Return the row of a site."""
    return {
        "id": f"site-{key}",
        "workspace_id": "T0KEPT",
        "key": key,
        "kind": "center",
        "name": key,
        "phone_24h": "1",
        "zone": "America/Chicago",
        "opens": "08:00",
        "closes": "17:00",
        "days": [0],
        "responsible_roles": [],
    }


def a_link(practice: str, center: str) -> dict[str, Any]:
    """Return the row of a link; all are in one channel."""
    return {
        "id": f"link-{practice}-{center}",
        "workspace_id": "T0KEPT",
        "practice_id": f"site-{practice}",
        "center_id": f"site-{center}",
        "channel_id": "C0ONE",
        "active": 1,
    }


def test_two_processes_that_migrate_at_once_both_succeed(empty: Database) -> None:
    url = empty.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(  # noqa: S603 - this interpreter, with a text of our own
            [sys.executable, "-c", MIGRATE, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]

    # Both are loaded and wait at the line that begins: now they begin together.
    told = together(*[lambda one=one: one.communicate("\n", 60) for one in processes])

    assert [one.returncode for one in processes] == [0, 0], told
    with empty.read() as connection:
        assert differences(connection) == []


def test_what_is_up_to_date_waits_for_nobody_who_writes(database: Database) -> None:
    writer = Database(database.url.render_as_string(hide_password=False))

    with writer.write(frozenset()):
        migrate(database)

    writer.close()


def test_who_waits_too_long_for_an_older_database_is_told_what_to_do(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 1)
    other = Database(empty.url.render_as_string(hide_password=False))

    with (
        other.change_schema(),
        pytest.raises(DatabaseBusy, match=r"another process for 1 s\. Nothing was"),
    ):
        migrate(empty)
    migrate(empty)

    with empty.read() as connection:
        assert current_revision(connection) == newest_revision()
    other.close()


def test_another_error_of_the_database_stays_what_it_is(database: Database) -> None:
    with (
        pytest.raises(DatabaseError) as raised,
        database.change_schema() as connection,
    ):
        connection.execute(text("SELECT * FROM no_such_table"))

    assert "no_such_table" in str(raised.value)


def test_several_threads_that_migrate_at_once_all_succeed(empty: Database) -> None:
    together(*[lambda: migrate(empty)] * 4)

    with empty.read() as connection:
        assert differences(connection) == []


def test_the_way_down_drops_everything_and_the_way_up_makes_it_again(
    empty: Database,
) -> None:
    migrate(empty)
    keep_workspace(empty)

    with empty.change_schema() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with empty.read() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert current_revision(connection) is None
    migrate(empty)

    assert kept_workspaces(empty) == []
    with empty.read() as connection:
        assert differences(connection) == []


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Database) -> None:
    def migrate_and_fail() -> None:
        with empty.change_schema() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            raise KeyError("the power failed")

    with pytest.raises(KeyError):
        migrate_and_fail()

    with empty.read() as connection:
        assert inspect(connection).get_table_names() == []


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_column_that_is_missing_is_a_difference(database: Database) -> None:
    with database.change_schema() as connection:
        connection.execute(text("ALTER TABLE workspace DROP COLUMN name"))

    with database.read() as connection:
        [difference] = differences(connection)
    assert "name" in str(difference)


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_database_that_differs_gives_the_next_migration_to_read(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ROOT / "storage" / "migrations"
    copy = tmp_path / "migrations"
    (copy / "versions").mkdir(parents=True)
    for path in (*source.glob("*.*"), *source.glob("versions/*.py")):
        (copy / path.relative_to(source)).write_bytes(path.read_bytes())
    config = _config()
    config.set_main_option("script_location", str(copy))
    monkeypatch.setattr("storage.schema._config", lambda: config)
    with database.change_schema() as connection:
        connection.execute(text("ALTER TABLE workspace DROP COLUMN name"))

    make_revision(database, "name the workspace")

    [made] = (copy / "versions").glob("*name_the_workspace.py")
    assert "add_column" in made.read_text()
