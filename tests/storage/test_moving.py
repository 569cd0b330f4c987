"""A site moves from a SQLite file to PostgreSQL: all of it or nothing, and for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, make_url, select, update

from care.milestone import Milestone, Result, Step
from storage import moving
from storage.actors import Operator
from storage.audit import verify
from storage.clock import TravellingClock
from storage.database import Database
from storage.errors import CannotMove, DatabaseMoved
from storage.moving import Carried, carry
from storage.sealing import Keyring
from storage.tables import metadata, milestone, notice
from storage.unit import Store
from tests.bot.planning_store import Planned, planned
from tests.courses import a_course, recorded
from tests.storage.sending import claim, look, send, write
from tests.world import a_notice, build_world

pytestmark = pytest.mark.postgres
BY = Operator("tests")


@pytest.fixture
def file(new_sqlite: Callable[..., str]) -> Path:
    """Return the file of a site that is to move."""
    return Path(make_url(new_sqlite()).database or "")


@pytest.fixture
def site(file: Path, keyring: Keyring, clock: TravellingClock) -> Iterator[Planned]:
    """Return a patient at home with a plan, kept in the file, and notices."""
    database = Database(f"sqlite:///{file}")
    store = Store(database, keyring, clock)
    world = build_world(store)
    there = planned(store, clock, world)
    there.pass_to(date(2026, 12, 3))
    write(store, *(a_notice(world, f"n{number}") for number in range(3)))
    [held] = claim(store, most=1)
    send(store, held, "1700000000.000100")
    yield there
    database.close()


@pytest.fixture
def goal(new_postgres: Callable[..., str]) -> Iterator[Database]:
    """Return an empty PostgreSQL."""
    database = Database(new_postgres(empty=True))
    yield database
    database.close()


def nothing(_one: Carried) -> None:
    """Hear of a table and say nothing."""


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Return all that a database keeps."""
    with database.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def test_every_row_is_there_and_the_chain_and_the_keys_hold(
    file: Path, site: Planned, goal: Database, keyring: Keyring
) -> None:
    before = rows_of(site.store.database)
    site.store.database.close()
    heard: list[Carried] = []

    done = carry(file, goal, progress=heard.append)

    assert rows_of(goal) == before
    assert heard == done
    assert {one.table: one.rows for one in done} == {
        name: len(rows) for name, rows in before.items()
    }
    moved = Store(goal, keyring, site.clock)
    with moved.read() as reading:
        [workspace] = reading.people.workspaces()
        assert verify(reading.connection, workspace.id) == len(before["audit"])
        assert reading.cases.case(site.plan.case_id).summary is not None


def test_there_life_goes_on_where_it_stopped(
    file: Path, site: Planned, goal: Database, keyring: Keyring
) -> None:
    world = site.world
    site.store.database.close()

    carry(file, goal, progress=nothing)

    moved = Planned(Store(goal, keyring, site.clock), site.clock, world, site.plan)
    moved.pass_to(date(2026, 12, 20))
    assert moved.items()
    write(moved.store, a_notice(world, "after"))
    with moved.store.read() as reading:
        order = select(notice.c.id).order_by(notice.c.seq.desc()).limit(1)
        newest = reading.connection.execute(order).scalar_one()
    assert look(moved.store, newest).state == "pending"


def test_a_row_may_name_another_of_its_table_that_comes_later(
    file: Path, site: Planned, goal: Database
) -> None:
    first, last = "m1", "m2"
    with site.store.act(BY) as unit:
        course = a_course(unit, site.world)
        for position, one in enumerate((first, last), start=1):
            step = Milestone(one, Step.CONSULT, Result.HAPPENED, date(2026, 11, 21))
            unit.courses.record(recorded(course, step, position))
        unit.audit(site.world.workspace_id, "milestones recorded", course.id)
    site.store.database.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE milestone SET corrects = ? WHERE id = ?", (last, first)
        )

    carry(file, goal, progress=nothing)

    with goal.read() as there:
        query = select(milestone.c.corrects).where(milestone.c.id == first)
        assert there.execute(query).scalar_one() == last


def test_the_file_takes_nothing_any_more(
    file: Path, site: Planned, goal: Database
) -> None:
    site.store.database.close()

    carry(file, goal, progress=nothing)

    again = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseMoved, match="set it to the PostgreSQL"):
        again.check()
    again.close()


def test_while_a_baton_has_the_file_open_nothing_is_moved(
    file: Path, site: Planned, goal: Database
) -> None:
    with pytest.raises(CannotMove, match="Stop every Baton"):
        carry(file, goal, progress=nothing)

    site.store.database.check()
    with goal.read() as connection:
        assert not inspect(connection).get_table_names()


def test_cut_off_between_the_two_commits_it_is_compared_and_closed(
    file: Path, site: Planned, goal: Database
) -> None:
    site.store.database.close()
    carry(file, goal, progress=nothing)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 0")

    done = carry(file, goal, progress=nothing)

    assert sum(one.rows for one in done) > 0
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_goal_that_has_gone_on_is_left_alone_and_so_is_the_file(
    file: Path, site: Planned, goal: Database, keyring: Keyring
) -> None:
    site.store.database.close()
    carry(file, goal, progress=nothing)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 0")
    moved = Store(goal, keyring, site.clock)
    with moved.act(BY) as unit:
        unit.audit(site.world.workspace_id, "something", "later")
    there = rows_of(goal)

    with pytest.raises(CannotMove, match="Move into an empty database"):
        carry(file, goal, progress=nothing)

    assert rows_of(goal) == there
    Database(f"sqlite:///{file}").check()


def test_one_changed_value_is_found(
    file: Path, site: Planned, goal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.store.database.close()
    copy_all = moving._copy_all

    def copy_and_spoil(
        source: Connection, into: Connection, progress: Callable[[Carried], None]
    ) -> None:
        copy_all(source, into, progress)
        into.execute(update(notice).values(view="card"))

    monkeypatch.setattr(moving, "_copy_all", copy_and_spoil)

    with pytest.raises(CannotMove, match="'notice'"):
        carry(file, goal, progress=nothing)

    assert not any(rows_of(goal).values())
    Database(f"sqlite:///{file}").check()


def test_a_file_of_another_version_and_no_file_are_refused(
    file: Path, site: Planned, goal: Database, tmp_path: Path
) -> None:
    site.store.database.close()
    with pytest.raises(CannotMove, match="there is no such file"):
        carry(tmp_path / "none.sqlite", goal, progress=nothing)
    with pytest.raises(CannotMove, match="names the SQLite file still"):
        carry(file, Database(f"sqlite:///{file}"), progress=nothing)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")

    with pytest.raises(CannotMove, match="Start this Baton on the file once"):
        carry(file, goal, progress=nothing)
