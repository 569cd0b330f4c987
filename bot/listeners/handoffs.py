"""Handoffs: their pages, the forms that buttons open, and moves made at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions import handed
from bot.actions import handing as offering
from bot.actions import reading_back as saying_back
from bot.actions import taking_over as taking
from bot.actions.done import Done
from bot.actions.drafting import my_draft
from bot.actions.handoff_moves import Written, move_handoff
from bot.desk import Desk
from bot.handoff_fields import RECEIVER
from bot.handoff_sheets import (
    HandoffSheet,
    direction_between,
    doers_for,
    handoff_sheet_for,
    prefilled,
    receivers_for,
)
from bot.listeners.incoming import of
from bot.listeners.opening import (
    View,
    fill,
    intent_of,
    open_loading,
    place_of,
)
from bot.listeners.private import explained, say_privately
from bot.refusals import NotForYou, Overtaken
from bot.sheets import Sheet, sheet_for
from bot.transfers import check_here
from bot.views import handoff_forms as forms
from bot.views import next_move
from bot.views.ids import Act, Carried, FormData
from care.handoff import Event
from care.ipass import Direction, Page, pages_of
from storage.actors import Person
from storage.records import Link
from storage.unit import Reading

Body = dict[str, Any]
Listener = Callable[..., None]
Make = Callable[[Desk, BoltContext, Carried], View]

AT_ONCE: Mapping[Act, Event] = {
    Act.HANDOFF_WITHDRAW: Event.WITHDRAW,
    Act.HANDOFF_CONFIRM: Event.CONFIRM,
    Act.HANDOFF_DISPUTE: Event.DISPUTE,
}
"""Moves that ask for no words."""

WITH_WORDS: Mapping[Act, Event] = {
    Act.HANDOFF_DECLINE: Event.DECLINE,
    Act.HANDOFF_PHONE: Event.PHONE,
    Act.HANDOFF_CORRECT: Event.CORRECT,
    Act.HANDOFF_CONFIRM_RETURN: Event.CONFIRM,
}

ANSWERS: Mapping[Act, Callable[..., Done]] = {
    Act.ACTION_TAKE: handed.take_action,
    Act.ACTION_MINE: handed.take_refused,
    Act.ACTION_DROP: handed.drop_action,
}
"""Answers to an action as it was shown, and to no other wording of it."""

TICKS: Mapping[Act, Callable[..., Done]] = {
    Act.ACTION_DONE: handed.tick_action,
    Act.ACTION_UNDONE: handed.untick_action,
}


def register(app: App, desk: Desk) -> None:
    """Listen to every button of a handoff but the one that a card's menu shows too."""
    for act, (title, make) in _pages().items():
        app.action(act.value)(ack=_opener(title), lazy=[_filler(desk, title, make)])
    for act, event in AT_ONCE.items():
        mover = explained(_mover(desk, event))
        app.action(act.value)(ack=mover, lazy=[_page_keeper(desk)])
    for act, action in {**ANSWERS, **TICKS}.items():
        app.action(act.value)(explained(_ticker(desk, act, action)))


def _pages() -> Mapping[Act, tuple[str, Make]]:
    """Return what each button opens: a page or form, and its title while it loads."""
    pages: dict[Act, tuple[str, Make]] = {
        Act.HANDOFF_SHOW: ("Handoff", _show_page),
        Act.HANDOFF_READ_BACK: ("Read back", _read_back_form),
        Act.HANDOFF_TAKE_OVER: ("Take over", _take_over_form),
    }
    for act, event in WITH_WORDS.items():
        pages[act] = (forms.MOVE_FORMS[event].title, _move_form(event))
    return pages


def hand_off_page(desk: Desk, context: BoltContext, carried: Carried) -> View:
    """Return the open handoff of a case, the form of a new one, or who hands over."""
    by = _who(desk, context)
    with desk.read() as reading:
        sheet = sheet_for(reading, by.member, carried.referral)
        if sheet.open_handoff is not None:
            about = handoff_sheet_for(reading, by.member, sheet.open_handoff.id)
            return _page_about(reading, by, about)
        check_here(sheet)
        if sheet.has_died:
            raise Overtaken(next_move.NOTHING_MORE)
        if not offering.may_offer(reading, by, sheet):
            may = taking.may_take_over(reading, by, sheet)
            return forms.responsible_page(sheet, may_take_over=may)
        data = FormData(intent_of(context), carried.referral, Page.PATIENT)
        return offer_page(reading, by, sheet, data)


def offer_page(reading: Reading, by: Person, sheet: Sheet, data: FormData) -> View:
    """Return the page of the offer's form that `data` names, with what was kept.

    `data.link` is the link over which a patient is to move, if they are.
    """
    link = offering.link_of(reading, sheet, data.link)
    receivers = receivers_for(reading, sheet, link)
    draft = my_draft(reading, by, offering.FORM, sheet.case.id)
    values = prefilled(reading, sheet) | draft
    doers = doers_for(reading, sheet, values.get(RECEIVER, ""))
    ids = {one.site_id for one in (*receivers, *doers)}
    sites = {one: reading.people.site(one) for one in ids}
    return forms.offer_page(
        data,
        sheet,
        page=Page(data.event),
        direction=_direction(reading, sheet, values.get(RECEIVER, ""), link),
        choices=forms.Choices(receivers, doers, sites),
        values=values,
    )


def pages_for(
    reading: Reading, by: Person, sheet: Sheet, data: FormData
) -> tuple[Page, ...]:
    """Return the pages of the offer's form, for the receiver who was chosen."""
    values = my_draft(reading, by, offering.FORM, sheet.case.id)
    link = offering.link_of(reading, sheet, data.link)
    return pages_of(_direction(reading, sheet, values.get(RECEIVER, ""), link))


def _direction(
    reading: Reading, sheet: Sheet, receiver_id: str, link: Link | None
) -> Direction:
    """Return the direction that a form's pages are for; before a choice, the likely."""
    people = receivers_for(reading, sheet, link)
    chosen = [one for one in people if one.id == receiver_id] or people[:1]
    if not chosen and link is not None:
        practice = reading.people.site(link.practice_id).name
        raise NotForYou(
            f"Nobody at {practice} may be responsible. An administrator can change"
            " which roles may, in /baton setup."
        )
    if not chosen:
        raise NotForYou(
            "Nobody else at the two sites may be responsible. An administrator can"
            " change which roles may, in /baton setup."
        )
    there = reading.people.site(chosen[0].site_id)
    return direction_between(sheet.responsible_site, there)


def _opener(title: str) -> Listener:
    def open_it(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        open_loading(client, context, body, title=title)
        ack()

    return open_it


def _filler(desk: Desk, title: str, make: Make) -> Listener:
    def fill_it(client: WebClient, context: BoltContext, body: Body) -> None:
        fill(
            client,
            lambda: make(desk, context, _carried(body)),
            title=title,
            **place_of(context, body),
        )

    return fill_it


def _show_page(desk: Desk, context: BoltContext, carried: Carried) -> View:
    by = _who(desk, context)
    with desk.read() as reading:
        about = handoff_sheet_for(reading, by.member, carried.subject)
        return _page_about(reading, by, about)


def _page_about(reading: Reading, by: Person, about: HandoffSheet) -> View:
    may = taking.may_take_over(reading, by, about.sheet)
    return forms.handoff_page(about, by.member, may_take_over=may)


def _read_back_form(desk: Desk, context: BoltContext, carried: Carried) -> View:
    by = _who(desk, context)
    with desk.read() as reading:
        about = _movable(reading, by, carried.subject, Event.READ_BACK)
        values = my_draft(reading, by, saying_back.FORM, carried.subject)
    version = str(about.handoff.generation)
    data = FormData(intent_of(context), subject=carried.subject, version=version)
    return forms.read_back_form(data, about, values)


def _move_form(event: Event) -> Make:
    def make(desk: Desk, context: BoltContext, carried: Carried) -> View:
        by = _who(desk, context)
        with desk.read() as reading:
            about = _movable(reading, by, carried.subject, event)
            values = my_draft(reading, by, event, carried.subject)
        data = FormData(
            intent_of(context),
            subject=carried.subject,
            event=event.name,
            version=str(about.handoff.generation),
        )
        return forms.move_form(event, data, about, values, at=by.site_id)

    return make


def _take_over_form(desk: Desk, context: BoltContext, carried: Carried) -> View:
    by = _who(desk, context)
    with desk.read() as reading:
        sheet = sheet_for(reading, by.member, carried.referral)
        values = my_draft(reading, by, taking.FORM, sheet.case.id)
    data = FormData(intent_of(context), carried.referral)
    return forms.take_over_form(data, sheet, values)


def _movable(
    reading: Reading, by: Person, handoff_id: str, event: Event
) -> HandoffSheet:
    """Return a handoff that somebody may move so. Raises `NoPart` or `NotForYou`."""
    about = handoff_sheet_for(reading, by.member, handoff_id)
    if event not in about.moves(by.member):
        raise NotForYou("That is for somebody else to do, or it was done already.")
    return about


def _mover(desk: Desk, event: Event) -> Listener:
    def move(ack: Ack, body: Body, context: BoltContext, **_more: object) -> None:
        desk.perform(
            move_handoff,
            by=_who(desk, context),
            key=of(context).key,
            handoff_id=_carried(body).subject,
            event=event,
            written=Written(),
            seen=_seen(_carried(body).version),
        )
        ack()

    return move


def _page_keeper(desk: Desk) -> Listener:
    """Make a filler that shows a page anew after a move that was made there."""

    def keep(client: WebClient, context: BoltContext, body: Body) -> None:
        view = body.get("view") or {}
        if view.get("type") == "modal":
            fill(
                client,
                lambda: _show_page(desk, context, _carried(body)),
                title="Handoff",
                view_id=view["id"],
            )

    return keep


def _ticker(desk: Desk, act: Act, action: Callable[..., Done]) -> Listener:
    def tick(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        carried = _carried(body)
        desk.perform(
            action,
            by=_who(desk, context),
            key=of(context).key,
            action_id=carried.subject,
            **({"seen": _seen(carried.version)} if act in ANSWERS else {}),
        )
        ack()
        if (body.get("view") or {}).get("type") == "modal":
            say_privately(client, body, "That is noted.")

    return tick


def _seen(version: str) -> int | None:
    """Return the generation that a button showed; older buttons show none."""
    return int(version) if version.isdecimal() else None


def _who(desk: Desk, context: BoltContext) -> Person:
    came = of(context)
    return desk.who(came.team_id, came.user_id)


def _carried(body: Body) -> Carried:
    return Carried.load(body["actions"][0].get("value") or "{}")
