"""Response URLs: how an app answers an act later, a few times, for half an hour."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.errors import ApiError

REMEMBERED = 1000


@dataclass(frozen=True)
class Permit:
    """To whom and where an answer may go; `ts` is the message that was acted on."""

    user: str
    channel: str
    ts: str
    expires: float
    left: int


class ResponseUrls:
    """The permits that were given out. Safe for threads."""

    def __init__(
        self, clock: Callable[[], float], *, seconds: float, uses: int
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._uses = uses
        self._lock = threading.Lock()
        self._given: dict[str, Permit] = {}

    def give(self, *, user: str, channel: str, ts: str = "") -> str:
        """The last part of a new response URL."""
        ticket = secrets.token_urlsafe(24)
        expires = self._clock() + self._seconds
        with self._lock:
            self._given[ticket] = Permit(user, channel, ts, expires, self._uses)
            if len(self._given) > REMEMBERED:
                del self._given[next(iter(self._given))]
        return ticket

    def spend(self, ticket: str) -> Permit:
        """Use it once. Raises ApiError as Slack says it."""
        with self._lock:
            permit = self._given.get(ticket)
            if permit is None or self._clock() > permit.expires:
                raise ApiError("expired_url")
            if permit.left == 0:
                raise ApiError("used_url")
            self._given[ticket] = replace(permit, left=permit.left - 1)
            return permit
