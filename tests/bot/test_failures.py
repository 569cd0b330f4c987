"""What becomes of what people do while something is broken: really broken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import func, select

from bot.listeners.failures import SORRY, SORRY_FORM
from sandbox import Settings as SandboxSettings
from storage.tables import referral, reply
from tests.beside import Beside
from tests.bot.acting import (
    ABOUT,
    QUESTION,
    ask,
    newest,
    opened_form,
    opened_page,
    press_pinned,
)
from tests.bot.breaking import server_away, slow_reads, without_table, write_locked
from tests.bot.conftest import Start

IMPATIENT = SandboxSettings(
    rate_limits=False, ack_seconds=1, retry_delays=(0.2, 0.2, 0.2, 0.2, 0.2)
)
Break = Callable[[Beside], AbstractContextManager[None]]


@pytest.fixture
def impatient(start: Start, new_sqlite: Callable[..., str]) -> Beside:
    """Return a Baton beside a Slack that waits one second and sends again soon."""
    return start(new_sqlite(), patience=IMPATIENT)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def breakable(request: pytest.FixtureRequest, start: Start) -> tuple[Beside, Break]:
    """Return a Baton and the way in which its database fails."""
    make: Callable[..., str] = request.getfixturevalue(f"new_{request.param}")
    begun = start(make(), patience=IMPATIENT)
    return begun, (without_table if request.param == "sqlite" else server_away)


def count(beside: Beside, table: object) -> int:
    with beside.baton.store.read() as reading:
        found = reading.connection.execute(select(func.count()).select_from(table))  # type: ignore[arg-type] # any table
        return int(found.scalar_one())


def test_an_event_that_failed_is_sent_again_and_handled_once(
    breakable: tuple[Beside, Break],
) -> None:
    beside, broken = breakable
    thread, cast = ask(beside), beside.cast
    record = beside.slack.record

    with broken(beside):
        cast.rivera.reply(thread.card, "CAR T first.")
        beside.slack.until(
            lambda: any(one.attempt for one in record.envelopes("events_api"))
        )
    beside.slack.until(lambda: "What is your reply" in cast.rivera.dm()[-1].rendered)
    beside.settle()

    assert count(beside, reply) == 1
    assert len(cast.rivera.dm()) == 2


def test_a_command_that_failed_is_answered_privately(
    breakable: tuple[Beside, Break],
) -> None:
    beside, broken = breakable

    with broken(beside):
        answer = beside.cast.rivera.command("/baton")

    assert answer.text == SORRY
    assert answer.message
    assert answer.message.private
    assert "Nothing waits" in beside.cast.rivera.command("/baton").rendered


def test_a_form_that_cannot_be_filled_says_so(
    breakable: tuple[Beside, Break],
) -> None:
    beside, broken = breakable
    chen = beside.cast.chen

    with broken(beside):
        chen.command("/baton refer", beside.cast.lakeside)
        page = opened_page(beside, chen, "That could not be fetched.")

    assert not page.submit_label


def test_a_submission_that_failed_leaves_the_form_with_its_text(
    breakable: tuple[Beside, Break],
) -> None:
    """The same form, submitted again when all is well, sends once."""
    beside, broken = breakable
    chen, lakeside = beside.cast.chen, beside.cast.lakeside
    press_pinned(chen, lakeside)
    form = opened_form(beside, chen)
    form.fill({**ABOUT, "Your question": QUESTION})

    with broken(beside):
        form.submit()
        told, kept = dict(form.errors), form.value("Your question")
    after = form.submit()
    beside.settle()

    assert SORRY_FORM in told.values()
    assert kept == QUESTION
    assert after is None
    assert count(beside, referral) == 1
    assert QUESTION in newest(beside, lakeside).lines[0]


def test_a_click_that_failed_is_answered_privately_and_works_again(
    breakable: tuple[Beside, Break],
) -> None:
    beside, broken = breakable
    thread, cast = ask(beside), beside.cast

    with broken(beside):
        cast.rivera.click("Take it", thread.card)
    said = cast.rivera.private[-1].rendered
    thread.press(cast.rivera, "Take it")

    assert said == SORRY
    assert "Taken by: @Dr Ana Rivera" in thread.card.rendered


def test_a_move_form_that_failed_stays_with_its_text(impatient: Beside) -> None:
    thread, cast = ask(impatient), impatient.cast
    cast.rivera.click("Answer", thread.card)
    form = opened_form(impatient, cast.rivera)
    form.fill({"Your answer": "CAR T first."})

    with without_table(impatient, "reply"):
        form.submit()
        told, kept = dict(form.errors), form.value("Your answer")

    assert told == {"Your answer": SORRY_FORM}
    assert kept == "CAR T first."
    assert "Answered" not in thread.card.rendered


def test_what_failed_half_way_left_nothing_behind(impatient: Beside) -> None:
    thread, cast = ask(impatient), impatient.cast
    before = thread.lines

    with without_table(impatient, "audit"):
        cast.rivera.click("Take it", thread.card)
    impatient.settle()

    assert "Taken by" not in thread.card.rendered
    assert thread.lines == before
    assert len(thread.told(cast.chen)) == 1


def test_a_form_opens_while_somebody_else_writes(beside: Beside) -> None:
    chen = beside.cast.chen

    with write_locked(beside):
        chen.command("/baton refer", beside.cast.lakeside)
        form = opened_form(beside, chen)

    assert form.title == "Ask the center"


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["command", "click"])
def test_a_form_opens_at_once_although_reading_is_slow(
    start: Start, new_postgres: Callable[..., str], way: str
) -> None:
    """Slack's trigger lives three seconds, so opening waits for nothing."""
    beside = start(new_postgres())
    chen, lakeside = beside.cast.chen, beside.cast.lakeside
    release = threading.Event()

    with slow_reads(beside, release):
        began = time.monotonic()
        if way == "command":
            chen.command("/baton refer", lakeside)
        else:
            press_pinned(chen, lakeside)
        took = time.monotonic() - began
        loading = chen.modal
        assert loading
        before = loading.text
    form = opened_form(beside, chen)

    assert took < 1
    assert before.startswith("One moment")
    assert "Your question" in form.labels


def test_a_private_sentence_that_slack_refuses_is_no_failure(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    refused = beside.slack.faults.refuse("chat.postEphemeral", "user_not_in_channel")

    cast.chen.click("Take it", thread.card)

    assert refused.hits == 1
    assert "Taken by" not in thread.card.rendered


def test_a_form_that_slack_refuses_to_open_is_answered_privately(
    beside: Beside,
) -> None:
    beside.slack.faults.refuse("views.open", "internal_error")

    answer = beside.cast.chen.command("/baton refer", beside.cast.lakeside)

    assert answer.text == SORRY
