"""Who does the checks of a plan is agreed in the return handoff, doer by doer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.actions.item_clock import replan_items
from bot.actions.plan_places import places_of
from bot.handoff_sheets import HandoffSheet
from bot.planned_rows import planned_rows
from bot.refusals import BadFields
from bot.sheets import make_sheets
from bot.undoing import AGREED
from care.item import WAITING
from storage.unit import Unit

NOT_THERE = "Choose somebody of your site."


def agree_on_doers(uow: Unit, about: HandoffSheet, doers: Mapping[str, str]) -> None:
    """Keep who does which checks of the plan at the site that receives the patient.

    `doers` are clinicians' ids by the fields of the form; who is proposed stays where
    nothing was chosen. It comes before the responsibility moves, so that the checks
    that move with it come to them. Raises `BadFields`.
    """
    handed = about.plan
    if handed is None:
        return
    staff = {one.id for one in handed.staff}
    wrong = {
        one.field: NOT_THERE
        for one in handed.groups
        if doers.get(one.field, one.doer.id) not in staff
    }
    if wrong:
        raise BadFields(wrong)
    rows = planned_rows(uow, [handed.plan])[handed.plan.id]
    chosen = {
        row.id: doers.get(group.field, group.doer.id)
        for group in handed.groups
        for row in group.rows
    }
    uow.plans.keep_rows(
        replace(rows.row(id_), practice_doer_id=doer_id)
        for id_, doer_id in chosen.items()
    )
    codes = {"handoff": about.handoff.id, "rows": str(len(chosen))}
    uow.audit(handed.plan.workspace_id, "plan agreed", handed.plan.id, codes)


def give_to_doers(uow: Unit, case_id: str) -> None:
    """Bring what was agreed to the items that are not over, where nobody is named."""
    running = [one for one in uow.plans.of_cases([case_id]) if one.ended_at is None]
    rows = planned_rows(uow, running)
    for plan in running:
        sheet = make_sheets(uow, [uow.cases.referral(plan.referral_id)])[0]
        places = places_of(uow, sheet)
        there = [
            one
            for one in uow.items.of_cases([case_id], WAITING)
            if one.plan_id == plan.id and one.doer_id is None
        ]
        pairs = []
        for one in uow.items.items_to_change([one.id for one in there]):
            doer_id = places.doer_at(one.site_id, rows[plan.id].kept.get(one.row_id))
            if doer_id is not None:
                now = replace(
                    one,
                    doer_id=doer_id,
                    changed_at=uow.now,
                    changed_by=None,
                    generation=one.generation + 1,
                )
                pairs.append((now, one))
        uow.items.keep_all(pairs, event=AGREED, at=uow.now)
        replan_items(uow, [now for now, _ in pairs])
