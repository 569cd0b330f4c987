"""Journeys that do not go the usual way: not now, exits, other therapies, hospitals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from care.journey import CourseKind, Phase
from sandbox import NotOnScreen
from storage.tables import course
from tests.beside import Beside
from tests.bot.acting import submit
from tests.bot.journeying import SAME, Travel, under_way
from tests.bot.test_journey import day0, news_asked

pytestmark = pytest.mark.story

IN_DAYS, AGO = "In how many days?", "How many days ago? (0 is today)"
CARVYKTI = "Carvykti (cilta-cel)"
INFUSED = {"Product": CARVYKTI, SAME: "yes"}
TAKEN_AWAY = "It was not so: take it away"
DAY = timedelta(days=1)
NOT_NOW = {
    "Reason": "Patient not well enough now",
    "Look again: in how many days?": "20",
    "What not to give meanwhile": "No bendamustine before cells are collected.",
}
EXIT = {"Reason": "Rapid progression"}
STAY = {
    "What happened?": "Pneumonia, IV antibiotics for five days.",
    "What changed?": "Acyclovir goes on.",
    "Who does what?": "The practice draws weekly counts.",
}


def courses(beside: Beside) -> list[tuple[str, str, str | None]]:
    """Return kind, phase and day 0 of every course, oldest first."""
    with beside.baton.store.read() as reading:
        rows = reading.connection.execute(
            select(course).order_by(course.c.started_at, course.c.id)
        )
        return [(row.kind, row.phase, row.day0) for row in rows]


def test_not_now_is_the_practices_and_comes_up_on_the_day_that_was_said(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.rivera, "Decision", "Not now", NOT_NOW)

    told = travel.thread.told(cast.chen)[-1].rendered
    assert "Dr Ana Rivera recorded: decision: not now" in told
    assert "No bendamustine before cells are collected." in told
    assert "Next: another look later, with Dr Mei Chen" in travel.card.rendered
    beside.move_clock(19 * DAY)
    assert news_asked(travel, cast.chen) == 0

    beside.move_clock(DAY)

    assert news_asked(travel, cast.chen) == 1
    travel.record(
        cast.rivera,
        "Decision",
        "Candidate",
        {"Product": CARVYKTI, "What not to give meanwhile": "none"},
    )
    assert "Next: authorization to be submitted" in travel.card.rendered


def test_who_decides_says_what_not_to_give_or_none(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    left_out = {**NOT_NOW, "What not to give meanwhile": " "}

    form = travel.fill(cast.rivera, "Decision", "Not now", left_out)
    after = form.submit()

    assert after is not None
    assert after.errors == {
        "What not to give meanwhile": "Say what not to give meanwhile, or “none”."
    }


def test_a_journey_that_is_left_asks_nobody_any_more(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Apheresis", "Happened")

    travel.record(cast.chen, "End of the journey", fields=EXIT)

    assert "The journey has ended." in travel.card.rendered
    told = travel.thread.told(cast.rivera)[-1].rendered
    assert "Dr Mei Chen recorded: end of the journey recorded" in told
    before = {who.id: len(who.dm()) for who in beside.slack.people}
    beside.move_clock(40 * DAY)
    assert {who.id: len(who.dm()) for who in beside.slack.people} == before


def test_after_an_exit_a_second_course_begins_when_the_center_takes_it_again(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Infusion", "Planned", {IN_DAYS: "9"})
    travel.record(cast.rivera, "End of the journey", fields=EXIT)
    beside.move_clock(DAY)
    travel.thread.press(cast.rivera, "Give it back")
    travel.thread.take(cast.rivera)

    assert "Next: contact with the patient" in travel.card.rendered
    assert [phase for _, phase, _ in courses(beside)] == [Phase.ENDED, Phase.CONTACT]
    travel.record(cast.ruiz, "Infusion", "Given", INFUSED)
    given_on = date(2026, 11, 25).isoformat()
    assert [day for _, _, day in courses(beside)] == [None, given_on]


def test_another_therapy_after_a_relapse_keeps_day_0_of_the_infusion(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Infusion", "Given", INFUSED)
    before = day0(beside)
    beside.move_clock(200 * DAY)
    travel.record(cast.chen, "Relapse")
    travel.record(
        cast.chen, "New therapy", fields={"Which therapy": "Bispecific", AGO: "1"}
    )

    (cart, bispecific) = courses(beside)
    assert cart == (CourseKind.CAR_T, Phase.DISCHARGE, str(before))
    assert bispecific[:2] == (CourseKind.BISPECIFIC, Phase.THERAPY)
    assert bispecific[2] == (before + 199 * DAY).isoformat() if before else False
    travel.correct(cast.chen, "New therapy", TAKEN_AWAY)
    assert [phase for _, phase, _ in courses(beside)] == [Phase.DISCHARGE, Phase.ENDED]


@pytest.mark.again
def test_a_therapy_that_replaces_another_gives_its_place_back_when_taken_back(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Infusion", "Given", INFUSED)
    beside.move_clock(30 * DAY)
    travel.record(cast.chen, "New therapy", fields={"Which therapy": "Bispecific"})
    beside.move_clock(30 * DAY)
    travel.record(cast.chen, "New therapy", fields={"Which therapy": "Another therapy"})
    assert [phase for _, phase, _ in courses(beside)][1:] == [
        Phase.ENDED,
        Phase.THERAPY,
    ]

    travel.correct(
        cast.chen, "New therapy", TAKEN_AWAY, near="New therapy started · month-2"
    )

    assert [phase for _, phase, _ in courses(beside)][1:] == [
        Phase.THERAPY,
        Phase.ENDED,
    ]


def test_hospice_stops_the_questions_and_the_journey_stays(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast

    travel.record(cast.chen, "Hospice")

    assert "hospice began" in travel.thread.told(cast.rivera)[-1].rendered
    before = {who.id: len(who.dm()) for who in beside.slack.people}
    beside.move_clock(40 * DAY)
    assert {who.id: len(who.dm()) for who in beside.slack.people} == before

    travel.correct(cast.chen, "Hospice", TAKEN_AWAY)
    beside.move_clock(9 * DAY)
    assert news_asked(travel, cast.ruiz) == 1


def test_a_hospice_corrected_after_a_death_leaves_the_death(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.chen, "Hospice", fields={AGO: "3"})
    travel.record(cast.chen, "Death", fields={SAME: "yes"})

    travel.correct(cast.chen, "Hospice", "Began", "A day later.", {AGO: "2"})

    assert "Nothing more is asked of anybody." in travel.card.rendered
    assert "Record another step" not in travel.page(cast.chen).buttons


def test_an_admission_and_the_discharge_from_hospital_in_three_lines(
    on_both: Beside,
) -> None:
    travel, cast = under_way(on_both), on_both.cast
    where = {"Where": "A local hospital"}
    call = {"First call while in hospital": "Whoever is on duty at the center"}

    travel.record(cast.chen, "Admission to hospital", fields=where | call)

    told = travel.thread.told(cast.rivera)[-1].rendered
    assert "Dr Mei Chen recorded: admission to hospital recorded" in told
    assert "a local hospital" in told

    travel.record(cast.brooks, "Discharge from hospital", fields=STAY)

    told = travel.thread.told(cast.rivera)[-1].rendered
    for label, text in STAY.items():
        assert f"{label.removesuffix('?')}: {text}" in told


@pytest.mark.parametrize("left_out", list(STAY))
def test_each_of_the_three_lines_must_be_said(beside: Beside, left_out: str) -> None:
    travel, cast = under_way(beside), beside.cast
    admitted(travel)

    form = travel.fill(
        cast.chen, "Discharge from hospital", "", {**STAY, left_out: " "}
    )
    after = form.submit()

    assert after is not None
    assert list(after.errors) == [left_out]


def test_an_identifier_in_one_of_the_three_lines_is_refused_there(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    admitted(travel)
    lines = {**STAY, "What changed?": "Call 555-867-5309"}

    form = travel.fill(cast.chen, "Discharge from hospital", "", lines)
    after = form.submit()

    assert after is not None
    assert list(after.errors) == ["What changed?"]


def test_the_three_lines_stand_in_their_fields_when_they_are_corrected(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    admitted(travel)
    travel.record(cast.chen, "Discharge from hospital", fields=STAY)

    travel.page(cast.chen).click("Correct", near="Discharge from hospital")
    form = travel.shown(cast.chen, lambda one: one.submit_label == "Correct")
    assert {label: form.value(label) for label in STAY} == STAY
    form.fill({"What changed?": "Nothing.", "Why is it corrected?": "It went on."})
    submit(beside, form)

    page = travel.page(cast.chen).text
    assert "What changed: Nothing." in page
    assert STAY["What happened?"] in page


def test_an_evaluation_that_is_withdrawn_asks_nobody_until_it_is_reopened(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.thread.press(cast.chen, "Withdraw")
    beside.move_clock(30 * DAY)
    assert news_asked(travel, cast.ruiz) == 0

    travel.thread.press(cast.chen, "Reopen")
    beside.move_clock(9 * DAY)

    assert news_asked(travel, cast.ruiz) == 1


def test_a_guest_of_another_workspace_records_what_a_practice_may(
    on_both: Beside,
) -> None:
    cast = on_both.cast
    travel = under_way(on_both, cast.patel, cast.prairie)

    travel.record(cast.patel, "Bridging", "Started")

    assert travel.thread.lines[-1] == "Dr Nina Patel recorded: bridging started."
    form = travel.form(cast.patel, "Record another step")
    for step in ("Consult", "Decision", "Infusion"):
        with pytest.raises(NotOnScreen):
            form.fill({"Step": step})


@pytest.mark.parametrize("label", ["Record contact", "Journey"])
def test_whoever_has_no_part_reads_that_there_is_no_such_case(
    beside: Beside, label: str
) -> None:
    """An administrator sits in the channel and presses what stands there."""
    travel, cast = under_way(beside), beside.cast

    cast.lee.click(label, travel.card)
    page = travel.shown(cast.lee, lambda one: "part in" in one.text)

    assert page.text.count("There is no such case that you have a part in.") == 1
    assert travel.thread.code not in page.text


def admitted(travel: Travel) -> None:
    """Record an admission."""
    travel.record(
        travel.beside.cast.chen,
        "Admission to hospital",
        fields={
            "Where": "The center",
            "First call while in hospital": "The responsible clinician",
        },
    )
