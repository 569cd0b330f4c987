"""APScheduler ticks. What is due and what is pending stands in our own tables."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from scheduler.delivery import Delivery
from scheduler.reconcile import Reconciler
from scheduler.reminders import DueReminders
from storage.actors import System
from storage.records import Notice
from storage.unit import Store

log = structlog.get_logger()

KEEP_INBOUND = timedelta(hours=24)
"""How long a duplicate of something that came in is known as one."""


@dataclass(frozen=True)
class Pulse:
    """How often each chore runs when nothing wakes it (seconds)."""

    reminders: float = 1.0
    dispatch: float = 0.5
    reconcile: float = 5.0
    tidy: float = 600.0
    senders: int = 8


class Ticker:
    """Runs the chores of time until it is stopped."""

    def __init__(
        self,
        *,
        store: Store,
        reminders: DueReminders,
        delivery: Delivery,
        pulse: Pulse | None = None,
    ) -> None:
        self._store = store
        self._reminders = reminders
        self._delivery = delivery
        self._reconciler = Reconciler(delivery)
        self._pulse = pulse or Pulse()
        self._free = threading.Semaphore(self._pulse.senders)
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._senders = ThreadPoolExecutor(
            self._pulse.senders, thread_name_prefix="sender"
        )
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": None,
            },
        )
        self._dispatcher = threading.Thread(
            target=self._dispatch_until_stopped, name="dispatcher", daemon=True
        )
        self.completed: dict[str, datetime] = {}
        """When each chore last ran to its end, by the host's clock."""

    def start(self) -> None:
        """Begin to tick."""
        chores = {
            "reminders": (self._handle_reminders, self._pulse.reminders),
            "dispatch": (self.wake, self._pulse.dispatch),
            "reconcile": (self._reconcile, self._pulse.reconcile),
            "tidy": (self._tidy, self._pulse.tidy),
        }
        for name, (chore, seconds) in chores.items():
            self._scheduler.add_job(
                self._guarded,
                "interval",
                seconds=seconds,
                args=(name, chore),
                id=name,
                next_run_time=datetime.now(UTC),
            )
        self._dispatcher.start()
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking, and let what is being sent come to its end."""
        self._stopping.set()
        self._woken.set()
        self._scheduler.shutdown(wait=True)
        self._dispatcher.join()
        self._senders.shutdown(wait=True)

    def wake(self) -> None:
        """Send what is pending now, without waiting for the next tick."""
        self._woken.set()

    def _guarded(self, name: str, chore: Callable[[], object]) -> None:
        try:
            chore()
        except Exception:
            # A process edge: one failed tick, such as a database that is away
            # for a moment, must not end the ticking.
            log.exception("tick.failed", chore=name)
        else:
            self.completed[name] = datetime.now(UTC)

    def _handle_reminders(self) -> None:
        if self._reminders.handle_all():
            self.wake()

    def _reconcile(self) -> None:
        if self._reconciler.look_all():
            self.wake()

    def _tidy(self) -> None:
        with self._store.act(System("tidy")) as uow:
            uow.drafts.drop_old(uow.now)
            uow.inbound.drop_before(uow.now - KEEP_INBOUND)

    def _dispatch_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait()
            self._woken.clear()
            if not self._stopping.is_set():
                self._guarded("delivery", self._dispatch)

    def _dispatch(self) -> None:
        places = self._acquire_all()
        try:
            batch = self._delivery.claim(places) if places else []
        except BaseException:
            self._release(places)
            raise
        self._release(places - len(batch))
        for held, safe_until in batch:
            self._senders.submit(self._deliver, held, safe_until)

    def _deliver(self, held: Notice, safe_until: float) -> None:
        try:
            self._guarded("sending", lambda: self._delivery.deliver(held, safe_until))
        finally:
            self._release(1)
            self.wake()

    def _acquire_all(self) -> int:
        places = 0
        while places < self._pulse.senders and self._free.acquire(blocking=False):
            places += 1
        return places

    def _release(self, places: int) -> None:
        if places:
            self._free.release(places)
