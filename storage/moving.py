"""Carries a site from SQLite to PostgreSQL: every row, each looked at afterwards.

Both databases are held for as long as it takes, so nothing is written meanwhile. The
file is closed for good in the end: two databases that both remind would remind twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Row,
    Table,
    create_engine,
    event,
    func,
    select,
    tuple_,
)
from sqlalchemy.pool import NullPool

from storage.database import MOVED, Database
from storage.errors import CannotMove
from storage.schema import current_revision, migrate, newest_revision
from storage.tables import metadata

SLICE = 500
"""Rows that go over in one statement."""


@dataclass(frozen=True)
class Carried:
    """How many rows of a table are in both places, each like the other."""

    table: str
    rows: int


def carry(
    file: Path, to: Database, *, progress: Callable[[Carried], None]
) -> list[Carried]:
    """Carry what a SQLite file keeps into an empty PostgreSQL; all of it or nothing.

    `progress` hears of each table that was copied. Where all of it is there already,
    since an earlier run was cut off at its very end, it is compared and nothing more.
    Raises `CannotMove`, with what to do, before anything was changed.
    """
    if to.is_sqlite:
        raise CannotMove(
            "BATON_DATABASE_URL: names the SQLite file still; set it to the PostgreSQL"
            " that Baton moves to"
        )
    with _held(file) as source:
        _require_newest(source, file)
        to.check()
        migrate(to)
        with to.change_schema() as goal:
            if not _is_empty(goal):
                done = _compare_all(source, goal)
            else:
                _copy_all(source, goal, progress)
                done = _compare_all(source, goal)
        source.exec_driver_sql(f"PRAGMA user_version = {MOVED}")
    return done


@contextmanager
def _held(file: Path) -> Iterator[Connection]:
    """Hold the file alone; commit what was said of it at the end."""
    if not file.is_file():
        raise CannotMove(f"{file}: there is no such file")
    _require_alone(file)
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    event.listen(engine, "connect", _without_begin)
    event.listen(engine, "begin", _begin_alone)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _require_alone(file: Path) -> None:
    # SQLite leaves WAL only for the one connection that there is: where a Baton has
    # the file open, idle or not, it refuses.
    with closing(sqlite3.connect(file, timeout=1)) as connection:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.DatabaseError as error:
            raise CannotMove(
                f"{file}: {error}. Stop every Baton and every backup that has it open."
                " Nothing was changed"
            ) from error
    if mode != "delete":
        raise CannotMove(
            f"{file}: something has it open. Stop every Baton and every backup."
            " Nothing was changed"
        )


def _without_begin(dbapi: Any, _record: object) -> None:
    dbapi.isolation_level = None


def _begin_alone(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN EXCLUSIVE")


def _require_newest(source: Connection, file: Path) -> None:
    stands_at = current_revision(source)
    if stands_at != newest_revision():
        raise CannotMove(
            f"{file}: stands at revision {stands_at}, this Baton at"
            f" {newest_revision()}. Start this Baton on the file once, stop it, and"
            " move then"
        )


def _is_empty(goal: Connection) -> bool:
    return not any(
        goal.execute(select(*table.primary_key).limit(1)).first()
        for table in metadata.sorted_tables
    )


def _copy_all(
    source: Connection, goal: Connection, progress: Callable[[Carried], None]
) -> None:
    for table in metadata.sorted_tables:
        copied = sum(_copy_slice(goal, table, rows) for rows in _slices(source, table))
        _link_rows(source, goal, table)
        _go_on_counting(goal, table)
        progress(Carried(table.name, copied))


def _slices(source: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    query = select(table).order_by(*table.primary_key)
    found = source.execution_options(yield_per=SLICE).execute(query)
    yield from found.partitions(SLICE)


def _copy_slice(goal: Connection, table: Table, rows: Sequence[Row[Any]]) -> int:
    later = {one.name: None for one in _of_itself(table)}
    goal.execute(table.insert(), [dict(one._mapping) | later for one in rows])
    return len(rows)


def _of_itself(table: Table) -> list[Column[Any]]:
    """Return the columns by which a row names another of its own table."""
    return [one.parent for one in table.foreign_keys if one.column.table is table]


def _link_rows(source: Connection, goal: Connection, table: Table) -> None:
    # When all rows are there, whichever was first.
    for column in _of_itself(table):
        [key] = table.primary_key
        query = select(key, column).where(column.is_not(None))
        for one, other in source.execute(query):
            goal.execute(table.update().where(key == one).values({column.name: other}))


def _go_on_counting(goal: Connection, table: Table) -> None:
    counted = table.autoincrement_column
    if counted is None:
        return
    name = select(func.pg_get_serial_sequence(table.name, counted.name))
    highest = goal.execute(select(func.max(counted))).scalar_one()
    if highest is not None:
        sequence = goal.execute(name).scalar_one()
        goal.execute(select(func.setval(sequence, highest)))


def _compare_all(source: Connection, goal: Connection) -> list[Carried]:
    return [_compare(source, goal, table) for table in metadata.sorted_tables]


def _compare(source: Connection, goal: Connection, table: Table) -> Carried:
    """Look at every row of both. Raises `CannotMove` at the first that differs."""
    key = tuple_(*table.primary_key)
    count = 0
    for rows in _slices(source, table):
        keys = [tuple(_key_of(table, one)) for one in rows]
        found = goal.execute(select(table).where(key.in_(keys)))
        there = {tuple(_key_of(table, one)): tuple(one) for one in found}
        for one, its in zip(rows, keys, strict=True):
            if there.get(its) != tuple(one):
                raise _differs(table)
        count += len(rows)
    if goal.execute(select(func.count()).select_from(table)).scalar_one() != count:
        raise _differs(table)
    return Carried(table.name, count)


def _key_of(table: Table, row: Row[Any]) -> Iterator[Any]:
    return (row._mapping[one.name] for one in table.primary_key)


def _differs(table: Table) -> CannotMove:
    return CannotMove(
        f"BATON_DATABASE_URL: what stands in '{table.name}' there is not what the file"
        " has. Move into an empty database. Nothing was changed"
    )
