"""What an auditor makes of what it saw: pure, from facts to findings.

One symptom may be a moment of a busy morning. It becomes a finding when the same row
stays at the head of its line, or when the line does not empty; and it is over when it
has stayed away. So neither an outage that is being worked off nor a value that swings
around a limit tells anybody anything, again and again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from storage.overdue import Line

MINUTE = timedelta(minutes=1)


class Trouble(StrEnum):
    """What can be found."""

    REMINDERS = "reminders overdue"
    NOTICES = "notices waiting"
    LEASES = "leases not ended"
    FAILED = "notices failed"
    TICK = "tick not completed"
    SOCKET = "no connection"


OF_ONE_PROCESS = frozenset({Trouble.TICK, Trouble.SOCKET})
"""Troubles that another process on the same database does not share."""


@dataclass(frozen=True)
class Limits:
    """From when on what is seen is a symptom, and a symptom is a finding."""

    reminder_late: timedelta = 2 * MINUTE
    notice_late: timedelta = 5 * MINUTE
    """One that is paced or told to wait may take minutes."""
    lease_over: timedelta = 2 * MINUTE
    """After the end of a lease; it is looked up half a minute after that end."""
    failed_within: timedelta = 60 * MINUTE
    tick_within: timedelta = 1 * MINUTE
    away_for: timedelta = 2 * MINUTE
    """How long there may be no connection: Slack renews each now and then."""
    stuck_for: timedelta = 1 * MINUTE
    """How long the same row may stand at the head of its line."""
    lasting_for: timedelta = 15 * MINUTE
    """How long a line may last whose head changes."""
    calm_for: timedelta = 2 * MINUTE
    """How long a symptom must stay away until it is over."""
    ticks: frozenset[str] = frozenset({"reminders", "delivery", "reconcile"})
    """The chores that must complete, however little there is to do."""


@dataclass(frozen=True)
class Facts:
    """What was seen in one look."""

    now: datetime
    """Of the care clock."""
    reminders: Line | None = None
    notices: Line | None = None
    leases: Line | None = None
    failed: Line | None = None
    ticks: Mapping[str, datetime] = field(default_factory=dict)
    """When each chore of this process last completed, by the host's clock."""
    at: datetime | None = None
    """The host's clock; None where nothing is known of this process."""
    away_since: datetime | None = None
    """Since when this process has no connection to Slack, by the host's clock."""


@dataclass(frozen=True)
class Symptom:
    """Something that is not as it should be at this moment."""

    trouble: Trouble
    count: int
    head: str
    """What it is about: of a line, the row that stands first."""
    since: datetime
    at_once: bool = False
    """Set where it needs not last to be a finding."""


@dataclass(frozen=True)
class Seen:
    """A symptom over several looks; times are the monotonic clock's (seconds)."""

    symptom: Symptom
    first: float
    head_since: float
    last: float
    stands: bool = False
    """It is a finding."""


Watched = Mapping[Trouble, Seen]


def symptoms(facts: Facts, limits: Limits) -> list[Symptom]:
    """Return what is not as it should be."""
    lines = (
        (Trouble.REMINDERS, facts.reminders),
        (Trouble.NOTICES, facts.notices),
        (Trouble.LEASES, facts.leases),
        (Trouble.FAILED, facts.failed),
    )
    of_lines = [
        Symptom(one, line.count, line.head, line.since, one is Trouble.FAILED)
        for one, line in lines
        if line is not None
    ]
    return [*of_lines, *_of_process(facts, limits)]


def follow(
    watched: Watched, seen: Sequence[Symptom], *, at: float, limits: Limits
) -> dict[Trouble, Seen]:
    """Return what is watched after one more look at the monotonic time `at`."""
    calm = limits.calm_for.total_seconds()
    after = {trouble: one for trouble, one in watched.items() if at - one.last < calm}
    for symptom in seen:
        # What was away for long between two looks has not been seen to be over.
        before = watched.get(symptom.trouble)
        after[symptom.trouble] = _go_on(before, symptom, at, limits)
    return after


def findings(watched: Watched) -> list[Symptom]:
    """Return what lasts, or needs not last: what administrators are told of."""
    return [one.symptom for one in watched.values() if one.stands]


def _go_on(before: Seen | None, symptom: Symptom, at: float, limits: Limits) -> Seen:
    if before is None:
        return Seen(symptom, at, at, at, stands=symptom.at_once)
    same = before.symptom.head == symptom.head
    after = replace(
        before,
        symptom=symptom,
        head_since=before.head_since if same else at,
        last=at,
    )
    stuck = at - after.head_since >= limits.stuck_for.total_seconds()
    lasting = at - after.first >= limits.lasting_for.total_seconds()
    return replace(after, stands=before.stands or symptom.at_once or stuck or lasting)


def _of_process(facts: Facts, limits: Limits) -> Iterator[Symptom]:
    if facts.at is None:
        return
    late = {
        chore: done
        for chore, done in facts.ticks.items()
        if chore in limits.ticks and facts.at - done > limits.tick_within
    }
    if late:
        names = ", ".join(sorted(late))
        since = min(late.values())
        yield Symptom(Trouble.TICK, len(late), names, since)
    away = facts.away_since
    if away is not None and facts.at - away > limits.away_for:
        yield Symptom(Trouble.SOCKET, 1, "Slack", away)
