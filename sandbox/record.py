"""What went over the wire, kept up to a cap for tests and an inspector."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

from sandbox.things import Json

E = TypeVar("E")


@dataclass(frozen=True)
class ApiCall:
    """One call of the Web API. `at` is in seconds since 1970, `took` in seconds;
    `by` says whose token it carried: `bot`, `app` or `nobody`; `status` is HTTP's,
    0 where the connection was cut.
    """

    at: float
    method: str
    arguments: Json
    status: int
    answer: Json
    by: str
    took: float


@dataclass(frozen=True)
class Sent:
    """One envelope on its way to the app, each attempt for itself."""

    at: float
    envelope_id: str
    kind: str
    payload: Json
    connection: str
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Acked:
    """What the app answered to an envelope; late answers too."""

    at: float
    envelope_id: str
    payload: Json | None
    connection: str


class _Log(Generic[E]):
    def __init__(self, cap: int) -> None:
        self._lock = threading.Lock()
        self._entries: deque[E] = deque(maxlen=cap)

    def add(self, entry: E) -> None:
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[E]:
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


class Record:
    """The last `cap` calls, envelopes and answers, oldest first."""

    def __init__(self, cap: int) -> None:
        self._calls: _Log[ApiCall] = _Log(cap)
        self._sent: _Log[Sent] = _Log(cap)
        self._acked: _Log[Acked] = _Log(cap)
        self._problems: _Log[str] = _Log(cap)

    def add(self, entry: ApiCall | Sent | Acked) -> None:
        """Note one more entry."""
        if isinstance(entry, ApiCall):
            self._calls.add(entry)
        elif isinstance(entry, Sent):
            self._sent.add(entry)
        else:
            self._acked.add(entry)

    def complain(self, problem: str) -> None:
        """Note what the app did wrong where Slack has no error to answer with."""
        self._problems.add(problem)

    def calls(self, method: str = "") -> list[ApiCall]:
        """The Web API calls, of one method or of all."""
        return [each for each in self._calls.entries() if method in ("", each.method)]

    def envelopes(self, kind: str = "") -> list[Sent]:
        """The envelopes sent: `events_api`, `interactive`, `slash_commands`, or all."""
        return [each for each in self._sent.entries() if kind in ("", each.kind)]

    def acks(self) -> list[Acked]:
        """The answers to envelopes."""
        return self._acked.entries()

    def problems(self) -> list[str]:
        """What the app did wrong where Slack would only have shown trouble."""
        return self._problems.entries()

    def clear(self) -> None:
        """Start the record anew."""
        for log in (self._calls, self._sent, self._acked, self._problems):
            log.clear()
