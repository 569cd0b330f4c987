"""Bridging's rules: who asks, who answers, and when it is brought up."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.bridging import (
    LABELS,
    OVER,
    TABLE,
    Answer,
    Event,
    IllegalMove,
    NotYours,
    State,
    advance,
    events_for,
    plan,
)
from care.people import ANY_PART, Part
from care.response import Step
from care.working_time import WorkingHours

HOURS = WorkingHours("America/Chicago", time(8), time(17), frozenset(range(5)))
FRIDAY = datetime(2026, 12, 4, 20, 0, tzinfo=UTC)
"""14:00 at the practice."""

ASKED, COORDINATOR = {Part.ASKED}, {Part.CENTER_COORDINATOR}
PHYSICIAN, AT_PRACTICE = {Part.RESPONSIBLE}, {Part.PRACTICE_COORDINATOR}
WALKS = st.lists(
    st.tuples(st.sampled_from(list(Event)), st.sampled_from(list(Part))), max_size=25
)


def walk(*steps: tuple[Event, set[Part]]) -> State:
    state = State.REQUESTED
    for event, parts in steps:
        state = advance(state, event, parts)
    return state


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([(Event.ACCEPT, PHYSICIAN)], State.ACCEPTED),
        ([(Event.COUNTER, PHYSICIAN)], State.COUNTERED),
        (
            [(Event.COUNTER, PHYSICIAN), (Event.ASK_AGAIN, ASKED)],
            State.REQUESTED,
        ),
        ([(Event.ACCEPT, PHYSICIAN), (Event.ASK_AGAIN, ASKED)], State.REQUESTED),
        ([(Event.WITHDRAW, COORDINATOR)], State.WITHDRAWN),
        ([(Event.ACCEPT, PHYSICIAN), (Event.START, AT_PRACTICE)], State.STARTED),
        (
            [
                (Event.ACCEPT, PHYSICIAN),
                (Event.START, AT_PRACTICE),
                (Event.STOP, AT_PRACTICE),
            ],
            State.STOPPED,
        ),
        (
            [
                (Event.ACCEPT, PHYSICIAN),
                (Event.START, AT_PRACTICE),
                (Event.UNSTART, AT_PRACTICE),
            ],
            State.ACCEPTED,
        ),
    ],
)
def test_a_request_goes_the_ways_of_the_table(
    steps: list[tuple[Event, set[Part]]], state: State
) -> None:
    assert walk(*steps) is state


@pytest.mark.parametrize("part", list(Part))
def test_the_practices_physicians_answer_and_nobody_else(part: Part) -> None:
    may = part in {Part.REFERRER, Part.RESPONSIBLE, Part.COVER}

    for event in (Event.ACCEPT, Event.COUNTER):
        assert (event in events_for(State.REQUESTED, {part})) == may
        if not may:
            with pytest.raises(NotYours):
                advance(State.REQUESTED, event, {part})


@pytest.mark.parametrize("part", list(Part))
def test_the_centers_specialists_ask_again_and_coordinators_only_withdraw(
    part: Part,
) -> None:
    found = set(events_for(State.COUNTERED, {part}))

    wanted = {
        Part.ASKED: {Event.ASK_AGAIN, Event.WITHDRAW},
        Part.CENTER_COORDINATOR: {Event.WITHDRAW},
        Part.CENTER_RESPONSIBLE: {Event.WITHDRAW},
        Part.CENTER_COVER: {Event.WITHDRAW},
    }
    assert found == wanted.get(part, set())


def test_what_is_being_given_is_neither_changed_nor_withdrawn() -> None:
    assert set(events_for(State.STARTED, ANY_PART)) == {Event.STOP, Event.UNSTART}
    assert events_for(State.WITHDRAWN, ANY_PART) == ()


@given(steps=WALKS)
def test_nothing_is_given_that_the_practice_did_not_accept(
    steps: list[tuple[Event, Part]],
) -> None:
    """Whoever tries whatever: what starts was accepted since it was last asked."""
    state, accepted = State.REQUESTED, False
    for event, part in steps:
        try:
            state = advance(state, event, {part})
        except (IllegalMove, NotYours):
            continue
        if state is State.REQUESTED:
            accepted = False
        accepted = accepted or event is Event.ACCEPT
        if state in {State.STARTED, State.STOPPED}:
            assert accepted


def test_every_state_is_reached_and_what_is_over_leads_nowhere_but_back() -> None:
    assert {row.to for row in TABLE} == set(State)
    for state in OVER:
        left = {row.event for row in TABLE if row.state is state}
        assert left <= {Event.UNSTOP}
    assert set(LABELS) == set(Answer)


def test_an_unanswered_request_is_brought_up_in_the_practices_working_days() -> None:
    planned = plan(State.REQUESTED, FRIDAY, HOURS)

    assert [(one.step, one.due_at) for one in planned] == [
        (Step.PRACTICE, datetime(2026, 12, 7, 20, 0, tzinfo=UTC)),
        (Step.PRACTICE_COORDINATOR, datetime(2026, 12, 8, 20, 0, tzinfo=UTC)),
        (Step.PLEASE_PHONE, datetime(2026, 12, 10, 20, 0, tzinfo=UTC)),
    ]


@pytest.mark.parametrize("state", list(State))
def test_only_what_waits_for_an_answer_is_brought_up(state: State) -> None:
    waits = state in {State.REQUESTED, State.COUNTERED}

    assert bool(plan(state, FRIDAY, HOURS)) == waits
