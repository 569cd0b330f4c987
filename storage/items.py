"""Items of plans, what happened with each, and their notes and values sealed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from care.item import State
from storage.errors import NotFound
from storage.item_records import (
    COLUMNS,
    TEXTS,
    Change,
    Item,
    item_columns,
    read_columns,
)
from storage.tables import case, item, item_change, link, plan, referral
from storage.vault import Vault

SLICE = 500
"""How many ids stand in one query, well below what SQLite takes."""


_CHANGES = select(item_change, item.c.case_id).join(
    item, item.c.id == item_change.c.item_id
)


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
        position = self._next_position(changed.id)
        self._connection.execute(
            insert(item_change).values(
                item_id=changed.id,
                position=position,
                event=event,
                before=item_columns(was),
                texts=self._sealed_texts(was, position),
                at=at,
                by=changed.changed_by,
            )
        )

    def take_back(self, changed: Item, change: Change, *, at: datetime) -> None:
        """Write back an item as it was before its last change, which is undone."""
        self._connection.execute(
            update(item).where(item.c.id == changed.id).values(**self._values(changed))
        )
        self.mark_undone(change, at=at)

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
                    "before": item_columns(was),
                    "texts": self._sealed_texts(was, positions.get(one.id, -1) + 1),
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

    def last_changes(
        self, ids: Collection[str], *, besides: Collection[str] = ()
    ) -> dict[str, Change]:
        """Return the newest change of each of some items that was not undone.

        `besides` are events that are left out of account.
        """
        found: dict[str, Change] = {}
        for part in _slices(ids):
            rows = self._connection.execute(
                _CHANGES.where(
                    item_change.c.item_id.in_(part),
                    item_change.c.undone_at.is_(None),
                    item_change.c.event.not_in(besides),
                ).order_by(item_change.c.position)
            )
            newest = {row.item_id: row for row in rows}
            found |= {id_: self._open_change(row) for id_, row in newest.items()}
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

    def of_cases(
        self, case_ids: Collection[str], states: Collection[State]
    ) -> list[Item]:
        """Return the items of some cases, by window, in one query."""
        return self._found(
            item.c.case_id.in_(set(case_ids)), item.c.state.in_(set(states))
        )

    def doers(self, case_ids: Collection[str]) -> dict[str, frozenset[str]]:
        """Return who is or was named to do something of some cases, by case."""
        rows = self._connection.execute(
            select(item.c.case_id, item.c.doer_id)
            .where(item.c.case_id.in_(set(case_ids)), item.c.doer_id.is_not(None))
            .distinct()
        ).all()
        found: dict[str, frozenset[str]] = {}
        for row in rows:
            named = found.get(row.case_id, frozenset())
            found[row.case_id] = named | {row.doer_id}
        return found

    def near(
        self,
        reader_id: str,
        site_id: str,
        *,
        until: date,
        since: date,
        instead_of: Collection[str] = (),
    ) -> list[Item]:
        """Return what is to do of living patients up to a day, in one query.

        At a site, or by somebody or with them responsible wherever it is, or with one
        of those in whose place they may be. What was missed before `since` is left
        out: it has been told.
        """
        return self._found(
            item.c.state.in_([State.UPCOMING, State.OPEN, State.MISSED]),
            item.c.earliest <= until.isoformat(),
            or_(item.c.missed_on.is_(None), item.c.missed_on >= since.isoformat()),
            or_(
                item.c.site_id == site_id,
                item.c.doer_id == reader_id,
                item.c.case_id.in_(
                    select(case.c.id).where(
                        case.c.responsible_id.in_({reader_id, *instead_of})
                    )
                ),
            ),
            _lives(),
        )

    def missed_over_links(self, site_id: str) -> list[Item]:
        """Return all that stays missed of a site's living patients, in one query."""
        at_site = or_(link.c.practice_id == site_id, link.c.center_id == site_id)
        plans = (
            select(plan.c.id)
            .join(referral, referral.c.id == plan.c.referral_id)
            .join(link, link.c.id == referral.c.link_id)
            .where(at_site)
        )
        return self._found(
            item.c.state == State.MISSED, item.c.plan_id.in_(plans), _lives()
        )

    def last_change(self, item_id: str) -> Change | None:
        """Return the newest change of an item that was not undone."""
        standing = [one for one in self.changes(item_id) if one.undone_at is None]
        return standing[-1] if standing else None

    def changes(self, item_id: str) -> list[Change]:
        """Return every change of an item, oldest first."""
        rows = self._connection.execute(
            _CHANGES.where(item_change.c.item_id == item_id).order_by(
                item_change.c.position
            )
        ).all()
        return [self._open_change(row) for row in rows]

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
        return item_columns(one) | {
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

    def _sealed_texts(self, was: Item, position: int) -> bytes | None:
        if not was.note and not was.value:
            return None
        said = json.dumps({name: getattr(was, name) for name in TEXTS})
        about = f"item_change.texts/{was.id}/{position}"
        return self._vault.key(was.case_id).seal(said, about)

    def _open_change(self, row: Row[Any]) -> Change:
        told = dict(row._mapping)
        case_id, sealed = told.pop("case_id"), told.pop("texts")
        if sealed:
            key = self._vault.key(case_id)
            about = f"item_change.texts/{row.item_id}/{row.position}"
            told["texts"] = json.loads(key.open(sealed, about))
        return Change(**told)

    def _open(self, row: Row[Any]) -> Item:
        told = dict(row._mapping)
        for name in TEXTS:
            if told[name]:
                key = self._vault.key(row.case_id)
                told[name] = key.open(told[name], f"item.{name}/{row.id}")
        columns = {name: told.pop(name) for name in COLUMNS}
        return Item(**told, **read_columns(columns))


def _slices(ids: Collection[str]) -> Iterator[list[str]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), SLICE):
        yield wanted[start : start + SLICE]


def _lives() -> Any:
    living = select(case.c.id).where(case.c.life == "living")
    return item.c.case_id.in_(living)
