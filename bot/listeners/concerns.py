"""Urgent concerns: the page, telling the center, acknowledging, withdrawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.concern import acknowledge, raise_concern, withdraw
from bot.actions.printing import ask_for_paper
from bot.concerns import concern_page, emergency_sheet
from bot.desk import Desk
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.listeners.private import explained
from bot.views import concern, emergency
from bot.views.ids import Act, Carried, FormData
from storage.actors import Person

Body = dict[str, Any]
Listener = Callable[..., None]
Make = Callable[[Desk, BoltContext, str], View]
Do = Callable[[Desk, Person, str, Carried], object]


def register(app: App, desk: Desk) -> None:
    """Listen to the pages and buttons of urgent concerns."""
    for act, title, make in (
        (Act.CONCERN, concern.TITLE, _concern_page),
        (Act.EMERGENCY_SHEET, emergency.TITLE, _emergency_page),
    ):
        app.action(act.value)(ack=_opener(title), lazy=[_filler(desk, title, make)])
    for act, do in (
        (Act.CONCERN_RAISE, _raise),
        (Act.CONCERN_ACKNOWLEDGE, _acknowledge),
        (Act.CONCERN_WITHDRAW, _withdraw),
    ):
        keeper = _page_keeper(desk, concern.TITLE, _concern_page)
        app.action(act.value)(ack=_doer(desk, do), lazy=[keeper])
    keeper = _page_keeper(desk, emergency.TITLE, _emergency_page)
    app.action(Act.EMERGENCY_PAPER.value)(ack=_doer(desk, _paper), lazy=[keeper])


def _concern_page(desk: Desk, context: BoltContext, referral_id: str) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        page = concern_page(reading, by, referral_id)
    # What is pressed in the page must know whose page it is shown anew then.
    data = FormData(intent_of(context), referral=referral_id)
    return concern.concern_modal(page, data.dump())


def _emergency_page(desk: Desk, context: BoltContext, referral_id: str) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        page = emergency_sheet(reading, by.member, referral_id)
    data = FormData(intent_of(context), referral=referral_id)
    return emergency.emergency_modal(page, data.dump())


def _raise(desk: Desk, by: Person, key: str, carried: Carried) -> object:
    return desk.perform(raise_concern, by=by, key=key, referral_id=carried.referral)


def _acknowledge(desk: Desk, by: Person, key: str, carried: Carried) -> object:
    return desk.perform(acknowledge, by=by, key=key, concern_id=carried.subject)


def _withdraw(desk: Desk, by: Person, key: str, carried: Carried) -> object:
    return desk.perform(withdraw, by=by, key=key, concern_id=carried.subject)


def _paper(desk: Desk, by: Person, key: str, carried: Carried) -> object:
    return desk.perform(ask_for_paper, by=by, key=key, referral_id=carried.referral)


def _opener(title: str) -> Listener:
    def open_it(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        open_loading(client, context, body, title=title)
        ack()

    return open_it


def _filler(desk: Desk, title: str, make: Make) -> Listener:
    def fill_page(client: WebClient, context: BoltContext, body: Body) -> None:
        referral_id = _carried(body).referral
        fill(
            client,
            lambda: make(desk, context, referral_id),
            title=title,
            **place_of(context, body),
        )

    return fill_page


def _doer(desk: Desk, do: Do) -> Listener:
    def press(ack: Ack, body: Body, context: BoltContext, **_: object) -> None:
        came = of(context)
        by = desk.who(came.team_id, came.user_id)
        do(desk, by, came.key, _carried(body))
        ack()

    return explained(press)


def _page_keeper(desk: Desk, title: str, make: Make) -> Listener:
    """Make a filler that shows the page anew after what was pressed there."""

    def keep(client: WebClient, context: BoltContext, body: Body) -> None:
        view = body.get("view") or {}
        if view.get("type") != "modal":
            return
        referral_id = FormData.load(view.get("private_metadata", "")).referral
        fill(
            client,
            lambda: make(desk, context, referral_id),
            title=title,
            view_id=view["id"],
        )

    return keep


def _carried(body: Body) -> Carried:
    return Carried.load(body["actions"][0].get("value") or "{}")
