"""A case's way as a swimlane: a column a site, time running down, a row a mark.

It is read on a phone, so the text is large and the picture narrow, and it is told by
shape and weight alone: its one hue says nothing, and no colour judges anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.pictures.layout import HEADING, WIDTH, Row, lay_out
from bot.pictures.pen import EDGE, INK, NIGHT, SOFT, WASH, WHITE, Pen, Sheet, clean

State = Literal["done", "now", "next"]

STATES: tuple[State, ...] = ("done", "now", "next")
MOST_LANES = 4
MOST_MARKS = 25
"""Of more, the oldest that are done are left out first; the picture says how many."""

ALT_MOST = 1900
"""Slack takes 2,000 characters; the rest is for whoever adds a word."""

CAPS = (200, 100, 60, 40, 24, 16)
"""Characters that each part of a mark is given in words, until all of it fits."""


@dataclass(frozen=True)
class Mark:
    """One step: in whose lane, what, when in the words given, and how far it is."""

    lane: str
    label: str
    when: str
    state: State


@dataclass(frozen=True)
class Swimlane:
    """The lanes from left to right and their marks in the order of time.

    Raises ValueError for no mark, a mark without its lane, or too many lanes.
    """

    title: str
    lanes: tuple[str, ...]
    marks: tuple[Mark, ...]

    def __post_init__(self) -> None:
        """Refuse what could not be drawn."""
        if not 1 <= len(self.lanes) <= MOST_LANES:
            raise ValueError(f"a swimlane has 1 to {MOST_LANES} lanes")
        if len(set(self.lanes)) < len(self.lanes):
            raise ValueError("lanes must differ")
        if not self.marks:
            raise ValueError("a swimlane has at least one mark")
        for mark in self.marks:
            if mark.lane not in self.lanes or mark.state not in STATES:
                raise ValueError("a mark has no lane or no state")

    @property
    def shown(self) -> tuple[Mark, ...]:
        """The marks that are shown, in their order."""
        spare = len(self.marks) - MOST_MARKS
        order = sorted(range(len(self.marks)), key=self._worth)
        gone = set(order[: max(spare, 0)])
        return tuple(one for place, one in enumerate(self.marks) if place not in gone)

    @property
    def left_out(self) -> str:
        """How many marks are not shown, in words, or nothing."""
        count = len(self.marks) - len(self.shown)
        if not count:
            return ""
        return f"{count} more {'step is' if count == 1 else 'steps are'} not shown"

    def _worth(self, place: int) -> tuple[int, int]:
        """How late a mark is left out: the oldest done first, what is now last."""
        state = self.marks[place].state
        if state == "next":
            return 1, -place
        return (0 if state == "done" else 2), place


def draw(swimlane: Swimlane) -> bytes:
    """Draw it: a PNG, the same bytes for the same words."""
    pen = Pen()
    plan = lay_out(
        pen,
        title=swimlane.title,
        lanes=swimlane.lanes,
        cells=[
            (swimlane.lanes.index(one.lane), one.label, one.when, one.state == "now")
            for one in swimlane.shown
        ],
        note=swimlane.left_out,
    )
    sheet = Sheet(WIDTH, plan.height)
    for lane in plan.columns[::2]:
        sheet.fill((lane.left, plan.head, lane.right, plan.foot), WASH)
    for text in plan.texts:
        sheet.write(text)
    for lane in plan.columns:
        for text in lane.texts:
            sheet.write(text)
    for above, below in zip(plan.rows, plan.rows[1:], strict=False):
        sheet.path(above.below, below.above)
    for row, mark in zip(plan.rows, swimlane.shown, strict=True):
        _draw_mark(sheet, row, mark.state)
    _draw_legend(sheet, pen, plan.legend)
    return sheet.png()


def describe(swimlane: Swimlane) -> str:
    """Say in words what the picture shows: what is done, now and next."""
    for cap in CAPS:
        said = _described(swimlane, cap)
        if len(said) <= ALT_MOST:
            return said
    return said[:ALT_MOST]


def _described(swimlane: Swimlane, cap: int) -> str:
    parts = [f"Timeline: {cut(swimlane.title, cap)}."]
    for state in ("now", "next", "done"):
        marks = [one for one in swimlane.shown if one.state == state]
        if marks:
            parts.append(f"{state.capitalize()}: {_listed(marks, cap)}.")
    if swimlane.left_out:
        parts.append(f"{swimlane.left_out}.")
    return " ".join(parts)


def _listed(marks: Iterable[Mark], cap: int) -> str:
    return "; ".join(_in_words(mark, cap) for mark in marks)


def _in_words(mark: Mark, cap: int) -> str:
    about = ", ".join(cut(part, cap) for part in (mark.lane, mark.when) if part.strip())
    return f"{cut(mark.label, cap)} ({about})" if about else cut(mark.label, cap)


def cut(words: str, most: int) -> str:
    """Return words on one line, with three dots where they are cut."""
    line = " ".join(clean(words).split())
    return line if len(line) <= most else f"{line[: most - 3].rstrip()}..."


def _draw_mark(sheet: Sheet, row: Row, state: State) -> None:
    edge = {"done": EDGE, "now": NIGHT, "next": EDGE}[state]
    sheet.box(row.box, edge=edge, inside=WHITE, width=5 if state == "now" else 2)
    draw_dot(sheet, row.dot, state)
    for text in row.texts:
        sheet.write(text)


def draw_dot(sheet: Sheet, at: tuple[int, int], state: State) -> None:
    """Draw a mark's sign: filled when done, a ring around it now, hollow when next."""
    if state == "done":
        sheet.disc(at, 11, SOFT)
    elif state == "now":
        sheet.disc(at, 13, NIGHT)
        sheet.disc(at, 9, WHITE)
        sheet.disc(at, 5, NIGHT)
    else:
        sheet.disc(at, 11, SOFT)
        sheet.disc(at, 8, WHITE)


def _draw_legend(sheet: Sheet, pen: Pen, at: tuple[int, int]) -> None:
    x, y = at
    for state in STATES:
        draw_dot(sheet, (x + 15, y), state)
        text = pen.text(state, size=HEADING, bold=state == "now", ink=INK)
        sheet.write(text.at(x + 42, y - text.height // 2))
        x += 42 + text.width + 60
