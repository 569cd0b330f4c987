"""What sites recorded about the same patient: one record a site and subject."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from care.matching import How, Occasion
from storage.actors import Person
from storage.matching import Match
from storage.records import columns_of
from storage.tables import matching
from storage.unit import Store, Unit
from tests.world import OPERATOR, World, new_case, new_referral


def a_match(uow: Unit, world: World, by: Person) -> Match:
    case = new_case(uow, world)
    referral = new_referral(uow, world, case)
    return Match(
        id=uow.new_id(),
        case_id=case.id,
        link_id=world.link_id,
        site_id=by.site_id,
        occasion=Occasion.EVALUATION,
        subject=referral.id,
        how=How.BY_PHONE,
        clinician_id=by.clinician_id,
        at=uow.now,
    )


def test_what_was_recorded_is_read_back(store: Store, world: World) -> None:
    with store.act(OPERATOR) as uow:
        kept = a_match(uow, world, world.oncologist)
        uow.matching.keep(kept)

    with store.read() as reading:
        assert reading.matching.of([kept.subject]) == [kept]
        assert reading.matching.of([]) == []
        assert reading.matching.of(["another"]) == []


def test_what_a_site_records_later_takes_the_place_of_the_first(
    store: Store, world: World
) -> None:
    with store.act(OPERATOR) as uow:
        first = a_match(uow, world, world.oncologist)
        uow.matching.keep(first)

        later = replace(
            first,
            id=uow.new_id(),
            how=How.BY_RECORD,
            clinician_id=world.practice_coordinator.clinician_id,
        )
        uow.matching.keep(later)

        found = uow.matching.of([first.subject])
    assert found == [replace(later, id=first.id)]


def test_sites_and_occasions_are_recorded_apart(store: Store, world: World) -> None:
    with store.act(OPERATOR) as uow:
        first = a_match(uow, world, world.oncologist)
        center = replace(
            first,
            id=uow.new_id(),
            site_id=world.center_id,
            clinician_id=world.first_specialist.clinician_id,
        )
        again = replace(first, id=uow.new_id(), occasion=Occasion.RETURN)
        for one in (first, center, again):
            uow.matching.keep(one)

        found = uow.matching.of([first.subject])

    assert {(one.site_id, one.occasion) for one in found} == {
        (world.practice_id, Occasion.EVALUATION),
        (world.center_id, Occasion.EVALUATION),
        (world.practice_id, Occasion.RETURN),
    }


@pytest.mark.parametrize(
    "change", [{}, {"how": "not yet", "site_id": "site-university"}]
)
def test_the_database_refuses_a_second_record_and_one_of_no_way(
    store: Store, world: World, change: dict[str, str]
) -> None:
    with store.act(OPERATOR) as uow:
        first = a_match(uow, world, world.oncologist)
        uow.matching.keep(first)

    def write() -> None:
        row = columns_of(replace(first, id="another")) | change
        with store.act(OPERATOR) as uow:
            uow.connection.execute(insert(matching).values(**row))

    with pytest.raises(IntegrityError):
        write()
