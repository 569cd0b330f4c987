"""`/baton settings` and its button: when somebody's morning list comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.digesting import AT, Wish, choose_digest
from bot.desk import Desk
from bot.digests import digest_settings
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.refusals import BadFields
from bot.views.ids import Act, Field, Form, FormData
from bot.views.settings import OFF, TITLE, settings_form
from storage.actors import Person

Body = dict[str, Any]


def register(app: App, desk: Desk) -> None:
    """Listen to the button and the form of settings."""

    def fill_form(client: WebClient, context: BoltContext, body: Body) -> None:
        fill(
            client,
            lambda: settings_page(desk, context),
            title=TITLE,
            **place_of(context, body),
        )

    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        values = read_values(view)

        def send(by: Person, key: str) -> None:
            desk.perform(choose_digest, by=by, key=key, wish=read_wish(values))

        form = SubmittedForm(desk, Form.DIGEST, "", Field.AT, values)
        form.submit(ack, context, send, view)

    app.action(Act.SETTINGS.value)(ack=_open, lazy=[fill_form])
    app.view(Form.DIGEST.value)(submit)


def settings_page(desk: Desk, context: BoltContext) -> View:
    """Return the settings of whoever acts."""
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        mine = digest_settings(reading, by)
    return settings_form(FormData(intent_of(context)), mine)


def read_wish(values: Mapping[str, str]) -> Wish:
    """Return what the form says. Raises `BadFields`."""
    try:
        at = time.fromisoformat(values.get(Field.AT, ""))
    except ValueError as error:
        raise BadFields({AT: "Choose a time."}) from error
    ticked = [one for one in values.get(Field.WEEKDAYS, "").split(",") if one]
    return Wish(
        wanted=values.get(Field.WANTED) != OFF,
        at=at,
        days=tuple(int(one) for one in ticked),
        zone=values.get(Field.ZONE, "").strip(),
    )


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=TITLE)
    ack()
