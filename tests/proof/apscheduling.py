"""The same harness on APScheduler's own store: one job a reminder, and a plain post.

It is the real library on a real SQLite file, set up as its documents advise: no job
is dropped for being late, and none is started twice by one process. Only its clock
and its threads are the simulation's. It must fail the checker: that shows that the
checker, and what befalls the engine here, bite.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count
from pathlib import Path
from typing import Any

from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers import base
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy.pool import NullPool

from scheduler.ports import Message, Place
from tests.proof.clockwork import Clockwork, Strand, seeded
from tests.proof.engine import CHANNELS
from tests.proof.facts import Handled, History, Killed, Planned, Written
from tests.proof.points import Point
from tests.proof.sending import new_sender
from tests.proof.slack import Slack
from tests.proof.virtual import EPOCH
from tests.proof.weather import Weather

QUIET = 120.0


class VirtualScheduler(BaseScheduler):  # type: ignore[misc] # the library has no types
    """A scheduler without a thread: a strand asks it to look for due jobs."""

    def shutdown(self, wait: bool = True) -> None:  # noqa: FBT001, FBT002 - its words
        """End it."""

    def wakeup(self) -> None:
        """Nobody sleeps here."""


class StrandExecutor(BaseExecutor):  # type: ignore[misc] # the library has no types
    """Runs each job in a strand of the same process, as a pool of threads does."""

    def __init__(self, clock: Clockwork, process: str) -> None:
        super().__init__()
        self._clock, self._process = clock, process

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        def run() -> None:
            events = run_job(job, job._jobstore_alias, run_times, self._logger.name)
            self._run_job_success(job.id, events)

        self._clock.start(self._process, run)


class SeamedStore(SQLAlchemyJobStore):  # type: ignore[misc] # the library has no types
    """Its store of jobs, with a seam on each side of what it removes."""

    clock: Clockwork

    def get_due_jobs(self, now: datetime) -> list[Any]:
        """Read what is due, and stand a moment between reading and starting it."""
        due: list[Any] = super().get_due_jobs(now)
        if due:
            self.clock.reach(Point.AFTER_READING)
        return due

    def remove_job(self, job_id: str) -> None:
        """Remove a job, which its scheduler does as soon as it is started."""
        self.clock.reach(Point.BEFORE_CLAIM)
        super().remove_job(job_id)
        self.clock.reach(Point.AFTER_CLAIM)


@dataclass(eq=False)
class Rival:
    """One history of some processes that share a store of jobs."""

    seed: int
    weather: Weather
    folder: Path
    processes: int = 1
    reminders: int = 6
    history: History = field(default_factory=History)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.clock = Clockwork(seeded(self.seed), self._fate)
        self.slack = Slack(
            self.clock, self.history, self.weather, lambda: self.clock.now, _nothing
        )
        self.sender = new_sender(self.slack)
        self.url = f"sqlite:///{self.folder / f'{self.seed}.sqlite'}"

    def play(self) -> History:
        """Plan reminders, let them come due, and wait until nothing more happens."""
        with _its_clock(self.clock), _on_stage(self):
            for _ in range(self.processes):
                self._start_process()
            self.clock.start("people", self._plan_all)
            try:
                self.clock.run_until(lambda: self.clock.now > QUIET)
            finally:
                self.clock.end_all()
        return self.history

    def say(self, name: str, conversation: str) -> None:
        """Say one thing: what a job does."""
        self.history.note(Handled(self.clock.now, name, self.clock.now))
        self.sender.post(Place(conversation), Message(name, []), f"notice {name}")

    def _start_process(self) -> None:
        name = f"process-{next(self.numbers)}"
        self.clock.start(name, lambda: self._tick(self._new_scheduler(name)))

    def _new_scheduler(self, process: str) -> VirtualScheduler:
        store = SeamedStore(url=self.url, engine_options={"poolclass": NullPool})
        store.clock = self.clock
        scheduler = VirtualScheduler(
            timezone=UTC,
            jobstores={"default": store},
            executors={"default": StrandExecutor(self.clock, process)},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        scheduler.start()
        return scheduler

    def _tick(self, scheduler: VirtualScheduler) -> None:
        while True:
            try:
                scheduler._process_jobs()
            except JobLookupError:
                # Another process was faster. Its own thread would be gone now, and
                # nobody would know; here somebody starts the process again.
                self._start_process()
                return
            self.clock.pause(self.clock.rng.uniform(0.1, 2.0))

    def _plan_all(self) -> None:
        scheduler = self._new_scheduler("people")
        for number in range(self.reminders):
            name, conversation = f"s-{number}/1/0", CHANNELS[number % 2]
            # Each later than the one before it, so that their order is theirs to keep.
            due = 10.0 + 3.0 * number + self.clock.rng.uniform(0.0, 1.0)
            scheduler.add_job(
                "tests.proof.apscheduling:say_on_stage",
                "date",
                run_date=EPOCH + timedelta(seconds=due),
                args=(name, conversation),
                id=name,
            )
            self._note(name, conversation, due)

    def _note(self, name: str, conversation: str, due: float) -> None:
        now = self.clock.now
        self.history.note(Planned(now, name, name.partition("/")[0], 1, due))
        self.history.note(Written(now, f"notice {name}", conversation, due=due))

    def _fate(self, strand: Strand) -> bool:
        """End the whole process, its jobs with it, and start it again."""
        if strand.name == "people" or self.clock.rng.random() >= self.weather.kill:
            return True
        self.history.note(Killed(self.clock.now, strand.name, strand.point or ""))
        for one in [one for one in self.clock.strands if one.name == strand.name]:
            self.clock.end(one)
        self.clock.after(1.0, self._start_process)
        return False


_STAGE: list[Rival] = []


def say_on_stage(name: str, conversation: str) -> None:
    """Say something in the history that is played: jobs are stored by name."""
    _STAGE[-1].say(name, conversation)


@contextmanager
def _on_stage(rival: Rival) -> Iterator[None]:
    _STAGE.append(rival)
    try:
        yield
    finally:
        _STAGE.pop()


@contextmanager
def _its_clock(clock: Clockwork) -> Iterator[None]:
    """Let the library read the virtual clock, for which it offers no other way."""

    class VirtualDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> VirtualDatetime:
            present = EPOCH + timedelta(seconds=clock.now)
            return cls.fromtimestamp(present.timestamp(), tz)

    logger = logging.getLogger("apscheduler")
    level = logger.level
    base.datetime = VirtualDatetime
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        base.datetime = datetime
        logger.setLevel(level)


def _nothing() -> None:
    """Nobody's turn is kept here."""


def play(seed: int, weather: Weather, *, processes: int = 1) -> History:
    """Play one history in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="rival-") as folder:
        return Rival(seed, weather, Path(folder), processes).play()
