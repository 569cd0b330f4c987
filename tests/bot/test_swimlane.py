"""A swimlane says in a picture, and in words, what is done, now and next."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.pictures.layout import DOT, EDGE_OF_TEXT, GUTTER, LABEL, MARGIN, WIDTH
from bot.pictures.pen import DARK, Pen, clean
from bot.pictures.swimlane import (
    MOST_LANES,
    MOST_MARKS,
    STATES,
    Mark,
    State,
    Swimlane,
    cut,
    describe,
    draw,
)

ALT_OF_SLACK = 2000
LAKESIDE, CENTER, MAKER = LANES = (
    "Lakeside Oncology",
    "University Center",
    "Manufacturer",
)
WAY = Swimlane(
    title="MM-7K3Q9 · CAR T evaluation",
    lanes=LANES,
    marks=(
        Mark(LAKESIDE, "Referred", "month 1", "done"),
        Mark(CENTER, "Consult", "", "done"),
        Mark(LAKESIDE, "Bridging", "since last week", "now"),
        Mark(MAKER, "Release", "planned", "next"),
        Mark(CENTER, "Infusion", "planned", "next"),
    ),
)
LONG = "Lymphodepletion, said at length \N{EN DASH} Ωμέγα, Łódź, Привет " * 6
WORST = Swimlane(
    title=LONG,
    lanes=(LONG, "Ü" * 80, "Center"),
    marks=tuple(
        Mark((LONG, "Ü" * 80, "Center")[number % 3], LONG, LONG, STATES[number % 3])
        for number in range(MOST_MARKS)
    ),
)


def opened(png: bytes) -> Image.Image:
    """Return a picture in colours, as a screen shows it."""
    return Image.open(io.BytesIO(png)).convert("RGB")


def darkness(png: bytes, lane: int) -> int:
    """Count the pixels of a lane that are as dark as what is now."""
    image = opened(png)
    wide = (WIDTH - 2 * MARGIN) // 3
    # Below the title and above the legend, which are dark as well.
    part = image.crop(
        (MARGIN + lane * wide, 150, MARGIN + (lane + 1) * wide, image.height - 80)
    )
    return sum(count for count, colour in _colours(part) if colour == DARK)


def _colours(image: Image.Image) -> Sequence[tuple[int, tuple[int, int, int]]]:
    return image.getcolors(maxcolors=2**20) or []  # type: ignore[return-value]  # of an RGB image


words = st.text(max_size=90) | st.sampled_from(
    [LONG, "", " ", "a\nb", "👍 中文", "x" * 400]
)
lane_names = st.lists(words, min_size=1, max_size=MOST_LANES, unique=True)


@st.composite
def swimlanes(draws: st.DrawFn) -> Swimlane:
    lanes = tuple(draws(lane_names))
    mark = st.builds(
        Mark, st.sampled_from(lanes), words, words, st.sampled_from(STATES)
    )
    marks = draws(st.lists(mark, min_size=1, max_size=MOST_MARKS + 5))
    return Swimlane(draws(words), lanes, tuple(marks))


@settings(max_examples=60, deadline=None)
@given(swimlane=swimlanes())
def test_whatever_stands_in_it_the_picture_can_be_posted_and_read(
    swimlane: Swimlane,
) -> None:
    png, alt = draw(swimlane), describe(swimlane)

    image = opened(png)
    assert image.width == WIDTH
    assert 200 < image.height < 7000
    assert len(png) < 600_000
    assert 0 < len(alt) < ALT_OF_SLACK
    for mark in swimlane.shown:
        if mark.state == "now":
            assert cut(mark.label, 16).removesuffix("...").rstrip() in alt


def test_the_same_words_make_the_same_bytes() -> None:
    """So a picture that did not change need not be uploaded again."""
    assert draw(WAY) == draw(WAY)
    assert draw(WAY) != draw(replace(WAY, title="another"))


def test_time_runs_down_and_each_mark_stands_in_its_lane() -> None:
    """Pixels are probed rather than compared, so that another Pillow may draw it."""
    image = opened(draw(WAY))
    wide = (WIDTH - 2 * MARGIN) // 3
    tops: list[int] = []
    for mark in WAY.marks:
        middle = MARGIN + LANES.index(mark.lane) * wide + wide // 2
        tops.append(_first_edge(image, middle, after=tops[-1] if tops else 150))

    assert tops == sorted(tops)
    assert image.getpixel((MARGIN + wide // 2, image.height - 90)) != (255, 255, 255)


def _first_edge(image: Image.Image, x: int, *, after: int) -> int:
    """Return where, below some point, a column of pixels first changes its shade."""
    start = image.getpixel((x, after + 2))
    rows = range(after + 3, image.height)
    return next(y for y in rows if image.getpixel((x, y)) != start)


def test_what_is_now_is_told_by_weight_and_not_by_a_hue_of_its_own() -> None:
    """Without any colour the picture says the same."""
    png = draw(WAY)

    dark = [darkness(png, lane) for lane in range(3)]

    assert dark[0] > 10 * max(dark[1], dark[2], 1)
    for _, (red, green, blue) in _colours(opened(png)):
        assert red <= green + 1
        assert green <= blue + 1


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_a_shape_of_its_own(state: State) -> None:
    others = [one for one in STATES if one != state]
    mine, *rest = (
        opened(draw(Swimlane("A", ("B",), (Mark("B", "C", "", each),))))
        .convert("L")
        .tobytes()
        for each in (state, *others)
    )

    assert mine not in rest


def test_in_words_what_is_now_comes_first() -> None:
    assert describe(WAY) == (
        "Timeline: MM-7K3Q9 · CAR T evaluation."
        " Now: Bridging (Lakeside Oncology, since last week)."
        " Next: Release (Manufacturer, planned); Infusion (University Center, planned)."
        " Done: Referred (Lakeside Oncology, month 1); Consult (University Center)."
    )


def test_the_longest_words_are_cut_and_every_mark_is_still_named() -> None:
    alt = describe(WORST)

    assert len(alt) < ALT_OF_SLACK
    assert alt.count("Lymphode") >= MOST_MARKS


def test_of_too_many_marks_the_oldest_that_are_done_are_left_out() -> None:
    done = [Mark(CENTER, f"done {number}", "", "done") for number in range(MOST_MARKS)]
    now = [Mark(CENTER, "here", "", "now"), Mark(CENTER, "there", "", "next")]
    crowded = Swimlane("A", (CENTER,), (*now[:1], *done, *now[1:]))

    labels = [one.label for one in crowded.shown]

    assert len(labels) == MOST_MARKS
    assert labels[0] == "here"
    assert labels[-1] == "there"
    assert "done 0" not in labels
    assert "done 1" not in labels
    assert "2 more steps are not shown." in describe(crowded)


def test_what_is_next_is_left_out_from_its_far_end() -> None:
    marks = [Mark(CENTER, f"next {n}", "", "next") for n in range(MOST_MARKS + 1)]
    crowded = Swimlane("A", (CENTER,), (*marks,))

    assert crowded.shown == tuple(marks[:-1])
    assert crowded.left_out == "1 more step is not shown"


@pytest.mark.parametrize(
    ("lanes", "marks", "why"),
    [
        ((), (), "1 to 4 lanes"),
        (("a", "b", "c", "d", "e"), (), "1 to 4 lanes"),
        (("a", "a"), (), "must differ"),
        (("a",), (), "at least one mark"),
        (("a",), (Mark("b", "x", "", "now"),), "no lane"),
    ],
)
def test_what_cannot_be_drawn_cannot_be_made(
    lanes: tuple[str, ...], marks: tuple[Mark, ...], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        Swimlane("A", lanes, marks)


def test_a_picture_is_drawn_while_nobody_waits() -> None:
    """Counted in the time of this thread alone, since tests share the machine."""
    draw(WAY)

    def took(swimlane: Swimlane) -> float:
        began = time.thread_time()
        draw(swimlane)
        return time.thread_time() - began

    assert min(took(WAY) for _ in range(5)) < 0.06
    assert min(took(WORST) for _ in range(3)) < 1.0


def test_the_letters_of_the_sites_are_all_in_the_font() -> None:
    """Whatever the font lacks is drawn as the same empty box."""
    signs = (
        "\N{EN DASH}\N{EM DASH}\N{RIGHT SINGLE QUOTATION MARK}\N{MULTIPLICATION SIGN}"
    )
    letters = signs + "·“”…éüñçßøłšžőąęČğışÅÆŒ≥≤→µ½°±αβκλЖи"
    font = Pen().text("A", size=40).font
    empty = bytes(font.getmask("\uffff"))

    assert [one for one in letters if bytes(font.getmask(one)) == empty] == []


@pytest.mark.parametrize("text", [LONG, "x" * 300, "Donaudampfschiff " * 9, "a b"])
@pytest.mark.parametrize("width", [40, 300])
def test_no_line_is_wider_than_its_column(text: str, width: int) -> None:
    lines = Pen().wrap(text, size=34, width=width, most=3)

    assert 1 <= len(lines) <= 3
    for line in lines:
        # Measured whole, a line may be a hair wider than its words.
        assert line.font.getlength(line.words) <= width + 2 or len(line.words) <= 4


def test_no_step_of_a_way_is_broken_within_a_word() -> None:
    """Three lanes are the rule: practice, center, manufacturer."""
    box = (WIDTH - 2 * MARGIN) // 3 - 2 * GUTTER
    width = box - DOT - EDGE_OF_TEXT

    lines = Pen().wrap("Lymphodepletion", size=LABEL, width=width, most=2, bold=True)

    assert [line.words for line in lines] == ["Lymphodepletion"]


def test_lines_hold_the_whole_text_or_say_that_it_goes_on() -> None:
    pen = Pen()

    whole = pen.wrap("one two three four", size=34, width=200, most=9)
    parts = pen.wrap("one two three four", size=34, width=200, most=1)

    assert " ".join(line.words for line in whole) == "one two three four"
    assert parts[-1].words.endswith("...")


def test_what_has_no_shape_is_not_drawn() -> None:
    assert clean("a\u0000b\u202ec\nd") == "a b c d"
    assert clean("e\u0301") == "é"
