"""What waits on me: the command, Home, the case, and help."""

from __future__ import annotations

import pytest

from sandbox import HomeTab, Person
from tests.beside import Beside
from tests.bot.acting import QUESTION, ask, opened_form, opened_page, pinned, submit

pytestmark = pytest.mark.story

NO_PART = "There is no such case that you have a part in."


def opened_home(beside: Beside, who: Person, words: str) -> HomeTab:
    who.open_home()

    def shown() -> HomeTab | None:
        home = who.home
        return home if home and words in home.text else None

    return beside.slack.until(shown)


def test_nothing_waits_at_first(beside: Beside) -> None:
    answer = beside.cast.rivera.command("/baton")

    assert "Nothing waits on you." in answer.rendered


def test_the_command_lists_what_waits_on_me_and_on_others(on_both: Beside) -> None:
    cast = on_both.cast
    thread = ask(on_both)

    asked = cast.rivera.command("/baton").rendered
    other = cast.okafor.command("/baton list").rendered

    assert asked.index("Waiting on me") < asked.index(thread.code)
    assert "Nothing waits on you." in other
    assert other.index("Also open") < other.index(thread.code)


def test_what_waits_on_me_can_be_taken_from_the_list(beside: Beside) -> None:
    cast = beside.cast
    thread = ask(beside)
    answer = cast.rivera.command("/baton").message
    assert answer

    cast.rivera.click("Take it", answer)
    beside.settle()

    assert "Taken by: @Dr Ana Rivera" in thread.card.rendered


def test_a_reply_that_was_not_sorted_waits_in_the_list(beside: Beside) -> None:
    cast = beside.cast
    thread = ask(beside)
    thread.reply(cast.rivera, "Looking at this after clinic.")

    answer = cast.rivera.command("/baton").rendered

    assert f"What is your reply on {thread.code}?" in answer
    assert "> Looking at this after clinic." in answer


def test_my_list_opens_from_the_pinned_message(beside: Beside) -> None:
    cast = beside.cast
    thread = ask(beside)

    cast.rivera.click("My list", pinned(cast.rivera, cast.lakeside))
    page = opened_page(beside, cast.rivera, "Waiting on me")

    assert page.title == "My list"
    assert thread.code in page.text


def test_home_shows_the_list_and_starts_a_referral(on_both: Beside) -> None:
    cast = on_both.cast
    home = opened_home(on_both, cast.chen, "Waiting on me")

    home.click("Ask a specialist")
    form = opened_form(on_both, cast.chen)
    form.fill({"Your question": QUESTION})
    submit(on_both, form)
    later = opened_home(on_both, cast.rivera, "MM-")

    assert "Nothing waits on you." in home.text
    assert "Take it" in later.buttons


def test_a_move_from_home_is_made(beside: Beside) -> None:
    cast = beside.cast
    thread = ask(beside)
    home = opened_home(beside, cast.rivera, thread.code)

    home.click("Take it")
    beside.settle()

    assert "Taken by: @Dr Ana Rivera" in thread.card.rendered


@pytest.mark.parametrize("typed", ["{code}", "{lower}", "{bare}", "  {code}  "])
def test_a_case_is_shown_by_its_code_however_it_is_typed(
    beside: Beside, typed: str
) -> None:
    thread = ask(beside)
    code = thread.code
    said = typed.format(code=code, lower=code.lower(), bare=code.replace("-", ""))

    answer = beside.cast.chen.command(f"/baton case {said}").rendered

    assert answer.startswith(code)
    assert QUESTION in answer
    assert "Responsible now: Dr Mei Chen, Lakeside Oncology" in answer


def test_a_case_without_a_part_reads_like_a_case_that_does_not_exist(
    beside: Beside,
) -> None:
    lee = beside.cast.lee
    thread = ask(beside)

    hidden = lee.command(f"/baton case {thread.code}")
    absent = lee.command("/baton case MM-0B000")
    garbled = lee.command("/baton case what")

    assert hidden.text == absent.text == garbled.text == NO_PART
    assert not hidden.blocks


def test_help_says_what_there_is(beside: Beside) -> None:
    answer = beside.cast.chen.command("/baton help").rendered

    for word in ("refer", "ask", "case MM-7K3Q9", "help"):
        assert f"/baton {word}" in answer


def test_an_unknown_command_is_answered_with_help(beside: Beside) -> None:
    answer = beside.cast.chen.command("/baton sing a <!channel> *song*").rendered

    assert "Baton does not know “sing a <!channel> song”" in answer
    assert "/baton help" in answer


def test_a_specialist_cannot_start_a_referral_and_reads_why(beside: Beside) -> None:
    rivera = beside.cast.rivera

    rivera.command("/baton refer")
    page = opened_page(beside, rivera, "A referral starts at a practice")

    assert not page.submit_label
