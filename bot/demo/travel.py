"""Time travel in the demo: the care clock goes ahead, the lease clock never does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as wall_clock
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import Baton
from bot.demo.cast import CENTRAL, COUNTRY, EASTERN, STATE
from scheduler.calendars import holidays_between
from storage.clock import TravellingClock

MORNING = wall_clock(8)
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
PATIENCE = 5.0
"""Seconds for which a message may take to be said, before time goes on anyway."""
WEEKEND = (5, 6)


@dataclass(frozen=True)
class Jump:
    """One button of time travel."""

    label: str
    hint: str
    to: Callable[[datetime], datetime]
    """From the present to where it leads, both aware UTC."""


def next_working_morning(now: datetime) -> datetime:
    """Return the next 08:00 at the practice on a day on which it works.

    It is an hour later at the center: by then both have their morning digests.
    """
    local = now.astimezone(ZoneInfo(CENTRAL))
    day = local.date()
    if local.time() >= MORNING:
        day += A_DAY
    closed = holidays_between(COUNTRY, STATE, day, day + A_WEEK)
    while day.weekday() in WEEKEND or day in closed:
        day += A_DAY
    return datetime.combine(day, MORNING, ZoneInfo(CENTRAL)).astimezone(now.tzinfo)


JUMPS = (
    Jump("+1 hour", "Care time goes on by an hour", lambda t: t + timedelta(hours=1)),
    Jump("Next morning", "08:00 at the practice, a working day", next_working_morning),
    Jump("+1 week", "Care time goes on by a week", lambda t: t + timedelta(weeks=1)),
    Jump("+1 month", "Care time goes on by 30 days", lambda t: t + timedelta(days=30)),
)


class DemoClock(TravellingClock):
    """A travelling clock that remembers, over restarts, how far it has gone."""

    def __init__(self, file: Path, *, begins_ahead: timedelta = timedelta()) -> None:
        self._file = file
        self._saving = threading.Lock()
        self.total = _read(file, begins_ahead)
        super().__init__(self.total)

    def move(self, by: timedelta) -> datetime:
        """Go ahead and remember it."""
        now = super().move(by)
        with self._saving:
            self.total += by
            seconds = self.total.total_seconds()
            self._file.write_text(json.dumps({"ahead_seconds": seconds}))
        return now


@dataclass(frozen=True)
class Traveller:
    """Lets care time pass, and has Baton do on the way what falls due."""

    baton: Baton
    clock: DemoClock

    def jump(self, jump: Jump) -> str:
        """Make a jump and say where it led, in the time of both sites."""
        there = self.go_to(jump.to(self.clock.now()))
        practice, center = (
            there.astimezone(ZoneInfo(one)) for one in (CENTRAL, EASTERN)
        )
        return (
            f"It is {practice:%a %d %b, %H:%M} at the practice, {center:%H:%M}"
            " at the center"
        )

    def go_to(self, there: datetime) -> datetime:
        """Go ahead to an instant, stopping wherever something is due.

        So whatever falls due is brought up in its time, and not late. An instant
        that has passed already leads nowhere. Returns the present.
        """
        all_said = True
        while (now := self.clock.now()) < there:
            self.clock.move(self._stop_after(now, there) - now)
            self.baton.reminders.handle_all()
            # What cannot be said now is waited for once, and not at every stop.
            all_said = all_said and self.settle()
        return self.clock.now()

    def settle(self) -> bool:
        """Wait until what is to be said is said, so that it is stamped by this time.

        Returns whether all was.
        """
        end = time.monotonic() + PATIENCE
        while self._unsettled():
            if time.monotonic() > end:
                return False
            self.baton.ticker.wake()
            time.sleep(0.01)
        return True

    def _stop_after(self, now: datetime, there: datetime) -> datetime:
        with self.baton.store.read() as reading:
            due_at = reading.reminders.next_due()
        # What is overdue was put off, and must not keep time from passing.
        stop = due_at if due_at is not None and due_at > now else now + A_DAY
        return min(stop, there)

    def _unsettled(self) -> int:
        with self.baton.store.read() as reading:
            return reading.notices.unsettled()


def _read(file: Path, otherwise: timedelta) -> timedelta:
    if not file.exists():
        return otherwise
    return timedelta(seconds=json.loads(file.read_text())["ahead_seconds"])
