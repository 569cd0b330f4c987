"""Patients from before Baton: which check of a plan something done long ago was."""

from __future__ import annotations

from datetime import date

from care.knowledge.protocol import ProtocolRow
from care.plan import KEPT_AHEAD, Occurrence, occurrences


def nearest(row: ProtocolRow, day0: date, day: date) -> Occurrence | None:
    """Return which of a row's checks was done on a day, or None where it has none.

    It is the one in whose window the day lies; else the one whose day is nearest.
    """
    first = next(occurrences(row, day0, until=date.max), None)
    found = [first] if first else []
    found += occurrences(row, day0, until=day + KEPT_AHEAD)
    held = [one for one in found if one.window.holds(day)]
    return min(
        held or found, key=lambda one: abs(one.window.target - day), default=None
    )
