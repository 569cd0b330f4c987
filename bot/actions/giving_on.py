"""An action from a handoff that nobody took on is given to somebody else."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.done import Done
from bot.actions.handed import action_to_change
from bot.actions.handoff_clocks import replan_action
from bot.actions.telling import Telling
from bot.handoff_fields import DOER
from bot.handoff_sheets import HandoffSheet, doers_for
from bot.refusals import BadFields, NotForYou, Overtaken
from care.handoff import Line
from storage.actors import Person
from storage.handoff_records import HandoffAction
from storage.unit import Unit


def give_action(*, uow: Unit, by: Person, action_id: str, doer_id: str) -> Done:
    """Give an action that its doer did not take on to somebody else, who is told.

    Whoever keeps it themselves has taken it on with that. Raises `NoPart`,
    `NotForYou`, `Overtaken` or `BadFields`.
    """
    one, about = action_to_change(uow, by, action_id)
    _check(uow, by, one, about, doer_id)
    mine = doer_id == by.clinician_id
    given = replace(
        one,
        doer_id=doer_id,
        state=Line.ACCEPTED if mine else Line.PROPOSED,
        # Why somebody else did not take it on is theirs, and stands in the thread.
        answer=None,
        generation=one.generation + 1,
    )
    uow.handoffs.keep_action(given)
    codes = {"from": one.doer_id, "to": doer_id, "by": by.clinician_id}
    uow.audit(about.handoff.workspace_id, "handoff action given", given.id, codes)
    replan_action(uow, about.handoff.workspace_id, given)
    payload = {"handoff": about.handoff.id, "action": given.id}
    telling = Telling(uow, about.sheet, uow.new_id(), payload)
    telling.refresh()
    if not mine:
        telling.tell([uow.people.clinician(doer_id)], "handoff action")
    return Done(given.state, given.id)


def _check(
    uow: Unit, by: Person, one: HandoffAction, about: HandoffSheet, doer_id: str
) -> None:
    if not about.gives(by.member):
        raise NotForYou(f"{about.sender.name} gives that to somebody else.")
    if one.state is not Line.REFUSED:
        raise Overtaken("That was not saved: somebody has it already.")
    able = doers_for(uow, about.sheet, about.receiver.id)
    if doer_id not in {person.id for person in able}:
        raise BadFields({DOER: "Choose somebody who has a part in this case."})
