"""Checks: one tap for what is plain, a form for what is not, a page for the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions import items as acts
from bot.actions.done import Done
from bot.actions.item_undo import undo
from bot.desk import Desk
from bot.items import said_of, visit_page
from bot.listeners.incoming import of
from bot.listeners.item_forms import form_of, item_page, submitter
from bot.listeners.opening import (
    View,
    fill,
    intent_of,
    open_loading,
    open_page,
    place_of,
)
from bot.listeners.private import say_privately
from bot.refusals import Refusal
from bot.views import items
from bot.views.ids import Act, Form, FormOf, Shown
from bot.views.item_lines import DO, LOOK, MORE, NEXT_WEEK, TOMORROW
from storage.actors import Person

Body = dict[str, Any]
FORMS = re.compile(rf"^{Act.ITEM_FORM}:")
DRAWN, TAKE_UP, UNDO, TELL = "DRAWN", "TAKE_UP", "UNDO", "TELL"

_BUTTONS: Mapping[str, str] = {
    Act.ITEM_DONE: DO,
    Act.ITEM_DRAWN: DRAWN,
    Act.ITEM_TAKE_UP: TAKE_UP,
    Act.ITEM_UNDO: UNDO,
    Act.ITEM_TELL_CENTER: TELL,
    Act.ITEM_PAGE: MORE,
}
_AT_ONCE: Mapping[str, Callable[..., Done]] = {
    DO: acts.do,
    DRAWN: acts.draw,
    TAKE_UP: acts.take_up,
    TOMORROW: acts.put_off,
    NEXT_WEEK: acts.put_off,
    UNDO: undo,
    TELL: acts.tell_center,
}
"""What is done with a tap; all but the last two can be taken back with another."""
ASKED = "Whoever is on duty at the center was asked, in the thread."


@dataclass(frozen=True)
class Pressed:
    """What was pressed, and about which items."""

    code: str
    items: tuple[str, ...]
    form: FormOf | None = None
    """The form that it opens."""

    @property
    def at_once(self) -> bool:
        """Whether it is done with a tap."""
        return self.form is None and self.code in _AT_ONCE


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons and forms of checks."""
    for act in (*_BUTTONS, Act.ITEM_MORE, Act.ITEM_ALL_BUT):
        app.action(str(act))(ack=_answerer(desk), lazy=[_shower(desk)])
    app.action(FORMS)(ack=_answerer(desk), lazy=[_shower(desk)])
    app.view(Form.ITEM.value)(submitter(desk))


def pressed(body: Body) -> Pressed:
    """Return what was pressed: a button by its id, a menu's entry by its code."""
    action = body["actions"][0]
    act = str(action["action_id"])
    shown = Shown.load((action.get("selected_option") or action)["value"])
    if act == Act.ITEM_ALL_BUT:
        return Pressed(act, shown.items, FormOf.ALL_BUT)
    if FORMS.match(act):
        return Pressed(act, shown.items, FormOf[act.split(":")[1]])
    code = _BUTTONS.get(act, shown.event)
    of_menu = code not in {*_AT_ONCE, LOOK, MORE}
    return Pressed(code, shown.items, FormOf[code] if of_menu else None)


def _answerer(desk: Desk) -> Callable[..., None]:
    """Make a listener that does what a tap does, or opens what takes more."""

    def answer(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        this = pressed(body)
        if this.at_once:
            _do(desk, this, body, client, context)
        elif not _is_own_page(body):
            open_loading(client, context, body, title=items.TITLE)
        ack()

    return answer


def _do(
    desk: Desk, this: Pressed, body: Body, client: WebClient, context: BoltContext
) -> None:
    came = of(context)
    try:
        by = desk.who(came.team_id, came.user_id)
        done = desk.perform(
            _AT_ONCE[this.code], by=by, key=came.key, **_words(desk, by, this)
        )
        _answer(desk, by, this, done, body=body, client=client)
    except Refusal as refusal:
        say_privately(client, body, refusal.sentence)


def _answer(
    desk: Desk,
    by: Person,
    this: Pressed,
    done: Done,
    *,
    body: Body,
    client: WebClient,
) -> None:
    """Say what was done: below a message, or on a page above the one that stands.

    A page of checks is shown anew instead.
    """
    if this.code == TELL:
        say_privately(client, body, ASKED)
        return
    if _is_own_page(body):
        return
    with desk.read() as reading:
        said = said_of(reading, by, this.items, what=done.what, done=done.subject)
        if not body.get("channel"):
            open_page(client, body, item_page(reading, by, this.items, said))
            return
    undoable = [] if this.code == UNDO else done.subject.split()
    blocks = items.undo_blocks(said, undoable) if undoable else None
    say_privately(client, body, said, blocks)


def _words(desk: Desk, by: Person, this: Pressed) -> dict[str, Any]:
    """Return what an action is told: the items, and to which day they are put off."""
    if this.code == TELL:
        return {"item_id": this.items[0]}
    if this.code not in {TOMORROW, NEXT_WEEK}:
        return {"item_ids": this.items}
    with desk.read() as reading:
        today = visit_page(reading, by, this.items).sheet.time.today
    days = 1 if this.code == TOMORROW else 7 - today.weekday()
    return {"item_ids": this.items, "until": today + timedelta(days=days)}


def _shower(desk: Desk) -> Callable[..., None]:
    """Make a filler of the form or page that was opened, or of a page done with."""

    def show(client: WebClient, context: BoltContext, body: Body) -> None:
        this, own = pressed(body), _is_own_page(body)
        if this.at_once and not own:
            return
        where = {"view_id": body["view"]["id"]} if own else place_of(context, body)

        def make() -> View:
            came = of(context)
            by = desk.who(came.team_id, came.user_id)
            with desk.read() as reading:
                if this.form is not None:
                    return form_of(
                        reading, by, this.form, this.items, intent_of(context)
                    )
                shown = _shown(body) if this.at_once else this.items
                return item_page(reading, by, shown)

        fill(client, make, title=items.TITLE, **where)

    return show


def _is_own_page(body: Body) -> bool:
    """Tell whether it was pressed on a page of checks, which is then shown anew."""
    return bool(_shown(body))


def _shown(body: Body) -> tuple[str, ...]:
    """Return which checks the page shows on which it was pressed."""
    view = body.get("view") or {}
    if view.get("type") != "modal":
        return ()
    try:
        return Shown.load(view.get("private_metadata") or "{}").items
    except ValueError:
        return ()
