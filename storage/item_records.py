"""An item of a plan and its changes as records, and as the columns they are kept in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from care.item import Standing, State, Why
from care.knowledge.protocol import Hold
from care.plan import Window

TEXTS = ("note", "value")
"""The sealed columns of an item."""
NAMESPACE = uuid.UUID("6b1d6f0c-52f4-5e6e-9a55-9c0a4d5b7e21")


def item_id(plan_id: str, row_id: str, number: int) -> str:
    """Return the id that an item has whenever it is made, so that twice is once."""
    return uuid.uuid5(NAMESPACE, f"{plan_id}/{row_id}/{number}").hex


@dataclass(frozen=True)
class Item:
    """One thing to do in a window after Day 0; days are dates at the center."""

    id: str
    workspace_id: str
    case_id: str
    plan_id: str
    row_id: str
    number: int
    site_id: str
    doer_id: str | None
    """Who does it; None: the site's coordinator, else whoever is responsible there."""
    window: Window
    state: State
    changed_at: datetime
    fixed: bool = False
    extended_to: date | None = None
    drawn_on: date | None = None
    drawn_by: str | None = None
    done_on: date | None = None
    done_by: str | None = None
    hold: Hold | None = None
    look_again_on: date | None = None
    why: Why | None = None
    note: str | None = None
    value: str | None = None
    missed_on: date | None = None
    """The day after its window closed, on which it was found missed."""
    quiet_until: date | None = None
    """The day on which it is brought up again, where somebody put it off to then."""
    changed_by: str | None = None
    generation: int = 0

    @property
    def ends_on(self) -> date:
        """The last day on which it is in time."""
        return self.standing.ends_on

    @property
    def standing(self) -> Standing:
        """The item as the rules see it."""
        return Standing(
            window=self.window,
            state=self.state,
            extended_to=self.extended_to,
            done_on=self.done_on,
            hold=self.hold,
            look_again_on=self.look_again_on,
            quiet_until=self.quiet_until,
        )

    def stands(self, now: Standing) -> Item:
        """Return the item as it stands after a move."""
        return replace(
            self,
            window=now.window,
            state=now.state,
            extended_to=now.extended_to,
            done_on=now.done_on,
            hold=now.hold,
            look_again_on=now.look_again_on,
            quiet_until=now.quiet_until,
        )

    def as_before(self, change: Change) -> Item:
        """Return the item as it was before a change: its columns, note and value."""
        return replace(self, **read_columns(change.before), **change.texts)


@dataclass(frozen=True)
class Change:
    """One change of an item, with what its columns were before it."""

    item_id: str
    position: int
    event: str
    before: Mapping[str, Any]
    at: datetime
    by: str | None
    undone_at: datetime | None = None
    texts: Mapping[str, Any] = field(default_factory=lambda: dict.fromkeys(TEXTS))
    """Its note and value before it."""


def item_columns(one: Item) -> dict[str, Any]:
    """Return the columns of an item that its changes are about: ids, days and codes."""
    return {
        "site_id": one.site_id,
        "doer_id": one.doer_id,
        "earliest": one.window.earliest.isoformat(),
        "target": one.window.target.isoformat(),
        "latest": one.window.latest.isoformat(),
        "fixed": one.fixed,
        "state": one.state.value,
        "extended_to": _text(one.extended_to),
        "drawn_on": _text(one.drawn_on),
        "drawn_by": one.drawn_by,
        "done_on": _text(one.done_on),
        "done_by": one.done_by,
        "hold": one.hold.value if one.hold else None,
        "look_again_on": _text(one.look_again_on),
        "why": one.why.value if one.why else None,
        "missed_on": _text(one.missed_on),
        "quiet_until": _text(one.quiet_until),
    }


_DAYS = (
    "extended_to",
    "drawn_on",
    "done_on",
    "look_again_on",
    "missed_on",
    "quiet_until",
)
_WINDOW = ("earliest", "target", "latest")
COLUMNS = (
    *_WINDOW,
    *_DAYS,
    *("site_id", "doer_id", "fixed", "drawn_by", "done_by", "state", "hold", "why"),
)
"""The columns of an item that its changes are about."""


def read_columns(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return what these columns say, as an item has it."""
    told = {name: columns[name] for name in COLUMNS if name not in _WINDOW}
    told |= {name: _day(told[name]) if told[name] else None for name in _DAYS}
    return told | {
        "window": Window(*(_day(columns[name]) for name in _WINDOW)),
        "state": State(columns["state"]),
        "hold": Hold(columns["hold"]) if columns["hold"] else None,
        "why": Why(columns["why"]) if columns["why"] else None,
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str) -> date:
    return date.fromisoformat(text)
