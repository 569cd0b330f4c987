"""What comes in twice counts once: later, and at the same moment on two sockets."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from sandbox import Person
from storage.tables import inbound, referral, reply
from tests.beside import Beside
from tests.bot.acting import (
    ABOUT,
    QUESTION,
    Thread,
    ask,
    newest,
    opened_form,
    press_pinned,
)

APART = [pytest.param(0.0, id="at-once"), pytest.param(0.4, id="later")]


def count(beside: Beside, table: object) -> int:
    with beside.baton.store.read() as reading:
        found = reading.connection.execute(select(func.count()).select_from(table))  # type: ignore[arg-type] # any table
        return int(found.scalar_one())


def twice(beside: Beside, envelope: str, apart: float) -> None:
    """Let the next such envelope go out twice, over two connections."""
    beside.add_replica()
    beside.slack.faults.duplicate(envelope, apart=apart)


def await_both(beside: Beside, apart: float) -> None:
    """Wait until the second coming was answered too, and all is said."""
    time.sleep(apart)
    sent = beside.slack.record.envelopes
    beside.slack.until(lambda: len(beside.slack.record.acks()) >= len(sent()))
    beside.settle()


@pytest.mark.parametrize("apart", APART)
def test_a_submission_twice_is_one_referral_and_one_post(
    on_both: Beside, apart: float
) -> None:
    cast = on_both.cast
    press_pinned(cast.chen, cast.lakeside)
    form = opened_form(on_both, cast.chen)
    form.fill({**ABOUT, "Your question": QUESTION})
    twice(on_both, "interactive/view_submission", apart)

    after = form.submit()
    await_both(on_both, apart)

    assert after is None
    assert count(on_both, referral) == 1
    assert len(cast.chen.channel(cast.lakeside)) == 2
    assert len(newest(on_both, cast.lakeside).lines) == 1
    assert len(cast.rivera.dm()) == 1


@pytest.mark.parametrize("apart", APART)
def test_a_click_twice_is_one_move(on_both: Beside, apart: float) -> None:
    thread, cast = ask(on_both), on_both.cast
    twice(on_both, "interactive/block_actions", apart)

    cast.rivera.click("Take it", thread.card)
    await_both(on_both, apart)

    assert [line for line in thread.lines if "took this" in line] == [
        "Dr Ana Rivera took this."
    ]
    assert not cast.rivera.private
    assert len(thread.told(cast.chen)) == 2


@pytest.mark.parametrize("apart", APART)
def test_an_event_twice_is_one_reply_and_one_question(
    on_both: Beside, apart: float
) -> None:
    thread, cast = ask(on_both), on_both.cast
    twice(on_both, "events_api/message", apart)

    thread.reply(cast.rivera, "CAR T first.")
    await_both(on_both, apart)

    assert count(on_both, reply) == 1
    asked = [m for m in cast.rivera.dm() if "What is your reply" in m.rendered]
    assert len(asked) == 1


@pytest.mark.parametrize("apart", APART)
def test_a_command_twice_opens_one_form_and_says_nothing_of_trouble(
    on_both: Beside, apart: float
) -> None:
    chen = on_both.cast.chen
    twice(on_both, "slash_commands//baton", apart)

    answer = chen.command(f"/baton ask {QUESTION}", on_both.cast.lakeside)
    form = opened_form(on_both, chen)

    assert answer.message is None
    assert len(chen.modals) == 1
    assert form.value("Your question") == QUESTION
    assert not chen.private


@pytest.mark.parametrize("apart", APART)
def test_a_shortcut_twice_opens_one_form(on_both: Beside, apart: float) -> None:
    chen = on_both.cast.chen
    twice(on_both, "interactive/shortcut", apart)

    chen.shortcut("Ask a specialist")
    form = opened_form(on_both, chen)

    assert len(chen.modals) == 1
    assert form.value("What do you ask for?") == "Ask a specialist"


@pytest.mark.parametrize("apart", APART)
def test_a_button_that_opens_a_form_twice_opens_one(
    on_both: Beside, apart: float
) -> None:
    thread, cast = ask(on_both), on_both.cast
    twice(on_both, "interactive/block_actions", apart)

    cast.rivera.click("Answer", thread.card)
    form = opened_form(on_both, cast.rivera)

    assert form.title == "Answer"
    assert len(cast.rivera.modals) == 1
    assert not cast.rivera.private


def test_a_refusal_stores_nothing_so_the_corrected_form_sends(on_both: Beside) -> None:
    cast = on_both.cast
    press_pinned(cast.chen, cast.lakeside)
    form = opened_form(on_both, cast.chen)
    form.fill({**ABOUT, "Your question": "MRN 12345678: CAR T now?"})
    form.submit()
    kept = count(on_both, inbound)

    form.fill({"Your question": QUESTION})
    after = form.submit()

    assert kept == 0
    assert after is None
    assert count(on_both, referral) == 1


def winner_and_loser(thread: Thread, one: Person, other: Person) -> tuple[str, Person]:
    """Return the name of who took it, and who did not."""
    return (
        (one.name, other)
        if f"Taken by: @{one.name}" in thread.card.rendered
        else (other.name, one)
    )


def test_two_take_it_at_the_same_moment_and_one_wins(on_both: Beside) -> None:
    """The other reads who did."""
    thread, cast = ask(on_both), on_both.cast
    on_both.add_replica()
    card = thread.card

    on_both.slack.together(
        lambda: cast.rivera.click("Take it", card),
        lambda: cast.okafor.click("Take it", card),
    )
    on_both.settle()

    winner, loser = winner_and_loser(thread, cast.rivera, cast.okafor)
    assert [line for line in thread.lines if "took this" in line] == [
        f"{winner} took this."
    ]
    (said,) = loser.private
    assert f"{winner} has taken {thread.code}" in said.rendered
