"""Who is asked for news of a journey and when, on the clock of whose move it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from storage.tables import clinician
from tests.beside import Beside
from tests.bot.conftest import Start
from tests.bot.journeying import Travel, under_way
from tests.bot.places import center_with, lead_of
from tests.bot.telling import EASTERN, Told, told_until, watches
from tests.world import OPERATOR

pytestmark = pytest.mark.story

IN_DAYS, AGO = "In how many days?", "How many days ago? (0 is today)"
RIVERA, RUIZ, CHEN, BROOKS, VOGT = (
    "Dr Ana Rivera",
    "Ana Ruiz",
    "Dr Mei Chen",
    "Sam Brooks",
    "Dr Lena Vogt",
)
ASKED, AGAIN = "it: Is there news?", "it: No news has come. Please ask."
NOT_REACHED = {"Who reached out": "The center"}


def eastern(text: str) -> datetime:
    """Return the instant of a time at the center."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN).astimezone(UTC)


FRIDAY = eastern("2027-01-08 16:30")
"""A week before the weekend of Martin Luther King Jr. Day, Monday the 18th."""


@pytest.fixture
def friday(start: Start, new_sqlite: Callable[..., str]) -> Beside:
    """Return a Baton on a Friday afternoon, its center with a lead."""
    return start(new_sqlite(), at=FRIDAY, setup=center_with())


def pass_time(travel: Travel, until: str) -> list[Told]:
    """Let time pass, and return what everybody was told meanwhile."""
    beside = travel.beside
    watched = watches(beside, lead_of(beside.slack))
    told = told_until(beside, eastern(until), watched)
    return [one for one in told if "news" in one.what.lower()]


@pytest.mark.again
def test_nobody_has_news_over_a_holiday_weekend(friday: Beside) -> None:
    """A week after Friday the 8th is Friday the 15th; two working days on, Wednesday.

    Nothing is said on the weekend nor on the holiday. Then once a week.
    """
    travel = under_way(friday)

    told = pass_time(travel, "2027-02-04 12:00")

    assert told == [
        Told("Fri 08:00", RUIZ, ASKED),
        Told("Wed 08:00", RUIZ, AGAIN),
        Told("Wed 08:00", VOGT, AGAIN),
        Told("Wed 08:00", RUIZ, AGAIN),
        Told("Wed 08:00", VOGT, AGAIN),
        Told("Wed 08:00", RUIZ, AGAIN),
        Told("Wed 08:00", VOGT, AGAIN),
    ]


def test_a_step_planned_for_the_friday_is_asked_about_after_the_holiday(
    friday: Beside,
) -> None:
    travel, cast = under_way(friday), friday.cast
    travel.record(cast.ruiz, "Apheresis", "Planned", {IN_DAYS: "7"})

    told = pass_time(travel, "2027-01-19 12:00")

    assert told == [Told("Tue 08:00", RUIZ, ASKED)]


@pytest.mark.again
def test_the_practice_is_asked_on_its_own_clock_and_by_its_own_people(
    friday: Beside,
) -> None:
    travel, cast = under_way(friday), friday.cast
    words = "Could not reach, three tries"
    travel.record(cast.ruiz, "Contact with the patient", words, NOT_REACHED)

    told = pass_time(travel, "2027-01-21 12:00")

    assert told[0] == Told("Fri 08:00", CHEN, ASKED)
    assert {one.who for one in told[1:]} == {BROOKS, RUIZ, VOGT}
    assert Told("Wed 08:00", BROOKS, AGAIN) in told
    assert Told("Wed 09:00", RUIZ, AGAIN) in told


def test_news_puts_the_next_question_off(friday: Beside) -> None:
    travel, cast = under_way(friday), friday.cast
    pass_time(travel, "2027-01-15 12:00")

    travel.record(cast.ruiz, "Contact with the patient", "Reached", NOT_REACHED)
    told = pass_time(travel, "2027-01-22 12:00")

    assert told == [Told("Fri 08:00", RUIZ, ASKED)]


def test_a_question_that_was_answered_says_how_it_stands(friday: Beside) -> None:
    travel, cast = under_way(friday), friday.cast
    pass_time(travel, "2027-01-15 12:00")
    asked = travel.thread.told(cast.ruiz)[-1]
    assert "Record contact" in asked.buttons

    travel.record(cast.ruiz, "Contact with the patient", "Reached", NOT_REACHED)

    (after,) = [one for one in cast.ruiz.dm() if one.ts == asked.ts]
    assert "Is there news?" not in after.rendered
    assert "Next: a date for the consult" in after.rendered
    assert after.buttons == ()


def test_a_question_that_is_late_by_a_day_says_so(
    start: Start, new_sqlite: Callable[..., str], tmp_path: Path
) -> None:
    """Baton stood still over the morning on which it was due."""
    beside = start(new_sqlite(), at=FRIDAY, setup=center_with())
    travel, cast = under_way(beside), beside.cast

    beside.set_clock(eastern("2027-01-15 08:00") + timedelta(days=1))

    late = travel.thread.told(cast.ruiz)[-1]
    assert "Is there news?" in late.rendered
    due = int(eastern("2027-01-15 08:00").timestamp())
    assert f"<!date^{due}^" in str(late.blocks)
    assert "late" in late.rendered.lower()


@pytest.mark.again
def test_a_center_whose_coordinator_and_lead_have_left_is_asked_all_the_same(
    friday: Beside,
) -> None:
    """Nothing falls silent: then it is asked whose move it is, again and again."""
    travel, cast = under_way(friday), friday.cast
    travel.record(cast.ruiz, "Consult", "Held", {AGO: "0"})
    remove(friday, "ruiz", "vogt")

    told = pass_time(travel, "2027-01-28 12:00")

    assert told == [
        Told("Fri 08:00", RIVERA, ASKED),
        Told("Wed 08:00", RIVERA, AGAIN),
        Told("Wed 08:00", RIVERA, AGAIN),
    ]


def remove(beside: Beside, *keys: str) -> None:
    """Note that some people have left, as an operator does in an emergency."""
    with beside.baton.store.act(OPERATOR) as unit:
        unit.connection.execute(
            update(clinician).where(clinician.c.key.in_(keys)).values(active=0)
        )
        workspace = unit.people.workspaces()[0].id
        unit.audit(workspace, "people left", workspace)
