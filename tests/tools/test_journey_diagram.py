"""The journey's diagram and table say what `care.journey` goes by."""

from __future__ import annotations

import re

from care.journey import JOURNEY, LIVING, NEXT, Phase
from care.milestone import Step
from care.people import Part
from tests.tools.test_diagrams import arrows
from tools.journey_diagram import draw_journey, tabulate_journey

NAMED = re.compile(r'^ +state "(?P<phase>[^"]+)" as (?P<id>\w+)$', re.MULTILINE)


def test_every_phase_on_the_usual_way_is_drawn_by_its_name() -> None:
    """Not another therapy: that is a course of its own."""
    named = {found["phase"]: found["id"] for found in NAMED.finditer(draw_journey())}

    assert set(named) == set(Phase) - {Phase.THERAPY}
    drawn = {end for one in arrows(draw_journey()) for end in one[:2]} - {"[*]"}
    assert drawn == set(named.values())


def test_every_usual_step_of_the_table_is_an_arrow_and_nothing_else_is() -> None:
    drawn = {
        (state, to, label.split(" (")[0]) for state, to, label in arrows(draw_journey())
    }

    usual = {
        (phase.name.lower(), row.to.name.lower(), row.step.value)
        for phase in LIVING
        for row in JOURNEY
        if row.to and phase in row.phases and row.step in NEXT[phase]
    }
    begins = {("[*]", "contact", "take the evaluation")}
    assert drawn == usual | begins | {("return", "home", "return")}


def test_every_row_of_the_table_is_a_line_with_who_may() -> None:
    lines = tabulate_journey().splitlines()[2:]

    assert len(lines) == len(JOURNEY)
    for line, row in zip(lines, JOURNEY, strict=True):
        assert line.startswith(f"| {row.step}")
        assert all(part in line for part in row.who)
    (returned,) = [line for line in lines if line.startswith(f"| {Step.RETURN} |")]
    assert returned.endswith(f"| {Part.BATON} |")


def test_phases_are_told_as_spans() -> None:
    lines = tabulate_journey().splitlines()

    (death,) = [line for line in lines if line.startswith("| death")]
    assert f"| {Phase.CONTACT} … {Phase.ENDED} | {Phase.ENDED} |" in death
    (consult,) = [line for line in lines if line.startswith("| consult (happened)")]
    assert f"| {Phase.CONTACT} … {Phase.CONSULT}; {Phase.NOT_NOW} |" in consult
