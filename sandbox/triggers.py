"""Trigger ids: each lets an app open one modal within seconds of a person's act."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.errors import ApiError

# Spent and expired triggers are remembered for their error, but not for ever.
REMEMBERED = 1000


@dataclass(frozen=True)
class Trigger:
    """Whose act it came from, and the modal in which it happened, if in one."""

    user: str
    view: str
    expires: float
    used: bool = False


class Triggers:
    """The trigger ids that were given out. Safe for threads."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._given: dict[str, Trigger] = {}

    def give(self, user: str, *, view: str = "") -> str:
        """A fresh trigger id for what a person just did."""
        number = secrets.randbelow(10**12)
        trigger_id = f"{number}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        with self._lock:
            expires = self._clock() + self._seconds
            self._given[trigger_id] = Trigger(user, view, expires)
            if len(self._given) > REMEMBERED:
                del self._given[next(iter(self._given))]
        return trigger_id

    def spend(self, trigger_id: str) -> Trigger:
        """Use a trigger id up. Raises ApiError as Slack says it."""
        with self._lock:
            trigger = self._given.get(trigger_id)
            if trigger is None:
                raise ApiError("invalid_trigger_id")
            if trigger.used:
                raise ApiError("exchanged_trigger_id")
            if self._clock() > trigger.expires:
                raise ApiError("expired_trigger_id")
            self._given[trigger_id] = replace(trigger, used=True)
            return trigger
