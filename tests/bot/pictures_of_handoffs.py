"""Every view of a handoff, in every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from bot.handoff_fields import CORRECTION, POINT, PROPOSAL, RECEIVER, SENTENCE, WHY
from bot.handoff_sheets import HandoffSheet
from bot.sheets import Sheet
from bot.views import card, handoff, handoff_forms, transfer
from bot.views.handoff_forms import (
    LONG,
    LONG_OF_RETURN,
    MOVE_FORMS,
    SHORT,
    SHORT_OF_RETURN,
)
from bot.views.handoff_words import MOVED
from bot.views.ids import FormData
from care.handoff import LASTING, Event, Line, State
from care.handoff_clock import Round, Step
from care.ipass import (
    RETURN_FIELDS,
    SEVERITY,
    Direction,
    Page,
    fields_of,
    pages_of,
)
from care.matching import How, Occasion
from care.working_time import WorkingHours
from storage.handoff_records import Handoff, HandoffAction, HandoffWords
from storage.matching import Match
from tests.conftest import T0

Picture = tuple[str, dict[str, Any]]

HOURS = WorkingHours("America/Chicago", time(8), time(17), frozenset(range(5)))
DATA = FormData("8d5e44f46a535d0c9d0a3a6f0a0c7b55", "referral-1", subject="handoff-1")
ENDED = {State.DECLINED, State.WITHDRAWN, State.EXPIRED}


def pictures_of_handoffs(
    sheet: Sheet, text: str, name: str
) -> Iterator[tuple[str, Picture]]:
    """Yield the messages, pages and forms of handoffs in these words."""
    for state in State:
        about = _about(sheet, state, text, name)
        receiver = about.receiver
        yield f"handoff, {state}", _post(handoff.handoff_blocks(about, receiver.member))
        yield (
            f"handoff brought up, {state}",
            _post(handoff.brought_up(about, Step.STILL, receiver, T0)),
        )
        shown = replace(about.sheet, handoffs=(about.handoff,))
        yield f"card, handoff {state}", _post(card.card_blocks(shown))
        page = handoff_forms.handoff_page(about, receiver.member, may_take_over=True)
        yield f"handoff page, {state}", _open(page)
    about = _about(sheet, State.ACCEPTED, text, name)
    for move in MOVED:
        yield f"handoff moved, {move}", _post(handoff.moved(about, move, about.sender))
        yield f"handoff line, {move}", _post(handoff.line(about, move))
    yield "handoff was brought up", _post(handoff.was_brought_up(about))
    yield "handoff actions", _post(handoff.actions(about, about.receiver, None, T0))
    listed = [(about, one) for one in about.actions] * 3
    me = about.receiver.member
    yield (
        "handoffs in my list",
        _post(handoff.list_entries([about], listed, me, most=5)),
    )
    for direction in (Direction.TO_CENTER, Direction.RETURN):
        yield f"handoff owed, {direction}", _post(handoff.owed(sheet, direction))
    left = replace(about.receiver, active=False)
    gone = replace(sheet, people={**sheet.people, sheet.case.responsible_id: left})
    yield "card, responsible one left", _post(card.card_blocks(gone))
    yield from _forms(sheet, text, name)
    yield from _moves_to_another_practice(sheet, text, name)


def _forms(sheet: Sheet, text: str, name: str) -> Iterator[tuple[str, Picture]]:
    people = list(sheet.people.values())
    sites = {one.id: one for one in (sheet.practice, sheet.center)}
    choices = handoff_forms.Choices(people, people, sites)
    for direction in Direction:
        filled = {one.code: text for one in fields_of(direction)}
        filled[RECEIVER] = people[0].id
        for values, how in (({}, "empty"), (filled, "filled")):
            for page in pages_of(direction):
                view = handoff_forms.offer_page(
                    replace(DATA, event=page),
                    sheet,
                    page=page,
                    direction=direction,
                    choices=choices,
                    values=values,
                )
                yield f"offer, {direction}, {page}, {how}", _open(view)
    for state in (State.OFFERED, State.CORRECTED, State.TAKEN_OVER):
        about = _about(sheet, state, text, name)
        values = {SENTENCE: text, SEVERITY: text}
        view = handoff_forms.read_back_form(DATA, about, values)
        yield f"read-back, {state}", _open(view)
    about = _about(sheet, State.ACCEPTED, text, name)
    for event in MOVE_FORMS:
        data = replace(DATA, event=event.name)
        for values, how in (({}, "empty"), ({WHY: text, SENTENCE: text}, "filled")):
            view = handoff_forms.move_form(event, data, about, values)
            yield f"handoff form, {event}, {how}", _open(view)
    yield from _forms_of_match(sheet, text, name)
    yield "take over form", _open(handoff_forms.take_over_form(DATA, sheet, {}))
    for may in (True, False):
        page_of = handoff_forms.responsible_page(sheet, may_take_over=may)
        yield f"who hands over, {may}", _open(page_of)


def _forms_of_match(
    sheet: Sheet, text: str, name: str
) -> Iterator[tuple[str, Picture]]:
    """Yield the forms in which a site says that a return is about the same patient."""
    for state, event in (
        (State.OFFERED, Event.PHONE),
        (State.BY_PHONE, Event.CONFIRM),
    ):
        about = _about(sheet, state, text, name)
        data = replace(DATA, event=event.name)
        for site in (about.sender_site, about.receiver_site):
            view = handoff_forms.move_form(event, data, about, {}, at=site.id)
            yield f"return, {event}, at {site.kind}", _open(view)


def _moves_to_another_practice(
    sheet: Sheet, text: str, name: str
) -> Iterator[tuple[str, Picture]]:
    """Yield what is shown of a patient who moves to another practice."""
    other = replace(sheet.practice, id="site-other", name=name or "Prairie Cancer Care")
    link = replace(sheet.link, id="link-other", practice_id=other.id)
    for label, choices in (("one", [(link, other)]), ("none", [])):
        yield (
            f"to another practice, {label}",
            _open(transfer.practice_form(DATA, sheet, choices)),
        )
    yield "to another practice, outside", _open(transfer.outside_page(sheet))
    yield (
        "card, moved to another practice",
        _post(card.card_blocks(replace(sheet, moved_to=other))),
    )
    for state in (State.OFFERED, State.ACCEPTED):
        about = _about(sheet, state, text, name)
        one = replace(about.handoff, direction=Direction.TRANSFER)
        about = replace(about, handoff=one, sender_site=other)
        me = about.receiver.member
        yield f"transfer, {state}", _post(handoff.handoff_blocks(about, me))
        yield f"transfer line, {state}", _post(handoff.line(about, "read back"))
        yield (
            f"transfer told, {state}",
            _post(handoff.moved(about, "read back", about.sender)),
        )


def _about(sheet: Sheet, state: State, text: str, name: str) -> HandoffSheet:
    sender, receiver = sheet.asked, sheet.referrer
    one = Handoff(
        id="handoff-1",
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        referral_id=sheet.referral.id,
        direction=Direction.RETURN,
        state=state,
        sender_id=sender.id,
        receiver_id=receiver.id,
        offered_by=sender.id,
        recorded_by=sender.id if state is State.BY_PHONE else None,
        follows=None,
        passed_by=(),
        offered_at=T0,
        round_started_at=T0,
        phoned_at=T0,
        read_back_at=T0 + timedelta(hours=1) if state in LASTING else None,
        ended_at=T0 if state in ENDED else None,
        generation=1,
    )
    return HandoffSheet(
        handoff=one,
        sheet=sheet,
        words=_words(state, text),
        actions=_actions(receiver.id, text),
        people=sheet.people,
        sender_site=sheet.center,
        receiver_site=sheet.practice,
        stand_ins=frozenset(),
        round=Round(T0, HOURS, has_next=False),
        matches=[_match(sheet, sender.id)] if state is State.OFFERED else [],
    )


def _match(sheet: Sheet, clinician_id: str) -> Match:
    return Match(
        id="match-1",
        case_id=sheet.case.id,
        link_id=sheet.link.id,
        site_id=sheet.center.id,
        occasion=Occasion.RETURN,
        subject="handoff-1",
        how=How.BY_PHONE,
        clinician_id=clinician_id,
        at=T0,
    )


def _words(state: State, text: str) -> HandoffWords:
    of_return = {one.code for one in RETURN_FIELDS}
    fields = {
        one.code: text[: _most(one.page, long=one.long)]
        for one in fields_of(Direction.RETURN)
    }
    assert of_return <= fields.keys()
    said = state in LASTING | {State.BY_PHONE}
    return HandoffWords(
        fields={} if state is State.TAKEN_OVER else fields,
        reason={WHY: text[:LONG], PROPOSAL: text[:LONG]},
        synthesis={SENTENCE: text[:LONG], SEVERITY: text[:SHORT]} if said else {},
        correction={POINT: "action-1", CORRECTION: text[:LONG]},
    )


def _most(page: Page, *, long: bool) -> int:
    if page in {Page.TREATMENT, Page.STATE, Page.SUPPORT}:
        return LONG_OF_RETURN if long else SHORT_OF_RETURN
    return LONG if long else SHORT


def _actions(doer_id: str, text: str) -> list[HandoffAction]:
    return [
        HandoffAction(
            id=f"action-{number}",
            handoff_id="handoff-1",
            position=number,
            text=text[:SHORT],
            answer=text[:SHORT],
            doer_id=doer_id,
            due_day=date(2026, 11, 30),
            state=line,
            done_at=T0 if line is Line.DONE else None,
            done_by=doer_id if line is Line.DONE else None,
            generation=1,
        )
        for number, line in enumerate(
            (Line.PROPOSED, Line.CHANGED, Line.REFUSED, Line.DONE), start=1
        )
    ]


def _post(blocks: list[dict[str, Any]]) -> Picture:
    return "chat.postMessage", {"text": "MM-7K3Q9: question", "blocks": blocks}


def _open(view: dict[str, Any]) -> Picture:
    return "views.open", {"view": view}
