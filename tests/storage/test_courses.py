"""Courses, milestones and tasks: kept in their order, their texts sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from care.course import Journey
from care.journey import CourseKind, Party, Phase
from care.milestone import (
    Contact,
    FirstCall,
    Milestone,
    Place,
    Product,
    Reason,
    Result,
    Step,
)
from storage.courses import Course, milestones_of
from storage.errors import KeyMissing, NotFound
from storage.tables import course, milestone, task
from storage.unit import Store
from tests.conftest import T0
from tests.courses import a_course, a_task, recorded
from tests.world import OPERATOR, World

DAY = timedelta(days=1)
SECRET = "Fever to 39.4 after cefepime, lives with a sister"
"""Words that must be found nowhere in a table."""


FULL = Milestone(
    id="m1",
    step=Step.DECISION,
    result=Result.NOT_NOW,
    day=date(2026, 11, 20),
    until=date(2027, 2, 1),
    reason=Reason.HEALTH,
    product=Product.CARVYKTI,
    place=Place.LOCAL,
    contact=Contact.PRACTICE,
    first_call=FirstCall.HOSPITAL,
)
BARE = Milestone("m2", Step.CONSULT, Result.HAPPENED, date(2026, 11, 21))


@pytest.fixture
def kept(store: Store, world: World) -> Course:
    """Return a course that is kept."""
    with store.act(OPERATOR) as unit:
        return a_course(unit, world)


def test_a_course_comes_back_as_it_was(store: Store, world: World) -> None:
    with store.act(OPERATOR) as unit:
        plain = a_course(unit, world, lead_id=None)
        ended = a_course(
            unit,
            world,
            kind=CourseKind.BISPECIFIC,
            phase=Phase.ENDED,
            day0=date(2026, 2, 28),
            waits_on=Party.NOBODY,
            ask_at=T0 + DAY,
            generation=7,
            ended_at=T0 + DAY,
        )

    with store.read() as reading:
        assert reading.courses.course(plain.id) == plain
        assert reading.courses.course(ended.id) == ended
        both = reading.courses.of_cases([plain.case_id, ended.case_id])
        assert {one.id for one in both} == {plain.id, ended.id}
        assert reading.courses.of_cases([plain.case_id]) == [plain]
        assert reading.courses.of_cases([]) == []


def test_the_courses_of_a_case_come_oldest_first(store: Store, kept: Course) -> None:
    newer = replace(kept, id="0", started_at=T0 + DAY)
    oldest = replace(kept, id="z", started_at=T0 - DAY)
    with store.act(OPERATOR) as unit:
        unit.courses.add(newer)
        unit.courses.add(oldest)
        unit.audit(kept.workspace_id, "courses begun", kept.case_id)

    with store.read() as reading:
        found = reading.courses.of_cases([kept.case_id])
    assert found == [oldest, kept, newer]


def test_a_course_is_changed_as_its_milestones_say(store: Store, kept: Course) -> None:
    infused = Journey(Phase.DISCHARGE, day0=date(2026, 11, 24))

    with store.act(OPERATOR) as unit:
        locked = unit.courses.course_to_change(kept.id)
        changed = locked.standing(infused, at=T0 + DAY)
        unit.courses.keep(changed)
        unit.audit(kept.workspace_id, "course changed", kept.id)

    with store.read() as reading:
        found = reading.courses.course(kept.id)
    assert found == changed
    assert (found.phase, found.day0) == (Phase.DISCHARGE, date(2026, 11, 24))
    assert (found.generation, found.since) == (2, T0 + DAY)


def test_a_therapys_own_start_is_not_the_infusions(store: Store, kept: Course) -> None:
    therapy = replace(kept, kind=CourseKind.BISPECIFIC, day0=date(2026, 11, 1))

    stands = therapy.standing(Journey(Phase.THERAPY), at=T0)

    assert stands.day0 == date(2026, 11, 1)


def test_an_end_keeps_its_first_moment_and_is_taken_back_as_a_whole(
    kept: Course,
) -> None:
    ended = kept.standing(Journey(Phase.ENDED), at=T0)
    again = ended.standing(Journey(Phase.ENDED), at=T0 + DAY)
    back = again.standing(Journey(Phase.SLOT), at=T0 + DAY)

    assert (ended.ended_at, again.ended_at, back.ended_at) == (T0, T0, None)


def test_what_is_not_there_is_said_to_be_not_there(store: Store) -> None:
    with store.act(OPERATOR) as unit:
        for look_up in (
            unit.courses.course,
            unit.courses.course_to_change,
            unit.courses.milestone,
            unit.courses.task,
            unit.courses.task_to_change,
        ):
            with pytest.raises(NotFound):
                look_up("nothing")


def test_milestones_come_back_as_they_were_in_their_order(
    store: Store, kept: Course, world: World
) -> None:
    by = world.center_coordinator.clinician_id
    first = recorded(kept, FULL, 1, note=SECRET, recorded_by=by)
    second = recorded(kept, BARE, 2)
    with store.act(OPERATOR) as unit:
        assert unit.courses.next_position(kept.id) == 1
        unit.courses.record(first)
        assert unit.courses.next_position(kept.id) == 2
        unit.courses.record(second)
        unit.audit(kept.workspace_id, "milestones recorded", kept.id)

    with store.read() as reading:
        found = reading.courses.milestones([kept.id])
        assert found == [first, second]
        assert milestones_of(found) == [FULL, BARE]
        assert reading.courses.milestone("m1") == first
        assert reading.courses.milestones([]) == []


def test_a_correction_stands_in_the_place_of_what_it_corrects(
    store: Store, kept: Course, world: World
) -> None:
    """Which is kept, with who ended it, when and why."""
    by = world.first_specialist.clinician_id
    first, second = recorded(kept, FULL, 1), recorded(kept, BARE, 2)
    later = recorded(
        kept, replace(FULL, id="m3", day=FULL.day + DAY), 1, corrects="m1", note=SECRET
    )
    with store.act(OPERATOR) as unit:
        unit.courses.record(first)
        unit.courses.record(second)
        unit.courses.end(first, by=by, at=T0, why="The wrong day.")
        unit.courses.record(later)
        unit.audit(kept.workspace_id, "milestone corrected", kept.id)

    with store.read() as reading:
        assert reading.courses.milestones([kept.id]) == [later, second]
        every = reading.courses.milestones([kept.id], corrected=True)
        assert reading.courses.next_position(kept.id) == 3
    ended = replace(first, ended_at=T0, ended_by=by, ended_why="The wrong day.")
    assert {one.milestone.id: one for one in every} == {
        "m1": ended,
        "m2": second,
        "m3": later,
    }
    assert [one.position for one in every] == [1, 1, 2]


def test_milestones_of_several_courses_are_read_in_one_look_up(
    store: Store, kept: Course, world: World
) -> None:
    with store.act(OPERATOR) as unit:
        other = a_course(unit, world)
        unit.courses.record(recorded(kept, FULL, 1, note=SECRET))
        unit.courses.record(recorded(other, BARE, 1, note="Other words."))
        unit.audit(kept.workspace_id, "milestones recorded", kept.id)

    with store.read() as reading:
        found = reading.courses.milestones([kept.id, other.id])
    assert {one.course_id: one.note for one in found} == {
        kept.id: SECRET,
        other.id: "Other words.",
    }


def test_one_milestone_stands_at_each_place(store: Store, kept: Course) -> None:
    with store.act(OPERATOR) as unit:
        unit.courses.record(recorded(kept, FULL, 1))
        unit.audit(kept.workspace_id, "milestone recorded", kept.id)

    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.courses.record(recorded(kept, BARE, 1))


def test_a_place_is_free_again_when_its_milestone_was_ended(
    store: Store, kept: Course, world: World
) -> None:
    by, first = world.oncologist.clinician_id, recorded(kept, FULL, 1)

    with store.act(OPERATOR) as unit:
        unit.courses.record(first)
        unit.courses.end(first, by=by, at=T0, why="It was not so.")
        unit.courses.record(recorded(kept, BARE, 1))
        unit.audit(kept.workspace_id, "milestone corrected", kept.id)

    with store.read() as reading:
        assert milestones_of(reading.courses.milestones([kept.id])) == [BARE]


def test_a_milestone_does_not_end_without_a_reason(store: Store, kept: Course) -> None:
    with store.act(OPERATOR) as unit:
        unit.courses.record(recorded(kept, FULL, 1))
        unit.audit(kept.workspace_id, "milestone recorded", kept.id)

    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.connection.execute(update(milestone).values(ended_at=T0))


@pytest.mark.parametrize(
    "columns",
    [{"phase": "nothing more"}, {"ended_at": T0}],
    ids=["ended without when", "when without an end"],
)
def test_a_course_ends_with_its_moment_or_not_at_all(
    store: Store, kept: Course, columns: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.connection.execute(update(course).values(**columns))


def test_the_table_holds_none_of_the_words(
    store: Store, kept: Course, world: World
) -> None:
    by, first = world.oncologist.clinician_id, recorded(kept, FULL, 1, note=SECRET)
    with store.act(OPERATOR) as unit:
        unit.courses.record(first)
        unit.courses.end(first, by=by, at=T0, why=SECRET)
        unit.audit(kept.workspace_id, "milestone corrected", kept.id)

    with store.read() as reading:
        rows = reading.connection.execute(select(milestone)).all()
        raw = [bytes(row.note) + bytes(row.ended_why) for row in rows]
        opened = reading.courses.milestone("m1")
    assert (opened.note, opened.ended_why) == (SECRET, SECRET)
    words = [word.encode() for word in SECRET.split()]
    assert raw
    assert not any(word in one for one in raw for word in words if len(word) > 3)
    assert SECRET not in str(rows)


@pytest.mark.parametrize("column", ["note", "ended_why"])
def test_a_note_that_was_moved_to_another_milestone_does_not_open(
    store: Store, kept: Course, world: World, column: str
) -> None:
    by = world.oncologist.clinician_id
    with store.act(OPERATOR) as unit:
        for position, one in enumerate((FULL, BARE), start=1):
            new = recorded(kept, one, position, note="Words.")
            unit.courses.record(new)
            unit.courses.end(new, by=by, at=T0, why="Others.")
        sealed = unit.connection.execute(
            select(milestone.c[column]).where(milestone.c.id == "m1")
        ).scalar_one()
        unit.connection.execute(
            update(milestone).where(milestone.c.id == "m2").values({column: sealed})
        )
        unit.audit(kept.workspace_id, "moved", kept.id)

    with store.read() as reading, pytest.raises(KeyMissing, match=f"{column}/m2"):
        reading.courses.milestone("m2")


def test_tasks_come_back_as_they_were_those_due_first(
    store: Store, kept: Course, world: World
) -> None:
    with store.act(OPERATOR) as unit:
        late = a_task(unit, world, kept, due_at=T0 + 3 * DAY)
        soon = a_task(unit, world, kept)
        others = a_task(unit, world, a_course(unit, world))

    doer = world.center_coordinator.clinician_id
    with store.read() as reading:
        tasks = reading.courses.tasks
        assert reading.courses.task(late.id) == late
        assert tasks(case_ids=[kept.case_id]) == [soon, late]
        assert {one.id for one in tasks(doer_id=doer)} == {soon.id, late.id, others.id}
        assert tasks(doer_id=world.oncologist.clinician_id) == []
        assert tasks() == []


def test_a_task_that_is_done_or_dropped_is_open_no_more(
    store: Store, kept: Course, world: World
) -> None:
    by = world.center_coordinator.clinician_id
    with store.act(OPERATOR) as unit:
        done, dropped = a_task(unit, world, kept), a_task(unit, world, kept)

    with store.act(OPERATOR) as unit:
        held = unit.courses.task_to_change(done.id)
        unit.courses.keep_task(replace(held, done_at=T0, done_by=by))
        unit.courses.keep_task(replace(dropped, dropped_at=T0))
        unit.audit(kept.workspace_id, "tasks ended", kept.case_id)

    with store.read() as reading:
        assert reading.courses.tasks(case_ids=[kept.case_id]) == []
        assert reading.courses.task(done.id).done_by == by


@pytest.mark.parametrize(
    "columns",
    [
        {"done_at": T0},
        {"done_by": "clinician-chen"},
        {"done_at": T0, "done_by": "clinician-chen", "dropped_at": T0},
    ],
    ids=["by nobody", "at no time", "done and dropped"],
)
def test_a_task_ends_once_and_by_somebody(
    store: Store, kept: Course, world: World, columns: dict[str, Any]
) -> None:
    with store.act(OPERATOR) as unit:
        a_task(unit, world, kept)

    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.connection.execute(update(task).values(**columns))


def test_a_milestone_of_no_course_is_refused(store: Store, kept: Course) -> None:
    row = {
        "id": "m9",
        "case_id": kept.case_id,
        "course_id": "nothing",
        "position": 1,
        "step": "consult",
        "result": "happened",
        "day": "2026-11-24",
        "recorded_at": T0,
    }

    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.connection.execute(insert(milestone).values(**row))
