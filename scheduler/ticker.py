"""APScheduler ticks. What is due and what is pending stands in our own tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from scheduler.chores import Chores
from scheduler.pulse import Pulse
from scheduler.reminders import DueReminders
from scheduler.sending import Sends
from storage.actors import System
from storage.unit import Store

__all__ = ["DRAIN_SECONDS", "KEEP_INBOUND", "Pulse", "Ticker"]

KEEP_INBOUND = timedelta(hours=24)
"""How long a duplicate of something that came in is known as one."""
DRAIN_SECONDS = 10.0
"""How long what is in flight may take to its end once Baton is told to stop."""


class Ticker:
    """Runs the chores of time until it is stopped; others do the sending."""

    def __init__(
        self,
        *,
        store: Store,
        reminders: DueReminders,
        sending: Sends,
        pulse: Pulse | None = None,
    ) -> None:
        self._store = store
        self._reminders = reminders
        self._sending = sending
        self._pulse = pulse or Pulse()
        self._chores = Chores()

    @property
    def completed(self) -> Mapping[str, datetime]:
        """When each chore last ran to its end, by the host's clock."""
        return {**self._sending.completed, **self._chores.completed}

    def start(self) -> None:
        """Begin to tick. Raises what keeps the sending from its start."""
        self._chores.every(self._pulse.reminders, "reminders", self._handle_reminders)
        self._chores.every(self._pulse.tidy, "tidy", self._tidy)
        self._sending.start()
        self._chores.start()

    def stop(self, within: float = DRAIN_SECONDS) -> None:
        """Stop ticking, and let what is being sent come to its end."""
        self._chores.stop()
        self._sending.stop(within)

    def wake(self) -> None:
        """Send what is pending now, without waiting for the next tick."""
        self._sending.wake()

    def _handle_reminders(self) -> None:
        if self._reminders.handle_all():
            self.wake()

    def _tidy(self) -> None:
        with self._store.act(System("tidy")) as uow:
            uow.drafts.drop_old(uow.now)
            uow.inbound.drop_before(uow.now - KEEP_INBOUND)
