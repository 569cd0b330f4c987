"""However deep somebody has gone, what they press next is seen."""

from __future__ import annotations

import pytest

from bot.app import new_client
from sandbox import Modal, Person
from tests.beside import Beside
from tests.bot.acting import Thread, ask, opened_form, opened_page, pinned, submit

WITH_BUTTONS = ("type", "title", "blocks", "callback_id")


@pytest.fixture
def thread(beside: Beside) -> Thread:
    """Return a referral that waits for the center."""
    return ask(beside)


def third_page(thread: Thread, who: Person) -> Modal:
    """Go from the list to the case, and put the case above it once more."""
    beside = thread.beside
    who.click("My list", pinned(who, beside.cast.lakeside))
    opened_page(beside, who, thread.code).click("Show the case")
    beside.slack.until(lambda: len(who.modals) == 2)
    case = opened_page(beside, who, "asked")
    case.click("Take it")
    beside.settle()
    clicked = beside.slack.record.envelopes("interactive")[-1].payload
    shown = {name: case.view.body[name] for name in WITH_BUTTONS}
    client = new_client(beside.settings, timeout=10)
    client.views_push(trigger_id=clicked["trigger_id"], view=shown)
    beside.slack.until(lambda: len(who.modals) == 3)
    return opened_page(beside, who, "asked")


def test_a_form_takes_the_place_of_the_third_page_and_is_submitted_there(
    beside: Beside, thread: Thread
) -> None:
    who = beside.cast.rivera

    third_page(thread, who).click("Answer")
    form = opened_form(beside, who)
    opened = form.title, len(who.modals)
    form.fill({"Your answer": "CAR T first."})
    submit(beside, form)

    assert opened == ("Answer", 3)
    assert "Answered" in thread.card.rendered
    assert not beside.slack.record.problems()


def test_a_page_to_read_takes_the_place_of_the_third_and_is_filled(
    beside: Beside, thread: Thread
) -> None:
    who = beside.cast.rivera

    third_page(thread, who).click("Copy for the chart")
    page = opened_page(beside, who, "CAR T now")

    assert (page.title, len(who.modals)) == ("Copy for the chart", 3)


def test_the_second_page_still_stands_above_the_first(
    beside: Beside, thread: Thread
) -> None:
    who = beside.cast.rivera

    who.click("My list", pinned(who, beside.cast.lakeside))
    opened_page(beside, who, thread.code).click("Show the case")
    beside.slack.until(lambda: len(who.modals) == 2)
    opened_page(beside, who, "asked").click("Answer")
    form = opened_form(beside, who)

    assert [one.title for one in who.modals] == ["My list", "Case", "Answer"]
    form.fill({"Your answer": "CAR T first."})
    submit(beside, form)
    assert "Answered" in thread.card.rendered
