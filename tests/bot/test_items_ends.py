"""How a series or precaution ends: by a clinician's word, never by a value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.actions import items
from bot.actions.done import Done
from bot.actions.item_ends import (
    FIXED_FROM,
    Ending,
    end_row,
    go_on_after_all,
    let_go_on,
)
from bot.actions.item_undo import undo
from bot.refusals import BadFields, NotForYou, NotThisWay, Overtaken, Refusal
from care.item import State, Why
from storage.actors import Person
from storage.clock import TravellingClock
from storage.item_records import Item
from storage.plans import PlanRow
from storage.unit import Store
from tests.bot.planning_store import ROWS, Planned, a_row, planned
from tests.conftest import BOTH
from tests.storage.together import together
from tests.world import World

SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
EACH = pytest.mark.parametrize("new_database", BOTH, indirect=True)
TODAY = date(2026, 11, 30)
CD4 = a_row(
    "cd4",
    "CD4 count",
    again=[{"every": "1 month"}],
    ends={"how": "any of", "parts": ["CD4 above 200", "12 months have passed"]},
)
REVIEWED = a_row(
    "ivig",
    "IVIG",
    kind="running precaution",
    ends={"how": "none in the source"},
)
BOTH_PARTS, NONE = Ending(frozenset({0, 1})), Ending()


@pytest.fixture
def patient(store: Store, clock: TravellingClock, world: World) -> Planned:
    """Return a patient with series and precautions that are open at month 1."""
    there = planned(store, clock, world, rows=[*ROWS, CD4, REVIEWED])
    there.pass_to(TODAY)
    return there


@pytest.fixture
def chen(world: World) -> Person:
    """Return the oncologist, who is responsible."""
    return world.oncologist


def of_row(patient: Planned, row: str) -> list[Item]:
    """Return every item of a row."""
    return [one for one in patient.items() if one.row_id == row]


def goes(patient: Planned, row: str) -> PlanRow:
    """Return how a row goes in the plan."""
    with patient.store.read() as reading:
        rows = reading.plans.rows_of([patient.plan.id])
    return next(one for one in rows if one.row_id == row)


@EACH
def test_an_end_of_several_parts_ends_when_each_is_confirmed(
    patient: Planned, chen: Person
) -> None:
    for ending in (NONE, Ending(frozenset({0})), Ending(frozenset({1, 7}))):
        with pytest.raises(BadFields) as refused:
            patient.do_one(chen, end_row, "pjp", ending=ending)
        assert set(refused.value.sentences) == {"parts"}

    patient.do_one(chen, end_row, "pjp", ending=BOTH_PARTS)

    (look,) = of_row(patient, "pjp")
    assert (look.state, look.why) == (State.NOT_NEEDED, Why.ENDED)
    ended = goes(patient, "pjp")
    assert (ended.ended_by, ended.ended_how) == (chen.clinician_id, "confirmed")
    assert ended.ended_why == "6 months have passed\nCD4 above 200"
    assert not patient.waiting("pjp")


@SQLITE
def test_where_one_part_is_enough_one_ends_it_and_all_that_was_to_come(
    patient: Planned, chen: Person
) -> None:
    with pytest.raises(BadFields):
        patient.do_one(chen, end_row, "cd4", ending=NONE)
    patient.do(chen, items.do, "cd4", value="CD4 350")

    patient.do_one(
        chen, end_row, "cd4", ending=Ending(frozenset({0}), "Twice above 200")
    )

    first, *rest = of_row(patient, "cd4")
    assert first.state is State.DONE
    assert len(rest) > 5
    assert {(one.state, one.why) for one in rest} == {(State.NOT_NEEDED, Why.ENDED)}
    assert goes(patient, "cd4").ended_why == "CD4 above 200\nTwice above 200"


@pytest.mark.parametrize("value", ["CD4 20", "CD4 450", "CD4 2000"])
@SQLITE
def test_no_value_ends_anything(patient: Planned, chen: Person, value: str) -> None:
    patient.do(chen, items.do, "cd4", value=value)

    assert goes(patient, "cd4").ended_at is None
    assert patient.item("cd4", 1).state is State.UPCOMING


@SQLITE
def test_where_the_source_names_no_end_somebody_says_why(
    patient: Planned, chen: Person
) -> None:
    with pytest.raises(BadFields) as refused:
        patient.do_one(chen, end_row, "ivig", ending=NONE)
    patient.do_one(chen, end_row, "ivig", ending=Ending(why="IgG holds by itself"))

    assert set(refused.value.sentences) == {"text"}
    assert goes(patient, "ivig").ended_why == "IgG holds by itself"


@pytest.mark.parametrize(
    ("row", "said"),
    [("cancer", "as long as the patient lives"), ("cbc", "ends by itself")],
)
@SQLITE
def test_what_has_no_end_to_confirm_is_not_ended(
    patient: Planned, chen: Person, row: str, said: str
) -> None:
    with pytest.raises(NotThisWay, match=said):
        patient.do_one(chen, end_row, row, ending=BOTH_PARTS)

    assert goes(patient, row).ended_at is None


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (end_row, {"ending": BOTH_PARTS}),
        (let_go_on, {"months": 3}),
        (go_on_after_all, {"why": "Not yet"}),
    ],
)
@SQLITE
def test_whether_it_ends_is_for_a_clinician_to_say(
    patient: Planned, world: World, act: Callable[..., Done], words: dict[str, Any]
) -> None:
    before = patient.items()

    with pytest.raises(NotForYou, match="for a clinician"):
        patient.do_one(world.practice_coordinator, act, "pjp", **words)

    assert patient.items() == before


@EACH
def test_what_goes_on_is_looked_at_again_in_the_months_that_somebody_names(
    patient: Planned, chen: Person
) -> None:
    """The next look has the margins of the row, and moves with no Day 0."""
    patient.do_one(chen, let_go_on, "pjp", months=3)

    done, again = of_row(patient, "pjp")
    assert (done.state, done.done_by) == (State.DONE, chen.clinician_id)
    assert (again.number, again.fixed) == (FIXED_FROM, True)
    assert again.window.target == date(2027, 2, 28)
    assert (again.window.earliest, again.window.latest) == (
        date(2027, 2, 23),
        date(2027, 3, 5),
    )
    patient.pass_to(date(2027, 2, 24))
    assert of_row(patient, "pjp")[1].state is State.OPEN


@pytest.mark.parametrize("months", [None, 0, 37])
@SQLITE
def test_it_goes_on_for_a_time_that_somebody_names(
    patient: Planned, chen: Person, months: int | None
) -> None:
    with pytest.raises(BadFields):
        patient.do_one(chen, let_go_on, "pjp", months=months)
    with pytest.raises(NotThisWay):
        patient.do_one(chen, let_go_on, "cd4", months=3)

    assert len(of_row(patient, "pjp")) == 1


@SQLITE
def test_taken_back_it_is_looked_at_now_and_once_more_when_it_goes_on_again(
    patient: Planned, chen: Person
) -> None:
    patient.do_one(chen, let_go_on, "pjp", months=3)
    patient.do(chen, undo, "pjp")
    now, taken_back = of_row(patient, "pjp")

    patient.do_one(chen, let_go_on, "pjp", months=6)

    assert (now.state, taken_back.why) == (State.OPEN, Why.REPLACED)
    waiting = [one for one in of_row(patient, "pjp") if one.state is State.UPCOMING]
    assert [one.window.target for one in waiting] == [date(2027, 5, 30)]


@EACH
def test_what_was_ended_goes_on_after_all_as_it_was(
    patient: Planned, chen: Person
) -> None:
    before = {one.id: one.standing for one in of_row(patient, "cd4")}
    patient.do_one(chen, end_row, "cd4", ending=Ending(frozenset({0})))
    with pytest.raises(NotThisWay):
        patient.do(chen, items.reopen, "cd4", text="Too early")
    with pytest.raises(NotThisWay):
        patient.do(chen, undo, "cd4")

    patient.do_one(chen, go_on_after_all, "cd4", why="It fell again")

    assert {one.id: one.standing for one in of_row(patient, "cd4")} == before
    assert goes(patient, "cd4").ended_at is None
    assert len(patient.waiting("cd4", 1)) == 1


@SQLITE
def test_it_ends_and_goes_on_once(patient: Planned, chen: Person) -> None:
    with pytest.raises(Overtaken, match="goes on already"):
        patient.do_one(chen, go_on_after_all, "pjp", why="Why")
    patient.do_one(chen, end_row, "pjp", ending=BOTH_PARTS)

    with pytest.raises(Overtaken, match="has ended already"):
        patient.do_one(chen, end_row, "pjp", ending=BOTH_PARTS)


@EACH
def test_of_two_who_decide_at_the_same_moment_one_wins(
    patient: Planned, chen: Person, world: World
) -> None:
    """One ends it, the other lets it go on: never both."""

    def attempt(act: Callable[[], Done]) -> Callable[[], Done | Refusal]:
        def run() -> Done | Refusal:
            try:
                return act()
            except Refusal as refusal:
                return refusal

        return run

    rivera = world.first_specialist
    answers = together(
        attempt(lambda: patient.do_one(chen, end_row, "pjp", ending=BOTH_PARTS)),
        attempt(lambda: patient.do_one(rivera, let_go_on, "pjp", months=3, seen=0)),
    )

    won = [one for one in answers if isinstance(one, Done)]
    ended = goes(patient, "pjp").ended_at is not None
    waiting = [one for one in of_row(patient, "pjp") if one.state is State.UPCOMING]
    if len(won) == 2:
        # It went on first, and was ended after that with all that was to come.
        assert ended
        assert not waiting
    else:
        assert ended != bool(waiting)
