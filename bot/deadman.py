"""Says elsewhere that all is well: whoever hears nothing for a while looks here.

Silence is the message, so that it needs nothing of a process that hangs or is gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from urllib.request import Request, urlopen

import structlog

log = structlog.get_logger()

EVERY = 60.0
"""Seconds between two pings; what watches for them usually waits for minutes."""
TIMEOUT = 10.0


class Deadman:
    """Asks one address for an answer, at most once a minute, in a thread of its own."""

    def __init__(
        self,
        url: str,
        *,
        every: float = EVERY,
        timeout: float = TIMEOUT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """The proxy of the environment is used; `url` is a secret and is not logged."""
        self._url, self._every, self._timeout = url, every, timeout
        self._monotonic = monotonic
        self._pinged_at: float | None = None
        self._clean = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deadman", daemon=True)

    def start(self) -> None:
        """Begin to listen for what is clean."""
        self._thread.start()

    def stop(self) -> None:
        """Ping no more. A ping that is under way is left behind."""
        self._stopping.set()
        self._clean.set()

    def all_is_well(self) -> None:
        """Ping soon, unless that was done just now. Returns at once."""
        now = self._monotonic()
        if self._pinged_at is None or now - self._pinged_at >= self._every:
            self._pinged_at = now
            self._clean.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._clean.wait()
            self._clean.clear()
            if not self._stopping.is_set():
                self._ping()

    def _ping(self) -> None:
        try:
            # The scheme was checked where the setting was read.
            asked = Request(self._url, headers={"User-Agent": "baton"})  # noqa: S310
            with urlopen(asked, timeout=self._timeout) as answer:  # noqa: S310
                answer.read(1024)
        except (OSError, HTTPException, ValueError) as error:
            # What is missing there tells whoever watches; Baton itself goes on.
            log.warning("deadman.not_reached", error=type(error).__name__)
