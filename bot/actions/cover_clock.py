"""What time does to covers: they start, they end, and what is due is brought up."""

from __future__ import annotations

from bot.actions.cover_steps import (
    ask_for_what_is_due,
    is_silent,
    let_rest,
    note_time,
    plan,
    settle,
)
from bot.actions.lateness import lateness
from storage.actors import Actor
from storage.records import Reminder
from storage.unit import Unit


def keep_cover(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Note that a cover starts, ends or lapses; else bring up what it waits for."""
    kept = uow.covers.cover_to_move(reminder.subject)
    if kept.generation != reminder.generation:
        return "overtaken"
    late = lateness(uow, reminder)
    after = let_rest(uow, note_time(uow, kept, late))
    if after != kept:
        settle(uow, kept, after)
        return after.cover.state.value
    if is_silent(uow, kept):
        plan(uow, kept)
        return "not needed"
    ask_for_what_is_due(uow, kept, occasion=reminder.id, more=late)
    uow.audit(kept.workspace_id, "reminded", kept.id, {"by": str(by)})
    plan(uow, kept)
    return "told"
