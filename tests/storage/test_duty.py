"""What is kept of duty: who takes it, who is away, the rota and its swaps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from care.duty import Absence, Candidate, Roster, Rota, Swap
from care.people import ANSWERING, Role
from storage.unit import Store
from tests.conftest import T0
from tests.storage.together import watched
from tests.world import OPERATOR, World, new_case, new_referral

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 23)


def roster(store: Store, world: World, *, from_day: date = TODAY) -> Roster:
    """Return the center's roster as it is kept."""
    with store.read() as reading:
        center = reading.people.site(world.center_id)
        return reading.duty.roster(center, from_day=from_day)


def go_away(store: Store, world: World, *absences: Absence) -> None:
    """Keep absences, in the order given."""
    with store.act(OPERATOR) as unit:
        for one in absences:
            unit.duty.add_absence(unit.new_id(), one)
        unit.audit(world.workspace_id, "away", "tests")


def take_days(store: Store, world: World, *swaps: Swap) -> None:
    """Keep swaps of the center's rota, made a minute after one another."""
    with store.act(OPERATOR) as unit:
        for n, one in enumerate(swaps):
            made_at = T0 + n * timedelta(minutes=1)
            unit.duty.add_swap(unit.new_id(), world.center_id, one, at=made_at)
        unit.audit(world.workspace_id, "duty taken", "tests")


def set_rota(store: Store, world: World, *order: str, starts: date = MONDAY) -> None:
    """Give the center a rota."""
    with store.act(OPERATOR) as unit:
        row = {"rota_starts": starts.isoformat(), "rota_order": list(order)}
        unit.people.put("site", {"id": world.center_id, **row})
        unit.audit(world.workspace_id, "setup applied", world.center_id)


def test_candidates_are_those_who_take_duty_with_when_they_were_last_asked(
    store: Store, world: World
) -> None:
    rivera, osei = world.first_specialist, world.second_specialist
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)
        for hours in (1, 3, 2):
            started = T0 - hours * HOUR
            new_referral(unit, world, case, round_started_at=started)

    found = roster(store, world)

    assert sorted(found.candidates, key=lambda one: one.order) == [
        Candidate(rivera.clinician_id, 1, T0 - HOUR),
        Candidate(osei.clinician_id, 2, None),
    ]
    asked = found.on_duty(TODAY)
    assert asked is not None
    assert asked.id == osei.clinician_id


def test_nobody_takes_duty_at_a_practice(store: Store, world: World) -> None:
    with store.read() as reading:
        practice = reading.people.site(world.practice_id)
        assert reading.duty.roster(practice, from_day=TODAY) == Roster(())


def test_somebody_who_left_takes_duty_no_more(store: Store, world: World) -> None:
    gone, there = world.first_specialist, world.second_specialist
    with store.act(OPERATOR) as unit:
        unit.people.retire("clinician", gone.clinician_id)
        unit.audit(world.workspace_id, "setup applied", gone.clinician_id)
    set_rota(store, world, gone.clinician_id)

    found = roster(store, world)

    assert [one.id for one in found.candidates] == [there.clinician_id]
    asked = found.on_duty(TODAY, named=gone.clinician_id)
    assert asked is not None
    assert asked.id == there.clinician_id


@pytest.mark.parametrize("role", sorted(set(Role) - ANSWERING))
def test_whoever_answers_no_more_takes_duty_no_more(
    store: Store, world: World, role: Role
) -> None:
    """They would be asked about a case that they have no part in."""
    changed, there = world.first_specialist, world.second_specialist
    with store.act(OPERATOR) as unit:
        unit.people.put("clinician", {"id": changed.clinician_id, "role": role})
        unit.audit(world.workspace_id, "setup applied", changed.clinician_id)

    found = roster(store, world)

    assert [one.id for one in found.candidates] == [there.clinician_id]


def test_an_absence_comes_back_as_it_was_kept(store: Store, world: World) -> None:
    rivera, osei = world.first_specialist, world.second_specialist
    kept = Absence(rivera.clinician_id, TODAY, TODAY + 3 * DAY, osei.clinician_id)

    go_away(store, world, kept)

    assert roster(store, world).absences == (kept,)


def test_absences_come_in_order_and_those_that_are_over_do_not(
    store: Store, world: World
) -> None:
    who = world.first_specialist.clinician_id
    over = Absence(who, TODAY - 9 * DAY, TODAY - DAY)
    ends_today = Absence(who, TODAY - 2 * DAY, TODAY)
    ahead = Absence(who, TODAY + 9 * DAY, TODAY + 12 * DAY)

    go_away(store, world, ahead, over, ends_today)

    assert roster(store, world).absences == (ends_today, ahead)
    earlier = roster(store, world, from_day=TODAY - DAY)
    assert earlier.absences == (over, ends_today, ahead)


def test_an_absence_is_of_ones_own_site(store: Store, world: World) -> None:
    chen = world.oncologist.clinician_id

    go_away(store, world, Absence(chen, TODAY, TODAY))

    with store.read() as reading:
        of_practice = reading.duty.absences(world.practice_id, from_day=TODAY)
        of_center = reading.duty.absences(world.center_id, from_day=TODAY)
    assert of_practice == [Absence(chen, TODAY, TODAY)]
    assert of_center == []


def test_the_absences_of_several_sites_come_in_one_query(
    store: Store, world: World
) -> None:
    of_practice = Absence(world.oncologist.clinician_id, TODAY, TODAY)
    of_center = Absence(world.first_specialist.clinician_id, TODAY - DAY, TODAY)
    go_away(store, world, of_practice, of_center)

    with watched(store.database) as seen, store.read() as reading:
        sites = [world.practice_id, world.center_id]
        both = reading.duty.absences_at(sites, from_day=TODAY)
        none = reading.duty.absences_at([], from_day=TODAY)

    assert both == [of_center, of_practice]
    assert none == []
    assert len([one for one in seen if "absence" in one[0]]) == 2


def test_coming_back_ends_my_absences_of_today_and_later_and_no_others(
    store: Store, world: World
) -> None:
    rivera = world.first_specialist.clinician_id
    osei = world.second_specialist.clinician_id
    over = Absence(rivera, TODAY - 9 * DAY, TODAY - DAY)
    now = Absence(rivera, TODAY - DAY, TODAY + DAY)
    ahead = Absence(rivera, TODAY + 9 * DAY, TODAY + 9 * DAY)
    of_another = Absence(osei, TODAY, TODAY)
    go_away(store, world, over, now, ahead, of_another)

    with store.act(OPERATOR) as unit:
        count = unit.duty.cancel_absences(rivera, from_day=TODAY)
        again = unit.duty.cancel_absences(rivera, from_day=TODAY)
        unit.audit(world.workspace_id, "back", rivera)

    assert (count, again) == (2, 0)
    left = roster(store, world, from_day=TODAY - 30 * DAY).absences
    assert left == (over, of_another)


def test_an_absence_that_ends_before_it_starts_is_refused_by_the_database(
    store: Store, world: World
) -> None:
    who = world.first_specialist.clinician_id

    with pytest.raises(IntegrityError, match="ends_after_start"):
        go_away(store, world, Absence(who, TODAY, TODAY - DAY))


def test_a_swap_that_ends_before_it_starts_is_refused_by_the_database(
    store: Store, world: World
) -> None:
    who = world.first_specialist.clinician_id

    with pytest.raises(IntegrityError, match="ends_after_start"):
        take_days(store, world, Swap(who, TODAY, TODAY - DAY))


def test_a_cover_whom_nobody_knows_is_refused_by_the_database(
    store: Store, world: World
) -> None:
    who = world.first_specialist.clinician_id

    with pytest.raises(IntegrityError):
        go_away(store, world, Absence(who, TODAY, TODAY, "clinician-nobody"))


def test_a_center_without_a_rota_has_none_whatever_was_swapped(
    store: Store, world: World
) -> None:
    take_days(store, world, Swap(world.first_specialist.clinician_id, TODAY, TODAY))

    assert roster(store, world).rota is None


def test_a_rota_comes_back_with_its_order_and_its_swaps_as_they_were_made(
    store: Store, world: World
) -> None:
    rivera = world.first_specialist.clinician_id
    osei = world.second_specialist.clinician_id
    first = Swap(osei, TODAY, TODAY + DAY)
    second = Swap(rivera, TODAY, TODAY)
    set_rota(store, world, osei, rivera)

    take_days(store, world, first, second)

    found = roster(store, world)
    assert found.rota == Rota(MONDAY, (osei, rivera), (first, second))
    days = [found.on_duty(TODAY + n * DAY) for n in (0, 1, 6)]
    assert [one.id for one in days if one] == [rivera, osei, rivera]


def test_a_swap_that_is_over_is_left_out(store: Store, world: World) -> None:
    rivera = world.first_specialist.clinician_id
    over = Swap(rivera, TODAY - 3 * DAY, TODAY - DAY)
    set_rota(store, world, rivera)

    take_days(store, world, over)

    rota = roster(store, world).rota
    earlier = roster(store, world, from_day=TODAY - DAY).rota
    assert rota is not None
    assert rota.swaps == ()
    assert earlier is not None
    assert earlier.swaps == (over,)


def test_a_swap_belongs_to_one_center(store: Store, world: World) -> None:
    rivera = world.first_specialist.clinician_id
    set_rota(store, world, rivera)
    with store.act(OPERATOR) as unit:
        swap = Swap(rivera, TODAY, TODAY)
        unit.duty.add_swap(unit.new_id(), world.practice_id, swap, at=unit.now)
        unit.audit(world.workspace_id, "duty taken", rivera)

    rota = roster(store, world).rota

    assert rota is not None
    assert rota.swaps == ()
