"""What is brought up as time passes, with whom, and what is not brought up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sandbox import Person
from scheduler.ticker import Pulse
from tests.beside import Beside
from tests.bot.acting import ABOUT, ADVICE, EVALUATION, Thread, ask
from tests.bot.conftest import Start

ANSWER = {"Your answer": "CAR T first."}
CLOSED = {
    "What came of it?": "Advice followed",
    "Was the patient told?": "By the practice",
}
NEEDED = {"What do you need to know?": "Which cytogenetics?"}
WAITS = "waits for you."
LIMIT = "has not been answered yet"
PRACTICE = "waits for information from you"
OUTCOME = "What came of the answer on"
ASLEEP = Pulse(reminders=3600, dispatch=0.1, reconcile=3600)
"""A Baton whose reminders are handled by nobody but the test."""
URGENT = {**ABOUT, "Urgency": "Urgent"}


def brought_up(thread: Thread, who: Person) -> list[str]:
    """Return what somebody was reminded of about this case."""
    marks = (WAITS, LIMIT, PRACTICE, OUTCOME, "Still open: what is your reply")
    told = (one.rendered for one in thread.told(who))
    return [one for one in told if any(mark in one for mark in marks)]


def test_half_way_the_one_on_duty_is_reminded_and_nobody_else(beside: Beside) -> None:
    """An urgent question has four working hours; the half is two."""
    thread, cast = ask(beside, fields=URGENT), beside.cast

    beside.move_clock(timedelta(hours=1, minutes=59))
    early = brought_up(thread, cast.rivera)
    beside.move_clock(timedelta(minutes=1))

    assert not early
    (said,) = brought_up(thread, cast.rivera)
    assert WAITS in said
    assert "Late" not in said
    assert thread.told(cast.rivera)[-1].buttons[:2] == ("Answer", "Take it")
    assert not brought_up(thread, cast.okafor)
    assert not brought_up(thread, cast.ruiz)


def test_at_the_limit_the_coordinator_of_the_center_hears_of_it_too(
    beside: Beside,
) -> None:
    thread, cast = ask(beside, fields=URGENT), beside.cast

    beside.move_clock(timedelta(hours=2))
    beside.move_clock(timedelta(hours=2))

    assert [LIMIT in one for one in brought_up(thread, cast.rivera)] == [False, True]
    (said,) = brought_up(thread, cast.ruiz)
    assert LIMIT in said
    assert "It waits for @Dr Ana Rivera" in said


def test_after_taking_an_advice_the_taker_is_reminded(beside: Beside) -> None:
    thread, cast = ask(beside, fields=URGENT), beside.cast
    thread.press(cast.okafor, "Take it")

    beside.move_clock(timedelta(hours=2))

    assert brought_up(thread, cast.okafor)
    assert not brought_up(thread, cast.rivera)


def test_after_passing_it_on_the_next_is_reminded_and_the_promise_stands(
    beside: Beside,
) -> None:
    thread, cast = ask(beside, fields=URGENT), beside.cast
    beside.move_clock(timedelta(hours=1))
    thread.press_last(cast.rivera, "Pass to next")

    beside.move_clock(timedelta(hours=1))

    assert brought_up(thread, cast.okafor)
    assert not brought_up(thread, cast.rivera)


@pytest.mark.parametrize(
    ("kind", "label", "words"),
    [(ADVICE, "Answer", ANSWER), (EVALUATION, "Take it", None)],
)
def test_nothing_is_brought_up_once_the_center_has_responded(
    beside: Beside, kind: str, label: str, words: dict[str, str] | None
) -> None:
    thread, cast = ask(beside, kind=kind, fields=URGENT), beside.cast
    if words:
        thread.write(cast.rivera, label, words)
    else:
        thread.take(cast.rivera)

    beside.move_clock(timedelta(days=5))

    assert not brought_up(thread, cast.rivera)
    assert not brought_up(thread, cast.ruiz)


@pytest.mark.parametrize("label", ["Withdraw"])
def test_nothing_is_brought_up_once_it_has_ended(beside: Beside, label: str) -> None:
    thread, cast = ask(beside, fields=URGENT), beside.cast
    thread.press(cast.chen, label)

    beside.move_clock(timedelta(days=30))

    for who in (cast.rivera, cast.ruiz, cast.chen):
        assert not brought_up(thread, who)


def test_the_practice_has_a_clock_of_its_own(beside: Beside) -> None:
    """After a working day of the practice the referrer is reminded, not the center."""
    thread, cast = ask(beside, fields=URGENT), beside.cast
    thread.write(cast.rivera, "Ask for information", NEEDED)

    beside.move_clock(timedelta(hours=23))
    early = brought_up(thread, cast.chen)
    beside.move_clock(timedelta(hours=1))

    assert not early
    (said,) = brought_up(thread, cast.chen)
    assert PRACTICE in said
    assert thread.told(cast.chen)[-1].buttons[0] == "Give information"
    assert not brought_up(thread, cast.rivera)


def test_two_weeks_after_the_answer_the_referrer_is_asked_what_came_of_it(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    thread.write(cast.rivera, "Answer", ANSWER)

    beside.move_clock(timedelta(days=13, hours=23))
    early = brought_up(thread, cast.chen)
    beside.move_clock(timedelta(hours=1))

    assert not early
    (said,) = brought_up(thread, cast.chen)
    assert OUTCOME in said
    assert thread.told(cast.chen)[-1].buttons[0] == "Close the loop"


def test_nobody_is_asked_what_came_of_it_once_it_is_closed(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    thread.write(cast.rivera, "Answer", ANSWER)
    thread.write(cast.chen, "Close the loop", CLOSED)

    beside.move_clock(timedelta(days=30))

    assert not brought_up(thread, cast.chen)


def test_the_author_of_an_unsorted_reply_is_asked_once_more(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    thread.reply(cast.rivera, "CAR T first.")

    beside.move_clock(timedelta(hours=2))
    beside.move_clock(timedelta(hours=2))

    (said,) = brought_up(thread, cast.rivera)
    assert "Still open: what is your reply" in said
    assert "> CAR T first." in said


def test_a_sorted_reply_is_not_asked_about_again(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    asked = thread.reply(cast.rivera, "CAR T first.")
    cast.rivera.click("Comment", asked)
    beside.settle()

    beside.move_clock(timedelta(hours=2))

    assert not brought_up(thread, cast.rivera)


def test_a_reminder_that_is_late_says_so(beside: Beside) -> None:
    """As after a night in which Baton did not run."""
    thread, cast = ask(beside, fields=URGENT), beside.cast

    beside.move_clock(timedelta(hours=3))

    (said,) = brought_up(thread, cast.rivera)
    assert "Late: was due" in said


def test_a_restart_after_downtime_brings_up_what_fell_due(
    start: Start, new_sqlite: Callable[..., str]
) -> None:
    beside = start(new_sqlite(), pulse=ASLEEP)
    thread, cast = ask(beside, fields=URGENT), beside.cast
    beside.clock.move(timedelta(hours=3))

    beside.add_replica()
    beside.slack.until(lambda: brought_up(thread, cast.rivera))
    beside.settle()

    (said,) = brought_up(thread, cast.rivera)
    assert "Late: was due" in said


def test_what_was_answered_before_a_late_tick_is_not_brought_up(
    start: Start, new_sqlite: Callable[..., str]
) -> None:
    """The limit fell due before the answer, but the answer came first."""
    beside = start(new_sqlite(), pulse=ASLEEP)
    thread, cast = ask(beside, fields=URGENT), beside.cast
    beside.clock.move(timedelta(hours=5))
    thread.write(cast.rivera, "Answer", ANSWER)

    beside.baton.reminders.handle_all()
    beside.settle()

    assert not brought_up(thread, cast.ruiz)


def test_over_a_weekend_nothing_is_brought_up(
    start: Start, new_sqlite: Callable[..., str]
) -> None:
    """Asked on Friday at 16:30, urgent: half of four hours is over on Monday."""
    beside = start(new_sqlite())
    beside.set_clock(datetime(2026, 12, 4, 21, 30, tzinfo=UTC))
    thread, cast = ask(beside, fields=URGENT), beside.cast

    beside.set_clock(datetime(2026, 12, 7, 14, 29, tzinfo=UTC))
    early = brought_up(thread, cast.rivera)
    beside.set_clock(datetime(2026, 12, 7, 14, 30, tzinfo=UTC))

    assert not early
    assert WAITS in brought_up(thread, cast.rivera)[0]


def test_a_public_holiday_of_the_center_does_not_count(beside: Beside) -> None:
    """Asked on the eve of Thanksgiving: the limit is on Friday, not on the day."""
    beside.set_clock(datetime(2026, 11, 25, 20, 0, tzinfo=UTC))
    thread, cast = ask(beside, fields=URGENT), beside.cast

    beside.set_clock(datetime(2026, 11, 27, 12, 59, tzinfo=UTC))
    early = brought_up(thread, cast.ruiz)
    beside.set_clock(datetime(2026, 11, 27, 15, 0, tzinfo=UTC))

    assert not early
    assert LIMIT in brought_up(thread, cast.ruiz)[0]


def test_the_promise_on_the_card_is_the_limit_that_is_kept(beside: Beside) -> None:
    thread, cast = ask(beside, fields=URGENT), beside.cast
    promised = f"<!date^{int((beside.clock.now() + timedelta(hours=4)).timestamp())}^"

    beside.move_clock(timedelta(hours=2))
    before = brought_up(thread, cast.ruiz)
    beside.move_clock(timedelta(hours=2))

    assert promised in str(thread.card.blocks)
    assert not before
    assert brought_up(thread, cast.ruiz)
