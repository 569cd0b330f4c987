"""What is looked up grows with what is shown, and not with each case of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from bot.actions.courses import begin_course
from bot.actions.matching import keep_match
from bot.lookups import my_list
from bot.sheets import make_sheets
from care.cover import Cover
from care.matching import How
from care.referral import Kind, State
from storage.covers import KeptCover
from storage.records import Referral
from storage.unit import Store, Unit
from tests.bot.test_handoff_actions import Ward
from tests.conftest import T0
from tests.storage.together import watched
from tests.world import OPERATOR, World, new_case, new_referral

FEW, MANY = 3, 100


def fill(store: Store, world: World, number: int) -> list[Referral]:
    """Keep cases with a course and a match each; every tenth was handed over."""
    with store.act(OPERATOR) as uow:
        there = [_evaluation(uow, world) for _ in range(number)]
        for sheet in make_sheets(uow, there):
            begin_course(uow, sheet)
            keep_match(uow, world.first_specialist, sheet, next(iter(How)))
        _add_cover(uow, world)
    for one in there[::10]:
        ward = Ward(store, world, one, _keys)
        ward.say_back(ward.offer())
    return there


_keys = count()


def _evaluation(uow: Unit, world: World) -> Referral:
    return new_referral(
        uow,
        world,
        new_case(uow, world),
        kind=Kind.EVALUATION,
        state=State.ACCEPTED,
        taker_id=world.first_specialist.clinician_id,
    )


def _add_cover(uow: Unit, world: World) -> None:
    new = Cover(
        id=uow.new_id(),
        covered_id=world.first_specialist.clinician_id,
        cover_id=world.second_specialist.clinician_id,
        case_id=None,
        starts_at=T0,
        ends_at=T0 + timedelta(hours=8),
        asked_at=T0,
    )
    kept = KeptCover(
        cover=new,
        workspace_id=world.workspace_id,
        site_id=world.center_id,
        asked_by=new.covered_id,
        generation=1,
    )
    uow.covers.add(kept)
    uow.audit(world.workspace_id, "cover asked", new.id)


def statements(store: Store, world: World, referrals: list[Referral]) -> int:
    """Return how many statements it takes to look up the sheets of referrals."""
    with watched(store.database) as seen, store.read() as reading:
        assert len(make_sheets(reading, referrals)) == len(referrals)
    return len(seen)


@pytest.mark.parametrize("new_database", ["sqlite", "postgres"], indirect=True)
def test_the_sheets_of_many_referrals_take_no_more_statements_than_of_few(
    store: Store, world: World
) -> None:
    there = fill(store, world, MANY)

    few, many = (statements(store, world, there[:n]) for n in (FEW, MANY))

    assert many == few
    assert many < 30


def test_a_list_takes_no_more_statements_for_many_cases(
    store: Store, world: World
) -> None:
    fill(store, world, 6)
    by = world.first_specialist
    with watched(store.database) as seen, store.read() as reading:
        my_list(reading, by)
    few = len(seen)
    fill(store, world, 6)

    with watched(store.database) as seen, store.read() as reading:
        my_list(reading, by)

    assert len(seen) <= few + 2
