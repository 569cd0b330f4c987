"""`/baton protocol`: a center's protocol, read by all and changed by who may sign."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions import protocol_changing as changing
from bot.center_protocol import packaged_of
from bot.desk import Desk
from bot.knowledge import Knowledge
from bot.listeners.forms import SubmittedForm, Values, read_values
from bot.listeners.incoming import of
from bot.listeners.knowledge import known_to
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.listeners.private import say_privately
from bot.refusals import BadFields, NotForYou, Overtaken, Refusal
from bot.views import protocol as views
from bot.views.ids import Act, Carried, Field, Form, FormData
from bot.views.knowledge import page_named
from bot.views.protocol_reach import reach_form
from care.knowledge.own_reach import Reach, reach_of
from care.knowledge.own_rows import Wording, wording_of
from care.knowledge.protocol import Kind, ProtocolRow, Seat
from storage.actors import Person

Body = dict[str, Any]
Make = Callable[[Desk, BoltContext, Carried], View]
Action = Callable[..., Any]
Saving = Callable[[FormData, Values], tuple[Action, dict[str, Any]]]
CHANGED = "Saved as protocol {number}. What reads otherwise now is not signed."
AS_IT_WAS = "Nothing was changed: it reads as before."
ONLY = "The protocol is changed by those to whom the center gives the right to sign."
FIELD = "row_"
"""Begins the name of each field of the form; the rest is the wording's."""


def register(app: App, desk: Desk) -> None:
    """Listen to the pages and the form of the protocol."""
    app.action(Act.PROTOCOL.value)(ack=_open, lazy=[_opener(desk)])
    turned = re.compile(f"^{re.escape(views.TURN)}")
    app.action(turned)(ack=_ack_only, lazy=[_turner(desk, protocol_page)])
    app.action(Act.PROTOCOL_ROW.value)(ack=_ack_only, lazy=[_turner(desk, _row_form)])
    for act, action in CHANGES.items():
        changer = _changer(desk, action)
        app.action(act.value)(ack=changer, lazy=[_turner(desk, protocol_page)])
    reach = Act.PROTOCOL_REACH.value
    app.action(reach)(ack=_ack_only, lazy=[_turner(desk, _reach_form)])
    for form, saving in SAVINGS.items():
        app.view(form.value)(_submitter(desk, form, saving))


def protocol_page(
    desk: Desk, context: BoltContext, carried: Carried, said: str = ""
) -> View:
    """Return a page of the protocol for whoever acts. Raises `NotForYou`."""
    known = _known(desk, context, carried)
    page = page_named(carried.page)
    if page is None:
        return views.overview_page(known, said)
    there = {one.key for one in known.rows}
    left_out = [
        row
        for row in packaged_of(known.protocol).values()
        if row.id not in there and row.topic.value == page[0]
    ]
    return views.topic_page(known, *page, said, left_out=left_out)


def _known(desk: Desk, context: BoltContext, carried: Carried) -> Knowledge:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        return known_to(reading, by, carried.subject)


def _row_form(desk: Desk, context: BoltContext, carried: Carried) -> View:
    """Return the form of a row as it reads now, or of a new one."""
    known, row = _to_change(desk, context, carried)
    data = _form_data(context, known, carried)
    if row is not None:
        return views.row_form(data, known, row, wording_of(row))
    page = page_named(carried.page)
    fresh = Wording(
        name="",
        statement="",
        seat=Seat.PRACTICE.value,
        topic=page[0] if page else "",
        kind=Kind.CHECK.value,
    )
    return views.row_form(data, known, None, fresh)


def _reach_form(desk: Desk, context: BoltContext, carried: Carried) -> View:
    """Return the form of who does a row and for whom it is, as it stands now."""
    known, row = _to_change(desk, context, carried)
    if row is None:
        raise Overtaken(changing.OVERTAKEN)
    data = _form_data(context, known, carried)
    return reach_form(data, known, row, reach_of(row))


def _to_change(
    desk: Desk, context: BoltContext, carried: Carried
) -> tuple[Knowledge, ProtocolRow | None]:
    """Return the protocol and the row that is to be changed; None for a new one."""
    known = _known(desk, context, carried)
    if not known.may_sign:
        raise NotForYou(ONLY)
    found = known.row(carried.item) if carried.item else None
    row = found.row if found and isinstance(found.row, ProtocolRow) else None
    if carried.item and row is None:
        raise Overtaken(changing.OVERTAKEN)
    return known, row


def _form_data(context: BoltContext, known: Knowledge, carried: Carried) -> FormData:
    return FormData(
        intent_of(context),
        subject=known.center.id,
        version=known.protocol.id,
        item=carried.item,
        event=carried.page,
    )


def _submitter(desk: Desk, name: Form, saving: Saving) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data, values = FormData.load(view["private_metadata"]), read_values(view)
        said: list[str] = []

        def send(by: Person, key: str) -> None:
            said.append(_save(desk, by, key, data, saving(data, values)))

        def then() -> View:
            carried = Carried(subject=data.subject, page=data.event)
            return protocol_page(desk, context, carried, said[0])

        form = SubmittedForm(desk, name, "", FIRST[name], values)
        form.submit(ack, context, send, view, then=then)

    return submit


def _save(
    desk: Desk,
    by: Person,
    key: str,
    data: FormData,
    saved: tuple[Action, dict[str, Any]],
) -> str:
    """Save what was written and say what became of it. Raises a `Refusal`."""
    action, words = saved
    words |= {"center_id": data.subject, "protocol_id": data.version}
    words |= {"row_id": data.item} if data.item else {}
    try:
        done = desk.perform(action, by=by, key=key, **words)
    except BadFields as bad:
        named = {f"{FIELD}{name}": one for name, one in bad.sentences.items()}
        raise BadFields(named) from bad
    if done.what == "unchanged":
        return AS_IT_WAS
    with desk.read() as reading:
        return CHANGED.format(number=reading.signing.protocol(done.subject).number)


def _save_wording(data: FormData, values: Values) -> tuple[Action, dict[str, Any]]:
    action = changing.change_row if data.item else changing.add_row
    return action, {"wording": Wording(**_named_in(Wording, values))}


def _save_reach(_data: FormData, values: Values) -> tuple[Action, dict[str, Any]]:
    return changing.change_reach, {"reach": Reach(**_named_in(Reach, values))}


def _named_in(form: type[Wording | Reach], values: Values) -> dict[str, str]:
    """Return what a form says, by the names of what is made of it."""
    return {
        name.removeprefix(FIELD): text
        for name, text in values.items()
        if name.removeprefix(FIELD) in form.__annotations__
    }


SAVINGS: dict[Form, Saving] = {
    Form.PROTOCOL_ROW: _save_wording,
    Form.PROTOCOL_REACH: _save_reach,
}
"""What each form saves: by which action, and the words for it."""
FIRST = {Form.PROTOCOL_ROW: Field.ROW_NAME, Form.PROTOCOL_REACH: Field.ROW_ORDERS}
"""Where a refusal stands that is of no one field."""


def _changer(desk: Desk, action: Callable[..., Any]) -> Callable[..., None]:
    def change(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        came, carried = of(context), _carried(body)
        try:
            desk.perform(
                action,
                by=desk.who(came.team_id, came.user_id),
                key=came.key,
                center_id=carried.subject,
                protocol_id=carried.version,
                row_id=carried.item,
            )
        except Refusal as refusal:
            say_privately(client, body, refusal.sentence)
        ack()

    return change


CHANGES: dict[Act, Callable[..., Any]] = {
    Act.PROTOCOL_DROP: changing.leave_out,
    Act.PROTOCOL_PACKAGED: changing.take_packaged,
}
"""What each button of a row does."""


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=views.TITLE)
    ack()


def _opener(desk: Desk) -> Callable[..., None]:
    def fill_page(client: WebClient, context: BoltContext, body: Body) -> None:
        fill(
            client,
            lambda: protocol_page(desk, context, _carried(body)),
            title=views.TITLE,
            **place_of(context, body),
        )

    return fill_page


def _turner(desk: Desk, make: Make) -> Callable[..., None]:
    """Make a filler that shows a page in the place of the one before."""

    def turn(client: WebClient, context: BoltContext, body: Body) -> None:
        fill(
            client,
            lambda: make(desk, context, _carried(body)),
            title=views.TITLE,
            view_id=body["view"]["id"],
        )

    return turn


def _carried(body: Body) -> Carried:
    return Carried.load(body["actions"][0].get("value") or "{}")


def _ack_only(ack: Ack) -> None:
    ack()
