"""A patient who does not come to the practice any more: lost to follow-up, found again.

The practice's checks wait with that as their reason, and the center's coordinator is
asked once a month. So it is for a patient who has moved to a practice without Baton:
the center is responsible here by then, and what is kept names who has the patient.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions.done import Done
from bot.actions.entries import refuse_identifiers_of
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.actions.plan_access import running_plan
from bot.actions.plan_holds import hold_at_practice, lost_task
from bot.actions.tasks import next_asked, plan_task
from bot.actions.telling import Telling
from bot.plans import LOST, OUTSIDE
from bot.refusals import BadFields, NotForYou, Overtaken
from bot.sheets import Sheet
from care.people import Role
from storage.actors import Person
from storage.courses import Task
from storage.plans import Plan
from storage.unit import Unit

WHY = "why"
PRACTICE, CLINICIAN, TOLD = "practice", "person_name", "text"
NEEDED = {
    PRACTICE: "Write the practice. If nobody knows it, say lost to follow-up.",
    CLINICIAN: "Write who has the patient. If nobody knows, say lost to follow-up.",
    TOLD: "Say in a few words what they were told by phone.",
}
"""What is said where a receiver is not named."""


def lose_to_follow_up(*, uow: Unit, by: Person, plan_id: str, why: str) -> Done:
    """Say that a patient is lost to follow-up: the practice's checks wait.

    Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    plan, sheet = running_plan(uow, by, plan_id)
    if not why.strip():
        raise BadFields({WHY: "Say what you know, in a few words."})
    refuse_identifiers_of(uow, sheet, {WHY: why})
    _wait(uow, by, sheet, plan, kind=LOST, note=why.strip())
    uow.audit(plan.workspace_id, "lost to follow-up", plan.id)
    return Done("lost", plan.id)


@dataclass(frozen=True)
class Outside:
    """Who has a patient at a practice without Baton, and how they were told."""

    practice: str
    clinician: str
    told: str

    @property
    def fields(self) -> dict[str, str]:
        """What was written, by the fields of the form."""
        texts = (self.practice.strip(), self.clinician.strip(), self.told.strip())
        return dict(zip((PRACTICE, CLINICIAN, TOLD), texts, strict=True))


def move_outside(*, uow: Unit, by: Person, plan_id: str, to: Outside) -> Done:
    """Say that a patient has moved to a practice without Baton, and who has them there.

    Only while the center is responsible, which goes on asking. Raises `NoPart`,
    `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    plan, sheet = running_plan(uow, by, plan_id)
    if sheet.responsible_site.id != sheet.center.id:
        name, center = sheet.responsible.name, sheet.center.name
        raise NotForYou(
            f"{name} is responsible for {sheet.case.code}, and Baton names nobody at"
            f" the other practice. Hand over to {center} first."
        )
    told = to.fields
    if wrong := {name: NEEDED[name] for name, text in told.items() if not text}:
        raise BadFields(wrong)
    # A clinician's name is no patient's: it may stand wherever it is written.
    known = staff_names(uow.people, sheet.practice.id, sheet.center.id)
    refuse_identifiers(told, known | frozenset(told[CLINICIAN].split()))
    note = f"Moved to {told[PRACTICE]}, {told[CLINICIAN]}. {told[TOLD]}"
    _wait(uow, by, sheet, plan, kind=OUTSIDE, note=note)
    uow.audit(plan.workspace_id, "moved outside", plan.id)
    return Done("moved outside", plan.id)


def _wait(
    uow: Unit, by: Person, sheet: Sheet, plan: Plan, *, kind: str, note: str
) -> None:
    """Let the practice's checks wait, and the center be asked once a month."""
    if lost_task(uow, plan.case_id) is not None:
        raise Overtaken("That was not saved: somebody has said so already.")
    task = _task(uow, by, sheet, plan, kind)
    uow.courses.add_task(task)
    plan_task(uow, task, next_asked(uow.now, kind))
    hold_at_practice(uow, sheet, note=note)
    Telling(uow, sheet, uow.new_id()).change_card()


def _task(uow: Unit, by: Person, sheet: Sheet, plan: Plan, kind: str) -> Task:
    doers = uow.people.staff(sheet.center.id, Role.COORDINATOR, Role.LEAD)
    return Task(
        id=uow.new_id(),
        workspace_id=plan.workspace_id,
        case_id=plan.case_id,
        referral_id=plan.referral_id,
        kind=kind,
        doer_id=doers[0].id if doers else by.clinician_id,
        due_at=next_asked(uow.now, kind),
        generation=1,
        made_at=uow.now,
    )
