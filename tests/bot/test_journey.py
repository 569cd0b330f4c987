"""The journey of a course, from the evaluation that was taken to the infusion."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from care.milestone import Step
from sandbox import NotOnScreen, Person
from storage.tables import course
from tests.beside import Beside
from tests.bot.acting import newest, opened_form, pinned, submit
from tests.bot.handing import RIVERA, offer
from tests.bot.journeying import SAME, Travel, under_way

pytestmark = pytest.mark.story

IN_DAYS, AGO = "In how many days?", "How many days ago? (0 is today)"
CARVYKTI = "Carvykti (cilta-cel)"
REACHED = {"Who reached out": "The center"}
CANDIDATE = {"Product": CARVYKTI, "What not to give meanwhile": "none"}
SAME_PATIENT = {SAME: "yes"}
INFUSED = {"Product": CARVYKTI, **SAME_PATIENT}
TAKEN_AWAY = "It was not so: take it away"


def test_taking_an_evaluation_begins_a_journey_whose_next_move_has_a_name(
    on_both: Beside,
) -> None:
    travel = under_way(on_both)

    card = travel.card

    assert "Next: contact with the patient, with Ana Ruiz" in card.rendered
    assert card.buttons[:2] == ("Record contact", "Journey")


def test_a_card_under_way_shows_few_buttons_and_has_the_others_in_its_menu(
    beside: Beside,
) -> None:
    """Two rows on a phone, also from apheresis on, when there is one more."""
    travel, cast = under_way(beside), beside.cast
    first = travel.card.buttons
    travel.record(cast.ruiz, "Apheresis", "Happened")

    collected = travel.card.buttons
    travel.thread.write(
        cast.rivera, "Ask for information", {"What do you need to know?": "FISH"}
    )

    menu = ("Give it back", "Ask for information", "Withdraw", "Close the loop")
    assert first == ("Record contact", "Journey", *menu, "Hand off")
    assert collected[:3] == ("Record release", "Journey", "Urgent concern")
    assert "Waiting for Lakeside Oncology" in travel.card.rendered


def test_the_next_step_is_recorded_in_two_taps(on_both: Beside) -> None:
    travel, cast = under_way(on_both), on_both.cast

    cast.ruiz.click("Record contact", travel.card)
    form = opened_form(on_both, cast.ruiz)
    form.fill({"Who reached out": "The center"})
    submit(on_both, form)

    assert "Next: a date for the consult" in travel.card.rendered
    line = "Ana Ruiz recorded: contact with the patient reached."
    assert travel.thread.lines[-1] == line


def test_a_patient_who_was_not_reached_is_the_practices_move(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast

    travel.record(
        cast.ruiz,
        "Contact with the patient",
        "Could not reach, three tries",
        {"Who reached out": "The center"},
    )

    assert "Next: the practice to reach the patient" in travel.card.rendered
    assert "with Dr Mei Chen (Lakeside Oncology)" in travel.card.rendered
    told = travel.thread.told(cast.brooks)[-1].rendered
    assert "contact with the patient could not reach, three tries" in told


def test_the_whole_way_to_the_infusion_and_day_0_only_then(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ruiz, rivera = cast.ruiz, cast.rivera

    travel.record(ruiz, "Contact with the patient", "Reached", REACHED)
    travel.record(ruiz, "Consult", "Booked", {IN_DAYS: "6"})
    travel.record(ruiz, "Consult", "Held", {AGO: "0"})
    travel.record(rivera, "Decision", "Candidate", CANDIDATE)
    travel.record(ruiz, "Authorization", "Submitted")
    travel.record(ruiz, "Authorization", "Granted")
    travel.record(ruiz, "Apheresis slot", "Assigned", INFUSED)
    travel.record(ruiz, "Apheresis", "Planned", {IN_DAYS: "12"})
    travel.record(ruiz, "Apheresis", "Happened")
    travel.record(ruiz, "Release of the product", "In specification")
    travel.record(ruiz, "Lymphodepletion", "Started")
    travel.record(ruiz, "Infusion", "Planned", {IN_DAYS: "2"})

    assert "Next: infusion, with Ana Ruiz" in travel.card.rendered
    assert day0(beside) is None

    travel.record(ruiz, "Infusion", "Given", INFUSED)

    assert day0(beside) is not None
    assert "Next: discharge from center care" in travel.card.rendered
    told = [one.rendered for one in travel.thread.told(cast.chen)]
    assert any("Ana Ruiz recorded: infusion given" in one for one in told)


def test_only_a_specialist_records_the_decision(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast

    form = travel.form(cast.ruiz, "Record another step")

    with pytest.raises(NotOnScreen, match="'Apheresis'"):
        form.fill({"Step": "Decision"})


def test_an_identifier_is_refused_at_its_field_and_nothing_is_recorded(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    written = {"Product": CARVYKTI, "What not to give meanwhile": "Call 555-867-5309"}

    form = travel.fill(cast.rivera, "Decision", "Candidate", written)
    after = form.submit()

    assert after is not None
    assert list(after.errors) == ["What not to give meanwhile"]
    assert "Next: contact with the patient" in travel.card.rendered


def test_a_moved_apheresis_tells_the_practice_at_once(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Apheresis", "Planned", {IN_DAYS: "5"})

    travel.record(
        cast.ruiz, "Apheresis", "Moved", {IN_DAYS: "9", "Reason": "Manufacturing"}
    )

    told = travel.thread.told(cast.chen)[-1].rendered
    assert "Ana Ruiz recorded: apheresis moved, manufacturing" in told


def test_a_correction_keeps_what_was_recorded_and_says_why(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Consult", "Held", {AGO: "3"})

    form = travel.form(cast.ruiz, "Correct")
    form = travel.choose(cast.ruiz, form, "Consult", TAKEN_AWAY)
    form.fill({"Why is it corrected?": "It was somebody else."})
    submit(beside, form)

    assert "Next: contact with the patient" in travel.card.rendered
    assert travel.thread.lines[-1] == "Ana Ruiz took back: consult held."


def test_a_step_that_later_ones_follow_from_is_corrected_after_them(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Infusion", "Given", INFUSED)
    travel.record(cast.ruiz, "Discharge from center care", "Happened")
    travel.page(cast.rivera).click("Correct", near="Infusion")
    form = opened_form(beside, cast.rivera)
    form = travel.choose(cast.rivera, form, "Infusion", TAKEN_AWAY)
    form.fill({"Why is it corrected?": "It is tomorrow."})

    after = form.submit()

    assert after is not None
    assert "Correct that first." in after.errors["Why is it corrected?"]


def test_no_news_asks_whose_move_it_is_and_then_the_coordinators(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Consult", "Held", {AGO: "0"})

    beside.move_clock(timedelta(days=9))

    asked = travel.thread.told(cast.rivera)[-1]
    assert "Is there news?" in asked.rendered
    assert "Next: decision, with Dr Ana Rivera" in asked.rendered

    beside.move_clock(timedelta(days=3))

    assert "No news has come. Please ask." in travel.thread.told(cast.ruiz)[-1].rendered


def test_saying_what_it_waits_for_puts_the_question_off(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Authorization", "Submitted")
    form = travel.form(cast.ruiz, "Waiting for …")
    form.fill({"Whom does it wait for?": "The payer", "Ask again": "In 14 days"})
    submit(beside, form)
    before = len(travel.thread.told(cast.ruiz))

    beside.move_clock(timedelta(days=12))

    assert len(travel.thread.told(cast.ruiz)) == before
    assert "waiting for the payer" in travel.card.rendered

    beside.move_clock(timedelta(days=4))

    assert news_asked(travel, cast.ruiz) == 1


def test_a_death_ends_what_is_asked_and_leaves_one_task(on_both: Beside) -> None:
    travel, cast = under_way(on_both), on_both.cast

    travel.record(cast.chen, "Death", fields=SAME_PATIENT)

    assert "This journey has ended." in travel.card.rendered
    assert "death recorded" in travel.thread.told(cast.rivera)[-1].rendered
    told = {who.name: len(travel.thread.told(who)) for who in on_both.slack.people}
    on_both.move_clock(timedelta(days=30))
    on_both.slack.until(
        lambda: len(travel.thread.told(cast.ruiz)) > told[cast.ruiz.name]
    )
    after = {who.name: len(travel.thread.told(who)) for who in on_both.slack.people}
    assert {name for name in told if after[name] != told[name]} == {"Ana Ruiz"}
    assert "registry report is still to be done." in (
        travel.thread.told(cast.ruiz)[-1].rendered
    )

    travel.thread.press_last(cast.ruiz, "Done")
    before = len(travel.thread.told(cast.ruiz))
    on_both.move_clock(timedelta(days=30))

    assert len(travel.thread.told(cast.ruiz)) == before


def test_after_a_death_nothing_is_offered_but_to_read(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Apheresis", "Happened")
    before = travel.page(cast.chen)
    assert "Hand off" in before.buttons
    assert "Urgent concern" in travel.card.buttons

    travel.record(cast.chen, "Death", fields=SAME_PATIENT)

    assert travel.card.buttons == ("Journey", "Show the case")
    page = travel.page(cast.chen)
    assert "Hand off" not in page.buttons
    page.click("Show the case")
    case = travel.shown(cast.chen, lambda one: one.title == "Case")
    asking = {"Hand off", "Urgent concern", "Close the loop", "Withdraw", "Answer"}
    assert not asking & set(case.buttons)


def test_after_a_death_a_question_waits_for_nobody_either(beside: Beside) -> None:
    """Also in a thread in which no course is told."""
    travel, cast = under_way(beside), beside.cast
    cast.chen.click("Ask a specialist", pinned(cast.chen, cast.lakeside))
    form = opened_form(beside, cast.chen)
    line = "60-69 · 2 prior lines · lenalidomide-refractory · ECOG 1"
    form.fill({"Your question": "Which prophylaxis until then?"})
    form.fill({"Patient": f"{travel.thread.code} · {line}"})
    submit(beside, form)
    other = newest(beside, cast.lakeside)
    assert other.ts != travel.thread.ts

    travel.record(cast.chen, "Death", fields=SAME_PATIENT)

    assert "Nothing more is asked of anybody." in other.card.rendered
    assert "Would help" not in other.card.rendered
    assert other.card.buttons == ("Show the case",)
    assert "Take it" not in other.told(cast.rivera)[-1].buttons


def test_a_handoff_that_is_open_at_a_death_asks_nobody_any_more(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    offer(travel.thread, cast.chen, RIVERA, action="none")

    travel.record(cast.ruiz, "Death", fields=SAME_PATIENT)

    told = travel.thread.told(cast.rivera)
    assert any("Offered to" in one.rendered for one in told)
    assert not [one for one in told if "Read back" in one.buttons]


def test_a_death_recorded_in_error_is_taken_back_and_the_clock_runs_on(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Death", fields=SAME_PATIENT)

    form = travel.form(cast.ruiz, "Correct")
    form = travel.choose(cast.ruiz, form, "Death", TAKEN_AWAY)
    form.fill({"Why is it corrected?": "The wrong patient."})
    submit(beside, form)
    beside.move_clock(timedelta(days=9))

    assert "Next: contact with the patient" in travel.card.rendered
    assert news_asked(travel, cast.ruiz) == 1


def test_the_timeline_is_a_picture_that_is_also_told_in_words(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Consult", "Held", {AGO: "3"})
    travel.record(cast.ruiz, "Apheresis", "Planned", {IN_DAYS: "12"})

    travel.page(cast.chen).click("Timeline")
    page = travel.shown(cast.chen, lambda one: bool(one.pictures))

    alt = page.pictures[0].alt
    assert "consult held" in alt
    assert "apheresis" in alt
    assert page.pictures[0].content.startswith(b"\x89PNG")


def news_asked(travel: Travel, who: Person) -> int:
    """Return how often somebody was asked for news of the case."""
    told = travel.thread.told(who)
    return sum("Is there news?" in one.rendered for one in told)


def day0(beside: Beside) -> date | None:
    """Return the day 0 of the only course."""
    with beside.baton.store.read() as reading:
        row = reading.connection.execute(select(course.c.day0)).scalar()
    return date.fromisoformat(row) if row else None


def test_until_when_it_was_granted_stays_although_that_is_over(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ahead = "Granted until: in how many days?"
    travel.record(cast.ruiz, "Authorization", "Granted", {ahead: "2"})
    before = granted_until(beside)
    beside.move_clock(timedelta(days=5))

    travel.correct(cast.ruiz, "Authorization", "Granted", fields={AGO: "4"})
    after = granted_until(beside)
    travel.correct(cast.ruiz, "Authorization", "Granted", fields={ahead: "30"})

    assert before == [date(2026, 11, 26)]
    assert after == before
    assert granted_until(beside) == [date(2026, 12, 29)]


def test_a_message_to_the_taker_offers_the_next_step_and_no_answer(
    beside: Beside,
) -> None:
    """What an evaluation leads to is a journey, not a sentence."""
    travel, cast = under_way(beside), beside.cast

    [asked] = [
        one
        for one in travel.thread.told(cast.rivera)
        if "asks about" in one.text + one.rendered
    ]

    assert asked.buttons[:3] == ("Record contact", "Journey", "Ask for information")
    assert "Answer" not in asked.buttons


def granted_until(beside: Beside) -> list[date | None]:
    """Return until when the authorization that stands was granted."""
    with beside.baton.store.read() as reading:
        ids = list(reading.connection.execute(select(course.c.id)).scalars())
        return [
            one.milestone.until
            for one in reading.courses.milestones(ids)
            if one.milestone.step is Step.AUTHORIZATION
        ]


def test_since_when_it_waits_is_shown_for_work_and_not_for_what_was_done_to_a_patient(
    beside: Beside,
) -> None:
    """The day after which a discharge is awaited is the day of the infusion."""
    travel, cast = under_way(beside), beside.cast
    told = [travel.card.rendered]

    for step, result, fields in (
        ("Authorization", "Submitted", {}),
        ("Apheresis", "Happened", {}),
        ("Infusion", "Given", INFUSED),
    ):
        travel.record(cast.ruiz, step, result, fields)
        told.append(travel.card.rendered)

    assert ["since" in one for one in told] == [True, True, False, False]
    assert "Next: discharge from center care, with Ana Ruiz" in told[-1]
