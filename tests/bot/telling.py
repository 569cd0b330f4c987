"""Lets time pass from one due reminder to the next, and notes who is told what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox import Message, Person
from tests.beside import Beside
from tests.bot.acting import CODE, is_digest

CENTRAL, EASTERN = ZoneInfo("America/Chicago"), ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Told:
    """One thing that somebody was told: when on their own clock, who, and what."""

    at: str
    who: str
    what: str


@dataclass(frozen=True)
class Watch:
    """Somebody whose direct messages are watched, with the clock of their site."""

    who: Person
    zone: ZoneInfo


def watches(beside: Beside, *others: Person) -> list[Watch]:
    """Return watches of the practice, the center, and others of the center."""
    cast = beside.cast
    practice = [Watch(one, CENTRAL) for one in (cast.chen, cast.brooks, cast.patel)]
    center = (cast.rivera, cast.okafor, cast.ruiz, cast.lee, *others)
    return practice + [Watch(one, EASTERN) for one in center]


def told_until(beside: Beside, until: datetime, watched: Sequence[Watch]) -> list[Told]:
    """Let time pass to `until`, and return who was told what on the way, in order.

    The clock stands at each instant at which a reminder is due, so that what is
    told there is told exactly then.
    """
    told = []
    while (due := _next_due(beside)) is not None and due <= until:
        before = {one.who.id: len(one.who.dm()) for one in watched}
        beside.set_clock(due)
        told += [
            Told(f"{due.astimezone(one.zone):%a %H:%M}", one.who.name, gist(message))
            for one in watched
            for message in one.who.dm()[before[one.who.id] :]
            if not is_digest(message)
        ]
    if beside.clock.now() < until:
        beside.set_clock(until)
    return told


def gist(message: Message) -> str:
    """Return the first line of a message, without the case's code and markup."""
    first = message.rendered.splitlines()[0].replace("*", "")
    return re.sub(r"\s+", " ", CODE.sub("it", first)).strip()


def _next_due(beside: Beside) -> datetime | None:
    with beside.baton.store.read() as reading:
        return reading.reminders.next_due()
