"""A Monday morning of a network, simulated: how late the last digest is.

Pure and seeded: the same seed gives the same morning on every machine. A workspace is
served by one process that handles reminders one after another; what they write goes out
by eight senders, one message a second to a person, and never faster than Slack lets the
workspace. Instants are seconds from 08:00 in New York.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PEOPLE = 6
"""People of a site who have a digest."""
LAST_DAYS = 0.01
"""Messages of a last day for each patient, at 08:00 of their site."""
OTHERS = 0.01
"""Other messages for each patient, in the nine hours from 08:00."""
ZONES = {0: 0.47, 1: 0.30, 2: 0.08, 3: 0.15}
"""Hours behind New York, and the share of the sites there."""
CHOSEN = {0: 0.80, -60: 0.05, -30: 0.05, 30: 0.05, 60: 0.05}
"""Minutes from 08:00 at which digests were chosen to come, and how many of them."""
NEAR = 0.9
"""Of the sites of a workspace that is not spread, those in the zone of its center."""
HANDLED_IN = 0.1
"""Seconds in which a process handles one reminder: slower than was measured."""
CALL = 0.3
"""Seconds until Slack has answered."""
SENDERS = 8
GAP = 1.0
"""Seconds from an answer to the next message of a conversation."""
HOUR = 3600.0
HOURS_OPEN = 9


@dataclass(frozen=True)
class Place:
    """One workspace: its sites, and the patients of all of them."""

    sites: int
    patients: int
    spread: bool = False
    """Over all zones; else most practices are in the zone of their center."""


@dataclass(frozen=True)
class Morning:
    """How late the messages of a Monday were, in seconds, the latest last."""

    late: Sequence[float]

    def within(self, share: float) -> float:
        """Return within how many seconds such a share of them was said."""
        return self.late[min(int(share * len(self.late)), len(self.late) - 1)]


def simulate(place: Place, *, ceiling: int, seed: int) -> Morning:
    """Let a Monday come; `ceiling` is how many messages a minute a workspace takes."""
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    return Morning(sorted(lateness(sorted(_wanted(place, chance)), ceiling)))


def lateness(wanted: Sequence[tuple[float, int]], ceiling: int) -> Iterator[float]:
    """Yield how late each message is said, in the order in which they are due."""
    senders = [wanted[0][0]] * SENDERS
    next_to: dict[int, float] = {}
    written = slot = wanted[0][0]
    for due, person in wanted:
        written = max(written, due) + HANDLED_IN
        begun = max(written, senders[0], slot, next_to.get(person, written))
        heapq.heapreplace(senders, begun + CALL)
        next_to[person] = begun + CALL + GAP
        # No bursts, although Slack allows short ones: rather too slow than too fast.
        slot = begun + 60 / ceiling
        yield begun + CALL - due


def _wanted(place: Place, chance: random.Random) -> Iterator[tuple[float, int]]:
    """Yield when each message is due, and to whom."""
    home = _one_of(ZONES, chance)
    each = place.patients / place.sites
    for site in range(place.sites):
        stays = not place.spread and chance.random() < NEAR
        opens = HOUR * (home if stays else _one_of(ZONES, chance))
        people = range(site * PEOPLE, (site + 1) * PEOPLE)
        for person in people:
            yield opens + 60 * _one_of(CHOSEN, chance), person
        for _ in range(round(each * LAST_DAYS)):
            yield opens, chance.choice(people)
        for _ in range(round(each * OTHERS)):
            yield opens + chance.uniform(0, HOURS_OPEN * HOUR), chance.choice(people)


def _one_of(shares: dict[int, float], chance: random.Random) -> int:
    return chance.choices(list(shares), list(shares.values()))[0]
