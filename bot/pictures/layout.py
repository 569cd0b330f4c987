"""Where everything of a swimlane stands, in pixels; nothing is drawn here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pictures.pen import INK, NIGHT, SOFT, SPACING, Box, Pen, Point, Text

WIDTH = 1080
"""Nearly three times the width of a phone, so that it is sharp there."""

MARGIN, PADDING, GAP = 12, 16, 32
GUTTER, EDGE_OF_TEXT = 4, 6
"""On either side of a box within its lane, and right of the words in a box."""

TITLE, HEADING, LABEL, WHEN = 42, 34, 37, 31
"""In three lanes, the longest word of a way just fits: lymphodepletion, in bold."""

LABEL_LINES, WHEN_LINES, HEADING_LINES, TITLE_LINES = 3, 2, 3, 2
DOT = 40
"""From a box's left edge to its words, with the sign in between."""


@dataclass(frozen=True)
class Column:
    """A lane: its edges, and the lines of its name."""

    left: int
    right: int
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Row:
    """A mark: its box, its sign's middle, its lines."""

    box: Box
    dot: Point
    texts: tuple[Text, ...]

    @property
    def above(self) -> Point:
        """Where the path comes in."""
        left, top, right, _ = self.box
        return (left + right) // 2, top

    @property
    def below(self) -> Point:
        """Where the path goes on."""
        left, _, right, bottom = self.box
        return (left + right) // 2, bottom


@dataclass(frozen=True)
class Plan:
    """A whole picture: `head` and `foot` are where the lanes begin and end."""

    height: int
    head: int
    foot: int
    texts: tuple[Text, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    legend: Point


Cell = tuple[int, str, str, bool]
"""A mark: the number of its lane, its label, its when, and whether it is now."""


def lay_out(
    pen: Pen, *, title: str, lanes: Sequence[str], cells: Sequence[Cell], note: str
) -> Plan:
    """Place the title, the lanes, their marks one below the other, and the legend."""
    wide = WIDTH - 2 * MARGIN
    titles = pen.wrap(
        title, size=TITLE, width=wide, most=TITLE_LINES, bold=True, ink=NIGHT
    )
    notes = pen.wrap(note, size=WHEN, width=wide, most=1, ink=SOFT)
    texts, head = _stacked([*titles, *notes], MARGIN, MARGIN)
    head += PADDING
    columns, top = _columns(pen, lanes, head)
    rows = []
    for cell in cells:
        rows.append(_row(pen, columns[cell[0]], cell, top))
        top = rows[-1].box[3] + GAP
    foot = top - GAP // 2
    return Plan(
        height=foot + HEADING + 2 * MARGIN,
        head=head,
        foot=foot,
        texts=texts,
        columns=columns,
        rows=tuple(rows),
        legend=(MARGIN, foot + MARGIN + HEADING // 2),
    )


def _columns(
    pen: Pen, lanes: Sequence[str], head: int
) -> tuple[tuple[Column, ...], int]:
    """Return the lanes below `head`, and where their first mark may stand."""
    wide = (WIDTH - 2 * MARGIN) // len(lanes)
    columns, end = [], head
    for number, name in enumerate(lanes):
        left = MARGIN + number * wide
        lines = pen.wrap(
            name,
            size=HEADING,
            width=wide - 2 * PADDING,
            most=HEADING_LINES,
            bold=True,
            ink=INK,
        )
        texts, bottom = _stacked(lines, left + PADDING, head + PADDING)
        columns.append(Column(left, left + wide, texts))
        end = max(end, bottom)
    return tuple(columns), end + PADDING


def _row(pen: Pen, column: Column, cell: Cell, top: int) -> Row:
    _, label, when, now = cell
    left, right = column.left + GUTTER, column.right - GUTTER
    wide = right - left - DOT - EDGE_OF_TEXT
    labels = pen.wrap(
        label or " ", size=LABEL, width=wide, most=LABEL_LINES, bold=now, ink=INK
    )
    whens = pen.wrap(when, size=WHEN, width=wide, most=WHEN_LINES, bold=now, ink=SOFT)
    texts, bottom = _stacked([*labels, *whens], left + DOT, top + PADDING)
    middle = top + PADDING + round(LABEL * SPACING) // 2
    bottom = max(bottom, middle + PADDING)
    return Row(
        (left, top, right, bottom + PADDING), (left + DOT // 2 + 2, middle), texts
    )


def _stacked(lines: Sequence[Text], x: int, y: int) -> tuple[tuple[Text, ...], int]:
    """Return lines one below the other, and where the last one ends."""
    placed = []
    for line in lines:
        placed.append(line.at(x, y))
        y += line.height
    return tuple(placed), y
