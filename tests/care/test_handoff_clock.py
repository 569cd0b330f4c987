"""When a handoff that waits is brought up: each step once, and never silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.course import Journey
from care.handoff import OWED, State
from care.handoff_clock import (
    RETURN_AHEAD,
    TAKEOVER,
    DueStep,
    Planned,
    Round,
    Step,
    action_again,
    action_due,
    ask_for_return_at,
    is_last,
    limit,
    next_look,
    plan,
)
from care.handoff_due import owed
from care.ipass import Direction
from care.journey import Phase
from care.milestone import Step as Milestone
from care.working_time import WorkingHours, is_open

WEEKDAYS = frozenset(range(5))
THANKSGIVING = frozenset({date(2026, 11, 26)})
CENTER = WorkingHours("America/New_York", time(8), time(17), WEEKDAYS, THANKSGIVING)
PRACTICE = WorkingHours("America/Chicago", time(8), time(17), WEEKDAYS, THANKSGIVING)
T0 = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""A Tuesday, 10:00 at the center and 09:00 at the practice; Thursday is a holiday."""
AT_PRACTICE = Round(T0, PRACTICE, has_next=False)
AT_CENTER = Round(T0, CENTER, has_next=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

instants = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(2028, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
rounds = st.builds(Round, instants, st.sampled_from([CENTER, PRACTICE]), st.booleans())


def at(text: str, hours: WorkingHours) -> datetime:
    """Return the instant of a local time at a site."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(hours.zone))
    return local.astimezone(UTC)


def test_an_offer_is_accepted_within_a_working_day_of_the_receiving_site() -> None:
    assert limit(State.OFFERED, AT_PRACTICE) == at("2026-11-25 09:00", PRACTICE)
    assert limit(State.OFFERED, AT_CENTER) == at("2026-11-25 10:00", CENTER)
    wednesday = replace(AT_CENTER, started_at=T0 + DAY)
    assert limit(State.OFFERED, wednesday) == at("2026-11-27 10:00", CENTER)


def test_a_takeover_is_read_back_within_a_day_by_the_clock() -> None:
    friday = replace(AT_PRACTICE, started_at=at("2026-11-27 16:00", PRACTICE))

    assert limit(State.TAKEN_OVER, friday) == friday.started_at + TAKEOVER


def test_at_a_practice_there_is_no_next_on_duty() -> None:
    told = plan(State.OFFERED, AT_PRACTICE, now=T0)

    assert told == (
        Planned(Step.HALF_WAY, at("2026-11-24 13:30", PRACTICE)),
        Planned(Step.LIMIT, at("2026-11-25 09:00", PRACTICE)),
    )


def test_at_a_center_the_next_on_duty_follows_half_a_limit_later() -> None:
    told = plan(State.OFFERED, AT_CENTER, now=T0)

    assert told == (
        Planned(Step.HALF_WAY, at("2026-11-24 14:30", CENTER)),
        Planned(Step.LIMIT, at("2026-11-25 10:00", CENTER)),
        Planned(Step.NEXT_ON_DUTY, at("2026-11-25 14:30", CENTER)),
    )


def test_a_takeover_is_brought_up_by_night_too() -> None:
    told = plan(State.TAKEN_OVER, AT_PRACTICE, now=T0)

    assert told == (
        Planned(Step.HALF_WAY, T0 + 12 * HOUR),
        Planned(Step.LIMIT, T0 + 24 * HOUR),
    )


@pytest.mark.parametrize("state", [State.BY_PHONE, State.CORRECTED])
def test_a_call_and_a_correction_are_brought_up_at_their_limit(state: State) -> None:
    told = plan(state, AT_PRACTICE, now=T0)

    assert told == (Planned(Step.LIMIT, at("2026-11-25 09:00", PRACTICE)),)


def test_what_is_over_is_never_brought_up() -> None:
    for state in set(State) - OWED:
        assert plan(state, AT_CENTER, now=T0) == ()


def test_what_was_missed_is_told_once_the_last_of_it_and_now() -> None:
    late = T0 + DAY + HOUR

    told = plan(State.OFFERED, AT_CENTER, now=late)

    assert told == (
        Planned(Step.LIMIT, late),
        Planned(Step.NEXT_ON_DUTY, at("2026-11-25 14:30", CENTER)),
    )


@given(rounds, st.sampled_from(sorted(OWED)), st.timedeltas(timedelta(), 30 * DAY))
def test_something_is_always_planned_while_somebody_is_waited_for(
    this: Round, state: State, later: timedelta
) -> None:
    now = this.started_at + later

    told = plan(state, this, now=now)

    assert told
    assert all(one.due_at >= now for one in told)
    assert list(told) == sorted(told, key=lambda one: one.due_at)


@given(rounds, st.sampled_from(sorted(OWED)))
def test_no_step_comes_twice_and_after_the_last_comes_each_working_morning(
    this: Round, state: State
) -> None:
    told: list[Step] = []
    now = this.started_at
    for _ in range(6):
        first = plan(state, this, now=now, told=told)[0]
        assert first.step not in told
        now = first.due_at
        if first.step is Step.STILL:
            break
        told.append(first.step)
    assert is_last(told[-1], state, this)
    morning = next_look(now, this.hours)
    assert morning > now
    assert is_open(morning, this.hours)
    local = morning.astimezone(ZoneInfo(this.hours.zone))
    assert local.time() == this.hours.opens


def test_the_next_look_skips_weekend_and_holiday() -> None:
    wednesday, friday = (
        at("2026-11-25 12:00", CENTER),
        at("2026-11-27 12:00", CENTER),
    )

    assert next_look(wednesday, CENTER) == at("2026-11-27 08:00", CENTER)
    assert next_look(friday, CENTER) == at("2026-11-30 08:00", CENTER)


def test_an_action_is_brought_up_in_the_morning_of_its_day() -> None:
    assert action_due(date(2026, 11, 30), PRACTICE) == at("2026-11-30 08:00", PRACTICE)
    assert action_due(date(2026, 11, 28), PRACTICE) == at("2026-11-30 08:00", PRACTICE)


def test_an_action_that_is_not_done_comes_the_next_day_and_then_each_week() -> None:
    monday = at("2026-11-30 08:00", PRACTICE)

    tuesday = action_again(monday, PRACTICE, told=DueStep.DUE)
    next_week = action_again(tuesday, PRACTICE, told=DueStep.AGAIN)
    after = action_again(next_week, PRACTICE, told=DueStep.STILL)

    assert tuesday == at("2026-12-01 08:00", PRACTICE)
    assert next_week == at("2026-12-07 08:00", PRACTICE)
    assert after == at("2026-12-14 08:00", PRACTICE)


@pytest.mark.parametrize(
    ("discharge", "asked"),
    [
        ("2026-12-11", "2026-12-08 08:00"),
        ("2026-12-07", "2026-12-02 08:00"),
        ("2026-11-30", "2026-11-24 08:00"),
        ("2026-12-06", "2026-12-02 08:00"),
    ],
)
def test_a_return_is_asked_for_three_working_days_ahead(
    discharge: str, asked: str
) -> None:
    """The third is over a weekend and a holiday: Friday, Wednesday, Tuesday."""
    assert ask_for_return_at(date.fromisoformat(discharge), CENTER) == at(asked, CENTER)


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_three_working_days_lie_between_the_asking_and_the_discharge(
    discharge: date,
) -> None:
    asked = ask_for_return_at(discharge, CENTER)

    first = asked.astimezone(ZoneInfo(CENTER.zone)).date()
    days = [first + n * DAY for n in range((discharge - first).days)]
    working = [
        one for one in days if one.weekday() in WEEKDAYS and one not in CENTER.closed
    ]
    assert len(working) == RETURN_AHEAD


def owes(journey: Journey, *, at_center: bool) -> tuple[Direction, datetime] | None:
    """Return what a journey owes at T0."""
    return owed(journey, at_center=at_center, now=T0, center=CENTER)


def test_before_lymphodepletion_is_planned_nothing_is_owed() -> None:
    for phase in (Phase.CONSULT, Phase.SLOT, Phase.APHERESIS, Phase.RELEASE):
        assert owes(Journey(phase=phase), at_center=False) is None


def test_a_planned_lymphodepletion_owes_a_handoff_to_the_center() -> None:
    planned = {Milestone.LYMPHODEPLETION: date(2026, 12, 1)}
    journey = Journey(phase=Phase.LYMPHODEPLETION, planned=planned)

    assert owes(journey, at_center=False) == (Direction.TO_CENTER, T0)
    assert owes(journey, at_center=True) is None


def test_a_planned_discharge_owes_the_return_three_working_days_ahead() -> None:
    far = Journey(
        phase=Phase.DISCHARGE, planned={Milestone.DISCHARGE: date(2026, 12, 11)}
    )
    near = replace(far, planned={Milestone.DISCHARGE: date(2026, 11, 25)})

    assert owes(far, at_center=True) == (
        Direction.RETURN,
        at("2026-12-08 08:00", CENTER),
    )
    assert owes(near, at_center=True) == (Direction.RETURN, T0)
    assert owes(replace(far, planned={}), at_center=True) is None


@pytest.mark.parametrize("phase", [Phase.RETURN, Phase.ENDED])
def test_after_discharge_and_after_any_exit_the_center_owes_the_return(
    phase: Phase,
) -> None:
    assert owes(Journey(phase=phase), at_center=True) == (Direction.RETURN, T0)
    assert owes(Journey(phase=phase), at_center=False) is None


def test_a_patient_who_is_home_owes_nothing() -> None:
    assert owes(Journey(phase=Phase.HOME), at_center=False) is None
