"""PostgreSQL tells every process that sends when something is to be sent.

It is told by the transaction that writes, so that nobody wakes for what is not
committed. Who hears nothing, because a connection is away, looks by themselves.
SQLite has no such thing: one machine, and its processes wake each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, NullPool, create_engine, func, select
from sqlalchemy.exc import DatabaseError

from storage.errors import DatabaseUnreachable

CHANNEL = "baton"
KEPT_ALIVE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""A listener says nothing for hours: only so does it see that the other end is gone."""


def announce(connection: Connection) -> None:
    """Have every listening process wake once this transaction is committed.

    Told twice in a transaction, it is heard once. It carries no content.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(CHANNEL, "")))


@contextmanager
def listening(url: URL) -> Iterator[Callable[[float], bool]]:
    """Listen on a connection of its own: what is given waits for news, so long.

    It tells whether there was any. Raises `DatabaseUnreachable` as soon as the
    connection is gone.
    """
    engine = create_engine(
        url,
        poolclass=NullPool,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args=KEPT_ALIVE,
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            yield _wait_on(connection.connection.driver_connection)
    except (DatabaseError, psycopg.Error) as error:
        raise DatabaseUnreachable("the connection that listens is gone") from error


def _wait_on(raw: Any) -> Callable[[float], bool]:
    def wait(seconds: float) -> bool:
        heard = list(raw.notifies(timeout=seconds, stop_after=1))
        return bool(heard)

    return wait
