"""Whether a link is verified: what a probe has shown of one channel, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from bot.actions.verifying import record_probe
from storage.clock import TravellingClock
from storage.database import Database
from storage.errors import NotFound
from storage.records import Link, Verified
from storage.schema import _config, differences, migrate
from storage.sealing import Keyring
from storage.tables import link
from storage.unit import Store
from tests.conftest import T0
from tests.world import OPERATOR, World, build_world

ELSEWHERE = "C0ELSEWHERE"


def probe(store: Store, world: World, channel_id: str, trouble: str | None) -> None:
    """Keep what a probe has shown."""
    with store.act(OPERATOR) as uow:
        record_probe(
            uow=uow,
            by=OPERATOR,
            link_id=world.link_id,
            channel_id=channel_id,
            trouble=trouble,
        )


def look(store: Store, world: World) -> Link:
    """Return the link as it is kept."""
    with store.read() as reading:
        return reading.people.link(world.link_id)


def is_unverifiable(store: Store, channel_id: str) -> bool:
    """Tell what is known of a channel."""
    with store.read() as reading:
        return reading.people.is_unverifiable(channel_id)


def test_of_a_new_link_nothing_is_known(store: Store, world: World) -> None:
    kept = look(store, world)

    assert (kept.known_as, kept.verified_at) == (None, None)
    assert not is_unverifiable(store, world.channel_id)


@pytest.mark.parametrize(
    ("trouble", "known"), [(None, Verified.YES), ("it is not seen", Verified.NO)]
)
def test_what_a_probe_shows_is_kept_with_its_time(
    store: Store, world: World, trouble: str | None, known: Verified
) -> None:
    probe(store, world, world.channel_id, trouble)

    kept = look(store, world)
    assert (kept.known_as, kept.verified_at) == (known, T0)
    assert is_unverifiable(store, world.channel_id) is (known is Verified.NO)


def test_the_last_probe_counts(
    store: Store, world: World, clock: TravellingClock
) -> None:
    probe(store, world, world.channel_id, "it is not seen")
    clock.move(timedelta(hours=1))
    probe(store, world, world.channel_id, None)

    assert look(store, world).known_as is Verified.YES
    assert look(store, world).verified_at == T0 + timedelta(hours=1)
    assert not is_unverifiable(store, world.channel_id)


def test_what_was_shown_of_one_channel_says_nothing_of_another(
    store: Store, world: World
) -> None:
    probe(store, world, ELSEWHERE, "it is not seen")

    assert look(store, world).known_as is None
    assert is_unverifiable(store, ELSEWHERE)
    assert not is_unverifiable(store, world.channel_id)


def test_of_two_links_that_had_a_channel_the_later_probe_counts(
    store: Store, world: World, clock: TravellingClock
) -> None:
    """A link was moved away after a probe, and another one has its channel now."""
    probe(store, world, ELSEWHERE, "it is not seen")
    clock.move(timedelta(days=1))
    second = {
        "id": "link-second",
        "workspace_id": world.workspace_id,
        "practice_id": world.center_id,
        "center_id": world.practice_id,
        "channel_id": ELSEWHERE,
        "active": 1,
        "verified": "yes",
        "verified_at": clock.now(),
        "verified_channel": ELSEWHERE,
    }
    with store.act(OPERATOR) as uow:
        uow.people.put("link", second)
        uow.audit(world.workspace_id, "set up", world.workspace_id)

    assert not is_unverifiable(store, ELSEWHERE)


def test_a_link_that_is_not_there_cannot_be_probed(store: Store, world: World) -> None:
    with pytest.raises(NotFound), store.act(OPERATOR) as uow:
        record_probe(
            uow=uow, by=OPERATOR, link_id="gone", channel_id="C0", trouble=None
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"verified": "yes"},
        {"verified_at": T0},
        {"verified_channel": "C0"},
        {"verified": "maybe", "verified_at": T0, "verified_channel": "C0"},
        {"verified": "yes", "verified_at": T0},
    ],
    ids=str,
)
def test_half_of_what_a_probe_shows_is_refused_by_the_database(
    store: Store, world: World, wrong: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), store.act(OPERATOR) as uow:
        uow.connection.execute(update(link).values(**wrong))


@pytest.fixture
def before(new_database: Callable[..., str], keyring: Keyring) -> Iterator[Store]:
    """Return a database of the revision before, with a link in it."""
    database = Database(new_database(empty=True))
    migrate(database)
    store = Store(database, keyring, TravellingClock())
    build_world(store)
    move_schema(database, command.downgrade, "0002")
    yield store
    database.close()


def move_schema(
    database: Database, move: Callable[[Any, str], None], revision: str
) -> None:
    """Move the schema up or down."""
    with database.change_schema() as connection:
        config = _config()
        config.attributes["connection"] = connection
        move(config, revision)


def test_a_link_from_before_is_kept_and_nothing_is_known_of_it(before: Store) -> None:
    rows_before = rows(before)

    migrate(before.database)

    with before.database.read() as connection:
        assert differences(connection) == []
    assert rows(before) == rows_before
    with before.read() as reading:
        [kept] = reading.people.links()
        assert (kept.known_as, kept.practice_id) == (None, "site-lakeside")


def rows(store: Store) -> list[tuple[str, str, str]]:
    """Return what a link had before too."""
    with store.database.read() as connection:
        found = connection.execute(text("SELECT id, channel_id, center_id FROM link"))
        return [(row[0], row[1], row[2]) for row in found]


def test_what_a_probe_showed_is_an_instant_in_utc(store: Store, world: World) -> None:
    probe(store, world, world.channel_id, None)

    kept = look(store, world).verified_at

    assert isinstance(kept, datetime)
    assert kept.utcoffset() == timedelta()
