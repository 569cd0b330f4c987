"""Virtual time under the real storage: a care clock, a lease clock, and seams."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from storage.database import Database
from tests.proof.clockwork import Clockwork
from tests.proof.facts import Fact, History
from tests.proof.points import Doing, Point

EPOCH = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""When the lease clock and the care clock of every history begin."""
BUSY = 30.0
"""Seconds for which SQLite lets somebody wait for the write lock."""
_LEFT = """SELECT
    EXISTS(SELECT 1 FROM reminder WHERE state = 'waiting'),
    EXISTS(SELECT 1 FROM notice WHERE state = 'pending'),
    EXISTS(SELECT 1 FROM notice WHERE state IN ('sending', 'unknown'))"""


@dataclass(eq=False)
class CareClock:
    """The care clock, which can be made to travel; the lease clock stays."""

    clock: Clockwork
    travelled: float = 0.0

    def seconds(self) -> float:
        """Return how far it is from the epoch."""
        return self.clock.now + self.travelled

    def now(self) -> datetime:
        """Return the present of care."""
        return EPOCH + timedelta(seconds=self.seconds())


class Left(NamedTuple):
    """Whether there is anything at all for each of the chores."""

    waiting: bool
    pending: bool
    in_flight: bool


class VirtualDatabase(Database):
    """A real database with a seam around each transaction, and a lease clock."""

    clock: Clockwork
    history: History

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.raw = sqlite3.connect(str(self.url.database), isolation_level=None)
        """Past the door, for the injector and the observer alone."""

    def close(self) -> None:
        """Give every connection back."""
        self.raw.close()
        super().close()

    def begin(self, clock: Clockwork, history: History) -> None:
        """Begin another history."""
        self.clock, self.history = clock, history
        self._writes = False
        self._facts: list[Fact] = []

    def lease_now(self, connection: Connection) -> datetime:
        """Return the lease clock, which is the same for all processes."""
        del connection
        return EPOCH + timedelta(seconds=self.clock.now)

    def note(self, fact: Fact) -> None:
        """Note a fact that becomes one if this transaction is committed."""
        self._facts.append(fact)

    @contextmanager
    def write(self, tables: frozenset[str]) -> Iterator[Connection]:
        """Open one transaction, with a seam before it, in it and after it."""
        self.clock.around(0)
        self._take_turn()
        try:
            with super().write(tables) as connection:
                yield connection
                self.clock.around(1)
            for fact in self._facts:
                self.history.note(fact)
        finally:
            self._writes, self._facts = False, []
        self.clock.around(2)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open what can be looked up, with a seam after it where it is to be said."""
        with super().read() as connection:
            yield connection
        here = self.clock.here
        if here is not None and here.doing is Doing.DELIVER:
            self.clock.reach(Point.AFTER_READING)

    def in_flight(self) -> list[str]:
        """Return the notices that are being sent or are unknown, for the injector."""
        rows = self.raw.execute(
            "SELECT CASE way WHEN 'pin' THEN 'pin of ' || root_id ELSE id END"
            " FROM notice WHERE state IN ('sending', 'unknown') ORDER BY seq"
        )
        return [one for (one,) in rows]

    def left(self) -> Left:
        """Return whether any row at all is in a state that a chore looks for."""
        return Left(*map(bool, self.raw.execute(_LEFT).fetchone()))

    def _take_turn(self) -> None:
        here = self.clock.here
        if self._writes and here is not None:
            here.hindered = True
            self.clock.pause(BUSY, until=lambda: not self._writes)
        if self._writes:
            raise broken_database()
        self._writes = True


def broken_database() -> OperationalError:
    """Return what a database that is away or held by others answers."""
    return OperationalError("-", None, sqlite3.OperationalError("database is locked"))
