"""Says of a reminder that it is late, so that its reader knows."""

from __future__ import annotations

from datetime import timedelta

from storage.records import Reminder
from storage.unit import Unit

LATE_AFTER = timedelta(minutes=5)
"""Delay from which on a reminder says that it is late."""


def lateness(uow: Unit, reminder: Reminder) -> dict[str, str]:
    """Return when a late reminder was due, for its notice's payload."""
    late = uow.now - reminder.due_at > LATE_AFTER
    return {"was_due": reminder.due_at.isoformat()} if late else {}
