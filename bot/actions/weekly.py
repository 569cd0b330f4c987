"""The lead's weekly list: what is long unanswered and not urgent."""

from __future__ import annotations

from bot.actions.duty import keepers
from bot.actions.signature_clock import begin_looking
from bot.actions.telling import Aside
from bot.lookups import long_unanswered
from care.people import Role
from scheduler.calendars import next_week_after
from storage.actors import Actor
from storage.records import Reminder, Site
from storage.reminders import Due
from storage.unit import Unit

KIND = "weekly list"
"""The kind of reminder that lists, and the view of the list."""

SUFFIX = "/weekly"
"""Makes a center's week a subject of its own, beside the center's day."""


def list_unanswered(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Tell the lead what is long unanswered, and look again in a week."""
    center = uow.people.site(reminder.subject.removesuffix(SUFFIX))
    found = long_unanswered(uow, center)
    if found:
        leads = uow.people.staff(center.id, Role.LEAD) or keepers(uow, center)
        Aside(
            view=KIND,
            workspace_id=center.workspace_id,
            subject=center.id,
            cause=reminder.id,
            payload={},
        ).tell(uow, leads)
    plan_list(uow, center, generation=reminder.generation + 1)
    # A center that was set up before there was anything to sign is looked at too.
    begin_looking(uow, center)
    codes = {"count": str(len(found)), "by": str(by)}
    uow.audit(center.workspace_id, "weekly list", center.id, codes)
    return "told" if found else "nothing to tell"


def plan_list(uow: Unit, center: Site, *, generation: int) -> None:
    """Plan the next list: the first opening of next week at the center."""
    due = Due(KIND, "weekly", next_week_after(center, uow.now))
    uow.reminders.plan(center.workspace_id, center.id + SUFFIX, generation, [due])
