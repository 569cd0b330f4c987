"""What every move of a handoff does: lock, check, keep, audit, plan and tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.actions.handoff_clocks import replan
from bot.actions.plan_holds import follow_responsibility, welcome_back
from bot.actions.returning import record_return
from bot.actions.telling import Telling
from bot.actions.transferring import move_practice, tell_old_thread
from bot.handoff_sheets import (
    HandoffSheet,
    handoff_sheet_for,
    make_handoff_sheet,
    may_be_responsible,
)
from bot.refusals import NoPart, NotForYou, Overtaken
from bot.sheets import make_sheets
from care.handoff import (
    LASTING,
    OPEN,
    Event,
    Hand,
    IllegalMove,
    NotYours,
    State,
    Step,
    advance,
)
from care.ipass import Direction
from storage.actors import Person
from storage.errors import NotFound
from storage.handoff_records import Handoff
from storage.records import Clinician
from storage.unit import Unit

OFFER = "offer"
"""Said of a new handoff where a move is named otherwise."""

ENDED = frozenset({State.DECLINED, State.WITHDRAWN, State.EXPIRED})


def handoff_to_move(uow: Unit, by: Person, handoff_id: str) -> HandoffSheet:
    """Return a handoff whose case is held until the transaction ends.

    Raises `NoPart`.
    """
    try:
        hold_case(uow, uow.handoffs.handoff(handoff_id).case_id)
    except NotFound as error:
        raise NoPart from error
    return handoff_sheet_for(uow, by.member, handoff_id)


def hold_case(uow: Unit, case_id: str) -> None:
    """Hold a case, its referrals and its courses until the transaction ends.

    The referrals come first and the courses next, as they do for whoever records a
    step: two who hold the same rows in the same order never wait for one another.
    Raises `NotFound`.
    """
    uow.cases.hold_referrals(case_id)
    for course in uow.courses.of_cases([case_id]):
        uow.courses.course_to_change(course.id)
    uow.cases.case_to_move(case_id)


def step_of(about: HandoffSheet, event: Event, by: Person) -> Step:
    """Return what a move comes to. Raises `Overtaken` or `NotForYou`."""
    hands = about.hands(by.member)
    try:
        return advance(about.handoff.offer, event, hands, by=by.clinician_id)
    except IllegalMove as error:
        raise Overtaken(overtaken_sentence(about)) from error
    except NotYours as error:
        raise NotForYou(_whose_sentence(about, error.who)) from error


def settle(
    uow: Unit,
    about: HandoffSheet,
    step: Step,
    *,
    by: str,
    event: Event,
    words: Mapping[str, Mapping[str, str]] | None = None,
    phoned_at: datetime | None = None,
) -> Handoff:
    """Keep what a move came to: the handoff, who is responsible, audit, reminders."""
    after = _after(uow, about.handoff, step, phoned_at=phoned_at)
    uow.handoffs.keep(after, **(words or {}))
    after = carry(uow, after, step)
    if after.referral_id != about.sheet.referral.id:
        tell_old_thread(uow, about.sheet, after, move=event)
    if step.offer.state is State.ACCEPTED and about.handoff.state in OPEN:
        record_return(uow, about)
    codes = {"from": about.handoff.state, "to": after.state, "by": by}
    uow.audit(after.workspace_id, f"handoff {event}", after.id, codes)
    replan(uow, make_handoff_sheet(uow, after))
    return after


def carry(uow: Unit, after: Handoff, step: Step) -> Handoff:
    """Move the responsibility, where a step does, and the case with it to a practice.

    Returns the handoff, which is told in another thread once the case has moved.
    """
    if step.responsible_id is None or step.how is None:
        return after
    uow.responsibility.move(
        after.case_id,
        step.responsible_id,
        at=uow.now,
        how=step.how,
        handoff_id=after.id,
    )
    codes = {"from": after.sender_id, "to": step.responsible_id, "how": step.how}
    uow.audit(after.workspace_id, "responsible changed", after.case_id, codes)
    if after.direction is Direction.TRANSFER:
        after = move_practice(uow, after)
    follow_responsibility(uow, after.case_id)
    if after.direction is Direction.RETURN:
        welcome_back(uow, after.case_id)
    return after


def check_receiver(uow: Unit, receiver: Clinician) -> None:
    """Raise `NotForYou` where somebody's role may not be responsible any more."""
    allowed = {one.id for one in may_be_responsible(uow, receiver.site_id)}
    if receiver.id not in allowed:
        raise NotForYou("Your site does not make your role responsible for a patient.")


def tell(
    uow: Unit,
    after: Handoff,
    *,
    by: str,
    move: str,
    to: Iterable[Clinician],
    view: str = "handoff moved",
    line: str = "handoff line",
) -> Telling:
    """Change the cards, add a line to the thread, tell those concerned but `by`."""
    about = make_handoff_sheet(uow, after)
    _change_cards(uow, after)
    payload: dict[str, Any] = {"handoff": after.id, "move": move, "by": by}
    telling = Telling(uow, about.sheet, uow.new_id(), payload)
    telling.refresh()
    telling.say(line)
    telling.tell([one for one in to if one.id != by], view)
    return telling


def overtaken_sentence(about: HandoffSheet) -> str:
    """Say how a handoff stands, to somebody who wanted to do something else."""
    code, receiver = about.sheet.case.code, about.receiver.name
    stands = {
        State.OFFERED: f"{code} is offered to {receiver}.",
        State.BY_PHONE: f"{code} was said to be handed over by phone.",
        State.TAKEN_OVER: f"{receiver} has taken over {code}.",
        State.ACCEPTED: f"{receiver} has accepted {code}.",
        State.CORRECTED: f"{about.sender.name} has corrected a point of {code}.",
        State.DECLINED: f"{receiver} has declined {code}.",
        State.WITHDRAWN: f"the offer of {code} was withdrawn.",
        State.EXPIRED: f"the offer of {code} to {receiver} has expired.",
    }[about.handoff.state]
    return f"That was not saved: {stands}"


def _after(
    uow: Unit, before: Handoff, step: Step, *, phoned_at: datetime | None
) -> Handoff:
    after = before.moved_to(step.offer)
    read_back_at = (before.read_back_at or uow.now) if after.state in LASTING else None
    return replace(
        after,
        generation=before.generation + 1,
        round_started_at=uow.now,
        phoned_at=phoned_at or before.phoned_at,
        read_back_at=read_back_at,
        ended_at=uow.now if after.state in ENDED else None,
    )


def _change_cards(uow: Unit, after: Handoff) -> None:
    """Bring every card of the case up to date: each says who is responsible."""
    occasion = f"{after.id}:{after.generation}"
    for sheet in make_sheets(uow, uow.cases.referrals_of(after.case_id)):
        Telling(uow, sheet, f"{occasion}:{sheet.referral.id}").change_card()


def _whose_sentence(about: HandoffSheet, who: Collection[Hand]) -> str:
    names = {
        Hand.RECEIVER: about.receiver.name,
        Hand.SENDER: about.sender.name,
        Hand.CONFIRMER: about.waits_for.name if about.waits_for else "the other side",
    }
    allowed = [name for hand, name in names.items() if hand in who]
    return f"Only {' or '.join(allowed) or 'Baton'} can do that."
