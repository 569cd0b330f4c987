"""The plan's page: what opens it, its further pages, and the forms that change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.conditions import confirm_conditions
from bot.actions.plan_lost import Outside, lose_to_follow_up, move_outside
from bot.actions.plan_protocol import difference_of, move_to_newest, newer_protocol
from bot.actions.refitting import named
from bot.desk import Desk
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.plans import PlanPage, plan_by_code, plan_of_referral, plan_page
from bot.refusals import Overtaken, Refusal
from bot.uploading import PAUSES, show_on_page
from bot.views import forms, plan, plan_changes, plan_picture
from bot.views.ids import Act, Carried, Field, Form, FormData
from care.knowledge.protocol import Condition, Kind
from storage.actors import Person
from storage.unit import Reading

Body = dict[str, Any]
Values = dict[str, str]
Make = Callable[[Reading, Person, Carried, str], View]


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and forms of the plan."""
    for act, make in _MAKERS.items():
        app.action(act.value)(ack=_open, lazy=[_filler(desk, make)])
    app.action(Act.PLAN_PICTURE.value)(ack=_open, lazy=[_picture_filler(desk)])
    for form, send in _SENDERS.items():
        app.view(form.value)(_submitter(desk, form, send))


def plan_typed(desk: Desk, context: BoltContext, rest: str) -> View:
    """Return the plan of the case whose code was typed. Raises `NoPart`."""
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        return plan.plan_modal(plan_page(reading, by, plan_by_code(reading, by, rest)))


def _whole(reading: Reading, by: Person, carried: Carried, _intent: str) -> View:
    return plan.plan_modal(_page(reading, by, carried))


def _table(reading: Reading, by: Person, carried: Carried, _intent: str) -> View:
    number = int(carried.page) if carried.page.isdigit() else 0
    return plan.table_modal(_page(reading, by, carried), number)


def _standing(reading: Reading, by: Person, carried: Carried, _intent: str) -> View:
    return plan.list_modal(_page(reading, by, carried), Kind.STANDING)


def _at_visits(reading: Reading, by: Person, carried: Carried, _intent: str) -> View:
    return plan.list_modal(_page(reading, by, carried), Kind.AT_EACH_VISIT)


def _precautions(reading: Reading, by: Person, carried: Carried, _intent: str) -> View:
    return plan.precautions_modal(_page(reading, by, carried))


def _conditions(reading: Reading, by: Person, carried: Carried, intent: str) -> View:
    page = _page(reading, by, carried)
    return plan_changes.conditions_form(_data(page, intent), page)


def _protocol(reading: Reading, by: Person, carried: Carried, intent: str) -> View:
    page = _page(reading, by, carried)
    newest = newer_protocol(reading, page.plan)
    if newest is None:
        raise Overtaken("This plan goes by your center's newest protocol.")
    found, fits = difference_of(reading, page.plan, newest)
    names = {one.id: one.name for one in page.rows.pinned.values()}
    names |= {one.id: one.new.name for one in found.added if one.new}
    data = FormData(intent, subject=page.plan.id, version=newest.id)
    return plan_changes.protocol_form(data, page, found, named(fits, names))


def _lost(reading: Reading, by: Person, carried: Carried, intent: str) -> View:
    page = _page(reading, by, carried)
    return plan_changes.lost_form(_data(page, intent), page)


def _outside(reading: Reading, by: Person, carried: Carried, intent: str) -> View:
    page = _page(reading, by, carried)
    return plan_changes.outside_form(_data(page, intent), page)


_MAKERS: Mapping[Act, Make] = {
    Act.PLAN: _whole,
    Act.PLAN_TABLE: _table,
    Act.PLAN_EARLIER: _table,
    Act.PLAN_LATER: _table,
    Act.PLAN_STANDING: _standing,
    Act.PLAN_AT_VISITS: _at_visits,
    Act.PLAN_PRECAUTIONS: _precautions,
    Act.PLAN_CONDITIONS: _conditions,
    Act.PLAN_PROTOCOL: _protocol,
    Act.PLAN_LOST: _lost,
    Act.PLAN_OUTSIDE: _outside,
}


def _page(reading: Reading, by: Person, carried: Carried) -> PlanPage:
    plan_id = carried.subject or plan_of_referral(reading, by, carried.referral)
    return plan_page(reading, by, plan_id)


def _data(page: PlanPage, intent: str) -> FormData:
    return FormData(intent, subject=page.plan.id)


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=plan.TITLE)
    ack()


def _filler(desk: Desk, make: Make) -> Callable[..., None]:
    def fill_it(client: WebClient, context: BoltContext, body: Body) -> None:
        came = of(context)
        carried = Carried.load(body["actions"][0].get("value") or "{}")

        def view() -> View:
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                return make(reading, by, carried, intent_of(context))

        fill(client, view, title=plan.TITLE, **place_of(context, body))

    return fill_it


def _picture_filler(desk: Desk) -> Callable[..., None]:
    def show(client: WebClient, context: BoltContext, body: Body) -> None:
        came = of(context)
        carried = Carried.load(body["actions"][0].get("value") or "{}")
        place = place_of(context, body)
        try:
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                drawn = plan_picture.plan_picture(_page(reading, by, carried))
            if drawn is None:
                raise Overtaken("Nothing is scheduled that could be drawn.")
        except Refusal as refusal:
            said = refusal.sentence
            fill(client, lambda: forms.notice(plan.TITLE, said), title="", **place)
            return
        page = plan_picture.picture_modal
        show_on_page(client, drawn, page, pauses=PAUSES, **place)

    return show


Send = Callable[[Desk, Person, str, FormData, Values], None]


def _submitter(desk: Desk, form: Form, send: Send) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)
        first = next(iter(values), "") or _first_block(view["blocks"])
        submitted = SubmittedForm(desk, form, data.subject, first, values)

        def do(by: Person, key: str) -> None:
            send(desk, by, key, data, values)

        submitted.submit(ack, context, do, view)

    return submit


def _first_block(blocks: Sequence[Mapping[str, Any]]) -> str:
    """Return a block at which a refusal is shown where a form has no field."""
    inputs = [one["block_id"] for one in blocks if one["type"] == "input"]
    return str(inputs[0]) if inputs else str(blocks[0]["block_id"])


def _confirm(desk: Desk, by: Person, key: str, data: FormData, values: Values) -> None:
    ticked = [one for one in Condition if values.get(plan_changes.condition_field(one))]
    words = {"plan_id": data.subject, "conditions": ticked}
    desk.perform(confirm_conditions, by=by, key=key, **words)


def _move(desk: Desk, by: Person, key: str, data: FormData, _values: Values) -> None:
    words = {"plan_id": data.subject, "protocol_id": data.version}
    desk.perform(move_to_newest, by=by, key=key, **words)


def _lose(desk: Desk, by: Person, key: str, data: FormData, values: Values) -> None:
    words = {"plan_id": data.subject, "why": values.get(Field.WHY, "")}
    desk.perform(lose_to_follow_up, by=by, key=key, **words)


def _move_outside(
    desk: Desk, by: Person, key: str, data: FormData, values: Values
) -> None:
    fields = (Field.PRACTICE, Field.PERSON_NAME, Field.TEXT)
    to = Outside(*(values.get(one, "") for one in fields))
    desk.perform(move_outside, by=by, key=key, plan_id=data.subject, to=to)


_SENDERS: Mapping[Form, Send] = {
    Form.PLAN_CONDITIONS: _confirm,
    Form.PLAN_PROTOCOL: _move,
    Form.PLAN_LOST: _lose,
    Form.PLAN_OUTSIDE: _move_outside,
}
