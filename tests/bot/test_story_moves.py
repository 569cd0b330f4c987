"""The story of one referral after it was asked: every move, and what it shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox import Person
from tests.beside import Beside
from tests.bot.acting import (
    EVALUATION,
    QUESTION,
    Thread,
    ask,
    opened_form,
    opened_page,
    submit,
)

pytestmark = pytest.mark.story

ANSWER = "CAR T first, if a slot comes within six weeks."
NEEDED = "Which cytogenetics?"
GIVEN = "Standard risk by FISH."
CLOSED = {
    "What came of it?": "Advice followed",
    "Was the patient told?": "By the practice",
}


def is_answered(thread: Thread) -> bool:
    return "Answered by" in thread.card.rendered


def test_taking_it_shows_on_card_in_thread_and_to_the_referrer(
    on_both: Beside,
) -> None:
    thread, cast = ask(on_both), on_both.cast

    thread.press(cast.rivera, "Take it")

    assert "Waiting for an answer from Dr Ana Rivera" in thread.card.rendered
    assert "Taken by: @Dr Ana Rivera" in thread.card.rendered
    assert thread.card.buttons[0] == "Answer"
    assert thread.lines[-1] == "Dr Ana Rivera took this."
    assert f"Dr Ana Rivera took {thread.code}." in thread.told(cast.chen)[-1].rendered


def test_taking_it_from_the_direct_message_does_the_same(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast

    thread.press_last(cast.rivera, "Take it")

    assert "Taken by: @Dr Ana Rivera" in thread.card.rendered


def test_taking_an_evaluation_says_the_next_step_of_its_journey(beside: Beside) -> None:
    thread, cast = ask(beside, kind=EVALUATION), beside.cast

    thread.press(cast.rivera, "Take it")

    assert "Next: contact with the patient, with Ana Ruiz" in thread.card.rendered
    assert "answer by" not in thread.card.rendered


def test_asking_for_information_makes_it_the_practices_move(on_both: Beside) -> None:
    thread, cast = ask(on_both), on_both.cast

    thread.write(
        cast.rivera, "Ask for information", {"What do you need to know?": NEEDED}
    )

    assert "Waiting for Lakeside Oncology · asked" in thread.card.rendered
    assert "answer by" not in thread.card.rendered
    assert thread.card.buttons[0] == "Give information"
    assert thread.lines[-1] == (
        "Dr Ana Rivera asked for information. It waits for Lakeside Oncology.\n"
        f"> {NEEDED}"
    )
    told = thread.told(cast.chen)[-1]
    assert f"> {NEEDED}" in told.rendered
    assert told.buttons[0] == "Give information"


def test_giving_information_makes_it_the_centers_move_with_a_new_clock(
    on_both: Beside,
) -> None:
    thread, cast = ask(on_both), on_both.cast
    first_limit = thread.card.rendered.split("answer by ")[1].split("\n")[0]
    thread.write(
        cast.rivera, "Ask for information", {"What do you need to know?": NEEDED}
    )
    on_both.move_clock(timedelta(hours=3))

    thread.write(cast.chen, "Give information", {"What was asked for": GIVEN})

    card = thread.card.rendered
    assert "Waiting for University Center · answer by" in card
    assert first_limit not in card
    assert f"> {GIVEN}" in thread.lines[-1]
    assert f"> {GIVEN}" in thread.told(cast.rivera)[-1].rendered


def test_giving_information_works_from_the_direct_message(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    thread.write(
        cast.rivera, "Ask for information", {"What do you need to know?": NEEDED}
    )

    cast.chen.click("Give information", thread.told(cast.chen)[-1])
    form = opened_form(beside, cast.chen)
    form.fill({"What was asked for": GIVEN})
    submit(beside, form)

    assert "Waiting for University Center" in thread.card.rendered


def test_declining_says_why_and_what_instead(on_both: Beside) -> None:
    thread, cast = ask(on_both), on_both.cast
    why, instead = "Active infection now.", "Ask again once it has cleared."

    thread.write(cast.rivera, "Decline", {"Why not now": why, "What instead": instead})

    assert "Declined" in thread.card.rendered
    assert thread.card.buttons[0] == "Reopen"
    assert f"> {why}" in thread.lines[-1]
    assert f"Instead:\n> {instead}" in thread.lines[-1]
    told = thread.told(cast.chen)[-1].rendered
    assert why in told
    assert instead in told


def test_an_empty_form_is_refused_at_each_field(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    cast.rivera.click("Decline", thread.card)
    form = opened_form(beside, cast.rivera)
    form.fill({"Why not now": " ", "What instead": " "})

    again = form.submit()

    assert again is not None
    assert again.errors == {
        "Why not now": "Write a sentence here.",
        "What instead": "Write a sentence here.",
    }


def test_an_identifier_in_an_answer_is_refused_and_the_text_stays(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    cast.rivera.click("Answer", thread.card)
    form = opened_form(beside, cast.rivera)
    form.fill({"Your answer": "See MRN 12345678, born 03/04/1956."})

    again = form.submit()

    assert again is not None
    assert again.errors.keys() == {"Your answer"}
    assert "12345678" in again.value("Your answer")
    assert not is_answered(thread)


def test_passing_it_on_asks_the_next(on_both: Beside) -> None:
    thread, cast = ask(on_both), on_both.cast

    thread.press_last(cast.rivera, "Pass to next")

    assert "On duty: @Dr Ben Okafor" in thread.card.rendered
    assert thread.lines[-1] == (
        "Dr Ana Rivera passed this on. It waits for @Dr Ben Okafor."
    )
    assert QUESTION in thread.told(cast.okafor)[-1].rendered


def test_passing_it_on_when_nobody_is_left_says_so_and_changes_nothing(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    thread.press_last(cast.rivera, "Pass to next")

    cast.okafor.click("Pass to next", thread.told(cast.okafor)[-1])
    beside.settle()

    assert "Nobody else at your center takes duty" in cast.okafor.private[-1].rendered
    assert "On duty: @Dr Ben Okafor" in thread.card.rendered


def test_giving_it_back_asks_whoever_else_is_on_duty(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    thread.press(cast.rivera, "Take it")

    thread.press(cast.rivera, "Give it back")

    assert "Waiting for University Center · answer by" in thread.card.rendered
    assert "On duty: @Dr Ben Okafor" in thread.card.rendered
    assert thread.lines[-1].startswith("Dr Ana Rivera gave this back.")
    assert "It waits for you." in thread.told(cast.okafor)[-1].rendered


def test_answering_by_the_form_tells_the_referrer(on_both: Beside) -> None:
    thread, cast = ask(on_both), on_both.cast

    thread.write(cast.rivera, "Answer", {"Your answer": ANSWER})

    assert "Answered by Dr Ana Rivera" in thread.card.rendered
    assert "what came of it?" in thread.card.rendered
    assert thread.lines[-1] == f"Dr Ana Rivera answered.\n> {ANSWER}"
    told = thread.told(cast.chen)[-1]
    assert ANSWER in told.rendered
    assert told.buttons[:2] == ("Close the loop", "Ask again")


def test_closing_the_loop_shows_its_times_and_tells_the_center(
    on_both: Beside,
) -> None:
    thread, cast = ask(on_both), on_both.cast
    thread.write(cast.rivera, "Answer", {"Your answer": ANSWER})

    thread.write(cast.chen, "Close the loop", CLOSED)

    card = thread.card.rendered
    assert "Loop closed: advice followed\nasked " in card
    for word in ("responded", "answered", "closed"):
        assert f"· {word} " in card
    assert thread.lines[-1] == "Dr Mei Chen closed this: advice followed."
    assert "closed" in thread.told(cast.rivera)[-1].rendered


def test_reopening_leads_back_to_where_it_was(on_both: Beside) -> None:
    thread, cast = ask(on_both), on_both.cast
    thread.write(cast.rivera, "Answer", {"Your answer": ANSWER})
    thread.write(cast.chen, "Close the loop", CLOSED)

    thread.press(cast.chen, "Reopen")

    assert is_answered(thread)
    assert thread.lines[-1] == "Dr Mei Chen reopened this."


def test_withdrawing_ends_it_and_tells_the_one_who_was_asked(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast

    thread.press(cast.chen, "Withdraw")

    assert "Withdrawn" in thread.card.rendered
    assert "withdrew" in thread.told(cast.rivera)[-1].rendered


def test_asking_again_goes_back_to_the_one_who_answered(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    thread.write(cast.rivera, "Answer", {"Your answer": ANSWER})

    thread.write(
        cast.chen, "Ask again", {"What is still open?": "And with an ECOG of 2?"}
    )

    assert "Waiting for an answer from Dr Ana Rivera" in thread.card.rendered
    assert "ECOG of 2" in thread.told(cast.rivera)[-1].rendered


def test_an_advice_becomes_an_evaluation_in_the_same_thread(on_both: Beside) -> None:
    thread, cast = ask(on_both), on_both.cast
    thread.write(cast.rivera, "Answer", {"Your answer": ANSWER})

    thread.press(cast.chen, "Refer for CAR T evaluation")

    card = thread.card.rendered
    assert f"{thread.code} · CAR T evaluation · routine" in card
    assert "Waiting for University Center · answer by" in card
    assert "referred for CAR T evaluation" in thread.lines[-1]
    assert thread.told(cast.rivera)[-1].buttons[0] == "Take it"


def test_what_was_written_stands_in_the_case(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    thread.write(cast.rivera, "Answer", {"Your answer": ANSWER})

    cast.chen.click("Show the case", thread.card)
    page = opened_page(beside, cast.chen, "What was written")

    assert QUESTION in page.text
    assert ANSWER in page.text
    assert "Responsible now: Dr Mei Chen, Lakeside Oncology" in page.text


@pytest.mark.parametrize("whose", ["rivera", "okafor"])
def test_any_specialist_of_the_center_may_take_it(beside: Beside, whose: str) -> None:
    thread = ask(beside)
    who: Person = getattr(beside.cast, whose)

    thread.press(who, "Take it")

    assert f"Taken by: @{who.name}" in thread.card.rendered
