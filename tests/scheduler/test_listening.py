"""What one process writes goes out by another at once, where the database tells it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from scheduler.listening import Listening
from scheduler.pulse import Pulse
from scheduler.sending import Sending
from storage.database import Database
from storage.unit import Store
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import Office
from tests.scheduler.test_ticker import all_sent, wait_for
from tests.storage.test_waking import ON_POSTGRES, end_listeners

SELDOM = Pulse(reminders=60, dispatch=60, reconcile=60, tidy=60)
"""So seldom that only what was heard explains what is sent."""


@pytest.fixture
def elsewhere(office: Office) -> Iterator[Sending]:
    """Send in what is another process as far as the database can tell."""
    url = office.store.database.url.render_as_string(hide_password=False)
    database = Database(url)
    store = Store(database, office.store.keyring, office.store.clock)
    mine, office.store = office.store, store
    sending = Sending(office.new_delivery("elsewhere"), SELDOM)
    office.store = mine
    sending.start()
    yield sending
    sending.stop()
    database.close()


@ON_POSTGRES
def test_what_is_written_here_goes_out_there_long_before_the_poll(
    office: Office, elsewhere: Sending
) -> None:
    began = time.monotonic()

    # The first may be found as the listening begins; each further one is heard of.
    posted = []
    for n in range(4):
        posted.append(office.post(f"{n}"))
        wait_for(all_sent(office), seconds=20)

    assert time.monotonic() - began < SELDOM.dispatch / 2
    assert [len(office.posts_of(one.id)) for one in posted] == [1, 1, 1, 1]


@ON_POSTGRES
def test_a_listener_whose_connection_ends_listens_again(
    office: Office, elsewhere: Sending
) -> None:
    office.post("before")
    wait_for(all_sent(office))

    end_listeners(office.store.database)
    office.post("while nobody listens")
    wait_for(all_sent(office), seconds=20)
    office.post("after")
    wait_for(all_sent(office), seconds=20)


@ON_POSTGRES
def test_who_begins_while_the_database_is_away_goes_on_trying_and_can_be_stopped(
    database: Database,
) -> None:
    gone = Database(
        database.url.set(database="nowhere").render_as_string(hide_password=False)
    )
    woken: list[None] = []
    listening = Listening(gone, lambda: woken.append(None))

    listening.start()
    time.sleep(0.1)
    listening.stop()

    assert woken == []


@ON_SQLITE
def test_on_sqlite_there_is_nothing_to_listen_to(database: Database) -> None:
    listening = Listening(database, lambda: None)

    listening.start()

    assert not listening._thread.is_alive()
    listening.stop()
