"""What goes first where much waits to be said."""

from __future__ import annotations

from bot.digests import DIGEST
from bot.sheets import CARD
from storage.precedence import Priority
from storage.records import Way

URGENT = frozenset(
    {
        "concern to center",
        "concern to sender",
        "concern acknowledged",
        "concern line",
        "handoff",
        "handoff line",
        "handoff moved",
        "handoff brought up",
    }
)
"""Views of urgent concerns, and of handoffs that are offered or taken over."""


def priority_of(view: str, way: Way) -> Priority:
    """Return how soon a view is said, or brought up to date.

    The post of a card is not put off: everything in its thread waits for it.
    """
    if view in URGENT:
        return Priority.URGENT
    if view == DIGEST or (view == CARD and way is not Way.POST):
        return Priority.LATER
    return Priority.ROUTINE
