"""The timeline goes with a handoff, in the thread where both sites read it."""

from __future__ import annotations

import re

import pytest

from sandbox import Message
from tests.beside import Beside
from tests.bot.acting import Thread, ask
from tests.bot.handing import RIVERA, at_center, offer, say_back, write
from tests.bot.journeying import under_way

pytestmark = pytest.mark.story

A_DAY = re.compile(r"Day \+|\d{4}-\d\d-\d\d|\b\d{1,2} [A-Z][a-z]{2}\b")


def line(thread: Thread) -> Message:
    """Return the last line in a thread, as a message."""
    return thread.eyes.thread(thread.card)[-1]


def test_an_offer_shows_what_is_done_what_is_awaited_and_what_follows(
    on_both: Beside,
) -> None:
    travel, cast = under_way(on_both), on_both.cast
    travel.record(cast.ruiz, "Apheresis", "Happened")

    offer(travel.thread, cast.chen, RIVERA, action="none")

    (shown,) = line(travel.thread).pictures
    assert shown.content.startswith(b"\x89PNG")
    assert travel.thread.code in shown.title
    for word in ("done", "now", "next", "apheresis", "University Center"):
        assert word in shown.alt.lower() or word in shown.alt


def test_no_day_of_the_patient_stands_in_it(beside: Beside) -> None:
    """The mode is `none`: also where the step before was taken on a day."""
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Consult", "Booked", {"In how many days?": "5"})
    travel.record(cast.ruiz, "Apheresis", "Happened")

    offer(travel.thread, cast.chen, RIVERA, action="none")

    (shown,) = line(travel.thread).pictures
    assert not A_DAY.search(f"{shown.title} {shown.alt}")


def test_the_acceptance_shows_it_too_and_the_direct_messages_do_not(
    beside: Beside,
) -> None:
    thread, cast = at_center(beside), beside.cast

    shown = line(thread)

    assert "Accepted by Dr Ana Rivera" in shown.rendered
    assert len(shown.pictures) == 1
    for who in (cast.chen, cast.rivera):
        assert all(one.pictures == () for one in thread.told(who))


def test_a_move_that_hands_nothing_over_has_no_picture(beside: Beside) -> None:
    thread, cast = under_way(beside).thread, beside.cast
    offer(thread, cast.chen, RIVERA, action="none")

    told = {"Why not": "Away.", "What do you propose instead?": "Ask a colleague."}
    write(thread, cast.rivera, "Decline", told)

    assert "Declined by" in line(thread).rendered
    assert line(thread).pictures == ()


def test_where_no_course_is_told_there_is_no_picture(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    thread.press(cast.rivera, "Take it")

    offer(thread, cast.chen, RIVERA, action="none")
    assert line(thread).pictures == ()
    say_back(thread, cast.rivera)

    assert line(thread).pictures == ()
