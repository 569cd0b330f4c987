"""An action that nobody took on: the form that gives it to somebody."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.giving_on import give_action
from bot.desk import Desk
from bot.handoff_fields import DOER
from bot.handoff_sheets import doers_for, handoff_sheet_for
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.refusals import NoPart, NotForYou, Overtaken
from bot.views.ids import Act, Carried, Form, FormData
from bot.views.my_work import GIVE, give_form
from care.handoff import Line
from storage.actors import Person
from storage.errors import NotFound

Body = dict[str, Any]


def register(app: App, desk: Desk) -> None:
    """Listen to the button and to the form."""

    def open_it(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        open_loading(client, context, body, title=GIVE)
        ack()

    def fill_form(client: WebClient, context: BoltContext, body: Body) -> None:
        carried = Carried.load(body["actions"][0].get("value") or "{}")
        fill(
            client,
            lambda: _form(desk, context, carried.subject),
            title=GIVE,
            **place_of(context, body),
        )

    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)

        def send(by: Person, key: str) -> None:
            words = {"action_id": data.subject, "doer_id": values.get(DOER, "")}
            desk.perform(give_action, by=by, key=key, **words)

        form = SubmittedForm(desk, Form.ACTION_GIVE, data.subject, DOER, values)
        form.submit(ack, context, send, view)

    app.action(Act.ACTION_GIVE.value)(ack=open_it, lazy=[fill_form])
    app.view(Form.ACTION_GIVE.value)(submit)


def _form(desk: Desk, context: BoltContext, action_id: str) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        try:
            one = reading.handoffs.action(action_id)
        except NotFound as error:
            raise NoPart from error
        about = handoff_sheet_for(reading, by.member, one.handoff_id)
        if not about.gives(by.member):
            raise NotForYou(f"{about.sender.name} gives that to somebody else.")
        if one.state is not Line.REFUSED:
            raise Overtaken("Somebody has it already.")
        people = doers_for(reading, about.sheet, about.receiver.id)
        sites = reading.people.sites_by_id({person.site_id for person in people})
    data = FormData(intent_of(context), subject=action_id)
    return give_form(data, about.sheet, one, people, sites)
