"""Faults on demand: what goes wrong between an app and Slack, when a test says so.

A fault names a method (`chat.postMessage`) or an envelope (`events_api/message`,
`interactive/block_actions`, `slash_commands//baton`), or `upload`, the arrival of a
file's bytes; `*` stands for anything. It
strikes `times` times (None: always) with a probability that a seed makes repeatable.
"""

import random
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

Effect = Literal["slow", "refuse", "limit", "break", "cut", "duplicate", "lose", "hide"]
When = Literal["before", "after"]


@dataclass
class Fault:
    """One thing that goes wrong; `hits` counts how often it did."""

    effect: Effect
    target: str
    channel: str = ""
    times: int | None = 1
    probability: float = 1.0
    when: When = "before"
    seconds: float = 0.0
    error: str = ""
    hits: int = field(default=0, init=False)

    def matches(self, target: str, channel: str) -> bool:
        """Whether it may strike here."""
        spent = self.times is not None and self.hits >= self.times
        here = self.channel in ("", channel)
        return not spent and here and fnmatchcase(target, self.target)


class Faults:
    """The faults that are set. Safe for threads."""

    def __init__(self, seed: int = 0) -> None:
        # Chance is repeatable on purpose here; nothing secret hangs on it.
        self._random = random.Random(seed)  # noqa: S311
        self._lock = threading.Lock()
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Set a fault, and return it so that its hits can be read."""
        with self._lock:
            self._set.append(fault)
        return fault

    def slow(
        self,
        method: str,
        seconds: float,
        *,
        when: When = "before",
        channel: str = "",
        times: int | None = 1,
        probability: float = 1.0,
    ) -> Fault:
        """The call takes seconds longer, before or after it took effect."""
        return self.add(
            Fault("slow", method, channel, times, probability, when, seconds)
        )

    def refuse(
        self,
        method: str,
        error: str,
        *,
        channel: str = "",
        times: int | None = 1,
        probability: float = 1.0,
    ) -> Fault:
        """The call is answered with one of Slack's errors and has no effect."""
        return self.add(
            Fault("refuse", method, channel, times, probability, error=error)
        )

    def limit(
        self,
        method: str,
        retry_after: int = 1,
        *,
        channel: str = "",
        times: int | None = 1,
        probability: float = 1.0,
    ) -> Fault:
        """The call is answered 429 with `Retry-After` and has no effect."""
        return self.add(
            Fault("limit", method, channel, times, probability, seconds=retry_after)
        )

    def fail(
        self,
        method: str,
        *,
        when: When = "before",
        channel: str = "",
        times: int | None = 1,
        probability: float = 1.0,
    ) -> Fault:
        """The call is answered 500, before or after it took effect."""
        return self.add(Fault("break", method, channel, times, probability, when))

    def cut(
        self,
        method: str,
        *,
        when: When = "before",
        channel: str = "",
        times: int | None = 1,
        probability: float = 1.0,
    ) -> Fault:
        """The connection is reset, before or after the call took effect."""
        return self.add(Fault("cut", method, channel, times, probability, when))

    def duplicate(
        self,
        envelope: str,
        *,
        apart: float = 0.0,
        times: int | None = 1,
        probability: float = 1.0,
    ) -> Fault:
        """The envelope goes out twice, `apart` seconds apart; with 0 at the same
        moment, over two connections where there are two.
        """
        return self.add(
            Fault("duplicate", envelope, "", times, probability, seconds=apart)
        )

    def lose(
        self, envelope: str, *, times: int | None = 1, probability: float = 1.0
    ) -> Fault:
        """The envelope never reaches the app; to Slack it looks unanswered."""
        return self.add(Fault("lose", envelope, "", times, probability))

    def hide(self, channel: str, seconds: float) -> Fault:
        """New messages of a conversation are missing from its history for a while."""
        return self.add(Fault("hide", "history", channel, None, seconds=seconds))

    def unready(self, *, times: int | None = 1) -> Fault:
        """So many blocks that show a file are refused: it is too new to be shown."""
        return self.add(Fault("refuse", "slack_file", "", times))

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        with self._lock:
            self._set.clear()

    def strike(self, target: str, channel: str = "") -> list[Fault]:
        """The faults that strike this call or envelope, each counted."""
        with self._lock:
            struck = [
                each for each in self._set if self._strikes(each, target, channel)
            ]
            for fault in struck:
                fault.hits += 1
            return struck

    def hidden_for(self, channel: str) -> float:
        """For how many seconds new messages of a conversation stay invisible."""
        hiding = (
            fault.seconds
            for fault in self._set
            if fault.effect == "hide" and fault.channel in ("", channel)
        )
        return max(hiding, default=0.0)

    def _strikes(self, fault: Fault, target: str, channel: str) -> bool:
        return fault.matches(target, channel) and (
            fault.probability >= 1 or self._random.random() < fault.probability
        )
