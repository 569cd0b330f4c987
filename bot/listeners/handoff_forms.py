"""Submitted forms of handoffs, and the way from one page of the offer to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.drafting import keep_draft, my_draft
from bot.actions.handing import FORM as OFFER
from bot.actions.handing import keep_page, offer_handoff
from bot.actions.handoff_moves import Written, move_handoff
from bot.actions.reading_back import FORM as READ_BACK
from bot.actions.reading_back import Answer, ReadBack, read_back
from bot.actions.taking_over import FORM as TAKE_OVER
from bot.actions.taking_over import take_over
from bot.desk import Desk
from bot.handed_plans import PREFIX
from bot.handoff_fields import BOOKED, SENTENCE, VISIT, WHY, line_fields
from bot.listeners.forms import read_values
from bot.listeners.handoffs import offer_page, pages_for
from bot.listeners.incoming import of
from bot.listeners.opening import fill
from bot.refusals import BadFields, Refusal
from bot.sheets import sheet_for
from bot.views.ids import Act, Field, Form, FormData
from care.handoff import Event, Line
from care.ipass import KNOWN, SEVERITY, Page
from storage.actors import Person

Values = dict[str, str]
View = dict[str, Any]


def register(app: App, desk: Desk) -> None:
    """Listen to submissions, and to the button that leads a page back."""
    app.view(Form.HANDOFF_OFFER.value)(_offer_submitter(desk))
    app.view(Form.HANDOFF_READ_BACK.value)(_read_back_submitter(desk))
    app.view(Form.HANDOFF_MOVE.value)(_move_submitter(desk))
    app.view(Form.HANDOFF_TAKE_OVER.value)(_take_over_submitter(desk))
    app.action(Act.HANDOFF_BACK.value)(ack=_ack_only, lazy=[_page_turner(desk)])


def _offer_submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)
        page = Page(data.event)

        def send(by: Person, key: str) -> View | None:
            words: dict[str, Any] = {"referral_id": data.referral, "values": values}
            words |= {"link_id": data.link}
            if page is Page.ACTIONS:
                desk.perform(offer_handoff, by=by, key=key, **words)
                return None
            # The pages of one form share its intent, and a page may come again.
            key = f"page:{key}:{uuid4().hex}"
            desk.perform(keep_page, by=by, key=key, page=page, **words)
            return _page_after(desk, by, data, page, steps=1)

        def keep(by: Person) -> None:
            _keep_offer(desk, by, data.referral, values)

        _answer(desk, ack, context, view, send=send, keep=keep)

    return submit


def _read_back_submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        handoff_id, values = data.subject, read_values(view)

        def send(by: Person, key: str) -> None:
            said = _read_read_back(values, data)
            desk.perform(read_back, by=by, key=key, handoff_id=handoff_id, said=said)

        keep = _keeper(desk, READ_BACK, handoff_id, values)
        _answer(desk, ack, context, view, send=send, keep=keep)

    return submit


def _move_submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        event, values = Event[data.event], read_values(view)

        def send(by: Person, key: str) -> None:
            desk.perform(
                move_handoff,
                by=by,
                key=key,
                handoff_id=data.subject,
                event=event,
                written=Written(values),
                seen=int(data.version) if data.version else None,
            )

        keep = _keeper(desk, event, data.subject, values)
        _answer(desk, ack, context, view, send=send, keep=keep)

    return submit


def _take_over_submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)

        def send(by: Person, key: str) -> None:
            why = values.get(WHY, "")
            desk.perform(take_over, by=by, key=key, referral_id=data.referral, why=why)

        def keep(by: Person) -> None:
            with desk.read() as reading:
                case_id = sheet_for(reading, by.member, data.referral).case.id
            _keeper(desk, TAKE_OVER, case_id, values)(by)

        _answer(desk, ack, context, view, send=send, keep=keep)

    return submit


def _page_turner(desk: Desk) -> Callable[..., None]:
    """Make a filler that shows the page before; what is written here is kept."""

    def turn(client: WebClient, context: BoltContext, body: View) -> None:
        view = body["view"]
        data = FormData.load(view["private_metadata"])
        came = of(context)

        def make() -> View:
            by = desk.who(came.team_id, came.user_id)
            _keep_offer(desk, by, data.referral, read_values(view))
            return _page_after(desk, by, data, Page(data.event), steps=-1)

        fill(client, make, title="Hand off", view_id=view["id"])

    return turn


def _page_after(
    desk: Desk, by: Person, data: FormData, page: Page, *, steps: int
) -> View:
    with desk.read() as reading:
        sheet = sheet_for(reading, by.member, data.referral)
        pages = list(pages_for(reading, by, sheet, data))
        to = pages[max(0, min(pages.index(page) + steps, len(pages) - 1))]
        turned = replace(data, event=to)
        return offer_page(reading, by, sheet, turned)


def _answer(
    desk: Desk,
    ack: Ack,
    context: BoltContext,
    view: View,
    *,
    send: Callable[[Person, str], View | None],
    keep: Callable[[Person], None],
) -> None:
    """Do what was submitted; what is refused stays in the open form, and is kept."""
    came = of(context)
    inputs = [one["block_id"] for one in view["blocks"] if one["type"] == "input"]
    by: Person | None = None
    try:
        by = desk.who(came.team_id, came.user_id)
        following = send(by, came.key)
    except Refusal as refusal:
        if by is not None:
            keep(by)
        ack(response_action="errors", errors=_placed(refusal, inputs))
    else:
        _ack_done(ack, view, following)


def _ack_done(ack: Ack, view: View, following: View | None) -> None:
    if following is not None:
        ack(response_action="update", view=following)
    elif view.get("previous_view_id"):
        # Pages beneath would show how things stood before.
        ack(response_action="clear")
    else:
        ack()


def _placed(refusal: Refusal, inputs: list[str]) -> dict[str, str]:
    """Return each sentence at its field; what has none here stands at the first."""
    told = refusal.sentences if isinstance(refusal, BadFields) else {}
    placed = {name: said for name, said in told.items() if name in inputs}
    elsewhere = [said for name, said in told.items() if name not in inputs]
    if not told:
        elsewhere = [refusal.sentence]
    if elsewhere:
        first = placed.get(inputs[0])
        placed[inputs[0]] = " ".join([*([first] if first else []), *elsewhere])
    return placed


def _keeper(
    desk: Desk, form: str, subject: str, values: Values
) -> Callable[[Person], None]:
    def keep(by: Person) -> None:
        desk.perform(
            keep_draft,
            by=by,
            key=f"draft:{uuid4().hex}",
            form=form,
            subject=subject,
            values=values,
        )

    return keep


def _keep_offer(desk: Desk, by: Person, referral_id: str, values: Values) -> None:
    """Keep an unfinished page together with the pages before it."""
    with desk.read() as reading:
        case_id = sheet_for(reading, by.member, referral_id).case.id
        known = my_draft(reading, by, OFFER, case_id) | values
    _keeper(desk, OFFER, case_id, known)(by)


def _read_read_back(values: Values, data: FormData) -> ReadBack:
    answers = {
        name.removeprefix("line_"): _read_answer(name.removeprefix("line_"), values)
        for name in values
        if name.startswith("line_")
    }
    return ReadBack(
        sentence=values.get(SENTENCE, ""),
        severity=values.get(SEVERITY, ""),
        answers=answers,
        visit_booked=values.get(VISIT) == BOOKED,
        matched=values.get(Field.MATCHED, ""),
        doers={k: told for k, told in values.items() if k.startswith(PREFIX)},
        known={one: values[one] for one in KNOWN if one in values},
        seen=int(data.version) if data.version else None,
    )


def _read_answer(action_id: str, values: Values) -> Answer:
    choice, words = line_fields(action_id)
    told = values.get(choice, "")
    line = Line(told) if told in set(Line) else None
    return Answer(line, values.get(words, ""))


def _ack_only(ack: Ack) -> None:
    ack()
