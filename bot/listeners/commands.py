"""`/baton` and the global shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.starting import may_start
from bot.covers import may_ask
from bot.desk import Desk
from bot.listeners.boards import due_form
from bot.listeners.cover_form import cover_form
from bot.listeners.duty import away_form
from bot.listeners.incoming import of
from bot.listeners.knowledge import knowledge_page
from bot.listeners.opening import (
    LOADING,
    View,
    fill,
    intent_of,
    open_loading,
    referral_form,
)
from bot.listeners.plan import plan_typed
from bot.listeners.protocol import protocol_page
from bot.listeners.settings import settings_page
from bot.listeners.setup import setup_page
from bot.lookups import case_sheets, duty_pages, my_absence, my_list
from bot.refusals import Refusal
from bot.views import cover, duty, lists
from bot.views.cover_forms import TITLE
from bot.views.due import TITLE as DUE
from bot.views.ids import COMMAND, Carried, Field, Shortcut
from bot.views.kit import Block
from bot.views.knowledge import TITLE as KNOWLEDGE
from bot.views.protocol import TITLE as PROTOCOL
from bot.views.settings import TITLE as SETTINGS
from care.referral import Kind
from storage.actors import Person


@dataclass(frozen=True)
class FormOf:
    """A form that a typed verb opens, and how it is made from the rest."""

    title: str
    make: Callable[[Desk, BoltContext, str], View]


def _referral(kind: Kind) -> FormOf:
    def make(desk: Desk, context: BoltContext, rest: str) -> View:
        values = {Field.QUESTION.value: rest} if rest else {}
        return referral_form(desk, context, kind, values)

    return FormOf(LOADING, make)


def _away(desk: Desk, context: BoltContext, _rest: str) -> View:
    return away_form(desk, context)


def _cover(desk: Desk, context: BoltContext, _rest: str) -> View:
    return cover_form(desk, context, {})


def _knowledge(desk: Desk, context: BoltContext, _rest: str) -> View:
    return knowledge_page(desk, context, Carried())


def _protocol(desk: Desk, context: BoltContext, _rest: str) -> View:
    return protocol_page(desk, context, Carried())


def _setup(desk: Desk, context: BoltContext, _rest: str) -> View:
    return setup_page(desk, context)


def _settings(desk: Desk, context: BoltContext, _rest: str) -> View:
    return settings_page(desk, context)


FORMS = {
    "refer": _referral(Kind.EVALUATION),
    "ask": _referral(Kind.ADVICE),
    "away": FormOf("Away", _away),
    "cover": FormOf(TITLE, _cover),
    "due": FormOf(DUE, due_form),
    "knowledge": FormOf(KNOWLEDGE, _knowledge),
    "protocol": FormOf(PROTOCOL, _protocol),
    "settings": FormOf(SETTINGS, _settings),
    "setup": FormOf("Setup", _setup),
    "plan": FormOf("Plan", plan_typed),
}
SHORTCUTS = {Shortcut.REFER: "refer", Shortcut.ASK: "ask"}


@dataclass(frozen=True)
class Typed:
    """A typed command: its verb and the rest."""

    verb: str
    rest: str

    @classmethod
    def parse(cls, text: str) -> Typed:
        """Read what was typed behind `/baton`."""
        verb, _, rest = text.strip().partition(" ")
        return cls(verb.lower(), rest.strip())


def register(app: App, desk: Desk) -> None:
    """Listen to the command and to the shortcuts."""

    def answer(
        ack: Ack, body: dict[str, Any], client: WebClient, context: BoltContext
    ) -> None:
        typed = Typed.parse(body.get("text", ""))
        if typed.verb in FORMS:
            open_loading(client, context, body, title=FORMS[typed.verb].title)
            ack()
        else:
            ack(response_type="ephemeral", **_answer(desk, context, typed))

    def fill_form(
        body: dict[str, Any], client: WebClient, context: BoltContext
    ) -> None:
        typed = Typed.parse(body.get("text", ""))
        if typed.verb in FORMS:
            _fill(desk, client, context, typed)

    app.command(COMMAND)(ack=answer, lazy=[fill_form])
    for shortcut, verb in SHORTCUTS.items():
        app.shortcut(shortcut.value)(ack=_open, lazy=[_filler(desk, verb)])


def _open(
    ack: Ack, body: dict[str, Any], client: WebClient, context: BoltContext
) -> None:
    open_loading(client, context, body)
    ack()


def _filler(desk: Desk, verb: str) -> Callable[[WebClient, BoltContext], None]:
    def fill_form(client: WebClient, context: BoltContext) -> None:
        _fill(desk, client, context, Typed(verb, ""))

    return fill_form


def _fill(desk: Desk, client: WebClient, context: BoltContext, typed: Typed) -> None:
    form = FORMS[typed.verb]
    fill(
        client,
        lambda: form.make(desk, context, typed.rest),
        title=form.title,
        external_id=intent_of(context),
    )


def _answer(desk: Desk, context: BoltContext, typed: Typed) -> dict[str, Any]:
    came = of(context)
    try:
        by = desk.who(came.team_id, came.user_id)
        return {"text": "Baton", "blocks": _blocks(desk, by, typed)}
    except Refusal as refusal:
        return {"text": refusal.sentence}


def _blocks(desk: Desk, by: Person, typed: Typed) -> list[Block]:
    match typed.verb:
        case "" | "list":
            return lists.in_message(list_blocks(desk, by))
        case "case":
            with desk.read() as reading:
                return lists.case_blocks(
                    case_sheets(reading, by, typed.rest), by.member
                )
        case "duty":
            return duty_blocks_for(desk, by)
        case "help":
            return lists.help_blocks()
        case _:
            return lists.help_blocks(f"{typed.verb} {typed.rest}".strip())


def duty_blocks_for(desk: Desk, by: Person) -> list[Block]:
    """Return the duty of the centers that `by` works at or with."""
    with desk.read() as reading:
        pages = duty_pages(reading, by)
        may_cover = bool(may_ask(reading, by))
        at_center = any(page.center.id == by.site_id for page in pages)
        back = not at_center and my_absence(reading, by) is not None
    blocks = [block for page in pages for block in duty.duty_blocks(page)]
    return [*blocks, *(cover.ask_row(back=back) if may_cover else ())]


def list_blocks(desk: Desk, by: Person) -> list[Block]:
    """Return what waits on `by`."""
    with desk.read() as reading:
        mine = my_list(reading, by)
        links = reading.people.links(site_id=by.site_id)
    may_refer = any(may_start(by, one) for one in links)
    return lists.my_list_blocks(mine, by.member, may_refer=may_refer)
