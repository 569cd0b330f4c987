"""Processes without a machine: who goes on is drawn from a seed, at every step.

A process is a strand that runs the real code until it reaches a seam (a transaction,
a call to Slack, a sleep) and hands control back. There it may be ended (its stack is
dropped, and its transaction with it) or stopped for some time. Time is a number.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from greenlet import greenlet

from tests.proof.points import AROUND, Doing, Point

STEP = 0.02
"""Seconds that a step takes at the most."""


def seeded(seed: int) -> random.Random:
    """Return what a history is drawn from."""
    return random.Random(seed)  # noqa: S311 - it is to be the same each time


class Crash(BaseException):
    """The process is ended; no code of it runs that a real end would not leave."""


class Stuck(AssertionError):
    """Nobody can go on, and nothing is left to happen."""


@dataclass(eq=False)
class Strand:
    """One process: where it stands, and until when it sleeps."""

    name: str
    lane: Any
    wakes_at: float
    point: Point | None = None
    """The seam at which it stands, if it has just come there."""
    until: Callable[[], bool] | None = None
    """It goes on as soon as this holds, or when it wakes."""
    doing: Doing = Doing.ACT
    timer: float | None = None
    """When the kernel ends it."""
    hindered: bool = False
    """It was stopped, or had to wait for others, since it last looked."""
    error: Exception | None = None
    """What the seam answers when it goes on."""

    def is_ready(self, now: float) -> bool:
        """Tell whether it can go on."""
        return self.wakes_at <= now or (self.until is not None and self.until())


Fate = Callable[[Strand], bool]
"""Decides what happens to a strand at a point; True if it may go on at once."""


@dataclass(eq=False)
class Clockwork:
    """Strands, what is yet to happen, and the time."""

    rng: random.Random
    fate: Fate = lambda _strand: True
    when_timed_out: Callable[[Strand], None] = lambda _strand: None
    now: float = 0.0
    strands: list[Strand] = field(default_factory=list)
    steps: int = 0
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0
    _here: Strand | None = None
    _main: Any = None

    @property
    def here(self) -> Strand | None:
        """The strand that runs now, if one does."""
        return self._here

    @property
    def has_events(self) -> bool:
        """Tell whether something is yet to happen by itself."""
        return bool(self._events)

    # What the director calls

    def start(self, name: str, body: Callable[[], None]) -> Strand:
        """Let a process run from the next step on."""
        strand = Strand(name, greenlet(body), self.now)
        self.strands.append(strand)
        return strand

    def after(self, seconds: float, happen: Callable[[], None]) -> None:
        """Let something happen in so many seconds, whoever runs then."""
        self._count += 1
        heapq.heappush(self._events, (self.now + seconds, self._count, happen))

    def run_until(self, holds: Callable[[], bool], *, most: int = 100_000) -> None:
        """Take steps until something holds. Raises `Stuck`."""
        self._main = greenlet.getcurrent()
        for _ in range(most):
            if holds():
                return
            self.step()
        raise Stuck(f"after {most} steps, at {self.now:.1f}")

    def step(self) -> None:
        """Let one strand take one step, or time go on until one can."""
        self.steps += 1
        happened = self._happen()
        ready = [one for one in self.strands if one.is_ready(self.now)]
        if not ready:
            if not happened:
                self._wait()
            return
        one = ready[self.rng.randrange(len(ready))]
        self.now += self.rng.random() * STEP
        if one.timer is not None and self.now >= one.timer:
            self.when_timed_out(one)
            self.end(one)
        elif self._may_go_on(one):
            self._resume(one)

    def end(self, strand: Strand) -> None:
        """End a process at once: its stack is dropped, its transaction rolled back."""
        self.strands.remove(strand)
        before, self._here = self._here, strand
        try:
            strand.lane.throw(Crash)
        except Crash:
            pass
        finally:
            self._here = before

    def end_all(self) -> None:
        """End whatever still runs."""
        for one in list(self.strands):
            self.end(one)

    # What the code that runs in a strand calls

    def pause(self, seconds: float, until: Callable[[], bool] | None = None) -> None:
        """Sleep, in the strand that runs now, or until something holds."""
        one = self._here
        if one is not None:
            one.wakes_at, one.until = self.now + seconds, until
            self._main.switch()

    def reach(self, point: Point) -> None:
        """Come to a seam, at which anything may happen to the process."""
        one = self._here
        if one is None:
            return
        one.point, one.wakes_at, one.until = point, self.now, None
        self._main.switch()
        if one.error is not None:
            error, one.error = one.error, None
            raise error

    def around(self, place: int) -> None:
        """Come to a seam of a transaction: before it, in it, or after it."""
        if self._here is not None:
            self.reach(AROUND[self._here.doing][place])

    def _happen(self) -> bool:
        """Let happen what was to happen by now; False if nothing was."""
        happened = False
        while self._events and self._events[0][0] <= self.now:
            heapq.heappop(self._events)[2]()
            happened = True
        return happened

    def _may_go_on(self, one: Strand) -> bool:
        if one.point is None:
            return True
        goes_on = self.fate(one)
        one.point = None
        return goes_on

    def _resume(self, one: Strand) -> None:
        self._here = one
        try:
            one.lane.switch()
        finally:
            self._here = None
        if one.lane.dead and one in self.strands:
            self.strands.remove(one)

    def _wait(self) -> None:
        sleeping = [one.wakes_at for one in self.strands]
        upcoming = [self._events[0][0]] if self._events else []
        if not sleeping and not upcoming:
            raise Stuck(f"nobody is left, at {self.now:.1f}")
        self.now = max(self.now, min(sleeping + upcoming))
