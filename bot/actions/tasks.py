"""When an open task is brought up, and again."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.plans import AWAY
from storage.courses import Task
from storage.reminders import Due
from storage.unit import Unit

TASK = "task"
"""The kind of reminder that brings up a task."""
EVERY = timedelta(days=7)
MONTHLY = timedelta(days=30)


def plan_task(uow: Unit, task: Task, at: datetime) -> None:
    """Plan when an open task is brought up next."""
    step = f"{at:%Y-%m-%d}"
    uow.reminders.plan(
        task.workspace_id, task.id, task.generation, [Due(TASK, step, at)]
    )


def next_asked(at: datetime, kind: str = "") -> datetime:
    """Return when a task that is still open is brought up again."""
    return at + (MONTHLY if kind in AWAY else EVERY)
