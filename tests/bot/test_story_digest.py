"""The morning list arrives, stays true after a tap, and comes when its reader says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sandbox import Message, Person
from tests.beside import Beside
from tests.bot.acting import is_digest, opened_form, submit
from tests.bot.after_infusion import sign_packaged
from tests.bot.journeying import SAME, Travel, under_way
from tests.bot.telling import CENTRAL, EASTERN

pytestmark = pytest.mark.story

INFUSED = {"Product": "Carvykti (cilta-cel)", SAME: "yes"}
MONDAY = datetime(2026, 11, 30, 8, tzinfo=EASTERN)
DAY = timedelta(days=1)
DAYS, TIME, ZONE = "Your working days", "Time", "Time zone"


def infused(beside: Beside) -> Travel:
    """Return a journey whose infusion is recorded today, by the signed protocol."""
    sign_packaged(beside.baton.store, "University Center")
    travel = under_way(beside)
    travel.record(beside.cast.ruiz, "Infusion", "Given", INFUSED)
    return travel


def lists_of(who: Person) -> list[Message]:
    """Return somebody's morning lists, oldest first."""
    return [one for one in who.dm() if is_digest(one)]


def test_the_coordinators_list_arrives_with_the_visit_and_stays_true_after_a_tap(
    beside: Beside,
) -> None:
    ruiz, travel = beside.cast.ruiz, infused(beside)

    beside.set_clock(MONDAY.astimezone(UTC))

    [arrived] = lists_of(ruiz)
    assert arrived.rendered.startswith("Monday. 1 patient, 1 visit")
    assert f"{travel.thread.code}" in arrived.rendered
    done = next(one for one in ("All done", "Done") if one in arrived.buttons)
    ruiz.click(done, arrived)
    beside.settle()
    [after] = lists_of(ruiz)
    assert after.ts == arrived.ts
    assert "Since this morning: " in after.rendered
    assert ": done" in after.rendered


def test_the_same_list_does_not_come_again_that_day(beside: Beside) -> None:
    ruiz = beside.cast.ruiz
    infused(beside)
    beside.set_clock(MONDAY.astimezone(UTC))

    beside.move_clock(timedelta(hours=9))

    assert len(lists_of(ruiz)) == 1


def test_a_practices_coordinator_reads_on_monday_that_nothing_is_due(
    beside: Beside,
) -> None:
    monday = datetime(2026, 11, 30, 8, tzinfo=CENTRAL)

    beside.set_clock(monday.astimezone(UTC))

    [arrived] = lists_of(beside.cast.brooks)
    assert "Monday. Nothing is due this week" in arrived.rendered


def test_settings_say_when_the_next_comes_and_keep_what_is_chosen(
    beside: Beside,
) -> None:
    chen = beside.cast.chen
    chen.command("/baton settings")
    form = opened_form(beside, chen)
    assert "The next can come" in form.text
    form.fill({TIME: "06:30", DAYS: ["Tuesday", "Thursday"], ZONE: "America/Denver"})

    submit(beside, form)

    chen.command("/baton settings")
    again = opened_form(beside, chen)
    assert again.value(TIME) == "06:30"
    assert again.value(ZONE) == "America/Denver"


def test_a_list_leads_to_the_settings_for_guests_too(beside: Beside) -> None:
    brooks = beside.cast.brooks
    monday = datetime(2026, 11, 30, 8, tzinfo=CENTRAL)
    beside.set_clock(monday.astimezone(UTC))

    brooks.click("Settings", lists_of(brooks)[0])

    form = opened_form(beside, brooks)
    assert "Yours is always on" in form.text
    wrong = form
    wrong.fill({ZONE: "Chicago"})
    refused = wrong.submit()
    assert refused is not None
    assert "This is no time zone" in str(refused.errors)
