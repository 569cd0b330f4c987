"""PostgreSQL tells other processes of new notices, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy import NullPool, create_engine, text

from storage.database import Database
from storage.errors import DatabaseUnreachable
from storage.unit import Store
from storage.waking import listening
from tests.storage.sending import claim, send, write
from tests.world import OPERATOR, World, a_notice

ON_POSTGRES = pytest.mark.parametrize(
    "new_database",
    [pytest.param("postgres", marks=pytest.mark.postgres)],
    indirect=True,
)
AT_ONCE, SOON = 0.2, 10.0
"""Seconds: for what is not to be heard, and the most for what is."""


@pytest.fixture
def news(database: Database) -> Iterator[Callable[[float], bool]]:
    """Listen as another process does."""
    with listening(database.url) as wait:
        yield wait


@ON_POSTGRES
def test_a_new_notice_is_told_once_it_is_committed_and_not_before(
    world: World, store: Store, news: Callable[[float], bool]
) -> None:
    news(AT_ONCE)

    with store.act(OPERATOR) as unit:
        unit.notices.write([a_notice(world, "one")], at=unit.now)
        unit.finish()
        early = news(AT_ONCE)

    assert not early
    assert news(SOON)
    assert not news(AT_ONCE)


@ON_POSTGRES
def test_what_is_rolled_back_wakes_nobody(
    world: World, store: Store, news: Callable[[float], bool]
) -> None:
    news(AT_ONCE)

    with suppress(ZeroDivisionError), store.act(OPERATOR) as unit:
        unit.notices.write([a_notice(world, "one")], at=unit.now)
        unit.finish()
        raise ZeroDivisionError

    assert not news(AT_ONCE)


@ON_POSTGRES
def test_neither_a_claim_nor_an_end_nor_a_second_writing_wakes_anybody(
    world: World, store: Store, news: Callable[[float], bool]
) -> None:
    write(store, a_notice(world, "one"))
    while news(AT_ONCE):
        pass

    [held] = claim(store)
    send(store, held, "1.1")
    write(store, a_notice(world, "one"))

    assert not news(AT_ONCE)


@ON_POSTGRES
def test_a_connection_that_is_ended_is_an_error_that_has_a_name(
    database: Database,
) -> None:
    def listen() -> None:
        with listening(database.url) as wait:
            end_listeners(database)
            wait(SOON)

    with pytest.raises(DatabaseUnreachable):
        listen()


def test_a_notice_is_written_all_the_same_where_nobody_can_be_told(
    world: World, store: Store
) -> None:
    write(store, a_notice(world, "one"))

    assert len(claim(store)) == 1


def end_listeners(database: Database) -> None:
    """End every connection that listens, as a restart of the server does."""
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN %' AND datname = current_database()"
            )
        )
