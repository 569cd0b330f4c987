"""One database, SQLite or PostgreSQL, with a door for writing and one for reading.

Writing goes through `Database.write`, which opens one transaction for named
tables. A write to any other table, or by any other way, raises `SideDoor`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import (
    Connection,
    Delete,
    Engine,
    Insert,
    TextClause,
    Update,
    create_engine,
    event,
    make_url,
    select,
    text,
)
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool
from sqlalchemy.sql.functions import func

from storage.errors import (
    DatabaseBusy,
    DatabaseMoved,
    DatabaseUnreachable,
    SideDoor,
)

BUSY_SECONDS = 30
ONE_AT_A_TIME = 7_402_611_993
"""Key of the advisory lock under which PostgreSQL lets one process migrate."""
OPEN_TABLES = "open_tables"
WRITTEN = "written_tables"
BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
MOVED = 1
"""The `user_version` of a SQLite file that was carried to PostgreSQL."""


class Database:
    """A database that is written in short transactions and read beside them."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        # SQLite has one writer at a time: waiting here is fair, its own lock is not.
        self._turn = threading.Lock() if self.is_sqlite else nullcontext()
        self._this_thread = threading.local()
        self._writer = self._engine(read_only=False)
        self._reader = self._engine(read_only=True)
        event.listen(self._writer, "before_execute", _guard_door)
        event.listen(self._writer, "before_cursor_execute", _guard_driver)

    @contextmanager
    def write(self, tables: frozenset[str]) -> Iterator[Connection]:
        """Open one transaction that may write `tables`; commit at the end.

        Whatever is raised inside rolls it back. What was written is recorded in
        `connection.info["written_tables"]`. Raises `SideDoor` in a thread that has
        a transaction open already: the two would not be committed together.
        """
        if getattr(self._this_thread, "writes", False):
            raise SideDoor("an action was begun within another")
        self._this_thread.writes = True
        try:
            with self._turn, self._transaction(tables) as connection:
                yield connection
        finally:
            self._this_thread.writes = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection that can only read."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def change_schema(self) -> Iterator[Connection]:
        """Open one transaction that may change the tables; processes take turns.

        Raises `DatabaseBusy` where another holds on to it for too long.
        """
        engine = create_engine(
            self.url,
            poolclass=NullPool,
            connect_args={"timeout": BUSY_SECONDS} if self.is_sqlite else {},
        )
        if self.is_sqlite:
            event.listen(engine, "connect", _sqlite_changer)
            event.listen(engine, "begin", _begin_now)
        try:
            with engine.begin() as connection:
                if not self.is_sqlite:
                    _take_turn(connection)
                yield connection
        except OperationalError as error:
            if not _is_busy(error):
                raise
            raise DatabaseBusy(
                f"BATON_DATABASE_URL: {self._place} has been held by another process"
                f" for {BUSY_SECONDS} s. Nothing was changed. Look for a Baton or"
                " a backup that stands still, end it, and start again"
            ) from error

    def lease_now(self, connection: Connection) -> datetime:
        """Return the lease clock: the database's own time, or this host's on SQLite."""
        if self.is_sqlite:
            return datetime.now(UTC)
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)

    def check(self) -> None:
        """Raise an error that says what to do unless the database can be used.

        `DatabaseUnreachable` where it does not answer, `DatabaseMoved` where it was
        carried elsewhere.
        """
        try:
            with self.read() as connection:
                connection.execute(text("SELECT 1"))
                moved = self.is_sqlite and _user_version(connection) == MOVED
        except (DatabaseError, sqlite3.DatabaseError) as error:
            raise DatabaseUnreachable(
                f"BATON_DATABASE_URL: {self._place} does not answer:"
                f" {_first_line(error)}"
            ) from error
        if moved:
            raise DatabaseMoved(
                f"BATON_DATABASE_URL: {self._place} was moved to PostgreSQL and takes"
                " nothing any more: set it to the PostgreSQL"
            )

    def close(self) -> None:
        """Give every connection back."""
        self._writer.dispose()
        self._reader.dispose()

    @property
    def _place(self) -> str:
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def _transaction(self, tables: frozenset[str]) -> Iterator[Connection]:
        with self._writer.connect() as connection:
            connection.info[OPEN_TABLES] = tables
            connection.info[WRITTEN] = set()
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.info.pop(OPEN_TABLES, None)

    def _engine(self, *, read_only: bool) -> Engine:
        if not self.is_sqlite:
            return _postgres(self.url.render_as_string(hide_password=False), read_only)
        engine = create_engine(
            self.url,
            poolclass=QueuePool,
            connect_args={"timeout": BUSY_SECONDS},
            hide_parameters=True,
        )
        event.listen(engine, "connect", _sqlite_reader if read_only else _sqlite_writer)
        event.listen(engine, "begin", _begin_deferred if read_only else _begin_now)
        return engine


def _postgres(url: str, read_only: bool) -> Engine:  # noqa: FBT001 - private, two callers
    options = "-c timezone=UTC -c idle_in_transaction_session_timeout=60s"
    if read_only:
        options += " -c default_transaction_read_only=on"
    return create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": options, "connect_timeout": 10},
        isolation_level="READ COMMITTED",
    )


def _sqlite_reader(dbapi: Any, _record: object) -> None:
    _pragmas(dbapi, "query_only = ON")


def _sqlite_writer(dbapi: Any, _record: object) -> None:
    _pragmas(dbapi, "synchronous = FULL", "secure_delete = ON")


def _sqlite_changer(dbapi: Any, _record: object) -> None:
    # A table that is made anew is dropped first, and with its keys on, SQLite would
    # take the rows that refer to it along.
    _pragmas(dbapi, "synchronous = FULL", "foreign_keys = OFF")


def _pragmas(dbapi: Any, *more: str) -> None:
    # SQLAlchemy begins each transaction itself, see `_begin_now`.
    dbapi.isolation_level = None
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", *more):
        dbapi.execute(f"PRAGMA {pragma}")


def _take_turn(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
    connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))


def _is_busy(error: OperationalError) -> bool:
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode == sqlite3.SQLITE_BUSY
    return isinstance(cause, LockNotAvailable)


def _begin_now(connection: Connection) -> None:
    # A transaction that will write takes the write lock at once; one that began
    # as a reader could not be upgraded while another writes.
    connection.exec_driver_sql(BEGIN_TO_WRITE)


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _guard_door(
    connection: Connection,
    statement: object,
    _many: object,
    _params: object,
    _options: object,
) -> None:
    if isinstance(statement, Insert | Update | Delete):
        name = getattr(statement.table, "name", "")
        if name not in connection.info.get(OPEN_TABLES, frozenset()):
            raise SideDoor(f"'{name}' is written only by an action's unit of work")
        connection.info[WRITTEN].add(name)
    elif isinstance(statement, TextClause) or not getattr(
        statement, "is_select", False
    ):
        raise SideDoor("the writer takes no statement but select, insert, update")


def _guard_driver(
    _connection: Connection,
    _cursor: object,
    statement: str,
    _params: object,
    context: ExecutionContext | None,
    _many: object,
) -> None:
    # What SQLAlchemy did not compile came as text for the driver; our own `BEGIN`
    # is the only such text.
    compiled = getattr(context, "compiled", None)
    if compiled is None and statement != BEGIN_TO_WRITE:
        raise SideDoor("the writer takes no statement but select, insert, update")


def _user_version(connection: Connection) -> int:
    found: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return found


def _first_line(error: DatabaseError | sqlite3.DatabaseError) -> str:
    cause = error.orig if isinstance(error, DatabaseError) else error
    return str(cause).strip().splitlines()[0]
