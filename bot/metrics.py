"""Numbers of how Baton does, for Prometheus: counts and times, never of whom.

What this process does (acks, reminders) is counted where it is done. Notices are
counted as the auditor sees them in the database, whichever process has sent them: so
each replica has the same numbers of them, and a graph takes the largest, not the sum.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
)
from slack_bolt import App, BoltRequest, BoltResponse

from bot.listeners.incoming import read_incoming
from scheduler.auditing import Trouble
from scheduler.auditor import Report

ACKS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""Seconds; Slack waits for 3."""
LATENESS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 86400)
KINDS = frozenset(
    {"command", "event", "block_actions", "view_submission", "view_closed"}
)
"""What comes in; anything else is counted as one, however it calls itself."""


class Metrics:
    """The numbers of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = own = CollectorRegistry()
        ProcessCollector(registry=own)
        self._acks = Histogram(
            "baton_ack_seconds",
            "From a request's arrival to its answer, by kind.",
            ["kind"],
            buckets=ACKS,
            registry=own,
        )
        self._reminders = Counter(
            "baton_reminders", "Reminders handled here.", ["kind"], registry=own
        )
        self._reminder_lateness = Histogram(
            "baton_reminder_lateness_seconds",
            "From when a reminder was due to when it was handled here.",
            buckets=LATENESS,
            registry=own,
        )
        self._notices = Counter(
            "baton_notices",
            "Notices that came to their end in the database.",
            ["view", "outcome"],
            registry=own,
        )
        self._notice_lateness = Histogram(
            "baton_notice_lateness_seconds",
            "From when a post was written to when it stood in Slack.",
            buckets=LATENESS,
            registry=own,
        )
        self._depth = Gauge(
            "baton_queue_depth", "Rows that wait, by state.", ["state"], registry=own
        )
        self._passes = Counter(
            "baton_auditor_passes", "Looks of the auditor.", ["outcome"], registry=own
        )
        self._findings = Gauge(
            "baton_auditor_findings",
            "What the auditor finds now: how many rows, 0 if all is well.",
            ["trouble"],
            registry=own,
        )
        self._ticks = Gauge(
            "baton_tick_completed_timestamp_seconds",
            "When each chore of this process last ran to its end.",
            ["chore"],
            registry=own,
        )

    def acked(self, kind: str, seconds: float) -> None:
        """Count an answer to Slack."""
        self._acks.labels(kind if kind in KINDS else "other").observe(seconds)

    def reminded(self, kind: str, late: timedelta) -> None:
        """Count a reminder that was handled."""
        self._reminders.labels(kind).inc()
        self._reminder_lateness.observe(max(0.0, late.total_seconds()))

    def audited(self, report: Report) -> None:
        """Count one look of the auditor, and all that it saw."""
        clean = "clean" if report.is_clean else "found"
        self._passes.labels("failed" if report.failure else clean).inc()
        for state, count in report.depths.items():
            self._depth.labels(state).set(count)
        for one in report.settled:
            self._notices.labels(one.view, one.state).inc()
            if one.seconds is not None:
                self._notice_lateness.observe(max(0.0, one.seconds))
        if report.failure is None:
            found = {one.trouble: one.count for one in report.findings}
            for trouble in Trouble:
                self._findings.labels(trouble.value).set(found.get(trouble, 0))

    def ticked(self, completed: Mapping[str, datetime]) -> None:
        """Take over when each chore last completed."""
        for chore, at in completed.items():
            self._ticks.labels(chore).set(at.timestamp())

    def text(self) -> bytes:
        """Return all numbers as Prometheus reads them."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)


class TimedApp(App):
    """Bolt's app, timed: no middleware of Bolt's sees when an answer is ready."""

    def __init__(self, *, metrics: Metrics, **words: object) -> None:
        super().__init__(**words)  # type: ignore[arg-type] # all of them Bolt's own
        self._metrics = metrics

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer one request, and note how long it took."""
        began = time.perf_counter()
        try:
            return super().dispatch(req)
        finally:
            kind = read_incoming(req.body).kind
            self._metrics.acked(kind, time.perf_counter() - began)
