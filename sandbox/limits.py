"""Slack's rate limits: buckets that refill, one for each method and scope of it."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

POST = "chat.postMessage"
SECONDS_A_MINUTE = 60
CALLS_A_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100, 5: 600}
# Slack promises the rate and tolerates bursts of unpublished size; a minute's worth
# is what these buckets hold, more where one a minute would stop every reconnect.
BURST = {1: 20, 2: 20, 3: 50, 4: 100, 5: 600}
POSTS_A_SECOND = 1.0
POST_BURST = 10
POSTS_A_MINUTE_IN_ALL = 300


@dataclass
class _Bucket:
    """Tokens that are spent by calls and come back with time."""

    capacity: float
    per_second: float
    tokens: float
    at: float

    def missing(self, now: float) -> float:
        """Seconds until a token is there; 0 when one can be taken."""
        grown = self.tokens + (now - self.at) * self.per_second
        self.tokens, self.at = min(self.capacity, grown), now
        return max(0.0, (1 - self.tokens) / self.per_second)


class Limits:
    """Says how long a call has to wait. Safe for threads."""

    def __init__(self, clock: Callable[[], float], *, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, method: str, *, tier: int, channel: str) -> int:
        """Whole seconds for `Retry-After`, or 0 when the call may go through."""
        if not self.enabled:
            return 0
        with self._lock:
            now = self._clock()
            buckets = self._buckets_for(method, tier=tier, channel=channel)
            missing = max(bucket.missing(now) for bucket in buckets)
            if not missing:
                for bucket in buckets:
                    bucket.tokens -= 1
            return math.ceil(missing)

    def _buckets_for(self, method: str, *, tier: int, channel: str) -> list[_Bucket]:
        if method != POST:
            rate = CALLS_A_MINUTE[tier] / SECONDS_A_MINUTE
            return [self._bucket(method, BURST[tier], rate)]
        every = POSTS_A_MINUTE_IN_ALL
        return [
            self._bucket(f"{POST} {channel}", POST_BURST, POSTS_A_SECOND),
            self._bucket(POST, every, every / SECONDS_A_MINUTE),
        ]

    def _bucket(self, name: str, capacity: float, rate: float) -> _Bucket:
        fresh = _Bucket(capacity, rate, capacity, self._clock())
        return self._buckets.setdefault(name, fresh)
