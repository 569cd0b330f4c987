"""Looks, in a thread of its own, whether what is due is done, and says so if not.

It stands on nothing that it watches: no job of the ticker, no sender, its own short
transactions. What it finds goes to administrators as an ordinary notice, once; where
delivery itself is what fails, the log, the health pages and a ping that stays out
say it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from scheduler.auditing import (
    OF_ONE_PROCESS,
    Facts,
    Limits,
    Symptom,
    Trouble,
    Watched,
    findings,
    follow,
    symptoms,
)
from scheduler.following import Following
from scheduler.ports import Alarm, Finding
from storage.actors import System
from storage.overdue import Overdue, Settled
from storage.unit import Reading, Store

log = structlog.get_logger()

AUDITOR = System("auditor")
EVERY = 10.0
"""Seconds between two looks."""


@dataclass(frozen=True)
class Process:
    """What only this process knows of itself."""

    host: str
    ticks: Callable[[], Mapping[str, datetime]]
    """When each chore last completed, by the host's clock."""
    is_connected: Callable[[], bool]


@dataclass(frozen=True)
class Report:
    """What one look came to."""

    ended: float
    """By the monotonic clock."""
    findings: tuple[Symptom, ...] = ()
    depths: Mapping[str, int] = field(default_factory=dict)
    settled: tuple[Settled, ...] = ()
    """Notices that came to their end since the last look."""
    failure: str | None = None
    """The name of the error, where nothing could be looked at."""

    @property
    def is_clean(self) -> bool:
        """Tell whether all was looked at and nothing found."""
        return self.failure is None and not self.findings


class Auditor:
    """Looks again and again until it is stopped."""

    def __init__(
        self,
        *,
        store: Store,
        alarm: Alarm,
        process: Process,
        hear: Callable[[Report], None],
        not_counted: frozenset[str] = frozenset(),
        limits: Limits | None = None,
        every: float = EVERY,
    ) -> None:
        """`hear` is told of each look; `not_counted` are views that tell of trouble."""
        self._store, self._alarm, self._process = store, alarm, process
        self._hear, self._not_counted = hear, not_counted
        self._limits, self._every = limits or Limits(), every
        self._began = datetime.now(UTC)
        self._connected_at = self._began
        self._watched: Watched = {}
        self._begun: set[str] = set()
        self._following = Following()
        self._is_first = True
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="auditor", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self, within: float = 10.0) -> None:
        """Look no more; a look that is under way comes to its end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(within)

    def look(self, at: float | None = None) -> Report:
        """Look once, tell what began and what is over, and return what it came to."""
        at = time.monotonic() if at is None else at
        try:
            report = self._look(at)
        except Exception as error:
            # A process edge: a database that is away must end neither the looking nor
            # be taken for a good sign. What is not told now is told by a later look.
            log.exception("audit.failed")
            report = Report(time.monotonic(), failure=type(error).__name__)
        self._hear(report)
        return report

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(self._every)

    def _look(self, at: float) -> Report:
        with self._store.read() as reading:
            overdue = Overdue(reading.connection)
            facts = self._facts(reading, overdue)
            told = self._alarm.told(reading=reading, subjects=self._subjects)
            depths = overdue.depths(reading.now)
            settled = self._following.look(overdue)
        self._watched = follow(
            self._watched, symptoms(facts, self._limits), at=at, limits=self._limits
        )
        found = findings(self._watched)
        self._tell(found, told)
        return Report(time.monotonic(), tuple(found), depths, tuple(settled))

    def _facts(self, reading: Reading, overdue: Overdue) -> Facts:
        limits, at = self._limits, datetime.now(UTC)
        lease_now = self._store.database.lease_now(reading.connection)
        if self._process.is_connected():
            self._connected_at = at
        ended = lease_now - limits.lease_over
        return Facts(
            now=reading.now,
            reminders=overdue.reminders(
                due_before=reading.now - limits.reminder_late,
                idle_since=lease_now - limits.reminder_late,
            ),
            notices=overdue.notices(written_before=reading.now - limits.notice_late),
            leases=overdue.leases(until=ended, look_at=ended),
            failed=overdue.failed(
                tried_since=lease_now - limits.failed_within, but=self._not_counted
            ),
            ticks=dict.fromkeys(limits.ticks, self._began)
            | dict(self._process.ticks()),
            at=at,
            away_since=self._connected_at,
        )

    def _tell(self, found: list[Symptom], told: frozenset[str]) -> None:
        for symptom in found:
            finding = self._finding(symptom)
            if finding.subject not in told | self._begun:
                self._tell_began(finding)
            self._begun.add(finding.subject)
        for subject, trouble in self._of_subject.items():
            if subject in told | self._begun and trouble not in self._watched:
                self._tell_over(subject, trouble)
        self._is_first = False

    def _tell_began(self, finding: Finding) -> None:
        log.error(
            "audit.found",
            trouble=finding.trouble,
            count=finding.count,
            since=finding.since.isoformat(),
            what=finding.what,
        )
        with self._store.act(AUDITOR) as uow:
            self._alarm.began(uow=uow, by=AUDITOR, finding=finding)

    def _tell_over(self, subject: str, trouble: Trouble) -> None:
        # Another process of this machine may be what such a finding is about; only
        # one that has just begun takes it for its own past.
        mine = subject in self._begun or self._is_first
        if trouble in OF_ONE_PROCESS and not mine:
            return
        log.info("audit.over", trouble=trouble.value)
        with self._store.act(AUDITOR) as uow:
            self._alarm.over(uow=uow, by=AUDITOR, subject=subject)
        self._begun.discard(subject)

    @property
    def _of_subject(self) -> dict[str, Trouble]:
        return {self._subject(one): one for one in Trouble}

    @property
    def _subjects(self) -> list[str]:
        return [*self._of_subject]

    def _subject(self, trouble: Trouble) -> str:
        shared = trouble not in OF_ONE_PROCESS
        return trouble.value if shared else f"{trouble} {self._process.host[:40]}"

    def _finding(self, symptom: Symptom) -> Finding:
        trouble = symptom.trouble
        return Finding(
            subject=self._subject(trouble),
            trouble=trouble.value,
            count=symptom.count,
            since=symptom.since,
            what=symptom.head if trouble is Trouble.TICK else "",
        )
