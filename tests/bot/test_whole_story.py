"""One patient's way from the referral to the return, played by four people.

Every step is pressed, written and read in a Slack workspace; what is kept is looked at
only in the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import pytest

from care.handoff import How
from care.ipass import RETURN_FIELDS
from sandbox import Person
from storage.audit import verify
from storage.responsibility import Tenure
from tests.beside import Beside
from tests.bot.acting import EVALUATION, Thread, ask, opened_form, opened_page, submit
from tests.bot.handing import (
    ACTION,
    BOOKED,
    CHEN,
    CONTINGENCY,
    RIVERA,
    SENTENCE,
    fill_offer,
    offer,
    press_told,
    responsible,
    say_back,
    told_of,
)
from tests.bot.journeying import SAME, Travel
from tests.bot.telling import EASTERN, Told, told_until, watches
from tests.conftest import T0

pytestmark = pytest.mark.story

AHEAD, AGO = "In how many days?", "How many days ago? (0 is today)"
CARVYKTI = "Carvykti (cilta-cel)"
CANDIDATE = {
    "Product": CARVYKTI,
    "What not to give meanwhile": "No bendamustine before cells are collected.",
}
REGIMEN = "Daratumumab and dexamethasone, weekly."
BRIDGING = {
    "Regimen": REGIMEN,
    "What not to give": "none",
    "Last day before lymphodepletion: in how many days?": "14",
    "Labs, and where results go": "CBC weekly, to the center's coordinator.",
    "Whom to call": "The specialist on duty.",
}
NO_ROOM = {
    "What stands in the way": "No room near the center yet.",
    "Who sees to it": "Sam Brooks",
    "By which day": "2026-12-01",
}
BY_THEN = "2027-01-21"
CHANGED = "Once a week is what we can do"
LINE = f"1. {ACTION} (Dr Mei Chen, by Thu 21 Jan)"


def at(text: str) -> datetime:
    """Return an instant of the center's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


@dataclass(frozen=True)
class Story:
    """One patient's way, and the four people who go it."""

    beside: Beside
    travel: Travel

    @property
    def thread(self) -> Thread:
        """The thread in which it is told."""
        return self.travel.thread

    @property
    def card(self) -> str:
        """What the card says now."""
        return self.thread.card.rendered

    def last(self, who: Person) -> str:
        """Return what somebody was told last of this patient."""
        return self.thread.told(who)[-1].rendered

    def pass_to(self, instant: datetime) -> list[Told]:
        """Let time pass, and return what everybody was told on the way."""
        return told_until(self.beside, instant, watches(self.beside))

    def record(
        self,
        who: Person,
        step: str,
        result: str,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Record a step, and see it said in the thread."""
        before = len(self.thread.lines)
        self.travel.record(who, step, result, fields)
        assert len(self.thread.lines) > before
        assert f"{who.name} recorded: {step.lower()}" in self.thread.lines[before]

    def tenures(self) -> list[Tenure]:
        """Return who was and is responsible, as it is kept."""
        with self.beside.baton.store.read() as reading:
            case = reading.cases.case_by_code(self.thread.code)
            assert case
            return reading.responsibility.of([case.id])[case.id]

    def entries(self) -> int:
        """Return how many entries the audit chain has; it holds."""
        workspace = self.beside.slack.host.id
        with self.beside.baton.store.read() as reading:
            return verify(reading.connection, workspace)


def referred(beside: Beside) -> Story:
    """Refer for evaluation, matched, and have it taken by the center, matched."""
    cast = beside.cast
    thread = ask(beside, cast.chen, kind=EVALUATION)
    assert "Waiting for University Center · answer by" in thread.card.rendered
    assert thread.told(cast.rivera)[-1].buttons[0] == "Take it"

    thread.take(cast.rivera)

    assert f"Dr Ana Rivera took {thread.code}" in thread.told(cast.chen)[-1].rendered
    return Story(beside, Travel(beside, thread))


def to_the_slot(story: Story) -> None:
    """Reach the patient, hold the consult, decide, have it paid for, get a slot."""
    cast = story.beside.cast
    assert "Next: contact with the patient, with Ana Ruiz" in story.card
    reached = {"Who reached out": "The center"}
    story.record(cast.ruiz, "Contact with the patient", "Reached", fields=reached)
    story.record(cast.ruiz, "Consult", "Booked", fields={AHEAD: "0"})
    story.record(cast.ruiz, "Consult", "Held", fields={AGO: "0"})
    assert "Next: decision, with Dr Ana Rivera" in story.card
    story.record(cast.rivera, "Decision", "Candidate", fields=CANDIDATE)
    assert "No bendamustine before cells are collected." in story.last(cast.chen)
    story.record(cast.ruiz, "Authorization", "Submitted")
    assert "Next: the payer's answer" in story.card
    story.record(cast.ruiz, "Authorization", "Granted")
    slot = {"Product": CARVYKTI, SAME: "yes"}
    story.record(cast.ruiz, "Apheresis slot", "Assigned", fields=slot)
    story.record(cast.ruiz, "Apheresis", "Planned", fields={AHEAD: "13"})
    assert responsible(story.thread) == CHEN


def get_partly_ready(story: Story) -> None:
    """Tick one item of the ready list, and lift a barrier before another."""
    beside, cast = story.beside, story.beside.cast
    story.travel.page(cast.ruiz).click("Ready list")
    page = opened_page(beside, cast.ruiz, "Ready: 0 of 8")
    page.click("Done", near="Records received")
    opened_page(beside, cast.ruiz, "Ready: 1 of 8").click(
        "Barrier", near="Lodging and transport"
    )
    form = story.travel.shown(cast.ruiz, lambda one: "Who sees to it" in one.labels)
    form.fill(NO_ROOM)
    after = form.submit()
    assert after is not None
    assert not after.errors
    beside.settle()
    assert "No room near the center yet." in story.last(cast.brooks)

    press_told(story.thread, cast.brooks, "Done")

    assert "lodging and transport: done." in story.last(cast.brooks)
    assert "Ready: 2 of 8" in story.travel.page(cast.chen).text


def bridge(story: Story) -> None:
    """The center asks for bridging; the practice accepts, starts and stops it."""
    beside, cast = story.beside, story.beside.cast
    story.travel.page(cast.rivera).click("Ask for bridging")
    form = story.travel.shown(cast.rivera, lambda one: one.submit_label == "Ask")
    form.fill(BRIDGING)
    submit(beside, form)
    assert f"> {REGIMEN}" in story.last(cast.chen)
    assert REGIMEN not in story.card

    press_told(story.thread, cast.chen, "Accept")
    assert "accepted by Lakeside Oncology (Dr Mei Chen)" in story.last(cast.rivera)
    cast.chen.click("Record the start", story.thread.told(cast.chen)[-1])
    form = opened_form(beside, cast.chen)
    form.fill({AGO: "0"})
    submit(beside, form)
    assert "bridging: started." in story.last(cast.rivera)

    story.pass_to(at("2026-12-21 10:00"))
    story.record(cast.brooks, "Bridging", "Stopped, last dose given", fields={AGO: "1"})
    assert "bridging: stopped" in story.last(cast.rivera)
    assert responsible(story.thread) == CHEN


def hand_to_the_center(story: Story) -> None:
    """Lymphodepletion is planned, so the practice is asked to hand over; it does."""
    beside, cast = story.beside, story.beside.cast
    story.record(cast.ruiz, "Release of the product", "In specification")
    story.record(cast.ruiz, "Lymphodepletion", "Planned", fields={AHEAD: "9"})
    asked = "University Center takes over at lymphodepletion"
    beside.slack.until(lambda: asked in story.last(cast.chen))
    beside.slack.until(lambda: asked in story.last(cast.brooks))
    beside.settle()

    offer(story.thread, cast.chen, RIVERA, action="none")

    assert "Offered to Dr Ana Rivera" in story.card
    assert responsible(story.thread) == CHEN
    say_back(story.thread, cast.rivera)
    assert responsible(story.thread) == RIVERA
    assert f"> {SENTENCE}" in story.last(cast.chen)
    assert not [one for one in story.thread.told(cast.chen) if asked in one.rendered]


def infuse(story: Story) -> None:
    """Lymphodepletion begins, and the product is given: day 0."""
    cast = story.beside.cast
    story.pass_to(at("2026-12-30 10:00"))
    story.record(cast.ruiz, "Lymphodepletion", "Started")
    story.pass_to(at("2027-01-04 10:00"))
    given = {"Product": CARVYKTI, SAME: "yes"}

    story.record(cast.rivera, "Infusion", "Given", fields=given)

    assert "Dr Ana Rivera recorded: infusion given" in story.last(cast.chen)
    assert "Next: discharge from center care" in story.card
    story.record(
        cast.ruiz, "Discharge from center care", "Planned", fields={AHEAD: "15"}
    )


def come_home(story: Story) -> None:
    """The return is asked for three working days before; it is offered and said back.

    Discharge is on Tuesday 19 January, the day after a holiday.
    """
    beside, cast = story.beside, story.beside.cast
    owed = "it: no return handoff is offered yet."
    told = story.pass_to(at("2027-01-13 12:00"))
    assert [(one.at, one.who) for one in told if owed in one.what] == [
        ("Wed 08:00", "Dr Ana Rivera"),
        ("Wed 08:00", "Ana Ruiz"),
    ]

    form = fill_offer(story.thread, cast.rivera, CHEN, action="none")
    form.fill({"Action 1": ACTION, "By whom": CHEN, "By when": BY_THEN})
    submit(beside, form)

    offered = story.last(cast.chen)
    for one in RETURN_FIELDS:
        assert f"{one.label}: {told_of(one.label)}" in offered
    assert CONTINGENCY in offered
    assert responsible(story.thread) == RIVERA
    changed = {LINE: "Changed", "How it changes, or why not you": CHANGED}

    say_back(story.thread, cast.chen, BOOKED | changed)

    assert responsible(story.thread) == CHEN
    assert "Next: follow-up at home, with Dr Mei Chen" in story.card
    told_back = story.last(cast.rivera)
    assert f"taken on as changed: {CHANGED}" in told_back
    assert f"> {SENTENCE}" in told_back


def do_what_was_taken_on(story: Story) -> None:
    """The patient leaves the center, and what was changed is brought up and done."""
    cast = story.beside.cast
    told = story.pass_to(at("2027-01-19 12:00"))
    assert not [one for one in told if "handoff" in one.what]
    story.record(cast.ruiz, "Discharge from center care", "Happened")
    assert "discharge from center care" in story.last(cast.chen)
    assert "Next: follow-up at home, with Dr Mei Chen" in story.card
    told = story.pass_to(at("2027-01-21 12:00"))
    to_do = [one for one in told if "from the handoff, to do" in one.what]
    assert [(one.at, one.who) for one in to_do] == [("Thu 08:00", "Dr Mei Chen")]
    assert CHANGED in story.last(cast.chen)

    press_told(story.thread, cast.chen, "Done")

    assert "· done" in story.last(cast.chen)
    told = story.pass_to(at("2027-02-20 12:00"))
    assert not [one for one in told if "to do" in one.what]


def test_referral_to_return_with_four_people_and_a_bridging_request(
    on_both: Beside,
) -> None:
    story = referred(on_both)

    to_the_slot(story)
    get_partly_ready(story)
    story.pass_to(at("2026-12-07 10:00"))
    story.record(on_both.cast.ruiz, "Apheresis", "Happened")
    bridge(story)
    hand_to_the_center(story)
    infuse(story)
    come_home(story)
    do_what_was_taken_on(story)

    tenures = story.tenures()
    assert [one.how for one in tenures] == [How.CREATED, How.READ_BACK, How.READ_BACK]
    assert tenures[0].since == T0
    assert tenures[-1].until is None
    assert all(before.until == after.since for before, after in pairwise(tenures))
    first, second, third = (one.clinician_id for one in tenures)
    assert first == third != second
    assert story.entries() > 30
