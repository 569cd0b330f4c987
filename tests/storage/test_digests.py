"""What is kept of morning digests: a choice each, and what is near for a reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from care.item import State
from storage.clock import TravellingClock
from storage.digests import DigestChoice
from storage.item_records import Item
from storage.records import Life
from storage.unit import Store
from tests.bot.planning_store import Planned, planned
from tests.storage.together import together
from tests.world import OPERATOR, World

CHEN = "clinician-chen"
MONDAY = date(2026, 11, 30)
DAY = timedelta(days=1)


def keep(store: Store, world: World, new: DigestChoice) -> None:
    with store.act(OPERATOR) as unit:
        unit.digests.choice_to_change(new.clinician_id)
        unit.digests.keep(new)
        unit.audit(world.workspace_id, "digest chosen", new.clinician_id)


def test_who_chose_nothing_has_the_usual_digest(store: Store, world: World) -> None:
    with store.read() as reading:
        found = reading.digests.choice(world.oncologist.clinician_id)

    assert found == DigestChoice(world.oncologist.clinician_id)
    assert (found.at, found.wanted, found.generation) == (time(8), True, 0)


def test_a_choice_is_kept_and_changed(store: Store, world: World) -> None:
    first = DigestChoice(CHEN, time(6, 30), "America/Denver", (0, 2), generation=1)
    second = replace(first, zone=None, days=None, wanted=False, generation=2)

    keep(store, world, first)
    with store.read() as reading:
        kept = reading.digests.choice(CHEN)
    keep(store, world, second)

    assert kept == first
    with store.read() as reading:
        assert reading.digests.choice(CHEN) == second


def test_several_choices_are_read_together(store: Store, world: World) -> None:
    new = DigestChoice(CHEN, time(7), generation=1)
    keep(store, world, new)

    with store.read() as reading:
        found = reading.digests.choices([CHEN, "clinician-amy"])

    assert found == {CHEN: new, "clinician-amy": DigestChoice("clinician-amy")}


def test_two_who_choose_first_at_one_moment_both_get_through(
    store: Store, world: World
) -> None:
    """One after the other: the second finds what the first has kept."""

    def choose() -> int:
        with store.act(OPERATOR) as unit:
            before = unit.digests.choice_to_change(CHEN)
            now = replace(before, generation=before.generation + 1)
            unit.digests.keep(now)
            unit.audit(world.workspace_id, "digest chosen", CHEN)
        return now.generation

    generations = together(choose, choose)

    assert sorted(generations) == [1, 2]


@pytest.fixture
def patient(store: Store, clock: TravellingClock, world: World) -> Planned:
    """Return a patient on the Monday of their month-1 checks."""
    patient = planned(store, clock, world)
    patient.pass_to(MONDAY)
    return patient


def near(
    patient: Planned, reader: str, site: str, *, since: date = MONDAY - 60 * DAY
) -> set[str]:
    """Return the rows of what is near for somebody."""
    with patient.store.read() as reading:
        found = reading.items.near(reader, site, until=MONDAY + 21 * DAY, since=since)
    return {one.row_id for one in found}


def missed(patient: Planned, row: str, on: date) -> Item:
    """Let a check have been missed since a day."""
    item = patient.item(row)
    window = replace(item.window, earliest=on - DAY, target=on - DAY, latest=on - DAY)
    return patient.kept(replace(item, window=window, state=State.MISSED, missed_on=on))


def test_near_is_what_is_open_at_the_site_and_opens_soon(patient: Planned) -> None:
    """The center's check is not the practice's; next year's is not near."""
    found = near(patient, "clinician-amy", patient.world.practice_id)

    assert found == {"cbc", "igg", "response", "pjp", "hsv"}


def test_near_is_what_somebody_does_or_is_responsible_for_elsewhere(
    patient: Planned,
) -> None:
    item = patient.item("registry")
    patient.kept(replace(item, doer_id="clinician-amy"))

    nobody = near(patient, "clinician-sam", "elsewhere")
    doer = near(patient, "clinician-amy", "elsewhere")
    responsible = near(patient, CHEN, "elsewhere")

    assert nobody == set()
    assert doer == {"registry"}
    assert responsible >= {"cbc", "registry"}


def test_near_is_nothing_of_who_has_died_or_is_in_hospice(patient: Planned) -> None:
    for life in (Life.DIED, Life.HOSPICE):
        with patient.store.act(OPERATOR) as unit:
            unit.cases.change_life(patient.plan.case_id, life)
            unit.audit(patient.plan.workspace_id, "case life", patient.plan.case_id)

        assert not near(patient, CHEN, patient.world.practice_id)


def test_what_was_missed_long_ago_is_near_no_more(patient: Planned) -> None:
    missed(patient, "cbc", MONDAY - 10 * DAY)

    recent = near(patient, "clinician-amy", patient.world.practice_id)
    later = near(
        patient, "clinician-amy", patient.world.practice_id, since=MONDAY - DAY
    )

    assert "cbc" in recent
    assert "cbc" not in later


def test_leads_of_both_sites_find_what_stays_missed(patient: Planned) -> None:
    wanted = missed(patient, "cbc", MONDAY - 200 * DAY)

    with patient.store.read() as reading:
        here = reading.items.missed_over_links(patient.world.practice_id)
        there = reading.items.missed_over_links(patient.world.center_id)
        elsewhere = reading.items.missed_over_links("elsewhere")

    assert [one.id for one in here] == [one.id for one in there] == [wanted.id]
    assert not elsewhere
