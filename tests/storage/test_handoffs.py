"""Handoffs as they are kept: one open a case, words sealed, history never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from care.handoff import OPEN, How, Line, State
from care.ipass import Direction
from storage.errors import KeyMissing, NotFound
from storage.handoff_records import Handoff, HandoffAction, HandoffWords
from storage.records import Case, columns_of
from storage.responsibility import Tenure
from storage.tables import case as case_table
from storage.tables import handoff as handoff_table
from storage.tables import handoff_action
from storage.tables import responsibility as responsibility_table
from storage.unit import Store, Unit
from tests.conftest import T0
from tests.storage.together import together
from tests.world import OPERATOR, World, new_case, new_referral

WORDS = HandoffWords({"severity": "Stable", "summary": "Fit for CAR T."})
HOUR = timedelta(hours=1)


def new_handoff(unit: Unit, world: World, case: Case, **changes: Any) -> Handoff:
    """Keep an offer of the oncologist's to the first specialist, changed as asked."""
    referral = new_referral(unit, world, case)
    new = Handoff(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        case_id=case.id,
        referral_id=referral.id,
        direction=Direction.TO_CENTER,
        state=State.OFFERED,
        sender_id=world.oncologist.clinician_id,
        receiver_id=world.first_specialist.clinician_id,
        offered_by=world.oncologist.clinician_id,
        recorded_by=None,
        follows=None,
        passed_by=(),
        offered_at=unit.now,
        round_started_at=unit.now,
        phoned_at=None,
        read_back_at=None,
        ended_at=None,
        generation=1,
    )
    new = replace(new, **changes)
    unit.handoffs.add(new, WORDS, [])
    unit.audit(world.workspace_id, "handoff offered", new.id)
    return new


def new_action(unit: Unit, world: World, one: Handoff, **changes: Any) -> HandoffAction:
    """Return a line of action for the coordinator, changed as asked."""
    new = HandoffAction(
        id=unit.new_id(),
        handoff_id=one.id,
        position=1,
        text="Check counts",
        answer=None,
        doer_id=world.center_coordinator.clinician_id,
        due_day=date(2026, 11, 30),
        state=Line.PROPOSED,
        done_at=None,
        done_by=None,
        generation=1,
    )
    return replace(new, **changes)


def test_what_is_kept_is_what_is_read_with_its_words_and_actions(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)
        one = replace(
            new_handoff(unit, world, case, state=State.DECLINED, ended_at=T0),
            id=unit.new_id(),
            state=State.OFFERED,
            ended_at=None,
            passed_by=(world.second_specialist.clinician_id,),
        )
        action = new_action(unit, world, one)
        unit.handoffs.add(one, WORDS, [action])
        unit.audit(world.workspace_id, "handoff offered", one.id)

    with store.read() as reading:
        assert reading.handoffs.handoff(one.id) == one
        assert reading.handoffs.words(one) == WORDS
        assert reading.handoffs.actions(one) == [action]
        assert reading.handoffs.action(action.id) == action
        found = reading.handoffs.of([case.id, "nobody's"])
    states = {entry.state for entry in found[case.id]}
    assert states == {State.DECLINED, State.OFFERED}
    assert found["nobody's"] == []


def test_what_people_wrote_is_sealed_by_the_key_of_the_case(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)
        one = new_handoff(unit, world, case)
        unit.handoffs.keep(one, synthesis={"sentence": "Fever"})
        unit.audit(world.workspace_id, "read back", one.id)
        rows = unit.connection.execute(select(handoff_table)).mappings().all()
        plain = " ".join(str(value) for row in rows for value in row.values())

    assert "Stable" not in plain
    assert "Fever" not in plain
    with store.read() as reading:
        assert reading.handoffs.words(one).synthesis == {"sentence": "Fever"}
    with store.act(OPERATOR) as unit:
        unit.vault.shred([case.id])
        unit.audit(world.workspace_id, "shredded", case.id)
    with store.read() as reading, pytest.raises(KeyMissing):
        reading.handoffs.words(one)


def test_keeping_a_handoff_again_leaves_the_words_that_are_not_named(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        one = new_handoff(unit, world, new_case(unit, world))
        unit.handoffs.keep(one, reason={"why": "Leave"})
        unit.handoffs.keep(replace(one, generation=2))

    with store.read() as reading:
        assert reading.handoffs.words(one) == replace(WORDS, reason={"why": "Leave"})
        assert reading.handoffs.handoff(one.id).generation == 2


def test_a_case_has_one_open_handoff_also_for_two_at_the_same_moment(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)

    def offer() -> bool:
        try:
            with store.act(world.oncologist) as unit:
                new_handoff(unit, world, case)
        except IntegrityError:
            return False
        return True

    assert sorted(together(offer, offer, offer)) == [False, False, True]


@pytest.mark.parametrize("state", sorted(set(State) - OPEN))
def test_what_is_over_does_not_stand_in_the_way_of_another(
    store: Store, world: World, state: State
) -> None:
    lasting = state in {State.ACCEPTED, State.CORRECTED}
    times = {"read_back_at" if lasting else "ended_at": T0}

    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)
        new_handoff(unit, world, case, state=state, **times)
        new_handoff(unit, world, case)

    with store.read() as reading:
        assert len(reading.handoffs.of([case.id])[case.id]) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": State.BY_PHONE},
        {"recorded_by": "clinician-chen"},
        {"state": State.ACCEPTED},
        {"read_back_at": T0},
        {"state": State.EXPIRED},
        {"ended_at": T0},
        {"receiver_id": "clinician-chen"},
        {"case_id": "nobody's"},
    ],
    ids=str,
)
def test_a_handoff_that_cannot_be_is_refused_by_the_database(
    store: Store, world: World, wrong: dict[str, Any]
) -> None:
    with store.act(world.oncologist) as unit:
        one = new_handoff(unit, world, new_case(unit, world))

    with pytest.raises(IntegrityError), store.act(world.oncologist) as unit:
        unit.connection.execute(
            update(handoff_table).where(handoff_table.c.id == one.id).values(**wrong)
        )


@pytest.mark.parametrize(
    "wrong", [{"state": Line.DONE}, {"done_at": T0}, {"done_by": "clinician-chen"}]
)
def test_an_action_is_done_by_somebody_at_some_time_or_not_at_all(
    store: Store, world: World, wrong: dict[str, Any]
) -> None:
    with store.act(world.oncologist) as unit:
        one = new_handoff(unit, world, new_case(unit, world))
        action = new_action(unit, world, one)
        row = columns_of(action) | {"text": b"", "due_day": "2026-11-30"}

    with pytest.raises(IntegrityError), store.act(world.oncologist) as unit:
        unit.connection.execute(insert(handoff_action).values(**row | wrong))


def test_a_changed_action_is_done_in_its_new_words(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        one = new_handoff(unit, world, new_case(unit, world))
        action = new_action(unit, world, one)
        again = replace(one, id=unit.new_id(), state=State.DECLINED, ended_at=T0)
        unit.handoffs.add(again, WORDS, [replace(action, handoff_id=again.id)])
        changed = replace(
            action, handoff_id=again.id, state=Line.CHANGED, answer="Once a week"
        )
        unit.handoffs.keep_action(changed)
        unit.audit(world.workspace_id, "handoff action", action.id)

    with store.read() as reading:
        doer = world.center_coordinator.clinician_id
        assert reading.handoffs.to_do(doer, {Line.CHANGED}) == [changed]
        assert reading.handoffs.to_do(doer, {Line.PROPOSED}) == []
    assert changed.wording == "Once a week"
    assert action.wording == "Check counts"


def test_what_waits_with_somebody_is_what_they_send_or_receive(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        first = new_handoff(unit, world, new_case(unit, world))
        new_handoff(
            unit, world, new_case(unit, world), state=State.DECLINED, ended_at=T0
        )

    with store.read() as reading:
        waits = reading.handoffs.owed_with
        assert waits([world.oncologist.clinician_id]) == [first]
        assert waits([world.first_specialist.clinician_id]) == [first]
        assert waits([world.second_specialist.clinician_id]) == []


def test_what_there_is_not_is_not_found(store: Store) -> None:
    with store.read() as reading:
        with pytest.raises(NotFound):
            reading.handoffs.handoff("nobody's")
        with pytest.raises(NotFound):
            reading.handoffs.action("nobody's")


def test_a_case_begins_with_one_who_is_responsible(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)

    with store.read() as reading:
        assert reading.responsibility.of([case.id]) == {
            case.id: [
                Tenure(case.id, 1, case.responsible_id, T0, None, How.CREATED, None)
            ]
        }


def test_a_move_ends_one_tenure_where_the_next_begins_in_the_case_too(
    store: Store, world: World
) -> None:
    later = T0 + HOUR
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)
        one = new_handoff(unit, world, case)
        unit.responsibility.move(
            case.id, one.receiver_id, at=later, how=How.READ_BACK, handoff_id=one.id
        )

    with store.read() as reading:
        first, second = reading.responsibility.of([case.id])[case.id]
        now = reading.cases.case(case.id)
    assert (first.until, second.since, second.until) == (later, later, None)
    assert (second.seq, second.handoff_id) == (2, one.id)
    assert (now.responsible_id, now.responsible_since) == (one.receiver_id, later)


def test_two_who_are_responsible_at_once_cannot_be(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)
    row = {
        "case_id": case.id,
        "seq": 2,
        "clinician_id": world.first_specialist.clinician_id,
        "since": T0,
        "how": How.READ_BACK,
    }

    with pytest.raises(IntegrityError), store.act(world.oncologist) as unit:
        unit.connection.execute(insert(responsibility_table).values(**row))


def test_a_case_that_is_held_waits_for_nobody_on_another_case(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        held, other = new_case(unit, world), new_case(unit, world)

    with store.act(world.oncologist) as unit:
        assert unit.cases.case_to_move(held.id) == held
        with pytest.raises(NotFound):
            unit.cases.case_to_move("nobody's")
        rows = unit.connection.execute(select(case_table.c.id)).scalars().all()
    assert set(rows) == {held.id, other.id}
