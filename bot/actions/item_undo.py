"""Takes the last change of an item back, exactly, by the one who made it.

For ten minutes that is a tap. After that it is a change of its own, with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.actions.done import Done
from bot.actions.item_clock import stood
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
from bot.undoing import LastChange, last_change
from care.item import UNDO_WITHIN, WAITING, State, rewindowed
from storage.actors import Person
from storage.item_records import Item, item_columns, read_columns
from storage.unit import Unit


def undo(*, uow: Unit, by: Person, item_ids: Sequence[str]) -> Done:
    """Take back the last change that `by` made of each item, all of them or none.

    Each is as it was before in every column, its note and value too, but in the window
    and at the site that its plan gives it by now. Raises `NoPart`, `Overtaken` where
    somebody has changed one since, or `NotThisWay` after ten minutes.
    """
    hold_plans(uow, item_ids)
    there = items_to_move(uow, by, item_ids)
    changes = {one.item.id: _mine(uow, by, one) for one in there}
    waiting = [
        one
        for one in there
        if State(changes[one.item.id].change.before["state"]) in WAITING
    ]
    refuse_confirmed(uow, waiting)
    restored = [_taken_back(uow, by, one, changes[one.item.id]) for one in there]
    finish(uow, restored)
    fit_in(uow, there)
    return Done("undone", " ".join(one.id for one in restored))


def _mine(uow: Unit, by: Person, about: ItemSheet) -> LastChange:
    last = last_change(uow, about.item)
    if last is None or last.change.by != by.clinician_id:
        raise Overtaken(changed_meanwhile(uow, about))
    change = last.change
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
    return last


def _before(last: LastChange, about: ItemSheet) -> Item:
    """Return an item as it was before a change, where its plan has it by now."""
    was = about.item.as_before(last.change)
    if not last.since:
        return was
    now = item_columns(about.item)
    by_plan = {k: now[k] for k, before in last.by_plan.items() if now[k] != before}
    there = replace(was, **read_columns(item_columns(was) | by_plan))
    if there.window == was.window:
        return there
    # Whether it is open, late or missed follows from the window that it has now.
    standing = rewindowed(there.standing, there.window, about.today)
    return stood(there, standing, today=about.today)


def _taken_back(uow: Unit, by: Person, about: ItemSheet, last: LastChange) -> Item:
    was, change = about.item, last.change
    restored = replace(
        _before(last, about),
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
