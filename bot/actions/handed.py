"""Actions from a handoff: taken on, ticked off, opened again, or seen to by others."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.done import Done
from bot.actions.handoff_clocks import replan_action
from bot.actions.handoff_steps import handoff_to_move
from bot.actions.telling import Telling
from bot.handoff_sheets import HandoffSheet
from bot.refusals import NoPart, NotForYou, Overtaken
from care.handoff import TO_DO, Line
from care.people import Role
from storage.actors import Person
from storage.errors import NotFound
from storage.handoff_records import HandoffAction
from storage.unit import Unit


def take_action(
    *, uow: Unit, by: Person, action_id: str, seen: int | None = None
) -> Done:
    """Take on an action that one is to do, without taking the responsibility.

    `seen` is the generation that the button showed. Raises `NoPart`, `NotForYou` or
    `Overtaken`.
    """
    one, about = action_to_change(uow, by, action_id)
    _check_seen(one, seen)
    if one.doer_id != by.clinician_id:
        raise NotForYou(f"Only {about.people[one.doer_id].name} can take that on.")
    if one.state is not Line.PROPOSED:
        raise Overtaken("That was not saved: somebody has answered it already.")
    return _keep(uow, by, about, replace(one, state=Line.ACCEPTED))


def take_refused(
    *, uow: Unit, by: Person, action_id: str, seen: int | None = None
) -> Done:
    """Do oneself what the other side did not take on.

    For whoever handed over. Raises `NoPart`, `NotForYou` or `Overtaken`.
    """
    one, about = _refused(uow, by, action_id, seen)
    mine = replace(one, doer_id=by.clinician_id, state=Line.ACCEPTED, answer=None)
    return _keep(uow, by, about, mine)


def drop_action(
    *, uow: Unit, by: Person, action_id: str, seen: int | None = None
) -> Done:
    """Say that what the other side did not take on is not needed.

    For whoever handed over. Raises `NoPart`, `NotForYou` or `Overtaken`.
    """
    one, about = _refused(uow, by, action_id, seen)
    return _keep(uow, by, about, replace(one, state=Line.DROPPED))


def tick_action(*, uow: Unit, by: Person, action_id: str) -> Done:
    """Record that an action is done. Raises `NoPart`, `NotForYou` or `Overtaken`."""
    one, about = action_to_change(uow, by, action_id)
    _check_may_tick(by, one, about)
    if one.state not in TO_DO:
        raise Overtaken("That was not saved: it is done, or nobody has taken it on.")
    done = replace(one, state=Line.DONE, done_at=uow.now, done_by=by.clinician_id)
    return _keep(uow, by, about, done)


def untick_action(*, uow: Unit, by: Person, action_id: str) -> Done:
    """Take a tick back. Raises `NoPart`, `NotForYou` or `Overtaken`."""
    one, about = action_to_change(uow, by, action_id)
    _check_may_tick(by, one, about)
    if one.state is not Line.DONE:
        raise Overtaken("That was not saved: it is not recorded as done.")
    state = Line.CHANGED if one.answer else Line.ACCEPTED
    again = replace(one, state=state, done_at=None, done_by=None)
    return _keep(uow, by, about, again)


def action_to_change(
    uow: Unit, by: Person, action_id: str
) -> tuple[HandoffAction, HandoffSheet]:
    """Return an action with its handoff, whose case is held. Raises `NoPart`."""
    try:
        handoff_id = uow.handoffs.action(action_id).handoff_id
    except NotFound as error:
        raise NoPart from error
    about = handoff_to_move(uow, by, handoff_id)
    return uow.handoffs.action(action_id), about


def _refused(
    uow: Unit, by: Person, action_id: str, seen: int | None
) -> tuple[HandoffAction, HandoffSheet]:
    one, about = action_to_change(uow, by, action_id)
    _check_seen(one, seen)
    if not about.gives(by.member):
        raise NotForYou(f"{about.sender.name} asked for that, and sees to it.")
    if one.state is not Line.REFUSED:
        raise Overtaken("That was not saved: somebody has seen to it already.")
    return one, about


def _check_seen(one: HandoffAction, seen: int | None) -> None:
    """Refuse an answer to what was changed after it was shown."""
    if seen not in {None, one.generation}:
        raise Overtaken(
            "That was not saved: it was changed after this message. The handoff shows"
            " how it reads now."
        )


def _check_may_tick(by: Person, one: HandoffAction, about: HandoffSheet) -> None:
    doer = about.people[one.doer_id]
    coordinates = by.role is Role.COORDINATOR and by.site_id == doer.site_id
    if by.clinician_id not in {doer.id, about.sheet.responsible.id} and not coordinates:
        raise NotForYou(f"{doer.name} or their coordinator ticks that off.")


def _keep(uow: Unit, by: Person, about: HandoffSheet, changed: HandoffAction) -> Done:
    kept = replace(changed, generation=changed.generation + 1)
    uow.handoffs.keep_action(kept)
    codes = {"state": kept.state, "by": by.clinician_id}
    uow.audit(about.handoff.workspace_id, "handoff action", kept.id, codes)
    replan_action(uow, about.handoff.workspace_id, kept)
    Telling(uow, about.sheet, uow.new_id()).refresh()
    return Done(kept.state, kept.id)
