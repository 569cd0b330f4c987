"""Bridging: its page, the center's form, and what the practice answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.bridging import (
    COUNTER,
    FORM,
    LAST_DAY,
    Wanted,
    answer_bridging,
    request_bridging,
)
from bot.actions.drafting import my_draft
from bot.desk import Desk
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.listeners.private import say_privately
from bot.preparing import BridgingPage, bridging_page
from bot.refusals import BadFields, NotForYou, Overtaken, Refusal
from bot.sheets import sheet_for
from bot.views import bridging, bridging_forms
from bot.views.ids import Act, Carried, Field, Form, FormData
from care.bridging import OVER, Answer, Event
from scheduler.calendars import local_day
from storage.actors import Person
from storage.unit import Reading

Body = dict[str, Any]
Values = Mapping[str, str]
Make = Callable[[Reading, Person, Carried, str], View]


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and forms of bridging."""
    for act, make in (
        (Act.BRIDGING, _page),
        (Act.BRIDGING_ASK, _request_form),
        (Act.BRIDGING_COUNTER, _counter_form),
    ):
        app.action(act.value)(ack=_open, lazy=[_filler(desk, make)])
    for act, event in (
        (Act.BRIDGING_ACCEPT, Event.ACCEPT),
        (Act.BRIDGING_WITHDRAW, Event.WITHDRAW),
    ):
        app.action(act.value)(ack=_answerer(desk, event), lazy=[_shower(desk)])
    app.view(Form.BRIDGING.value)(_request_submitter(desk))
    app.view(Form.BRIDGING_COUNTER.value)(_counter_submitter(desk))


def _page(reading: Reading, by: Person, carried: Carried, _intent: str) -> View:
    return bridging.bridging_modal(bridging_page(reading, by, carried.referral))


def _request_form(reading: Reading, by: Person, carried: Carried, intent: str) -> View:
    page = bridging_page(reading, by, carried.referral)
    if not page.may_ask and Event.ASK_AGAIN not in page.events:
        raise NotForYou(
            "Only a specialist at the center asks for bridging, before lymphodepletion"
            " and while none is being given."
        )
    there = page.request if page.request and page.request.state not in OVER else None
    data = FormData(
        intent,
        carried.referral,
        subject=page.course.id,
        version=str(there.generation if there else 0),
    )
    values = my_draft(reading, by, FORM, page.course.id) or _values_of(page)
    return bridging_forms.request_form(data, page.sheet, values)


def _values_of(page: BridgingPage) -> dict[str, str]:
    """Return what was asked for last as the fields of the form."""
    if page.request is None:
        return {}
    ahead = (page.request.last_day - page.sheet.time.today).days
    return {
        **{one.value: text for one, text in page.request.body.items()},
        Field.LAST_DAY: page.request.last_day.isoformat(),
        Field.LAST_DAY_AHEAD: str(max(ahead, 0)),
    }


def _counter_form(reading: Reading, by: Person, carried: Carried, intent: str) -> View:
    page = bridging_page(reading, by, carried.referral)
    if page.request is None or page.request.id != carried.subject:
        raise Overtaken("That request was withdrawn or answered already.")
    if Event.COUNTER not in page.events:
        raise NotForYou("That is for the practice's physicians, or it was answered.")
    data = FormData(
        intent,
        carried.referral,
        subject=carried.subject,
        version=str(page.request.generation),
    )
    values = my_draft(reading, by, COUNTER, carried.subject)
    return bridging_forms.counter_form(data, page.sheet, values)


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=bridging_forms.TITLE)
    ack()


def _filler(desk: Desk, make: Make) -> Callable[..., None]:
    def fill_it(client: WebClient, context: BoltContext, body: Body) -> None:
        place = place_of(context, body)
        fill(
            client,
            lambda: _made(desk, context, body, make),
            title=bridging_forms.TITLE,
            **place,
        )

    return fill_it


def _made(desk: Desk, context: BoltContext, body: Body, make: Make) -> View:
    came = of(context)
    carried = Carried.load(body["actions"][0].get("value") or "{}")
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        return make(reading, by, carried, intent_of(context))


def _answerer(desk: Desk, event: Event) -> Callable[..., None]:
    def answer(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        came = of(context)
        carried = Carried.load(body["actions"][0].get("value") or "{}")
        try:
            by = desk.who(came.team_id, came.user_id)
            desk.perform(
                answer_bridging,
                by=by,
                key=came.key,
                request_id=carried.subject,
                event=event,
                seen=_version(carried),
            )
        except Refusal as refusal:
            say_privately(client, body, refusal.sentence)
        ack()

    return answer


def _shower(desk: Desk) -> Callable[..., None]:
    """Make a filler that shows the page anew after an answer that was given there."""

    def show(client: WebClient, context: BoltContext, body: Body) -> None:
        view = body.get("view") or {}
        if view.get("type") == "modal":
            fill(
                client,
                lambda: _made(desk, context, body, _page),
                title=bridging_forms.TITLE,
                view_id=view["id"],
            )

    return show


def _request_submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)

        def send(by: Person, key: str) -> None:
            wanted = Wanted(
                body={one.value: values.get(one, "") for one in Answer},
                last_day=_last_day(values, _today(desk, by, data)),
                seen=int(data.version or 0),
            )
            try:
                desk.perform(
                    request_bridging,
                    by=by,
                    key=key,
                    course_id=data.subject,
                    wanted=wanted,
                )
            except BadFields as error:
                raise BadFields(_at_fields(error.sentences, values)) from error

        form = SubmittedForm(desk, FORM, data.subject, Field.REGIMEN, values)
        form.submit(ack, context, send, view)

    return submit


def _counter_submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)

        def send(by: Person, key: str) -> None:
            desk.perform(
                answer_bridging,
                by=by,
                key=key,
                request_id=data.subject,
                event=Event.COUNTER,
                text=values.get(Field.COUNTER, ""),
                seen=_version(data),
            )

        form = SubmittedForm(desk, COUNTER, data.subject, Field.COUNTER, values)
        form.submit(ack, context, send, view)

    return submit


def _version(carried: Carried | FormData) -> int | None:
    return int(carried.version) if carried.version else None


def _last_day(values: Values, today: date) -> date | None:
    """Return the day that was chosen, or so many days after today at the center."""
    try:
        if values.get(Field.LAST_DAY):
            return date.fromisoformat(values[Field.LAST_DAY])
        return today + timedelta(days=int(values[Field.LAST_DAY_AHEAD]))
    except (KeyError, ValueError, OverflowError):
        return None


def _today(desk: Desk, by: Person, data: FormData) -> date:
    with desk.read() as reading:
        sheet = sheet_for(reading, by.member, data.referral)
        return local_day(sheet.center, reading.now)


def _at_fields(sentences: Values, values: Values) -> dict[str, str]:
    ahead = Field.LAST_DAY_AHEAD if Field.LAST_DAY_AHEAD in values else LAST_DAY
    return {ahead if n == LAST_DAY else n: told for n, told in sentences.items()}
