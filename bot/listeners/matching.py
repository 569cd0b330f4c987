"""Same patient: the practice's button, and taking an evaluation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.matching import match_patient, not_matched_sentence
from bot.actions.moving import overtaken_sentence
from bot.desk import Desk
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.refusals import NotForYou, NotMatched, Overtaken
from bot.sheets import Sheet, sheet_for
from bot.views import matching
from bot.views.ids import Act, Carried, Field, Form, FormData
from care.people import ANY_PART, Member
from care.referral import Event, moves_for
from storage.actors import Person

Body = dict[str, Any]
Make = Callable[[Sheet, Member, str], View]


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and the form of the same patient."""
    for act, make in ((Act.SAME_PATIENT, _for_practice), (Act.TAKE_EVALUATION, _take)):
        app.action(act.value)(ack=_open, lazy=[_filler(desk, make)])
    app.view(Form.SAME_PATIENT.value)(_submitter(desk))


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=matching.TITLE)
    ack()


def _filler(desk: Desk, make: Make) -> Callable[..., None]:
    def fill_form(client: WebClient, context: BoltContext, body: Body) -> None:
        carried = Carried.load(body["actions"][0].get("value") or "{}")
        came = of(context)

        def made() -> View:
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                sheet = sheet_for(reading, by.member, carried.referral)
            return make(sheet, by.member, intent_of(context))

        fill(client, made, title=matching.TITLE, **place_of(context, body))

    return fill_form


def _for_practice(sheet: Sheet, me: Member, intent: str) -> View:
    if me.site_id != sheet.practice.id:
        raise NotForYou(
            f"This is for {sheet.practice.name}. The center says it in Take it."
        )
    if not matching.waits_for_match(sheet):
        raise Overtaken(f"{sheet.case.code}: nothing is left to record here.")
    return matching.same_patient_form(sheet, FormData(intent, sheet.referral.id))


def _take(sheet: Sheet, me: Member, intent: str) -> View:
    progress, parts = sheet.referral.progress, sheet.parts_of(me)
    if Event.TAKE not in moves_for(progress, ANY_PART):
        raise Overtaken(overtaken_sentence(sheet))
    if Event.TAKE not in moves_for(progress, parts):
        raise NotForYou("Only a specialist at the center can do that.")
    if matching.waits_for_match(sheet):
        raise NotMatched(not_matched_sentence(sheet.practice))
    data = FormData(intent, sheet.referral.id, Event.TAKE.name)
    return matching.take_form(sheet, data)


def _submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)

        def send(by: Person, key: str) -> None:
            desk.perform(
                match_patient,
                by=by,
                key=key,
                referral_id=data.referral,
                fields=values,
            )

        name = Form.SAME_PATIENT
        form = SubmittedForm(desk, name, data.referral, Field.MATCHED, values)
        form.submit(ack, context, send, view)

    return submit
