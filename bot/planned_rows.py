"""Which rows of its protocol a plan goes by: signed by the center, and not ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.center_protocol import kept_rows, protocol_rows, signatures_of
from care.knowledge.protocol import ProtocolRow
from care.plan import applies
from storage.plans import Plan, PlanRow, plan_row_id
from storage.signing import Signature
from storage.unit import Reading


@dataclass(frozen=True)
class PlannedRows:
    """The rows of one plan: all that are pinned, which are signed, how each goes."""

    plan: Plan
    pinned: Mapping[str, ProtocolRow]
    signatures: Mapping[str, Signature]
    """Of the center, those that stand for a row as it reads in this plan."""
    kept: Mapping[str, PlanRow]
    """How rows go of which anything was said: doers, an end."""

    @property
    def scheduled(self) -> Sequence[ProtocolRow]:
        """Rows that are signed and have not ended, also those that do not apply."""
        return [
            row
            for row in self.pinned.values()
            if row.id in self.signatures and not self.has_ended(row.id)
        ]

    @property
    def applying(self) -> Sequence[ProtocolRow]:
        """Rows that are scheduled and are for this patient."""
        return [row for row in self.scheduled if applies(row, self.plan.basis)]

    def has_ended(self, row_id: str) -> bool:
        """Tell whether a row of this plan has ended."""
        kept = self.kept.get(row_id)
        return kept is not None and kept.ended_at is not None

    def row(self, row_id: str) -> PlanRow:
        """Return how a row goes, also where nothing was said of it yet."""
        return self.kept.get(row_id) or new_plan_row(self.plan, row_id)


def new_plan_row(plan: Plan, row_id: str) -> PlanRow:
    """Return a row of a plan of which nothing was said yet."""
    return PlanRow(plan_row_id(plan.id, row_id), plan.id, plan.case_id, row_id)


def planned_rows(reading: Reading, plans: Collection[Plan]) -> dict[str, PlannedRows]:
    """Return the rows of some plans by the plans' ids, in few queries."""
    protocols = reading.signing.protocols({one.protocol_id for one in plans})
    rows = {key: protocol_rows(one) for key, one in protocols.items()}
    signed = {
        key: signatures_of(reading, one, kept_rows(one).digests)
        for key, one in protocols.items()
    }
    kept: dict[str, dict[str, PlanRow]] = {one.id: {} for one in plans}
    for row in reading.plans.rows_of(kept):
        kept[row.plan_id][row.row_id] = row
    return {
        one.id: PlannedRows(
            one, rows[one.protocol_id], signed[one.protocol_id], kept[one.id]
        )
        for one in plans
    }
