"""A page that is printed: where each line of it stands, and the picture of it.

It is as large as what A4 and Letter have in common, black on white. Whatever has to
stand on it does: the letters become smaller until it fits, and where even the smallest
do not fit the page becomes longer, which a printer scales. Nothing is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.pictures.pen import NIGHT, WHITE, Box, Pen, Point, Sheet, Text

DOTS = 200
"""An inch."""
WIDTH, HEIGHT = 1654, 2200
"""210 mm, as A4 is wide, and 279 mm, as Letter is high."""

LEFT, RIGHT, TOP, BOTTOM = 100, WIDTH - 100, 70, 70
"""Wider than the edge on which printers print nothing."""

TITLE, ABOUT, FIELD, PHONE, SMALL = 62, 36, 34, 108, 21
BODIES = (36, 34, 32, 30, 28, 26)
"""Sizes of the list, from the largest; the smallest is nine points high."""

NO_END = 999
RULE, FRAME, INDENT, PADDING, BULLET = 3, 6, 34, 24, 6
WRITTEN = 760
"""So wide is the shortest line on which something is written by hand."""


@dataclass(frozen=True)
class Blank:
    """A line of the page's head: what it is, and what is said or written there."""

    label: str
    said: str = ""
    """Without it there is a ruled line to write on."""


@dataclass(frozen=True)
class Paper:
    """All the words of a page, from top to bottom."""

    title: str
    about: str
    blanks: tuple[Blank, ...]
    call: str
    phone: str
    whom: str
    standing: str
    """Who signed the lists, and when their sources were read."""
    stands: bool
    """Whether nothing of that is lacking; where it is, it is said in bold."""
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    """A heading and its lines, each."""
    hint: str
    sources: tuple[str, ...]


@dataclass
class Page:
    """What stands where on a page, as far as it is filled; `y` is where it goes on."""

    pen: Pen
    y: int = TOP
    texts: list[Text] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    frames: list[Box] = field(default_factory=list)
    bullets: list[Point] = field(default_factory=list)

    @property
    def height(self) -> int:
        """How high the page is: as the paper, or as all that stands on it."""
        return max(HEIGHT, self.y + BOTTOM)

    @property
    def said(self) -> list[str]:
        """Its lines as they stand there, from top to bottom."""
        return [one.words for one in self.texts]

    def write(
        self,
        words: str,
        size: int,
        *,
        bold: bool = False,
        left: int = LEFT,
        right: int = RIGHT,
    ) -> None:
        """Write words, in as many lines as they need."""
        lines = self.pen.wrap(
            words, size=size, width=right - left, most=NO_END, bold=bold, ink=NIGHT
        )
        for line in lines:
            self.texts.append(line.at(left, self.y))
            self.y += line.height

    def rule(self, left: int, y: int) -> None:
        """Draw a line to the right edge."""
        self.rules.append((left, y, RIGHT, y + RULE))


def lay_out(paper: Paper) -> Page:
    """Place all of it, in the largest letters of the list that leave it one page."""
    pen = Pen()
    for body in BODIES:
        page = _filled(paper, Page(pen), body)
        if page.height == HEIGHT:
            break
    return page


def draw(paper: Paper) -> bytes:
    """Draw it: a PNG, the same bytes for the same words."""
    page = lay_out(paper)
    sheet = Sheet(WIDTH, page.height)
    for box in page.frames:
        sheet.box(box, edge=NIGHT, inside=WHITE, width=FRAME)
    for box in page.rules:
        sheet.fill(box, NIGHT)
    for at in page.bullets:
        sheet.disc(at, BULLET, NIGHT)
    for text in page.texts:
        sheet.write(text)
    return sheet.to_print(DOTS)


def _filled(paper: Paper, page: Page, body: int) -> Page:
    page.write(paper.title, TITLE, bold=True)
    page.write(paper.about, ABOUT)
    page.y += PADDING // 2
    for one in paper.blanks:
        _add_blank(page, one)
    _add_call(page, paper)
    for heading, lines in paper.lists:
        _add_list(page, heading, lines, body)
    page.write(paper.standing, body, bold=not paper.stands)
    page.write(paper.hint, body)
    page.y += PADDING // 2
    page.rule(LEFT, page.y)
    page.y += PADDING // 2
    _add_sources(page, paper.sources)
    return page


def _add_blank(page: Page, one: Blank) -> None:
    label = page.pen.text(f"{one.label}:", size=FIELD, ink=NIGHT)
    left = min(LEFT + label.width + INDENT // 2, RIGHT - WRITTEN)
    top = page.y + (PADDING if not one.said else PADDING // 2)
    page.texts.append(label.at(LEFT, top))
    page.y = top
    if one.said:
        page.write(one.said, FIELD, bold=True, left=left)
    else:
        page.y += label.height
        page.rule(left, page.y - RULE)


def _add_call(page: Page, paper: Paper) -> None:
    page.y += PADDING
    top, left, right = page.y, LEFT + INDENT, RIGHT - INDENT
    page.y += PADDING
    page.write(paper.call, FIELD, left=left, right=right)
    page.write(paper.phone, PHONE, bold=True, left=left, right=right)
    page.write(paper.whom, FIELD, left=left, right=right)
    page.y += PADDING
    page.frames.append((LEFT, top, RIGHT, page.y))
    page.y += PADDING


def _add_list(page: Page, heading: str, lines: Sequence[str], body: int) -> None:
    page.write(heading, body + 4, bold=True)
    for one in lines:
        page.y += 3
        middle = page.y + page.pen.text("x", size=body).height // 2
        page.bullets.append((LEFT + INDENT // 2, middle))
        page.write(one, body, left=LEFT + INDENT)
    page.y += PADDING // 2


def _add_sources(page: Page, sources: Sequence[str]) -> None:
    """Write the small print in two columns, the first half on the left."""
    top, middle = page.y, (LEFT + RIGHT) // 2
    half = (len(sources) + 1) // 2
    for one in sources[:half]:
        page.write(one, SMALL, right=middle - INDENT // 2)
    end, page.y = page.y, top
    for one in sources[half:]:
        page.write(one, SMALL, left=middle + INDENT // 2)
    page.y = max(end, page.y)
