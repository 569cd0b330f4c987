"""The journey's page, its forms, and what is pressed there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.asking_for_news import tick_task
from bot.actions.drafting import my_draft
from bot.actions.entries import Entry
from bot.actions.journeying import (
    correct_milestone,
    record_milestone,
    say_what_it_waits_for,
)
from bot.desk import Desk
from bot.journeys import JourneyPage, correction, journey_page
from bot.listeners.day0 import preview
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.milestone_entry import (
    at_fields,
    keep_past_until,
    read_entry,
    step_of_result,
    to_open_with,
)
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.listeners.private import say_privately
from bot.preparing import preparing
from bot.refusals import BadFields, NotForYou, Refusal
from bot.sheets import sheet_for
from bot.uploading import PAUSES, show_on_page
from bot.views import forms, journey, milestone_forms, timeline
from bot.views.ids import Act, Carried, Field, Form, FormData
from bot.views.milestone_forms import TAKEN_AWAY, Recording, result_field
from bot.views.preparing import preparing_blocks
from care.course import likeliest
from care.journey import NEXT, Party, correctors, recorders
from care.milestone import RESULTS, Result, Step, split_lines
from scheduler.calendars import local_day
from storage.actors import Person
from storage.courses import Recorded
from storage.unit import Reading

Body = dict[str, Any]
Values = Mapping[str, str]
TITLES = {
    Act.JOURNEY: "Journey",
    Act.RECORD: "Record a step",
    Act.RECORD_OTHER: "Record a step",
    Act.CORRECT: "Correct a step",
    Act.AWAIT: "Waiting for",
    Act.TIMELINE: "Timeline",
}


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and forms of the journey."""
    for act, make in _MAKERS.items():
        app.action(act.value)(ack=_opener(act), lazy=[_filler(desk, act, make)])
    app.action(Act.CHOOSE_STEP.value)(ack=_ack_only, lazy=[_changer(desk)])
    app.action(Act.TIMELINE.value)(
        ack=_opener(Act.TIMELINE), lazy=[_timeline_filler(desk)]
    )
    app.action(Act.TICK_TASK.value)(_ticker(desk))
    app.view(Form.MILESTONE.value)(_submitter(desk, Form.MILESTONE, _record))
    app.view(Form.CORRECTION.value)(_submitter(desk, Form.CORRECTION, _correct))
    app.view(Form.AWAIT.value)(_submitter(desk, Form.AWAIT, _await))


def _journey(reading: Reading, by: Person, carried: Carried, _intent: str) -> View:
    page = journey_page(reading, by, carried.referral)
    before = preparing_blocks(preparing(reading, by.member, page.sheet))
    return journey.journey_modal(page, before)


def _record_form(reading: Reading, by: Person, carried: Carried, intent: str) -> View:
    page = journey_page(reading, by, carried.referral)
    data = FormData(intent, carried.referral, subject=page.course.id)
    kept = my_draft(reading, by, Form.MILESTONE, page.course.id)
    asked = _step_named(carried.event)
    draft = to_open_with(kept, asked) or _named(carried)
    wanted = asked or draft.get(Field.STEP, "")
    return milestone_forms.milestone_form(data, _recording(page, wanted, draft))


def _correction_form(
    reading: Reading, by: Person, carried: Carried, intent: str
) -> View:
    page, old = correction(reading, by, carried.milestone)
    data = FormData(
        intent, carried.referral, subject=page.course.id, milestone=carried.milestone
    )
    kept = my_draft(reading, by, Form.CORRECTION, old.milestone.id)
    values = _values_of(page, old) | dict(to_open_with(kept, ""))
    this = _correcting(page, old, values)
    return milestone_forms.correction_form(data, this, old)


def _waiting_form(reading: Reading, by: Person, carried: Carried, intent: str) -> View:
    page = journey_page(reading, by, carried.referral)
    data = FormData(intent, carried.referral, subject=page.course.id)
    return milestone_forms.waiting_form(data, page.sheet)


Make = Callable[[Reading, Person, Carried, str], View]

_MAKERS: Mapping[Act, Make] = {
    Act.JOURNEY: _journey,
    Act.RECORD: _record_form,
    Act.RECORD_OTHER: _record_form,
    Act.CORRECT: _correction_form,
    Act.AWAIT: _waiting_form,
}


def _opener(act: Act) -> Callable[..., None]:
    def open_it(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        open_loading(client, context, body, title=TITLES[act])
        ack()

    return open_it


def _filler(desk: Desk, act: Act, make: Make) -> Callable[..., None]:
    def fill_it(client: WebClient, context: BoltContext, body: Body) -> None:
        came = of(context)
        carried = Carried.load(body["actions"][0].get("value") or "{}")

        def view() -> View:
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                return make(reading, by, carried, intent_of(context))

        fill(client, view, title=TITLES[act], **place_of(context, body))

    return fill_it


def _timeline_filler(desk: Desk) -> Callable[..., None]:
    def show(client: WebClient, context: BoltContext, body: Body) -> None:
        came = of(context)
        carried = Carried.load(body["actions"][0].get("value") or "{}")
        place = place_of(context, body)
        try:
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                page = journey_page(reading, by, carried.referral)
        except Refusal as refusal:
            said = refusal.sentence
            fill(client, lambda: forms.notice("Timeline", said), title="", **place)
            return
        drawn = timeline.picture(page, lasting=False)
        show_on_page(client, drawn, timeline.timeline_modal, pauses=PAUSES, **place)

    return show


def _changer(desk: Desk) -> Callable[..., None]:
    """Make a listener that shows the fields of the step or result chosen."""

    def change(client: WebClient, context: BoltContext, body: Body) -> None:
        came = of(context)
        view = body["view"]
        data = FormData.load(view["private_metadata"])

        def make() -> View:
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                return _changed(reading, by, data, read_values(view))

        fill(client, make, title=view["title"]["text"], view_id=view["id"])

    return change


def _changed(reading: Reading, by: Person, data: FormData, values: Values) -> View:
    if data.milestone:
        page, old = correction(reading, by, data.milestone)
        return milestone_forms.correction_form(
            data, _correcting(page, old, values), old
        )
    page = journey_page(reading, by, data.referral)
    return milestone_forms.milestone_form(
        data, _recording(page, values.get(Field.STEP, ""), values)
    )


def _recording(page: JourneyPage, wanted: str, values: Values) -> Recording:
    """Return the state of the form: the step wanted, if it can be recorded now."""
    choices = page.choices
    if not choices:
        raise NotForYou("There is nothing that you can record of this now.")
    likely = [one for one in NEXT[page.course.phase] if one in choices]
    step = next((one for one in choices if one == wanted), [*likely, *choices][0])
    chosen = values.get(result_field(step))
    results = choices[step]
    result = next(
        (one for one in results if one == chosen),
        likeliest(page.journey, step, results),
    )
    known = next((one for one in Step if one == wanted), None)
    not_mine = known if known not in choices else None
    return Recording(page.sheet, choices, step, result, values, not_mine)


def _correcting(page: JourneyPage, old: Recorded, values: Values) -> Recording:
    step = old.milestone.step
    results = tuple(one for one in RESULTS[step] if recorders(step, one) & page.parts)
    if not results or not correctors(step, old.milestone.result) & page.parts:
        raise NotForYou("Somebody else has to correct this.")
    chosen = values.get(result_field(step))
    result = next((one for one in results if one == chosen), old.milestone.result)
    return Recording(page.sheet, {step: results}, step, result, values)


def _values_of(page: JourneyPage, old: Recorded) -> dict[str, str]:
    """Return what was recorded as the fields of a form."""
    told, today = old.milestone, page.sheet.time.today
    days = (told.day - today).days
    values: dict[str, object] = {
        Field.STEP: told.step,
        result_field(told.step): told.result,
        Field.DAY: told.day.isoformat(),
        Field.DAYS_AHEAD: str(max(days, 0)),
        Field.DAYS_AGO: str(max(-days, 0)),
        Field.REASON: told.reason,
        Field.PLACE: told.place,
        Field.CONTACT: told.contact,
        Field.FIRST_CALL: told.first_call,
        Field.PRODUCT: told.product,
        Field.NOTE: old.note,
        Field.MEANWHILE: old.note,
        **{one.value: text for one, text in split_lines(old.note or "").items()},
        Field.UNTIL: told.until.isoformat() if told.until else None,
        Field.UNTIL_AHEAD: str((told.until - today).days) if told.until else None,
    }
    return {name: str(value) for name, value in values.items() if value}


Send = Callable[[Desk, Person, str, FormData, dict[str, str]], None]


def _submitter(desk: Desk, form: Form, send: Send) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)
        subject = data.milestone or data.subject
        submitted = SubmittedForm(desk, form, subject, next(iter(values)), values)
        if (shown := _shown_first(desk, context, data, values)) is not None:
            ack(response_action="update", view=shown)
            return

        def at_their_fields(by: Person, key: str) -> None:
            try:
                send(desk, by, key, data, values)
            except BadFields as error:
                raise BadFields(at_fields(error.sentences, values)) from error

        submitted.submit(ack, context, at_their_fields, view)

    return submit


def _record(
    desk: Desk, by: Person, key: str, data: FormData, values: dict[str, str]
) -> None:
    entry = read_entry(values, Step(values[Field.STEP]), _today(desk, by, data))
    desk.perform(record_milestone, by=by, key=key, course_id=data.subject, entry=entry)


def _correct(
    desk: Desk, by: Person, key: str, data: FormData, values: dict[str, str]
) -> None:
    step = step_of_result(values)
    taken_away = values[result_field(step)] == TAKEN_AWAY
    entry = None if taken_away else _corrected_entry(desk, by, data, values, step)
    desk.perform(
        correct_milestone,
        by=by,
        key=key,
        milestone_id=data.milestone,
        why=values.get(Field.WHY, ""),
        entry=entry,
    )


def _shown_first(
    desk: Desk, context: BoltContext, data: FormData, values: dict[str, str]
) -> View | None:
    """Return the form with what a correction does to the plan, where that is not shown.

    What cannot be read, or is not for them, is refused when it is sent.
    """
    if not data.milestone:
        return None
    came = of(context)
    try:
        by = desk.who(came.team_id, came.user_id)
        step = step_of_result(values)
        taken_away = values[result_field(step)] == TAKEN_AWAY
        entry = None if taken_away else read_entry(values, step, _today(desk, by, data))
        with desk.read() as reading:
            page, old = correction(reading, by, data.milestone)
            day, product = (entry.day, entry.product) if entry else (None, None)
            if entry is not None and day is None:
                return None
            found = preview(reading, old, day=day, product=product)
            if found is None or found.token == data.version:
                return None
            this = _correcting(page, old, values)
    except Refusal:
        return None
    after = replace(data, version=found.token)
    return milestone_forms.correction_form(after, this, old, found.blocks)


def _corrected_entry(
    desk: Desk, by: Person, data: FormData, values: dict[str, str], step: Step
) -> Entry:
    with desk.read() as reading:
        page, old = correction(reading, by, data.milestone)
    today = page.sheet.time.today
    entry = read_entry(values, step, today)
    counted = not page.sheet.time.asks_dates
    return keep_past_until(entry, old.milestone, today) if counted else entry


def _await(
    desk: Desk, by: Person, key: str, data: FormData, values: dict[str, str]
) -> None:
    if not values.get(Field.PARTY):
        raise BadFields({Field.PARTY: "Choose whom it waits for."})
    desk.perform(
        say_what_it_waits_for,
        by=by,
        key=key,
        course_id=data.subject,
        party=Party(values[Field.PARTY]),
        days=int(values[Field.AGAIN_IN]),
    )


def _today(desk: Desk, by: Person, data: FormData) -> date:
    with desk.read() as reading:
        sheet = sheet_for(reading, by.member, data.referral)
        return local_day(sheet.center, reading.now)


def _named(carried: Carried) -> dict[str, str]:
    """Return the step and the result that a button names, as fields of the form."""
    step = _step_named(carried.event)
    if not step or carried.result not in Result.__members__:
        return {}
    return {Field.STEP: step, result_field(Step(step)): Result[carried.result]}


def _step_named(name: str) -> str:
    return Step[name] if name in Step.__members__ else ""


def _ticker(desk: Desk) -> Callable[..., None]:
    def tick(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        came = of(context)
        carried = Carried.load(body["actions"][0].get("value") or "{}")
        try:
            by = desk.who(came.team_id, came.user_id)
            desk.perform(tick_task, by=by, key=came.key, task_id=carried.subject)
            said = "Noted as done."
        except Refusal as refusal:
            said = refusal.sentence
        ack()
        say_privately(client, body, said)

    return tick


def _ack_only(ack: Ack) -> None:
    ack()
