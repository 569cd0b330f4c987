"""Checks as people do them in Slack: with a tap, in a form, on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.actions.item_telling import RESULT_LINE
from care.item import State
from care.people import Role
from sandbox import Message, Modal, Person
from storage.actors import Person as Actor
from storage.unit import Reading
from tests.beside import Beside
from tests.bot.acting import opened_form, opened_page
from tests.bot.after_infusion import sign, use_protocol
from tests.bot.journeying import SAME, Travel, under_way
from tests.bot.planning_store import CBC, IGG, PJP, RESPONSE, a_row
from tests.world import OPERATOR, World

pytestmark = pytest.mark.story

HOME = dict.fromkeys(("orders", "draws", "reviews", "acts"), "whoever is responsible")
ROWS = (
    CBC.model_copy(update={"again": ()}),
    IGG,
    RESPONSE,
    PJP,
    a_row("cd4", "CD4 count", answers=["CD4"]),
)
INFUSED = {"Product": "Carvykti (cilta-cel)", SAME: "yes"}
MONDAY = datetime(2026, 12, 21, 15, tzinfo=UTC)
"""Day +27, 09:00 at the practice: the month-1 checks opened on Saturday."""


@dataclass(frozen=True)
class AtMonth1:
    """A patient whose month-1 checks are open, at a practice's coordinator."""

    beside: Beside
    travel: Travel

    @property
    def sam(self) -> Person:
        """The coordinator of the practice, who does the checks."""
        return self.beside.cast.brooks

    def due(self, who: Person) -> Modal:
        """Open what is due of somebody."""
        while who.modal:
            who.modal.close()
        who.command("/baton due")
        return opened_page(self.beside, who, self.travel.thread.code)

    def digest(self) -> Message:
        """Return the coordinator's morning digest, as it stands now."""
        found = [one for one in self.sam.dm() if "All done" in one.buttons]
        return found[-1]


def world_of(reading: Reading) -> World:
    """Return the sites and the specialist of the sandbox's setup."""
    (space,) = reading.people.workspaces()
    sites = {one.name: one for one in reading.people.sites(space.id)}
    center, practice = sites["University Center"], sites["Lakeside Oncology"]
    specialist = reading.people.staff(center.id, Role.SPECIALIST)[0]
    actor = Actor(specialist.id, center.id, specialist.role, specialist.name, "T", "U")
    people: dict[str, Any] = dict.fromkeys(
        (
            "oncologist",
            "practice_coordinator",
            "first_specialist",
            "second_specialist",
            "center_coordinator",
            "administrator",
        ),
        actor,
    )
    return World(space.id, practice.id, center.id, "", "", **people)


@pytest.fixture
def month_1(beside: Beside) -> AtMonth1:
    """Return a patient at month 1 whose center signed five rows."""
    return at_month_1(beside)


def at_month_1(beside: Beside) -> AtMonth1:
    """Bring a patient to month 1 whose center signed five rows."""
    with beside.baton.store.act(OPERATOR) as unit:
        world = world_of(unit)
        use_protocol(unit, world, ROWS)
        sign(unit, world, ROWS)
        unit.audit(world.workspace_id, "rows signed", world.center_id)
    travel = under_way(beside)
    travel.record(beside.cast.ruiz, "Infusion", "Given", INFUSED)
    beside.set_clock(MONDAY)
    return AtMonth1(beside, travel)


def test_a_visit_is_done_with_a_tap_and_taken_back_with_another(
    month_1: AtMonth1,
) -> None:
    """The digest that lists it stays true after each."""
    beside, sam = month_1.beside, month_1.sam
    code = month_1.travel.thread.code
    listed = month_1.digest().rendered
    assert "Month-1 visit: " in listed
    assert "PJP prophylaxis" not in listed.split("Month-1 visit: ")[1].split("·")[0]

    sam.click("All done", month_1.digest())
    beside.settle()

    said = sam.private[-1]
    assert f"{code}: CBC, CD4 count, IgG, Response recorded as done." in said.rendered
    assert [one for one in sam.dm() if "Since this morning" in one.rendered]
    sam.click("Undo", said)
    beside.settle()
    assert "All done" in month_1.digest().buttons
    assert "as before" in sam.private[-1].rendered


def test_all_but_what_is_unticked_is_done(month_1: AtMonth1) -> None:
    beside, sam = month_1.beside, month_1.sam
    sam.click("All but …", month_1.digest())
    form = opened_form(beside, sam)

    form.fill({"What was done?": ["CBC", "IgG"]})
    page = form.submit()
    beside.settle()

    assert page is not None
    assert "CBC, IgG recorded as done" in page.text
    left = month_1.due(sam)
    assert "CD4 count, Response" in left.text


def test_a_value_is_kept_and_nobody_is_told_until_somebody_asks(
    month_1: AtMonth1,
) -> None:
    """The form shows the same citation, and the line in the thread no value."""
    beside, chen = month_1.beside, month_1.beside.cast.chen
    sam = month_1.sam
    sam.click("Each by itself", month_1.digest())
    visit = opened_page(beside, sam, "CD4 count")
    visit.click("More", near="Month-1 visit")
    page = opened_page(beside, sam, "Growth factor is considered")
    assert "Signed by" in page.text
    page.click("With day or value")
    form = opened_form(beside, sam)
    assert "Growth factor is considered" in form.text
    before = len(month_1.travel.thread.lines), len(chen.dm())

    form.fill({"ANC, platelets": "ANC 0.2", "How many days ago?": "1"})
    after = form.submit()
    beside.settle()

    assert after is not None
    assert "Recorded. Nobody was told." in after.text
    assert "+1 555 0199" in after.text
    assert (len(month_1.travel.thread.lines), len(chen.dm())) == before
    after.click("Tell the center")
    beside.settle()
    line = month_1.travel.thread.lines[-1]
    assert "asks you to look at a result" in line
    assert "0.2" not in line
    assert RESULT_LINE not in line


def test_a_precaution_is_looked_at_by_a_clinician_and_goes_on(
    month_1: AtMonth1,
) -> None:
    beside, chen, sam = month_1.beside, month_1.beside.cast.chen, month_1.sam
    month_1.due(sam).click("Look at it", near="PJP")
    looked = opened_page(beside, sam, "6 months have passed")
    assert "It goes on" not in looked.buttons
    looked.click("Give it to somebody")
    form = opened_form(beside, sam)
    form.fill({"To whom?": "Dr Mei Chen"})
    form.submit()
    beside.settle()
    month_1.due(chen).click("Look at it", near="PJP")
    opened_page(beside, chen, "6 months have passed").click("It goes on")
    form = opened_form(beside, chen)

    form.fill({"Look at it again": "In 3 months"})
    form.submit()
    beside.settle()

    page = chen.modal
    assert page is not None
    assert "recorded as done" in page.text
    with beside.baton.store.read() as reading:
        case = reading.cases.case_by_code(month_1.travel.thread.code)
        assert case is not None
        (look,) = reading.items.of_cases([case.id], {State.UPCOMING})
    assert (look.row_id, look.window.target.month, look.fixed) == ("pjp", 3, True)
