"""The story of a patient who moves to another practice, at three sites."""

from __future__ import annotations

import pytest

from sandbox import Modal, Person
from tests.beside import Beside
from tests.bot.acting import BY_PHONE, SAME_PATIENT, Thread, opened_form
from tests.bot.handing import (
    BOOKED,
    QUESTION,
    SENTENCE,
    SEVERITY,
    SUMMARY,
    VISIT,
    WHOM,
    last_page,
    last_told,
    offer,
    open_read_back,
    responsible,
    say_back,
    turn,
    under_way,
)
from tests.bot.handing import RIVERA as CENTER

pytestmark = pytest.mark.story

MOVES = "Patient moves to another practice"
WHICH = "Which practice"
PRAIRIE, OUTSIDE = "Prairie Cancer Care", "A practice without Baton"
PATEL = "Dr Nina Patel, Prairie Cancer Care"


def test_a_patient_moves_to_another_practice_and_care_goes_on_there(
    beside: Beside,
) -> None:
    thread, cast = under_way(beside), beside.cast
    code = thread.code

    offer_move(thread)

    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"
    assert f"Offered to {PATEL.split(',', maxsplit=1)[0]}" in thread.card.rendered
    told = last_told(thread, cast.patel)
    assert "Move to another practice" in told.rendered
    assert "Ask in thread" not in told.buttons
    assert code not in prairie(beside)

    say_back(thread, cast.patel, BOOKED)

    assert "Care moved from Lakeside Oncology to Prairie Cancer Care" in (
        thread.card.rendered
    )
    assert "Responsible now" not in thread.card.rendered
    assert thread.card.buttons == ("Show the case",)
    assert thread.lines[-1].count("Care moved from Lakeside Oncology") == 1
    there = the_thread_at_prairie(beside)
    assert there.code == code
    assert responsible(there) == PATEL
    assert (
        "Care moved from Lakeside Oncology to Prairie Cancer Care." in (there.lines[-1])
    )
    said = f"Dr Nina Patel has said {code} back and is responsible now."
    for who in (cast.chen, cast.ruiz):
        assert said in last_told(thread, who).rendered
    assert code not in last_told_text(beside, cast.brooks)
    offer(there, cast.patel, CENTER, action="none")
    say_back(there, cast.rivera)
    assert responsible(there) == "Dr Ana Rivera, University Center"
    assert "Rivera" not in thread.card.rendered


def test_it_is_not_accepted_before_code_and_patient_are_matched(
    beside: Beside,
) -> None:
    thread, cast = under_way(beside), beside.cast
    offer_move(thread)
    form = open_read_back(thread, cast.patel)
    form.fill({QUESTION: SENTENCE, VISIT: "Not yet", SAME_PATIENT: BY_PHONE})

    refused = form.submit()

    assert refused is not None
    assert "Until then Dr Mei Chen is responsible" in refused.errors[VISIT]
    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"


def test_a_practice_without_baton_leads_to_the_center_first(beside: Beside) -> None:
    thread, cast = under_way(beside), beside.cast
    form = open_move(thread)
    form.fill({WHICH: OUTSIDE})

    after = form.submit()

    assert after is not None
    assert "hand" in after.text
    assert "over to University Center first" in after.text
    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"
    after.click("Hand off")
    assert WHOM in opened_form(beside, cast.chen).labels


def open_move(thread: Thread) -> Modal:
    """Open the form from the case's page as Dr Chen, who is responsible."""
    chen = thread.beside.cast.chen
    case = chen.command(f"/baton case {thread.code}").message
    assert case is not None
    chen.click(MOVES, case)
    return opened_form(thread.beside, chen)


def offer_move(thread: Thread) -> None:
    """Offer the case to Dr Patel at Prairie Cancer Care, from the case's page."""
    form = open_move(thread)
    form.fill({WHICH: PRAIRIE})
    form = turn(form)
    form.fill({WHOM: PATEL, "Illness severity": SEVERITY, "Patient summary": SUMMARY})
    form = turn(form)
    form.fill(last_page("none", PATEL) | {SAME_PATIENT: BY_PHONE})
    after = form.submit()
    assert after is None, after.errors or after.text
    thread.beside.settle()


def prairie(beside: Beside) -> str:
    """Return all that stands in the channel of Prairie Cancer Care."""
    posts = beside.cast.lee.channel(beside.cast.prairie)
    return "\n".join(one.rendered for one in posts)


def the_thread_at_prairie(beside: Beside) -> Thread:
    """Return the thread that was begun there last."""
    cards = [one for one in beside.cast.lee.channel(beside.cast.prairie) if one.by_bot]
    return Thread(beside, beside.cast.prairie, cards[-1].ts)


def last_told_text(beside: Beside, who: Person) -> str:
    """Return the last that somebody was told, if anything was."""
    said = who.dm()
    return said[-1].rendered if said else ""
