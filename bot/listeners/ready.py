"""The ready list: its page, one tap for done, and the forms in the page's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.drafting import my_draft
from bot.actions.readying import Change, change_item, draft_subject
from bot.desk import Desk
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, intent_of, open_loading, place_of
from bot.listeners.private import say_privately
from bot.preparing import barrier_people, ready_page
from bot.refusals import NotForYou, Refusal
from bot.views import ready
from bot.views.ids import Act, Carried, Field, Form, FormData
from care.readiness import Event, Item
from scheduler.calendars import local_day
from storage.actors import Person
from storage.unit import Reading

Body = dict[str, Any]
FORMS = {Event.BLOCK: Form.READY_BARRIER, Event.WAIVE: Form.READY_NOT_NEEDED}
"""What an item's menu opens a form for; the rest is done at once."""


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and forms of the ready list."""
    app.action(Act.READY_LIST.value)(ack=_open, lazy=[_filler(desk)])
    for act in (Act.READY_DONE, Act.READY_MORE):
        app.action(act.value)(ack=_changer(desk), lazy=[_shower(desk)])
    for event, form in FORMS.items():
        app.view(form.value)(_submitter(desk, event))


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=ready.TITLE)
    ack()


def _filler(desk: Desk) -> Callable[..., None]:
    def fill_page(client: WebClient, context: BoltContext, body: Body) -> None:
        _, carried = _pressed(body)
        fill(
            client,
            lambda: _page(desk, context, carried.referral),
            title=ready.TITLE,
            **place_of(context, body),
        )

    return fill_page


def _page(desk: Desk, context: BoltContext, referral_id: str) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        return ready.ready_modal(ready_page(reading, by, referral_id))


def _changer(desk: Desk) -> Callable[..., None]:
    """Make a listener that changes an item at once, where no form is needed."""

    def change(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        came = of(context)
        event, carried = _pressed(body)
        try:
            if event not in FORMS:
                by = desk.who(came.team_id, came.user_id)
                wanted = Change(Item[carried.item], event)
                _perform(desk, by, came.key, carried.subject, wanted)
        except Refusal as refusal:
            say_privately(client, body, refusal.sentence)
        ack()

    return change


def _shower(desk: Desk) -> Callable[..., None]:
    """Make a filler that shows the list anew, or the form that stands in its place."""

    def show(client: WebClient, context: BoltContext, body: Body) -> None:
        view = body.get("view") or {}
        event, carried = _pressed(body)
        if view.get("type") != "modal":
            return

        def make() -> View:
            if event not in FORMS:
                return _page(desk, context, carried.referral)
            came = of(context)
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                return _form(reading, by, event, carried, intent_of(context))

        fill(client, make, title=ready.TITLE, view_id=view["id"])

    return show


def _form(
    reading: Reading, by: Person, event: Event, carried: Carried, intent: str
) -> View:
    page = ready_page(reading, by, carried.referral)
    if not page.may_change:
        raise NotForYou("This list is kept by others, or the course has ended.")
    data = FormData(
        intent,
        carried.referral,
        subject=carried.subject,
        item=carried.item,
        version=str(page.generation(Item[carried.item])),
    )
    subject = draft_subject(carried.subject, Item[carried.item])
    values = my_draft(reading, by, event, subject)
    if event is Event.WAIVE:
        return ready.not_needed_form(data, page, values)
    people = barrier_people(reading, page.sheet)
    today = local_day(reading.people.site(by.site_id), reading.now)
    return ready.barrier_form(data, page, people, values, today)


def _submitter(desk: Desk, event: Event) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)
        wanted = Change(Item[data.item], event, values, int(data.version))

        def send(by: Person, key: str) -> None:
            _perform(desk, by, key, data.subject, wanted)

        subject = draft_subject(data.subject, wanted.item)
        submitted = SubmittedForm(desk, event, subject, Field.NOTE, values)
        submitted.submit(
            ack,
            context,
            send,
            view,
            then=lambda: _page(desk, context, data.referral),
        )

    return submit


def _perform(desk: Desk, by: Person, key: str, course_id: str, wanted: Change) -> None:
    desk.perform(change_item, by=by, key=key, course_id=course_id, wanted=wanted)


def _pressed(body: Body) -> tuple[Event, Carried]:
    """Return what was pressed, and what it carries; a button says that it is done."""
    action: Mapping[str, Any] = body["actions"][0]
    chosen = action.get("selected_option") or action
    carried = Carried.load(chosen.get("value") or "{}")
    return (Event[carried.event] if carried.event else Event.DO), carried
