"""Another Day 0 is shown before it is kept: what it does to the checks of the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.actions.refitting import counted, fits_of, named
from bot.planned_rows import planned_rows
from bot.views import kit
from bot.views.plan_changes import difference_blocks
from care.milestone import Product, Result, Step
from storage.courses import Recorded
from storage.plans import Plan
from storage.unit import Reading

TAKEN_BACK = "no infusion"
"""Why a plan would end whose infusion is taken back."""


@dataclass(frozen=True)
class Preview:
    """What a correction would do to the plan, and a token of just that."""

    token: str
    blocks: Sequence[kit.Block]


def preview(
    reading: Reading, old: Recorded, *, day: date | None, product: Product | None
) -> Preview | None:
    """Return what another infusion would do to the plan; None where it does nothing.

    `day` is None where the infusion is taken back.
    """
    told = old.milestone
    if (told.step, told.result) != (Step.INFUSION, Result.HAPPENED):
        return None
    plan = reading.plans.of_course(old.course_id)
    if plan is None or plan.ended_at is not None:
        return None
    after = _after(reading, plan, day, product)
    rows = planned_rows(reading, [after])[plan.id]
    fits = fits_of(reading, after, rows)
    if not fits:
        return None
    names = {one.id: one.name for one in rows.pinned.values()}
    # How far it moves and what that does, but no date: it stands in Slack's metadata.
    said = f"{after.day0 - plan.day0}/{after.product}/{sorted(counted(fits).items())}"
    token = hashlib.sha256(said.encode()).hexdigest()[:16]
    return Preview(token, difference_blocks(named(fits, names)))


def _after(
    reading: Reading, plan: Plan, day: date | None, product: Product | None
) -> Plan:
    if day is None:
        return replace(plan, ended_at=reading.now, ended_why=TAKEN_BACK)
    return replace(plan, day0=day, product=product or plan.product)
