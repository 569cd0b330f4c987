"""The form that asks to which practice a patient moves, and what it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.handing import may_offer
from bot.desk import Desk
from bot.listeners.forms import read_values
from bot.listeners.handoffs import offer_page
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.refusals import NotForYou, Overtaken, Refusal
from bot.sheets import Sheet, sheet_for
from bot.transfers import check_may_move, practices_to_move_to
from bot.views import transfer
from bot.views.ids import Act, Carried, Field, Form, FormData
from care.ipass import Page
from storage.actors import Person
from storage.unit import Reading

Body = dict[str, Any]


def register(app: App, desk: Desk) -> None:
    """Listen to the button and to the form."""
    app.action(Act.MOVE_PRACTICE.value)(ack=_open, lazy=[_filler(desk)])
    app.view(Form.MOVE_PRACTICE.value)(_submitter(desk))


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=transfer.TITLE)
    ack()


def _filler(desk: Desk) -> Callable[..., None]:
    def fill_it(client: WebClient, context: BoltContext, body: Body) -> None:
        came = of(context)
        carried = Carried.load(body["actions"][0].get("value") or "{}")

        def make() -> View:
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                sheet = _sheet(reading, by, carried.referral)
                practices = practices_to_move_to(reading, sheet)
            data = FormData(intent_of(context), carried.referral)
            return transfer.practice_form(data, sheet, practices)

        fill(client, make, title=transfer.TITLE, **place_of(context, body))

    return fill_it


def _submitter(desk: Desk) -> Callable[..., None]:
    """Make a listener that shows the next page; nothing is kept by this one."""

    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        came = of(context)
        data = FormData.load(view["private_metadata"])
        chosen = read_values(view).get(Field.PRACTICE, "")
        try:
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                sheet = _sheet(reading, by, data.referral)
                following = _following(reading, by, sheet, data, chosen)
        except Refusal as refusal:
            ack(response_action="errors", errors={Field.PRACTICE: refusal.sentence})
            return
        ack(response_action="update", view=following)

    return submit


def _following(
    reading: Reading, by: Person, sheet: Sheet, data: FormData, chosen: str
) -> View:
    if chosen == transfer.OUTSIDE:
        return transfer.outside_page(sheet)
    offer = replace(data, link=chosen, event=Page.PATIENT)
    return offer_page(reading, by, sheet, offer)


def _sheet(reading: Reading, by: Person, referral_id: str) -> Sheet:
    """Return a case that somebody may hand to another practice now.

    Raises `NoPart`, `NotForYou` or `Overtaken`.
    """
    sheet = sheet_for(reading, by.member, referral_id)
    check_may_move(sheet)
    if sheet.open_handoff is not None:
        receiver = sheet.people[sheet.open_handoff.receiver_id].name
        raise Overtaken(
            f"{sheet.case.code} has an open handoff to {receiver} already. Withdraw"
            " that one first."
        )
    if not may_offer(reading, by, sheet):
        raise NotForYou(
            f"{sheet.responsible.name} is responsible for {sheet.case.code} and hands"
            " over. Their site's lead or coordinator can where they are not there."
        )
    return sheet
