"""The emergency sheet as a page to print: its words, its look, who may have it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from bot.actions.done import Done, perform
from bot.actions.printing import ask_for_paper
from bot.actions.showing import show_anew
from bot.concerns import PAPER, EmergencySheet, emergency_sheet
from bot.pictures.paper import (
    BODIES,
    DOTS,
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Page,
    Paper,
    draw,
    lay_out,
)
from bot.refusals import NoPart, NotForYou
from bot.rendering import Rendering
from bot.views.emergency_paper import paper_of, picture
from care.knowledge.red_flags import RedFlags, load_red_flags
from care.patient_time import PhiMode
from scheduler.ports import Message, Unneeded
from storage.actors import Operator, Person
from storage.clock import TravellingClock
from storage.records import Life, Notice, Referral, Way
from storage.unit import Store
from tests.bot.concerning import TO_APHERESIS, TO_INFUSION, begin_course
from tests.storage.together import together
from tests.world import OPERATOR, World, new_case, new_referral

GOLDEN = Path(__file__).parent / "golden" / "emergency_page.txt"
DATE = "20 Nov 2026"
LONGEST = "W" * 60 + " of Ωμέγα, Łódź & Co"
ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
A_MOMENT = timedelta(seconds=20)


@dataclass(frozen=True)
class Scene:
    """A case whose cells were given."""

    store: Store
    world: World
    referral: Referral

    def ask(self, by: Person, key: str = "") -> Done:
        """Ask for the page, as a click of its own unless it has a key."""
        return perform(
            self.store,
            ask_for_paper,
            by=by,
            key=key or uuid4().hex,
            referral_id=self.referral.id,
        )

    def sent(self) -> list[Notice]:
        """Return the messages that bring the page, or will bring it."""
        with self.store.read() as reading:
            return reading.notices.posts_of(self.referral.id, {PAPER})

    def page(self) -> EmergencySheet:
        """Return the sheet as the oncologist has it."""
        with self.store.read() as reading:
            member = self.world.oncologist.member
            return emergency_sheet(reading, member, self.referral.id)

    def rendered(self, notice: Notice) -> Message | Unneeded:
        """Render a notice, as at the moment of sending."""
        with self.store.read() as reading:
            return Rendering()(reading=reading, notice=notice)

    def change(self, do: Callable[[Any], object]) -> None:
        """Change something as an operator would."""
        with self.store.act(OPERATOR) as uow:
            do(uow)
            uow.audit(self.world.workspace_id, "changed", "tests")


@pytest.fixture
def scene(store: Store, world: World) -> Scene:
    """Return a case after its infusion."""
    return Scene(store, world, referral_after(store, world, TO_INFUSION))


def referral_after(store: Store, world: World, steps: Any) -> Referral:
    """Keep a case whose course has taken some steps."""
    with store.act(OPERATOR) as uow:
        referral = new_referral(uow, world, new_case(uow, world))
        begin_course(uow, referral.case_id, steps)
        uow.audit(world.workspace_id, "milestone recorded", referral.id)
    return referral


def in_mode(page: EmergencySheet, mode: PhiMode) -> EmergencySheet:
    """Return the same sheet where more or less of a patient's time may be shown."""
    return replace(page, sheet=replace(page.sheet, phi_mode=mode))


def signed(flags: RedFlags) -> RedFlags:
    """Return the list with every row signed."""
    told = {"checked_by": "Dr Rivera, 24 Nov 2026"}
    return RedFlags(
        tuple(one.model_copy(update=told) for one in flags.rows), flags.sources
    )


def variants(page: EmergencySheet) -> Iterator[tuple[str, EmergencySheet]]:
    """Yield the sheet as it is printed in each state."""
    yield "given", page
    yield "given, dates may be shown", in_mode(page, PhiMode.BAA)
    yield "not given, product not recorded", replace(page, product=None, day0=None)
    checked = replace(page, flags=signed(page.flags))
    yield "signed", checked
    later = page.today + timedelta(days=400)
    yield "signed, stale", replace(checked, today=later)


def opened(paper: Paper) -> Image.Image:
    """Return the file as somebody opens it."""
    return Image.open(io.BytesIO(draw(paper)))


# What it says


@ON_SQLITE
def test_the_page_says_what_it_did(
    scene: Scene, request: pytest.FixtureRequest
) -> None:
    """These are the lines that are drawn, from the layout that the file is made of."""
    pages = variants(scene.page())
    now = "\n".join(
        "\n".join((f"== {name}", *lay_out(paper_of(page)).said)) for name, page in pages
    )
    if request.config.getoption("--regenerate-golden", default=False):
        GOLDEN.write_text(f"{now}\n", encoding="utf-8")

    before = GOLDEN.read_text(encoding="utf-8")

    assert now.splitlines() == before.splitlines()


@ON_SQLITE
def test_the_list_stands_whole_and_in_its_order(scene: Scene) -> None:
    said = " ".join(lay_out(paper_of(scene.page())).said)

    flags = load_red_flags()
    places = [said.index(one.statement) for one in flags.rows]
    assert places == sorted(places)
    assert said.index(scene.page().sheet.center.phone_24h) < places[0]
    for key in flags.cited:
        assert flags.sources[key].citation in said
    assert "..." not in said


@ON_SQLITE
def test_it_names_neither_patient_nor_case_nor_anybody(scene: Scene) -> None:
    """A name is written on it: beside the code it would undo the code."""
    page = scene.page()

    for mode in PhiMode:
        shown = picture(in_mode(page, mode))
        said = " ".join([*lay_out(paper_of(in_mode(page, mode))).said, shown.alt])
        for told in (page.sheet.case.code, "Chen", page.sheet.practice.name):
            assert told not in f"{said} {shown.title} {shown.instead}"


@ON_SQLITE
@pytest.mark.parametrize(
    ("mode", "dated"),
    [(PhiMode.NONE, False), (PhiMode.DAYS, False), (PhiMode.BAA, True)],
)
def test_a_date_stands_on_it_only_where_dates_may_be_shown(
    scene: Scene, mode: PhiMode, *, dated: bool
) -> None:
    said = lay_out(paper_of(in_mode(scene.page(), mode))).said

    assert (DATE in said) is dated
    assert ("Date of infusion, written by hand:" in said) is not dated
    assert "Name, written by hand:" in said


@ON_SQLITE
def test_what_is_unsigned_or_stale_looks_so(scene: Scene) -> None:
    pages = dict(variants(scene.page()))

    stands = {name: paper_of(page).stands for name, page in pages.items()}

    assert [name for name, good in stands.items() if good] == ["signed"]
    for name in ("given", "signed"):
        page = lay_out(paper_of(pages[name]))
        [line] = [one for one in page.texts if "Sources read" in one.words]
        heavy = page.pen.text(line.words, size=int(line.font.size), bold=True).width
        assert (line.width == heavy) is (name == "given")


# How it looks


@ON_SQLITE
def test_the_file_is_one_page_in_black_on_white(scene: Scene) -> None:
    image = opened(paper_of(scene.page()))

    assert (image.format, image.size, image.mode) == ("PNG", (WIDTH, HEIGHT), "L")
    width, height = (side / DOTS * 25.4 for side in image.size)
    assert round(image.info["dpi"][0]) == DOTS
    assert (width, height) <= (210.1, 279.5)
    assert image.getextrema() == (0, 255)


@ON_SQLITE
def test_every_line_is_inked_where_it_stands_and_nothing_beside(scene: Scene) -> None:
    paper = paper_of(scene.page())
    page, image = lay_out(paper), opened(paper)

    boxes = [
        (*t.place, t.place[0] + t.width, t.place[1] + t.height) for t in page.texts
    ]
    for text, box in zip(page.texts, boxes, strict=True):
        darkest, _ = image.crop(box).getextrema()
        assert darkest == 0, text.words
        assert LEFT <= box[0] <= box[2] <= RIGHT, text.words
    for left, top, right, bottom in (*boxes, *page.rules, *page.frames):
        image.paste(255, (left - 2, top, right + 2, bottom))
    for x, y in page.bullets:
        image.paste(255, (x - 8, y - 8, x + 8, y + 8))
    assert image.getextrema() == (255, 255)


@ON_SQLITE
def test_no_line_stands_on_another(scene: Scene) -> None:
    texts = lay_out(paper_of(scene.page())).texts

    for one, other in pairwise(texts):
        beside = other.place[0] >= one.place[0] + one.width
        assert beside or other.place[1] >= one.place[1] + one.height, other.words


@ON_SQLITE
def test_the_number_is_the_largest_and_the_list_is_read_at_arms_length(
    scene: Scene,
) -> None:
    page = scene.page()
    laid = lay_out(paper_of(page))

    largest = max(laid.texts, key=lambda one: one.font.size)
    assert largest.words == page.sheet.center.phone_24h
    points = size_of_list(laid) / DOTS * 72
    assert points >= 11


@ON_SQLITE
def test_with_more_words_the_letters_are_smaller_and_then_the_page_longer(
    scene: Scene,
) -> None:
    """Whatever a center is called and however much is listed: nothing is cut."""
    paper = paper_of(scene.page())
    heading, lines = paper.lists[0]
    more = replace(
        paper, whom=LONGEST, lists=((heading, (*lines, *lines)), *paper.lists[1:])
    )
    most = replace(more, phone=LONGEST, lists=((heading, lines * 12),))

    smaller, longer = lay_out(more), lay_out(most)

    assert size_of_list(smaller) < size_of_list(lay_out(paper))
    assert smaller.height == HEIGHT < longer.height
    assert size_of_list(longer) == min(BODIES)
    for page in (smaller, longer):
        said = " ".join(page.said)
        assert "..." not in said
        assert "".join(LONGEST.split()) in "".join(said.split())
        assert all(one.place[0] + one.width <= RIGHT for one in page.texts)
    assert opened(most).size == (WIDTH, longer.height)


def size_of_list(page: Page) -> float:
    """Return how large the letters of the list are."""
    return next(one.font.size for one in page.texts if one.words.startswith("Fever"))


def test_the_same_words_are_the_same_file() -> None:
    paper = Paper(
        title="Sheet",
        about="What it is of",
        blanks=(),
        call="Call",
        phone="1",
        whom="Center",
        standing="Signed",
        stands=True,
        lists=(("Signs", ("one",)),),
        hint="A hint",
        sources=("[1] A source",),
    )

    assert draw(paper) == draw(paper)


# Who asks, and how often


@ON_SQLITE
@pytest.mark.parametrize(
    "whose",
    ["oncologist", "practice_coordinator", "first_specialist", "center_coordinator"],
)
def test_everybody_with_a_part_gets_it_for_themselves(scene: Scene, whose: str) -> None:
    by: Person = getattr(scene.world, whose)

    scene.ask(by)

    [notice] = scene.sent()
    assert (notice.recipient_id, notice.way) == (by.clinician_id, Way.POST)
    assert notice.payload == {}
    with scene.store.read() as reading:
        assert emergency_sheet(reading, by.member, scene.referral.id).asked_lately
    assert not (whose != "oncologist" and scene.page().asked_lately)


@ON_SQLITE
def test_nobody_without_a_part_and_nobody_too_early(
    scene: Scene, store: Store, world: World
) -> None:
    early = replace(scene, referral=referral_after(store, world, TO_APHERESIS[:2]))

    with pytest.raises(NoPart):
        scene.ask(world.administrator)
    with pytest.raises(NotForYou, match="cells have been collected"):
        early.ask(world.oncologist)
    with pytest.raises(NoPart):
        replace(scene, referral=replace(scene.referral, id="none")).ask(
            world.oncologist
        )

    assert scene.sent() == early.sent() == []


@ON_SQLITE
def test_nobody_after_a_death(scene: Scene) -> None:
    scene.change(lambda uow: uow.cases.change_life(scene.referral.case_id, Life.DIED))

    with pytest.raises(NotForYou, match="any more"):
        scene.ask(scene.world.oncologist)


@ON_SQLITE
def test_clicks_close_together_bring_one_page_and_a_later_one_another(
    scene: Scene, clock: TravellingClock
) -> None:
    by = scene.world.oncologist

    asked = [scene.ask(by, "one click"), scene.ask(by, "one click")]
    clock.move(timedelta(seconds=119))
    asked.append(scene.ask(by))
    early = len(scene.sent())
    clock.move(A_MOMENT)
    asked.append(scene.ask(by))

    assert [one.what for one in asked] == ["asked", "asked", "asked already", "asked"]
    assert (early, len(scene.sent())) == (1, 2)


def test_two_clicks_at_the_same_moment_bring_one_page(scene: Scene) -> None:
    by = scene.world.oncologist

    together(lambda: scene.ask(by, "a click"), lambda: scene.ask(by, "another"))

    assert len(scene.sent()) == 1


@ON_SQLITE
def test_two_people_have_a_page_each(scene: Scene) -> None:
    scene.ask(scene.world.oncologist)
    scene.ask(scene.world.center_coordinator)

    assert len({one.recipient_id for one in scene.sent()}) == 2


# What is sent, and what is not any more


@ON_SQLITE
def test_the_message_has_the_file_and_the_way_to_the_text(scene: Scene) -> None:
    scene.ask(scene.world.oncologist)

    message = scene.rendered(scene.sent()[0])

    assert isinstance(message, Message)
    code = scene.page().sheet.case.code
    assert message.text.startswith(f"{code}: ")
    assert "emergency" not in message.text.lower()
    assert message.picture == picture(scene.page())
    assert len(message.picture.alt) < 1000
    assert scene.page().sheet.center.phone_24h in message.picture.alt


@ON_SQLITE
def test_whoever_lost_their_part_is_told_nothing_and_nobody_instead(
    scene: Scene,
) -> None:
    by = scene.world.practice_coordinator
    scene.ask(by)
    gone = {"id": by.clinician_id, "active": 0}
    scene.change(lambda uow: uow.people.put("clinician", gone))

    assert scene.rendered(scene.sent()[0]) == Unneeded("no part")


@ON_SQLITE
def test_whoever_moved_to_another_site_is_told_nothing(scene: Scene) -> None:
    by, world = scene.world.practice_coordinator, scene.world
    scene.ask(by)
    other = {"id": "site-other", "key": "other", "name": "Other Practice"}

    def move(uow: Any) -> None:
        row = {
            "workspace_id": world.workspace_id,
            "kind": "practice",
            "phone_24h": "+1 555 0142",
            "zone": "America/New_York",
            "opens": "08:00",
            "closes": "17:00",
            "days": [0, 1],
            "responsible_roles": [],
        }
        uow.people.put("site", row | other)
        uow.people.put("clinician", {"id": by.clinician_id, "site_id": "site-other"})

    scene.change(move)

    assert scene.rendered(scene.sent()[0]) == Unneeded("no part")


@ON_SQLITE
def test_after_a_death_it_is_not_sent_and_what_stands_loses_its_page(
    scene: Scene,
) -> None:
    """A page with a date must go when dates may not be shown any more."""
    scene.ask(scene.world.oncologist)
    [posted] = scene.sent()
    scene.change(lambda uow: uow.cases.change_life(scene.referral.case_id, Life.DIED))

    unsent = scene.rendered(posted)
    anew = scene.rendered(replace(posted, way=Way.UPDATE))

    assert unsent == Unneeded("there is no sheet any more")
    assert isinstance(anew, Message)
    assert anew.picture is None


@ON_SQLITE
def test_when_less_may_be_shown_the_page_is_said_anew(scene: Scene) -> None:
    scene.ask(scene.world.oncologist)
    [posted] = scene.sent()

    perform(scene.store, show_anew, by=Operator("tests"), key="anew")

    with scene.store.read() as reading:
        assert posted.id in _renewed(reading)


def _renewed(reading: Any) -> set[str]:
    claimed = reading.connection.exec_driver_sql(
        "SELECT root_id FROM notice WHERE way = 'update'"
    )
    return set(claimed.scalars())
