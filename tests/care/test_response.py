"""When a waiting referral is brought up again: by whose clock, and never needlessly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.people import ANY_PART
from care.referral import (
    ENDED,
    OPEN,
    Event,
    Kind,
    Progress,
    Side,
    State,
    Urgency,
    advance,
)
from care.response import (
    OUTCOME_AFTER,
    Planned,
    Round,
    Step,
    answer_by,
    limit,
    plan,
)
from care.working_time import WorkingHours, is_open

WEEKDAYS = frozenset(range(5))
CENTER = WorkingHours("America/New_York", time(8), time(17), WEEKDAYS)
PRACTICE = WorkingHours("America/Chicago", time(8), time(17), WEEKDAYS)
T0 = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""A Tuesday, 10:00 at the center and 09:00 at the practice."""
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)

ROUND = Round(Urgency.ROUTINE, T0, CENTER, PRACTICE)
URGENT = replace(ROUND, urgency=Urgency.URGENT)
ADVICE = Progress(Kind.ADVICE)
EVALUATION = Progress(Kind.EVALUATION)
ASKED_BACK = replace(ADVICE, waiting_on=Side.PRACTICE)
ANSWERED = Progress(Kind.ADVICE, State.ANSWERED, waiting_on=None)

instants = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


@st.composite
def progresses(draw: st.DrawFn) -> Progress:
    """Any way in which a referral can stand."""
    progress = Progress(draw(st.sampled_from(Kind)))
    for event in draw(st.lists(st.sampled_from(Event), max_size=12)):
        try:
            progress = advance(progress, event, ANY_PART)
        except Exception:  # noqa: BLE001, S112 - not each event fits each state
            continue
    return progress


@st.composite
def rounds(draw: st.DrawFn) -> Round:
    """Any stretch of waiting between two sites, with or without a pause."""
    started = draw(instants)
    pause = draw(st.none() | st.integers(0, 200))
    return Round(
        urgency=draw(st.sampled_from(Urgency)),
        started_at=started,
        center=draw(hours()),
        practice=draw(hours()),
        paused_until=None if pause is None else started + pause * HOUR,
    )


@st.composite
def hours(draw: st.DrawFn) -> WorkingHours:
    """Office hours in some zone, on some days."""
    opens = draw(st.integers(0, 22))
    closes = draw(st.integers(opens + 1, 23))
    zones = ["America/New_York", "America/Chicago", "America/Phoenix", "Asia/Tokyo"]
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return WorkingHours(draw(st.sampled_from(zones)), time(opens), time(closes), days)


def steps(progress: Progress, this: Round) -> list[tuple[Step, datetime]]:
    """Return what is planned, as pairs."""
    return [(one.step, one.due_at) for one in plan(progress, this)]


def at(text: str) -> datetime:
    """Return an instant given in UTC, without the year and the seconds."""
    return datetime.fromisoformat(f"2026-{text}:00+00:00")


def test_routine_advice_is_brought_up_half_way_and_at_its_limit() -> None:
    """Two working days of the center: Thursday 10:00, half way on Wednesday."""
    assert steps(ADVICE, ROUND) == [
        (Step.HALF_WAY, at("11-25T15:00")),
        (Step.LIMIT, at("11-26T15:00")),
    ]


def test_an_evaluation_is_taken_within_one_working_day() -> None:
    """Half way is four and a half hours of open time on."""
    assert steps(EVALUATION, ROUND) == [
        (Step.HALF_WAY, at("11-24T19:30")),
        (Step.LIMIT, at("11-25T15:00")),
    ]


def test_what_is_urgent_is_answered_within_four_working_hours() -> None:
    for progress in (ADVICE, EVALUATION):
        assert steps(progress, URGENT) == [
            (Step.HALF_WAY, at("11-24T17:00")),
            (Step.LIMIT, at("11-24T19:00")),
        ]


def test_an_urgent_request_late_in_the_day_goes_on_in_the_morning() -> None:
    late = replace(URGENT, started_at=at("11-24T21:00"))

    assert answer_by(ADVICE, late) == at("11-25T16:00")


def test_a_friday_afternoon_waits_for_monday() -> None:
    friday = replace(ROUND, started_at=at("11-27T21:30"))

    assert answer_by(EVALUATION, friday) == at("11-30T21:30")


def test_while_the_practice_is_asked_its_own_clock_runs() -> None:
    """At 17:30 in New York the center is closed, and the practice is not."""
    evening = replace(ROUND, started_at=at("11-24T22:30"))

    assert steps(ASKED_BACK, evening) == [(Step.PRACTICE, at("11-25T22:30"))]
    assert answer_by(ASKED_BACK, evening) is None
    assert answer_by(ADVICE, evening) == at("11-26T22:00")


def test_urgency_does_not_hurry_the_practice() -> None:
    assert steps(ASKED_BACK, URGENT) == steps(ASKED_BACK, ROUND)


def test_taking_an_evaluation_is_the_response_and_taking_advice_is_not() -> None:
    taken_evaluation = replace(EVALUATION, state=State.ACCEPTED)
    taken_advice = replace(ADVICE, state=State.ACCEPTED)

    assert steps(taken_evaluation, ROUND) == []
    assert answer_by(taken_evaluation, ROUND) is None
    assert steps(taken_advice, ROUND) == steps(ADVICE, ROUND)


def test_after_an_answer_only_its_outcome_is_asked_for() -> None:
    assert steps(ANSWERED, ROUND) == [(Step.OUTCOME, T0 + OUTCOME_AFTER)]


@pytest.mark.parametrize("state", sorted(ENDED))
def test_after_an_end_nothing_is_brought_up(state: State) -> None:
    ended = Progress(Kind.ADVICE, state, waiting_on=None, previous=State.REQUESTED)

    assert plan(ended, ROUND) == ()
    assert answer_by(ended, ROUND) is None


def test_a_pause_holds_back_what_is_due_within_it_and_nothing_else() -> None:
    pause = at("11-25T20:00")
    paused = replace(ROUND, paused_until=pause)

    assert steps(ADVICE, paused) == [
        (Step.HALF_WAY, pause),
        (Step.LIMIT, at("11-26T15:00")),
    ]


def test_a_pause_moves_no_promise() -> None:
    """What the card says stays: the limit is the same, only reminders wait."""
    paused = replace(ROUND, paused_until=T0 + 500 * HOUR)

    assert answer_by(ADVICE, paused) == answer_by(ADVICE, ROUND)
    assert {due for _, due in steps(ADVICE, paused)} == {T0 + 500 * HOUR}
    assert steps(ASKED_BACK, paused) == [(Step.PRACTICE, T0 + 500 * HOUR)]


def test_a_pause_that_is_over_changes_nothing() -> None:
    assert steps(ADVICE, replace(ROUND, paused_until=T0)) == steps(ADVICE, ROUND)


@given(progresses(), rounds())
def test_each_step_is_planned_once_in_the_order_of_time(
    progress: Progress, this: Round
) -> None:
    planned = plan(progress, this)

    assert len({one.step for one in planned}) == len(planned)
    assert list(planned) == sorted(planned, key=lambda one: one.due_at)
    assert all(one.due_at >= this.started_at for one in planned)


@given(progresses(), rounds())
def test_what_is_planned_is_due_while_the_waiting_side_works_or_at_the_pauses_end(
    progress: Progress, this: Round
) -> None:
    working = this.practice if progress.waiting_on is Side.PRACTICE else this.center

    for one in plan(progress, this):
        if one.step is Step.OUTCOME:
            assert one.due_at == this.started_at + OUTCOME_AFTER
        else:
            assert one.due_at == this.paused_until or _works(one, working)


def _works(one: Planned, working: WorkingHours) -> bool:
    """Tell whether a side works, its closing included, which belongs to the day."""
    return is_open(one.due_at, working) or is_open(one.due_at - TICK, working)


@given(progresses(), rounds())
def test_nothing_is_planned_within_a_pause(progress: Progress, this: Round) -> None:
    for one in plan(progress, this):
        if this.paused_until is not None and progress.state in OPEN:
            assert one.due_at >= this.paused_until


@given(progresses(), rounds())
def test_a_limit_is_planned_exactly_where_a_promise_runs(
    progress: Progress, this: Round
) -> None:
    promised = answer_by(progress, this)
    planned = dict(steps(progress, replace(this, paused_until=None)))

    assert planned.get(Step.LIMIT) == promised
    assert (Step.HALF_WAY in planned) == (promised is not None)
    assert (Step.PRACTICE in planned) == (progress.waiting_on is Side.PRACTICE)
    assert (Step.OUTCOME in planned) == (progress.state is State.ANSWERED)


@given(st.sampled_from(Kind), st.sampled_from(Urgency), instants, hours())
def test_a_limit_is_after_its_beginning_and_does_not_depend_on_the_zone_it_is_given_in(
    kind: Kind, urgency: Urgency, started: datetime, center: WorkingHours
) -> None:
    due = limit(kind, urgency, started, center)

    assert due > started
    assert due.utcoffset() == timedelta()
    elsewhere = started.astimezone(tz=None)
    assert limit(kind, urgency, elsewhere, center) == due


@given(rounds())
def test_an_evaluation_is_never_promised_later_than_advice(this: Round) -> None:
    evaluation, advice = answer_by(EVALUATION, this), answer_by(ADVICE, this)

    assert evaluation is not None
    assert advice is not None
    assert evaluation <= advice
