"""How often each chore comes back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pulse:
    """How often each chore runs when nothing wakes it (seconds)."""

    reminders: float = 1.0
    dispatch: float = 0.5
    reconcile: float = 5.0
    tidy: float = 600.0
    senders: int = 8
    sweep: float = 3600.0
