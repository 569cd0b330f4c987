"""What is due: visits with their buttons, what was not recorded first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.due import DuePage, Span
from bot.views import item_lines, kit
from bot.views.ids import Act, Carried, Form
from care.item import State

TITLE = "Due"
SPANS: Mapping[Span, str] = {
    Span.TODAY: "Today",
    Span.WEEK: "The next 7 days",
    Span.MONTH: "The next 30 days",
}
HEADS: Mapping[State, str] = {
    State.MISSED: "Not yet recorded",
    State.OPEN: "Open now",
    State.UPCOMING: "Opens later",
}
FILTERS = "due-span"


def due_button() -> kit.Element:
    """Return the button that shows what is due."""
    return kit.button(TITLE, Act.DUE)


def due_modal(page: DuePage) -> dict[str, Any]:
    """Return a page of what is due."""
    choices = [kit.option(label, span.name) for span, label in SPANS.items()]
    chosen = kit.select(
        Act.DUE_SPAN, choices, placeholder="How far ahead", initial=page.span.name
    )
    blocks = [
        kit.section(_count(page)),
        kit.actions([chosen], block_id=FILTERS),
        *_visits(page),
    ]
    if buttons := _turns(page):
        blocks.append(kit.actions(buttons, block_id="due-pages"))
    return kit.modal(TITLE, blocks, callback_id=Form.READING)


def span_in(values: Mapping[str, Any]) -> Span:
    """Return which span is chosen on a page, as Slack gives its state."""
    told = values.get(FILTERS, {}).get(Act.DUE_SPAN, {})
    chosen = told.get("selected_option") or {}
    return Span[chosen.get("value", Span.TODAY.name)]


def _visits(page: DuePage) -> list[kit.Block]:
    blocks: list[kit.Block] = []
    head = None
    for visit in page.visits:
        state = visit[0].item.state
        if any(one.item.state is State.OPEN for one in visit):
            # What can be done now is done now, with what opens before it closes.
            state = State.OPEN
        if state is not head:
            head = state
            blocks.append(kit.header(HEADS[state]))
        blocks += item_lines.visit_lines(visit, doer=page.whole_site)
    return blocks


def _count(page: DuePage) -> str:
    whose = kit.escape(page.here.name) if page.whole_site else "Yours"
    if not page.total:
        return f"*{whose}* · Nothing is due {_by(page.span)}."
    visits = "1 visit" if page.total == 1 else f"{page.total} visits"
    waits = f" · {page.not_recorded} not yet recorded" if page.not_recorded else ""
    turned = f" · page {page.number + 1} of {page.pages}" if page.pages > 1 else ""
    return f"*{whose}* · {visits}{waits}{turned}"


def _by(span: Span) -> str:
    return "today" if span is Span.TODAY else f"in {SPANS[span].lower()}"


def _turns(page: DuePage) -> list[kit.Element]:
    def turn(label: str, act: Act, number: int) -> kit.Element:
        return kit.button(label, act, value=Carried(page=str(number)).dump())

    earlier = [turn("Earlier", Act.DUE_EARLIER, page.number - 1)]
    later = [turn("Next", Act.DUE_NEXT, page.number + 1)]
    has_next = page.number + 1 < page.pages
    return [*(earlier if page.number else []), *(later if has_next else [])]
