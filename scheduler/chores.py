"""Chores that come back at intervals. One that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger()


class Chores:
    """Runs chores, each alone, and knows when each last ran to its end."""

    def __init__(self, told: Callable[[str], object] = lambda _name: None) -> None:
        self.completed: dict[str, datetime] = {}
        """When each chore last ran to its end, by the host's clock."""
        self._told = told
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": None,
            },
        )

    def every(
        self,
        seconds: float,
        name: str,
        chore: Callable[[], object],
        *,
        first_after: float = 0,
    ) -> None:
        """Run a chore at an interval, from the start on or a while after."""
        self._scheduler.add_job(
            self.guarded,
            "interval",
            seconds=seconds,
            args=(name, chore),
            id=name,
            next_run_time=datetime.now(UTC) + timedelta(seconds=first_after),
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Begin none any more, and wait for the end of those that run."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def guarded(self, name: str, chore: Callable[[], object]) -> None:
        """Run a chore once, and note that it ran to its end."""
        try:
            chore()
        except Exception:
            # A process edge: one failed tick, such as a database that is away
            # for a moment, must not end the ticking.
            log.exception("tick.failed", chore=name)
        else:
            self.completed[name] = datetime.now(UTC)
            self._told(name)
