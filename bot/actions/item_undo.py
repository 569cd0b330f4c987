"""Takes the last change of an item back, exactly, by the one who made it.

For ten minutes that is a tap. After that it is a change of its own, with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.actions.done import Done
from bot.actions.item_ends import take_back_next
from bot.actions.item_steps import (
    changed_meanwhile,
    finish,
    fit_in,
    hold_plans,
    items_to_move,
    refuse_confirmed,
)
from bot.items import ENDED, ItemSheet
from bot.refusals import NotThisWay, Overtaken
from care.item import UNDO_WITHIN, WAITING, State
from storage.actors import Person
from storage.item_records import Change, Item
from storage.unit import Unit


def undo(*, uow: Unit, by: Person, item_ids: Sequence[str]) -> Done:
    """Take back the last change that `by` made of each item, all of them or none.

    Each is as it was before in every column, its note and value too. Raises `NoPart`,
    `Overtaken` where somebody has changed one since, or `NotThisWay` after ten
    minutes.
    """
    hold_plans(uow, item_ids)
    there = items_to_move(uow, by, item_ids)
    changes = {one.item.id: _mine(uow, by, one) for one in there}
    waiting = [
        one for one in there if State(changes[one.item.id].before["state"]) in WAITING
    ]
    refuse_confirmed(uow, waiting)
    restored = [_taken_back(uow, by, one, changes[one.item.id]) for one in there]
    finish(uow, restored)
    fit_in(uow, there)
    return Done("undone", " ".join(one.id for one in restored))


def _mine(uow: Unit, by: Person, about: ItemSheet) -> Change:
    change = uow.items.last_change(about.item.id)
    if change is None or change.by != by.clinician_id:
        raise Overtaken(changed_meanwhile(uow, about))
    if change.event == ENDED:
        raise NotThisWay(
            f"{about.row.name} has ended with all that was still to come. Let it go on"
            " instead."
        )
    if uow.now - change.at > UNDO_WITHIN:
        raise NotThisWay(
            "Ten minutes have passed. Open it again, and say why; what was recorded"
            " stays in its history."
        )
    return change


def _taken_back(uow: Unit, by: Person, about: ItemSheet, change: Change) -> Item:
    was = about.item
    restored = replace(
        was.as_before(change),
        changed_by=by.clinician_id,
        changed_at=uow.now,
        generation=was.generation + 1,
    )
    uow.items.take_back(restored, change, at=uow.now)
    if about.runs:
        take_back_next(uow, by, about)
    codes = {"event": change.event, "from": was.state, "to": restored.state}
    uow.audit(was.workspace_id, "item undone", was.id, codes)
    return restored
