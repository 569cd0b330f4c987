"""The form of asking for cover: how it is reached, what it offers and refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from sandbox import Modal
from tests.beside import Beside
from tests.bot.acting import ask, opened_form, opened_page, pinned, submit
from tests.bot.conftest import Start
from tests.bot.covering import (
    ALL,
    CLOSING,
    MORNING,
    OTHER,
    WEEKEND,
    ask_cover,
    ask_form,
    home_of,
    local,
    osei_of,
    press,
    the_cover,
    told,
    with_osei,
)

pytestmark = pytest.mark.story

NewSqlite = Callable[..., str]


@pytest.fixture
def practice(start: Start, new_sqlite: NewSqlite) -> Beside:
    """Return a Baton whose practice has two oncologists."""
    return start(new_sqlite(), setup=with_osei)


def options_of(form: Modal, label: str) -> list[str]:
    """Return what a field of a form offers."""
    (block,) = (one for one in form.view.body["blocks"] if _label(one) == label)
    return [one["text"]["text"] for one in block["element"]["options"]]


def _label(block: dict[str, object]) -> object:
    label = block.get("label")
    return label["text"] if isinstance(label, dict) else None


def choose_other(beside: Beside, form: Modal, label: str, at: datetime) -> Modal:
    """Choose another time than those offered, and pick it."""
    form.fill({label: OTHER})
    picker = f"{label}: day and time"

    def changed() -> Modal | None:
        return form if picker in form.labels else None

    again = beside.slack.until(changed)
    again.fill({picker: str(int(at.timestamp()))})
    return again


def test_the_form_offers_colleagues_and_the_mornings_of_ones_own_site(
    practice: Beside,
) -> None:
    thread, chen = ask(practice), practice.cast.chen

    form = ask_form(practice, chen)

    assert form.title == "Ask for cover"
    assert options_of(form, "Who covers") == ["Dr Omar Osei"]
    assert options_of(form, "From") == ["Now", CLOSING, OTHER]
    assert options_of(form, "Until") == [MORNING, WEEKEND, OTHER]
    patients = options_of(form, "For")
    assert patients[0] == ALL
    assert patients[1].startswith(thread.code)
    assert "Who is covered" not in form.labels
    assert "Responsibility for the patients does not move." in form.text


def test_a_coordinator_chooses_whom_and_sees_the_cases_of_that_colleague(
    practice: Beside,
) -> None:
    """A case of somebody else's is not offered once another is chosen."""
    thread, cast = ask(practice), practice.cast
    form = ask_form(practice, cast.brooks)
    assert options_of(form, "Who is covered") == ["Dr Mei Chen", "Dr Omar Osei"]
    assert any(one.startswith(thread.code) for one in options_of(form, "For"))

    form.fill({"Who is covered": "Dr Omar Osei"})

    practice.slack.until(lambda: options_of(form, "For") == [ALL])
    assert options_of(form, "Who covers") == ["Dr Mei Chen"]


def test_another_time_can_be_chosen_for_both_ends(practice: Beside) -> None:
    chen, osei = practice.cast.chen, osei_of(practice.slack)
    form = ask_form(practice, chen)
    form.fill({"Who covers": osei.name})

    form = choose_other(practice, form, "From", local(27, 18, 30))
    form = choose_other(practice, form, "Until", local(29, 9))
    submit(practice, form)

    kept = the_cover(practice).cover
    assert (kept.starts_at, kept.ends_at) == (local(27, 18, 30), local(29, 9))
    press(practice, osei, "Take it")
    practice.set_clock(local(27, 18, 30))
    assert "You took first call" in told(osei)[-1].rendered


def test_an_end_before_the_start_is_refused_and_the_form_stays(
    practice: Beside,
) -> None:
    chen = practice.cast.chen
    form = ask_form(practice, chen)
    form.fill({"Who covers": "Dr Omar Osei", "From": CLOSING})
    form = choose_other(practice, form, "Until", local(24, 16))

    again = form.submit()

    assert again is not None
    assert again.errors == {"Until": "That is not after the start."}
    assert not told(osei_of(practice.slack))


def test_a_day_that_was_not_chosen_is_asked_for(practice: Beside) -> None:
    form = ask_form(practice, practice.cast.chen)
    form.fill({"Who covers": "Dr Omar Osei", "Until": OTHER})
    practice.slack.until(lambda: "Until: day and time" in form.labels)

    again = form.submit()

    assert again is not None
    assert list(again.errors) == ["Until: day and time"]


def test_an_identifier_in_the_note_is_refused_and_the_text_stays(
    practice: Beside,
) -> None:
    form = ask_form(practice, practice.cast.chen)
    note = "MRN 12345678 may call."
    form.fill({"Who covers": "Dr Omar Osei", "Note": note})

    again = form.submit()

    assert again is not None
    assert list(again.errors) == ["Note"]
    assert again.value("Note") == note
    assert not told(osei_of(practice.slack))


def test_a_colleague_who_is_away_then_is_not_asked(practice: Beside) -> None:
    osei = osei_of(practice.slack)
    osei.command("/baton away")
    away = opened_form(practice, osei)
    away.fill({"First day away": "2026-11-25", "Last day away": "2026-11-25"})
    submit(practice, away)
    form = ask_form(practice, practice.cast.chen)
    form.fill({"Who covers": osei.name})

    again = form.submit()

    assert again is not None
    assert again.errors == {"Who covers": "They are away then. Choose somebody else."}


def test_what_was_promised_in_the_form_holds_though_the_morning_comes_first(
    practice: Beside,
) -> None:
    """Opened before midnight and sent after: until the morning that it named."""
    form = ask_form(practice, practice.cast.chen)
    form.fill({"Who covers": "Dr Omar Osei"})
    practice.set_clock(local(25, 1))

    submit(practice, form)

    assert the_cover(practice).cover.ends_at == local(25, 8)


def test_where_nobody_else_can_cover_the_form_says_so(beside: Beside) -> None:
    """The demo's practice has one oncologist and a coordinator."""
    chen = beside.cast.chen

    chen.command("/baton cover")

    page = opened_page(beside, chen, "can be first call")
    assert "Nobody else at Lakeside Oncology can be first call" in page.text
    assert page.submit_label == ""


def test_who_answers_for_nobody_is_told_who_asks_for_cover(beside: Beside) -> None:
    lee = beside.cast.lee

    lee.command("/baton cover")

    page = opened_page(beside, lee, "Cover is asked for by")
    assert "the lead and the coordinators of the site" in page.text
    assert "Ask for cover" not in home_of(beside, lee, "Nothing waits").buttons


def test_a_button_leads_to_the_form_from_home_from_duty_and_from_being_away(
    practice: Beside,
) -> None:
    chen = practice.cast.chen

    home_of(practice, chen, "Nothing waits on you.").click("Ask for cover")
    from_home = opened_form(practice, chen).title
    assert chen.modal
    chen.modal.close(all_at_once=True)
    answer = chen.command("/baton duty").message
    assert answer
    chen.click("Ask for cover", answer)
    from_duty = opened_form(practice, chen).title
    chen.modal.close(all_at_once=True)
    chen.command("/baton away")
    opened_form(practice, chen).click("Ask for cover")
    practice.slack.until(lambda: chen.modal and chen.modal.title == "Ask for cover")

    assert from_home == from_duty == "Ask for cover"


def test_a_guest_without_commands_asks_and_answers_by_buttons(
    practice: Beside,
) -> None:
    """From *My list*, which the pinned message opens."""
    chen, osei = practice.cast.chen, osei_of(practice.slack)
    chen.click("My list", pinned(chen, practice.cast.lakeside))
    page = opened_page(practice, chen, "Waiting on me")

    page.click("Ask for cover")
    form = opened_form(practice, chen)
    form.fill({"Who covers": osei.name, "From": "Now", "Until": MORNING})
    submit(practice, form)
    press(practice, osei, "Take it")

    assert "has taken the cover" in told(chen)[-1].rendered


def test_a_line_that_was_left_meanwhile_is_not_asked_for_in_the_form(
    practice: Beside,
) -> None:
    osei = osei_of(practice.slack)
    ask_cover(practice, practice.cast.chen, osei)
    press(practice, osei, "Take it")
    practice.set_clock(local(25, 8))
    message = told(osei)[-1]
    osei.click("Nothing happened", message)
    practice.settle()

    osei.click("Write a line", message)

    page = opened_page(practice, osei, "The line was left already")
    assert page.submit_label == ""


def test_an_empty_line_is_refused_and_can_be_written(practice: Beside) -> None:
    osei = osei_of(practice.slack)
    ask_cover(practice, practice.cast.chen, osei)
    press(practice, osei, "Take it")
    practice.set_clock(local(25, 8))
    osei.click("Write a line", told(osei)[-1])
    form = opened_form(practice, osei)
    form.fill({"What happened": " "})

    again = form.submit()

    assert again is not None
    assert again.errors == {
        "What happened": "Write a line, or press *Nothing happened*."
    }


def test_the_zone_of_the_mornings_is_that_of_the_site(practice: Beside) -> None:
    """08:00 at the center is an hour earlier than at the practice."""
    cast = practice.cast
    form = ask_form(practice, cast.rivera)
    form.fill({"Who covers": "Dr Ben Okafor"})

    submit(practice, form)

    assert "at 8:00 AM." in told(cast.okafor)[-1].rendered
