"""Handoffs that come in twice, and two people at the same moment: one wins."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from storage.tables import draft, handoff, responsibility
from tests.beside import Beside
from tests.bot.acting import opened_page
from tests.bot.handing import (
    CHEN,
    QUESTION,
    RIVERA,
    SENTENCE,
    at_center,
    fill_offer,
    line_label,
    offer,
    open_offer,
    open_read_back,
    responsible,
    take_over,
    turn,
    under_way,
)

pytestmark = pytest.mark.story

APART = [pytest.param(0.0, id="at-once"), pytest.param(0.4, id="later")]


def count(beside: Beside, table: object) -> int:
    """Return how many rows a table holds."""
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
def test_an_offer_submitted_twice_is_one_handoff(on_both: Beside, apart: float) -> None:
    thread, cast = under_way(on_both), on_both.cast
    form = fill_offer(thread, cast.chen, RIVERA)
    twice(on_both, "interactive/view_submission", apart)

    after = form.submit()
    await_both(on_both, apart)

    assert after is None
    assert count(on_both, handoff) == 1
    offered = [one for one in thread.told(cast.rivera) if "Read back" in one.buttons]
    assert len(offered) == 1
    # Nothing of the form is left over for the next one.
    on_both.slack.faults.clear()
    cast.chen.click("Hand off", thread.card)
    page = opened_page(on_both, cast.chen, "To be said back by")
    page.click("Withdraw")
    on_both.settle()
    page.close(all_at_once=True)
    assert open_offer(thread, cast.chen).value("Illness severity") is None


def test_a_page_submitted_twice_shows_the_next_page_once(beside: Beside) -> None:
    thread, cast = at_center(beside), beside.cast
    form = open_offer(thread, cast.rivera)
    form.fill({"Who is to be responsible": CHEN, "Illness severity": "none"})
    form.fill({"Patient summary": "none"})
    twice(beside, "interactive/view_submission", 0.0)

    following = turn(form)
    await_both(beside, 0.0)

    assert following.title == "Hand off 2 of 5"
    assert count(beside, handoff) == 1


@pytest.mark.parametrize("apart", APART)
def test_a_read_back_submitted_twice_moves_responsibility_once(
    on_both: Beside, apart: float
) -> None:
    thread, cast = under_way(on_both), on_both.cast
    offer(thread, cast.chen, RIVERA)
    form = open_read_back(thread, cast.rivera)
    form.fill({QUESTION: SENTENCE, line_label(RIVERA): "I take it"})
    twice(on_both, "interactive/view_submission", apart)

    after = form.submit()
    await_both(on_both, apart)

    assert after is None
    assert count(on_both, responsibility) == 2
    told = [one for one in thread.told(cast.chen) if "has said" in one.rendered]
    assert len(told) == 1


def test_accepting_and_withdrawing_at_the_same_moment_does_one_of_the_two(
    on_both: Beside,
) -> None:
    thread, cast = under_way(on_both), on_both.cast
    offer(thread, cast.chen, RIVERA)
    form = open_read_back(thread, cast.rivera)
    form.fill({QUESTION: SENTENCE, line_label(RIVERA): "I take it"})
    cast.chen.click("Hand off", thread.card)
    page = opened_page(on_both, cast.chen, "To be said back by")

    after, _ = on_both.slack.together(form.submit, lambda: page.click("Withdraw"))
    on_both.settle()

    accepted = after is None
    who = "Dr Ana Rivera" if accepted else "Dr Mei Chen"
    assert responsible(thread).startswith(who)
    assert count(on_both, responsibility) == (2 if accepted else 1)
    if after is not None:
        assert "was withdrawn" in " ".join(after.errors.values())


def test_two_who_take_over_at_the_same_moment_follow_one_another(
    on_both: Beside,
) -> None:
    """Both say that it cannot wait: each is responsible, one after the other."""
    thread, cast = under_way(on_both), on_both.cast
    forms = []
    for who in (cast.rivera, cast.okafor):
        who.click("Hand off", thread.card)
        opened_page(on_both, who, "Take over").click("Take over in an emergency")
        form = opened_page(on_both, who, "You are responsible for")
        form.fill({"Why it cannot wait": "Sepsis in the emergency department."})
        forms.append(form)

    on_both.slack.together(*(form.submit for form in forms))
    on_both.settle()

    assert count(on_both, responsibility) == 3
    with on_both.baton.store.read() as reading:
        rows = reading.connection.execute(select(handoff.c.state)).scalars()
    assert sorted(rows) == ["taken over", "withdrawn"]


def test_an_offer_by_somebody_who_is_not_responsible_any_more_is_refused_and_kept(
    beside: Beside,
) -> None:
    thread, cast = under_way(beside), beside.cast
    form = fill_offer(thread, cast.chen, RIVERA)
    take_over(thread, cast.okafor, "Sepsis in our emergency department.")

    refused = form.submit()

    assert refused is not None
    assert "Dr Ben Okafor is responsible" in " ".join(refused.errors.values())
    assert responsible(thread).startswith("Dr Ben Okafor")
    with beside.baton.store.read() as reading:
        kept = reading.connection.execute(select(draft.c.form)).scalars().all()
    assert kept == ["handoff"]
