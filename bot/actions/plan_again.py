"""Lets the running plans of a center grow after its protocol was signed or changed.

A center may have a thousand plans: a few are planned with the signature itself, the
others by a reminder, some at a time, so that nobody waits behind one long transaction.
"""

from __future__ import annotations

from storage.actors import Actor
from storage.plans import Plan
from storage.records import Reminder, Site
from storage.reminders import Due
from storage.unit import Unit

PLAN = "plan"
"""The kind of reminder by which one plan grows."""
KIND = "plans to grow"
"""The kind of reminder that goes on with the next plans."""
SUFFIX = "/plans"
AT_A_TIME = 25


def grow_later(uow: Unit, center: Site) -> None:
    """Let each running plan of a center grow, by a reminder that is due now."""
    earlier = uow.reminders.of(center.id + SUFFIX)
    generation = max((one.generation for one in earlier), default=0) + 1
    uow.reminders.cancel(center.id + SUFFIX, before=generation)
    _grow_some(uow, center, generation, after="")


def go_on(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Let the next plans of a center grow."""
    center = uow.people.site(reminder.subject.removesuffix(SUFFIX))
    after = reminder.step.removeprefix("after ")
    count = _grow_some(uow, center, reminder.generation, after=after)
    codes = {"plans": str(count), "by": str(by)}
    uow.audit(center.workspace_id, "plans to grow", center.id, codes)
    return "gone on"


def _grow_some(uow: Unit, center: Site, generation: int, *, after: str) -> int:
    some = uow.plans.running_at(center.id, after=after, most=AT_A_TIME)
    for one in some:
        _plan_growth(uow, one)
    if len(some) == AT_A_TIME:
        due = Due(KIND, f"after {some[-1].id}", uow.now)
        uow.reminders.plan(center.workspace_id, center.id + SUFFIX, generation, [due])
    return len(some)


def _plan_growth(uow: Unit, plan: Plan) -> None:
    planned = [one.generation for one in uow.reminders.of(plan.id)]
    generation = max([plan.generation, *planned]) + 1
    due = Due(PLAN, "grow now", uow.now)
    uow.reminders.plan(plan.workspace_id, plan.id, generation, [due])
