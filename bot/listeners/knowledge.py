"""`/baton knowledge`: everybody reads the rows; whoever has the right signs them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.actions.signing import Seen, sign, withdraw
from bot.desk import Desk
from bot.knowledge import Knowledge, Known, centers_of, fingerprint, knowledge_of
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, open_loading, place_of
from bot.listeners.private import say_privately
from bot.refusals import NotForYou, Overtaken, Refusal
from bot.views import knowledge as views
from bot.views.ids import Act, Carried
from storage.actors import Person
from storage.unit import Reading

Body = dict[str, Any]
NO_CENTER = "No center works with your site, so there is no knowledge to read here."
OVERTAKEN = (
    "Nothing was signed: these rows are not what you read any more. They are shown as"
    " they are now."
)


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons of the lists."""
    app.action(Act.KNOWLEDGE.value)(ack=_open, lazy=[_opener(desk)])
    turned = re.compile(f"^{re.escape(views.TURN)}")
    app.action(turned)(ack=_ack_only, lazy=[_turner(desk)])
    for act, perform in ACTIONS.items():
        app.action(act.value)(ack=_changer(desk, perform), lazy=[_turner(desk)])


def knowledge_page(desk: Desk, context: BoltContext, carried: Carried) -> View:
    """Return a page of the lists for whoever acts. Raises `NotForYou`."""
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        known = known_to(reading, by, carried.subject)
    if carried.page.startswith(views.CHOICE):
        return views.choice_page(known, carried.page.removeprefix(views.CHOICE))
    page = views.page_named(carried.page)
    return views.topic_page(known, *page) if page else views.overview_page(known)


def known_to(reading: Reading, by: Person, center_id: str) -> Knowledge:
    """Return what a center knows, of those that `by` works with. Raises `NotForYou`."""
    centers = centers_of(reading, by)
    if not centers:
        raise NotForYou(NO_CENTER)
    center = next((one for one in centers if one.id == center_id), centers[0])
    return knowledge_of(reading, center, by)


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=views.TITLE)
    ack()


def _opener(desk: Desk) -> Callable[..., None]:
    def fill_page(client: WebClient, context: BoltContext, body: Body) -> None:
        carried = _carried(body)
        fill(
            client,
            lambda: knowledge_page(desk, context, carried),
            title=views.TITLE,
            **place_of(context, body),
        )

    return fill_page


def _turner(desk: Desk) -> Callable[..., None]:
    """Make a filler that shows a page in the place of the one before."""

    def turn(client: WebClient, context: BoltContext, body: Body) -> None:
        carried = _carried(body)
        fill(
            client,
            lambda: knowledge_page(desk, context, carried),
            title=views.TITLE,
            view_id=body["view"]["id"],
        )

    return turn


Perform = Callable[[Desk, Person, str, Carried], None]


def _changer(desk: Desk, perform: Perform) -> Callable[..., None]:
    def change(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        came = of(context)
        try:
            by = desk.who(came.team_id, came.user_id)
            perform(desk, by, came.key, _carried(body))
        except Refusal as refusal:
            say_privately(client, body, refusal.sentence)
        ack()

    return change


def _sign_one(desk: Desk, by: Person, key: str, carried: Carried) -> None:
    seen = Seen(carried.item, carried.version)
    desk.perform(sign, by=by, key=key, center_id=carried.subject, rows=[seen])


def _sign_these(desk: Desk, by: Person, key: str, carried: Carried) -> None:
    """Sign what stood on the page; where it reads otherwise by now, nothing."""
    with desk.read() as reading:
        rows = _shown(known_to(reading, by, carried.subject), carried)
    desk.perform(
        sign,
        by=by,
        key=key,
        center_id=carried.subject,
        rows=[Seen(one.key, one.digest) for one in rows],
    )


def _shown(known: Knowledge, carried: Carried) -> list[Known]:
    """Return the rows that wait on the page that was shown. Raises `Overtaken`.

    A page that comes in twice reads the second time as it did the first.
    """
    page = views.page_named(carried.page)
    rows, _ = views.page_rows(known, *page) if page else ([], 0)
    if fingerprint(rows) != carried.version:
        raise Overtaken(OVERTAKEN)
    return known.to_sign(rows)


def _withdraw(desk: Desk, by: Person, key: str, carried: Carried) -> None:
    desk.perform(
        withdraw,
        by=by,
        key=key,
        center_id=carried.subject,
        signature_id=carried.item,
    )


ACTIONS: dict[Act, Perform] = {
    Act.KNOWLEDGE_SIGN: _sign_one,
    Act.KNOWLEDGE_SIGN_THESE: _sign_these,
    Act.KNOWLEDGE_WITHDRAW: _withdraw,
}
"""What each button of a row does."""


def _carried(body: Body) -> Carried:
    return Carried.load(body["actions"][0].get("value") or "{}")


def _ack_only(ack: Ack) -> None:
    ack()
