"""What else waits on somebody: each kind with whom it is, and never with others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.actions.giving_on import give_action
from bot.actions.reading_back import Answer
from bot.handoff_fields import action_fields
from bot.lookups import my_list
from bot.my_work import MyWork, my_work
from bot.refusals import BadFields, NoPart, NotForYou, Overtaken
from bot.views.ids import Act
from bot.views.lists import my_list_blocks
from bot.views.my_work import work_entries
from care import readiness
from care.bridging import Answer as Says
from care.bridging import State as Asked
from care.handoff import Line
from care.ipass import Direction
from care.journey import Phase
from care.milestone import Milestone, Result, Step
from care.people import Role
from storage.actors import Person
from storage.bridging import Bridging
from storage.readiness import ReadyItem
from storage.records import Life
from storage.tables import notice
from storage.unit import Store, Unit
from tests.bot.test_handoff_actions import Ward, ward
from tests.conftest import T0
from tests.courses import a_task, recorded
from tests.patients import TODAY, Patient, a_colleague, another_practice, on_the_way
from tests.storage.together import watched
from tests.world import OPERATOR, World

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
__all__ = ["ward"]

DAY = timedelta(days=1)


@pytest.fixture
def unit(store: Store, world: World) -> Iterator[Unit]:
    """Yield a unit of work in which a test keeps what waits."""
    with store.act(OPERATOR) as begun:
        yield begun
        begun.audit(world.workspace_id, "filled", world.workspace_id)


def asked(unit: Unit, world: World, there: Patient, **changes: Any) -> Bridging:
    """Keep a request for bridging of a patient's journey."""
    assert there.course
    new = Bridging(
        id=unit.new_id(),
        workspace_id=there.case.workspace_id,
        case_id=there.case.id,
        course_id=there.course.id,
        referral_id=there.referral.id,
        state=Asked.REQUESTED,
        requested_by=world.first_specialist.clinician_id,
        requested_at=unit.now,
        body={one: f"What {one} is." for one in Says},
        last_day=date(2026, 12, 11),
        counter=None,
        answered_by=None,
        answered_at=None,
        started=None,
        last_dose=None,
        since=unit.now,
        generation=1,
    )
    new = replace(new, **changes)
    unit.bridging.add(new)
    return new


def barrier(unit: Unit, there: Patient, person: Person, **changes: Any) -> ReadyItem:
    """Keep a barrier of a patient's ready list, with somebody."""
    assert there.course
    stands = readiness.Standing(
        readiness.Item.LODGING,
        readiness.State.BARRIER,
        person.clinician_id,
        TODAY + DAY,
    )
    new = ReadyItem(
        id=unit.new_id(),
        workspace_id=there.case.workspace_id,
        case_id=there.case.id,
        course_id=there.course.id,
        standing=stands,
        note="No room is free.",
        changed_by=person.clinician_id,
        changed_at=unit.now,
        generation=1,
    )
    new = replace(new, **changes)
    unit.readiness.add(new)
    return new


def plan_lymphodepletion(unit: Unit, there: Patient) -> None:
    """Record on a journey all that comes before lymphodepletion, which is planned."""
    assert there.course
    steps = [
        (Step.CONTACT, Result.HAPPENED),
        (Step.CONSULT, Result.HAPPENED),
        (Step.DECISION, Result.CANDIDATE),
        (Step.LYMPHODEPLETION, Result.PLANNED),
    ]
    for place, (step, result) in enumerate(steps, start=1):
        one = Milestone(f"{there.course.id}/{place}", step, result, TODAY)
        unit.courses.record(recorded(there.course, one, place))


def who_sees(unit: Unit, world: World, kind: str) -> list[str]:
    """Return by name on whom something of a kind waits."""
    return [one.name for one in world.people if getattr(my_work(unit, one), kind)]


def test_bridging_waits_on_whoever_is_responsible_at_the_practice(
    unit: Unit, world: World
) -> None:
    asked(unit, world, on_the_way(unit, world))

    assert who_sees(unit, world, "bridging") == ["Dr Chen"]


def test_another_bridging_waits_on_whoever_had_asked(unit: Unit, world: World) -> None:
    there = on_the_way(unit, world)
    asked(unit, world, there, state=Asked.COUNTERED, counter="Without it.")

    assert who_sees(unit, world, "bridging") == ["Dr Rivera"]


@pytest.mark.parametrize("state", [Asked.ACCEPTED, Asked.WITHDRAWN])
def test_bridging_that_was_answered_waits_on_nobody(
    unit: Unit, world: World, state: Asked
) -> None:
    asked(unit, world, on_the_way(unit, world), state=state)

    assert who_sees(unit, world, "bridging") == []


def test_a_planned_lymphodepletion_owes_a_handoff_of_who_is_responsible(
    unit: Unit, world: World
) -> None:
    there = on_the_way(unit, world, Phase.AUTHORIZATION)
    plan_lymphodepletion(unit, there)
    on_the_way(unit, world, Phase.AUTHORIZATION)

    (found,) = my_work(unit, world.oncologist).owed

    assert (found[0].case.id, found[1]) == (there.case.id, Direction.TO_CENTER)
    assert who_sees(unit, world, "owed") == ["Dr Chen"]


def test_a_handoff_that_is_offered_is_owed_no_more(ward: Ward) -> None:
    with ward.store.act(OPERATOR) as unit:
        there = on_the_way(unit, ward.world, Phase.AUTHORIZATION)
        plan_lymphodepletion(unit, there)
    other = replace(ward, referral=there.referral)
    other.offer()

    with ward.store.read() as reading:
        assert my_work(reading, ward.world.oncologist).owed == ()


def test_barriers_and_tasks_wait_on_those_whose_they_are(
    unit: Unit, world: World
) -> None:
    there = on_the_way(unit, world)
    assert there.course
    barrier(unit, there, world.practice_coordinator)
    a_task(unit, world, there.course)

    assert who_sees(unit, world, "barriers") == ["Amy Brooks"]
    assert who_sees(unit, world, "tasks") == ["Noor Haddad"]


def test_what_was_seen_to_waits_on_nobody(unit: Unit, world: World) -> None:
    there = on_the_way(unit, world)
    assert there.course
    stands = readiness.Standing(readiness.Item.LODGING, readiness.State.DONE)
    barrier(unit, there, world.practice_coordinator, standing=stands)
    done = {"done_at": T0, "done_by": world.center_coordinator.clinician_id}
    a_task(unit, world, there.course, **done)

    assert not any(my_work(unit, one) for one in world.people)


@pytest.mark.parametrize("life", [Life.HOSPICE, Life.DIED])
def test_nothing_waits_after_a_death_or_in_hospice(
    unit: Unit, world: World, life: Life
) -> None:
    there = on_the_way(unit, world)
    assert there.course
    asked(unit, world, there)
    plan_lymphodepletion(unit, there)
    barrier(unit, there, world.practice_coordinator)
    a_task(unit, world, there.course)
    unit.cases.change_life(there.case.id, life)

    assert not any(my_work(unit, one) for one in world.people)


def test_who_has_lost_their_part_is_shown_nothing(unit: Unit, world: World) -> None:
    there = on_the_way(unit, world)
    assert there.course
    other = a_colleague(unit, world.practice_id, "yu", Role.ONCOLOGIST, "Dr Yu")
    barrier(unit, there, other)
    a_task(unit, world, there.course, doer_id=other.clinician_id)

    assert not my_work(unit, other)


def test_of_another_practice_nothing_waits_here(unit: Unit, world: World) -> None:
    other = another_practice(unit, world, "riverbend")
    asked(unit, world, on_the_way(unit, other))

    assert who_sees(unit, world, "bridging") == []
    assert my_work(unit, other.oncologist).bridging


def refuse(ward: Ward) -> str:
    """Offer a handoff whose one action the receiver does not take on; its id."""
    what, who, when = action_fields(1)
    values = {
        what: "Check counts",
        who: ward.world.first_specialist.clinician_id,
        when: "2026-11-30",
    }
    handoff_id = ward.offer(values=values)
    (line,) = ward.actions(handoff_id)
    answers = {line.id: Answer(Line.REFUSED, "The practice draws them.")}
    ward.say_back(handoff_id, answers=answers)
    return line.id


def refused_with(ward: Ward) -> list[str]:
    """Return who is shown an action that nobody has."""
    with ward.store.read() as reading:
        people = ward.world.people
        return [one.name for one in people if my_work(reading, one).refused]


def action(ward: Ward, action_id: str) -> tuple[str, Line, str | None]:
    """Return whose an action is, and how it stands."""
    with ward.store.read() as reading:
        one = reading.handoffs.action(action_id)
    return one.doer_id, one.state, one.answer


def test_an_action_that_nobody_took_on_shows_with_who_offered_it(ward: Ward) -> None:
    refuse(ward)

    assert refused_with(ward) == ["Dr Chen"]
    with ward.store.read() as reading:
        blocks = my_list_blocks(
            my_list(reading, ward.world.oncologist),
            ward.world.oncologist.member,
            may_refer=True,
        )
    (told,) = [one for one in blocks if "nobody has this yet" in str(one)]
    assert told["accessory"]["action_id"] == Act.ACTION_GIVE
    assert "Not taken on: The practice draws them." in told["text"]["text"]


def test_before_it_is_read_back_nothing_was_refused(ward: Ward) -> None:
    ward.with_action()

    assert refused_with(ward) == []


def test_it_is_given_to_somebody_who_is_asked_to_take_it_on(ward: Ward) -> None:
    action_id, amy = refuse(ward), ward.world.practice_coordinator

    ward.act(
        give_action,
        ward.world.oncologist,
        action_id=action_id,
        doer_id=amy.clinician_id,
    )

    assert action(ward, action_id) == (amy.clinician_id, Line.PROPOSED, None)
    assert refused_with(ward) == []
    with ward.store.read() as reading:
        rows = reading.connection.execute(
            select(notice.c.view).where(notice.c.recipient_id == amy.clinician_id)
        )
        assert "handoff action" in set(rows.scalars())


def test_who_keeps_it_has_taken_it_on(ward: Ward) -> None:
    action_id, chen = refuse(ward), ward.world.oncologist

    ward.act(give_action, chen, action_id=action_id, doer_id=chen.clinician_id)

    assert action(ward, action_id) == (chen.clinician_id, Line.ACCEPTED, None)
    with ward.store.read() as reading:
        assert [one.id for _, one in my_list(reading, chen).to_do] == [action_id]


def test_of_two_who_give_it_one_does(ward: Ward) -> None:
    action_id, chen = refuse(ward), ward.world.oncologist
    amy = ward.world.practice_coordinator.clinician_id
    ward.act(give_action, chen, action_id=action_id, doer_id=amy)

    with pytest.raises(Overtaken, match="somebody has it already"):
        ward.act(give_action, chen, action_id=action_id, doer_id=chen.clinician_id)

    assert action(ward, action_id)[0] == amy


def test_only_who_offered_it_gives_it_and_only_to_somebody_with_a_part(
    ward: Ward,
) -> None:
    action_id, world = refuse(ward), ward.world
    amy = world.practice_coordinator.clinician_id

    with pytest.raises(NotForYou, match="Dr Chen gives that"):
        ward.act(give_action, world.first_specialist, action_id=action_id, doer_id=amy)
    with pytest.raises(NoPart):
        ward.act(give_action, world.administrator, action_id=action_id, doer_id=amy)
    with pytest.raises(BadFields):
        ward.act(
            give_action,
            world.oncologist,
            action_id=action_id,
            doer_id=world.administrator.clinician_id,
        )

    assert action(ward, action_id)[1] is Line.REFUSED


def test_the_queries_are_as_many_for_many_as_for_few(
    store: Store, world: World
) -> None:
    def fill() -> None:
        with store.act(OPERATOR) as unit:
            there = on_the_way(unit, world, Phase.AUTHORIZATION)
            assert there.course
            asked(unit, world, there)
            plan_lymphodepletion(unit, there)
            barrier(unit, there, world.oncologist)
            doer = world.oncologist.clinician_id
            a_task(unit, world, there.course, doer_id=doer)
            unit.audit(world.workspace_id, "filled", there.case.id)

    def count() -> int:
        with watched(store.database) as seen, store.read() as reading:
            work = my_work(reading, world.oncologist)
        assert work.bridging
        assert work.owed
        return len(seen)

    fill()
    few = count()
    for _ in range(6):
        fill()

    assert count() == few


def test_a_list_shows_five_of_a_kind_and_says_how_many_more(
    unit: Unit, world: World
) -> None:
    for _ in range(7):
        there = on_the_way(unit, world)
        assert there.course
        a_task(unit, world, there.course)

    blocks = work_entries(my_work(unit, world.center_coordinator), most=5)

    assert len(blocks) == 6
    assert blocks[-1]["elements"][0]["text"] == "And 2 more to do."


def test_nothing_waits_where_nothing_is(unit: Unit, world: World) -> None:
    on_the_way(unit, world)

    assert my_work(unit, world.oncologist) == MyWork()
    assert work_entries(MyWork(), most=5) == []
