"""The journey asks for the handoffs that it owes, and a return is a step of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sandbox import Person
from tests.beside import Beside
from tests.bot.acting import opened_form
from tests.bot.handing import (
    BOOKED,
    CHEN,
    QUESTION,
    RIVERA,
    SENTENCE,
    WHOM,
    offer,
    open_offer,
    open_read_back,
    responsible,
    say_back,
    take_over,
    turn,
)
from tests.bot.journeying import SAME, Travel, under_way
from tests.bot.telling import EASTERN, Told, told_until, watches
from tests.conftest import T0

pytestmark = pytest.mark.story

IN_DAYS = "In how many days?"
CARVYKTI = "Carvykti (cilta-cel)"
INFUSED = {"Product": CARVYKTI, SAME: "yes"}
NONE_YET = "no return handoff is offered yet."


def lymphodepleted(beside: Beside) -> Travel:
    """Return a journey in which lymphodepletion is planned."""
    travel, ruiz = under_way(beside), beside.cast.ruiz
    travel.record(ruiz, "Apheresis", "Happened")
    travel.record(ruiz, "Release of the product", "In specification")
    travel.record(ruiz, "Lymphodepletion", "Planned", {IN_DAYS: "5"})
    asked_for(travel, beside.cast.chen, "takes over at lymphodepletion")
    return travel


def infused(beside: Beside) -> Travel:
    """Return a journey after the infusion; Dr Rivera is responsible."""
    travel, cast = lymphodepleted(beside), beside.cast
    offer(travel.thread, cast.chen, RIVERA, action="none")
    say_back(travel.thread, cast.rivera)
    travel.record(cast.ruiz, "Lymphodepletion", "Started")
    travel.record(cast.ruiz, "Infusion", "Given", INFUSED)
    return travel


def asked_for(travel: Travel, who: Person, words: str) -> None:
    """Wait until somebody was asked for a handoff."""
    beside = travel.beside
    beside.slack.until(lambda: told(travel, who, words))
    beside.settle()


def told(travel: Travel, who: Person, words: str) -> list[str]:
    """Return what somebody was told with these words."""
    return [one.rendered for one in travel.thread.told(who) if words in one.rendered]


def asked_until(beside: Beside, until: datetime) -> list[Told]:
    """Let time pass, and return who was asked for a return handoff meanwhile."""
    passed = told_until(beside, until, watches(beside))
    return [one for one in passed if NONE_YET in one.what]


def test_a_planned_lymphodepletion_asks_the_practice_to_hand_over(
    on_both: Beside,
) -> None:
    travel, cast = lymphodepleted(on_both), on_both.cast

    asked = "University Center takes over at lymphodepletion"
    assert len(told(travel, cast.chen, asked)) == 1
    assert len(told(travel, cast.brooks, asked)) == 1
    shown = next(one for one in travel.thread.told(cast.chen) if asked in one.rendered)
    cast.chen.click("Hand off", shown)
    form = opened_form(on_both, cast.chen)
    assert form.title == "Hand off 1 of 2"
    form.close()
    offer(travel.thread, cast.chen, RIVERA, action="none")
    say_back(travel.thread, cast.rivera)
    assert told(travel, cast.chen, asked) == []
    assert responsible(travel.thread) == RIVERA


def test_a_return_is_asked_for_three_working_days_before_discharge_until_it_is_offered(
    beside: Beside,
) -> None:
    """Discharge on Wednesday 9 December: asked on Friday, Monday, Tuesday, at 08:00."""
    travel, cast = infused(beside), beside.cast
    travel.record(cast.ruiz, "Discharge from center care", "Planned", {IN_DAYS: "15"})

    before = asked_until(beside, eastern("2026-12-04 07:59"))
    asked = asked_until(beside, eastern("2026-12-07 12:00"))

    assert before == []
    first = f"it: {NONE_YET} University Center is responsible until the practice has"
    assert [(one.at, one.who) for one in asked] == [
        ("Fri 08:00", "Dr Ana Rivera"),
        ("Fri 08:00", "Ana Ruiz"),
        ("Mon 08:00", "Dr Ana Rivera"),
        ("Mon 08:00", "Ana Ruiz"),
    ]
    assert all(one.what.startswith(first) for one in asked)
    offer(travel.thread, cast.rivera, CHEN, action="none")
    assert asked_until(beside, eastern("2026-12-09 12:00")) == []


@pytest.mark.again
def test_an_accepted_return_is_recorded_in_the_journey_by_itself(
    on_both: Beside,
) -> None:
    travel, cast = infused(on_both), on_both.cast
    travel.record(cast.ruiz, "Discharge from center care", "Happened")
    asked_for(travel, cast.rivera, NONE_YET)

    offer(travel.thread, cast.rivera, CHEN, action="none")
    say_back(travel.thread, cast.chen, BOOKED)

    assert "Next: follow-up at home, with Dr Mei Chen" in travel.card.rendered
    assert told(travel, cast.rivera, NONE_YET) == []
    assert "Return to the practice accepted" in travel.page(cast.chen).text


def test_an_exit_while_the_center_is_responsible_asks_for_a_return(
    beside: Beside,
) -> None:
    travel, cast = infused(beside), beside.cast

    travel.record(cast.rivera, "End of the journey", "", {"Reason": "Patient choice"})
    asked_for(travel, cast.rivera, NONE_YET)

    assert responsible(travel.thread) == RIVERA


def test_what_case_and_course_say_already_stands_in_the_form(beside: Beside) -> None:
    travel, cast = infused(beside), beside.cast
    form = open_offer(travel.thread, cast.rivera)

    line = "60-69 · 2 prior lines · lenalidomide-refractory · ECOG 1"
    assert form.value("Patient summary") == line
    form.fill({WHOM: CHEN, "Illness severity": "Stable"})
    assert turn(form).value("CAR T product") == CARVYKTI


@pytest.mark.again
def test_nothing_is_asked_where_the_practice_has_taken_over(beside: Beside) -> None:
    travel, cast = infused(beside), beside.cast
    travel.record(cast.ruiz, "Discharge from center care", "Planned", {IN_DAYS: "15"})

    take_over(travel.thread, cast.chen, "Admitted here with sepsis.")

    assert asked_until(beside, T0 + timedelta(days=20)) == []


def test_a_death_and_an_acceptance_at_the_same_moment_are_both_kept(
    on_both: Beside,
) -> None:
    travel, cast = infused(on_both), on_both.cast
    travel.record(cast.ruiz, "Discharge from center care", "Happened")
    offer(travel.thread, cast.rivera, CHEN, action="none")
    read_back = open_read_back(travel.thread, cast.chen)
    read_back.fill({QUESTION: SENTENCE, **BOOKED})
    death = travel.fill(cast.ruiz, "Death", "", {SAME: "yes"})

    after = on_both.slack.together(read_back.submit, death.submit)
    on_both.settle()

    assert [one.errors for one in after if one] == []
    assert responsible(travel.thread) == CHEN
    assert "Nothing more is asked of anybody" in travel.card.rendered
    assert told_until(on_both, T0 + timedelta(days=5), watches(on_both)) == []


def eastern(text: str) -> datetime:
    """Return the instant of a time at the center."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)
