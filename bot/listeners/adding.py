"""Adding a patient who has had CAR T: the button, the form, the page after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.adding import Told, add_patient
from bot.actions.drafting import my_draft
from bot.actions.starting import may_start
from bot.desk import Desk
from bot.handoff_sheets import may_be_responsible
from bot.listeners.forms import SubmittedForm, Values, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.refusals import BadFields, CannotStart
from bot.views import adding
from bot.views.ids import Act, Field, Form, FormData
from care.milestone import Product
from care.patient_time import PatientTime
from scheduler.calendars import local_day
from storage.actors import Person
from storage.unit import Reading


def register(app: App, desk: Desk) -> None:
    """Listen to the button and to the form."""
    app.action(Act.ADD_PATIENT.value)(ack=_open, lazy=[_filler(desk)])
    app.view(Form.ADD_PATIENT.value)(_submitter(desk))


def _open(ack: Ack, body: View, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=adding.TITLE)
    ack()


def _filler(desk: Desk) -> Callable[..., None]:
    def fill_form(client: WebClient, context: BoltContext, body: View) -> None:
        def made() -> View:
            came = of(context)
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                choices = _choices(reading, by)
                draft = my_draft(reading, by, Form.ADD_PATIENT, "")
            link = choices.links[0][0].id
            data = FormData(intent_of(context), link=link)
            return adding.adding_form(data, choices, draft)

        fill(client, made, title=adding.TITLE, **place_of(context, body))

    return fill_form


def _choices(reading: Reading, by: Person) -> adding.Choices:
    links = reading.people.links(site_id=by.site_id)
    mine = [one for one in links if may_start(by, one)]
    if not mine:
        raise CannotStart(
            "A patient who is back is added at their practice, by an oncologist or a"
            " coordinator."
        )
    centers = [(one, reading.people.site(one.center_id)) for one in mine]
    return adding.Choices(
        links=centers,
        responsible=may_be_responsible(reading, by.site_id),
        me=by.clinician_id,
        time=PatientTime(reading.phi_mode, local_day(centers[0][1], reading.now)),
    )


def _submitter(desk: Desk) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        values = read_values(view)
        link_id = values.get(Field.LINK) or FormData.load(view["private_metadata"]).link
        added: list[str] = []

        def send(by: Person, key: str) -> None:
            told = _told(desk, values, link_id)
            try:
                done = desk.perform(add_patient, by=by, key=key, told=told)
            except BadFields as refusal:
                raise BadFields(_placed(refusal.sentences, values)) from refusal
            added.append(done.subject)

        form = SubmittedForm(desk, Form.ADD_PATIENT, "", Field.PRODUCT, values)
        form.submit(ack, context, send, view, then=lambda: _page(desk, added[0]))

    return submit


def _told(desk: Desk, values: Values, link_id: str) -> Told:
    with desk.read() as reading:
        center = reading.people.site(reading.people.link(link_id).center_id)
        today = local_day(center, reading.now)
    product = values.get(Field.PRODUCT)
    return Told(
        link_id=link_id,
        product=Product(product) if product else None,
        infused=_day(values, Field.INFUSED, today),
        returned=_day(values, Field.RETURNED, today),
        responsible_id=values.get(Field.RESPONSIBLE, ""),
    )


def _day(values: Values, name: Field, today: date) -> date | None:
    in_days = values.get(adding.DAYS[name][0])
    if in_days:
        try:
            return today - timedelta(days=int(in_days))
        except (ValueError, OverflowError) as error:
            said = "Write a whole number of days."
            raise BadFields({adding.DAYS[name][0]: said}) from error
    return date.fromisoformat(values[name]) if values.get(name) else None


def _placed(sentences: dict[str, str], values: Values) -> dict[str, str]:
    """Return each sentence at the field that stands in the form for it."""
    counted = {name.value: in_days for name, (in_days, _) in adding.DAYS.items()}
    return {
        name if name in values else counted.get(name, name): told
        for name, told in sentences.items()
    }


def _page(desk: Desk, case_id: str) -> View:
    with desk.read() as reading:
        case = reading.cases.case(case_id)
        referral = reading.cases.referrals_of(case_id)[0]
        asked = reading.people.clinician(case.responsible_id)
    return adding.added_page(case.code, referral.id, asked=asked.name)
