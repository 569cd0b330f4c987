"""People in the channel without a part, and people whom Baton no longer knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from bot.demo.cast import setup_for
from bot.setup_file import SetupFile
from sandbox import Person
from storage.tables import reply
from tests.beside import Beside
from tests.bot.acting import ADVICE, QUESTION, ask, opened_form, opened_page, pinned

STRANGER = "Baton does not know you yet."
NO_PART = "There is no such case that you have a part in."


@pytest.fixture
def stranger(beside: Beside) -> Person:
    """Return somebody who is in the channel and in no setup."""
    found = beside.slack.person("Dr Ira Stone", title="Visitor")
    beside.cast.lakeside.add(found)
    return found


def set_up_without(beside: Beside, *keys: str) -> None:
    """Set up again from a file in which some people do not stand any more."""
    told = setup_for(beside.cast).model_dump(mode="json")
    for site in told["sites"]:
        site["people"] = [one for one in site["people"] if one["key"] not in keys]
        site["duty"] = [one for one in site["duty"] if one not in keys]
    beside.set_up(SetupFile.model_validate(told))


@pytest.mark.parametrize("label", ["Take it", "Withdraw"])
def test_a_stranger_in_the_channel_moves_nothing(
    beside: Beside, stranger: Person, label: str
) -> None:
    thread = ask(beside)
    before = thread.card.rendered

    stranger.click(label, thread.card)
    beside.settle()

    assert STRANGER in stranger.private[-1].rendered
    assert thread.card.rendered == before


@pytest.mark.parametrize("label", ["Ask for information", "Answer", "Show the case"])
def test_a_stranger_reads_nothing_in_a_form(
    beside: Beside, stranger: Person, label: str
) -> None:
    thread = ask(beside)

    stranger.click(label, thread.card)
    page = opened_page(beside, stranger, STRANGER)

    assert not page.submit_label
    assert QUESTION not in page.text


def test_a_stranger_is_told_so_wherever_they_ask(
    beside: Beside, stranger: Person
) -> None:
    thread = ask(beside)

    listed = stranger.command("/baton")
    case = stranger.command(f"/baton case {thread.code}")
    stranger.open_home()
    home = beside.slack.until(lambda: stranger.home)

    assert STRANGER in listed.text
    assert STRANGER in case.text
    assert STRANGER in home.text
    assert thread.code not in home.text + case.text


@pytest.mark.parametrize("way", ["/baton refer", "pinned"])
def test_a_stranger_starts_nothing(beside: Beside, stranger: Person, way: str) -> None:
    lakeside = beside.cast.lakeside

    if way == "pinned":
        stranger.click(ADVICE, pinned(stranger, lakeside))
    else:
        stranger.command(way, lakeside)
    page = opened_page(beside, stranger, STRANGER)

    assert not page.submit_label


@pytest.mark.parametrize("whose", ["stranger", "lee"])
def test_words_of_somebody_without_a_part_are_not_kept(
    beside: Beside, stranger: Person, whose: str
) -> None:
    thread, cast = ask(beside), beside.cast
    who = stranger if whose == "stranger" else cast.lee

    who.reply(thread.card, "May I look at this?")
    thread.reply(cast.rivera, "No.")

    with beside.baton.store.read() as reading:
        kept = reading.connection.execute(select(func.count()).select_from(reply))
        assert kept.scalar_one() == 1
    assert not who.dm()


def test_an_administrator_sees_and_moves_no_case(beside: Beside) -> None:
    thread, lee = ask(beside), beside.cast.lee

    lee.click("Take it", thread.card)
    moved = lee.private[-1].rendered
    lee.click("Show the case", thread.card)
    page = opened_page(beside, lee, NO_PART)

    assert moved == NO_PART
    assert QUESTION not in page.text
    assert "Nothing waits on you." in lee.command("/baton").rendered


def test_a_fabricated_form_of_somebody_without_a_part_is_refused(
    beside: Beside,
) -> None:
    """A form opens before anything is read; what it says when it is full decides."""
    thread, lee = ask(beside), beside.cast.lee

    lee.click("Answer", thread.card)
    page = opened_page(beside, lee, NO_PART)

    assert page.title == "Answer"
    assert not page.submit_label


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda who, card: who.click("Take it", card), id="click"),
        pytest.param(lambda who, _: who.command("/baton"), id="command"),
    ],
)
def test_somebody_removed_from_the_setup_is_a_stranger_at_once(
    beside: Beside, act: Callable[[Person, object], object]
) -> None:
    thread, cast = ask(beside), beside.cast
    set_up_without(beside, "okafor")

    act(cast.okafor, thread.card)
    beside.settle()

    assert STRANGER in cast.okafor.private[-1].rendered
    assert "Taken by" not in thread.card.rendered


def test_a_form_that_was_open_when_its_author_was_removed_sends_nothing(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    cast.okafor.click("Answer", thread.card)
    form = opened_form(beside, cast.okafor)
    form.fill({"Your answer": "CAR T first."})
    set_up_without(beside, "okafor")

    form.submit()
    beside.settle()

    assert STRANGER in form.errors["Your answer"]
    assert "Answered" not in thread.card.rendered


def test_somebody_removed_is_asked_and_told_nothing_more(beside: Beside) -> None:
    cast = beside.cast
    set_up_without(beside, "rivera")

    thread = ask(beside)

    assert "On duty: @Dr Ben Okafor" in thread.card.rendered
    assert not cast.rivera.dm()
