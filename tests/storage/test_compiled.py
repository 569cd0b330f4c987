"""A statement is compiled once a process, for every engine of its database's kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Select, make_url, select

from storage.compiled import CompiledStatements
from storage.database import Database
from storage.tables import inbound
from tests.conftest import T0

ONLY_INBOUND = frozenset({"inbound"})


def said(number: int) -> Select[tuple[str]]:
    """Return a statement that no other test executes."""
    columns = [inbound.c.key.label(f"only_here_{number}")]
    return select(*columns).where(inbound.c.claimed_at <= T0)


def compiled(connection: Connection, statement: Select[tuple[str]]) -> object:
    """Execute a statement, and return what was executed."""
    return connection.execute(statement).context.compiled


def test_what_the_door_for_reading_compiled_the_one_for_writing_uses(
    database: Database,
) -> None:
    with database.read() as connection:
        first = compiled(connection, said(1))
    with database.write(ONLY_INBOUND) as connection:
        second = compiled(connection, said(1))

    assert first is second


def test_another_database_of_the_kind_uses_it_too(
    new_database: Callable[..., str],
) -> None:
    found = []
    for url in (new_database(), new_database()):
        opened = Database(url)
        with opened.read() as connection:
            found.append(compiled(connection, said(2)))
        opened.close()

    assert found[0] is found[1]


def test_sqlite_and_postgresql_each_have_their_own(
    new_sqlite: Callable[..., str], new_postgres: Callable[..., str]
) -> None:
    found = []
    for url in (new_sqlite(), new_postgres()):
        opened = Database(url)
        with opened.read() as connection:
            found.append(str(compiled(connection, said(3))))
        opened.close()

    assert "claimed_at <= ?" in found[0]
    assert "claimed_at <= %(" in found[1]


@pytest.mark.parametrize(
    "url", ["sqlite://", "postgresql+psycopg://"], ids=["another kind", "a version"]
)
def test_what_is_spoken_otherwise_is_compiled_anew(url: str) -> None:
    kept = CompiledStatements(10)
    spoken = make_url("postgresql+psycopg://").get_dialect()()
    other = make_url(url).get_dialect()()
    spoken.server_version_info = (18, 4)
    what = said(4).compile(dialect=spoken)

    kept[spoken, "the statement"] = what

    assert kept[spoken, "the statement"] is what
    assert kept.get((other, "the statement")) is None
