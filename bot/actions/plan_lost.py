"""A patient who does not come to the practice any more: lost to follow-up, found again.

The practice's checks wait with that as their reason, and the center's coordinator is
asked once a month. A move to another practice begins with a referral from there: a
handoff goes between the two sites of one referral, and no further.
"""

from __future__ import annotations

from bot.actions.done import Done
from bot.actions.entries import refuse_identifiers_of
from bot.actions.plan_access import running_plan
from bot.actions.plan_holds import hold_at_practice, lost_task
from bot.actions.tasks import next_asked, plan_task
from bot.actions.telling import Telling
from bot.plans import LOST
from bot.refusals import BadFields, Overtaken
from bot.sheets import Sheet
from care.people import Role
from storage.actors import Person
from storage.courses import Task
from storage.plans import Plan
from storage.unit import Unit

WHY = "why"


def lose_to_follow_up(*, uow: Unit, by: Person, plan_id: str, why: str) -> Done:
    """Say that a patient is lost to follow-up: the practice's checks wait.

    Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    plan, sheet = running_plan(uow, by, plan_id)
    if not why.strip():
        raise BadFields({WHY: "Say what you know, in a few words."})
    refuse_identifiers_of(uow, sheet, {WHY: why})
    if lost_task(uow, plan.case_id) is not None:
        raise Overtaken("That was not saved: somebody has said so already.")
    task = _task(uow, by, sheet, plan)
    uow.courses.add_task(task)
    plan_task(uow, task, next_asked(uow.now, LOST))
    hold_at_practice(uow, sheet, note=why.strip())
    uow.audit(plan.workspace_id, "lost to follow-up", plan.id)
    Telling(uow, sheet, uow.new_id()).change_card()
    return Done("lost", plan.id)


def _task(uow: Unit, by: Person, sheet: Sheet, plan: Plan) -> Task:
    doers = uow.people.staff(sheet.center.id, Role.COORDINATOR, Role.LEAD)
    return Task(
        id=uow.new_id(),
        workspace_id=plan.workspace_id,
        case_id=plan.case_id,
        referral_id=plan.referral_id,
        kind=LOST,
        doer_id=doers[0].id if doers else by.clinician_id,
        due_at=next_asked(uow.now, LOST),
        generation=1,
        made_at=uow.now,
    )
