"""Boards: opened by a button, then narrowed and turned in the same page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.boards import board
from bot.desk import Desk
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, open_loading, place_of
from bot.views import boards
from bot.views.ids import Act, Carried

Body = dict[str, Any]

FILTERS = (Act.BOARD_SITE, Act.BOARD_PRODUCT, Act.BOARD_PHASE, Act.BOARD_PERSON)
TURNS = (Act.BOARD_EARLIER, Act.BOARD_NEXT)


def register(app: App, desk: Desk) -> None:
    """Listen to the button that opens a board, and to what stands on it."""
    app.action(Act.PATIENTS.value)(ack=_open, lazy=[_filler(desk, place_of)])
    for act in (*FILTERS, *TURNS):
        app.action(act.value)(ack=_ack_only, lazy=[_filler(desk, _same_page)])


def _open(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
    open_loading(client, context, body, title=boards.TITLE)
    ack()


def _ack_only(ack: Ack) -> None:
    ack()


def _same_page(_context: BoltContext, body: Body) -> dict[str, str]:
    return {"view_id": body["view"]["id"]}


def _filler(
    desk: Desk, where: Callable[[BoltContext, Body], dict[str, str]]
) -> Callable[..., None]:
    """Make a filler of the page that `where` finds."""

    def fill_page(client: WebClient, context: BoltContext, body: Body) -> None:
        fill(
            client,
            lambda: _page(desk, context, body),
            title=boards.TITLE,
            **where(context, body),
        )

    return fill_page


def _page(desk: Desk, context: BoltContext, body: Body) -> View:
    """Return the page that was turned to, narrowed as it stands before the reader.

    Whoever chooses something else begins at its first page.
    """
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    action = body["actions"][0]
    carried = Carried.load(action.get("value") or "{}")
    number = int(carried.page) if carried.page.isdigit() else 0
    opened = action["action_id"] == Act.PATIENTS
    values = {} if opened else (body.get("view") or {}).get("state", {}).get("values")
    sought = boards.sought_in(values or {})
    with desk.read() as reading:
        return boards.board_modal(board(reading, by, sought, number))
