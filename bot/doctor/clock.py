"""Compares clocks: the host's with Slack's, and with the database's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.doctor.findings import Finding, doubt, trouble, well
from bot.doctor.surroundings import Surroundings

DOUBTFUL = timedelta(seconds=2)
WRONG = timedelta(seconds=30)
SYNCHRONIZE = "Let the host's clock be kept by NTP"


@dataclass(frozen=True)
class Span:
    """Something happened between two moments of one clock."""

    first: datetime
    last: datetime

    def ahead_of(self, other: Span) -> timedelta:
        """Return by how much this clock is ahead at the least; behind is negative.

        What the network took is within the spans, so a slow answer is no skew.
        """
        if self.first > other.last:
            return self.first - other.last
        if self.last < other.first:
            return self.last - other.first
        return timedelta()


def compare(what: str, here: Span, there: Span) -> Finding:
    """Tell how far the host's clock is from another one."""
    ahead = here.ahead_of(there)
    if abs(ahead) <= DOUBTFUL:
        return well(what, f"the host's agrees within {DOUBTFUL.seconds} s")
    side = "ahead" if ahead > timedelta() else "behind"
    found = f"the host's is {_in_words(abs(ahead))} {side}"
    make = trouble if abs(ahead) > WRONG else doubt
    return make(what, found, SYNCHRONIZE)


def look_at_database_clock(around: Surroundings) -> Finding | None:
    """Compare the host's clock with PostgreSQL's; SQLite has none of its own."""
    database = around.store.database
    if database.is_sqlite:
        return None
    with database.read() as connection:
        database.lease_now(connection)  # the connection is open when it counts
        began = around.host_now()
        there = database.lease_now(connection)
        here = Span(began, around.host_now())
    return compare("clock of the database", here, Span(there, there))


def _in_words(length: timedelta) -> str:
    seconds = length.total_seconds()
    return f"{seconds:.0f} s" if seconds >= WRONG.seconds else f"{seconds:.1f} s"
