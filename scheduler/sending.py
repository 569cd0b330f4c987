"""Sends what is pending, and looks for what is unknown, in threads of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Protocol

from scheduler.chores import Chores
from scheduler.delivery import Delivery
from scheduler.listening import Listening
from scheduler.pulse import Pulse
from scheduler.reconcile import Reconciler
from scheduler.sweep import Sweeper
from storage.records import Notice

FIRST_SWEEP = 300.0
"""Seconds after the start: not while everything else begins, and before the hour."""


class Sends(Protocol):
    """Sends notices: here, or in a process of its own."""

    @property
    def completed(self) -> Mapping[str, datetime]:
        """When each of its chores last ran to its end, by the host's clock."""
        ...

    def start(self) -> None:
        """Begin to send."""
        ...

    def stop(self, within: float) -> None:
        """Send nothing new, and let what is being sent come to its end."""
        ...

    def wake(self) -> None:
        """Send what is pending now, without waiting for the next tick."""
        ...


class Sending:
    """Dispatches what is pending to threads that each say one notice at a time."""

    def __init__(
        self,
        delivery: Delivery,
        pulse: Pulse | None = None,
        told: Callable[[str], object] = lambda _name: None,
    ) -> None:
        self._delivery = delivery
        self._reconciler = Reconciler(delivery)
        self._sweeper = Sweeper(delivery)
        self._pulse = pulse or Pulse()
        self._chores = Chores(told)
        self._free = threading.Semaphore(self._pulse.senders)
        self._woken = threading.Event()
        self._listening = Listening(delivery.store.database, self.wake)
        self._stopping = threading.Event()
        self._senders = ThreadPoolExecutor(
            self._pulse.senders, thread_name_prefix="sender"
        )
        self._dispatcher = threading.Thread(
            target=self._dispatch_until_stopped, name="dispatcher", daemon=True
        )

    @property
    def completed(self) -> Mapping[str, datetime]:
        """When each chore last ran to its end, by the host's clock."""
        return self._chores.completed

    def start(self) -> None:
        """Begin to send."""
        pulse, every = self._pulse, self._chores.every
        every(pulse.dispatch, "dispatch", self.wake)
        every(pulse.reconcile, "reconcile", self._reconcile)
        first = min(pulse.sweep, FIRST_SWEEP)
        every(pulse.sweep, "sweep", self._sweep, first_after=first)
        self._dispatcher.start()
        self._listening.start()
        self._chores.start()

    def stop(self, within: float = 0) -> None:
        """Claim nothing new, and let what is being sent come to its end.

        However long that takes: each call has its own timeout. `within` is for
        whoever can end a process.
        """
        del within
        self._stopping.set()
        self._woken.set()
        self._listening.stop()
        self._chores.stop()
        self._dispatcher.join()
        self._senders.shutdown(wait=True)

    def wake(self) -> None:
        """Send what is pending now, without waiting for the next tick."""
        self._woken.set()

    def _reconcile(self) -> None:
        if self._reconciler.look_all(unless=self._stopping.is_set):
            self.wake()

    def _sweep(self) -> None:
        if self._sweeper.sweep(pause=self._stopping.wait):
            self.wake()

    def _dispatch_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait()
            self._woken.clear()
            if not self._stopping.is_set():
                self._chores.guarded("delivery", self._dispatch)

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
        deliver = self._delivery.deliver
        try:
            self._chores.guarded("sending", lambda: deliver(held, safe_until))
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
