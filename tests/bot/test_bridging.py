"""Bridging: asked for, accepted or countered, started, and its last dose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.demo.cast import Cast, setup_for
from bot.setup_file import PrivacyEntry, SetupFile
from care.bridging import State
from care.patient_time import PhiMode
from sandbox import Modal, Person
from storage.bridging import Bridging
from tests.beside import Beside
from tests.bot.acting import opened_form, opened_page, submit
from tests.bot.journeying import Travel, under_way

pytestmark = pytest.mark.story

AHEAD = "Last day before lymphodepletion: in how many days?"
ASKED = {
    "Regimen": "Daratumumab and dexamethasone, weekly.",
    "What not to give": "none",
    AHEAD: "14",
    "Labs, and where results go": "CBC weekly, to the center's coordinator.",
    "Whom to call": "The specialist on duty.",
}
COUNTER = {"What you propose, and why": "Without daratumumab: reaction last year."}
AGO = "How many days ago? (0 is today)"


def start_asking(travel: Travel, who: Person) -> Modal:
    """Open the center's form from the journey's page."""
    travel.page(who).click("Ask for bridging")
    return travel.shown(who, lambda one: one.submit_label == "Ask")


def ask_bridging(travel: Travel, more: Mapping[str, str] | None = None) -> Modal | None:
    """Ask for bridging as the specialist; what is left of the form."""
    form = start_asking(travel, travel.beside.cast.rivera)
    form.fill({**ASKED, **(more or {})})
    after = form.submit()
    travel.beside.settle()
    return after


def page(travel: Travel, who: Person, words: str) -> Modal:
    """Open the request from the journey's page and wait until it says so."""
    travel.page(who).click("Bridging")
    return opened_page(travel.beside, who, words)


def kept(travel: Travel) -> list[Bridging]:
    """Return the requests of the journey's course."""
    with travel.beside.baton.store.read() as reading:
        case = reading.cases.case_by_code(travel.thread.code)
        assert case
        courses = reading.courses.of_cases([case.id])
        return reading.bridging.of_courses([one.id for one in courses])


def press(travel: Travel, who: Person, label: str) -> None:
    """Press a button of the last message about the case."""
    travel.thread.press_last(who, label)


def answer(travel: Travel, who: Person, label: str, words: Mapping[str, str]) -> None:
    """Press a button of the last message, fill what opens, and send it."""
    who.click(label, travel.thread.told(who)[-1])
    form = opened_form(travel.beside, who)
    form.fill(dict(words))
    submit(travel.beside, form)


def test_the_center_asks_and_the_responsible_clinician_reads_all_of_it(
    on_both: Beside,
) -> None:
    travel, cast = under_way(on_both), on_both.cast

    assert ask_bridging(travel) is None

    told = travel.thread.told(cast.chen)[-1]
    assert "Dr Ana Rivera (University Center) asks you for bridging." in told.rendered
    for text in (text for label, text in ASKED.items() if label != AHEAD):
        assert f"> {text}" in told.rendered
    assert "Last day before lymphodepletion: see its page" in told.rendered.replace(
        "*", ""
    )
    assert "Responsibility stays where it is." in told.rendered
    assert "24 hours: +1 555" in told.rendered
    assert told.buttons[:3] == ("Accept", "Propose something else", "Read it")
    assert travel.thread.lines[-1] == (
        "Dr Ana Rivera asked Lakeside Oncology for bridging."
        " Responsibility stays where it is."
    )
    assert ASKED["Regimen"] not in travel.card.rendered
    assert "Responsible now: Dr Mei Chen" in travel.card.rendered


def test_accepting_is_one_tap_and_tells_who_asked(on_both: Beside) -> None:
    travel, cast = under_way(on_both), on_both.cast
    ask_bridging(travel)

    press(travel, cast.chen, "Accept")

    assert kept(travel)[0].state is State.ACCEPTED
    told = travel.thread.told(cast.rivera)[-1].rendered
    assert "bridging: accepted by Lakeside Oncology (Dr Mei Chen)." in told
    assert travel.thread.lines[-1] == "Dr Mei Chen accepted the bridging."
    after = travel.thread.told(cast.chen)[-1]
    assert "accepted by Lakeside Oncology (Dr Mei Chen)" in after.rendered
    assert "Accept" not in after.buttons
    assert after.buttons[0] == "Record the start"


def test_something_else_is_proposed_and_asked_again(on_both: Beside) -> None:
    travel, cast = under_way(on_both), on_both.cast
    ask_bridging(travel)
    answer(travel, cast.chen, "Propose something else", COUNTER)

    told = travel.thread.told(cast.rivera)[-1]
    assert "Lakeside Oncology proposes another bridging." in told.rendered
    assert "> Without daratumumab: reaction last year." in told.rendered
    answer(travel, cast.rivera, "Ask again", {"Regimen": "Dexamethasone alone."})

    (request,) = kept(travel)
    assert request.state is State.REQUESTED
    assert request.generation == 3
    again = travel.thread.told(cast.chen)[-1]
    assert "> Dexamethasone alone." in again.rendered
    assert "Without daratumumab" not in again.rendered
    assert again.buttons[0] == "Accept"


def test_start_and_last_dose_are_steps_of_the_journey(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ask_bridging(travel)
    press(travel, cast.chen, "Accept")

    answer(travel, cast.chen, "Record the start", {AGO: "0"})
    assert kept(travel)[0].state is State.STARTED
    told = travel.thread.told(cast.rivera)[-1].rendered
    assert "bridging: started." in told
    assert "Dr Mei Chen recorded: bridging started." in travel.thread.lines
    beside.move_clock(timedelta(days=7))
    travel.record(cast.brooks, "Bridging", "Stopped, last dose given", {AGO: "1"})

    (request,) = kept(travel)
    assert request.state is State.STOPPED
    assert (request.last_dose, request.started) == (
        datetime(2026, 11, 30, tzinfo=UTC).date(),
        datetime(2026, 11, 24, tzinfo=UTC).date(),
    )
    assert "Bridging: stopped, last dose given" in travel.page(cast.ruiz).text


def test_a_start_that_was_a_slip_is_taken_back_on_the_journey(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ask_bridging(travel)
    press(travel, cast.chen, "Accept")
    travel.record(cast.brooks, "Bridging", "Started", {AGO: "0"})
    assert kept(travel)[0].state is State.STARTED

    travel.page(cast.brooks).click("Correct")
    form = travel.shown(cast.brooks, lambda one: one.submit_label == "Correct")
    form = travel.choose(cast.brooks, form, "Bridging", "It was not so: take it away")
    form.fill({"Why is it corrected?": "The wrong patient's line."})
    submit(beside, form)

    (request,) = kept(travel)
    assert request.state is State.ACCEPTED
    assert request.started is None


def test_what_was_started_before_it_was_accepted_counts(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ask_bridging(travel)
    travel.record(cast.brooks, "Bridging", "Started", {AGO: "0"})
    assert kept(travel)[0].state is State.REQUESTED

    told = [one for one in travel.thread.told(cast.chen) if "Accept" in one.buttons]
    cast.chen.click("Accept", told[-1])
    beside.settle()

    assert kept(travel)[0].state is State.STARTED


def test_it_is_withdrawn_and_can_be_asked_for_anew(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ask_bridging(travel)
    page(travel, cast.ruiz, "waits for Lakeside").click("Withdraw")
    beside.settle()
    told = travel.thread.told(cast.chen)
    assert "bridging: withdrawn." in told[-1].rendered
    assert not [one for one in told if "Accept" in one.buttons]

    page(travel, cast.rivera, "withdrawn").click("Ask for bridging")
    form = travel.shown(cast.rivera, lambda one: one.submit_label == "Ask")
    form.fill(ASKED)
    submit(beside, form)

    states = [one.state for one in kept(travel)]
    assert states == [State.WITHDRAWN, State.REQUESTED]


@pytest.mark.parametrize(
    "label", ["Regimen", "What not to give", "Labs, and where results go"]
)
def test_none_must_be_said_and_blank_is_refused(beside: Beside, label: str) -> None:
    travel = under_way(beside)

    form = ask_bridging(travel, {label: " "})

    assert form is not None
    assert form.errors == {label: "Write a sentence here, or “none”."}
    assert kept(travel) == []


def test_an_identifier_is_refused_at_its_field(beside: Beside) -> None:
    travel = under_way(beside)

    form = ask_bridging(travel, {"Whom to call": "Daughter at 555-867-5309"})

    assert form is not None
    assert list(form.errors) == ["Whom to call"]
    assert kept(travel) == []


def test_only_a_specialist_asks_and_only_a_physician_answers(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    for who in (cast.chen, cast.brooks, cast.ruiz):
        assert "Ask for bridging" not in travel.page(who).buttons
    ask_bridging(travel)

    for who in (cast.brooks, cast.ruiz, cast.okafor):
        buttons = page(travel, who, "waits for Lakeside").buttons
        assert "Accept" not in buttons
        assert "Propose something else" not in buttons


def test_it_is_brought_up_in_the_practices_time_until_it_is_answered(
    on_both: Beside,
) -> None:
    """Thursday is a holiday: one working day is Wednesday, two are Friday."""
    travel, cast = under_way(on_both), on_both.cast
    ask_bridging(travel)
    waits = "the request for bridging waits for Lakeside Oncology's answer"

    def said(who: Person, words: str = waits) -> int:
        return sum(words in one.rendered for one in travel.thread.told(who))

    on_both.move_clock(timedelta(days=1, minutes=1))
    on_both.slack.until(lambda: said(cast.chen) == 1)
    on_both.move_clock(timedelta(days=1))
    assert (said(cast.chen), said(cast.brooks)) == (1, 0)
    on_both.move_clock(timedelta(days=1))
    on_both.slack.until(lambda: said(cast.brooks) == 1)
    assert said(cast.chen) == 1
    on_both.move_clock(timedelta(days=4))
    on_both.slack.until(lambda: said(cast.ruiz, "Please phone") == 1)
    on_both.slack.until(lambda: said(cast.rivera, "Please phone") == 1)
    told = [one for one in travel.thread.told(cast.chen) if "Accept" in one.buttons]
    cast.chen.click("Accept", told[-1])
    on_both.settle()

    on_both.move_clock(timedelta(days=10))

    assert said(cast.ruiz, "Please phone") == 0
    assert said(cast.chen) == said(cast.brooks) == 0


def test_what_is_not_answered_is_brought_up_each_week(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ask_bridging(travel)
    beside.move_clock(timedelta(days=7))
    before = len(travel.thread.told(cast.brooks))

    beside.move_clock(timedelta(days=7))

    beside.slack.until(lambda: len(travel.thread.told(cast.brooks)) > before)


def test_two_physicians_at_the_same_moment_and_one_answer_stands(
    on_both: Beside,
) -> None:
    travel, cast = under_way(on_both), on_both.cast
    ask_bridging(travel)
    told = travel.thread.told(cast.chen)[-1]
    cast.chen.click("Propose something else", told)
    form = opened_form(on_both, cast.chen)
    form.fill(COUNTER)

    left = on_both.slack.together(form.submit, lambda: cast.chen.click("Accept", told))
    on_both.settle()

    (request,) = kept(travel)
    assert request.generation == 2
    refused = left[0]
    if request.state is State.ACCEPTED:
        assert refused is not None
        assert "this request is accepted now" in next(iter(refused.errors.values()))
    else:
        assert request.state is State.COUNTERED
        assert "this request is countered now" in cast.chen.private[-1].rendered


def test_two_specialists_ask_at_the_same_moment_and_one_request_stands(
    on_both: Beside,
) -> None:
    travel, cast = under_way(on_both), on_both.cast
    forms = [start_asking(travel, who) for who in (cast.rivera, cast.okafor)]
    for form in forms:
        form.fill(ASKED)

    left = on_both.slack.together(*(one.submit for one in forms))
    on_both.settle()

    refused = [one for one in left if one is not None]
    assert len(refused) == 1
    assert "was changed meanwhile" in refused[0].errors["Regimen"]
    assert len(kept(travel)) == 1


def test_what_comes_in_twice_is_asked_and_accepted_once(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    beside.slack.faults.duplicate("interactive/view_submission")
    ask_bridging(travel)
    beside.slack.faults.duplicate("interactive/block_actions")

    press(travel, cast.chen, "Accept")

    (request,) = kept(travel)
    assert request.generation == 2
    assert travel.thread.lines.count("Dr Mei Chen accepted the bridging.") == 1


def test_none_is_asked_for_once_the_product_was_given(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    infused = {
        "Product": "Carvykti (cilta-cel)",
        "Same patient?": "yes",
    }
    form = start_asking(travel, cast.rivera)
    form.close(all_at_once=True)
    travel.record(cast.ruiz, "Infusion", "Given", infused)

    assert "Ask for bridging" not in travel.page(cast.rivera).buttons


def test_where_dates_may_be_shown_the_last_day_is_a_date(
    start: Callable[..., Beside], new_sqlite: Callable[..., str]
) -> None:
    dates = start(
        new_sqlite(), phi_mode=PhiMode.BAA, setup=lambda _, cast: dated_setup(cast)
    )
    travel, cast = under_way(dates), dates.cast
    form = start_asking(travel, cast.rivera)
    words = {label: text for label, text in ASKED.items() if label != AHEAD}

    form.fill({**words, "Last day before lymphodepletion": "2026-11-20"})
    refused = form.submit()
    assert refused is not None
    assert list(refused.errors) == ["Last day before lymphodepletion"]
    form.fill({"Last day before lymphodepletion": "2026-12-11"})
    submit(dates, form)

    told = travel.thread.told(cast.chen)[-1].rendered.replace("*", "")
    assert "Last day before lymphodepletion: 11 Dec 2026" in told


def dated_setup(cast: Cast) -> SetupFile:
    """Return the demo's setup with an agreement to dates."""
    agreed = PrivacyEntry(
        mode=PhiMode.BAA, agreed_by="Robin Shaw", agreed_on=date(2026, 11, 2)
    )
    return setup_for(cast).model_copy(update={"privacy": agreed})
