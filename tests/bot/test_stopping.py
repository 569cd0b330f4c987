"""Stopping leaves nothing behind: no thread, nothing half done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bot.app import open_store
from storage.errors import KeyMissing, NewerDatabase
from storage.sealing import new_key
from storage.unit import Store
from tests.beside import Beside, start_beside
from tests.bot.acting import ask, opened_page
from tests.conftest import T0
from tests.world import World, new_case


def form_threads() -> set[str]:
    """Return the names of living threads that fill forms."""
    return {one.name for one in threading.enumerate() if one.name.startswith("form")}


@pytest.fixture
def before() -> set[str]:
    """Return the threads that filled forms before this test's own Baton."""
    return form_threads()


def test_no_thread_that_fills_forms_is_left_after_the_stop(
    before: set[str], tmp_path: Path, new_sqlite: Callable[..., str]
) -> None:
    beside = start_beside(tmp_path, at=T0, database_url=new_sqlite())
    ask(beside)
    while_running = form_threads() - before

    beside.stop()

    assert while_running
    assert form_threads() <= before


def test_a_page_that_is_being_filled_is_filled_before_the_database_closes(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread, cast = ask(beside), beside.cast
    begun, read = threading.Event(), beside.baton.store.database.read

    def slow_read() -> Any:
        if threading.current_thread().name.startswith("form"):
            begun.set()
            time.sleep(0.5)
        return read()

    monkeypatch.setattr(beside.baton.store.database, "read", slow_read)
    cast.rivera.click("Show the case", thread.card)
    assert begun.wait(5)

    beside.baton.forms.shutdown()

    assert thread.code in opened_page(beside, cast.rivera, thread.code).text


def test_keys_that_do_not_open_what_is_kept_stop_baton_at_its_start(
    store: Store, world: World
) -> None:
    """Otherwise each notice would fail, one after another, for good."""
    with store.act(world.oncologist) as unit:
        new_case(unit, world)
    url = store.database.url.render_as_string(hide_password=False)

    with pytest.raises(KeyMissing, match="BATON_KEYS: data keys are wrapped by"):
        open_store(url, new_key("other"))


def test_a_newer_database_stops_baton_at_its_start(
    new_database: Callable[..., str],
) -> None:
    url = new_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(NewerDatabase, match="run the newer version"):
        open_store(url, new_key("any"))
