"""Covers as they are kept: sealed, found again, and refused where they cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from care.cover import Cover, Line, State
from care.referral import Side
from care.referral import State as ReferralState
from storage.covers import KeptCover
from storage.errors import KeyMissing, NotFound
from storage.tables import cover
from storage.unit import Store
from tests.conftest import T0
from tests.storage.together import watched
from tests.world import OPERATOR, World, new_case, new_referral

HOUR = timedelta(hours=1)


def a_cover(world: World, id_: str = "cover-1", **changes: Any) -> KeptCover:
    """Return a cover of Dr Rivera's cases by Dr Osei, changed as asked."""
    new = KeptCover(
        cover=Cover(
            id=id_,
            covered_id=world.first_specialist.clinician_id,
            cover_id=world.second_specialist.clinician_id,
            case_id=None,
            starts_at=T0,
            ends_at=T0 + 15 * HOUR,
            asked_at=T0 - HOUR,
        ),
        workspace_id=world.workspace_id,
        site_id=world.center_id,
        asked_by=world.first_specialist.clinician_id,
        generation=1,
    )
    own = {name: changes.pop(name) for name in [*changes] if name in OF_COVER}
    return replace(new, cover=replace(new.cover, **own), **changes)


OF_COVER = {"covered_id", "cover_id", "case_id", "starts_at", "ends_at", "state"}


def keep(store: Store, world: World, *covers: KeptCover) -> None:
    """Keep some new covers."""
    with store.act(OPERATOR) as unit:
        for one in covers:
            unit.covers.add(one)
        unit.audit(world.workspace_id, "cover asked", world.center_id)


def test_a_cover_comes_back_as_it_was_kept(store: Store, world: World) -> None:
    kept = a_cover(world, note="Back at eight. Call me about MM-7K3Q9.")

    keep(store, world, kept)

    with store.read() as reading:
        assert reading.covers.cover("cover-1") == kept


def test_a_moved_cover_comes_back_with_its_line(store: Store, world: World) -> None:
    before = a_cover(world)
    keep(store, world, before)
    after = replace(
        before,
        cover=replace(before.cover, state=State.TOLD),
        generation=5,
        told=Line.WRITTEN,
        line="Fever at two, seen, on antibiotics.",
        ended_at=T0 + HOUR,
        told_at=T0 + 2 * HOUR,
    )

    with store.act(OPERATOR) as unit:
        assert unit.covers.cover_to_move("cover-1") == before
        unit.covers.keep(after)
        unit.audit(world.workspace_id, "cover told", "cover-1")

    with store.read() as reading:
        assert reading.covers.cover("cover-1") == after


def test_a_cover_that_is_not_there_is_not_found(store: Store, world: World) -> None:
    with store.read() as reading, pytest.raises(NotFound):
        reading.covers.cover("cover-1")
    with pytest.raises(NotFound), store.act(OPERATOR) as unit:
        unit.covers.cover_to_move(world.link_id)


def test_what_is_written_is_sealed_by_the_case_or_by_a_key_of_its_own(
    store: Store, world: World
) -> None:
    with store.act(OPERATOR) as unit:
        case = new_case(unit, world)
    of_case = a_cover(world, "cover-2", case_id=case.id, note="One.")
    keep(store, world, a_cover(world, note="All."), of_case)
    with store.read() as reading:
        rows = reading.connection.execute(select(cover.c.id, cover.c.note)).all()
    assert all(b"All" not in row.note and b"One" not in row.note for row in rows)

    with store.act(OPERATOR) as unit:
        unit.vault.shred([case.id])

    with store.read() as reading:
        assert reading.covers.cover("cover-1").note == "All."
        with pytest.raises(KeyMissing):
            reading.covers.cover("cover-2")


def test_what_stands_is_what_may_run_or_is_unsettled(
    store: Store, world: World
) -> None:
    ends = {"ended_at": T0}
    told = {**ends, "told_at": T0, "told": Line.NOTHING}
    more: dict[State, dict[str, Any]] = {
        State.ENDED: ends,
        State.TOLD: told,
        State.CLOSED: {**told, "closed_at": T0},
    }
    for state in State:
        made = a_cover(world, state.value, state=state, **more.get(state, {}))
        keep(store, world, made)
    of_another = a_cover(
        world,
        "another",
        covered_id=world.second_specialist.clinician_id,
        cover_id=world.first_specialist.clinician_id,
        state=State.RUNNING,
    )
    keep(store, world, of_another)
    rivera = world.first_specialist.clinician_id

    with store.read() as reading:
        found = {one.id for one in reading.covers.standing([rivera])}
        mine = {one.id for one in reading.covers.of(rivera)}
        of_site = {one.id for one in reading.covers.at_site(world.center_id)}
        elsewhere = reading.covers.at_site(world.practice_id)
        covered = reading.covers.covered_at(world.center_id)
        nobody = reading.covers.covered_at(world.practice_id)

    assert covered == {rivera, world.second_specialist.clinician_id}
    assert nobody == set()
    assert found == {"taken", "running", "ended", "told"}
    assert mine == found | {"asked", "another"}
    assert of_site == mine
    assert elsewhere == []


def test_covers_come_in_the_order_of_their_starts(store: Store, world: World) -> None:
    later = a_cover(world, "a", starts_at=T0 + HOUR)
    keep(store, world, later, a_cover(world, "b"))

    with store.read() as reading:
        found = reading.covers.of(world.second_specialist.clinician_id)

    assert [one.id for one in found] == ["b", "a"]


def test_a_cover_concerns_the_cases_of_whoever_is_covered_now(
    store: Store, world: World
) -> None:
    rivera = world.first_specialist.clinician_id
    with store.act(OPERATOR) as unit:
        mine = [new_case(unit, world, responsible_id=rivera) for _ in range(2)]
        new_case(unit, world)
    with store.act(OPERATOR) as unit:
        of_another = new_case(unit, world).id

    with store.read() as reading:
        cases = (None, mine[0].id, of_another)
        counts = [reading.covers.cases_of(rivera, one) for one in cases]
        led = reading.covers.cases_led_by(rivera)
        first = reading.covers.cases_led_by(rivera, limit=1)

    assert counts == [2, 1, 0]
    assert set(led) == {one.id for one in mine}
    assert len(first) == 1


def test_the_cards_it_concerns_are_those_of_open_and_answered_referrals(
    store: Store, world: World
) -> None:
    rivera = world.first_specialist.clinician_id
    answered = {"state": ReferralState.ANSWERED, "waiting_on": None}
    closed = {
        "state": ReferralState.CLOSED,
        "previous": ReferralState.ANSWERED,
        "waiting_on": None,
        "ended_at": T0,
    }
    with store.act(OPERATOR) as unit:
        mine = new_case(unit, world, responsible_id=rivera)
        open_one = new_referral(unit, world, mine, waiting_on=Side.PRACTICE)
        other = new_referral(
            unit, world, mine, requested_at=T0 + HOUR, round_started_at=T0, **answered
        )
        new_referral(unit, world, mine, **closed)
        new_referral(unit, world, new_case(unit, world))

    with store.read() as reading:
        found = reading.covers.referrals_of(rivera, limit=10)
        newest = reading.covers.referrals_of(rivera, limit=1)
        opened = reading.cases.referrals(found)

    assert found == [other.id, open_one.id]
    assert newest == [other.id]
    assert {one.id for one in opened} == set(found)


@pytest.mark.parametrize("state", [State.ASKED, State.DECLINED])
def test_a_cover_that_does_not_stand_covers_nobody_of_a_site(
    store: Store, world: World, state: State
) -> None:
    keep(store, world, a_cover(world, state=state))

    with store.read() as reading:
        assert reading.covers.covered_at(world.center_id) == set()


def test_who_has_left_a_site_is_not_covered_there(store: Store, world: World) -> None:
    keep(store, world, a_cover(world, state=State.RUNNING))

    with store.act(OPERATOR) as unit:
        unit.people.retire("clinician", world.first_specialist.clinician_id)
        unit.audit(world.workspace_id, "left", world.first_specialist.clinician_id)

    with store.read() as reading:
        assert reading.covers.covered_at(world.center_id) == set()


def test_what_stands_for_many_is_one_query(store: Store, world: World) -> None:
    keep(store, world, *(a_cover(world, f"c{n}", state=State.TAKEN) for n in range(9)))
    people = [one.clinician_id for one in world.people]

    with watched(store.database) as seen, store.read() as reading:
        found = reading.covers.standing(people)

    assert len(found) == 9
    assert len([one for one in seen if "FROM cover" in one[0]]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": T0},
        {"ends_at": T0 - HOUR},
        {"cover_id": "clinician-rivera"},
        {"state": "ended"},
        {"ended_at": T0},
        {"told_at": T0},
        {"told": Line.NOTHING},
        {"closed_at": T0},
        {"state": "closed", "ended_at": T0, "told_at": T0, "told": Line.NOTHING},
        {"cover_id": "clinician-nobody"},
        {"case_id": "case-nobody"},
        {"ends_at": None},
    ],
    ids=str,
)
def test_a_cover_that_cannot_be_is_refused_by_the_database(
    store: Store, world: World, wrong: dict[str, Any]
) -> None:
    keep(store, world, a_cover(world))

    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.connection.execute(update(cover).values(**wrong))

    with store.read() as reading:
        assert reading.covers.cover("cover-1") == a_cover(world)
