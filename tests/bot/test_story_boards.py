"""Boards and what is due, as people open, narrow and turn them."""

from __future__ import annotations

import pytest

from sandbox import Modal, Person
from tests.beside import Beside
from tests.bot.acting import opened_form, opened_page, pinned, submit
from tests.bot.handing import (
    QUESTION,
    RIVERA,
    SENTENCE,
    line_label,
    offer,
    open_read_back,
    press_told,
)
from tests.bot.handing import under_way as evaluated
from tests.bot.journeying import under_way
from tests.bot.test_story_lists import opened_home

pytestmark = pytest.mark.story

NOBODY = "No patient is like this."


def chosen(beside: Beside, who: Person, filters: dict[str, str], words: str) -> Modal:
    """Choose in the filters of an open page, and wait until it says so."""
    page = who.modal
    assert page
    page.fill(filters)
    return opened_page(beside, who, words)


def titled(beside: Beside, who: Person, title: str) -> Modal:
    """Wait until a page with a title stands before somebody, with what it shows."""

    def shown() -> Modal | None:
        modal = who.modal
        ready = modal and modal.title == title and "MM-" in modal.text
        return modal if ready else None

    return beside.slack.until(shown)


def test_a_coordinator_s_patients_are_narrowed_in_the_same_page(
    beside: Beside,
) -> None:
    travel, ruiz = under_way(beside), beside.cast.ruiz
    opened_home(beside, ruiz, "Waiting on").click("Patients")
    first = opened_page(beside, ruiz, travel.thread.code)

    chosen(beside, ruiz, {"All phases": "Apheresis"}, NOBODY)
    # What was chosen before stays chosen while something else is.
    chosen(beside, ruiz, {"All people": "Dr Ana Rivera"}, NOBODY)
    again = chosen(beside, ruiz, {"All phases": "All phases"}, travel.thread.code)

    assert first.title == again.title == "Patients"
    assert again.value("All people") == "Dr Ana Rivera"


def test_a_guest_opens_their_patients_from_the_pinned_list(beside: Beside) -> None:
    cast, code = beside.cast, under_way(beside).thread.code
    cast.chen.click("My list", pinned(cast.chen, cast.lakeside))
    opened_page(beside, cast.chen, "Waiting on me").click("Patients")

    page = titled(beside, cast.chen, "Patients")
    assert code in page.text
    page.click("Show the case")

    assert titled(beside, cast.chen, "Case").text.startswith(code)


def test_whoever_has_no_part_sees_no_patients(beside: Beside) -> None:
    code = under_way(beside).thread.code
    opened_home(beside, beside.cast.okafor, "Waiting on").click("Patients")

    assert code not in opened_page(beside, beside.cast.okafor, "No patients of").text


def test_what_is_due_opens_by_command_and_looks_further_ahead(beside: Beside) -> None:
    brooks = beside.cast.brooks
    brooks.command("/baton due week")
    opened_page(beside, brooks, "Nothing is due in the next 7 days.")

    chosen(
        beside,
        brooks,
        {"How far ahead": "The next 30 days"},
        "Nothing is due in the next 30 days.",
    )


def test_what_nobody_took_on_is_given_to_somebody_who_takes_it(beside: Beside) -> None:
    thread, cast = evaluated(beside), beside.cast
    offer(thread, cast.chen, RIVERA)
    form = open_read_back(thread, cast.rivera)
    form.fill({QUESTION: SENTENCE, line_label(RIVERA): "Not me"})
    form.fill(
        {
            label: "The practice draws them."
            for label in form.labels
            if "why not" in label
        }
    )
    submit(beside, form)
    opened_home(beside, cast.chen, "nobody has this yet").click("Give it to somebody")

    give = opened_form(beside, cast.chen)
    give.fill({"Who does it": "Sam Brooks, Lakeside Oncology"})
    submit(beside, give)
    press_told(thread, cast.brooks, "I take it")

    cast.chen.open_home()
    beside.slack.until(
        lambda: "nobody has this" not in str(cast.chen.home and cast.chen.home.text)
    )
    assert "Check counts" in cast.brooks.command("/baton").rendered
