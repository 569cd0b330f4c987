"""Diagrams of what comes before the infusion: the ready list's items, and bridging."""

from __future__ import annotations

from care import bridging, readiness
from tools.diagrams import START, Change, draw_changes, tabulate


def draw_ready_item() -> str:
    """Return the states of an item, as `care.readiness.TABLE` has them."""
    rows = [Change(r.event.value, _id(r.state), _id(r.to)) for r in readiness.TABLE]
    begin = Change("begin", START, readiness.State.OPEN.value)
    return draw_changes([begin, *rows])


def _id(state: readiness.State) -> str:
    """Return a state as a diagram can name it: without a space."""
    return state.value.replace(" ", "_")


def draw_bridging() -> str:
    """Return the states of a request, as `care.bridging.TABLE` has them."""
    rows = [Change(r.event.value, r.state.value, r.to.value) for r in bridging.TABLE]
    begin = Change("ask", START, bridging.State.REQUESTED.value)
    return draw_changes([begin, *rows])


def tabulate_bridging() -> str:
    """Return who may do what with a request."""
    rows = [
        (
            row.state.value,
            row.event.value,
            row.to.value,
            "; ".join(sorted(part.value for part in row.who)),
        )
        for row in bridging.TABLE
    ]
    return tabulate(("state", "move", "next", "who may"), rows)
