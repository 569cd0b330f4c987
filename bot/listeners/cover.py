"""Cover: asking for it, answering, ending it, leaving a line, acknowledging."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.covering import ASK_FORM, LINE_FORM, Wish, ask_cover, move_cover
from bot.actions.drafting import my_draft
from bot.covers import cover_sheet
from bot.desk import Desk
from bot.listeners.buttons import page_keeper
from bot.listeners.cover_form import cover_form
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import (
    View,
    fill,
    intent_of,
    open_loading,
    open_page,
    place_of,
)
from bot.listeners.private import explained
from bot.refusals import BadFields, NoPart
from bot.views import cover_forms
from bot.views.cover_forms import ALL, NOW, OTHER, TITLE
from bot.views.ids import Act, Carried, Field, Form, FormData
from care.cover import Event
from storage.actors import Person
from storage.errors import NotFound

Body = dict[str, Any]
Values = Mapping[str, str]

MOVES: Mapping[Act, Event] = {
    Act.COVER_TAKE: Event.TAKE,
    Act.COVER_DECLINE: Event.DECLINE,
    Act.COVER_WITHDRAW: Event.WITHDRAW,
    Act.COVER_END: Event.END,
    Act.COVER_NOTHING: Event.LEAVE_LINE,
    Act.COVER_ACKNOWLEDGE: Event.ACKNOWLEDGE,
}
"""Which move each button makes at once."""


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and forms of cover."""
    app.action(Act.COVER.value)(ack=_open, lazy=[_filler(desk)])
    app.action(Act.COVER_CHOOSE.value)(ack=_ack_only, lazy=[_changer(desk)])
    app.action(Act.COVER_LINE.value)(ack=_open_line, lazy=[_line_checker(desk)])
    for act, event in MOVES.items():
        app.action(act.value)(ack=_mover(desk, event), lazy=[page_keeper(desk)])
    app.view(Form.COVER.value)(_asker(desk))
    app.view(Form.COVER_LINE.value)(_line_leaver(desk))


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=TITLE)
    ack()


def _filler(desk: Desk) -> Callable[..., None]:
    def fill_form(client: WebClient, context: BoltContext, body: Body) -> None:
        where = place_of(context, body)
        fill(client, lambda: cover_form(desk, context, {}), title=TITLE, **where)

    return fill_form


def _changer(desk: Desk) -> Callable[..., None]:
    def change_form(client: WebClient, context: BoltContext, body: Body) -> None:
        view = body["view"]
        values = read_values(view)
        intent = FormData.load(view["private_metadata"]).intent
        fill(
            client,
            lambda: cover_form(desk, context, values, intent=intent),
            title=TITLE,
            view_id=view["id"],
        )

    return change_form


def _open_line(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    data = FormData(intent_of(context), subject=_pressed(body))
    open_page(client, body, cover_forms.line_form(data, None, {}))
    ack()


def _line_checker(desk: Desk) -> Callable[..., None]:
    """Make a filler that says for whom the line is, or what stands in its way."""

    def check(client: WebClient, context: BoltContext, body: Body) -> None:
        def make() -> View:
            return _line_form(desk, context, _pressed(body))

        fill(client, make, title="Leave a line", **place_of(context, body))

    return check


def _line_form(desk: Desk, context: BoltContext, cover_id: str) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        try:
            sheet = cover_sheet(reading, cover_id)
        except NotFound as error:
            raise NoPart from error
        draft = my_draft(reading, by, LINE_FORM, cover_id)
    if Event.LEAVE_LINE not in sheet.moves_of(by.member):
        raise NoPart("The line was left already, or it is for somebody else to leave.")
    data = FormData(intent_of(context), subject=cover_id)
    return cover_forms.line_form(data, sheet, draft)


def _mover(desk: Desk, event: Event) -> Callable[..., None]:
    def move(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:  # noqa: ARG001 - as `explained` calls it
        came = of(context)
        by = desk.who(came.team_id, came.user_id)
        desk.perform(
            move_cover, by=by, key=came.key, cover_id=_pressed(body), event=event
        )
        ack()

    return explained(move)


def _asker(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        values = read_values(view)

        def send(by: Person, key: str) -> None:
            wish = read_wish(values, by.clinician_id)
            desk.perform(ask_cover, by=by, key=key, wish=wish)

        form = SubmittedForm(desk, ASK_FORM, "", Field.COVER, values)
        form.submit(ack, context, send, view)

    return submit


def _line_leaver(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        values = read_values(view)
        cover_id = FormData.load(view["private_metadata"]).subject

        def send(by: Person, key: str) -> None:
            desk.perform(
                move_cover,
                by=by,
                key=key,
                cover_id=cover_id,
                event=Event.LEAVE_LINE,
                line=values.get(Field.LINE, ""),
            )

        form = SubmittedForm(desk, LINE_FORM, cover_id, Field.LINE, values)
        form.submit(ack, context, send, view)

    return submit


def read_wish(values: Values, me: str) -> Wish:
    """Return the cover that a form asks for. Raises `BadFields`."""
    case_id = values.get(Field.CASE, ALL)
    starts = values.get(Field.COVER_STARTS, NOW)
    return Wish(
        covered_id=values.get(Field.COVERED) or me,
        cover_id=values.get(Field.COVER, ""),
        starts_at=None if starts == NOW else _instant(values, starts, _START),
        ends_at=_instant(values, values.get(Field.COVER_ENDS, OTHER), _END),
        case_id=None if case_id == ALL else case_id,
        note=values.get(Field.NOTE, ""),
    )


_START = (Field.COVER_STARTS, Field.COVER_STARTS_AT)
_END = (Field.COVER_ENDS, Field.COVER_ENDS_AT)


def _instant(values: Values, chosen: str, fields: tuple[Field, Field]) -> datetime:
    first, picker = fields
    told = values.get(picker, "") if chosen == OTHER else chosen
    if not told.isdecimal():
        place = picker if picker in values else first
        raise BadFields({place: "Choose a day and a time."})
    return datetime.fromtimestamp(int(told), UTC)


def _pressed(body: Body) -> str:
    return Carried.load(body["actions"][0].get("value") or "{}").subject


def _ack_only(ack: Ack) -> None:
    ack()
