"""The kernel ends this process before it says anything past its lease.

Between the last look at a lease and the socket a process can be stopped for longer
than the lease: by a debugger, a container's freezer, a machine without memory. No
code of its own can notice that in time. A timer of the kernel can: it runs on while
the process stands still, and its default action ends the process as it wakes.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

SOONEST = 0.000_001
"""Seconds. Nought would disarm the timer."""


class AlarmTaken(Exception):
    """SIGALRM would not end this process."""


class Timer(Protocol):
    """Ends the process where it is still at something when its time is over."""

    def until(self, deadline: float) -> AbstractContextManager[None]:
        """Guard the block: it must be left before a moment of the monotonic clock."""
        ...


class NoTimer:
    """For a process that must outlive its senders: one of tests, or the demo."""

    def until(self, deadline: float) -> AbstractContextManager[None]:
        """Guard nothing."""
        del deadline
        return nullcontext()


def seconds_left(deadlines: Iterable[float], now: float) -> float:
    """Return how long the timer is to run: to the earliest deadline.

    Nought, which disarms it, only where there is none; what has passed is due at once.
    """
    earliest = min(deadlines, default=None)
    return 0.0 if earliest is None else max(earliest - now, SOONEST)


class LeaseTimer:
    """One timer for all the leases under which this process is saying something."""

    def __init__(
        self,
        arm: Callable[[float], object],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._arm = arm
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._deadlines: list[float] = []

    @contextmanager
    def until(self, deadline: float) -> Iterator[None]:
        """Guard the block: the process ends where it is not left by then.

        At each moment the timer runs to the earliest deadline or ends sooner, so
        that a process that is stopped while it is set anew is ended all the same.
        """
        with self._lock:
            self._deadlines.append(deadline)
            self._set()
        try:
            yield
        finally:
            with self._lock:
                self._deadlines.remove(deadline)
                self._set()

    def _set(self) -> None:
        self._arm(seconds_left(self._deadlines, self._monotonic()))


def take_alarm() -> LeaseTimer:
    """Return the timer of this process, whose default action is to end it.

    Raises `AlarmTaken` where something handles, ignores or blocks the signal: the
    timer would then guard nothing, and nobody would notice.
    """
    handler = signal.getsignal(signal.SIGALRM)
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    if handler is not signal.SIG_DFL or signal.SIGALRM in blocked:
        raise AlarmTaken(
            "SIGALRM is ignored, blocked or handled here, so a process that slept past"
            " its lease would not be ended. Start Baton with the signal at its default"
        )
    return LeaseTimer(lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds))
