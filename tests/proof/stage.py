"""A migrated database with a small world in it, used by one history after another."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from storage.schema import migrate
from storage.sealing import Keyring, new_key
from storage.unit import Store
from tests.proof.clockwork import Clockwork, seeded
from tests.proof.facts import History
from tests.proof.virtual import CareClock, VirtualDatabase
from tests.world import build_world

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, where there is one
EMPTY = """
BEGIN;
DELETE FROM notice;
DELETE FROM pace;
DELETE FROM reminder;
DELETE FROM inbound;
UPDATE identity SET dm_channel = NULL;
COMMIT;
"""


@dataclass(frozen=True)
class Stage:
    """What every history of a run shares."""

    database: VirtualDatabase
    keyring: Keyring

    def clear(self) -> None:
        """Forget the last history, so that the next begins as the first one did."""
        self.database.raw.executescript(EMPTY)


@contextmanager
def open_stage() -> Iterator[Stage]:
    """Open a stage; its file is in memory where the machine has such a place."""
    folder = Path(
        tempfile.mkdtemp(prefix="proof-", dir=MEMORY if MEMORY.is_dir() else None)
    )
    try:
        with _silence():
            database = VirtualDatabase(f"sqlite:///{folder / 'baton.sqlite'}")
            keyring = Keyring.parse(new_key("proof"))
            clock = Clockwork(seeded(0))
            database.begin(clock, History())
            migrate(database)
            build_world(Store(database, keyring, CareClock(clock)))
            yield Stage(database, keyring)
            database.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _silence() -> Iterator[None]:
    """Log nothing: a history is its own log."""
    before = structlog.get_config()
    structlog.configure(processors=[_drop], cache_logger_on_first_use=False)
    client = logging.getLogger("slack_sdk")
    level = client.level
    client.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        client.setLevel(level)
        structlog.configure(**before)


def _drop(_logger: object, _name: str, _event: object) -> str:
    raise structlog.DropEvent
