"""Cover: who is first call, that it always ends, that nobody's responsibility moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from care.cover import (
    ON,
    OVER,
    TABLE,
    UNSETTLED,
    Cover,
    Event,
    FirstCall,
    IllegalMove,
    NotYours,
    Seat,
    State,
    advance,
    due_event,
    find_move,
    first_call,
    leave_of,
    moves_for,
)
from care.duty import Absence
from care.working_time import next_time

CHEN, OSEI, PATEL = "chen", "osei", "patel"
CASE, OTHER = "case-1", "case-2"
CENTRAL = "America/Chicago"
EVENING = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
"""17:00 at the practice."""
MORNING = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NIGHT = Cover(
    id="c1",
    covered_id=CHEN,
    cover_id=OSEI,
    case_id=None,
    starts_at=EVENING,
    ends_at=MORNING,
    asked_at=EVENING - HOUR,
    state=State.TAKEN,
)
EVERYBODY = frozenset(Seat)
people = st.sampled_from([CHEN, OSEI, PATEL, "amy"])
minutes = st.integers(0, 60 * 48)


@st.composite
def covers(draw: st.DrawFn) -> Cover:
    """Draw any cover of two days, in any state."""
    start, length = draw(minutes), draw(st.integers(1, 60 * 24))
    covered = draw(people)
    return Cover(
        id=draw(st.text("abcdef", min_size=1, max_size=4)),
        covered_id=covered,
        cover_id=draw(people.filter(lambda one: one != covered)),
        case_id=draw(st.sampled_from([None, CASE, OTHER])),
        starts_at=EVENING + timedelta(minutes=start),
        ends_at=EVENING + timedelta(minutes=start + length),
        asked_at=EVENING - timedelta(minutes=draw(minutes)),
        state=draw(st.sampled_from(State)),
    )


def note_all(cover: Cover, at: datetime) -> Cover:
    """Return a cover after Baton has noted all that came with time."""
    while (event := due_event(cover, at)) is not None:
        cover = replace(cover, state=advance(cover.state, event, {Seat.BATON}))
    return cover


def call(covers: Sequence[Cover], at: datetime = EVENING, case: str = CASE) -> str:
    """Return who is called first about a case of Dr Chen's."""
    return first_call(case, CHEN, covers, at=at).clinician_id


def test_a_night_is_asked_taken_run_ended_told_and_acknowledged() -> None:
    state = State.ASKED
    for event, seat in (
        (Event.TAKE, Seat.COVER),
        (Event.START, Seat.BATON),
        (Event.END, Seat.BATON),
        (Event.LEAVE_LINE, Seat.COVER),
        (Event.ACKNOWLEDGE, Seat.COVERED),
    ):
        state = advance(state, event, {seat})

    assert state is State.CLOSED


def test_nothing_follows_what_is_over() -> None:
    assert [one for one in TABLE if one.state in OVER] == []
    assert set(State) - OVER == {one.state for one in TABLE}


def test_only_the_covered_clinician_acknowledges() -> None:
    assert find_move(State.TOLD, Event.ACKNOWLEDGE).who == {Seat.COVERED}
    with pytest.raises(NotYours):
        advance(State.TOLD, Event.ACKNOWLEDGE, EVERYBODY - {Seat.COVERED})


def test_without_a_line_nothing_is_acknowledged() -> None:
    with pytest.raises(IllegalMove):
        advance(State.ENDED, Event.ACKNOWLEDGE, EVERYBODY)


def test_the_cover_cannot_end_what_runs() -> None:
    """First call would fall back on somebody who does not know of it."""
    assert moves_for(State.RUNNING, {Seat.COVER}) == ()
    assert moves_for(State.RUNNING, {Seat.KEEPER}) == (Event.END,)


def test_somebody_without_a_seat_may_do_nothing() -> None:
    for state in State:
        assert moves_for(state, ()) == ()


@pytest.mark.parametrize("state", list(State))
def test_each_state_knows_what_may_happen_and_refuses_the_rest(state: State) -> None:
    possible = set(moves_for(state, EVERYBODY))

    for event in set(Event) - possible:
        with pytest.raises(IllegalMove):
            advance(state, event, EVERYBODY)
    for event in possible:
        assert advance(state, event, EVERYBODY) in State


def test_the_cover_is_first_call_from_the_start_to_just_before_the_end() -> None:
    assert call([NIGHT], EVENING - timedelta(seconds=1)) == CHEN
    assert call([NIGHT], EVENING) == OSEI
    assert call([NIGHT], MORNING - timedelta(seconds=1)) == OSEI
    assert call([NIGHT], MORNING) == CHEN


def test_first_call_says_until_when() -> None:
    said = first_call(CASE, CHEN, [NIGHT], at=EVENING)

    assert said == FirstCall(OSEI, MORNING)
    assert first_call(CASE, CHEN, [], at=EVENING) == FirstCall(CHEN, None)


@pytest.mark.parametrize("state", sorted(set(State) - ON))
def test_what_was_not_taken_or_has_ended_makes_nobody_first_call(state: State) -> None:
    assert call([replace(NIGHT, state=state)]) == CHEN


def test_a_cover_of_one_case_goes_before_a_cover_of_all() -> None:
    of_case = replace(
        NIGHT, id="c2", cover_id=PATEL, case_id=CASE, asked_at=EVENING - 9 * HOUR
    )

    for order in ([NIGHT, of_case], [of_case, NIGHT]):
        assert call(order) == PATEL
        assert call(order, case=OTHER) == OSEI


def test_of_two_of_the_same_width_the_later_asked_counts() -> None:
    later = replace(NIGHT, id="c0", cover_id=PATEL, asked_at=EVENING)

    for order in ([NIGHT, later], [later, NIGHT]):
        assert call(order) == PATEL


def test_when_the_later_one_ends_the_earlier_one_is_first_call_again() -> None:
    short = replace(
        NIGHT, id="c2", cover_id=PATEL, asked_at=EVENING, ends_at=EVENING + HOUR
    )

    assert call([NIGHT, short], EVENING) == PATEL
    assert call([NIGHT, short], EVENING + HOUR) == OSEI


def test_a_cover_does_not_follow_a_case_that_somebody_else_is_responsible_for() -> None:
    of_case = replace(NIGHT, case_id=CASE)

    said = first_call(CASE, PATEL, [NIGHT, of_case], at=EVENING)

    assert said == FirstCall(PATEL)


def test_a_cover_who_is_gone_is_not_first_call() -> None:
    earlier = replace(NIGHT, id="c2", cover_id=PATEL, asked_at=EVENING - 9 * HOUR)

    assert first_call(CASE, CHEN, [NIGHT], at=EVENING, gone={OSEI}) == FirstCall(CHEN)
    said = first_call(CASE, CHEN, [NIGHT, earlier], at=EVENING, gone={OSEI})
    assert said.clinician_id == PATEL


@given(st.lists(covers(), max_size=6), minutes)
def test_first_call_is_one_person_at_every_instant_in_whatever_order(
    given_covers: list[Cover], minute: int
) -> None:
    at = EVENING + timedelta(minutes=minute)

    said = first_call(CASE, CHEN, given_covers, at=at)
    other_way = first_call(CASE, CHEN, given_covers[::-1], at=at)

    running = {one.cover_id for one in given_covers if one.runs(at)}
    assert said.clinician_id in running | {CHEN}
    assert (said.until is None) == (said.clinician_id == CHEN)
    assert said.until is None or said.until > at
    if len({(one.asked_at, one.id) for one in given_covers}) == len(given_covers):
        assert said == other_way


@given(covers(), minutes)
def test_a_cover_always_ends(cover: Cover, late: int) -> None:
    """Whatever state it is in, and however late anybody looks."""
    at = cover.ends_at + timedelta(minutes=late)

    after = note_all(cover, at)

    assert after.state not in ON | {State.ASKED}
    assert not cover.runs(at)
    assert first_call(CASE, cover.covered_id, [cover], at=at).until is None


@given(covers(), minutes)
def test_noting_late_changes_nobodys_first_call(cover: Cover, minute: int) -> None:
    """The instant decides, not when a machine was up to note it."""
    at = EVENING + timedelta(minutes=minute)

    noted = note_all(cover, at)

    assert noted.runs(at) == cover.runs(at)
    assert noted.is_unsettled(at) == cover.is_unsettled(at)
    assert noted.gives_part(at) == cover.gives_part(at)


def test_both_are_named_from_the_end_until_it_is_acknowledged() -> None:
    ended = note_all(NIGHT, MORNING)
    told = replace(ended, state=State.TOLD)
    closed = replace(ended, state=State.CLOSED)

    assert ended.state is State.ENDED
    assert NIGHT.is_unsettled(MORNING)
    assert ended.is_unsettled(MORNING)
    assert told.is_unsettled(MORNING + 99 * HOUR)
    assert not closed.is_unsettled(MORNING)
    assert {State.ENDED, State.TOLD} == UNSETTLED


def test_the_cover_has_a_part_while_it_runs_and_until_it_is_acknowledged() -> None:
    closed = replace(NIGHT, state=State.CLOSED)
    declined = replace(NIGHT, state=State.DECLINED)

    assert not NIGHT.gives_part(EVENING - HOUR)
    assert NIGHT.gives_part(EVENING)
    assert NIGHT.gives_part(MORNING)
    assert not closed.gives_part(EVENING)
    assert not declined.gives_part(MORNING)


@pytest.mark.parametrize(
    "wrong", [{"ends_at": EVENING}, {"ends_at": EVENING - HOUR}, {"cover_id": CHEN}]
)
def test_a_cover_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"a cover must end|nobody covers"):
        replace(NIGHT, **wrong)  # type: ignore[arg-type] # of the right types


TODAY = date(2026, 11, 24)
AWAY = Absence(CHEN, TODAY, TODAY + timedelta(days=2), OSEI)


def leave(*absences: Absence, at: datetime = EVENING) -> Cover | None:
    """Return the cover that absences make for Dr Chen."""
    return leave_of(absences, CHEN, zone=CENTRAL, at=at)


def test_an_absence_with_a_cover_is_a_leave_until_midnight_after_its_last_day() -> None:
    found = leave(AWAY)

    assert found is not None
    assert (found.cover_id, found.case_id) == (OSEI, None)
    assert found.runs(EVENING)
    assert found.ends_at == datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
    assert call([found]) == OSEI


def test_an_absence_of_another_day_or_without_a_cover_is_no_leave() -> None:
    assert leave() is None
    assert leave(AWAY, at=EVENING - timedelta(days=1)) is None
    assert leave(AWAY, at=datetime(2026, 11, 27, 6, 0, tzinfo=UTC)) is None
    assert leave(replace(AWAY, cover_id=None)) is None
    assert leave(Absence(OSEI, TODAY, TODAY, PATEL)) is None


def test_who_is_away_themselves_passes_a_leave_on_for_their_days() -> None:
    """The rule of duty: the nearest cover who is there."""
    also_away = Absence(OSEI, TODAY, TODAY, PATEL)

    today, tomorrow = leave(AWAY, also_away), leave(AWAY, also_away, at=MORNING)

    assert today is not None
    assert (today.cover_id, today.ends_at) == (
        PATEL,
        datetime(2026, 11, 25, 6, tzinfo=UTC),
    )
    assert tomorrow is not None
    assert tomorrow.cover_id == OSEI


def test_two_who_are_away_and_name_each_other_leave_nobody() -> None:
    assert leave(AWAY, Absence(OSEI, TODAY, TODAY, CHEN)) is None


def test_a_leave_yields_to_every_cover_that_was_taken() -> None:
    found = leave(AWAY)
    taken = replace(NIGHT, cover_id=PATEL, asked_at=datetime(2020, 1, 1, tzinfo=UTC))

    assert found is not None
    assert call([found, taken]) == call([taken, found]) == PATEL


@pytest.mark.parametrize(
    ("after", "hours"),
    [
        (datetime(2026, 10, 31, 22, 0, tzinfo=UTC), 16),
        (datetime(2027, 3, 13, 23, 0, tzinfo=UTC), 14),
        (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), 15),
    ],
    ids=["autumn", "spring", "any night"],
)
def test_the_night_of_a_clock_change_ends_in_the_morning_as_the_clock_shows_it(
    after: datetime, hours: int
) -> None:
    """From 17:00 to 08:00 at the practice, an hour longer or shorter."""
    until = next_time(time(8), CENTRAL, after=after)

    assert until.astimezone(ZoneInfo(CENTRAL)).time() == time(8)
    assert until - after == hours * HOUR


def test_a_night_cover_over_a_clock_change_runs_to_its_last_minute() -> None:
    starts = datetime(2026, 10, 31, 22, 0, tzinfo=UTC)
    night = replace(
        NIGHT, starts_at=starts, ends_at=next_time(time(8), CENTRAL, after=starts)
    )
    change = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)

    assert {
        call([night], change + n * timedelta(minutes=30)) for n in range(-4, 5)
    } == {OSEI}
    assert call([night], starts + 16 * HOUR) == CHEN


@given(
    st.integers(-300 * 24 * 60, 400 * 24 * 60),
    st.times(),
    st.sampled_from([CENTRAL, "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_the_next_time_of_day_comes_after_and_within_a_day_and_a_change(
    minute: int, wall: time, zone: str
) -> None:
    at = EVENING + timedelta(minutes=minute)

    found = next_time(wall, zone, after=at)

    assert timedelta() < found - at <= 25 * HOUR


class Walk(RuleBasedStateMachine):
    """Somebody does whatever is allowed to one of three covers, and time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = EVENING - 3 * HOUR
        self.covers = [
            replace(NIGHT, id=id_, cover_id=who, case_id=case, state=State.ASKED)
            for id_, who, case in (
                ("a", OSEI, None),
                ("b", PATEL, CASE),
                ("c", OSEI, CASE),
            )
        ]

    @rule(which=st.integers(0, 2), data=st.data())
    def somebody_moves(self, which: int, data: st.DataObject) -> None:
        """Make one of the moves that the table has for the cover as it stands."""
        cover = self.covers[which]
        possible = moves_for(cover.state, EVERYBODY - {Seat.BATON})
        if possible:
            event = data.draw(st.sampled_from(possible))
            state = advance(cover.state, event, EVERYBODY)
            self.covers[which] = replace(cover, state=state)

    @rule(minutes=st.integers(1, 600), noted=st.booleans())
    def time_passes(self, minutes: int, noted: bool) -> None:  # noqa: FBT001 - drawn
        """Let time pass, with a machine that is up or down."""
        self.now += timedelta(minutes=minutes)
        if noted:
            self.covers = [note_all(one, self.now) for one in self.covers]

    @rule(which=st.integers(0, 2))
    @precondition(lambda self: self.now > EVENING)
    def somebody_goes(self, which: int) -> None:
        """A cover leaves the site, where that still matters."""
        cover = self.covers[which]
        if Event.GO in moves_for(cover.state, {Seat.BATON}):
            state = advance(cover.state, Event.GO, {Seat.BATON})
            self.covers[which] = replace(cover, state=state)

    @invariant()
    def one_is_first_call(self) -> None:
        """One person for each case, and a cover only where one was taken and runs."""
        for case in (CASE, OTHER):
            said = first_call(case, CHEN, self.covers, at=self.now)
            takers = {one.cover_id for one in self.covers if one.state in ON}
            assert said.clinician_id in takers | {CHEN}

    @invariant()
    def after_the_end_it_is_the_responsible_one(self) -> None:
        """Whether the end was noted or not."""
        if self.now >= MORNING:
            assert first_call(CASE, CHEN, self.covers, at=self.now) == FirstCall(CHEN)

    @invariant()
    def nothing_is_settled_without_a_line_and_an_acknowledgment(self) -> None:
        """What ran is named until it is closed."""
        for one in self.covers:
            if one.state in UNSETTLED:
                assert one.is_unsettled(self.now)


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=60, deadline=None)
