"""Being away with a cover, said once under duty, counts as a leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from sandbox import Person
from tests.beside import Beside
from tests.bot.acting import ask, opened_form, submit
from tests.bot.conftest import Start
from tests.bot.covering import ask_cover, local, osei_of, press, told, with_osei

pytestmark = pytest.mark.story

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
NewSqlite = Callable[..., str]


@pytest.fixture
def practice(start: Start, new_sqlite: NewSqlite) -> Beside:
    """Return a Baton whose practice has two oncologists."""
    return start(new_sqlite(), setup=with_osei)


def go_away(
    beside: Beside, who: Person, first: date, last: date, cover: Person | None
) -> None:
    """Say that somebody is away, and wait for what follows."""
    who.command("/baton away")
    form = opened_form(beside, who)
    form.fill({"First day away": first.isoformat(), "Last day away": last.isoformat()})
    form.fill({"Cover": cover.name} if cover else {})
    submit(beside, form)


def test_the_cover_of_a_leave_is_first_call_on_card_and_case_and_is_told(
    practice: Beside,
) -> None:
    """Nothing has to be asked a second time, and responsibility stays."""
    thread, chen, osei = ask(practice), practice.cast.chen, osei_of(practice.slack)

    go_away(practice, chen, TODAY, TODAY + DAY, osei)

    card = thread.card.rendered
    assert "Responsible now: Dr Mei Chen" in card
    assert "First call now: Dr Omar Osei (cover until" in card
    assert "Dr Mei Chen is away from Tue 24 Nov to Wed 25 Nov and has named you" in (
        told(osei)[-1].rendered
    )
    seen = osei.command(f"/baton case {thread.code}").rendered
    assert "First call now: Dr Omar Osei" in seen


def test_a_leave_is_over_at_midnight_and_the_card_says_so(practice: Beside) -> None:
    thread, chen, osei = ask(practice), practice.cast.chen, osei_of(practice.slack)
    go_away(practice, chen, TODAY, TODAY + DAY, osei)

    practice.set_clock(local(25, 23, 59))
    before = thread.card.rendered
    practice.set_clock(local(26))

    assert "First call now: Dr Omar Osei" in before
    assert "First call" not in thread.card.rendered
    seen = osei.command(f"/baton case {thread.code}").rendered
    assert "There is no such case" in seen


def test_a_leave_that_begins_later_shows_from_its_first_day(practice: Beside) -> None:
    thread, chen, osei = ask(practice), practice.cast.chen, osei_of(practice.slack)

    go_away(practice, chen, TODAY + DAY, TODAY + DAY, osei)
    today = thread.card.rendered
    practice.set_clock(local(25))

    assert "First call" not in today
    assert "First call now: Dr Omar Osei" in thread.card.rendered


def test_coming_back_early_gives_first_call_back_and_tells_the_cover(
    practice: Beside,
) -> None:
    """From the page of duty, where one says that one is back."""
    thread, chen, osei = ask(practice), practice.cast.chen, osei_of(practice.slack)
    go_away(practice, chen, TODAY, TODAY + DAY, osei)

    page = chen.command("/baton duty").message
    assert page
    chen.click("I am back", page)
    practice.settle()

    assert "First call" not in thread.card.rendered
    assert "Dr Mei Chen is back, and first call again." in osei.dm()[-1].rendered


def test_a_leave_without_a_cover_leaves_first_call_where_it_is(
    practice: Beside,
) -> None:
    thread, chen = ask(practice), practice.cast.chen

    go_away(practice, chen, TODAY, TODAY + DAY, None)

    assert "First call" not in thread.card.rendered
    assert not told(osei_of(practice.slack))


def test_a_cover_who_goes_away_too_is_no_first_call_any_more(
    practice: Beside,
) -> None:
    thread, chen, osei = ask(practice), practice.cast.chen, osei_of(practice.slack)
    go_away(practice, chen, TODAY, TODAY + DAY, osei)

    go_away(practice, osei, TODAY, TODAY, None)
    today = thread.card.rendered
    practice.set_clock(local(25))

    assert "First call" not in today
    assert "First call now: Dr Omar Osei" in thread.card.rendered


def test_a_coordinator_who_is_named_is_not_called_about_a_patient(
    practice: Beside,
) -> None:
    """They stand in for other things; first call needs somebody who may cover."""
    thread, cast, osei = ask(practice), practice.cast, osei_of(practice.slack)
    go_away(practice, cast.chen, TODAY, TODAY + 3 * DAY, cast.brooks)
    leave = thread.card.rendered

    ask_cover(practice, cast.brooks, osei, covered=cast.chen)
    press(practice, osei, "Take it")

    assert "First call" not in leave
    assert not told(cast.brooks)[:-1]
    assert "First call now: Dr Omar Osei" in thread.card.rendered


def test_somebody_who_leads_no_case_troubles_nobody_by_being_away(
    practice: Beside,
) -> None:
    chen, osei = practice.cast.chen, osei_of(practice.slack)

    go_away(practice, chen, TODAY, TODAY, osei)
    practice.set_clock(local(26))

    assert not told(osei)
