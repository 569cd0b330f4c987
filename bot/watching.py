"""Watches over a running Baton: the auditor, the health pages, the dead man's URL."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bot.actions.alarming import ABOUT_TROUBLE, TellAdministrators
from bot.actions.reminding import ABOUT_DELIVERY
from bot.app import Baton, CannotRun
from bot.deadman import Deadman
from bot.health import HealthPages, Look
from bot.http_server import AddressRefused, HttpServer
from bot.settings import OFF
from scheduler.auditing import Limits
from scheduler.auditor import EVERY, Auditor, Process, Report

THREADS = frozenset({"APScheduler", "dispatcher", "auditor", "http"})
"""Threads without which nothing ticks or is taken in, as far as there are any."""
AUDIT_YOUNG = timedelta(seconds=45)
"""How old the last look of the auditor may be, which is how the database is known."""
HEALTH_THREADS = 2


class Watch:
    """What watches over one Baton, built and not yet started."""

    def __init__(
        self, baton: Baton, *, limits: Limits | None = None, every: float = EVERY
    ) -> None:
        """Raises `CannotRun` where the address of the health pages is taken."""
        self._baton, self._limits = baton, limits or Limits()
        self._stopping = False
        self._began = datetime.now(UTC)
        self._report: Report | None = None
        self._threads: list[threading.Thread] = []
        self.auditor = Auditor(
            store=baton.store,
            alarm=TellAdministrators(),
            process=Process(
                host=socket.gethostname(),
                ticks=lambda: baton.ticker.completed,
                is_connected=baton.door.is_open,
            ),
            hear=self._hear,
            not_counted=ABOUT_DELIVERY | ABOUT_TROUBLE,
            limits=self._limits,
            every=every,
        )
        self.server = self._new_server()
        url = baton.settings.baton_deadman_url
        self.deadman = Deadman(url.get_secret_value()) if url else None

    def start(self) -> None:
        """Begin to watch a Baton that runs."""
        self.auditor.start()
        self._threads = [one for one in threading.enumerate() if one.name in THREADS]
        if self.deadman is not None:
            self.deadman.start()
        if self.server is not None:
            self.server.start()

    def leave(self) -> None:
        """Be ready no more, and look no more, before Baton is stopped."""
        self._stopping = True
        if self.deadman is not None:
            self.deadman.stop()
        self.auditor.stop()

    def close(self) -> None:
        """Answer no more, after Baton was stopped."""
        if self.server is not None:
            self.server.stop(1)

    def alive(self) -> Sequence[Look]:
        """Tell whether the threads live without which nothing happens."""
        dead = sorted(one.name for one in self._threads if not one.is_alive())
        if dead and not self._stopping:
            return [Look(f"threads: {', '.join(dead)} ended", good=False)]
        return [Look("threads")]

    def ready(self) -> Sequence[Look]:
        """Tell whether ticks complete, the database answers, and Slack reaches us."""
        if self._stopping:
            return [Look("stopping", good=False)]
        return [*self._ticks(), self._database(), self._connection()]

    def numbers(self) -> bytes:
        """Return the numbers of this process."""
        self._baton.metrics.ticked(self._baton.ticker.completed)
        return self._baton.metrics.text()

    def _hear(self, report: Report) -> None:
        self._report = report
        self._baton.metrics.audited(report)
        if report.is_clean and self.deadman is not None and not self._stopping:
            self.deadman.all_is_well()

    def _ticks(self) -> Iterator[Look]:
        completed, now = self._baton.ticker.completed, datetime.now(UTC)
        for chore in sorted(self._limits.ticks):
            age = now - completed.get(chore, self._began)
            good = chore in completed and age <= self._limits.tick_within
            never = "" if chore in completed else "never, for "
            seconds = round(age.total_seconds())
            yield Look(f"tick {chore}: completed {never}{seconds} s ago", good=good)

    def _database(self) -> Look:
        report = self._report
        if report is None:
            return Look("database: not looked at yet", good=False)
        if report.failure is not None:
            return Look(f"database: {report.failure}", good=False)
        age = timedelta(seconds=time.monotonic() - report.ended)
        seconds = round(age.total_seconds())
        return Look(f"database: answered {seconds} s ago", good=age <= AUDIT_YOUNG)

    def _connection(self) -> Look:
        is_open = self._baton.door.is_open()
        return Look(
            f"Slack: {'connected' if is_open else 'not connected'}", good=is_open
        )

    def _new_server(self) -> HttpServer | None:
        address = self._baton.settings.baton_health_address
        if address == OFF:
            return None
        pages = HealthPages(self.alive, self.ready, self.numbers)
        try:
            return HttpServer(pages, address, threads=HEALTH_THREADS, name="health")
        except AddressRefused as error:
            raise CannotRun(
                f"BATON_HEALTH_ADDRESS: {error}. Give each Baton on this machine an"
                " address of its own, or off"
            ) from error


@contextmanager
def running(baton: Baton) -> Iterator[Watch]:
    """Run a Baton and watch over it until the end of the block, then stop both."""
    try:
        watch = Watch(baton)
    except BaseException:
        baton.store.database.close()
        raise
    try:
        baton.start()
        watch.start()
        yield watch
    finally:
        watch.leave()
        baton.stop()
        watch.close()
