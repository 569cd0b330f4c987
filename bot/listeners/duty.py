"""`/baton duty` and `/baton away`: who is asked, being away, taking days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.duty import (
    ENDS,
    STARTS,
    Days,
    come_back,
    covers_for,
    go_away,
    take_days,
)
from bot.covers import may_ask
from bot.desk import Desk
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import (
    View,
    fill,
    intent_of,
    open_loading,
    place_of,
)
from bot.listeners.private import say_privately
from bot.refusals import BadFields, Refusal
from bot.views import duty
from bot.views.ids import Act, Field, Form, FormData
from scheduler.calendars import local_day
from storage.actors import Person

Body = dict[str, Any]


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and forms of duty."""
    for act, make in ((Act.AWAY, away_form), (Act.TAKE_DAYS, take_days_form)):
        app.action(act.value)(ack=_open, lazy=[_filler(desk, make)])
    app.action(Act.BACK.value)(_returner(desk))
    app.view(Form.AWAY.value)(_submitter(desk, Form.AWAY, _go_away))
    app.view(Form.TAKE_DAYS.value)(_submitter(desk, Form.TAKE_DAYS, _take_days))


def away_form(desk: Desk, context: BoltContext) -> View:
    """Return the form of being away."""
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        site = reading.people.site(by.site_id)
        colleagues = covers_for(reading, by)
        today = local_day(site, reading.now)
        may_cover = bool(may_ask(reading, by))
    data = FormData(intent_of(context))
    return duty.away_form(data, colleagues, today, may_cover=may_cover)


def take_days_form(desk: Desk, context: BoltContext) -> View:
    """Return the form of taking days of the rota."""
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        today = local_day(reading.people.site(by.site_id), reading.now)
    return duty.take_days_form(FormData(intent_of(context)), today)


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title="Duty")
    ack()


Make = Callable[[Desk, BoltContext], View]


def _filler(desk: Desk, make: Make) -> Callable[..., None]:
    def fill_form(client: WebClient, context: BoltContext, body: Body) -> None:
        fill(
            client,
            lambda: make(desk, context),
            title="Duty",
            **place_of(context, body),
        )

    return fill_form


def _returner(desk: Desk) -> Callable[..., None]:
    def back(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        came = of(context)
        try:
            by = desk.who(came.team_id, came.user_id)
            desk.perform(come_back, by=by, key=came.key)
            said = "Welcome back. You are asked again."
        except Refusal as refusal:
            said = refusal.sentence
        ack()
        say_privately(client, body, said)

    return back


Send = Callable[[Desk, Person, str, dict[str, str]], None]


def _submitter(desk: Desk, form: Form, send: Send) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        values = read_values(view)
        submitted = SubmittedForm(desk, form, "", Field.STARTS, values)
        submitted.submit(
            ack, context, lambda by, key: send(desk, by, key, values), view
        )

    return submit


def _go_away(desk: Desk, by: Person, key: str, values: dict[str, str]) -> None:
    cover_id = values.get(Field.COVER) or None
    days = _days(values)
    desk.perform(go_away, by=by, key=key, days=days, cover_id=cover_id)


def _take_days(desk: Desk, by: Person, key: str, values: dict[str, str]) -> None:
    desk.perform(take_days, by=by, key=key, days=_days(values))


def _days(values: dict[str, str]) -> Days:
    try:
        return Days(
            date.fromisoformat(values[STARTS]), date.fromisoformat(values[ENDS])
        )
    except (KeyError, ValueError) as error:
        raise BadFields({STARTS: "Choose both days."}) from error
