"""Handoffs and their actions, the words in them sealed by the case's key."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, or_, select, update

from care.handoff import LASTING, OWED, Line, State
from care.ipass import Direction
from storage.errors import NotFound
from storage.handoff_records import (
    Handoff,
    HandoffAction,
    HandoffWords,
    RefusedAction,
)
from storage.records import columns_of
from storage.sealing import DataKey
from storage.tables import handoff, handoff_action
from storage.vault import Vault

_SEALED = {"body": "fields"} | {
    name: name for name in ("reason", "synthesis", "correction")
}
"""Sealed column -> the field of `HandoffWords` that it holds."""

_PLAIN = [one for one in handoff.columns if one.name not in _SEALED]


class Handoffs:
    """Look-ups and writes of handoffs."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(
        self, new: Handoff, words: HandoffWords, actions: Sequence[HandoffAction]
    ) -> None:
        """Keep a new handoff with its actions."""
        key = self._vault.key(new.case_id)
        row = columns_of(new) | _seal_words(key, new.id, words)
        self._connection.execute(insert(handoff).values(**row))
        for one in actions:
            self._connection.execute(insert(handoff_action).values(**_row(key, one)))

    def keep(self, changed: Handoff, **words: Mapping[str, str]) -> None:
        """Write back a handoff, and what was written about it: `reason` and such.

        The caller holds the case's row.
        """
        key = self._vault.key(changed.case_id)
        sealed = {
            name: _seal(key, f"handoff.{name}/{changed.id}", told)
            for name, told in words.items()
        }
        self._connection.execute(
            update(handoff)
            .where(handoff.c.id == changed.id)
            .values(**columns_of(changed), **sealed)
        )

    def handoff(self, handoff_id: str) -> Handoff:
        """Return one handoff. Raises `NotFound`."""
        found = self._handoffs(select(*_PLAIN).where(handoff.c.id == handoff_id))
        if not found:
            raise NotFound("there is no such handoff")
        return found[0]

    def of(self, case_ids: Collection[str]) -> dict[str, list[Handoff]]:
        """Return the handoffs of several cases, oldest first, in one query."""
        found: dict[str, list[Handoff]] = {one: [] for one in case_ids}
        query = select(*_PLAIN).where(handoff.c.case_id.in_(set(case_ids)))
        for one in self._handoffs(query.order_by(handoff.c.offered_at, handoff.c.id)):
            found[one.case_id].append(one)
        return found

    def owed_with(self, clinician_ids: Collection[str]) -> list[Handoff]:
        """Return what somebody sends or receives and that waits, oldest first."""
        ids = list(clinician_ids)
        party = or_(handoff.c.receiver_id.in_(ids), handoff.c.sender_id.in_(ids))
        return self._handoffs(
            select(*_PLAIN)
            .where(party, handoff.c.state.in_(list(OWED)))
            .order_by(handoff.c.round_started_at, handoff.c.id)
        )

    def words(self, one: Handoff) -> HandoffWords:
        """Return what people wrote in a handoff."""
        columns = [handoff.c[name] for name in _SEALED]
        row = self._connection.execute(
            select(*columns).where(handoff.c.id == one.id)
        ).one()
        key = self._vault.key(one.case_id)
        return HandoffWords(
            **{
                name: json.loads(key.open(sealed, f"handoff.{column}/{one.id}"))
                for column, name in _SEALED.items()
                if (sealed := row._mapping[column]) is not None
            }
        )

    def actions(self, one: Handoff) -> list[HandoffAction]:
        """Return the actions of a handoff, in their order."""
        return self._actions(handoff_action.c.handoff_id == one.id)

    def action(self, action_id: str) -> HandoffAction:
        """Return one action. Raises `NotFound`."""
        found = self._actions(handoff_action.c.id == action_id)
        if not found:
            raise NotFound("there is no such action")
        return found[0]

    def to_do(self, doer_id: str, states: Collection[Line]) -> list[HandoffAction]:
        """Return somebody's actions in some states, those due first first."""
        mine = handoff_action.c.doer_id == doer_id
        found = self._actions(mine & handoff_action.c.state.in_(list(states)))
        return sorted(found, key=lambda one: (one.due_day, one.id))

    def refused_of(self, giver_id: str) -> list[RefusedAction]:
        """Return what nobody has taken on of what somebody offered, those due first.

        Of a handoff that was read back: before that, every line is still to be said.
        """
        mine = or_(handoff.c.sender_id == giver_id, handoff.c.offered_by == giver_id)
        rows = self._connection.execute(
            select(handoff_action, handoff.c.case_id, handoff.c.referral_id)
            .join(handoff, handoff.c.id == handoff_action.c.handoff_id)
            .where(
                mine,
                handoff.c.state.in_(list(LASTING)),
                handoff_action.c.state == Line.REFUSED,
            )
            .order_by(handoff_action.c.due_day, handoff_action.c.id)
        ).all()
        self._vault.open_all([row.case_id for row in rows])
        return [
            RefusedAction(row.referral_id, _action(row, self._vault.key(row.case_id)))
            for row in rows
        ]

    def keep_action(self, changed: HandoffAction) -> None:
        """Write back an action. The caller holds the case's row."""
        case_id = self.handoff(changed.handoff_id).case_id
        self._connection.execute(
            update(handoff_action)
            .where(handoff_action.c.id == changed.id)
            .values(**_row(self._vault.key(case_id), changed))
        )

    def _handoffs(self, query: Select[Any]) -> list[Handoff]:
        return [_handoff(row) for row in self._connection.execute(query)]

    def _actions(self, wanted: Any) -> list[HandoffAction]:
        rows = self._connection.execute(
            select(handoff_action, handoff.c.case_id)
            .join(handoff, handoff.c.id == handoff_action.c.handoff_id)
            .where(wanted)
            .order_by(handoff_action.c.handoff_id, handoff_action.c.position)
        ).all()
        self._vault.open_all([row.case_id for row in rows])
        return [_action(row, self._vault.key(row.case_id)) for row in rows]


def _handoff(row: Row[Any]) -> Handoff:
    return Handoff(
        **dict(row._mapping)
        | {
            "direction": Direction(row.direction),
            "state": State(row.state),
            "passed_by": tuple(row.passed_by),
        }
    )


def _action(row: Row[Any], key: DataKey) -> HandoffAction:
    values = dict(row._mapping)
    for name in ("case_id", "referral_id"):
        values.pop(name, None)
    answer = row.answer
    opened = {
        "text": key.open(row.text, f"handoff_action.text/{row.id}"),
        "answer": key.open(answer, f"handoff_action.answer/{row.id}")
        if answer is not None
        else None,
        "due_day": date.fromisoformat(row.due_day),
        "state": Line(row.state),
    }
    return HandoffAction(**values | opened)


def _row(key: DataKey, one: HandoffAction) -> dict[str, Any]:
    sealed = {
        name: None
        if told is None
        else key.seal(told, f"handoff_action.{name}/{one.id}")
        for name, told in (("text", one.text), ("answer", one.answer))
    }
    return columns_of(one) | sealed | {"due_day": one.due_day.isoformat()}


def _seal_words(key: DataKey, id_: str, words: HandoffWords) -> dict[str, bytes | None]:
    return {
        column: _seal(key, f"handoff.{column}/{id_}", told)
        if (told := getattr(words, name)) or column == "body"
        else None
        for column, name in _SEALED.items()
    }


def _seal(key: DataKey, place: str, told: Mapping[str, str]) -> bytes:
    return key.seal(json.dumps(dict(told)), place)
