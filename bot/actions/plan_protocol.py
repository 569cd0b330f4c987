"""Moves a running plan to the center's newest protocol; it never moves by itself."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.done import Done
from bot.actions.plan_access import clinical_plan
from bot.actions.plan_events import OTHER_PROTOCOL
from bot.actions.plan_life import settle_plans, tell_of_fits
from bot.actions.refitting import Fit, fits_of
from bot.center_protocol import protocol_rows
from bot.planned_rows import planned_rows
from bot.refusals import Overtaken
from care.knowledge.protocols import Differences, differences
from storage.actors import Person
from storage.plans import Plan
from storage.signing import Protocol
from storage.unit import Reading, Unit


def newer_protocol(reading: Reading, plan: Plan) -> Protocol | None:
    """Return the center's newest protocol where it is not the plan's."""
    pinned = reading.signing.protocol(plan.protocol_id)
    newest = reading.signing.newest(pinned.center_id)
    return newest if newest is not None and newest.id != pinned.id else None


def difference_of(
    reading: Reading, plan: Plan, newest: Protocol
) -> tuple[Differences, list[Fit]]:
    """Return what a newer protocol changes: its rows, and the items of the plan."""
    pinned = reading.signing.protocol(plan.protocol_id)
    old, new = protocol_rows(pinned), protocol_rows(newest)
    moved = replace(plan, protocol_id=newest.id)
    return differences(old.values(), new.values()), fits_of(reading, moved)


def move_to_newest(*, uow: Unit, by: Person, plan_id: str, protocol_id: str) -> Done:
    """Pin a plan to the protocol whose difference somebody has seen.

    Items of rows that it has not are not needed any more, by name. Raises `NoPart`,
    `NotForYou` or `Overtaken`; nothing is kept then.
    """
    plan, sheet = clinical_plan(uow, by, plan_id)
    newest = newer_protocol(uow, plan)
    if newest is None or newest.id != protocol_id:
        raise Overtaken(
            "That was not saved: the center's protocol has changed since you looked."
            " Open the plan again to see the difference."
        )
    moved = replace(plan, protocol_id=newest.id)
    _end_dropped(uow, by, plan, moved)
    uow.plans.keep(moved)
    codes = {"from": plan.protocol_id, "to": newest.id}
    uow.audit(plan.workspace_id, "plan moved", plan.id, codes)
    fits = settle_plans(uow, plan.case_id)
    tell_of_fits(uow, sheet, fits, by=by.clinician_id)
    return Done("moved", plan.id)


def _end_dropped(uow: Unit, by: Person, plan: Plan, moved: Plan) -> None:
    """End the rows by name that the newer protocol has not; those it has go on."""
    old = planned_rows(uow, [plan])[plan.id]
    new = planned_rows(uow, [moved])[plan.id]
    dropped = [
        replace(
            old.row(id_),
            ended_at=uow.now,
            ended_by=by.clinician_id,
            ended_how=OTHER_PROTOCOL,
            generation=old.row(id_).generation + 1,
        )
        for id_ in old.pinned
        if id_ not in new.pinned and not old.has_ended(id_)
    ]
    back = [
        replace(
            row,
            ended_at=None,
            ended_by=None,
            ended_how=None,
            generation=row.generation + 1,
        )
        for row in old.kept.values()
        if row.ended_how == OTHER_PROTOCOL and row.row_id in new.pinned
    ]
    uow.plans.keep_rows([*dropped, *back])
    for row in dropped:
        codes = {"row": row.row_id, "how": OTHER_PROTOCOL}
        uow.audit(plan.workspace_id, "row ended", plan.id, codes)
