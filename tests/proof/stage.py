"""A migrated database with a small world in it, used by one history after another."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.settings import Settings
from storage.schema import migrate
from storage.sealing import Keyring, new_key
from storage.unit import Store
from tests.proof.clockwork import Clockwork
from tests.proof.engine import CareClock, VirtualDatabase
from tests.proof.facts import History
from tests.world import build_world

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, where there is one
EMPTIED = ("notice", "pace", "reminder", "inbound")


@dataclass(frozen=True)
class Stage:
    """What every history of a run shares."""

    database: VirtualDatabase
    keyring: Keyring
    settings: Settings

    def clear(self) -> None:
        """Forget the last history, so that the next begins as the first one did."""
        statements = [f"DELETE FROM {table};" for table in EMPTIED]  # noqa: S608 - ours
        self.database.raw.executescript(
            f"BEGIN; {' '.join(statements)}"
            " UPDATE identity SET dm_channel = NULL; COMMIT;"
        )


@contextmanager
def open_stage() -> Iterator[Stage]:
    """Open a stage; its file is in memory where the machine has such a place."""
    folder = Path(
        tempfile.mkdtemp(prefix="proof-", dir=MEMORY if MEMORY.is_dir() else None)
    )
    key = new_key("proof")
    try:
        with _silence():
            database = VirtualDatabase(f"sqlite:///{folder / 'baton.sqlite'}")
            keyring = Keyring.parse(key)
            clock = Clockwork(random.Random(0))
            database.begin(clock, History())
            migrate(database)
            build_world(Store(database, keyring, CareClock(clock)))
            yield Stage(database, keyring, _settings(key))
            database.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(key: str) -> Settings:
    return Settings(
        _env_file=None,
        slack_bot_token="xoxb-proof",
        slack_app_token="xapp-proof",
        slack_api_url="http://slack.invalid/api/",
        baton_keys=key,
    )


@contextmanager
def _silence() -> Iterator[None]:
    """Log nothing: a history is its own log."""
    before = structlog.get_config()
    structlog.configure(processors=[_drop], cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)


def _drop(_logger: object, _name: str, _event: object) -> str:
    raise structlog.DropEvent
