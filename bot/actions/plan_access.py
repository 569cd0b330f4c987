"""Who may change a plan: somebody with a part in its case, and for some a clinician."""

from __future__ import annotations

from bot.actions.courses import check_living
from bot.actions.planning import plan_to_change
from bot.refusals import NoPart, NotForYou, Overtaken
from bot.sheets import Sheet, sheet_for
from care.item import CLINICAL, PEOPLE
from storage.actors import Person
from storage.errors import NotFound
from storage.plans import Plan
from storage.unit import Unit


def plan_of(uow: Unit, by: Person, plan_id: str) -> tuple[Plan, Sheet]:
    """Return a plan that somebody may see, its case held. Raises `NoPart`."""
    try:
        plan, _ = plan_to_change(uow, plan_id)
    except NotFound as error:
        raise NoPart from error
    return plan, sheet_for(uow, by.member, plan.referral_id)


def running_plan(uow: Unit, by: Person, plan_id: str) -> tuple[Plan, Sheet]:
    """Return a running plan that somebody of either site may change.

    Raises `NoPart`, `NotForYou` or `Overtaken`.
    """
    plan, sheet = plan_of(uow, by, plan_id)
    if not PEOPLE & sheet.parts_of(by.member):
        raise NotForYou("Only the two sites of this patient change the plan.")
    check_living(sheet)
    if plan.ended_at is not None:
        raise Overtaken("That was not saved: this plan has ended.")
    return plan, sheet


def clinical_plan(uow: Unit, by: Person, plan_id: str) -> tuple[Plan, Sheet]:
    """Return a running plan that somebody changes who judges as a clinician.

    Raises `NoPart`, `NotForYou` or `Overtaken`.
    """
    plan, sheet = running_plan(uow, by, plan_id)
    if by.role not in CLINICAL:
        raise NotForYou("Only a clinician of either site can say that.")
    return plan, sheet
