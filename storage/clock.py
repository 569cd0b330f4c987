"""The care clock: what time it is for care. It can be made to travel."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class CareClock(Protocol):
    """Tells the time by which due times, windows, ages and audit times go."""

    def now(self) -> datetime:
        """Return the present as aware UTC."""
        ...


class RealClock:
    """The care clock of a real site."""

    def now(self) -> datetime:
        """Return the host's time in UTC."""
        return datetime.now(UTC)


class TravellingClock:
    """A care clock for the demo and for tests, which can be moved ahead."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self._ahead = ahead
        self._stopped_at: datetime | None = None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the time to which this clock has been moved."""
        with self._lock:
            return (self._stopped_at or datetime.now(UTC)) + self._ahead

    def stop_at(self, instant: datetime) -> None:
        """Stand still at `instant` until moved."""
        with self._lock:
            self._stopped_at, self._ahead = instant, timedelta()

    def move(self, by: timedelta) -> datetime:
        """Move ahead and return the new present. Time does not go back."""
        if by < timedelta():
            raise ValueError("the care clock does not go back")
        with self._lock:
            self._ahead += by
        return self.now()
