"""Ways in which a database really fails, and comes back."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import NullPool, create_engine, make_url, text

from tests.beside import Beside


def path_of(beside: Beside) -> str:
    """Return the file of a Baton on SQLite."""
    found = beside.baton.store.database.url.database
    assert found
    return found


@contextmanager
def without_table(beside: Beside, name: str = "identity") -> Iterator[None]:
    """Take a table away from a Baton on SQLite: whatever needs it fails."""
    _alter(beside, f"ALTER TABLE {name} RENAME TO {name}_away")
    try:
        yield
    finally:
        _alter(beside, f"ALTER TABLE {name}_away RENAME TO {name}")


@contextmanager
def write_locked(beside: Beside) -> Iterator[None]:
    """Hold the write lock of a Baton on SQLite, as a long backup would."""
    with closing(sqlite3.connect(path_of(beside), isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            db.execute("ROLLBACK")


@contextmanager
def slow_reads(beside: Beside, release: threading.Event) -> Iterator[None]:
    """Keep PostgreSQL from reading who is who until `release` is set."""
    engine = create_engine(beside.baton.store.database.url, poolclass=NullPool)
    held = threading.Event()

    def hold() -> None:
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE identity IN ACCESS EXCLUSIVE MODE"))
            held.set()
            release.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        yield
    finally:
        release.set()
        holder.join()


@contextmanager
def server_away(beside: Beside) -> Iterator[None]:
    """Let PostgreSQL end every session of this database and refuse new ones."""
    url = beside.baton.store.database.url
    _administer(beside, f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
    _administer(
        beside,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name",
        name=url.database,
    )
    try:
        yield
    finally:
        _administer(beside, f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")


def _alter(beside: Beside, statement: str) -> None:
    with closing(sqlite3.connect(path_of(beside), timeout=10)) as db, db:
        db.execute(statement)


def _administer(beside: Beside, statement: str, **words: str | None) -> None:
    url = make_url(beside.settings.baton_database_url).set(database="postgres")
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement), words)
