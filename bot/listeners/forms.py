"""Submitted forms, and choices that change the form that they stand in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.drafting import keep_draft
from bot.actions.moving import Words, move_referral
from bot.actions.starting import CASE_FORM, Request, start_referral
from bot.desk import Desk
from bot.listeners.incoming import of
from bot.listeners.opening import LOADING, fill, referral_form
from bot.refusals import BadFields, Refusal
from bot.views.forms import NEW_CASE, NOT_RECORDED
from bot.views.ids import Act, Field, Form, FormData
from care.cases import CaseSummary, from_dict
from care.referral import Event, Kind, Urgency
from storage.actors import Person

Values = dict[str, str]
View = dict[str, Any]


def register(app: App, desk: Desk) -> None:
    """Listen to submissions and to choices."""
    app.view(Form.REFERRAL.value)(_referral_submitter(desk))
    app.view(Form.MOVE.value)(_move_submitter(desk))
    app.action(Act.CHOOSE.value)(ack=_ack_only, lazy=[_form_changer(desk)])


def _referral_submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        values = read_values(view)
        request = read_request(values, FormData.load(view["private_metadata"]))

        def send(by: Person, key: str) -> None:
            desk.perform(start_referral, by=by, key=key, request=request)

        form = SubmittedForm(desk, CASE_FORM, "", Field.QUESTION, values)
        form.submit(ack, context, send, view)

    return submit


def _move_submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)
        event = Event[data.event]

        def send(by: Person, key: str) -> None:
            desk.perform(
                move_referral,
                by=by,
                key=key,
                referral_id=data.referral,
                event=event,
                words=Words(values),
            )

        form = SubmittedForm(desk, event, data.referral, next(iter(values)), values)
        form.submit(ack, context, send, view)

    return submit


def _form_changer(desk: Desk) -> Callable[..., None]:
    def change_form(client: WebClient, context: BoltContext, body: View) -> None:
        view = body["view"]
        values = read_values(view)
        intent = FormData.load(view["private_metadata"]).intent
        kind = Kind(values[Field.KIND])
        fill(
            client,
            lambda: referral_form(desk, context, kind, values, intent=intent),
            title=LOADING,
            view_id=view["id"],
        )

    return change_form


class SubmittedForm:
    """A submitted form: what it is about, and what was written in it."""

    def __init__(
        self, desk: Desk, name: str, subject: str, first: str, values: Values
    ) -> None:
        self._desk = desk
        self._name = name
        self._subject = subject
        self._first = first
        self._values = values

    def submit(
        self,
        ack: Ack,
        context: BoltContext,
        send: Callable[[Person, str], None],
        view: View,
        *,
        then: Callable[[], View] | None = None,
    ) -> None:
        """Do what was submitted; what is refused stays in the open form.

        `then` makes the page that takes the place of a form opened from it.
        """
        came = of(context)
        try:
            by = self._desk.who(came.team_id, came.user_id)
            self._send_or_keep(by, came.key, send)
        except BadFields as refusal:
            ack(response_action="errors", errors=self._placed(refusal.sentences))
        except Refusal as refusal:
            sentences = {self._first: refusal.sentence}
            ack(response_action="errors", errors=sentences)
        else:
            if then is not None:
                ack(response_action="update", view=then())
                return
            # Pages beneath would show how things stood before.
            ack(response_action="clear") if view.get("previous_view_id") else ack()

    def _send_or_keep(
        self, by: Person, key: str, send: Callable[[Person, str], None]
    ) -> None:
        try:
            send(by, key)
        except BadFields:
            raise
        except Refusal:
            # Only the state of things is in the way: what was written is kept.
            self._desk.perform(
                keep_draft,
                by=by,
                key=f"draft:{key}:{uuid4().hex}",
                form=self._name,
                subject=self._subject,
                values=self._values,
            )
            raise

    def _placed(self, sentences: dict[str, str]) -> dict[str, str]:
        """Return each sentence at its field, or at the first where it has none."""
        placed: dict[str, str] = {}
        for name, sentence in sentences.items():
            field = name if name in self._values else self._first
            placed[field] = f"{placed.get(field, '')} {sentence}".strip()
        return placed


def read_values(view: View) -> Values:
    """Return what a form says, field by field; empty fields as empty text."""
    state = view.get("state") or {}
    return {
        block_id: _read_element(element)
        for block_id, elements in (state.get("values") or {}).items()
        for element in elements.values()
    }


def read_request(values: Values, data: FormData) -> Request:
    """Return the referral that a form asks for. Raises `BadFields`."""
    case_id = values.get(Field.CASE, NEW_CASE)
    is_new = case_id == NEW_CASE
    return Request(
        link_id=values.get(Field.LINK) or data.link,
        kind=Kind(values[Field.KIND]),
        urgency=Urgency(values[Field.URGENCY]),
        question=values.get(Field.QUESTION, ""),
        case_id=None if is_new else case_id,
        summary=_read_summary(values) if is_new else None,
        named_id=values.get(Field.NAMED) or None,
        responsible_id=values.get(Field.RESPONSIBLE) or None,
        matched=values.get(Field.MATCHED, ""),
    )


def _read_summary(values: Values) -> CaseSummary:
    lines, ecog = values.get(Field.LINES), values.get(Field.ECOG)
    return from_dict(
        {
            "age_band": _known(values.get(Field.AGE_BAND)),
            "lines": int(lines) if _known(lines) and lines else None,
            "lenalidomide_refractory": values.get(Field.REFRACTORY),
            "ecog": int(ecog) if _known(ecog) and ecog else None,
        }
    )


def _known(value: str | None) -> str | None:
    return None if value == NOT_RECORDED else value


def _read_element(element: dict[str, Any]) -> str:
    option = element.get("selected_option") or {}
    ticked = [one["value"] for one in element.get("selected_options") or []]
    picks = ("selected_date", "selected_date_time", "selected_time")
    picked = next((element[one] for one in picks if element.get(one)), "")
    chosen = option.get("value") or picked or ",".join(ticked)
    return str(element.get("value") or chosen or "")


def _ack_only(ack: Ack) -> None:
    ack()
