"""Emergency takeover: responsibility moves at once, and is read back in a day."""

from __future__ import annotations

from bot.actions.done import Done
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.actions.handing import add_handoff, lines_of
from bot.actions.handoff_clocks import replan
from bot.actions.handoff_steps import carry, hold_case, settle, tell
from bot.handoff_fields import WHY
from bot.handoff_sheets import (
    HandoffSheet,
    direction_between,
    make_handoff_sheet,
    may_be_responsible,
)
from bot.refusals import BadFields, NotForYou, Overtaken
from bot.sheets import Sheet, sheet_for
from bot.transfers import check_here
from care import handoff as rules
from care.handoff import Event, Hand, NothingToHandOver, State, advance
from care.people import Role
from storage.actors import Person
from storage.handoff_records import Handoff, HandoffWords
from storage.records import Clinician
from storage.unit import Reading, Unit

FORM = "take over"


def may_take_over(reading: Reading, by: Person, sheet: Sheet) -> bool:
    """Tell whether somebody could take over: at either site, by a role that may."""
    if by.clinician_id == sheet.responsible.id or sheet.moved_to is not None:
        return False
    if by.site_id not in {sheet.practice.id, sheet.center.id}:
        return False
    allowed = may_be_responsible(reading, by.site_id)
    return by.clinician_id in {one.id for one in allowed}


def take_over(*, uow: Unit, by: Person, referral_id: str, why: str) -> Done:
    """Make `by` responsible at once. The read-back is owed within 24 hours.

    An open handoff to somebody else gives way; one to `by` is the one taken.
    Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`.
    """
    sheet = sheet_for(uow, by.member, referral_id)
    hold_case(uow, sheet.case.id)
    sheet = sheet_for(uow, by.member, referral_id)
    check_here(sheet)
    _check(uow, by, sheet, why)
    standing = sheet.open_handoff
    before = make_handoff_sheet(uow, standing) if standing else None
    mine = before is not None and before.receiver.id == by.clinician_id
    if before is not None and mine and before.handoff.state is not State.TAKEN_OVER:
        taken = _take_offer(uow, by, before, why)
    else:
        taken = _take_unoffered(uow, by, sheet, before, why=why)
    _tell(uow, by, sheet, taken)
    uow.drafts.drop(by.clinician_id, FORM, sheet.case.id)
    return Done(Event.TAKE_OVER, taken.id)


def _check(uow: Unit, by: Person, sheet: Sheet, why: str) -> None:
    if by.clinician_id == sheet.responsible.id:
        raise Overtaken(f"You are responsible for {sheet.case.code} already.")
    if not may_take_over(uow, by, sheet):
        raise NotForYou(
            "Your site does not make your role responsible for a patient. Phone"
            f" {sheet.center.name}: {sheet.center.phone_24h}."
        )
    if not why.strip():
        raise BadFields({WHY: "Say why it cannot wait."})
    staff = staff_names(uow.people, sheet.practice.id, sheet.center.id)
    refuse_identifiers({WHY: why}, staff)


def _take_offer(uow: Unit, by: Person, before: HandoffSheet, why: str) -> Handoff:
    step = advance(before.handoff.offer, Event.TAKE_OVER, {Hand.RECEIVER})
    words = {"reason": {WHY: why.strip()}}
    return settle(
        uow, before, step, by=by.clinician_id, event=Event.TAKE_OVER, words=words
    )


def _take_unoffered(
    uow: Unit, by: Person, sheet: Sheet, before: HandoffSheet | None, *, why: str
) -> Handoff:
    try:
        step = rules.take_over(
            responsible_id=sheet.responsible.id, taker_id=by.clinician_id
        )
    except NothingToHandOver as error:
        raise Overtaken from error
    if before is not None:
        give_way = advance(before.handoff.offer, Event.GIVE_WAY, {Hand.BATON})
        settle(uow, before, give_way, by=by.clinician_id, event=Event.GIVE_WAY)
    new = _new_handoff(uow, by, sheet, before)
    fields = before.words.fields if before else {}
    lines = lines_of(before, receiver_id=by.clinician_id) if before else ()
    words = HandoffWords(fields, reason={WHY: why.strip()})
    add_handoff(uow, new, words, lines)
    new = carry(uow, new, step)
    codes = {"from": new.sender_id, "to": new.receiver_id, "by": by.clinician_id}
    uow.audit(new.workspace_id, f"handoff {Event.TAKE_OVER}", new.id, codes)
    replan(uow, make_handoff_sheet(uow, new))
    return new


def _new_handoff(
    uow: Unit, by: Person, sheet: Sheet, before: HandoffSheet | None
) -> Handoff:
    there = uow.people.site(by.site_id)
    return Handoff(
        id=uow.new_id(),
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        referral_id=sheet.referral.id,
        direction=direction_between(sheet.responsible_site, there),
        state=State.TAKEN_OVER,
        sender_id=sheet.responsible.id,
        receiver_id=by.clinician_id,
        offered_by=by.clinician_id,
        recorded_by=None,
        follows=before.handoff.id if before else None,
        passed_by=(),
        offered_at=uow.now,
        round_started_at=uow.now,
        phoned_at=None,
        read_back_at=None,
        ended_at=None,
        generation=1,
    )


def _tell(uow: Unit, by: Person, sheet: Sheet, taken: Handoff) -> None:
    """Tell who was responsible, and the coordinators of both sites."""
    sites = (sheet.practice.id, sheet.center.id)
    keepers = [
        one for site in sites for one in uow.people.staff(site, Role.COORDINATOR)
    ]
    before = sheet.open_handoff
    offered = [sheet.people[before.receiver_id]] if before else []
    to: list[Clinician] = [sheet.responsible, *offered, *keepers]
    telling = tell(uow, taken, by=by.clinician_id, move=Event.TAKE_OVER, to=to)
    me = uow.people.clinician(by.clinician_id)
    # Whoever took over has to say it back: that must not be lost from sight.
    telling.tell([me], "handoff")
