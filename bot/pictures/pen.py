"""What pictures are drawn with: letters of one font, boxes, discs and paths.

A sheet is drawn in shades of grey and tinted when it is done, so that its edges are
smooth and no hue can come to mean anything. The font is a package that the lock file
pins: nothing here depends on what is installed on the machine.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

FONT = ("fontpkg_source_sans_3", "files", "SourceSans3[wght].ttf")
PLAIN, BOLD = 400, 650
"""Weights of the variable font."""

NIGHT, INK, SOFT, EDGE, WASH, WHITE = 0, 28, 80, 190, 242, 255
"""Shades, from the darkest to paper."""

DARK, PAPER = (18, 48, 60), (255, 255, 255)
"""What the darkest and the lightest shade look like in the end."""

SMOOTH = 4
SPACING = 1.22
COMPRESSION = 3
"""Little larger than the best, and several times faster."""

DOTS = "..."
Point = tuple[int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Text:
    """A line of text, measured, and where its top left corner stands."""

    words: str
    font: ImageFont.FreeTypeFont
    ink: int
    width: int
    height: int
    place: Point = (0, 0)

    def at(self, x: int, y: int) -> Text:
        """Return the same line, standing elsewhere."""
        return replace(self, place=(x, y))


@dataclass
class Rule:
    """Measures text in one font: each word once, and a line as the sum of its words."""

    font: ImageFont.FreeTypeFont
    widths: dict[str, float] = field(default_factory=dict)

    def width(self, text: str) -> float:
        """Return how wide a text is; exact but for what a blank would draw closer."""
        words = text.split(" ")
        return sum(map(self._word, words)) + self._word(" ") * (len(words) - 1)

    def line_of(self, rest: str, width: int) -> str:
        """Return the beginning that fits in a line: whole words, if any do."""
        if self.width(rest) <= width:
            return rest
        line = ""
        for word in rest.split(" "):
            longer = f"{line} {word}" if line else word
            if self.width(longer) > width:
                break
            line = longer
        return line or self.as_much(rest, width)

    def as_much(self, text: str, width: int, tail: str = "") -> str:
        """Return as many characters as fit before the tail, at least one."""
        fits, beyond = 1, len(text) + 1
        while beyond - fits > 1:
            half = (fits + beyond) // 2
            if self.font.getlength(text[:half] + tail) <= width:
                fits = half
            else:
                beyond = half
        return text[:fits]

    def _word(self, word: str) -> float:
        if word not in self.widths:
            self.widths[word] = self.font.getlength(word)
        return self.widths[word]


class Pen:
    """Measures text. It belongs to one drawing, since a font is set, not chosen."""

    def __init__(self) -> None:
        self._rules: dict[tuple[int, bool], Rule] = {}

    def text(
        self, words: str, *, size: int, bold: bool = False, ink: int = INK
    ) -> Text:
        """Return a line of text, measured."""
        rule, said = self._rule(size, bold=bold), clean(words)
        height = round(size * SPACING)
        return Text(said, rule.font, ink, round(rule.width(said)), height)

    def wrap(
        self,
        words: str,
        *,
        size: int,
        width: int,
        most: int,
        bold: bool = False,
        ink: int = INK,
    ) -> list[Text]:
        """Return at most so many lines, each within the width; dots where it is cut.

        A word that is wider than a line is broken where the line ends.
        """
        rule = self._rule(size, bold=bold)
        lines: list[str] = []
        rest = " ".join(clean(words).split())
        while rest and len(lines) < most:
            line = rule.line_of(rest, width)
            rest = rest[len(line) :].lstrip()
            lines.append(line.rstrip())
        if rest:
            lines[-1] = rule.as_much(lines[-1], width, DOTS).rstrip() + DOTS
        return [self.text(line, size=size, bold=bold, ink=ink) for line in lines]

    def _rule(self, size: int, *, bold: bool) -> Rule:
        key = (size, bold)
        if key not in self._rules:
            # The basic layout is in every build of Pillow, the other is not.
            font = ImageFont.truetype(
                io.BytesIO(_font_bytes()), size, layout_engine=ImageFont.Layout.BASIC
            )
            font.set_variation_by_axes([BOLD if bold else PLAIN])
            self._rules[key] = Rule(font)
        return self._rules[key]


class Sheet:
    """A white page to draw on."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("L", (width, height), WHITE)
        self._draw = ImageDraw.Draw(self._image)

    def write(self, text: Text) -> None:
        """Write a line where it stands."""
        x, y = text.place
        self._draw.text(
            (x, y + text.height // 2), text.words, text.ink, text.font, "lm"
        )

    def fill(self, box: Box, shade: int) -> None:
        """Fill a rectangle; its right and lower edges are not part of it."""
        left, top, right, bottom = box
        self._draw.rectangle((left, top, right - 1, bottom - 1), shade)

    def disc(self, at: Point, radius: int, shade: int) -> None:
        """Draw a filled circle around a point."""
        corner = (at[0] - radius, at[1] - radius)
        self._image.paste(shade, corner, _disc(radius))

    def box(self, box: Box, *, edge: int, inside: int, width: int) -> None:
        """Draw a box with round corners and an edge of some width."""
        left, top, right, bottom = box
        self._round(box, 18, edge)
        inner = (left + width, top + width, right - width, bottom - width)
        self._round(inner, 18 - width, inside)

    def path(self, start: Point, end: Point) -> None:
        """Draw a line down, across halfway, and down again."""
        (x, top), (other, bottom) = start, end
        middle = (top + bottom) // 2
        self.fill((x - 2, top, x + 2, middle + 2), EDGE)
        left, right = sorted((x, other))
        self.fill((left - 2, middle - 2, right + 2, middle + 2), EDGE)
        self.fill((other - 2, middle - 2, other + 2, bottom), EDGE)

    def png(self) -> bytes:
        """Return what was drawn, tinted; nothing more is drawn after that."""
        self._image.putpalette(_tints())
        out = io.BytesIO()
        self._image.save(out, "PNG", compress_level=COMPRESSION)
        return out.getvalue()

    def to_print(self, dots: int) -> bytes:
        """Return what was drawn in plain black, as large as so many dots an inch."""
        out = io.BytesIO()
        self._image.save(out, "PNG", compress_level=COMPRESSION, dpi=(dots, dots))
        return out.getvalue()

    def _round(self, box: Box, radius: int, shade: int) -> None:
        left, top, right, bottom = box
        self.fill((left + radius, top, right - radius, bottom), shade)
        self.fill((left, top + radius, right, bottom - radius), shade)
        for x in (left + radius, right - radius):
            for y in (top + radius, bottom - radius):
                self.disc((x, y), radius, shade)


def clean(words: str) -> str:
    """Return text as it can be drawn: composed, and without what has no shape."""
    composed = unicodedata.normalize("NFC", words)
    return "".join(one if _has_shape(one) else " " for one in composed)


def _has_shape(one: str) -> bool:
    return one == " " or unicodedata.category(one)[0] not in "CZ"


@cache
def _font_bytes() -> bytes:
    return files(FONT[0]).joinpath(*FONT[1:]).read_bytes()


@cache
def _disc(radius: int) -> Image.Image:
    """Return a mask of a disc with a smooth edge."""
    side = 2 * radius
    large = Image.new("L", (side * SMOOTH, side * SMOOTH), 0)
    last = side * SMOOTH - 1
    ImageDraw.Draw(large).ellipse((0, 0, last, last), 255)
    return large.resize((side, side), Image.Resampling.BOX)


@cache
def _tints() -> bytes:
    """Return the colour of each of the 256 shades."""
    return bytes(
        dark + (light - dark) * shade // 255
        for shade in range(256)
        for dark, light in zip(DARK, PAPER, strict=True)
    )
