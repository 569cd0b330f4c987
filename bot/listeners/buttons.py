"""Buttons and menus, on messages, in pages and in Home."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.drafting import my_draft
from bot.actions.moving import Words, move_referral
from bot.actions.replying import sort_reply
from bot.desk import Desk
from bot.listeners.commands import duty_blocks_for, list_blocks
from bot.listeners.handoffs import hand_off_page
from bot.listeners.incoming import of
from bot.listeners.opening import (
    LOADING,
    View,
    fill,
    intent_of,
    open_loading,
    open_page,
    place_of,
    referral_form,
)
from bot.listeners.private import explained, say_privately
from bot.lookups import referral_sheet
from bot.refusals import NotForYou
from bot.views import chart, duty, forms, lists
from bot.views.forms import MOVE_FORMS
from bot.views.ids import MOVES, Act, Carried, Field, FormData
from care.referral import Event, Kind, moves_for
from storage.records import ReplyKind

SORTS: Mapping[Act, ReplyKind] = {
    Act.SORT_ANSWER: ReplyKind.ANSWER,
    Act.SORT_QUESTION: ReplyKind.QUESTION,
    Act.SORT_INFORMATION: ReplyKind.INFORMATION,
    Act.SORT_COMMENT: ReplyKind.COMMENT,
}

SORTED: Mapping[ReplyKind, str] = {
    ReplyKind.ANSWER: "Marked as your answer. The referrer is told.",
    ReplyKind.QUESTION: "Marked as a question. The practice is asked.",
    ReplyKind.INFORMATION: "Passed back to the center.",
    ReplyKind.COMMENT: "Kept as a comment. The clock runs on.",
}
"""What the author of a reply reads after saying what it is."""

Body = dict[str, Any]
Listener = Callable[..., None]


def register(app: App, desk: Desk) -> None:
    """Listen to every button that a view of Baton shows."""
    for act, kind in ((Act.REFER, Kind.EVALUATION), (Act.ASK, Kind.ADVICE)):
        app.action(act.value)(ack=_opener(LOADING), lazy=[_referral_filler(desk, kind)])
    for act, page in PAGES.items():
        app.action(act.value)(ack=_opener(page.title), lazy=[_page_filler(desk, page)])
    for act, kind_of_reply in SORTS.items():
        app.action(act.value)(_sorter(desk, kind_of_reply))
    mover, checker = _mover(desk), _move_checker(desk)
    app.action(re.compile("^move_"))(ack=mover, lazy=[checker, page_keeper(desk)])
    app.action(Act.MORE.value)(ack=mover, lazy=[checker])
    app.action(Act.OPEN_THREAD.value)(_ack_only)


def _opener(title: str) -> Listener:
    def open_it(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        open_loading(client, context, body, title=title)
        ack()

    return open_it


def _referral_filler(desk: Desk, kind: Kind) -> Listener:
    def fill_form(client: WebClient, context: BoltContext, body: Body) -> None:
        value = body["actions"][0].get("value")
        values = {Field.LINK.value: value} if value else {}
        fill(
            client,
            lambda: referral_form(desk, context, kind, values),
            title=LOADING,
            **place_of(context, body),
        )

    return fill_form


def _page_filler(desk: Desk, page: Page) -> Listener:
    def fill_page(client: WebClient, context: BoltContext, body: Body) -> None:
        _, carried = _pressed(body)
        fill(
            client,
            lambda: page.make(desk, context, carried),
            title=page.title,
            **place_of(context, body),
        )

    return fill_page


def _list_page(desk: Desk, context: BoltContext, _carried: Carried) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    return lists.my_list_modal(list_blocks(desk, by))


def _duty_page(desk: Desk, context: BoltContext, _carried: Carried) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    return duty.duty_modal(duty_blocks_for(desk, by))


def _chart_page(desk: Desk, context: BoltContext, carried: Carried) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        sheet, replies = referral_sheet(reading, by, carried.referral)
        people = reading.people.clinicians([one.author_id for one in replies])
    return chart.chart_modal(chart.chart_text(sheet, replies, people))


def _case_page(desk: Desk, context: BoltContext, carried: Carried) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        sheet, replies = referral_sheet(reading, by, carried.referral)
        people = reading.people.clinicians([one.author_id for one in replies])
    return lists.case_modal([sheet], by.member, replies, people)


@dataclass(frozen=True)
class Page:
    """A page to read, and how it is made."""

    title: str
    make: Callable[[Desk, BoltContext, Carried], View]


CASE = Page("Case", _case_page)
PAGES: Mapping[Act, Page] = {
    Act.DUTY: Page("Duty", _duty_page),
    Act.COPY: Page("Copy for the chart", _chart_page),
    Act.MY_LIST: Page("My list", _list_page),
    Act.OPEN_CASE: CASE,
    Act.HAND_OFF: Page("Hand off", hand_off_page),
}


def _mover(desk: Desk) -> Listener:
    """Make a listener that opens a move's form, or makes the move at once."""

    def move(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        event, carried = _pressed(body)
        if event is None:
            open_loading(client, context, body, title=_page_of(carried).title)
        elif event in MOVE_FORMS:
            data = FormData(intent_of(context), carried.referral, event.name)
            view = forms.move_form(event, data)
            open_page(client, body, view)
        else:
            _move_now(desk, context, event, carried)
        ack()

    return explained(move)


def _move_now(desk: Desk, context: BoltContext, event: Event, carried: Carried) -> None:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    desk.perform(
        move_referral,
        by=by,
        key=came.key,
        referral_id=carried.referral,
        event=event,
        words=Words(seen_asked=carried.subject),
    )


def _move_checker(desk: Desk) -> Listener:
    """Make a filler that says in an open form what stands in its way, or a draft."""

    def check(client: WebClient, context: BoltContext, body: Body) -> None:
        event, carried = _pressed(body)

        def make() -> View | None:
            if event is None:
                return _page_of(carried).make(desk, context, carried)
            return _checked_form(desk, context, event, carried)

        if event is None or event in MOVE_FORMS:
            title = MOVE_FORMS[event].title if event else _page_of(carried).title
            fill(client, make, title=title, **place_of(context, body))

    return check


def page_keeper(desk: Desk) -> Listener:
    """Make a filler that shows Home or a page anew after a move that was made there."""

    def keep(client: WebClient, context: BoltContext, body: Body) -> None:
        view = body.get("view") or {}
        event, carried = _pressed(body)
        if event in MOVE_FORMS:
            return
        if view.get("type") == "home":
            came = of(context)
            by = desk.who(came.team_id, came.user_id)
            shown = lists.home(list_blocks(desk, by))
            client.views_publish(user_id=came.user_id, view=shown)
        elif view.get("type") == "modal":
            page = _page_titled(view["title"]["text"])
            fill(
                client,
                lambda: page.make(desk, context, carried),
                title=page.title,
                view_id=view["id"],
            )

    return keep


def _page_of(carried: Carried) -> Page:
    """Return the page that an entry of the card's menu opens."""
    return PAGES[Act(carried.page)] if carried.page else CASE


def _page_titled(title: str) -> Page:
    return next((one for one in PAGES.values() if one.title == title), CASE)


def _checked_form(
    desk: Desk, context: BoltContext, event: Event, carried: Carried
) -> View | None:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        sheet, _ = referral_sheet(reading, by, carried.referral)
        draft = my_draft(reading, by, event, carried.referral)
    if event not in moves_for(sheet.referral.progress, sheet.parts_of(by.member)):
        raise NotForYou("That is for somebody else to do, or it was done already.")
    if not draft:
        return None
    data = FormData(intent_of(context), carried.referral, event.name)
    return forms.move_form(event, data, draft)


def _sorter(desk: Desk, kind: ReplyKind) -> Listener:
    def sort(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        _, carried = _pressed(body)
        came = of(context)
        by = desk.who(came.team_id, came.user_id)
        desk.perform(sort_reply, by=by, key=came.key, reply_id=carried.reply, kind=kind)
        ack()
        say_privately(client, body, SORTED[kind])

    return explained(sort)


def _pressed(body: Body) -> tuple[Event | None, Carried]:
    """Return the move that was pressed, if it is one, and what the button carries."""
    action = body["actions"][0]
    if "selected_option" in action:
        carried = Carried.load(action["selected_option"]["value"])
        return (Event[carried.event] if carried.event else None), carried
    event = MOVES.get(action.get("action_id", ""))
    return event, Carried.load(action.get("value") or "{}")


def _ack_only(ack: Ack) -> None:
    ack()
