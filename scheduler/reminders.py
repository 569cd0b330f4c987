"""Takes due reminders and calls the action of each kind, in small transactions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from scheduler.ports import Handlers, Teller
from storage.actors import System
from storage.records import Reminder
from storage.unit import Store, Unit

log = structlog.get_logger()

TOLD_AFTER = 3
"""Failed tries after which a person is told that a reminder is stuck."""


class UnknownKind(Exception):
    """No handler is registered for this kind of reminder."""


class ReminderFailed(Exception):
    """A handler raised; carries the reminder, so that it can be put off."""

    def __init__(self, reminder: Reminder) -> None:
        super().__init__(reminder.id)
        self.reminder = reminder


def _hear_nothing(_kind: str, _late: timedelta) -> None:
    return


@dataclass(frozen=True)
class DueReminders:
    """Handles what is due, once each, late rather than never."""

    store: Store
    handlers: Handlers
    teller: Teller
    first_wait: timedelta = timedelta(seconds=30)
    """After a first try that failed; doubles with each."""
    longest_wait: timedelta = timedelta(hours=1)
    handled: Callable[[str, timedelta], None] = _hear_nothing
    """Told of each that was settled: its kind, and how late."""

    def handle_all(self, *, most: int = 500) -> int:
        """Handle every reminder that is due; return how many were settled.

        A reminder that cannot be handled is put off and keeps nobody else waiting.
        """
        settled = 0
        for _ in range(most):
            try:
                if not self.handle_one():
                    return settled
                settled += 1
            except ReminderFailed as failure:
                self._put_off(failure.reminder, failure)
        return settled

    def handle_one(self) -> bool:
        """Handle the earliest due reminder; False if there is none.

        Raises `ReminderFailed`; what the handler did is then undone.
        """
        due: Reminder | None = None
        now = self.store.clock.now()
        try:
            with self.store.act(System("reminders")) as uow:
                lease_now = self.store.database.lease_now(uow.connection)
                due = uow.reminders.take_due(uow.now, lease_now=lease_now)
                if due is not None:
                    outcome = self._handle(uow, due)
                    uow.reminders.settle(due.id, outcome, at=uow.now)
        except Exception as error:
            # A process edge: whatever one kind's handler raises, or leaves for the
            # commit to refuse, must not keep the reminders behind it waiting.
            if due is None:
                raise
            raise ReminderFailed(due) from error
        if due is not None:
            self.handled(due.kind, now - due.due_at)
        return due is not None

    def _handle(self, uow: Unit, due: Reminder) -> str:
        handler = self.handlers.get(due.kind)
        if handler is None:
            raise UnknownKind(due.kind)
        doubted_since = uow.restorations.doubted_since(due.workspace_id, due.due_at)
        if doubted_since is not None:
            uow.notices.doubt_from_here_on(doubted_since)
        return handler(uow=uow, by=System(f"reminder:{due.id}"), reminder=due)

    def _put_off(self, due: Reminder, failure: ReminderFailed) -> None:
        unknown = isinstance(failure.__cause__, UnknownKind)
        log.error(
            "reminder.stuck",
            reminder=due.id,
            kind=due.kind,
            attempts=due.attempts + 1,
            cause=type(failure.__cause__).__name__,
        )
        with self.store.act(System(f"reminder:{due.id}")) as uow:
            lease_now = self.store.database.lease_now(uow.connection)
            wait = self.longest_wait if unknown else self._wait_after(due.attempts)
            uow.reminders.put_off(due, wait, lease_now=lease_now)
            if due.attempts + 1 == (1 if unknown else TOLD_AFTER):
                self.teller.reminder_stuck(uow=uow, by=uow.by, reminder=due)

    def _wait_after(self, attempts: int) -> timedelta:
        return min(self.first_wait * (1 << min(attempts, 10)), self.longest_wait)
