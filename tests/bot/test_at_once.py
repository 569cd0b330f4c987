"""Two people at the same moment: one wins, and the other is told what happened."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sandbox import Modal, Person
from storage.responsibility import Tenure
from storage.tables import course, milestone
from tests.beside import Beside
from tests.bot.acting import (
    BY_PHONE,
    EVALUATION,
    SAME_PATIENT,
    Thread,
    ask,
    opened_form,
    opened_page,
)
from tests.bot.handing import (
    QUESTION,
    RIVERA,
    SENTENCE,
    line_label,
    offer,
    open_read_back,
    responsible,
)
from tests.bot.handing import under_way as taken
from tests.bot.journeying import SAME, Travel, under_way
from tests.bot.test_duplicates import count

pytestmark = pytest.mark.story

INFUSED = {"Product": "Carvykti (cilta-cel)", SAME: "yes"}
TAKEN_AWAY = "It was not so: take it away"


def refused(answers: tuple[Modal | None, ...] | list[Modal | None]) -> list[str]:
    """Return the sentences by which forms were refused."""
    return [" ".join(one.errors.values()) for one in answers if one is not None]


def tenures(thread: Thread) -> list[Tenure]:
    """Return who was and is responsible, as it is kept."""
    with thread.beside.baton.store.read() as reading:
        case = reading.cases.case_by_code(thread.code)
        assert case
        return reading.responsibility.of([case.id])[case.id]


def take_form(beside: Beside, thread: Thread, who: Person) -> Modal:
    """Open and fill the form in which an evaluation is taken."""
    who.click("Take it", thread.card)
    form = opened_form(beside, who)
    form.fill({SAME_PATIENT: BY_PHONE})
    return form


def take_over_form(beside: Beside, thread: Thread, who: Person) -> Modal:
    """Open and fill the form of an emergency takeover."""
    who.click("Hand off", thread.card)
    opened_page(beside, who, "Take over").click("Take over in an emergency")
    form = opened_page(beside, who, "You are responsible for")
    form.fill({"Why it cannot wait": "Sepsis in our emergency department."})
    return form


def test_two_specialists_take_one_evaluation_and_one_is_told_who_was_faster(
    on_both: Beside,
) -> None:
    thread, cast = ask(on_both, kind=EVALUATION), on_both.cast
    on_both.add_replica()
    forms = [take_form(on_both, thread, who) for who in (cast.rivera, cast.okafor)]

    answers = on_both.slack.together(*(one.submit for one in forms))
    on_both.settle()

    winner, other = cast.rivera, cast.okafor
    if answers[0] is not None:
        winner, other = other, winner
    (sentence,) = refused(answers)
    assert winner.name in sentence
    assert f"Taken by: @{winner.name}" in thread.card.rendered
    assert [one for one in thread.lines if "took this" in one] == [
        f"{winner.name} took this."
    ]
    assert count(on_both, course) == 1
    assert other.name not in thread.told(cast.chen)[-1].rendered


def test_a_takeover_while_another_reads_back_leaves_one_responsible_after_the_other(
    on_both: Beside,
) -> None:
    """Who takes over is responsible in the end, whichever of the two came first."""
    thread, cast = taken(on_both), on_both.cast
    on_both.add_replica()
    offer(thread, cast.chen, RIVERA)
    read_back = open_read_back(thread, cast.rivera)
    read_back.fill({QUESTION: SENTENCE, line_label(RIVERA): "I take it"})
    emergency = take_over_form(on_both, thread, cast.okafor)

    said_back, taken_over = on_both.slack.together(read_back.submit, emergency.submit)
    on_both.settle()

    assert taken_over is None
    assert responsible(thread) == "Dr Ben Okafor, University Center"
    kept = tenures(thread)
    assert all(before.until == after.since for before, after in pairwise(kept))
    assert [one.until for one in kept].count(None) == 1
    told = thread.told(cast.rivera)
    assert any("Dr Ben Okafor" in one.rendered for one in told)
    assert not [one for one in told if "Read back" in one.buttons]
    if said_back is None:
        assert len(kept) == 3
    else:
        assert len(kept) == 2
        assert "That was not saved: the offer" in refused([said_back])[0]


def test_an_infusion_that_two_record_is_one_and_has_one_day_0(
    on_both: Beside,
) -> None:
    travel, cast = under_way(on_both), on_both.cast
    on_both.add_replica()
    forms = [
        travel.fill(who, "Infusion", "Given", INFUSED)
        for who in (cast.rivera, cast.ruiz)
    ]

    answers = on_both.slack.together(*(one.submit for one in forms))
    on_both.settle()

    (sentence,) = refused(answers)
    assert "awaits discharge from center care now" in sentence
    assert count(on_both, milestone) == 1
    said = [one for one in travel.thread.lines if "infusion given" in one]
    assert len(said) == 1


def test_an_infusion_is_taken_away_while_another_records_what_follows_it(
    on_both: Beside,
) -> None:
    """Either the discharge stands on its infusion, or neither of the two stands."""
    travel, cast = under_way(on_both), on_both.cast
    travel.record(cast.rivera, "Infusion", "Given", INFUSED)
    on_both.add_replica()
    away = travel.correction(cast.rivera, "Infusion", TAKEN_AWAY, "It is tomorrow.")
    home = travel.fill(cast.ruiz, "Discharge from center care", "Happened")

    answers = on_both.slack.together(away.submit, home.submit)
    on_both.settle()

    (sentence,) = refused(answers)
    if answers[0] is None:
        assert "awaits contact with the patient now" in sentence
        assert "Next: contact with the patient" in travel.card.rendered
    else:
        assert "Correct that first." in sentence
        assert "Next: return handoff" in travel.card.rendered


def test_an_infusion_is_recorded_while_another_corrects_the_step_before(
    on_both: Beside,
) -> None:
    """Both are kept: what was corrected stands before the infusion all the same."""
    travel: Travel = under_way(on_both)
    cast = on_both.cast
    travel.record(cast.ruiz, "Lymphodepletion", "Started")
    on_both.add_replica()
    given = travel.fill(cast.rivera, "Infusion", "Given", INFUSED)
    ago = {"How many days ago? (0 is today)": "3"}
    corrected = travel.correction(
        cast.ruiz, "Lymphodepletion", "Started", "Three days ago.", ago
    )

    answers = on_both.slack.together(given.submit, corrected.submit)
    on_both.settle()

    assert refused(answers) == []
    assert "Next: discharge from center care" in travel.card.rendered
    lines = travel.thread.lines
    assert "Dr Ana Rivera recorded: infusion given." in lines
    assert "Ana Ruiz corrected: lymphodepletion started." in lines
