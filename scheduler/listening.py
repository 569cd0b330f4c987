"""Wakes the sending of this process by what any process has written."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from storage.database import Database
from storage.errors import DatabaseUnreachable
from storage.waking import listening

log = structlog.get_logger()

LOOK_UP = 0.25
"""Seconds after which a listener looks whether it is to stop."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before a lost connection is opened anew, doubled each time up to the last."""


class Listening:
    """Listens in a thread of its own, as long as it takes to get a connection again."""

    def __init__(self, database: Database, wake: Callable[[], object]) -> None:
        self._database = database
        self._wake = wake
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._listen_until_stopped, name="listening", daemon=True
        )

    def start(self) -> None:
        """Begin to listen, where the database tells anything."""
        if not self._database.is_sqlite:
            self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _listen_until_stopped(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            try:
                with listening(self._database.url) as news:
                    wait = FIRST_WAIT
                    self._hear(news)
            except DatabaseUnreachable:
                # What is pending is looked for all the same, twice a second.
                log.warning("listening.away", again_in=wait)
                self._stopping.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)

    def _hear(self, news: Callable[[float], bool]) -> None:
        # What was written while nobody listened was not told.
        self._wake()
        while not self._stopping.is_set():
            if news(LOOK_UP):
                self._wake()
