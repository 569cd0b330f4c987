"""What comes in twice of a journey counts once, and two at once lose nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox import Modal, Person
from storage.tables import course, milestone, task
from tests.beside import Beside
from tests.bot.acting import opened_form
from tests.bot.journeying import SAME, Travel, under_way
from tests.bot.test_duplicates import APART, await_both, count, twice

pytestmark = pytest.mark.story

IN_DAYS, AGO = "In how many days?", "How many days ago? (0 is today)"
CARVYKTI = "Carvykti (cilta-cel)"
TAKEN_AWAY = "It was not so: take it away"


def submit_twice(beside: Beside, form: Modal, apart: float) -> None:
    """Submit a form whose submission comes in twice, on two connections."""
    twice(beside, "interactive/view_submission", apart)
    after = form.submit()
    await_both(beside, apart)
    assert after is None, after.errors or after.text


@pytest.mark.parametrize("apart", APART)
def test_a_step_submitted_twice_is_recorded_once(on_both: Beside, apart: float) -> None:
    travel, cast = under_way(on_both), on_both.cast
    form = travel.fill(cast.ruiz, "Consult", "Booked", {IN_DAYS: "6"})

    submit_twice(on_both, form, apart)

    assert count(on_both, milestone) == 1
    said = [line for line in travel.thread.lines if "consult booked" in line]
    assert len(said) == 1
    assert not cast.ruiz.private


@pytest.mark.parametrize("apart", APART)
def test_a_correction_submitted_twice_is_one(on_both: Beside, apart: float) -> None:
    travel, cast = under_way(on_both), on_both.cast
    travel.record(cast.ruiz, "Consult", "Held", {AGO: "3"})
    form = travel.correction(cast.ruiz, "Consult", "Held", "Later.", {AGO: "1"})

    submit_twice(on_both, form, apart)

    assert count(on_both, milestone) == 2
    said = [line for line in travel.thread.lines if "corrected" in line]
    assert len(said) == 1


@pytest.mark.parametrize("apart", APART)
def test_what_it_waits_for_submitted_twice_is_said_once(
    beside: Beside, apart: float
) -> None:
    travel, cast = under_way(beside), beside.cast
    form = travel.form(cast.ruiz, "Waiting for …")
    form.fill({"Whom does it wait for?": "The payer", "Ask again": "In 14 days"})
    with beside.baton.store.read() as reading:
        before = reading.connection.execute(course.select()).one().generation

    submit_twice(beside, form, apart)

    with beside.baton.store.read() as reading:
        after = reading.connection.execute(course.select()).one()
    assert after.generation == before + 1
    assert "waiting for the payer" in travel.card.rendered


@pytest.mark.parametrize("apart", APART)
@pytest.mark.parametrize("button", ["Record contact", "Journey"])
def test_a_button_of_the_card_twice_opens_one_page(
    beside: Beside, apart: float, button: str
) -> None:
    travel, cast = under_way(beside), beside.cast
    twice(beside, "interactive/block_actions", apart)

    cast.ruiz.click(button, travel.card)
    travel.shown(cast.ruiz, lambda one: "Next:" in one.text or bool(one.submit_label))
    await_both(beside, apart)

    assert len(cast.ruiz.modals) == 1
    assert not cast.ruiz.private


@pytest.mark.parametrize("apart", APART)
def test_a_task_ticked_twice_is_done_once_and_says_so_where_it_was_asked(
    beside: Beside, apart: float
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Death", fields={SAME: "yes"})
    beside.move_clock(timedelta(days=9))
    asked = travel.thread.told(cast.ruiz)[-1]
    assert "registry report is still to be done." in asked.rendered
    twice(beside, "interactive/block_actions", apart)

    cast.ruiz.click("Done", asked)
    await_both(beside, apart)

    assert "registry report: done." in travel.thread.told(cast.ruiz)[-1].rendered
    assert "Done" not in travel.thread.told(cast.ruiz)[-1].buttons
    with beside.baton.store.read() as reading:
        (row,) = reading.connection.execute(task.select()).all()
    assert row.done_at is not None
    assert {one.rendered for one in cast.ruiz.private} <= {"Noted as done."}


def test_one_records_the_infusion_while_another_records_its_planning(
    on_both: Beside,
) -> None:
    """Both are kept in order, or the later one reads what stands now."""
    travel, cast = under_way(on_both), on_both.cast
    on_both.add_replica()
    given = travel.fill(
        cast.rivera, "Infusion", "Given", {"Product": CARVYKTI, SAME: "yes"}
    )
    planned = travel.fill(cast.ruiz, "Infusion", "Planned", {IN_DAYS: "2"})

    _, after = on_both.slack.together(given.submit, planned.submit)
    on_both.settle()

    assert "Next: discharge from center care" in travel.card.rendered
    lines = "\n".join(travel.thread.lines)
    assert "infusion given" in lines
    if after is None:
        assert "infusion planned" in lines
    else:
        (sentence,) = after.errors.values()
        assert "awaits discharge from center care now" in sentence
        assert "infusion planned" not in lines


def overtaken(travel: Travel, who: Person) -> str:
    """Fill the planning of a consult, let another hold it, and submit."""
    form = travel.fill(who, "Consult", "Booked", {IN_DAYS: "6"})
    travel.record(travel.beside.cast.rivera, "Consult", "Held", {AGO: "0"})
    after = form.submit()
    assert after is not None
    return " ".join(after.errors.values())


def test_whoever_is_overtaken_reads_it_and_the_next_form_is_not_filled_with_theirs(
    beside: Beside,
) -> None:
    """What was written is kept for that step alone, and no days of it."""
    travel, cast = under_way(beside), beside.cast

    said = overtaken(travel, cast.ruiz)

    assert "awaits decision now" in said
    while cast.ruiz.modal:
        cast.ruiz.modal.close()
    travel.page(cast.ruiz).click("Record another step")
    form = opened_form(beside, cast.ruiz)
    form = travel.choose(cast.ruiz, form, "Step", "Apheresis")
    assert form.value("Apheresis") == "Planned"
    assert not form.value(IN_DAYS)


def test_a_step_recorded_is_no_draft_any_more(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    overtaken(travel, cast.ruiz)
    while cast.ruiz.modal:
        cast.ruiz.modal.close()

    travel.record(cast.ruiz, "Apheresis", "Planned", {IN_DAYS: "12"})

    with beside.baton.store.read() as reading:
        by = reading.people.person(cast.ruiz.team, cast.ruiz.id)
        there = reading.connection.execute(course.select()).one()
        assert by is not None
        kept = reading.drafts.find(
            by.clinician_id, "milestone", there.id, now=reading.now
        )
    assert kept is None


def test_a_form_sent_while_it_still_changes_says_what_is_left_out(
    beside: Beside,
) -> None:
    """The step was chosen anew, and its own fields are not there yet."""
    travel, cast = under_way(beside), beside.cast
    form = travel.form(cast.ruiz, "Record another step")
    form = travel.choose(cast.ruiz, form, "Step", "Consult")
    beside.slack.faults.slow("views.update", 3)

    form.fill({IN_DAYS: "6", "Step": "Apheresis"})
    after = form.submit()

    assert after is not None
    assert "Choose how it stands." in " ".join(after.errors.values())
    assert count(beside, milestone) == 0


def test_taking_away_a_step_at_the_moment_another_corrects_it(
    on_both: Beside,
) -> None:
    travel, cast = under_way(on_both), on_both.cast
    travel.record(cast.ruiz, "Consult", "Held", {AGO: "3"})
    on_both.add_replica()
    one = travel.correction(cast.ruiz, "Consult", TAKEN_AWAY, "Another patient.")
    other = travel.correction(cast.rivera, "Consult", "Held", "Later.", {AGO: "1"})

    answers = on_both.slack.together(one.submit, other.submit)
    on_both.settle()

    refused = [one for one in answers if one is not None]
    assert len(refused) == 1
    assert "somebody has corrected this already" in str(refused[0].errors)
