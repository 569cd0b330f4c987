"""What time does with an item: it opens, closes, is looked at again, and is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.actions.item_clock import LAST_DAY, last_day_is_on, replan_items
from care.item import State
from care.knowledge.protocol import Hold
from care.plan import Window
from storage.clock import TravellingClock
from storage.records import Life, Notice
from storage.unit import Store
from tests.bot.planning_store import CBC, Planned, a_row, planned
from tests.conftest import BOTH
from tests.storage.together import watched
from tests.world import OPERATOR, World

OPENS, LAST, OVER = date(2026, 11, 27), date(2026, 12, 7), date(2026, 12, 8)
SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
EACH = pytest.mark.parametrize("new_database", BOTH, indirect=True)


@pytest.fixture
def patient(store: Store, clock: TravellingClock, world: World) -> Planned:
    """Return a patient whose month-1 checks open on 27 November."""
    return planned(store, clock, world)


def said(patient: Planned) -> list[Notice]:
    """Return who is told of a last day."""
    with patient.store.read() as reading:
        return reading.notices.posts_of(patient.plan.referral_id, {LAST_DAY})


def life_is(patient: Planned, life: Life) -> None:
    """Let the patient be in hospice, have died, or live after all."""
    with patient.store.act(OPERATOR) as unit:
        unit.cases.change_life(patient.plan.case_id, life)
        unit.audit(patient.plan.workspace_id, "case life", patient.plan.case_id)


@EACH
def test_an_item_opens_with_the_first_day_of_its_window_at_the_center(
    patient: Planned,
) -> None:
    """Midnight of 27 November at the center is 05:00 UTC."""
    patient.pass_to(date(2026, 11, 27), hour=4)
    before = patient.item().state
    patient.pass_to(date(2026, 11, 27), hour=5)

    assert before is State.UPCOMING
    assert patient.item().state is State.OPEN
    assert [one.event for one in patient.changes()] == ["opens"]
    assert len(patient.waiting()) == 1


@EACH
def test_an_item_is_missed_when_its_last_day_is_over_and_nothing_waits(
    patient: Planned,
) -> None:
    patient.pass_to(LAST, hour=23)
    before = patient.item().state
    patient.pass_to(OVER, hour=5)

    assert before is State.OPEN
    missed = patient.item()
    assert (missed.state, missed.missed_on) == (State.MISSED, OVER)
    assert not patient.waiting()


@EACH
def test_a_bot_that_was_down_for_a_month_opens_and_misses_in_one_pass(
    patient: Planned,
) -> None:
    back = date(2026, 12, 27)

    patient.pass_to(back)

    missed = patient.item()
    assert (missed.state, missed.missed_on) == (State.MISSED, back)
    assert [one.event for one in patient.changes()] == ["opens", "closes"]
    assert not said(patient)


@SQLITE
def test_on_the_last_day_the_coordinator_of_the_site_is_told_once_a_patient(
    patient: Planned,
) -> None:
    """Five checks of the practice and one of the center end: each at its own 08:00."""
    patient.pass_to(LAST, hour=12)
    early = said(patient)
    patient.pass_to(LAST, hour=13)
    center = [one.recipient_id for one in said(patient)]
    patient.pass_to(LAST, hour=14)

    assert not early
    assert center == ["clinician-noor"]
    told = [one.recipient_id for one in said(patient)]
    assert sorted(map(str, told)) == ["clinician-amy", "clinician-noor"]
    assert not any("was_due" in one.payload for one in said(patient))


@SQLITE
def test_a_last_day_on_a_weekend_is_told_on_the_working_day_before(
    store: Store, clock: TravellingClock, world: World
) -> None:
    """The window ends on Sunday 6 December."""
    patient = planned(store, clock, world, rows=[CBC], day0=date(2026, 11, 1))

    patient.pass_to(date(2026, 12, 4), hour=14)

    assert [one.payload["day"] for one in said(patient)] == ["2026-12-04"]
    assert patient.item().state is State.OPEN
    patient.pass_to(date(2026, 12, 7), hour=14)
    assert len(said(patient)) == 1


@SQLITE
def test_a_window_of_days_off_alone_is_told_before_it_opens(
    store: Store, clock: TravellingClock, world: World
) -> None:
    """It is on Saturday and Sunday: it is told on Friday, and opens on Saturday."""
    weekend = a_row(
        "cbc",
        "CBC",
        window={"earliest": "33 days", "target": "33 days", "latest": "34 days"},
    )
    patient = planned(store, clock, world, rows=[weekend])

    patient.pass_to(date(2026, 12, 4), hour=14)
    friday = patient.item().state
    patient.pass_to(date(2026, 12, 5))

    assert friday is State.UPCOMING
    assert len(said(patient)) == 1
    assert patient.item().state is State.OPEN
    patient.pass_to(date(2026, 12, 7))
    assert patient.item().state is State.MISSED
    assert len(said(patient)) == 1


@SQLITE
def test_a_last_day_that_is_a_holiday_is_told_the_working_day_before(
    store: Store, clock: TravellingClock, world: World
) -> None:
    """25 December 2026 is a Friday, and a holiday at the practice."""
    patient = planned(store, clock, world, rows=[CBC], day0=date(2026, 11, 20))

    patient.pass_to(date(2026, 12, 24), hour=14)

    assert [one.payload["day"] for one in said(patient)] == ["2026-12-24"]


@SQLITE
def test_a_late_message_says_when_it_was_due(patient: Planned) -> None:
    patient.pass_to(LAST, hour=18)

    assert {one.payload["was_due"] for one in said(patient)} == {
        "2026-12-07T13:00:00+00:00",
        "2026-12-07T14:00:00+00:00",
    }


@SQLITE
def test_what_was_done_is_not_told_on_its_last_day_and_is_never_moved(
    patient: Planned,
) -> None:
    patient.pass_to(date(2026, 11, 30))
    for row in ("cbc", "igg", "response", "pjp", "hsv", "registry"):
        item = patient.item(row)
        patient.kept(replace(item, state=State.DONE, done_on=date(2026, 11, 30)))

    patient.pass_to(date(2026, 12, 9))

    assert not said(patient)
    assert {one.state for one in patient.items() if not one.number} >= {State.DONE}
    assert patient.item().state is State.DONE


@EACH
def test_what_is_held_is_looked_at_again_and_stays_open_for_a_week(
    patient: Planned,
) -> None:
    again = date(2026, 12, 20)
    held = replace(
        patient.item(), state=State.HELD, hold=Hold.ADMITTED, look_again_on=again
    )
    patient.kept(held)

    patient.pass_to(date(2026, 12, 19))
    before = patient.item()
    patient.pass_to(again)

    assert before == replace(held, generation=1)
    taken_up = patient.item()
    assert taken_up.state is State.OPEN
    assert taken_up.extended_to == again + timedelta(days=7)
    assert len(patient.waiting()) == 1


@pytest.mark.parametrize("life", [Life.DIED, Life.HOSPICE])
@SQLITE
def test_after_a_death_or_in_hospice_nothing_is_moved_and_nobody_told(
    patient: Planned, life: Life
) -> None:
    before = patient.items()
    life_is(patient, life)

    patient.pass_to(date(2027, 2, 1))

    assert patient.items() == before
    assert not said(patient)


@EACH
def test_what_was_left_at_a_death_is_planned_again_when_that_was_a_slip(
    patient: Planned,
) -> None:
    """In the same generation: what was settled without a word comes once more."""
    life_is(patient, Life.DIED)
    patient.pass_to(date(2026, 12, 1))
    silent = patient.waiting()
    life_is(patient, Life.LIVING)

    with patient.store.act(OPERATOR) as unit:
        replan_items(unit, unit.items.of_plans([patient.plan.id]))
        unit.audit(patient.plan.workspace_id, "planned again", patient.plan.id)
    patient.handle()

    assert not silent
    assert patient.item().state is State.OPEN
    patient.pass_to(date(2026, 12, 9))
    assert patient.item().state is State.MISSED


@EACH
def test_planning_twice_leaves_one_reminder_an_item(patient: Planned) -> None:
    first = {
        one.id: [r.id for r in patient.waiting(one.row_id, one.number)]
        for one in patient.items()
    }

    with patient.store.act(OPERATOR) as unit:
        replan_items(unit, unit.items.of_plans([patient.plan.id]))
        replan_items(unit, unit.items.of_plans([patient.plan.id]))

    again = {
        one.id: [r.id for r in patient.waiting(one.row_id, one.number)]
        for one in patient.items()
    }
    assert first == again
    assert {len(ids) for ids in first.values()} == {1}


@EACH
def test_a_new_generation_cancels_what_waited_for_the_older(patient: Planned) -> None:
    moved = Window(date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 6))

    patient.kept(replace(patient.item(), window=moved))
    patient.pass_to(date(2026, 12, 27))

    assert patient.item().state is State.UPCOMING
    (waits,) = patient.waiting()
    assert (waits.generation, waits.step) == (1, "opens 2027-01-04")


@SQLITE
def test_a_reminder_that_comes_too_early_is_planned_once_more(
    store: Store, clock: TravellingClock, world: World
) -> None:
    """The center turned out to be in a zone where that day had not begun yet."""
    patient = planned(store, clock, world, rows=[CBC])
    with store.act(OPERATOR) as unit:
        moved = {"id": world.center_id, "zone": "America/Los_Angeles"}
        unit.people.put("site", moved)
        unit.audit(world.workspace_id, "setup.applied", world.workspace_id)

    patient.pass_to(OPENS, hour=5)
    early = patient.item().state
    patient.pass_to(OPENS, hour=8)

    assert early is State.UPCOMING
    assert patient.item().state is State.OPEN


@SQLITE
def test_a_last_day_names_every_check_of_the_patient_that_ends_then(
    patient: Planned,
) -> None:
    patient.pass_to(LAST)

    with patient.store.read() as reading:
        items = reading.items.of_plans([patient.plan.id])
        there = last_day_is_on(reading, items, LAST)

    ending = {"cbc", "igg", "response", "registry", "pjp", "hsv"}
    assert {one.row_id for one in there} == ending


@SQLITE
def test_many_items_are_planned_in_as_many_statements_as_a_few(
    patient: Planned,
) -> None:
    here = [one for one in patient.items() if one.row_id != "registry"]

    def statements(most: int, generation: int) -> int:
        anew = [replace(one, generation=generation) for one in here[:most]]
        store = patient.store
        with watched(store.database) as seen, store.act(OPERATOR) as unit:
            replan_items(unit, anew)
        return len(seen)

    assert statements(2, 8) == statements(len(here), 9)
