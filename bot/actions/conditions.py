"""For which conditions a plan is made: somebody clinical confirms them at its start."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.actions.done import Done
from bot.actions.plan_access import clinical_plan
from bot.actions.planning import plan_anew
from bot.actions.refitting import refit
from bot.actions.telling import Telling
from bot.sheets import Sheet
from care.knowledge.protocol import Condition
from storage.actors import Person
from storage.plans import Plan
from storage.unit import Unit

VIEW = "plan conditions"
"""The message that asks for them."""


def ask_for_conditions(uow: Unit, sheet: Sheet, plan: Plan) -> None:
    """Ask whoever is responsible now which conditions apply."""
    telling = Telling(uow, sheet, f"{plan.id}/conditions", {"plan": plan.id})
    telling.tell([sheet.responsible], VIEW)


def confirm_conditions(
    *, uow: Unit, by: Person, plan_id: str, conditions: Collection[Condition]
) -> Done:
    """Confirm which conditions apply, so that the plan makes what they need.

    What was confirmed and no longer is leaves the plan by name. Raises `NoPart`,
    `NotForYou` or `Overtaken`; nothing is kept then.
    """
    plan, sheet = clinical_plan(uow, by, plan_id)
    changed = replace(
        plan,
        conditions=frozenset(conditions),
        confirmed_by=by.clinician_id,
        confirmed_at=uow.now,
    )
    uow.plans.keep(changed)
    codes = {one.name.lower(): "applies" for one in conditions}
    uow.audit(plan.workspace_id, "conditions confirmed", plan.id, codes)
    refit(uow, changed)
    plan_anew(uow, changed)
    telling = Telling(uow, sheet, uow.new_id())
    telling.refresh()
    return Done("confirmed", plan.id)
