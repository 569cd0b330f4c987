"""The story of a handoff: offered, read back, corrected; and who is responsible."""

from __future__ import annotations

import pytest

from care.ipass import RETURN_FIELDS
from tests.beside import Beside
from tests.bot.acting import opened_form, opened_page
from tests.bot.handing import (
    ACTION,
    BOOKED,
    CHEN,
    CONTINGENCY,
    DAY,
    PAGES_OF_RETURN,
    QUESTION,
    RIVERA,
    SENTENCE,
    SEVERITY,
    SUMMARY,
    VISIT,
    WHOM,
    at_center,
    fill_offer,
    last_told,
    line_label,
    offer,
    open_offer,
    open_read_back,
    press_told,
    responsible,
    say_back,
    told_of,
    turn,
    under_way,
    write,
)

pytestmark = pytest.mark.story


def test_an_offer_shows_its_five_parts_and_who_is_responsible_meanwhile(
    on_both: Beside,
) -> None:
    thread, cast = under_way(on_both), on_both.cast

    offer(thread, cast.chen, RIVERA)

    card = thread.card.rendered
    assert "Offered to Dr Ana Rivera" in card
    assert "Dr Mei Chen is responsible until it is accepted." in card
    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"
    told = last_told(thread, cast.rivera)
    for words in (SEVERITY, SUMMARY, ACTION, CONTINGENCY, "To be said back by"):
        assert words in told.rendered
        assert words in thread.lines[-1]
    assert "+1 555 0199 (University Center, 24 hours)" in told.rendered.splitlines()[0]
    assert told.buttons[:3] == ("Read back", "Done by phone", "Decline")


def test_the_read_back_moves_responsibility_and_shows_the_sender_what_was_said(
    on_both: Beside,
) -> None:
    thread, cast = under_way(on_both), on_both.cast
    offer(thread, cast.chen, RIVERA)

    say_back(thread, cast.rivera, {line_label(RIVERA): "I take it"})

    assert responsible(thread) == "Dr Ana Rivera, University Center"
    assert "Offered" not in thread.card.rendered
    told = last_told(thread, cast.chen)
    assert "Dr Ana Rivera has said" in told.rendered
    assert f"> {SENTENCE}" in told.rendered
    assert "Correct a point" in told.buttons
    assert "Said back. Accepted by Dr Ana Rivera" in thread.lines[-1]


def test_a_return_says_every_field_that_the_practice_needs(on_both: Beside) -> None:
    thread, cast = at_center(on_both), on_both.cast

    offer(thread, cast.rivera, CHEN)

    told = last_told(thread, cast.chen).rendered
    assert "Return handoff" in told
    for one in RETURN_FIELDS:
        assert f"{one.label}: {told_of(one.label)}" in told
    assert responsible(thread) == "Dr Ana Rivera, University Center"


def test_the_thread_tells_of_a_return_in_short_with_all_of_it_a_tap_away(
    beside: Beside,
) -> None:
    thread, cast = at_center(beside), beside.cast

    offer(thread, cast.rivera, CHEN)
    said = cast.brooks.thread(thread.card)
    [told] = [one for one in said if "Read it" in one.buttons]
    cast.brooks.click("Read it", told)
    page = opened_page(beside, cast.brooks, "Return handoff")

    assert f"{len(RETURN_FIELDS)} points." in told.rendered
    assert CONTINGENCY in told.rendered
    assert SUMMARY in told.rendered
    for one in RETURN_FIELDS:
        assert told_of(one.label) not in told.rendered
        assert told_of(one.label) in page.text


def test_a_return_is_not_accepted_before_the_first_visit_is_booked(
    beside: Beside,
) -> None:
    thread, cast = at_center(beside), beside.cast
    offer(thread, cast.rivera, CHEN, action="none")
    form = open_read_back(thread, cast.chen)
    form.fill({QUESTION: SENTENCE, **BOOKED, VISIT: "Not yet"})

    refused = form.submit()

    assert refused is not None
    assert "Book the first visit at your practice" in refused.errors[VISIT]
    assert responsible(thread).startswith("Dr Ana Rivera")
    refused.close()
    again = open_read_back(thread, cast.chen)
    assert again.value(QUESTION) == SENTENCE
    again.fill(BOOKED)
    assert again.submit() is None
    beside.settle()
    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"


def test_a_changed_action_and_another_severity_are_what_the_sender_sees(
    on_both: Beside,
) -> None:
    thread, cast = at_center(on_both), on_both.cast
    offer(thread, cast.rivera, CHEN)
    changed = {
        line_label(CHEN): "Changed",
        "How it changes, or why not you": "Once a week is what we can do",
        "Illness severity, as you understand it": "Fragile",
    }

    say_back(thread, cast.chen, BOOKED | changed)

    told = last_told(thread, cast.rivera).rendered
    assert "taken on as changed: Once a week is what we can do" in told
    assert "Severity:\n> Fragile" in told
    to_do = last_told(thread, cast.chen)
    assert "Done" in to_do.buttons
    press_told(thread, cast.chen, "Done")
    assert "· done" in last_told(thread, cast.chen).rendered


def test_a_refused_action_needs_a_reason_and_is_nobodys_to_do(beside: Beside) -> None:
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA)
    form = open_read_back(thread, cast.rivera)
    form.fill({QUESTION: SENTENCE, line_label(RIVERA): "Not me"})

    refused = form.submit()

    assert refused is not None
    why = "How it changes, or why not you"
    assert refused.errors == {why: "Say how it is changed, or why not you."}
    refused.fill({why: "The practice draws these"})
    assert refused.submit() is None
    beside.settle()
    told = last_told(thread, cast.chen).rendered
    assert "not taken on: The practice draws these" in told
    assert not [one for one in thread.told(cast.rivera) if "Done" in one.buttons]


def test_a_correction_reopens_the_point_until_it_is_read_back_again(
    on_both: Beside,
) -> None:
    thread, cast = under_way(on_both), on_both.cast
    offer(thread, cast.chen, RIVERA)
    say_back(thread, cast.rivera, {line_label(RIVERA): "I take it"})
    right = "Check counts every day"

    write(
        thread,
        cast.chen,
        "Correct a point",
        {"Which point": f"Action 1: {ACTION}", "What it should be": right},
    )

    told = last_told(thread, cast.rivera)
    assert "corrects action 1" in told.rendered
    assert f"> {right}" in told.rendered
    assert responsible(thread) == "Dr Ana Rivera, University Center"
    form = open_read_back(thread, cast.rivera, "Read back again")
    form.fill({QUESTION: "Counts falling", line_label(RIVERA, right): "I take it"})
    assert form.submit() is None
    on_both.settle()
    assert "> Counts falling" in last_told(thread, cast.chen).rendered
    assert right in last_told(thread, cast.rivera).rendered


def test_declining_says_why_and_what_instead_and_moves_nothing(
    on_both: Beside,
) -> None:
    thread, cast = under_way(on_both), on_both.cast
    offer(thread, cast.chen, RIVERA)
    why, instead = "I leave for two weeks.", "Dr Okafor takes him gladly."

    write(
        thread,
        cast.rivera,
        "Decline",
        {"Why not": why, "What do you propose instead?": instead},
    )

    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"
    assert "Offered" not in thread.card.rendered
    told = last_told(thread, cast.chen).rendered
    assert f"Why:\n> {why}" in told
    assert f"Instead:\n> {instead}" in told


def test_withdrawing_takes_the_buttons_from_the_one_it_was_offered_to(
    beside: Beside,
) -> None:
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA)
    cast.chen.click("Hand off", thread.card)
    page = opened_page(beside, cast.chen, "To be said back by")

    page.click("Withdraw")
    beside.settle()

    assert "Offered" not in thread.card.rendered
    assert not [one for one in thread.told(cast.rivera) if "Read back" in one.buttons]
    assert "was withdrawn" in last_told(thread, cast.rivera).rendered


def test_done_by_phone_moves_responsibility_when_the_other_side_confirms(
    on_both: Beside,
) -> None:
    thread, cast = under_way(on_both), on_both.cast
    offer(thread, cast.chen, RIVERA)

    write(thread, cast.rivera, "Done by phone", {QUESTION: SENTENCE})

    assert "Done by phone" in thread.card.rendered
    assert "Dr Mei Chen has to confirm it" in thread.card.rendered
    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"
    assert f"> {SENTENCE}" in last_told(thread, cast.chen).rendered
    press_told(thread, cast.chen, "It was so")
    assert responsible(thread) == "Dr Ana Rivera, University Center"
    assert "Done" in last_told(thread, cast.rivera).buttons


def test_a_call_that_was_not_so_leaves_the_offer_open(beside: Beside) -> None:
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA)
    cast.chen.click("Hand off", thread.card)
    page = opened_page(beside, cast.chen, "To be said back by")
    page.click("Done by phone")
    form = opened_form(beside, cast.chen)
    form.fill({QUESTION: SENTENCE})
    form.submit()
    beside.settle()

    press_told(thread, cast.rivera, "It was not so")

    assert "Offered to Dr Ana Rivera" in thread.card.rendered
    assert "was not so" in last_told(thread, cast.chen).rendered
    say_back(thread, cast.rivera, {line_label(RIVERA): "I take it"})
    assert responsible(thread) == "Dr Ana Rivera, University Center"


def test_blank_is_not_none_and_what_was_written_is_kept_between_pages(
    beside: Beside,
) -> None:
    thread, cast = at_center(beside), beside.cast
    form = open_offer(thread, cast.rivera)
    assert form.title == f"Hand off 1 of {PAGES_OF_RETURN}"
    form.fill({WHOM: CHEN, "Illness severity": " ", "Patient summary": SUMMARY})

    refused = form.submit()

    assert refused is not None
    assert refused.errors == {"Illness severity": "Write something here, or “none”."}
    refused.fill({"Illness severity": "none"})
    second = turn(refused)
    second.fill({"CAR T product": "Cilta-cel"})
    second.click("Page before")
    first = opened_page(beside, cast.rivera, "page 1 of")
    assert first.value("Patient summary") == SUMMARY
    first.close()
    again = turn(open_offer(thread, cast.rivera))
    assert again.value("CAR T product") == "Cilta-cel"


def test_an_identifier_is_refused_on_its_page_and_the_text_stays(
    beside: Beside,
) -> None:
    thread, cast = under_way(beside), beside.cast
    form = open_offer(thread, cast.chen)
    text = "See MRN 12345678, fit for CAR T."
    form.fill({WHOM: RIVERA, "Illness severity": SEVERITY, "Patient summary": text})

    refused = form.submit()

    assert refused is not None
    assert "Patient summary" in refused.errors
    assert refused.value("Patient summary") == text
    refused.close()
    assert open_offer(thread, cast.chen).value("Patient summary") != text


def test_an_action_needs_a_doer_and_a_day_that_is_not_over(beside: Beside) -> None:
    thread, cast = under_way(beside), beside.cast
    form = fill_offer(thread, cast.chen, RIVERA)
    form.fill({"By when": "2026-11-20"})

    refused = form.submit()

    assert refused is not None
    assert refused.errors == {"By when": "That day is over already."}
    refused.fill({"By when": DAY})
    assert refused.submit() is None


def test_only_the_receiver_reads_back_and_only_who_is_responsible_offers(
    beside: Beside,
) -> None:
    thread, cast = under_way(beside), beside.cast

    cast.okafor.click("Hand off", thread.card)
    page = opened_page(beside, cast.okafor, "is responsible for")

    assert not page.submit_label
    assert "Dr Mei Chen, Lakeside Oncology" in page.text
    page.close()
    offer(thread, cast.chen, RIVERA)
    cast.okafor.click("Hand off", thread.card)
    page = opened_page(beside, cast.okafor, "To be said back by")
    assert "Read back" not in page.buttons
    assert "Withdraw" not in page.buttons


def test_what_waits_in_handoffs_stands_in_my_list(beside: Beside) -> None:
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA)

    offered = cast.rivera.command("/baton").rendered

    assert "[Read back]" in offered
    say_back(thread, cast.rivera, {line_label(RIVERA): "I take it"})
    to_do = cast.rivera.command("/baton").rendered
    assert f"{thread.code} 1. {ACTION}" in to_do
    assert "[Done]" in to_do
