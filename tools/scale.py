"""How far Baton goes, computed: the tables of `docs/scale.md`.

What was measured stands here as it was read from `benchmarks.sizes` and
`benchmarks.due`; what is assumed has a name, here and in `tools.monday`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tools.diagrams import tabulate
from tools.monday import (
    HANDLED_IN,
    HOUR,
    LAST_DAYS,
    OTHERS,
    PEOPLE,
    Morning,
    Place,
    simulate,
)

SEED = 8
CEILINGS = (100, 300, 600)
"""Messages a minute that a workspace may take; Slack says "several hundred"."""
CEILING = 300
UPDATES = 50
"""Changes of messages a minute that Slack allows at least."""


@dataclass(frozen=True)
class Measured:
    """What a patient takes and asks for, with about a thousand of them imported."""

    waiting: float
    """Reminders that wait."""
    sqlite: int
    postgresql: int
    """Bytes of all tables and indexes."""
    sqlite_due: int
    postgresql_due: int
    """Bytes of the index that finds what is due."""
    steps: float
    """Reminders of checks that come due in a day, where nobody does any."""
    handled: float
    """Milliseconds of a processor for each of them, on PostgreSQL."""


PATIENT = Measured(
    waiting=68.9,
    sqlite=60_748,
    postgresql=63_870,
    sqlite_due=4_796,
    postgresql_due=4_708,
    steps=0.55,
    handled=15,
)
PATIENCE = 15
"""Minutes after which a digest is no longer one of the morning's beginning."""
ROW = {"reminder": 273, "notice": 492, "audit": 282, "item_change": 531}
"""Bytes of a row with its indexes, after a year and a half of a simulated practice."""
A_CHECK = {"reminder": 3, "notice": 2, "audit": 4, "item_change": 1}
"""Rows that a check leaves: its steps, the digests changed, what was audited, a tap."""
A_DIGEST = {"reminder": 1, "notice": 1, "audit": 1}
WORKING_DAYS = 250
SOON = 10_000_000
"""Rows of one table from which on it is worth while to think of archiving."""
STEPS_EACH = 3
"""A check that nobody does opens, has its last day, and closes."""
TOLD_IN = 2
"""Digests that list a check, and are changed when it is done."""
FIRST_HOUR = 1 / 3
"""Of a day's taps, those of its first hour."""
OTHER_DAYS = 0.5
"""Of the people, those who have a digest on a day that is no Monday."""


@dataclass(frozen=True)
class Network:
    """So many sites and patients in so many workspaces, all of one size."""

    name: str
    workspaces: int
    sites: int
    patients: int

    @property
    def people(self) -> int:
        """Return how many have a digest."""
        return self.sites * PEOPLE

    @property
    def singles(self) -> float:
        """Return how many messages of a working day are no digests."""
        return self.patients * (LAST_DAYS + OTHERS)

    @property
    def steps(self) -> float:
        """Return how many reminders of checks come due in a day."""
        return self.patients * PATIENT.steps

    def rows_a_year(self, table: str) -> float:
        """Return how many rows a year leaves in a table of one workspace."""
        checks = 365 * self.steps / STEPS_EACH
        mornings = WORKING_DAYS * self.people
        rows = checks * A_CHECK.get(table, 0) + mornings * A_DIGEST.get(table, 0)
        return rows / self.workspaces

    @property
    def updates(self) -> float:
        """Return the changes of digests, a minute of the first hour, by workspace."""
        done = self.steps / STEPS_EACH
        return done * TOLD_IN * FIRST_HOUR / 60 / self.workspaces

    @property
    def place(self) -> Place:
        """Return one of its workspaces."""
        return Place(
            self.sites // self.workspaces,
            self.patients // self.workspaces,
            spread=self.sites // self.workspaces > WIDE,
        )


WIDE = 100
"""Sites above which a workspace lies in all zones."""
PRACTICE = Network("a practice and its center", 1, 2, 200)
CENTER = Network("a center and its practices", 1, 50, 5_000)
REGION = Network("a region", 20, 1_000, 100_000)
NATION = Network("a nation", 200, 10_000, 1_000_000)
ONE_REGION = Network("a region in one workspace", 1, 1_000, 100_000)
ONE_NATION = Network("a nation in one workspace", 1, 10_000, 1_000_000)
NETWORKS = (PRACTICE, CENTER, REGION, NATION)
MORNINGS = (PRACTICE, CENTER, NATION, ONE_REGION, ONE_NATION)


def tabulate_networks() -> str:
    """Return how many of everything each network has."""
    rows = [
        (
            one.name,
            *_whole(one.workspaces, one.sites, one.patients),
            *_whole(one.patients * PATIENT.waiting, one.people),
            *_whole(one.people + one.singles, OTHER_DAYS * one.people + one.singles),
        )
        for one in NETWORKS
    ]
    heads = ("", "workspaces", "sites", "patients", "reminders that wait")
    more = ("people with a digest", "messages on a Monday", "on another day")
    return tabulate((*heads, *more), rows)


def tabulate_bytes() -> str:
    """Return what a database of one workspace takes, and all of them together."""
    rows = []
    for one in (*NETWORKS, ONE_NATION):
        here = one.patients / one.workspaces
        rows.append(
            (
                one.name,
                _size(here * PATIENT.sqlite),
                _size(here * PATIENT.postgresql),
                _size(here * PATIENT.postgresql_due),
                _size(one.patients * PATIENT.postgresql),
            )
        )
    heads = ("", "a workspace, SQLite", "PostgreSQL", "its index of what is due")
    return tabulate((*heads, "all workspaces, PostgreSQL"), rows)


def tabulate_monday() -> str:
    """Return how late the messages of a Monday are at the usual ceiling."""
    rows = []
    for one in MORNINGS:
        worst = _worst(one, CEILING)
        halves = (_span(worst.within(share)) for share in (0.5, 0.99, 1))
        rows.append((one.name, *_whole(len(worst.late)), *halves))
    heads = ("", "messages of a workspace", "half within", "99 of 100 within")
    return tabulate((*heads, "the last within"), rows)


def tabulate_ceilings() -> str:
    """Return how late the last message of a Monday is, by what a workspace takes."""
    rows = [
        (one.name, *(_span(_worst(one, ceiling).within(1)) for ceiling in CEILINGS))
        for one in MORNINGS
    ]
    return tabulate(("", *(f"{one} a minute" for one in CEILINGS)), rows)


def tabulate_load() -> str:
    """Return what a workspace's busiest hours ask of its process, and of Slack."""
    rows = []
    for one in (PRACTICE, CENTER, ONE_REGION, ONE_NATION):
        busy = one.steps * PATIENT.handled / 1000
        rows.append((one.name, *_whole(one.steps), _span(busy), f"{one.updates:,.1f}"))
    heads = ("", "reminders of checks a day", "one process handles them in")
    return tabulate((*heads, "changed messages a minute, first hour"), rows)


def tabulate_growth() -> str:
    """Return what the years add to the database of one workspace."""
    rows = []
    for one in (PRACTICE, CENTER, ONE_REGION, ONE_NATION):
        years = {table: one.rows_a_year(table) for table in ROW}
        size = sum(rows * ROW[table] for table, rows in years.items())
        first = SOON / max(years.values())
        cells = (_size(size), _size(15 * size), _years(first))
        rows.append((one.name, *_whole(*years.values()), *cells))
    heads = [f"`{table}` a year" for table in ROW]
    more = ("bytes a year", "in 15 years", "10 million rows of a table")
    return tabulate(("", *heads, *more), rows)


def tabulate_breaks() -> str:
    """Return with how many patients a workspace comes to each limit, first to last."""
    limits = sorted(breaks(), key=lambda one: one[1])
    rows = [(what, *_whole(patients)) for what, patients in limits]
    return tabulate(("in one workspace", "about so many patients"), rows)


def breaks() -> Sequence[tuple[str, float]]:
    """Return what gives way, and with how many patients of a workspace."""
    posts = CENTER.people + CENTER.patients * LAST_DAYS
    night = CENTER.steps * PATIENT.handled / 1000
    digests = CENTER.people * HANDLED_IN
    rows = max(CENTER.rows_a_year(table) for table in ROW)
    each = {
        f"{UPDATES} changed messages a minute": CENTER.updates / UPDATES,
        f"a Monday said within {PATIENCE} minutes": posts / (CEILING * PATIENCE),
        f"its digests handled within {PATIENCE} minutes": digests / (60 * PATIENCE),
        "a night's reminders handled within an hour": night / HOUR,
        "10 million rows of a table within a year": rows / SOON,
    }
    return [(what, CENTER.patients / share) for what, share in each.items()]


@cache
def _worst(network: Network, ceiling: int) -> Morning:
    """Return the morning of the workspace whose last message is the latest."""
    seeds = range(SEED, SEED + network.workspaces)
    mornings = (simulate(network.place, ceiling=ceiling, seed=one) for one in seeds)
    return max(mornings, key=lambda one: one.late[-1])


def _whole(*numbers: float) -> Sequence[str]:
    """Return numbers as they are read: three digits of them say something."""
    return [f"{round(one, 3 - len(str(int(one)))):,.0f}" for one in numbers]


def _span(seconds: float) -> str:
    if seconds < 100:  # noqa: PLR2004 - seconds are read easily up to here
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"  # noqa: PLR2004


def _years(number: float) -> str:
    if number < 1:
        return f"after {365 * number:.0f} days"
    return f"after {number:,.0f} years"


def _size(number: float) -> str:
    for unit in ("kB", "MB"):
        number /= 1000
        if number < 1000:  # noqa: PLR2004 - the next unit begins here
            return f"{number:,.0f} {unit}"
    return f"{number / 1000:,.1f} GB"
