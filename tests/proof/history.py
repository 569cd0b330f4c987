"""What must hold of a history that has come to its rest.

The checker knows nothing of leases, tokens or tables, so it cannot share a mistake
with the engine that it judges.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.proof.facts import (
    Arrived,
    Called,
    Closed,
    Disturbed,
    Fact,
    Handled,
    History,
    Late,
    Planned,
    TurnedAway,
    Written,
)


class Broken(StrEnum):
    """What can be wrong with a history."""

    LOST = "committed and never said"
    LOST_REMINDER = "due and never handled"
    DOUBLED = "said twice"
    HANDLED_TWICE = "handled twice"
    EARLY = "before it was due"
    AFTER_DONE = "after it was done"
    INVENTED = "said and never committed"
    BEFORE_ROOT = "before the message it belongs to"
    OUT_OF_ORDER = "after what was written later"
    STALE = "changed last by what was written earlier"
    TOO_FAST = "faster than Slack allows"
    NOT_TOLD = "refused, and nobody was told"


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong: what, with which notice or reminder, and when."""

    broken: Broken
    of: str
    at: float

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.of} {self.broken} at {self.at:.3f}"


@dataclass(frozen=True)
class Limits:
    """What the checker grants."""

    in_hand: float = 30.0
    """Seconds in which what was being said when something was done may come."""
    every: float = 1.0
    """Seconds from one message of a conversation to the next, in the long run."""
    burst: int = 2
    """Messages of a conversation that may come at once."""


def check(history: History, limits: Limits | None = None) -> list[Violation]:
    """Return all that is wrong with a history that has come to its rest."""
    judge = _Judge(history, limits or Limits())
    return sorted(judge.violations(), key=lambda one: (one.at, one.of, one.broken))


class _Judge:
    """A history, indexed once, and the rules."""

    def __init__(self, history: History, limits: Limits) -> None:
        self.limits = limits
        self.facts = history.facts
        self.written: dict[str, Written] = {}
        self.arrivals: dict[str, list[Arrived]] = defaultdict(list)
        self.plans: dict[str, list[tuple[int, Planned | Closed]]] = defaultdict(list)
        self.handled: dict[str, list[tuple[int, Handled]]] = defaultdict(list)
        self.late: Counter[str] = Counter()
        self.refused: dict[str, float] = {}
        self.disturbed: set[str] = set()
        self.changes: dict[str, list[Written]] = defaultdict(list)
        for index, fact in enumerate(self.facts):
            self._index(index, fact)

    def violations(self) -> Iterator[Violation]:
        """Yield what each rule finds."""
        yield from self._lost()
        yield from self._doubled()
        yield from self._reminders()
        yield from self._after_done()
        yield from self._roots()
        yield from self._order()
        yield from self._stale()
        yield from self._pace()
        yield from self._untold()

    def _index(self, index: int, fact: Fact) -> None:
        match fact:
            case Written(notice=key) if key not in self.written:
                self.written[key] = fact
                if fact.way == "update":
                    self.changes[fact.root or ""].append(fact)
            case Arrived(notice=key):
                self.arrivals[key].append(fact)
            case Planned(subject=key) | Closed(subject=key):
                self.plans[key].append((index, fact))
            case Handled(reminder=key):
                self.handled[key].append((index, fact))
            case Late(notice=key):
                self.late[key] += 1
            case TurnedAway(notice=key):
                self.refused.setdefault(key, fact.at)
            case Disturbed(notice=key):
                self.disturbed.add(key)
            case _:
                pass

    # Nothing is lost

    def _lost(self) -> Iterator[Violation]:
        for key, one in self.written.items():
            if key not in self.arrivals and not self._needless(one):
                yield Violation(Broken.LOST, key, one.at)

    def _needless(self, one: Written) -> bool:
        """Tell whether it was right that it was never said."""
        if one.notice in self.refused or self._was_closed_since(one):
            return True
        root = self.written.get(one.root or "")
        if root is not None and root.notice not in self.arrivals:
            return self._needless(root)
        return one.way == "update" and self._shown(one.root) >= self._place(one)

    def _was_closed_since(self, one: Written) -> bool:
        plans = self.plans.get(one.subject or "", [])
        return any(isinstance(p, Closed) and p.at >= one.at for _, p in plans) or (
            self._closed_at(one.subject, one.at)
        )

    def _place(self, change: Written) -> int:
        """Return which change of its message this is; later ones show it, too."""
        return self.changes[change.root or ""].index(change) + 1

    def _shown(self, root: str | None) -> int:
        """Return how many changes of a message were shown by one of them."""
        every = self.changes.get(root or "", [])
        its = [a for one in every for a in self.arrivals.get(one.notice, ())]
        return max((arrived.shows for arrived in its), default=0)

    # Nothing is said twice, and nothing that nobody wanted said

    def _doubled(self) -> Iterator[Violation]:
        for key, its in self.arrivals.items():
            one = self.written.get(key)
            if one is None:
                yield Violation(Broken.INVENTED, key, its[0].at)
            elif one.way == "post" and len(its) > 1 + self.late[key]:
                yield Violation(Broken.DOUBLED, key, its[-1].at)

    # Reminders

    def _reminders(self) -> Iterator[Violation]:
        for plans in self.plans.values():
            for index, one in plans:
                if isinstance(one, Planned):
                    yield from self._reminder(one, self._overtaken_at(plans, index))

    def _overtaken_at(
        self, plans: list[tuple[int, Planned | Closed]], index: int
    ) -> int | None:
        """Return where a newer generation was committed, if one was."""
        mine = next(one.generation for at, one in plans if at == index)
        newer = [at for at, one in plans if at > index and one.generation > mine]
        return newer[0] if newer else None

    def _reminder(self, one: Planned, overtaken: int | None) -> Iterator[Violation]:
        its = self.handled.get(one.reminder, [])
        if not its and overtaken is None:
            yield Violation(Broken.LOST_REMINDER, one.reminder, one.at)
        if len(its) > 1:
            yield Violation(Broken.HANDLED_TWICE, one.reminder, its[1][1].at)
        for index, handled in its:
            if handled.care_at < one.due:
                yield Violation(Broken.EARLY, one.reminder, handled.at)
            if overtaken is not None and index > overtaken:
                yield Violation(Broken.AFTER_DONE, one.reminder, handled.at)

    def _after_done(self) -> Iterator[Violation]:
        for key, its in self.arrivals.items():
            one = self.written.get(key)
            for arrived in its if one is not None else ():
                assert one is not None
                if one.due is not None and arrived.care_at < one.due:
                    yield Violation(Broken.EARLY, key, arrived.at)
                if self._was_done(one, arrived):
                    yield Violation(Broken.AFTER_DONE, key, arrived.at)

    def _was_done(self, one: Written, arrived: Arrived) -> bool:
        """Tell whether it was asked for when it had long been done, and stayed so."""
        since = arrived.called_at - self.limits.in_hand
        return self._closed_at(one.subject, since) and self._closed_at(
            one.subject, arrived.called_at
        )

    def _closed_at(self, subject: str | None, moment: float) -> bool:
        before = [one for _, one in self.plans.get(subject or "", ())]
        before = [one for one in before if one.at < moment]
        return bool(before) and isinstance(before[-1], Closed)

    # Order

    def _roots(self) -> Iterator[Violation]:
        for key, its in self.arrivals.items():
            one = self.written.get(key)
            if one is None or one.root is None:
                continue
            root = self.arrivals.get(one.root)
            if not root or root[0].at > its[0].at:
                yield Violation(Broken.BEFORE_ROOT, key, its[0].at)

    def _order(self) -> Iterator[Violation]:
        by_conversation: dict[str, list[Written]] = defaultdict(list)
        for one in self.written.values():
            if one.notice in self.arrivals:
                by_conversation[one.conversation].append(one)
        for those in by_conversation.values():
            yield from self._order_of(those)

    def _order_of(self, those: list[Written]) -> Iterator[Violation]:
        for place, one in enumerate(those):
            first = self.arrivals[one.notice][0]
            if self._may_wait(one):
                continue
            for later in those[place + 1 :]:
                if self.arrivals[later.notice][0].at < first.at:
                    yield Violation(Broken.OUT_OF_ORDER, one.notice, first.at)
                    break

    def _may_wait(self, one: Written) -> bool:
        """Tell whether others may have gone ahead of it."""
        root = self.written.get(one.root or "")
        if one.notice in self.disturbed:
            return True
        if root is None:
            return False
        return root.conversation != one.conversation or self._may_wait(root)

    def _stale(self) -> Iterator[Violation]:
        for every in self.changes.values():
            its = [a for one in every for a in self.arrivals.get(one.notice, ())]
            if not its:
                continue
            last = max(its, key=lambda arrived: arrived.at)
            if last.shows < len(every) and not self.late[last.notice]:
                yield Violation(Broken.STALE, last.notice, last.at)

    # Pace

    def _pace(self) -> Iterator[Violation]:
        """A bucket: it holds `burst`, and one flows in each `every` seconds."""
        spare = self.limits.every * (self.limits.burst - 1)
        allowed: dict[str, float] = {}
        for fact in self.facts:
            if not isinstance(fact, Called):
                continue
            due = max(allowed.get(fact.conversation, fact.at), fact.at)
            if due - fact.at > spare + 1e-6:
                yield Violation(Broken.TOO_FAST, fact.notice, fact.at)
            allowed[fact.conversation] = due + self.limits.every

    # Refusals

    def _untold(self) -> Iterator[Violation]:
        told = {one.tells_of for one in self.written.values()}
        for key, at in self.refused.items():
            one = self.written.get(key)
            # Of the failure of such a message nobody is told again.
            if one is not None and one.tells_of is None and key not in told:
                # It was tried again and came, or was done before that.
                if key in self.arrivals or self._was_closed_since(one):
                    continue
                yield Violation(Broken.NOT_TOLD, key, at)


def names(found: Iterable[Violation]) -> Counter[str]:
    """Return how often each rule was broken."""
    return Counter(one.broken.name for one in found)
