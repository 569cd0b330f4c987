"""A death in the middle of everything: nobody is asked for anything any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from bot.rendering import Rendering
from sandbox import Person
from scheduler.ports import Unneeded
from storage.records import Way
from storage.tables import notice
from tests.beside import Beside
from tests.bot.acting import Thread, newest, opened_form, opened_page, press_pinned
from tests.bot.acting import submit as send
from tests.bot.concerning import CALLING, TELL, Raised
from tests.bot.conftest import Start
from tests.bot.covering import WEEKEND, ask_cover, osei_of, press, with_osei
from tests.bot.handing import RIVERA, offer
from tests.bot.journeying import SAME, Travel, under_way
from tests.bot.telling import Told, Watch, told_until, watches
from tests.bot.test_bridging import ask_bridging
from tests.bot.test_ready_list import block, ready_list
from tests.conftest import BOTH, T0

pytestmark = pytest.mark.story

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FRIDAY = date(2026, 11, 27)
ENDED = "Nothing more is asked of anybody"
TAKEN_AWAY = "It was not so: take it away"
REPORT = "it: registry report is still to be done."
ABOUT = "60-69 · 2 prior lines · lenalidomide-refractory · ECOG 1"
MORE = "And a second opinion on bridging?"


BRIDGING = "it: the request for bridging waits for Lakeside Oncology's answer."
BROUGHT_UP = "handoff brought up"
HANDOFF = "it still waits for a read-back from"
ASKED_AGAIN = {
    ("Dr Mei Chen", BRIDGING),
    ("Sam Brooks", BRIDGING),
    ("Dr Ana Rivera", f"{HANDOFF} you."),
    ("Sam Brooks", f"{HANDOFF} Dr Ana Rivera."),
    ("Ana Ruiz", f"{HANDOFF} Dr Ana Rivera."),
    ("Ana Ruiz", "it still waits for @Dr Ben Okafor."),
    (
        "Ana Ruiz",
        "it: lodging and transport still stands before a barrier, due Fri 27 Nov.",
    ),
}
"""What is open of the handoff, the bridging, the ready list, and the question."""


@pytest.fixture(params=BOTH)
def both_with_osei(request: pytest.FixtureRequest, start: Start) -> Beside:
    """Return a Baton whose practice has a second oncologist, on both databases."""
    make: Callable[..., str] = request.getfixturevalue(f"new_{request.param}")
    return start(make(), setup=with_osei)


@dataclass(frozen=True)
class Everything:
    """One patient of whom everything is open at once."""

    beside: Beside
    travel: Travel
    second: Thread
    raised: Raised

    @property
    def watched(self) -> list[Watch]:
        """Everybody who could be told something."""
        osei = osei_of(self.beside.slack)
        return watches(self.beside, osei)

    def pass_days(self, days: float) -> list[Told]:
        """Let days pass, and return what everybody was told meanwhile."""
        until = self.beside.clock.now() + days * DAY
        return told_until(self.beside, until, self.watched)

    def dies(self, who: Person) -> None:
        """Record the death."""
        self.travel.record(who, "Death", fields={SAME: "yes"})


def everything_open(beside: Beside) -> Everything:
    """Open an offer, a cover, a concern, bridging, a barrier and a second referral."""
    cast = beside.cast
    travel = under_way(beside)
    thread = travel.thread
    travel.record(cast.ruiz, "Apheresis", "Happened")
    assert ask_bridging(travel) is None
    ready_list(travel, cast.ruiz)
    block(travel, cast.ruiz, FRIDAY)
    cast.ruiz.modals[-1].close(all_at_once=True)
    second = ask_again(beside, thread)
    osei = osei_of(beside.slack)
    mine = f"{thread.code} · {ABOUT}"
    ask_cover(beside, cast.chen, osei, ends=WEEKEND, case=mine)
    press(beside, osei, "Take it")
    offer(thread, cast.chen, RIVERA)
    second.reply(cast.rivera, "Looking at this after clinic.")
    return Everything(beside, travel, second, raise_concern(beside, thread))


def raise_concern(beside: Beside, thread: Thread) -> Raised:
    """Raise an urgent concern as the practice's coordinator, from the card."""
    brooks = beside.cast.brooks
    brooks.click("Urgent concern", thread.card)
    opened_page(beside, brooks, "Call first").click(TELL)
    beside.settle()
    opened_page(beside, brooks, "is told").close(all_at_once=True)
    return Raised(beside, thread, brooks)


def ask_again(beside: Beside, first: Thread) -> Thread:
    """Ask for advice about the same patient, in a thread of its own."""
    cast = beside.cast
    press_pinned(cast.chen, cast.lakeside)
    form = opened_form(beside, cast.chen)
    form.fill({"Your question": MORE, "Patient": f"{first.code} · {ABOUT}"})
    beside.slack.until(lambda: "Age band" not in form.labels)
    send(beside, form)
    return newest(beside, cast.lakeside)


def test_a_death_in_the_middle_of_everything_leaves_one_task(
    both_with_osei: Beside,
) -> None:
    beside, cast = both_with_osei, both_with_osei.cast
    all_of_it = everything_open(beside)

    all_of_it.dies(cast.chen)

    assert ENDED in all_of_it.travel.card.rendered
    assert ENDED in all_of_it.second.card.rendered
    assert "answer by" not in all_of_it.second.card.rendered
    said = all_of_it.pass_days(60)
    assert {(one.who, one.what) for one in said} == {("Ana Ruiz", REPORT)}
    assert not all_of_it.raised.asked(cast.rivera)
    assert "Nothing waits on you." in cast.rivera.command("/baton").rendered


@pytest.mark.again
def test_a_death_that_was_none_is_taken_back_and_all_is_asked_again(
    both_with_osei: Beside,
) -> None:
    """Sixty days later; each hears of what they had to do, and nobody of the report."""
    beside, cast = both_with_osei, both_with_osei.cast
    all_of_it = everything_open(beside)
    all_of_it.dies(cast.chen)
    all_of_it.pass_days(60)

    all_of_it.travel.correct(cast.chen, "Death", TAKEN_AWAY, "Another patient.")

    assert "Next: release of the product" in all_of_it.travel.card.rendered
    assert "Waiting for University Center" in all_of_it.second.card.rendered
    all_of_it.pass_days(1 / 1440)
    all_of_it.raised.press(cast.okafor, CALLING)
    said = {(one.who, one.what) for one in all_of_it.pass_days(8)}
    assert said >= ASKED_AGAIN
    assert ("Ana Ruiz", REPORT) not in said
    # A cover of this patient alone was closed at its end, long before.
    assert "Dr Omar Osei" not in {one.who for one in all_of_it.pass_days(1)}


def test_what_waited_to_be_said_at_a_death_is_not_said(beside: Beside) -> None:
    """Slack takes nothing for a moment, in which a reminder falls due and he dies."""
    travel, cast = under_way(beside), beside.cast
    offer(travel.thread, cast.chen, RIVERA)
    form = travel.fill(cast.chen, "Death", "", {SAME: "yes"})
    before = len(travel.thread.told(cast.rivera))
    beside.slack.faults.limit("chat.postMessage", 1, times=None)
    beside.clock.move(5 * HOUR)
    beside.baton.reminders.handle_all()
    assert BROUGHT_UP in waiting_to_be_said(beside)

    assert form.submit() is None
    beside.slack.faults.clear()
    beside.settle(20)

    said = [one.rendered for one in travel.thread.told(cast.rivera)[before:]]
    assert len(said) == 1
    assert "death recorded" in said[0]


def test_a_reminder_that_was_on_its_way_at_a_death_is_left_unsaid(
    beside: Beside,
) -> None:
    """As when Slack had given it back: what is to be said is looked at once more."""
    travel, cast = under_way(beside), beside.cast
    offer(travel.thread, cast.chen, RIVERA)
    beside.move_clock(5 * HOUR)
    travel.record(cast.chen, "Death", fields={SAME: "yes"})

    with beside.baton.store.read() as reading:
        rows = reading.connection.execute(notice.select()).all()
        (brought_up,) = (
            one.id for one in rows if one.view == BROUGHT_UP and one.way == Way.POST
        )
        again = reading.notices.notice(brought_up)
        assert again
        said = Rendering()(reading=reading, notice=again)

    assert said == Unneeded("the patient has died")


def test_a_death_taken_back_at_once_leaves_every_reminder_as_it_was(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    offer(travel.thread, cast.chen, RIVERA)
    travel.record(cast.ruiz, "Death", fields={SAME: "yes"})

    travel.correct(cast.ruiz, "Death", TAKEN_AWAY, "Another patient.")

    said = told_until(beside, T0 + DAY, watches(beside))
    assert [(one.at, one.who) for one in said if "read-back" in one.what] == [
        ("Tue 14:30", "Dr Ana Rivera"),
        ("Wed 09:00", "Sam Brooks"),
        ("Wed 10:00", "Dr Ana Rivera"),
        ("Wed 10:00", "Ana Ruiz"),
    ]


def waiting_to_be_said(beside: Beside) -> list[str]:
    """Return the views of what waits to be said to somebody."""
    with beside.baton.store.read() as reading:
        rows = reading.connection.execute(notice.select()).all()
    return [one.view for one in rows if one.state in {"pending", "sending"}]
