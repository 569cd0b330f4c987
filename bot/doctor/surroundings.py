"""What the doctor is given: everything is wired outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from slack_sdk import WebClient

from bot.settings import Settings
from scheduler.ports import Sender
from storage.unit import Store

PATIENCE = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait before each look for a probe: as long as delivery waits."""


def host_now() -> datetime:
    """Return the host's time, which nothing but its own clock decides."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Surroundings:
    """What Baton stands on. The database is opened, not migrated."""

    settings: Settings
    client: WebClient
    sender: Sender
    """The same that sends notices and looks for unknown ones."""
    store: Store
    needed_scopes: frozenset[str]
    host_now: Callable[[], datetime] = host_now
    patience: tuple[float, ...] = PATIENCE
