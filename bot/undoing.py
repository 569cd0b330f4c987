"""What of an item somebody can take back with a tap, though its plan moved meanwhile.

A change of the plan (Day 0, a protocol, another site) fits items again. Where that
left what somebody had recorded as it was, they can still take it back: the item is
then as before, in the window and at the site that the plan gives it now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.item_records import Change, Item
from storage.unit import Reading

MOVED = "moved to another site"
"""Its site followed the responsibility."""
FITTED = "plan changed"
"""Its window was computed again: Day 0, a product or a protocol was changed."""
AGREED = "doer agreed"
"""Who does it was agreed when the patient was handed back."""
BY_PLAN = frozenset({FITTED, MOVED, AGREED})
"""Changes by which Baton brings an item to its plan, and which settle nothing."""


@dataclass(frozen=True)
class LastChange:
    """The last change of an item that settled something, and its plan's since."""

    change: Change
    since: tuple[Change, ...] = ()

    @property
    def by_plan(self) -> Mapping[str, Any]:
        """The columns of the item before the plan changed them, since then."""
        return self.since[0].before if self.since else {}


def last_change(reading: Reading, item: Item) -> LastChange | None:
    """Return the last change of an item; one of its plan alone is passed over.

    That is so where it left the item's state as it was: what it opened, closed or
    took out of the plan is a change like any other.
    """
    standing = [one for one in reading.items.changes(item.id) if one.undone_at is None]
    since: list[Change] = []
    for one in reversed(standing):
        if not _is_by_plan(one, item):
            return LastChange(one, tuple(reversed(since)))
        since.append(one)
    return None


def _is_by_plan(one: Change, item: Item) -> bool:
    kept = one.before["state"] == item.state.value
    return one.by is None and one.event in BY_PLAN and kept
