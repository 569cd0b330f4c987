"""Plans after CAR T and how each row of the protocol goes in them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from care.knowledge.protocol import Condition
from care.milestone import Product
from care.plan import Basis
from storage.errors import NotFound
from storage.tables import plan, plan_row, protocol
from storage.vault import Vault

NAMESPACE = uuid.UUID("9d0c7a53-7d0e-5a5e-8f43-2f9b6f3a1c55")


def plan_row_id(plan_id: str, row_id: str) -> str:
    """Return the id that a row of a plan has whenever it is made."""
    return uuid.uuid5(NAMESPACE, f"{plan_id}/{row_id}").hex


@dataclass(frozen=True)
class Plan:
    """What is due after one infusion; pinned to one version of a protocol."""

    id: str
    workspace_id: str
    case_id: str
    course_id: str
    referral_id: str
    protocol_id: str
    product: Product
    day0: date
    conditions: frozenset[Condition]
    confirmed_by: str | None
    """Who confirmed for which conditions the plan is made; None: nobody yet."""
    confirmed_at: datetime | None
    made_at: datetime
    kept_to: date
    """Up to which day its items are kept; later ones are computed."""
    ended_at: datetime | None
    ended_why: str | None
    generation: int

    @property
    def basis(self) -> Basis:
        """What the plan is computed from, beside the rows."""
        return Basis(self.day0, self.product, self.conditions)


@dataclass(frozen=True)
class PlanRow:
    """How one row of the protocol goes in one plan."""

    id: str
    plan_id: str
    case_id: str
    row_id: str
    practice_doer_id: str | None = None
    center_doer_id: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_how: str | None = None
    """`confirmed`, `relapse`, `left out`, `other protocol`, `second CAR T`."""
    ended_why: str | None = None
    """In a clinician's words, and which parts of the end they confirmed."""
    generation: int = 0


class Plans:
    """Plans and their rows. The case's referrals must be held by whoever writes."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, new: Plan) -> None:
        """Keep a new plan; a course has one."""
        self._connection.execute(insert(plan).values(**_plan_row(new)))

    def keep(self, changed: Plan) -> None:
        """Write back a plan that was changed."""
        self._connection.execute(
            update(plan).where(plan.c.id == changed.id).values(**_plan_row(changed))
        )

    def plan(self, plan_id: str) -> Plan:
        """Return one plan. Raises `NotFound`."""
        query = select(plan).where(plan.c.id == plan_id)
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("there is no such plan")
        return _plan(row)

    def of_course(self, course_id: str) -> Plan | None:
        """Return the plan of a course, if it has one."""
        query = select(plan).where(plan.c.course_id == course_id)
        row = self._connection.execute(query).first()
        return _plan(row) if row else None

    def of_cases(self, case_ids: Collection[str]) -> list[Plan]:
        """Return every plan of some cases, oldest first, in one query."""
        rows = self._connection.execute(
            select(plan)
            .where(plan.c.case_id.in_(set(case_ids)))
            .order_by(plan.c.made_at, plan.c.id)
        )
        return [_plan(row) for row in rows]

    def running_at(self, center_id: str, *, after: str, most: int) -> list[Plan]:
        """Return some of the plans that run on any version of a center's protocol.

        They come in the order of their ids, from behind `after`.
        """
        rows = self._connection.execute(
            select(plan)
            .join(protocol, protocol.c.id == plan.c.protocol_id)
            .where(
                protocol.c.center_id == center_id,
                plan.c.ended_at.is_(None),
                plan.c.id > after,
            )
            .order_by(plan.c.id)
            .limit(most)
        )
        return [_plan(row) for row in rows]

    def rows_of(self, plan_ids: Collection[str]) -> list[PlanRow]:
        """Return the rows of some plans that are kept, in one query."""
        rows = self._connection.execute(
            select(plan_row).where(plan_row.c.plan_id.in_(set(plan_ids)))
        ).all()
        self._vault.open_all([row.case_id for row in rows])
        return [self._open_row(row) for row in rows]

    def keep_rows(self, rows: Iterable[PlanRow]) -> None:
        """Keep rows of a plan as they are now, new ones and changed ones."""
        values = {one.id: self._row_values(one) for one in rows}
        there = set(
            self._connection.execute(
                select(plan_row.c.id).where(plan_row.c.id.in_(values))
            ).scalars()
        )
        for id_ in there:
            changed = update(plan_row).where(plan_row.c.id == id_)
            self._connection.execute(changed.values(**values[id_]))
        if fresh := [one for id_, one in values.items() if id_ not in there]:
            self._connection.execute(insert(plan_row), fresh)

    def _row_values(self, one: PlanRow) -> dict[str, Any]:
        key = self._vault.key(one.case_id)
        why = one.ended_why
        return {
            "id": one.id,
            "plan_id": one.plan_id,
            "case_id": one.case_id,
            "row_id": one.row_id,
            "practice_doer_id": one.practice_doer_id,
            "center_doer_id": one.center_doer_id,
            "ended_at": one.ended_at,
            "ended_by": one.ended_by,
            "ended_how": one.ended_how,
            "ended_why": key.seal(why, f"plan_row.ended_why/{one.id}") if why else None,
            "generation": one.generation,
        }

    def _open_row(self, row: Row[Any]) -> PlanRow:
        about = f"plan_row.ended_why/{row.id}"
        key = self._vault.key(row.case_id)
        why = key.open(row.ended_why, about) if row.ended_why else None
        return PlanRow(**dict(row._mapping) | {"ended_why": why})


def _plan_row(one: Plan) -> dict[str, Any]:
    return {
        "id": one.id,
        "workspace_id": one.workspace_id,
        "case_id": one.case_id,
        "course_id": one.course_id,
        "referral_id": one.referral_id,
        "protocol_id": one.protocol_id,
        "product": one.product,
        "day0": one.day0.isoformat(),
        "conditions": sorted(one.conditions),
        "confirmed_by": one.confirmed_by,
        "confirmed_at": one.confirmed_at,
        "made_at": one.made_at,
        "kept_to": one.kept_to.isoformat(),
        "ended_at": one.ended_at,
        "ended_why": one.ended_why,
        "generation": one.generation,
    }


def _plan(row: Row[Any]) -> Plan:
    return Plan(
        **dict(row._mapping)
        | {
            "product": Product(row.product),
            "day0": date.fromisoformat(row.day0),
            "kept_to": date.fromisoformat(row.kept_to),
            "conditions": frozenset(Condition(one) for one in row.conditions),
        }
    )
