"""What it costs one process to handle a due reminder, by what it is about.

The handlers, the plans and the databases are the real ones. Nobody does a check, so
that each one opens, has its last day and closes: the most that time can ask. Time is
that of the process on its processor, so that others on the machine change little; what
the disk and a PostgreSQL server take comes on top.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import typer

from benchmarks.importing import measure as import_patients
from benchmarks.places import KINDS, fresh_store, log_nothing
from benchmarks.tables import show
from bot.actions.digesting import plan_digests
from bot.actions.reminding import HANDLERS, TellOfTrouble
from scheduler.reminders import DueReminders
from storage.clock import TravellingClock
from storage.unit import Store
from tests.conftest import T0
from tests.world import OPERATOR

A_DAY = timedelta(days=1)


@dataclass
class Handled:
    """What was handled, and the processor's seconds for it, by kind."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def rows(self) -> list[list[str]]:
        """Return a row for each kind, and one for all of them."""
        kinds = sorted(self.counts)
        return [[one, *self._row([one])] for one in kinds] + [
            ["all", *self._row(kinds)]
        ]

    def _row(self, kinds: list[str]) -> list[str]:
        count = sum(self.counts[one] for one in kinds)
        took = sum(self.seconds[one] for one in kinds)
        return [str(count), f"{1000 * took / count:.1f}", f"{count / took:.0f}"]


def handle_days(store: Store, clock: TravellingClock, days: int) -> Handled:
    """Let so many days pass, and handle all that comes due on each."""
    done = Handled()
    kinds: list[str] = []
    due = DueReminders(
        store, HANDLERS, TellOfTrouble(), handled=lambda kind, _late: kinds.append(kind)
    )
    for _ in range(days):
        clock.move(A_DAY)
        began = time.process_time()
        while due.handle_one():
            done.counts[kinds[-1]] += 1
            ended = time.process_time()
            done.seconds[kinds[-1]] += ended - began
            began = ended
    return done


def measure(kind: str, patients: int, days: int) -> Handled:
    """Return what the days after an import bring, on one database."""
    clock = TravellingClock()
    clock.stop_at(T0)
    with tempfile.TemporaryDirectory() as folder, fresh_store(kind, clock) as store:
        import_patients(store, Path(folder), patients, apart=4400 // patients)
        with store.act(OPERATOR) as uow:
            plan_digests(uow, "T0UNIVERSITY")
            uow.audit("T0UNIVERSITY", "digests planned", "T0UNIVERSITY")
        return handle_days(store, clock, days)


def main(patients: int = 100, days: int = 14) -> None:
    """Measure on both databases and print small tables."""
    log_nothing()
    for kind in KINDS:
        done = measure(kind, patients, days)
        title = f"{kind}: {patients} patients, {days} days, one process"
        show(title, ["", "reminders", "CPU ms each", "a CPU second"], done.rows())


if __name__ == "__main__":
    typer.run(main)
