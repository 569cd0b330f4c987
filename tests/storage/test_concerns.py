"""What is kept of urgent concerns: one open a case, and how each ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from care.concern import State
from storage.concerns import Concern
from storage.errors import NotFound
from storage.unit import Store, Unit
from tests.conftest import T0
from tests.storage.together import together
from tests.world import OPERATOR, World, new_case, new_referral

LATER = T0 + timedelta(minutes=4)


def a_concern(unit: Unit, world: World, **changes: Any) -> Concern:
    """Return a concern about a new case, changed as asked, and not yet kept."""
    case = new_case(unit, world)
    referral = new_referral(unit, world, case)
    new = Concern(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        case_id=case.id,
        referral_id=referral.id,
        raised_by=world.oncologist.clinician_id,
        raised_at=unit.now,
        state=State.OPEN,
        step=1,
        told=(world.first_specialist.clinician_id,),
        generation=1,
    )
    return replace(new, **changes)


def keep(store: Store, world: World, **changes: Any) -> Concern:
    """Keep a concern about a new case, changed as asked."""
    with store.act(OPERATOR) as unit:
        new = a_concern(unit, world, **changes)
        assert unit.concerns.add(new)
        unit.audit(world.workspace_id, "concern raised", new.id)
    return new


def test_a_concern_is_read_as_it_was_kept(store: Store, world: World) -> None:
    new = keep(store, world)

    with store.read() as reading:
        assert reading.concerns.concern(new.id) == new
        assert reading.concerns.open_of(new.case_id) == new


def test_a_concern_that_was_moved_is_open_no_more(store: Store, world: World) -> None:
    new = keep(store, world)
    answered = replace(
        new,
        state=State.ACKNOWLEDGED,
        acknowledged_by=world.second_specialist.clinician_id,
        acknowledged_at=LATER,
        generation=2,
    )

    with store.act(OPERATOR) as unit:
        assert unit.concerns.concern_to_move(new.id) == new
        unit.concerns.keep(answered)
        unit.audit(world.workspace_id, "concern acknowledged", new.id)

    with store.read() as reading:
        assert reading.concerns.concern(new.id) == answered
        assert reading.concerns.open_of(new.case_id) is None


def test_a_case_has_one_open_concern_and_any_number_of_ended_ones(
    store: Store, world: World
) -> None:
    first = keep(store, world, state=State.WITHDRAWN, withdrawn_at=LATER)

    with store.act(OPERATOR) as unit:
        second = replace(
            first, id=unit.new_id(), state=State.OPEN, withdrawn_at=None, step=1
        )
        third = replace(second, id=unit.new_id())

        assert unit.concerns.add(second)
        assert not unit.concerns.add(third)
        unit.audit(world.workspace_id, "concern raised", second.id)

    with store.read() as reading:
        assert reading.concerns.open_of(first.case_id) == second
        with pytest.raises(NotFound):
            reading.concerns.concern(third.id)


def test_of_two_at_the_same_moment_one_is_kept(store: Store, world: World) -> None:
    with store.act(OPERATOR) as unit:
        new = a_concern(unit, world)
        unit.audit(world.workspace_id, "case.opened", new.case_id)

    def raise_it(number: int) -> bool:
        with store.act(OPERATOR) as unit:
            kept = unit.concerns.add(replace(new, id=f"concern-{number}"))
            unit.audit(world.workspace_id, "concern raised", new.case_id)
        return kept

    kept = together(*[lambda number=number: raise_it(number) for number in range(4)])

    assert sorted(kept) == [False, False, False, True]


@pytest.mark.parametrize(
    "impossible",
    [
        {"state": State.ACKNOWLEDGED},
        {"state": State.ACKNOWLEDGED, "acknowledged_at": LATER},
        {"acknowledged_by": "clinician-rivera"},
        {"state": State.WITHDRAWN},
        {"withdrawn_at": LATER},
    ],
    ids=str,
)
def test_an_end_has_its_time_and_its_person_and_nothing_else_has(
    store: Store, world: World, impossible: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError):
        keep(store, world, **impossible)


def test_there_is_no_concern_that_nobody_raised(store: Store, world: World) -> None:
    with store.act(OPERATOR) as unit:
        with pytest.raises(NotFound):
            unit.concerns.concern_to_move("nobody")
        unit.audit(world.workspace_id, "looked", "nobody")


@pytest.mark.parametrize("opted_in", [False, True])
def test_a_center_is_told_by_phone_only_unless_it_said_otherwise(
    store: Store, world: World, *, opted_in: bool
) -> None:
    if opted_in:
        with store.act(OPERATOR) as unit:
            unit.people.put("site", {"id": world.center_id, "concern_opt_in": 1})
            unit.audit(world.workspace_id, "setup applied", world.center_id)

    with store.read() as reading:
        assert reading.people.site(world.center_id).concern_opt_in is opted_in
