"""The journey's table: what may be recorded in which phase, and by whom."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from care.journey import (
    BEFORE_INFUSION,
    INFUSED,
    JOURNEY,
    LIVING,
    MAIN,
    NEXT,
    PARTY,
    NotForThem,
    NotNow,
    Party,
    Phase,
    correctors,
    find_row,
    recorders,
)
from care.milestone import AHEAD, RESULTS, Result, Step
from care.people import ANY_PART, CENTER_SIDE, PRACTICE_SIDE, Part

SPECIALIST = frozenset({Part.ASKED})
BATON = frozenset({Part.BATON})
LATER_EVENTS = {
    Step.ADMISSION,
    Step.LEFT_HOSPITAL,
    Step.RELAPSE,
    Step.NEW_THERAPY,
    Step.SECOND_MALIGNANCY,
    Step.HOSPICE,
    Step.DEATH,
}

WHO = {
    Step.CONTACT: ANY_PART,
    Step.CONSULT: CENTER_SIDE,
    Step.DECISION: SPECIALIST,
    Step.AUTHORIZATION: CENTER_SIDE,
    Step.SLOT: CENTER_SIDE,
    Step.APHERESIS: CENTER_SIDE,
    Step.BRIDGING: ANY_PART,
    Step.RELEASE: CENTER_SIDE,
    Step.LYMPHODEPLETION: CENTER_SIDE,
    Step.INFUSION: CENTER_SIDE,
    Step.DISCHARGE: CENTER_SIDE,
    Step.RETURN: BATON,
    Step.ADMISSION: ANY_PART,
    Step.LEFT_HOSPITAL: ANY_PART,
    Step.RELAPSE: ANY_PART,
    Step.NEW_THERAPY: ANY_PART,
    Step.SECOND_MALIGNANCY: ANY_PART,
    Step.HOSPICE: ANY_PART,
    Step.DEATH: ANY_PART,
    Step.EXIT: ANY_PART,
}
"""Who records each step, written out by hand and not read from the table."""


@pytest.mark.parametrize("step", list(Step))
def test_each_step_belongs_to_the_same_people_in_every_phase(step: Step) -> None:
    rows = [row for row in JOURNEY if row.step is step]

    assert rows
    assert {row.who for row in rows} == {WHO[step]}


def test_every_result_of_every_step_can_be_recorded_in_some_phase() -> None:
    in_table = {(row.step, result) for row in JOURNEY for result in row.results}

    assert in_table == {(step, result) for step in Step for result in RESULTS[step]}


def test_no_row_is_shadowed_by_another() -> None:
    for one, other in combinations(JOURNEY, 2):
        same = one.step is other.step and one.phases & other.phases
        assert not (same and one.results & other.results), (one, other)


def test_every_row_can_apply() -> None:
    for row in JOURNEY:
        assert row.phases, row
        assert row.results, row
        assert row.who, row


def test_every_phase_but_those_of_other_therapies_is_led_to_by_a_row() -> None:
    led_to = {row.to for row in JOURNEY if row.to}

    assert led_to == set(Phase) - {Phase.CONTACT, Phase.THERAPY}


def test_only_an_infusion_that_was_given_leads_past_the_infusion() -> None:
    for row in JOURNEY:
        crosses = row.to in INFUSED and row.phases & BEFORE_INFUSION
        given = row.step is Step.INFUSION and row.results == {Result.HAPPENED}
        assert bool(crosses) == given, row


def test_nothing_leads_back_from_after_the_infusion() -> None:
    """So day 0 is given once in a course; another infusion is another course."""
    for row in JOURNEY:
        if row.phases & INFUSED and row.to is not None:
            assert row.to in INFUSED | {Phase.ENDED}, row


def test_planning_or_moving_keeps_the_phase_but_where_that_is_what_was_awaited() -> (
    None
):
    leads = {(row.step, row.to) for row in JOURNEY if row.to and row.results & AHEAD}

    assert leads == {
        (Step.CONSULT, Phase.CONSULT),
        (Step.SLOT, Phase.SLOT),
        (Step.APHERESIS, Phase.APHERESIS),
    }


@pytest.mark.parametrize("phase", sorted(LIVING))
def test_every_living_phase_waits_for_a_party_and_knows_what_comes_next(
    phase: Phase,
) -> None:
    """A return follows from a handoff; at home and on another therapy none comes."""
    assert PARTY.get(phase, Party.CENTER) is not Party.NOBODY
    steps = NEXT[phase]
    if phase in {Phase.RETURN, Phase.HOME, Phase.THERAPY}:
        assert steps == ()
        return
    assert steps
    for step in steps:
        assert any(row.step is step and phase in row.phases for row in JOURNEY)


@pytest.mark.parametrize("phase", sorted(BEFORE_INFUSION))
def test_the_first_of_the_next_steps_leads_on(phase: Phase) -> None:
    """The button on the card does not leave the card as it was."""
    rows = [
        row for row in JOURNEY if row.step is NEXT[phase][0] and phase in row.phases
    ]

    assert any(row.to not in {None, phase} for row in rows)


def test_an_end_waits_for_nobody_and_takes_only_a_death() -> None:
    assert PARTY[Phase.ENDED] is Party.NOBODY
    assert NEXT[Phase.ENDED] == ()
    steps = {row.step for row in JOURNEY if Phase.ENDED in row.phases}
    assert steps == {Step.DEATH}


@pytest.mark.parametrize("phase", sorted(LIVING))
def test_what_befalls_a_patient_can_be_recorded_at_any_time(phase: Phase) -> None:
    for step in (Step.ADMISSION, Step.LEFT_HOSPITAL, Step.HOSPICE):
        assert find_row(phase, step, Result.HAPPENED).to is None
    assert find_row(phase, Step.DEATH, Result.HAPPENED).to is Phase.ENDED


def test_a_journey_is_left_before_home_and_not_from_home() -> None:
    for phase in (*MAIN[:-1], Phase.NOT_NOW):
        assert find_row(phase, Step.EXIT, Result.HAPPENED).to is Phase.ENDED
    for phase in (Phase.HOME, Phase.THERAPY, Phase.ENDED):
        with pytest.raises(NotNow):
            find_row(phase, Step.EXIT, Result.HAPPENED)


def test_later_events_leave_the_phase_as_it_is_but_a_death() -> None:
    for row in JOURNEY:
        if row.step in LATER_EVENTS:
            assert row.to is (Phase.ENDED if row.step is Step.DEATH else None)


def test_a_relapse_or_another_therapy_follows_an_infusion() -> None:
    for step in (Step.RELAPSE, Step.NEW_THERAPY, Step.SECOND_MALIGNANCY):
        for phase in BEFORE_INFUSION:
            with pytest.raises(NotNow):
                find_row(phase, step, Result.HAPPENED)
        for phase in (*INFUSED, Phase.THERAPY):
            assert find_row(phase, step, Result.HAPPENED).step is step


def test_no_row_applies_twice_and_a_refusal_names_what_was_wanted() -> None:
    refused = 0
    for phase, step, result in product(Phase, Step, Result):
        rows = [
            row
            for row in JOURNEY
            if row.step is step and result in row.results and phase in row.phases
        ]
        assert len(rows) <= 1
        if not rows:
            refused += 1
            with pytest.raises(NotNow, match=f"{step} {result}") as raised:
                find_row(phase, step, result)
            told = (raised.value.phase, raised.value.step, raised.value.result)
            assert told == (phase, step, result)
    assert refused


def test_who_may_not_is_told_whose_it_is() -> None:
    error = NotForThem(Step.DECISION, SPECIALIST)

    assert (
        str(error) == "decision is recorded by: specialist or lead of the asked center"
    )
    assert error.who == SPECIALIST


def test_the_center_alone_corrects_day_0_and_a_coordinator_its_planning() -> None:
    assert correctors(Step.INFUSION, Result.HAPPENED) == SPECIALIST
    assert correctors(Step.INFUSION, Result.PLANNED) == CENTER_SIDE


@pytest.mark.parametrize("step", list(Step))
def test_nobody_corrects_what_they_could_not_record(step: Step) -> None:
    for result in RESULTS[step]:
        assert correctors(step, result) <= recorders(step, result) - BATON
        assert recorders(step, result) == WHO[step]


def test_no_person_records_a_return() -> None:
    assert not recorders(Step.RETURN, Result.HAPPENED) & (CENTER_SIDE | PRACTICE_SIDE)


def test_nobody_records_what_cannot_be_recorded_of_a_step() -> None:
    assert recorders(Step.CONTACT, Result.GRANTED) == frozenset()
