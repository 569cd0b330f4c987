"""Offering the responsibility for a patient: page by page, then as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.actions.done import Done
from bot.actions.drafting import KEPT_FOR, my_draft
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.actions.handoff_clocks import replan
from bot.actions.handoff_steps import OFFER, hold_case, tell
from bot.actions.matching import how_missing, match_return
from bot.handoff_fields import RECEIVER, action_fields
from bot.handoff_sheets import (
    HandoffSheet,
    direction_between,
    doers_for,
    make_handoff_sheet,
    receivers_for,
    stand_ins_of,
)
from bot.refusals import BadFields, NotForYou, Overtaken
from bot.sheets import Sheet, sheet_for
from bot.transfers import check_here, check_may_move, links_to_move_over
from care.handoff import Line, OfferedAlready, State, open_offer
from care.ipass import (
    MOST_ACTIONS,
    ActionLine,
    Direction,
    Page,
    asks_for_match,
    blank,
    fields_of,
    fields_on,
    is_none,
)
from scheduler.calendars import local_day
from storage.actors import Person
from storage.errors import NotFound
from storage.handoff_records import Handoff, HandoffAction, HandoffWords
from storage.records import Clinician, Draft, Link
from storage.unit import Reading, Unit

FORM = "handoff"
"""The name of the form's draft; its subject is the case."""

Values = Mapping[str, str]


def may_offer(reading: Reading, by: Person, sheet: Sheet) -> bool:
    """Tell whether somebody may hand over: who is responsible, or stands in."""
    if by.clinician_id == sheet.responsible.id:
        return True
    return by.clinician_id in stand_ins_of(reading, sheet.responsible)


def keep_page(
    *,
    uow: Unit,
    by: Person,
    referral_id: str,
    page: Page,
    values: Values,
    link_id: str = "",
) -> Done:
    """Keep one page of the form, checked; the offer is made with the last one.

    Raises `BadFields` for what is blank, holds an identifier or cannot be; with the
    link over which a patient is to move, `NotForYou` or `Overtaken` as well.
    """
    sheet = sheet_for(uow, by.member, referral_id)
    known = my_draft(uow, by, FORM, sheet.case.id) | dict(values)
    _check_page(uow, sheet, page, known, link=link_of(uow, sheet, link_id))
    uow.drafts.keep(
        Draft(
            id=uow.new_id(),
            author_id=by.clinician_id,
            form=FORM,
            subject=sheet.case.id,
            values=known,
            kept_until=uow.now + KEPT_FOR,
        )
    )
    return Done("kept", sheet.case.id)


def offer_handoff(
    *,
    uow: Unit,
    by: Person,
    referral_id: str,
    values: Values | None = None,
    link_id: str = "",
) -> Done:
    """Offer the responsibility as the form says: the kept pages, and the last one.

    `link_id` names the link of another practice with the same center, to which the
    patient is to move. Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`;
    nothing is kept then.
    """
    sheet = sheet_for(uow, by.member, referral_id)
    hold_case(uow, sheet.case.id)
    sheet = sheet_for(uow, by.member, referral_id)
    check_may_offer(uow, by, sheet)
    link = link_of(uow, sheet, link_id)
    known = my_draft(uow, by, FORM, sheet.case.id) | dict(values or {})
    receiver = _receiver(uow, sheet, known, link=link)
    direction = _direction(sheet, uow, receiver)
    _check_all(uow, sheet, direction, known, link=link)
    new = _new_handoff(uow, by, sheet, receiver=receiver, direction=direction)
    texts = {one.code: known[one.code].strip() for one in fields_of(direction)}
    lines = read_actions(uow, sheet, known)
    add_handoff(uow, new, HandoffWords(texts), lines)
    uow.audit(new.workspace_id, "handoff offered", new.id, _codes(new))
    about = make_handoff_sheet(uow, new)
    if about.asks_for_match:
        match_return(uow, by, about, known)
    replan(uow, about)
    tell_of_offer(uow, new, by=by.clinician_id)
    uow.drafts.drop(by.clinician_id, FORM, sheet.case.id)
    return Done("offered", new.id)


def link_of(reading: Reading, sheet: Sheet, link_id: str) -> Link | None:
    """Return the link over which a patient is to move; None for any other handoff.

    Raises `NotForYou` or `Overtaken` where they cannot move over it.
    """
    if not link_id:
        return None
    check_may_move(sheet)
    try:
        practice_id = reading.people.link(link_id).practice_id
    except NotFound as error:
        raise NotForYou from error
    return links_to_move_over(reading, sheet, practice_id)[sheet.referral.id]


def check_may_offer(uow: Unit, by: Person, sheet: Sheet) -> None:
    """Raise `NotForYou` or `Overtaken` where an offer cannot be made now."""
    check_here(sheet)
    if not may_offer(uow, by, sheet):
        raise NotForYou(
            f"{sheet.responsible.name} is responsible for {sheet.case.code} and hands"
            " over. Their site's lead or coordinator can where they are not there."
        )
    standing = sheet.open_handoff
    if standing is not None:
        receiver = sheet.people[standing.receiver_id].name
        raise Overtaken(
            f"{sheet.case.code} has an open handoff to {receiver} already. What you"
            " wrote is kept for a day: withdraw that one, then offer again."
        )


def add_handoff(
    uow: Unit, new: Handoff, words: HandoffWords, lines: tuple[ActionLine, ...]
) -> None:
    """Keep a handoff with its lines of action."""
    actions = [
        HandoffAction(
            id=uow.new_id(),
            handoff_id=new.id,
            position=position,
            text=line.text,
            answer=None,
            doer_id=line.doer_id,
            due_day=line.due_day,
            state=Line.PROPOSED,
            done_at=None,
            done_by=None,
            generation=1,
        )
        for position, line in enumerate(lines, start=1)
    ]
    uow.handoffs.add(new, words, actions)


def lines_of(about: HandoffSheet, *, receiver_id: str) -> tuple[ActionLine, ...]:
    """Return the actions of a handoff for another receiver, who does the old one's."""
    return tuple(
        ActionLine(
            one.wording,
            receiver_id if one.doer_id == about.receiver.id else one.doer_id,
            one.due_day,
        )
        for one in about.actions
        if one.state is not Line.DROPPED
    )


def tell_of_offer(uow: Unit, new: Handoff, *, by: str) -> None:
    """Tell the receiver, the thread, and whoever is to do something from it."""
    about = make_handoff_sheet(uow, new)
    telling = tell(
        uow, new, by=by, move=OFFER, to=[about.receiver], view="handoff", line="handoff"
    )
    if new.on_behalf:
        telling.tell([about.sender], "handoff moved")
    doers = {one.doer_id: about.people[one.doer_id] for one in about.actions}
    doers.pop(new.receiver_id, None)
    telling.tell(doers.values(), "handoff action")


def read_actions(uow: Unit, sheet: Sheet, values: Values) -> tuple[ActionLine, ...]:
    """Return the lines of action that a form names. Raises `BadFields`."""
    first = values.get(action_fields(1)[0], "")
    if not first.strip():
        raise BadFields({action_fields(1)[0]: "Write an action, or “none”."})
    if is_none(first):
        return ()
    receiver_id = values.get(RECEIVER, "")
    doers = {one.id: one for one in doers_for(uow, sheet, receiver_id)}
    written = [
        number
        for number in range(1, MOST_ACTIONS + 1)
        if values.get(action_fields(number)[0], "").strip()
    ]
    return tuple(_line(uow, values, number, doers) for number in written)


def _line(
    uow: Unit, values: Values, number: int, doers: Mapping[str, Clinician]
) -> ActionLine:
    what, who, when = action_fields(number)
    doer = doers.get(values.get(who, ""))
    if doer is None:
        raise BadFields({who: "Choose who does this."})
    try:
        day = date.fromisoformat(values.get(when, ""))
    except ValueError as error:
        raise BadFields({when: "Choose by when."}) from error
    if day < local_day(uow.people.site(doer.site_id), uow.now):
        raise BadFields({when: "That day is over already."})
    return ActionLine(values[what].strip(), doer.id, day)


def _check_page(
    uow: Unit, sheet: Sheet, page: Page, values: Values, *, link: Link | None
) -> None:
    receiver = _receiver(uow, sheet, values, link=link)
    direction = _direction(sheet, uow, receiver)
    asked = fields_on(page, direction)
    wrong = dict.fromkeys(blank(asked, values), "Write something here, or “none”.")
    if asks_for_match(page, direction):
        wrong |= how_missing(values)
    if wrong:
        raise BadFields(wrong)
    texts = {one.code: values[one.code] for one in asked}
    if page is Page.ACTIONS:
        names = [action_fields(n)[0] for n in range(1, MOST_ACTIONS + 1)]
        texts |= {name: values.get(name, "") for name in names}
    # Said first: whoever completes a line with an identifier would only lose time.
    sites = {sheet.practice.id, sheet.center.id, receiver.site_id}
    refuse_identifiers(texts, staff_names(uow.people, *sites))
    if page is Page.ACTIONS:
        read_actions(uow, sheet, values)


def _check_all(
    uow: Unit,
    sheet: Sheet,
    direction: Direction,
    values: Values,
    *,
    link: Link | None,
) -> None:
    """Check everything again: the pages were kept one by one, perhaps long ago."""
    _check_page(uow, sheet, Page.ACTIONS, values, link=link)
    before = [one for one in fields_of(direction) if one.page is not Page.ACTIONS]
    unmatched = direction is Direction.RETURN and how_missing(values)
    if blank(before, values) or unmatched:
        raise Overtaken(
            "What you wrote on the pages before is not kept any more: it is let go"
            " after a day. Open the form again."
        )


def _receiver(
    uow: Unit, sheet: Sheet, values: Values, *, link: Link | None
) -> Clinician:
    for one in receivers_for(uow, sheet, link):
        if one.id == values.get(RECEIVER):
            return one
    raise BadFields({RECEIVER: "Choose who is to be responsible."})


def _direction(sheet: Sheet, uow: Unit, receiver: Clinician) -> Direction:
    site = uow.people.site(receiver.site_id)
    return direction_between(sheet.responsible_site, site)


def _new_handoff(
    uow: Unit, by: Person, sheet: Sheet, *, receiver: Clinician, direction: Direction
) -> Handoff:
    try:
        offer = open_offer(
            sheet.open_handoff.offer if sheet.open_handoff else None,
            responsible_id=sheet.responsible.id,
            receiver_id=receiver.id,
        )
    except OfferedAlready as error:
        raise Overtaken from error
    return Handoff(
        id=uow.new_id(),
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        referral_id=sheet.referral.id,
        direction=direction,
        sender_id=offer.sender_id,
        receiver_id=offer.receiver_id,
        offered_by=by.clinician_id,
        **_as_new(uow, offer.state),
    )


def _as_new(uow: Unit, state: State) -> dict[str, Any]:
    """Return what is the same in every new handoff."""
    return {
        "state": state,
        "recorded_by": None,
        "follows": None,
        "passed_by": (),
        "offered_at": uow.now,
        "round_started_at": uow.now,
        "phoned_at": None,
        "read_back_at": None,
        "ended_at": None,
        "generation": 1,
    }


def _codes(new: Handoff) -> dict[str, str]:
    return {
        "from": new.sender_id,
        "to": new.receiver_id,
        "by": new.offered_by,
        "direction": new.direction,
    }
