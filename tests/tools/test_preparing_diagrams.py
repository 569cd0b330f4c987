"""The diagrams of the ready list and of bridging say what their tables say."""

from __future__ import annotations

from care import bridging, readiness
from tests.tools.test_diagrams import arrows
from tools.preparing_diagrams import draw_bridging, draw_ready_item, tabulate_bridging


def named(state: str) -> str:
    """Return a state's name as an arrow of a diagram has it."""
    return state.replace(" ", "_")


def test_every_row_of_the_ready_lists_table_is_an_arrow() -> None:
    drawn = arrows(draw_ready_item())

    wanted = {(named(r.state), named(r.to), r.event.value) for r in readiness.TABLE}
    assert drawn == wanted | {("[*]", "open", "begin")}


def test_every_row_of_bridgings_table_is_an_arrow_and_a_line() -> None:
    drawn, table = arrows(draw_bridging()), tabulate_bridging()

    wanted = {(r.state.value, r.to.value, r.event.value) for r in bridging.TABLE}
    assert drawn == wanted | {("[*]", "requested", "ask")}
    for row in bridging.TABLE:
        assert f"| {row.state} | {row.event} | {row.to} |" in table
