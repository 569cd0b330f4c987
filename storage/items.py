"""Items of plans, what happened with each, and their notes and values sealed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from care.item import Standing, State, Why
from care.knowledge.protocol import Hold
from care.plan import Window
from storage.errors import NotFound
from storage.tables import item, item_change
from storage.vault import Vault

NAMESPACE = uuid.UUID("6b1d6f0c-52f4-5e6e-9a55-9c0a4d5b7e21")
SLICE = 500
"""How many ids stand in one query, well below what SQLite takes."""


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
        )

    def as_before(self, change: Change) -> Item:
        """Return the item with its columns as they were before a change."""
        told = dict(change.before)
        window = Window(*(_day(told.pop(n)) for n in ("earliest", "target", "latest")))
        return replace(self, window=window, **_typed(told))


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


class Items:
    """Items and their changes. The item must be locked by whoever changes it."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, new: Sequence[Item]) -> list[Item]:
        """Keep those that are not there yet, in a fixed number of queries."""
        there = self.there([one.id for one in new])
        fresh = [one for one in new if one.id not in there]
        if fresh:
            self._connection.execute(insert(item), [self._values(one) for one in fresh])
        return fresh

    def there(self, ids: Collection[str]) -> set[str]:
        """Return which of these ids are kept."""
        found = set[str]()
        for part in _slices(ids):
            query = select(item.c.id).where(item.c.id.in_(part))
            found |= set(self._connection.execute(query).scalars())
        return found

    def keep(self, changed: Item, *, event: str, was: Item, at: datetime) -> None:
        """Write back an item, and keep what it was before."""
        self._connection.execute(
            update(item).where(item.c.id == changed.id).values(**self._values(changed))
        )
        self._connection.execute(
            insert(item_change).values(
                item_id=changed.id,
                position=self._next_position(changed.id),
                event=event,
                before=_before(was),
                at=at,
                by=changed.changed_by,
            )
        )

    def keep_all(
        self, pairs: Sequence[tuple[Item, Item]], *, event: str, at: datetime
    ) -> None:
        """Write back many items, each with what it was, in few queries."""
        if not pairs:
            return
        positions = self._positions([one.id for one, _ in pairs])
        rows = [self._values(one) for one, _ in pairs]
        names = [name for name in rows[0] if name != "id"]
        self._connection.execute(
            update(item)
            .where(item.c.id == bindparam("of_id"))
            .values({name: bindparam(f"new_{name}") for name in names}),
            [
                {f"new_{name}": row[name] for name in names} | {"of_id": row["id"]}
                for row in rows
            ],
        )
        self._connection.execute(
            insert(item_change),
            [
                {
                    "item_id": one.id,
                    "position": positions.get(one.id, -1) + 1,
                    "event": event,
                    "before": _before(was),
                    "at": at,
                    "by": one.changed_by,
                }
                for one, was in pairs
            ],
        )

    def raise_generations(self, ids: Collection[str]) -> None:
        """Begin a new generation of items whose reminders are planned anew."""
        for part in _slices(ids):
            self._connection.execute(
                update(item)
                .where(item.c.id.in_(part))
                .values(generation=item.c.generation + 1)
            )

    def last_changes(self, ids: Collection[str]) -> dict[str, Change]:
        """Return the newest change of each of some items that was not undone."""
        found: dict[str, Change] = {}
        for part in _slices(ids):
            rows = self._connection.execute(
                select(item_change)
                .where(
                    item_change.c.item_id.in_(part), item_change.c.undone_at.is_(None)
                )
                .order_by(item_change.c.position)
            )
            found |= {row.item_id: Change(**row._mapping) for row in rows}
        return found

    def item(self, item_id: str) -> Item:
        """Return one item. Raises `NotFound`."""
        return self.items([item_id])[0]

    def items(self, ids: Collection[str]) -> list[Item]:
        """Return several items, by window. Raises `NotFound` where one is lacking."""
        found = self._found(item.c.id.in_(set(ids)))
        if len(found) < len(set(ids)):
            raise NotFound("there is no such item")
        return found

    def items_to_change(self, ids: Collection[str]) -> list[Item]:
        """Return several items, locked in one order. Raises `NotFound`."""
        query = select(item.c.id).where(item.c.id.in_(set(ids))).order_by(item.c.id)
        self._connection.execute(query.with_for_update()).all()
        return self.items(ids)

    def of_plans(self, plan_ids: Collection[str]) -> list[Item]:
        """Return every item of some plans, by window, in one query."""
        return self._found(item.c.plan_id.in_(set(plan_ids)))

    def of_doers(
        self, doer_ids: Collection[str], states: Collection[State]
    ) -> list[Item]:
        """Return what some people have to do, by window, in one query."""
        return self._found(
            item.c.doer_id.in_(set(doer_ids)), item.c.state.in_(set(states))
        )

    def at_sites(
        self, site_ids: Collection[str], states: Collection[State]
    ) -> list[Item]:
        """Return what stands at some sites, by window, in one query."""
        return self._found(
            item.c.site_id.in_(set(site_ids)), item.c.state.in_(set(states))
        )

    def of_cases(
        self, case_ids: Collection[str], states: Collection[State]
    ) -> list[Item]:
        """Return the items of some cases, by window, in one query."""
        return self._found(
            item.c.case_id.in_(set(case_ids)), item.c.state.in_(set(states))
        )

    def last_change(self, item_id: str) -> Change | None:
        """Return the newest change of an item that was not undone."""
        row = self._connection.execute(
            select(item_change)
            .where(item_change.c.item_id == item_id, item_change.c.undone_at.is_(None))
            .order_by(item_change.c.position.desc())
            .limit(1)
        ).first()
        return Change(**row._mapping) if row else None

    def changes(self, item_id: str) -> list[Change]:
        """Return every change of an item, oldest first."""
        rows = self._connection.execute(
            select(item_change)
            .where(item_change.c.item_id == item_id)
            .order_by(item_change.c.position)
        )
        return [Change(**row._mapping) for row in rows]

    def mark_undone(self, change: Change, *, at: datetime) -> None:
        """Keep that a change was undone."""
        self._connection.execute(
            update(item_change)
            .where(
                item_change.c.item_id == change.item_id,
                item_change.c.position == change.position,
            )
            .values(undone_at=at)
        )

    def _next_position(self, item_id: str) -> int:
        query = select(func.max(item_change.c.position)).where(
            item_change.c.item_id == item_id
        )
        last = self._connection.execute(query).scalar()
        return 0 if last is None else int(last) + 1

    def _positions(self, ids: Collection[str]) -> dict[str, int]:
        """Return the position of the last change of each item that has any."""
        found: dict[str, int] = {}
        for part in _slices(ids):
            rows = self._connection.execute(
                select(item_change.c.item_id, func.max(item_change.c.position))
                .where(item_change.c.item_id.in_(part))
                .group_by(item_change.c.item_id)
            )
            found |= {row[0]: row[1] for row in rows}
        return found

    def _found(self, *where: Any) -> list[Item]:
        rows = self._connection.execute(
            select(item)
            .where(*where)
            .order_by(item.c.earliest, item.c.latest, item.c.row_id, item.c.id)
        ).all()
        self._vault.open_all([row.case_id for row in rows if row.note or row.value])
        return [self._open(row) for row in rows]

    def _values(self, one: Item) -> dict[str, Any]:
        return _before(one) | {
            "id": one.id,
            "workspace_id": one.workspace_id,
            "case_id": one.case_id,
            "plan_id": one.plan_id,
            "row_id": one.row_id,
            "number": one.number,
            "note": self._sealed(one, "note", one.note),
            "value": self._sealed(one, "value", one.value),
            "changed_at": one.changed_at,
            "changed_by": one.changed_by,
            "generation": one.generation,
        }

    def _sealed(self, one: Item, name: str, text: str | None) -> bytes | None:
        if not text:
            return None
        return self._vault.key(one.case_id).seal(text, f"item.{name}/{one.id}")

    def _open(self, row: Row[Any]) -> Item:
        told = dict(row._mapping)
        window = Window(*(_day(told.pop(n)) for n in ("earliest", "target", "latest")))
        for name in ("note", "value"):
            if told[name]:
                key = self._vault.key(row.case_id)
                told[name] = key.open(told[name], f"item.{name}/{row.id}")
        return Item(window=window, **_typed(told))


DAYS = ("extended_to", "drawn_on", "done_on", "look_again_on", "missed_on")


def _typed(told: dict[str, Any]) -> dict[str, Any]:
    """Return an item's columns with days and codes as what they are."""
    days = {name: _day(told[name]) if told[name] else None for name in DAYS}
    codes = {
        "state": State(told["state"]),
        "hold": Hold(told["hold"]) if told["hold"] else None,
        "why": Why(told["why"]) if told["why"] else None,
    }
    return told | days | codes


def _slices(ids: Collection[str]) -> Iterator[list[str]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), SLICE):
        yield wanted[start : start + SLICE]


def _before(one: Item) -> dict[str, Any]:
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
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str) -> date:
    return date.fromisoformat(text)
