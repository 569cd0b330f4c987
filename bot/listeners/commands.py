"""`/baton` and the global shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.desk import Desk
from bot.listeners.incoming import of
from bot.listeners.opening import LOADING, fill, intent_of, open_loading, referral_form
from bot.lookups import case_sheets, my_list
from bot.refusals import Refusal
from bot.views import lists
from bot.views.ids import COMMAND, Field, Shortcut
from bot.views.kit import Block
from care.people import MAY_REFER
from care.referral import Kind
from storage.actors import Person

FORMS = {"refer": Kind.EVALUATION, "ask": Kind.ADVICE}
SHORTCUTS = {Shortcut.REFER: Kind.EVALUATION, Shortcut.ASK: Kind.ADVICE}


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
            open_loading(client, context, body)
            ack()
        else:
            ack(response_type="ephemeral", **_answer(desk, context, typed))

    def fill_form(
        body: dict[str, Any], client: WebClient, context: BoltContext
    ) -> None:
        typed = Typed.parse(body.get("text", ""))
        if typed.verb in FORMS:
            values = {Field.QUESTION.value: typed.rest} if typed.rest else {}
            _fill(desk, client, context, FORMS[typed.verb], values)

    app.command(COMMAND)(ack=answer, lazy=[fill_form])
    for shortcut, kind in SHORTCUTS.items():
        app.shortcut(shortcut.value)(ack=_open, lazy=[_filler(desk, kind)])


def _open(
    ack: Ack, body: dict[str, Any], client: WebClient, context: BoltContext
) -> None:
    open_loading(client, context, body)
    ack()


def _filler(desk: Desk, kind: Kind) -> Callable[[WebClient, BoltContext], None]:
    def fill_form(client: WebClient, context: BoltContext) -> None:
        _fill(desk, client, context, kind, {})

    return fill_form


def _fill(
    desk: Desk,
    client: WebClient,
    context: BoltContext,
    kind: Kind,
    values: dict[str, str],
) -> None:
    fill(
        client,
        lambda: referral_form(desk, context, kind, values),
        title=LOADING,
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
            return list_blocks(desk, by)
        case "case":
            with desk.read() as reading:
                return lists.case_blocks(
                    case_sheets(reading, by, typed.rest), by.member
                )
        case "help":
            return lists.help_blocks()
        case _:
            return lists.help_blocks(f"{typed.verb} {typed.rest}".strip())


def list_blocks(desk: Desk, by: Person) -> list[Block]:
    """Return what waits on `by`."""
    with desk.read() as reading:
        mine = my_list(reading, by)
    return lists.my_list_blocks(mine, by.member, may_refer=by.role in MAY_REFER)
