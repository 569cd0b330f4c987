"""Boards and what is due: opened, then narrowed and turned in the same page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.boards import board
from bot.desk import Desk
from bot.due import Span, due_page
from bot.listeners.incoming import of
from bot.listeners.opening import View, fill, open_loading, place_of
from bot.views import boards, due
from bot.views.ids import Act, Carried

Body = dict[str, Any]

Make = Callable[[Desk, BoltContext, Body], View]


ON_BOARD = (
    Act.BOARD_SITE,
    Act.BOARD_PRODUCT,
    Act.BOARD_PHASE,
    Act.BOARD_PERSON,
    Act.BOARD_EARLIER,
    Act.BOARD_NEXT,
)
ON_DUE = (Act.DUE_SPAN, Act.DUE_EARLIER, Act.DUE_NEXT)


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons that open a page, and to what stands on it."""
    for title, opens, turns, make in (
        (boards.TITLE, Act.PATIENTS, ON_BOARD, _board_page),
        (due.TITLE, Act.DUE, ON_DUE, _due_page),
    ):
        filler = _filler(desk, title, make, place_of)
        app.action(opens.value)(ack=_opener(title), lazy=[filler])
        for act in turns:
            turner = _filler(desk, title, make, _same_page)
            app.action(act.value)(ack=_ack_only, lazy=[turner])


def due_form(desk: Desk, context: BoltContext, typed: str) -> View:
    """Return what is due in the span that was typed; today's for anything else."""
    try:
        span = Span(typed.lower())
    except ValueError:
        span = Span.TODAY
    return _due(desk, context, span, 0)


def _opener(title: str) -> Callable[..., None]:
    def open_it(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        open_loading(client, context, body, title=title)
        ack()

    return open_it


def _ack_only(ack: Ack) -> None:
    ack()


def _same_page(_context: BoltContext, body: Body) -> dict[str, str]:
    return {"view_id": body["view"]["id"]}


def _filler(
    desk: Desk,
    title: str,
    make: Make,
    where: Callable[[BoltContext, Body], dict[str, str]],
) -> Callable[..., None]:
    """Make a filler of the page that `where` finds."""

    def fill_page(client: WebClient, context: BoltContext, body: Body) -> None:
        fill(
            client,
            lambda: make(desk, context, body),
            title=title,
            **where(context, body),
        )

    return fill_page


def _board_page(desk: Desk, context: BoltContext, body: Body) -> View:
    """Return the page that was turned to, narrowed as it stands before the reader.

    Whoever chooses something else begins at its first page.
    """
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    sought = boards.sought_in(_chosen(body))
    with desk.read() as reading:
        return boards.board_modal(board(reading, by, sought, _number(body)))


def _due_page(desk: Desk, context: BoltContext, body: Body) -> View:
    return _due(desk, context, due.span_in(_chosen(body)), _number(body))


def _due(desk: Desk, context: BoltContext, span: Span, number: int) -> View:
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        return due.due_modal(due_page(reading, by, span, number))


def _chosen(body: Body) -> dict[str, Any]:
    """Return what stands chosen on the page; nothing where it is opened only now."""
    state = (body.get("view") or {}).get("state") or {}
    values: dict[str, Any] = state.get("values") or {}
    return values


def _number(body: Body) -> int:
    carried = Carried.load(body["actions"][0].get("value") or "{}")
    return int(carried.page) if carried.page.isdigit() else 0
