"""When a waiting referral is brought up again: by whose clock, and never needlessly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.people import Part
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
    OUTCOME_DAYS,
    OUTCOME_WAITS,
    PRACTICE_DAYS,
    Planned,
    ResponseTimes,
    Round,
    Step,
    answer_by,
    goes_on,
    is_last,
    limit,
    next_look,
    plan,
    twice,
)
from care.working_time import (
    WorkingHours,
    add_working_days,
    is_open,
    open_time_between,
)

WEEKDAYS = frozenset(range(5))
CENTER = WorkingHours("America/New_York", time(8), time(17), WEEKDAYS)
PRACTICE = WorkingHours("America/Chicago", time(8), time(17), WEEKDAYS)
T0 = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""A Tuesday, 10:00 at the center and 09:00 at the practice."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)

ROUND = Round(Urgency.ROUTINE, T0, CENTER, PRACTICE)
URGENT = replace(ROUND, urgency=Urgency.URGENT)
ADVICE = Progress(Kind.ADVICE)
EVALUATION = Progress(Kind.EVALUATION)
EVERY_PART = frozenset(Part)
ON_TIME = frozenset({Step.HALF_WAY, Step.LIMIT, Step.NEXT_ON_DUTY, Step.LEAD})
"""Steps of the center's clock."""
OUTCOME_STEPS = (Step.OUTCOME, Step.OUTCOME_AGAIN, Step.OUTCOME_UNKNOWN)
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
            progress = advance(progress, event, EVERY_PART)
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
        times=draw(response_times()),
        outcome_days=draw(st.sampled_from(OUTCOME_WAITS)),
    )


@st.composite
def response_times(draw: st.DrawFn) -> ResponseTimes:
    """Any times that a center may set."""
    return ResponseTimes(
        urgent=draw(st.integers(30, 72 * 60)) * timedelta(minutes=1),
        advice_days=draw(st.integers(1, 20)),
        evaluation_days=draw(st.integers(1, 20)),
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
    planned = plan(progress, this, now=this.started_at)
    return [(one.step, one.due_at) for one in planned]


def at(text: str) -> datetime:
    """Return an instant given in UTC, without the year and the seconds."""
    return datetime.fromisoformat(f"2026-{text}:00+00:00")


def test_routine_advice_is_brought_up_half_way_at_its_limit_and_to_the_next() -> None:
    """Two working days of the center: Thursday 10:00, half way on Wednesday."""
    assert steps(ADVICE, ROUND) == [
        (Step.HALF_WAY, at("11-25T15:00")),
        (Step.LIMIT, at("11-26T15:00")),
        (Step.NEXT_ON_DUTY, at("11-27T15:00")),
    ]


def test_an_evaluation_is_taken_within_one_working_day() -> None:
    """Half way is four and a half hours of open time on."""
    assert steps(EVALUATION, ROUND) == [
        (Step.HALF_WAY, at("11-24T19:30")),
        (Step.LIMIT, at("11-25T15:00")),
        (Step.NEXT_ON_DUTY, at("11-25T19:30")),
    ]


def test_what_is_urgent_is_answered_in_four_working_hours_or_the_lead_hears() -> None:
    """At twice the limit; the fourth hour after it ends with the day at 17:00."""
    for progress in (ADVICE, EVALUATION):
        assert steps(progress, URGENT) == [
            (Step.HALF_WAY, at("11-24T17:00")),
            (Step.LIMIT, at("11-24T19:00")),
            (Step.NEXT_ON_DUTY, at("11-24T21:00")),
            (Step.LEAD, at("11-25T14:00")),
        ]


def test_what_is_routine_reaches_the_lead_by_the_weekly_list_alone() -> None:
    for progress in (ADVICE, EVALUATION):
        assert Step.LEAD not in dict(steps(progress, ROUND))


def test_each_center_sets_its_own_times() -> None:
    times = ResponseTimes(urgent=HOUR, advice_days=1, evaluation_days=3)

    assert answer_by(ADVICE, replace(URGENT, times=times)) == at("11-24T16:00")
    assert answer_by(ADVICE, replace(ROUND, times=times)) == at("11-25T15:00")
    assert answer_by(EVALUATION, replace(ROUND, times=times)) == at("11-27T15:00")


def test_an_urgent_request_late_in_the_day_goes_on_in_the_morning() -> None:
    late = replace(URGENT, started_at=at("11-24T21:00"))

    assert answer_by(ADVICE, late) == at("11-25T16:00")


def test_a_friday_afternoon_waits_for_monday() -> None:
    friday = replace(ROUND, started_at=at("11-27T21:30"))

    assert answer_by(EVALUATION, friday) == at("11-30T21:30")


def test_while_the_practice_is_asked_its_own_clock_runs() -> None:
    """At 17:30 in New York the center is closed, and the practice is not.

    The referrer after one working day of the practice, its coordinator after two,
    the center's after four, with a weekend between.
    """
    evening = replace(ROUND, started_at=at("11-24T22:30"))

    assert steps(ASKED_BACK, evening) == [
        (Step.PRACTICE, at("11-25T22:30")),
        (Step.PRACTICE_COORDINATOR, at("11-26T22:30")),
        (Step.PLEASE_PHONE, at("11-30T22:30")),
    ]
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


def test_after_an_answer_its_outcome_is_asked_for_twice_and_then_not_known() -> None:
    assert steps(ANSWERED, ROUND) == [
        (Step.OUTCOME, T0 + 14 * DAY),
        (Step.OUTCOME_AGAIN, T0 + 28 * DAY),
        (Step.OUTCOME_UNKNOWN, T0 + 42 * DAY),
    ]


@pytest.mark.parametrize("days", OUTCOME_WAITS)
def test_whoever_answers_sets_when_its_outcome_is_asked_for(days: int) -> None:
    due = [due for _, due in steps(ANSWERED, replace(ROUND, outcome_days=days))]

    assert due == [T0 + times * days * DAY for times in (1, 2, 3)]


def test_two_weeks_are_the_wait_where_nobody_says_another() -> None:
    assert ROUND.outcome_days == OUTCOME_DAYS == 14
    assert OUTCOME_DAYS in OUTCOME_WAITS


@pytest.mark.parametrize("state", sorted(ENDED))
def test_after_an_end_nothing_is_brought_up(state: State) -> None:
    ended = Progress(Kind.ADVICE, state, waiting_on=None, previous=State.REQUESTED)

    assert plan(ended, ROUND, now=T0) == ()
    assert answer_by(ended, ROUND) is None


def test_a_pause_holds_back_what_is_due_within_it_and_nothing_else() -> None:
    pause = at("11-25T20:00")
    paused = replace(ROUND, paused_until=pause)

    assert steps(ADVICE, paused) == [
        (Step.HALF_WAY, pause),
        (Step.LIMIT, at("11-26T15:00")),
        (Step.NEXT_ON_DUTY, at("11-27T15:00")),
    ]


def test_of_what_a_pause_held_back_only_the_last_is_brought_up() -> None:
    """Nobody is told of half of a time that is over."""
    pause = at("11-26T16:00")

    assert steps(ADVICE, replace(ROUND, paused_until=pause)) == [
        (Step.LIMIT, pause),
        (Step.NEXT_ON_DUTY, at("11-27T15:00")),
    ]


def test_a_pause_does_not_bring_up_again_what_was_told_before_it() -> None:
    paused = replace(ROUND, paused_until=at("11-26T17:00"))

    planned = plan(ADVICE, paused, now=T0, told={Step.HALF_WAY, Step.LIMIT})

    assert [(one.step, one.due_at) for one in planned] == [
        (Step.NEXT_ON_DUTY, at("11-27T15:00"))
    ]


def test_a_pause_moves_no_promise() -> None:
    """What the card says stays: the limit is the same, only reminders wait."""
    paused = replace(ROUND, paused_until=T0 + 500 * HOUR)

    assert answer_by(ADVICE, paused) == answer_by(ADVICE, ROUND)
    assert {due for _, due in steps(ADVICE, paused)} == {T0 + 500 * HOUR}
    assert steps(ASKED_BACK, paused) == [(Step.PLEASE_PHONE, T0 + 500 * HOUR)]


def test_a_pause_that_is_over_changes_nothing() -> None:
    assert steps(ADVICE, replace(ROUND, paused_until=T0)) == steps(ADVICE, ROUND)


@given(progresses(), rounds())
def test_each_step_is_planned_once_in_the_order_of_time(
    progress: Progress, this: Round
) -> None:
    planned = plan(progress, this, now=this.started_at)

    assert len({one.step for one in planned}) == len(planned)
    assert list(planned) == sorted(planned, key=lambda one: one.due_at)
    assert all(one.due_at >= this.started_at for one in planned)


@given(progresses(), rounds())
def test_what_is_planned_is_due_while_the_waiting_side_works_or_at_the_pauses_end(
    progress: Progress, this: Round
) -> None:
    working = this.practice if progress.waiting_on is Side.PRACTICE else this.center

    for one in plan(progress, this, now=this.started_at):
        if one.step in OUTCOME_STEPS:
            times = OUTCOME_STEPS.index(one.step) + 1
            assert one.due_at == this.started_at + times * this.outcome_days * DAY
        else:
            assert one.due_at == this.paused_until or _works(one, working)


def _works(one: Planned, working: WorkingHours) -> bool:
    """Tell whether a side works, its closing included, which belongs to the day."""
    return is_open(one.due_at, working) or is_open(one.due_at - TICK, working)


@given(progresses(), rounds())
def test_nothing_is_planned_within_a_pause(progress: Progress, this: Round) -> None:
    for one in plan(progress, this, now=this.started_at):
        if this.paused_until is not None and progress.state in OPEN:
            assert one.due_at >= this.paused_until


@given(progresses(), rounds())
def test_a_limit_is_planned_exactly_where_a_promise_runs(
    progress: Progress, this: Round
) -> None:
    promised = answer_by(progress, this)
    planned = dict(steps(progress, replace(this, paused_until=None)))

    assert planned.get(Step.LIMIT) == promised
    by_clock = ON_TIME - ({Step.LEAD} if this.urgency is Urgency.ROUTINE else set())
    expected = by_clock if promised is not None else set()
    if progress.waiting_on is Side.PRACTICE:
        expected = PRACTICE_DAYS.keys()
    if progress.state is State.ANSWERED:
        expected = set(OUTCOME_STEPS)
    assert planned.keys() == expected


@given(
    progresses(),
    rounds(),
    st.frozensets(st.sampled_from(Step)),
    st.integers(0, 300),
)
def test_what_was_told_in_a_round_and_what_came_before_it_is_not_planned_again(
    progress: Progress, this: Round, told: frozenset[Step], passed: int
) -> None:
    now = this.started_at + passed * HOUR

    planned = [one.step for one in plan(progress, this, now=now, told=told)]

    order = [step for step, _ in steps(progress, replace(this, paused_until=None))]
    last = max((order.index(step) for step in told if step in order), default=-1)
    if planned != [Step.STILL]:
        assert set(planned) <= set(order[last + 1 :])
        assert planned[-1:] == order[last + 1 :][-1:]


@given(
    progresses(),
    rounds(),
    st.frozensets(st.sampled_from(Step)),
    st.integers(0, 300),
)
def test_what_waits_is_never_left_without_something_to_bring_it_up(
    progress: Progress, this: Round, told: frozenset[Step], passed: int
) -> None:
    """Whatever was told and however late it is, and never in the past."""
    now = this.started_at + passed * HOUR

    planned = plan(progress, this, now=now, told=told)

    waits = progress.waiting_on is Side.PRACTICE or answer_by(progress, this)
    if progress.state in OPEN:
        assert bool(planned) == bool(waits)
        assert all(one.due_at >= now for one in planned)


@given(rounds(), st.sampled_from([ADVICE, EVALUATION, ASKED_BACK]))
def test_after_the_last_step_comes_each_next_look_of_the_center(
    this: Round, progress: Progress
) -> None:
    everything = steps(progress, replace(this, paused_until=None))
    last_step, last_at = everything[-1]
    told = {step for step, _ in everything}

    (still,) = plan(progress, this, now=last_at, told=told)

    assert is_last(last_step, this.urgency)
    assert not any(is_last(step, this.urgency) for step in told - {last_step})
    assert still.step is Step.STILL
    assert is_last(still.step, this.urgency)
    morning = next_look(last_at, this)
    assert still.due_at == max(morning, this.paused_until or morning)
    assert is_open(morning, this.center)
    assert not is_open(morning - TICK, this.center)
    zone = ZoneInfo(this.center.zone)
    assert morning.astimezone(zone).date() > last_at.astimezone(zone).date()


def test_of_steps_that_were_missed_only_the_last_is_brought_up_at_once() -> None:
    """As after a night without Baton, when somebody then passes it on."""
    now = at("11-26T16:00")

    planned = plan(ADVICE, ROUND, now=now)

    assert [(one.step, one.due_at) for one in planned] == [
        (Step.LIMIT, now),
        (Step.NEXT_ON_DUTY, at("11-27T15:00")),
    ]


def test_half_of_a_time_is_not_brought_up_once_its_end_was() -> None:
    """A pause can hold the half back until the limit is told in its stead."""
    now = at("11-26T17:00")

    planned = plan(ADVICE, ROUND, now=now, told={Step.LIMIT})

    assert [one.step for one in planned] == [Step.NEXT_ON_DUTY]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (ADVICE, replace(ADVICE, state=State.ACCEPTED), True),
        (replace(ADVICE, state=State.ACCEPTED), ADVICE, True),
        (ADVICE, ADVICE, True),
        (EVALUATION, replace(EVALUATION, state=State.ACCEPTED), True),
        (replace(EVALUATION, state=State.ACCEPTED), EVALUATION, False),
        (ADVICE, ASKED_BACK, False),
        (ASKED_BACK, ADVICE, False),
        (ADVICE, ANSWERED, False),
        (ANSWERED, replace(ADVICE, state=State.ACCEPTED), False),
    ],
)
def test_a_round_goes_on_while_the_same_side_is_waited_for(
    before: Progress, after: Progress, *, same: bool
) -> None:
    """What was promised stands; an evaluation that is given back is promised anew."""
    assert goes_on(before, after, ROUND) is same


@given(rounds())
def test_the_lead_hears_when_as_much_open_time_has_passed_again(this: Round) -> None:
    due = limit(Kind.ADVICE, this)

    given_time = open_time_between(this.started_at, due, this.center)
    passed = open_time_between(this.started_at, twice(this, due), this.center)
    assert passed == given_time * 2


@given(rounds())
def test_the_practice_is_reminded_after_one_two_and_four_of_its_own_working_days(
    this: Round,
) -> None:
    planned = dict(steps(ASKED_BACK, replace(this, paused_until=None)))

    assert planned == {
        step: add_working_days(this.started_at, days, this.practice)
        for step, days in (
            (Step.PRACTICE, 1),
            (Step.PRACTICE_COORDINATOR, 2),
            (Step.PLEASE_PHONE, 4),
        )
    }


@given(st.sampled_from(Kind), rounds())
def test_a_limit_is_after_its_beginning_and_does_not_depend_on_the_zone_it_is_given_in(
    kind: Kind, this: Round
) -> None:
    due = limit(kind, this)

    assert due > this.started_at
    assert due.utcoffset() == timedelta()
    elsewhere = replace(this, started_at=this.started_at.astimezone(tz=None))
    assert limit(kind, elsewhere) == due


@given(rounds())
def test_by_the_usual_times_an_evaluation_is_never_promised_later_than_advice(
    this: Round,
) -> None:
    this = replace(this, times=ResponseTimes())

    evaluation, advice = answer_by(EVALUATION, this), answer_by(ADVICE, this)

    assert evaluation is not None
    assert advice is not None
    assert evaluation <= advice
