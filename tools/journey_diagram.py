"""The diagram and the table of a course's journey, made from `care.journey`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from care.journey import JOURNEY, NEXT, Phase, Row
from care.milestone import RESULTS
from care.people import Part
from tools.diagrams import START, fenced, tabulate


def draw_journey() -> str:
    """Return the phases of a course, with the steps that usually come in each."""
    names = [f'    state "{one}" as {_id(one)}' for one in Phase if one in _drawn()]
    begin = f"    {START} --> {_id(Phase.CONTACT)}: take the evaluation"
    arrows = [
        f"    {_id(phase)} --> {_id(to)}: {'<br/>'.join(labels)}"
        for (phase, to), labels in _edges().items()
    ]
    return fenced(["stateDiagram-v2", *names, begin, *arrows])


def tabulate_journey() -> str:
    """Return the whole table in words: what may be recorded when, and by whom."""
    rows = [
        (
            _label(row),
            _span(row.phases),
            row.to.value if row.to else "",
            "; ".join(sorted(row.who)),
        )
        for row in JOURNEY
    ]
    return tabulate(("recorded", "while it awaits", "then it awaits", "who may"), rows)


def _edges() -> dict[tuple[Phase, Phase], list[str]]:
    found: dict[tuple[Phase, Phase], list[str]] = {}
    for phase, row, to in _usual_steps():
        found.setdefault((phase, to), []).append(_label(row))
    return found


def _usual_steps() -> Iterator[tuple[Phase, Row, Phase]]:
    """Yield what usually comes in each phase; all else stands in the table."""
    for phase in Phase:
        for row in JOURNEY:
            if row.step in NEXT[phase] and phase in row.phases and row.to:
                yield phase, row, row.to
    for row in JOURNEY:
        if row.who == {Part.BATON} and row.to:
            yield Phase.RETURN, row, row.to


def _drawn() -> set[Phase]:
    return {phase for edge in _edges() for phase in edge}


def _label(row: Row) -> str:
    """Return a step, with its results where not all of them are meant."""
    if row.results == set(RESULTS[row.step]):
        return row.step.value
    results = [one.value for one in RESULTS[row.step] if one in row.results]
    return f"{row.step} ({', '.join(results)})"


def _span(phases: Collection[Phase]) -> str:
    """Return phases as spans of their usual order."""
    order, spans = list(Phase), list[list[Phase]]()
    for place, phase in enumerate(order):
        if phase not in phases:
            continue
        if place and order[place - 1] in phases:
            spans[-1].append(phase)
        else:
            spans.append([phase])
    return "; ".join(
        span[0].value if len(span) == 1 else f"{span[0]} … {span[-1]}" for span in spans
    )


def _id(phase: Phase) -> str:
    return phase.name.lower()
