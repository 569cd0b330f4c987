"""Plain words in the thread: noted, asked about, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.beside import Beside
from tests.bot.acting import ask

pytestmark = pytest.mark.story

ANSWER = "CAR T first, if a slot comes within six weeks."


def test_a_specialist_who_writes_plainly_is_asked_what_it_is(on_both: Beside) -> None:
    thread, cast = ask(on_both), on_both.cast

    asked = thread.reply(cast.rivera, ANSWER)

    assert f"What is your reply on {thread.code}?" in asked.rendered
    assert f"> {ANSWER}" in asked.rendered
    assert asked.buttons == ("Answer", "Question", "Comment")
    assert "Answered" not in thread.card.rendered


def test_a_plain_reply_marked_as_the_answer_is_on_the_card_and_told(
    on_both: Beside,
) -> None:
    thread, cast = ask(on_both), on_both.cast
    asked = thread.reply(cast.rivera, ANSWER)

    cast.rivera.click("Answer", asked)
    on_both.settle()

    assert "Answered by Dr Ana Rivera" in thread.card.rendered
    assert ANSWER in thread.told(cast.chen)[-1].rendered
    # The words stand in the thread already, so the line does not repeat them.
    assert thread.lines[-1] == "Dr Ana Rivera answered."


def test_a_plain_reply_marked_as_a_question_asks_the_practice(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    asked = thread.reply(cast.rivera, "Which cytogenetics?")

    cast.rivera.click("Question", asked)
    beside.settle()

    assert "Waiting for Lakeside Oncology" in thread.card.rendered
    assert "Which cytogenetics?" in thread.told(cast.chen)[-1].rendered


def test_a_plain_reply_marked_as_a_comment_changes_nothing(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    asked = thread.reply(cast.rivera, "Looking at this after clinic.")
    lines = thread.lines

    cast.rivera.click("Comment", asked)
    beside.settle()

    assert "Waiting for University Center" in thread.card.rendered
    assert thread.lines == lines
    assert len(thread.told(cast.chen)) == 1


def test_saying_what_it_is_twice_changes_nothing_more(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    asked = thread.reply(cast.rivera, ANSWER)
    cast.rivera.click("Comment", asked)
    beside.settle()

    cast.rivera.click("Answer", asked)
    beside.settle()

    assert "That was said already" in cast.rivera.private[-1].rendered
    assert "Answered" not in thread.card.rendered


def test_reminders_rest_for_two_working_hours_after_a_plain_reply(
    beside: Beside,
) -> None:
    """Half of the round is over after an hour, yet the reply comes first."""
    thread, cast = ask(beside), beside.cast
    beside.move_clock(timedelta(hours=8, minutes=30))
    thread.reply(cast.rivera, "Looking at this after clinic.")
    before = len(thread.told(cast.rivera))

    beside.move_clock(timedelta(minutes=30))
    rested = len(thread.told(cast.rivera))
    beside.move_clock(timedelta(days=1))
    after = thread.told(cast.rivera)

    assert rested == before
    assert any("waits for you" in one.rendered for one in after[before:])


def test_a_reply_of_the_practice_that_it_waits_for_is_asked_about(
    on_both: Beside,
) -> None:
    thread, cast = ask(on_both), on_both.cast
    thread.write(
        cast.rivera,
        "Ask for information",
        {"What do you need to know?": "Which cytogenetics?"},
    )

    asked = thread.reply(cast.chen, "Standard risk by FISH.")
    cast.chen.click("What was asked for", asked)
    on_both.settle()

    assert asked.buttons == ("What was asked for", "Comment")
    assert "Waiting for University Center · answer by" in thread.card.rendered
    assert "Standard risk by FISH." in thread.told(cast.rivera)[-1].rendered


def test_a_reply_of_the_practice_while_the_center_is_asked_is_left_alone(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    before = len(cast.chen.dm())

    cast.chen.reply(thread.card, "Thank you for looking at this.")
    thread.reply(cast.rivera, "Gladly.")

    assert len(cast.chen.dm()) == before


def test_a_reply_with_an_identifier_is_asked_about_without_its_words(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast

    asked = thread.reply(cast.rivera, "I saw MRN 12345678, born 03/04/1956.")
    with beside.baton.store.read() as reading:
        (found,) = reading.cases.unsorted_replies(
            beside_id(beside, cast.rivera.team, cast.rivera.id)
        )

    assert f"What is your reply on {thread.code}?" in asked.rendered
    assert "12345678" not in asked.rendered
    assert found.text is None
    assert found.withheld == "identifier"


def test_words_outside_a_thread_of_ours_are_nobodys_business(beside: Beside) -> None:
    cast = beside.cast
    said = cast.rivera.post(cast.lakeside, "Good morning")
    cast.chen.reply(said, "Good morning to you")

    thread = ask(beside)

    assert len(thread.told(cast.rivera)) == 1
    assert len(cast.rivera.dm()) == 1


def beside_id(beside: Beside, team: str, user: str) -> str:
    """Return the clinician behind a Slack identity."""
    with beside.baton.store.read() as reading:
        person = reading.people.person(team, user)
    assert person
    return person.clinician_id
