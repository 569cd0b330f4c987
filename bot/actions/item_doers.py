"""Who does a check: given to somebody at its site, once or for all of its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.actions.done import Done
from bot.actions.item_steps import (
    WHO,
    changed_meanwhile,
    finish,
    hold_plans,
    items_to_move,
    keep,
)
from bot.actions.plan_events import GIVEN
from bot.items import ItemSheet
from bot.planned_rows import planned_rows
from bot.refusals import BadFields, NotForYou, Overtaken
from care.item import PEOPLE, WAITING
from storage.actors import Person
from storage.item_records import Item
from storage.unit import Unit


def reassign(
    *,
    uow: Unit,
    by: Person,
    item_ids: Sequence[str],
    doer_id: str | None,
    whole_row: bool = False,
    seen: int | None = None,
) -> Done:
    """Give checks to somebody at their site; None: whoever coordinates there.

    `whole_row` gives them all that the plan makes of the same rows at that site, what
    is still to come too. Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`;
    nothing is kept then.
    """
    hold_plans(uow, item_ids)
    there = items_to_move(uow, by, item_ids, seen=seen)
    for one in there:
        _check(uow, by, one, doer_id)
    items = [one.item for one in there]
    if whole_row:
        for one in there:
            _name_for_row(uow, one, doer_id)
            items += _rest_of_row(uow, one)
    unique = {one.id: one for one in items}
    changed = [_given(uow, by, one, doer_id) for one in unique.values()]
    finish(uow, changed)
    return Done(GIVEN, " ".join(one.id for one in changed))


def _check(uow: Unit, by: Person, about: ItemSheet, doer_id: str | None) -> None:
    if not PEOPLE & about.sheet.parts_of(by.member):
        raise NotForYou("Only those who care for this patient now can do that.")
    if about.item.state not in WAITING:
        raise Overtaken(changed_meanwhile(uow, about))
    staff = {one.id for one in uow.people.staff(about.item.site_id)}
    if doer_id is not None and doer_id not in staff:
        site = uow.people.site(about.item.site_id)
        raise BadFields({WHO: f"Choose somebody who works at {site.name}."})


def _name_for_row(uow: Unit, about: ItemSheet, doer_id: str | None) -> None:
    """Keep who does the row at this site, for what the plan makes later."""
    row = planned_rows(uow, [about.plan])[about.plan.id].row(about.row.id)
    at_center = about.item.site_id == about.sheet.center.id
    named = (
        replace(row, center_doer_id=doer_id)
        if at_center
        else replace(row, practice_doer_id=doer_id)
    )
    uow.plans.keep_rows([replace(named, generation=row.generation + 1)])
    codes = {"row": about.row.id, "doer": doer_id or "coordinator"}
    uow.audit(about.plan.workspace_id, "row given", row.id, codes)


def _rest_of_row(uow: Unit, about: ItemSheet) -> list[Item]:
    there = uow.items.of_plans([about.plan.id])
    same = [
        one.id
        for one in there
        if one.row_id == about.row.id
        and one.site_id == about.item.site_id
        and one.state in WAITING
    ]
    return uow.items.items_to_change(same)


def _given(uow: Unit, by: Person, item: Item, doer_id: str | None) -> Item:
    return keep(uow, by, item, replace(item, doer_id=doer_id), GIVEN)
