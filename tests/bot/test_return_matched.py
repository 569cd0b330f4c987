"""Same patient: both sites say so again before a return is accepted."""

from __future__ import annotations

import pytest

from care.ipass import Direction
from care.matching import How, Occasion
from sandbox import Person
from storage.handoff_records import Handoff
from storage.matching import Match
from tests.beside import Beside
from tests.bot.acting import SAME_PATIENT, Thread, opened_form, submit
from tests.bot.handing import (
    BOOKED,
    CHEN,
    OKAFOR,
    QUESTION,
    RIVERA,
    SENTENCE,
    SEVERITY,
    SUMMARY,
    VISIT,
    WHOM,
    answers_on,
    at_center,
    fill_offer,
    last_told,
    offer,
    open_offer,
    open_read_back,
    press_told,
    responsible,
    say_back,
    take_over,
    turn,
    under_way,
    write,
)

pytestmark = pytest.mark.story

BY_RECORD = "Matched by record"


def last_handoff(beside: Beside, thread: Thread) -> tuple[Handoff, list[Match]]:
    """Return the return of a case, else its one handoff, and what was recorded."""
    with beside.baton.store.read() as reading:
        case = reading.cases.case_by_code(thread.code)
        assert case
        handoffs = reading.handoffs.of([case.id])[case.id]
        # All of it happens at one instant, so that no order tells them apart.
        back = [one for one in handoffs if one.direction is Direction.RETURN]
        (last,) = back or handoffs
        return last, reading.matching.of([last.id])


def recorded(beside: Beside, thread: Thread) -> dict[str, How]:
    """Return who recorded how before the return."""
    last, found = last_handoff(beside, thread)
    assert {one.occasion for one in found} <= {Occasion.RETURN}
    names = {last.sender_id: "sender", last.receiver_id: "receiver"}
    return {names[one.clinician_id]: one.how for one in found}


def offered_back(beside: Beside) -> Thread:
    """Return a case that Dr Rivera has offered back to Dr Chen."""
    thread = at_center(beside)
    offer(thread, beside.cast.rivera, CHEN, action="none")
    return thread


def by_phone(thread: Thread, who: Person) -> None:
    """Record the open handoff as done by phone, from its page."""
    who.click("Hand off", thread.card)
    page = thread.beside.slack.until(
        lambda: who.modal if who.modal and "To be said" in who.modal.text else None
    )
    page.click("Done by phone")
    form = opened_form(thread.beside, who)
    form.fill({QUESTION: SENTENCE, **BOOKED})
    submit(thread.beside, form)


def test_each_site_says_so_before_a_return_is_accepted(on_both: Beside) -> None:
    thread, cast = offered_back(on_both), on_both.cast
    assert recorded(on_both, thread) == {"sender": How.BY_PHONE}

    say_back(thread, cast.chen, BOOKED | {SAME_PATIENT: BY_RECORD})

    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"
    assert recorded(on_both, thread) == {
        "sender": How.BY_PHONE,
        "receiver": How.BY_RECORD,
    }


def test_the_receiver_reads_what_the_center_recorded(beside: Beside) -> None:
    thread, cast = offered_back(beside), beside.cast
    center = "University Center by phone, Dr Ana Rivera"

    told = last_told(thread, cast.chen).rendered
    form = open_read_back(thread, cast.chen)

    for shown in (told, form.text, thread.lines[-1]):
        assert f"Same patient: {center}" in shown
        assert "Lakeside Oncology not yet recorded" in shown


@pytest.mark.parametrize("left_out", [SAME_PATIENT, VISIT])
def test_a_read_back_that_leaves_it_out_moves_nothing(
    beside: Beside, left_out: str
) -> None:
    thread, cast = offered_back(beside), beside.cast
    form = open_read_back(thread, cast.chen)
    said = {label: text for label, text in BOOKED.items() if label != left_out}
    form.fill({QUESTION: SENTENCE, **said})

    refused = form.submit()

    assert refused is not None
    assert left_out in refused.errors
    assert responsible(thread).startswith("Dr Ana Rivera")
    assert recorded(beside, thread) == {"sender": How.BY_PHONE}


def test_the_center_does_not_go_on_before_it_has_said_how(beside: Beside) -> None:
    thread, cast = at_center(beside), beside.cast
    form = open_offer(thread, cast.rivera)
    form.fill({WHOM: CHEN, "Illness severity": SEVERITY, "Patient summary": SUMMARY})
    page = turn(form)
    told = answers_on(page)
    del told[SAME_PATIENT]
    page.fill(told)

    refused = page.submit()

    assert refused is not None
    assert SAME_PATIENT in refused.errors
    refused.fill({SAME_PATIENT: BY_RECORD})
    assert turn(refused).title == "Hand off 3 of 5"


def test_what_was_said_on_a_page_is_there_when_one_comes_back_to_it(
    beside: Beside,
) -> None:
    thread, cast = at_center(beside), beside.cast
    fill_offer(thread, cast.rivera, CHEN).close()

    form = open_offer(thread, cast.rivera)
    page = turn(form)

    assert page.value(SAME_PATIENT) == "Matched by phone"


@pytest.mark.parametrize("to", [OKAFOR, CHEN])
def test_only_a_return_asks(beside: Beside, to: str) -> None:
    """Not who takes the patient at the center, nor a colleague at one's own site."""
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA, action="none")
    assert SAME_PATIENT not in open_read_back(thread, cast.rivera).labels
    last, found = last_handoff(beside, thread)
    assert (last.direction, found) == (Direction.TO_CENTER, [])
    while cast.rivera.modal:
        cast.rivera.modal.close()
    say_back(thread, cast.rivera)

    form = open_offer(thread, cast.rivera)
    form.fill({WHOM: to, "Illness severity": SEVERITY, "Patient summary": SUMMARY})

    assert (SAME_PATIENT in turn(form).labels) == (to == CHEN)


def test_done_by_phone_asks_whoever_records_it_and_the_confirmation_asks_too(
    on_both: Beside,
) -> None:
    thread, cast = offered_back(on_both), on_both.cast
    write(
        thread,
        cast.chen,
        "Done by phone",
        {QUESTION: SENTENCE, **BOOKED, SAME_PATIENT: BY_RECORD},
    )
    assert len(recorded(on_both, thread)) == 2

    cast.rivera.click("It was so", last_told(thread, cast.rivera))
    form = opened_form(on_both, cast.rivera)
    assert "Lakeside Oncology by record, Dr Mei Chen" in form.text
    form.fill({SAME_PATIENT: "Matched by phone"})
    submit(on_both, form)

    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"


def test_a_call_that_the_center_recorded_is_confirmed_by_the_practice(
    beside: Beside,
) -> None:
    thread, cast = offered_back(beside), beside.cast
    by_phone(thread, cast.rivera)
    assert recorded(beside, thread) == {"sender": How.BY_PHONE}

    write(thread, cast.chen, "It was so", {SAME_PATIENT: BY_RECORD})

    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"
    assert len(recorded(beside, thread)) == 2


def test_a_confirmation_that_leaves_it_out_moves_nothing(beside: Beside) -> None:
    thread, cast = offered_back(beside), beside.cast
    by_phone(thread, cast.rivera)

    refused = write(thread, cast.chen, "It was so", {})

    assert refused is not None
    assert SAME_PATIENT in refused.errors
    assert responsible(thread).startswith("Dr Ana Rivera")
    assert len(recorded(beside, thread)) == 1


def test_a_call_to_the_center_is_confirmed_at_once(beside: Beside) -> None:
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA, action="none")
    write(thread, cast.rivera, "Done by phone", {QUESTION: SENTENCE})

    press_told(thread, cast.chen, "It was so")

    assert responsible(thread).startswith("Dr Ana Rivera")
    assert last_handoff(beside, thread)[1] == []


def test_an_emergency_does_not_wait_for_it(beside: Beside) -> None:
    thread, cast = offered_back(beside), beside.cast
    take_over(thread, cast.chen, "Sepsis in our emergency department.")
    assert responsible(thread).startswith("Dr Mei Chen")

    form = open_read_back(thread, cast.chen)

    assert SAME_PATIENT not in form.labels


def test_what_comes_in_twice_is_recorded_once(on_both: Beside) -> None:
    thread, cast = offered_back(on_both), on_both.cast
    on_both.add_replica()
    on_both.slack.faults.duplicate("interactive/view_submission")

    say_back(thread, cast.chen, BOOKED)

    assert len(recorded(on_both, thread)) == 2
    said = [one for one in thread.lines if "Said back." in one]
    assert len(said) == 2  # The handoff to the center was said back before.
