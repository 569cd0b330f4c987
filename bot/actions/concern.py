"""Urgent concerns: raised, told along the chain, acknowledged, withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.actions.concern_telling import ConcernTelling
from bot.actions.done import Done
from bot.actions.lateness import lateness
from bot.concerns import concern_sheet, held_by, sender_of
from bot.refusals import NobodyOnDuty, NoPart, NotForYou, Overtaken
from bot.sheets import Sheet, make_sheets, sheet_for
from care.concern import (
    STEP,
    Chain,
    Event,
    IllegalMove,
    Next,
    NotYours,
    State,
    advance,
    chain_of,
    next_step,
)
from care.people import Role
from scheduler.calendars import local_day
from storage.actors import Actor, Person
from storage.concerns import Concern
from storage.errors import NotFound
from storage.records import Notice, Reminder
from storage.reminders import Due
from storage.unit import Reading, Unit

KIND = "concern"
"""The kind of reminder that goes on along the chain."""


def raise_concern(*, uow: Unit, by: Person, referral_id: str) -> Done:
    """Tell whoever is on duty of an urgent concern, and plan the next step.

    Raises `NoPart`, `NotForYou`, `NobodyOnDuty`, or `Overtaken` where one is open.
    """
    sheet = concern_sheet(uow, by.member, referral_id)
    _check_may_raise(by, sheet)
    first = next_step(chain_at(uow, sheet))
    if first is None:
        raise NobodyOnDuty(
            f"Nobody at {sheet.center.name} can be told in Slack now. Call"
            f" {sheet.center.phone_24h}."
        )
    concern = _new_concern(uow, by, sheet, first)
    if not uow.concerns.add(concern):
        raise Overtaken(_raised_already(uow, sheet))
    uow.audit(concern.workspace_id, "concern raised", concern.id, _codes(first))
    _plan_next(uow, concern)
    ConcernTelling(uow, sheet, concern).raised(first)
    return Done("raised", concern.id)


def acknowledge(*, uow: Unit, by: Person, concern_id: str) -> Done:
    """Record that `by` calls now: the chain ends, and the sender is told.

    Raises `NoPart`, `NotForYou`, or `Overtaken` where somebody was faster.
    """
    concern, sheet = _to_move(uow, by, concern_id)
    state = _advanced(uow, by, concern, sheet, Event.ACKNOWLEDGE)
    moved = replace(
        concern,
        state=state,
        acknowledged_by=by.clinician_id,
        acknowledged_at=uow.now,
        generation=concern.generation + 1,
    )
    _end(uow, moved, "concern acknowledged")
    ConcernTelling(uow, sheet, moved).acknowledged()
    return Done("acknowledged", moved.id)


def withdraw(*, uow: Unit, by: Person, concern_id: str) -> Done:
    """Record that it is no concern any more: the chain ends.

    Raises `NoPart`, `NotForYou` for anybody but the sender, or `Overtaken`.
    """
    concern, sheet = _to_move(uow, by, concern_id)
    state = _advanced(uow, by, concern, sheet, Event.WITHDRAW)
    moved = replace(
        concern,
        state=state,
        withdrawn_at=uow.now,
        generation=concern.generation + 1,
    )
    _end(uow, moved, "concern withdrawn")
    ConcernTelling(uow, sheet, moved).changed()
    return Done("withdrawn", moved.id)


def tell_next(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Tell the sender that nobody has acknowledged, and the next of the chain."""
    concern = uow.concerns.concern_to_move(reminder.subject)
    if concern.generation != reminder.generation or concern.state is not State.OPEN:
        return "ended meanwhile"
    if reminder.step != _next_step_of(concern):
        return "told already"
    sheet = make_sheets(uow, [uow.cases.referral(concern.referral_id)])[0]
    if sheet.has_died:
        end_by_death(uow, concern)
        return "the patient has died"
    step = next_step(chain_at(uow, sheet), concern.told) or Next((), (), again=True)
    moved = replace(concern, step=concern.step + 1, told=step.told)
    uow.concerns.keep(moved)
    codes = _codes(step) | {"by": str(by)}
    uow.audit(moved.workspace_id, "concern told on", moved.id, codes)
    _plan_next(uow, moved)
    ConcernTelling(uow, sheet, moved, lateness(uow, reminder)).told_on(step)
    return "told"


def hurry_on(uow: Unit, notice: Notice) -> None:
    """Go on at once where the one who was to be told cannot be reached in Slack.

    Once round only: where nobody can be reached, the steps keep their ten minutes.
    """
    told = notice.payload
    concern = uow.concerns.concern_to_move(told["concern"])
    still = concern.state is State.OPEN and told["step"] == concern.step
    if not still or len(told["people"]) > 1:
        return
    sheet = make_sheets(uow, [uow.cases.referral(concern.referral_id)])[0]
    if concern.step >= len(chain_at(uow, sheet)):
        return
    moved = replace(concern, generation=concern.generation + 1)
    uow.concerns.keep(moved)
    codes = {"not reached": " ".join(told["people"])}
    uow.audit(moved.workspace_id, "concern hurried on", moved.id, codes)
    _plan_next(uow, moved, at=uow.now)


def end_by_death(uow: Unit, concern: Concern) -> None:
    """End a concern whose patient has died: nobody is asked to call any more."""
    if concern.state is not State.OPEN:
        # Somebody acknowledged it while the death was being recorded.
        return
    ended = replace(
        concern,
        state=State.WITHDRAWN,
        withdrawn_at=uow.now,
        generation=concern.generation + 1,
    )
    _end(uow, ended, "concern ended")
    sheet = make_sheets(uow, [uow.cases.referral(concern.referral_id)])[0]
    ConcernTelling(uow, sheet, ended).changed()


def go_on_after_all(uow: Unit, concern: Concern) -> None:
    """Go on with a concern that a death had ended which was none."""
    again = replace(
        concern,
        state=State.OPEN,
        withdrawn_at=None,
        generation=concern.generation + 1,
    )
    uow.concerns.keep(again)
    uow.audit(again.workspace_id, "concern goes on", again.id)
    _plan_next(uow, again, at=uow.now)
    sheet = make_sheets(uow, [uow.cases.referral(concern.referral_id)])[0]
    ConcernTelling(uow, sheet, again).changed()


def chain_at(reading: Reading, sheet: Sheet) -> Chain:
    """Return who is told at a center today, in their order; nobody who is away.

    Where all are away it is everybody: an emergency is told to somebody.
    """
    center, day = sheet.center, local_day(sheet.center, reading.now)
    roster = reading.duty.roster(center, from_day=day)
    on_duty = roster.on_duty(day)
    others = sorted(roster.candidates, key=lambda one: one.order)
    chain = chain_of(
        on_duty=on_duty.id if on_duty else None,
        others=[one.id for one in others],
        leads=[one.id for one in reading.people.staff(center.id, Role.LEAD)],
        coordinators=[
            one.id for one in reading.people.staff(center.id, Role.COORDINATOR)
        ],
    )
    away = {one.clinician_id for one in roster.absences if one.holds(day)}
    here = (tuple(one for one in step if one not in away) for step in chain)
    return tuple(step for step in here if step) or chain


def _check_may_raise(by: Person, sheet: Sheet) -> None:
    if by.site_id != sheet.practice.id:
        raise NotForYou("Only the practice can do that.")
    if not sheet.center.concern_opt_in:
        raise NotForYou(
            f"{sheet.center.name} takes urgent concerns by phone only. Call"
            f" {sheet.center.phone_24h}."
        )


def _new_concern(uow: Unit, by: Person, sheet: Sheet, first: Next) -> Concern:
    return Concern(
        id=uow.new_id(),
        workspace_id=sheet.referral.workspace_id,
        case_id=sheet.case.id,
        referral_id=sheet.referral.id,
        raised_by=by.clinician_id,
        raised_at=uow.now,
        state=State.OPEN,
        step=1,
        told=first.told,
        generation=1,
    )


def _raised_already(uow: Unit, sheet: Sheet) -> str:
    there = uow.concerns.open_of(sheet.case.id)
    who = uow.people.clinician(there.raised_by).name if there else "Somebody"
    return (
        f"{who} has raised an urgent concern about {sheet.case.code} already, and the"
        f" center is being told. Do not wait for it: call {sheet.center.phone_24h}."
    )


def _to_move(uow: Unit, by: Person, concern_id: str) -> tuple[Concern, Sheet]:
    try:
        concern = uow.concerns.concern_to_move(concern_id)
    except NotFound as error:
        raise NoPart from error
    return concern, sheet_for(uow, by.member, concern.referral_id)


def _advanced(
    uow: Unit, by: Person, concern: Concern, sheet: Sheet, event: Event
) -> State:
    try:
        return advance(concern.state, event, held_by(uow, by.member, concern, sheet))
    except IllegalMove as error:
        raise Overtaken(_how_it_ended(uow, concern, sheet)) from error
    except NotYours as error:
        raise NotForYou(_whose(uow, concern, sheet, event)) from error


def _how_it_ended(uow: Unit, concern: Concern, sheet: Sheet) -> str:
    sender = uow.people.clinician(concern.raised_by).name
    if concern.acknowledged_by is None:
        return f"{sender} has withdrawn the urgent concern about {sheet.case.code}."
    caller = uow.people.clinician(concern.acknowledged_by).name
    return f"{caller} was faster and is calling about {sheet.case.code}."


def _whose(uow: Unit, concern: Concern, sheet: Sheet, event: Event) -> str:
    if event is Event.ACKNOWLEDGE:
        return "Only the center can do that."
    sender = sender_of(uow, concern, sheet)
    return f"Only {sender.name} can withdraw it."


def _end(uow: Unit, moved: Concern, event: str) -> None:
    uow.concerns.keep(moved)
    uow.audit(moved.workspace_id, event, moved.id, {"step": str(moved.step)})
    uow.reminders.plan(moved.workspace_id, moved.id, moved.generation, [])


def _plan_next(uow: Unit, concern: Concern, at: datetime | None = None) -> None:
    due = Due(KIND, _next_step_of(concern), at or uow.now + STEP)
    uow.reminders.plan(concern.workspace_id, concern.id, concern.generation, [due])


def _next_step_of(concern: Concern) -> str:
    return f"step {concern.step + 1}"


def _codes(step: Next) -> dict[str, str]:
    return {"told": " ".join(step.people), "again": "yes" if step.again else "no"}
