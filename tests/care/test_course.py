"""Where a course stands: what its milestones say, and that no walk breaks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from care.course import (
    Journey,
    check_may,
    corrected,
    likeliest,
    possible,
    stand,
    take,
)
from care.journey import (
    BEFORE_INFUSION,
    INFUSED,
    JOURNEY,
    LIVING,
    NEXT,
    NotForThem,
    NotNow,
    Party,
    Phase,
)
from care.milestone import AHEAD, RESULTS, FirstCall, Milestone, Product, Result, Step
from care.people import (
    ANY_PART,
    CENTER_SIDE,
    PRACTICE_SIDE,
    Involved,
    Member,
    Part,
    Role,
    parts_of,
)

MONDAY = date(2027, 3, 1)
DAY = timedelta(days=1)
EVERYBODY = frozenset(Part)
SPECIALIST = frozenset({Part.ASKED})
COORDINATOR = frozenset({Part.CENTER_COORDINATOR})

INVOLVED = Involved("chen", "chen", "lakeside", "university")
PEOPLE = {
    "oncologist": Member("chen", "lakeside", Role.ONCOLOGIST),
    "practice coordinator": Member("brooks", "lakeside", Role.COORDINATOR),
    "specialist": Member("rivera", "university", Role.SPECIALIST),
    "center coordinator": Member("ruiz", "university", Role.COORDINATOR),
    "fellow": Member("lee", "university", Role.FELLOW),
    "colleague": Member("patel", "lakeside", Role.ONCOLOGIST),
    "specialist elsewhere": Member("vogt", "prairie", Role.SPECIALIST),
}
"""Everybody who could try, also those who have no part."""

_ids = count(1)


def a(
    step: Step, result: Result = Result.HAPPENED, day: int = 0, **more: object
) -> Milestone:
    """Return a milestone so many days after the first Monday."""
    there = Milestone(f"m{next(_ids)}", step, result, MONDAY + day * DAY)
    return replace(there, **more)  # type: ignore[arg-type] # a field of it


TO_INFUSION = (
    a(Step.CONTACT),
    a(Step.CONSULT, day=1),
    a(Step.DECISION, Result.CANDIDATE, 1),
    a(Step.AUTHORIZATION, Result.SUBMITTED, 2),
    a(Step.AUTHORIZATION, Result.GRANTED, 9),
    a(Step.SLOT, day=10),
    a(Step.APHERESIS, day=20),
    a(Step.RELEASE, Result.IN_SPECIFICATION, 50),
    a(Step.LYMPHODEPLETION, day=60),
)
INFUSED_ON = a(Step.INFUSION, day=65)


def phases_of(milestones: Iterable[Milestone]) -> list[Phase]:
    """Return the phase after each milestone."""
    journey, found = Journey(), []
    for one in milestones:
        journey = take(journey, one)
        found.append(journey.phase)
    return found


def test_the_usual_way_from_contact_to_the_practice() -> None:
    way = (*TO_INFUSION, INFUSED_ON, a(Step.DISCHARGE, day=80), a(Step.RETURN, day=85))

    assert phases_of(way) == [
        Phase.CONSULT_TO_BOOK,
        Phase.DECISION,
        Phase.AUTHORIZATION,
        Phase.WITH_PAYER,
        Phase.SLOT,
        Phase.APHERESIS,
        Phase.RELEASE,
        Phase.LYMPHODEPLETION,
        Phase.INFUSION,
        Phase.DISCHARGE,
        Phase.RETURN,
        Phase.HOME,
    ]


def test_a_return_that_was_accepted_early_leaves_the_discharge_to_be_recorded() -> None:
    home = stand([*TO_INFUSION, INFUSED_ON, a(Step.RETURN, day=78)])
    moved = take(home, a(Step.DISCHARGE, Result.MOVED, 82))

    left = take(moved, a(Step.DISCHARGE, day=82))

    assert [one.phase for one in (home, moved, left)] == [Phase.HOME] * 3
    assert Step.DISCHARGE in possible(home, CENTER_SIDE)
    assert Step.DISCHARGE not in possible(left, CENTER_SIDE)


def test_day_0_is_the_day_of_the_infusion_that_was_given() -> None:
    planned = a(Step.INFUSION, Result.PLANNED, 64)
    moved = a(Step.INFUSION, Result.MOVED, 66)

    before = stand([*TO_INFUSION, planned, moved])
    after = take(before, INFUSED_ON)

    assert before.day0 is None
    assert before.planned[Step.INFUSION] == moved.day
    assert after.day0 == INFUSED_ON.day
    assert Step.INFUSION not in after.planned


def test_a_corrected_infusion_moves_day_0_and_one_taken_back_takes_it_away() -> None:
    there = [*TO_INFUSION, INFUSED_ON]
    later = replace(INFUSED_ON, id="later", day=INFUSED_ON.day + DAY)

    assert stand(corrected(there, INFUSED_ON.id, later)).day0 == later.day
    without = stand(corrected(there, INFUSED_ON.id, None))
    assert (without.day0, without.phase) == (None, Phase.INFUSION)


def test_what_follows_from_a_step_is_corrected_before_it() -> None:
    there = [*TO_INFUSION, INFUSED_ON, a(Step.DISCHARGE, day=80)]

    with pytest.raises(NotNow) as raised:
        corrected(there, INFUSED_ON.id, None)

    assert raised.value.step is Step.DISCHARGE
    with pytest.raises(LookupError):
        corrected(there, "nothing", None)


@pytest.mark.parametrize(
    "late",
    [
        a(Step.AUTHORIZATION, Result.SUBMITTED, 2),
        a(Step.AUTHORIZATION, Result.PENDED, 55),
        a(Step.AUTHORIZATION, Result.GRANTED, 55),
        a(Step.AUTHORIZATION, Result.DENIED, 5),
        a(Step.DECISION, Result.CANDIDATE, 1),
        a(Step.SLOT, day=10),
    ],
)
def test_what_is_recorded_late_moves_no_journey_back(late: Milestone) -> None:
    depleted = stand(TO_INFUSION)

    after = take(depleted, late)

    assert after.phase is depleted.phase is Phase.INFUSION
    assert after.happened[late.step] == late.day


def test_what_a_payer_takes_back_and_what_is_done_again_does_move_it_back() -> None:
    collected = stand(TO_INFUSION[:7])

    denied = take(collected, a(Step.AUTHORIZATION, Result.DENIED, 21))
    asked = take(collected, a(Step.AUTHORIZATION, Result.ASKED_AGAIN, 21))
    granted = take(asked, a(Step.AUTHORIZATION, Result.GRANTED, 25))
    decided = take(collected, a(Step.DECISION, Result.CANDIDATE, 22))

    assert denied.phase is Phase.DENIED
    assert (asked.phase, granted.phase) == (Phase.WITH_PAYER, Phase.SLOT)
    assert decided.phase is Phase.AUTHORIZATION


def test_a_second_apheresis_after_a_product_that_failed() -> None:
    collected = stand(TO_INFUSION[:7])

    failed = take(collected, a(Step.RELEASE, Result.FAILED, 45))
    again = take(failed, a(Step.APHERESIS, Result.PLANNED, 60))
    twice = take(again, a(Step.APHERESIS, day=60))

    assert failed.phase is Phase.NOT_RELEASED
    assert failed.collected
    assert again.phase is Phase.APHERESIS
    assert (twice.phase, twice.happened[Step.APHERESIS]) == (
        Phase.RELEASE,
        MONDAY + 60 * DAY,
    )


def test_a_decision_after_a_failed_product_may_end_the_journey() -> None:
    failed = stand([*TO_INFUSION[:7], a(Step.RELEASE, Result.FAILED, 45)])

    ended = take(failed, a(Step.DECISION, Result.NOT_A_CANDIDATE, 46))

    assert (ended.phase, ended.party) == (Phase.ENDED, Party.NOBODY)


def test_lymphodepletion_is_put_off_and_repeated() -> None:
    depleted = stand(TO_INFUSION)

    off = take(depleted, a(Step.LYMPHODEPLETION, Result.MOVED, 75))
    again = take(off, a(Step.LYMPHODEPLETION, day=75))

    assert (off.phase, again.phase) == (Phase.INFUSION, Phase.INFUSION)
    assert off.planned == {Step.LYMPHODEPLETION: MONDAY + 75 * DAY}
    assert again.planned == {}
    assert again.happened[Step.LYMPHODEPLETION] == MONDAY + 75 * DAY


def test_bridging_starts_stops_and_starts_again_without_changing_what_is_awaited() -> (
    None
):
    journey = stand(TO_INFUSION[:7])

    for result, going in (
        (Result.STARTED, True),
        (Result.STOPPED, False),
        (Result.STARTED, True),
    ):
        journey = take(journey, a(Step.BRIDGING, result, 30))
        assert (journey.bridging, journey.phase) == (going, Phase.RELEASE)

    assert not stand(
        [*TO_INFUSION, a(Step.BRIDGING, Result.STARTED), INFUSED_ON]
    ).bridging


def test_not_now_says_when_to_look_again_and_a_new_decision_forgets_it() -> None:
    day = MONDAY + 90 * DAY
    put_off = take(stand(TO_INFUSION[:2]), a(Step.DECISION, Result.NOT_NOW, until=day))

    decided = take(put_off, a(Step.DECISION, Result.CANDIDATE, 91))

    assert (put_off.phase, put_off.next_day) == (Phase.NOT_NOW, day)
    assert put_off.party is Party.PRACTICE
    assert (decided.phase, decided.look_again) == (Phase.AUTHORIZATION, None)


def test_a_lost_slot_is_awaited_anew() -> None:
    lost = take(stand(TO_INFUSION[:6]), a(Step.SLOT, Result.MOVED, 30))

    assert (lost.phase, lost.party) == (Phase.SLOT, Party.MANUFACTURER)
    assert lost.next_day == MONDAY + 30 * DAY


def test_the_last_product_named_is_the_courses() -> None:
    decided = a(Step.DECISION, Result.CANDIDATE, 1, product=Product.ABECMA)
    slot = a(Step.SLOT, day=10, product=Product.CARVYKTI)

    journey = stand([*TO_INFUSION[:2], decided, slot, a(Step.APHERESIS, day=20)])

    assert journey.product is Product.CARVYKTI


def test_an_admission_lasts_until_the_discharge_from_hospital() -> None:
    call = FirstCall.DUTY
    admitted = take(stand(TO_INFUSION), a(Step.ADMISSION, day=61, first_call=call))
    left = take(admitted, a(Step.LEFT_HOSPITAL, day=63))

    assert (admitted.in_hospital, admitted.first_call) == (True, call)
    assert (left.in_hospital, left.first_call) == (False, None)
    assert admitted.phase is left.phase is Phase.INFUSION
    assert Step.ADMISSION not in possible(admitted, ANY_PART)
    assert Step.LEFT_HOSPITAL not in possible(left, ANY_PART)


@pytest.mark.parametrize("taken", range(len(TO_INFUSION) + 1))
def test_after_a_death_nothing_is_recorded_any_more(taken: int) -> None:
    before = stand(TO_INFUSION[:taken])

    died = take(before, a(Step.DEATH, day=70))

    assert (died.phase, died.died, died.party) == (Phase.ENDED, True, Party.NOBODY)
    assert possible(died, EVERYBODY) == {}
    for row in JOURNEY:
        for result in row.results:
            with pytest.raises(NotNow):
                take(died, a(row.step, result, 71))
            with pytest.raises(NotNow):
                check_may(died, row.step, result, EVERYBODY)


def test_a_death_recorded_in_error_is_taken_back_and_all_stands_as_before() -> None:
    death = a(Step.DEATH, day=70)

    after = corrected([*TO_INFUSION, death], death.id, None)

    assert stand(after) == stand(TO_INFUSION)


def test_a_death_can_be_recorded_after_the_journey_was_left() -> None:
    left = stand([*TO_INFUSION, a(Step.EXIT, day=62)])

    died = take(left, a(Step.DEATH, day=90))

    assert (left.phase, left.died) == (Phase.ENDED, False)
    assert possible(left, ANY_PART) == {Step.DEATH: (Result.HAPPENED,)}
    assert died.died


def test_hospice_leaves_the_phase_and_is_remembered() -> None:
    there = take(stand(TO_INFUSION), a(Step.HOSPICE, day=61))

    assert (there.phase, there.hospice) == (Phase.INFUSION, True)


def test_another_therapy_keeps_day_0() -> None:
    home = stand([*TO_INFUSION, INFUSED_ON, a(Step.DISCHARGE), a(Step.RETURN)])

    later = take(take(home, a(Step.RELAPSE, day=300)), a(Step.NEW_THERAPY, day=310))

    assert (later.day0, later.phase) == (INFUSED_ON.day, Phase.HOME)


def test_the_earliest_of_what_comes_next_is_the_next_day() -> None:
    waiting = stand(TO_INFUSION[:7])
    both = take(
        take(waiting, a(Step.RELEASE, Result.PLANNED, 50)),
        a(Step.BRIDGING, Result.PLANNED, 25),
    )

    assert both.next_day == MONDAY + 25 * DAY
    assert waiting.next_day is None


def test_a_day_of_a_step_that_does_not_come_next_is_no_next_day() -> None:
    journey = take(Journey(), a(Step.INFUSION, Result.PLANNED, 60))

    assert journey.planned
    assert journey.next_day is None


def test_what_was_planned_is_offered_as_having_happened() -> None:
    booked = take(Journey(), a(Step.CONSULT, Result.PLANNED, 5))
    results = possible(booked, CENTER_SIDE)[Step.CONSULT]

    assert results == (Result.MOVED, Result.HAPPENED)
    assert likeliest(booked, Step.CONSULT, results) is Result.HAPPENED
    first = possible(Journey(), CENTER_SIDE)[Step.CONSULT]
    assert likeliest(Journey(), Step.CONSULT, first) is Result.PLANNED


def test_offered_are_the_steps_in_their_usual_order() -> None:
    for phase in Phase:
        steps = list(possible(Journey(phase=phase), EVERYBODY))
        assert steps == [one for one in Step if one in steps]


@pytest.mark.parametrize("phase", sorted(LIVING))
def test_what_is_offered_is_never_refused(phase: Phase) -> None:
    for part in Part:
        for step, results in possible(Journey(phase=phase), {part}).items():
            for result in results:
                check_may(Journey(phase=phase), step, result, {part})


@pytest.mark.parametrize("phase", sorted(LIVING))
def test_whoever_is_waited_for_can_record_what_comes_next(phase: Phase) -> None:
    """Where an outside party is waited for, the center hears of it."""
    journey = Journey(phase=phase)
    side = PRACTICE_SIDE if journey.party is Party.PRACTICE else CENTER_SIDE
    offered = possible(journey, side | SPECIALIST)

    assert not NEXT[phase] or NEXT[phase][0] in offered


def test_somebody_without_a_part_can_record_nothing_at_all() -> None:
    for phase in Phase:
        assert possible(Journey(phase=phase), ()) == {}
        for row in JOURNEY:
            for result in row.results:
                with pytest.raises((NotNow, NotForThem)):
                    check_may(Journey(phase=phase), row.step, result, ())


def test_a_coordinator_does_not_decide() -> None:
    with pytest.raises(NotForThem, match="decision is recorded by"):
        check_may(
            Journey(phase=Phase.DECISION), Step.DECISION, Result.CANDIDATE, COORDINATOR
        )


DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
CHOICES = st.sampled_from([(s, r) for s in Step for r in RESULTS[s]])


@given(
    tried=st.lists(st.tuples(CHOICES, DAYS), max_size=25),
    day=DAYS,
    result=st.sampled_from(sorted(AHEAD)),
)
def test_planning_anything_at_any_time_changes_no_day_0(
    tried: list[tuple[tuple[Step, Result], date]], day: date, result: Result
) -> None:
    journey = Journey()
    for (step, how), when in tried:
        try:
            journey = take(journey, Milestone("m", step, how, when))
        except NotNow:
            continue

    for step in Step:
        try:
            after = take(journey, Milestone("m", step, result, day))
        except NotNow:
            continue
        assert after.day0 == journey.day0
        assert after.happened == journey.happened
        assert after.planned == {**journey.planned, step: day}


class SeveralPeople(RuleBasedStateMachine):
    """Several people record, plan, move and correct, whoever they are."""

    def __init__(self) -> None:
        super().__init__()
        self.there: list[Milestone] = []
        self.ids = count(1)

    @property
    def journey(self) -> Journey:
        """Where the course stands now."""
        return stand(self.there)

    @rule()
    def start_another(self) -> None:
        """Begin a new course."""
        self.there = []

    @rule(who=st.sampled_from(sorted(PEOPLE)), chosen=CHOICES, day=DAYS)
    def try_something(self, who: str, chosen: tuple[Step, Result], day: date) -> None:
        """Record it, or be told why not, exactly as the table has it."""
        step, result = chosen
        parts = parts_of(PEOPLE[who], INVOLVED)
        before, untouched = self.journey, replace(self.journey)
        rows = [
            row
            for row in JOURNEY
            if row.step is step and result in row.results and before.phase in row.phases
        ]
        if not rows or before.died:
            with pytest.raises(NotNow):
                check_may(before, step, result, parts)
        elif not rows[0].who & parts:
            with pytest.raises(NotForThem):
                check_may(before, step, result, parts)
        else:
            check_may(before, step, result, parts)
            self._record(Milestone(f"m{next(self.ids)}", step, result, day))
        assert before == untouched

    @rule(data=st.data(), who=st.sampled_from(sorted(PEOPLE)), day=DAYS)
    def do_what_is_offered(self, data: st.DataObject, who: str, day: date) -> None:
        """What the form offers somebody is what they may record."""
        offered = possible(self.journey, parts_of(PEOPLE[who], INVOLVED))
        if not offered:
            return
        step = data.draw(st.sampled_from(sorted(offered)))
        result = data.draw(st.sampled_from(offered[step]))
        self._record(Milestone(f"m{next(self.ids)}", step, result, day))

    @rule(day=DAYS)
    def go_on(self, day: date) -> None:
        """Take the likeliest next step, so that walks reach the later phases."""
        steps = NEXT[self.journey.phase] or (Step.RETURN,)
        for result in reversed(RESULTS[steps[0]]):
            try:
                self._record(Milestone(f"m{next(self.ids)}", steps[0], result, day))
            except NotNow:
                continue
            return

    @precondition(lambda self: self.there)
    @rule(data=st.data(), day=DAYS)
    def correct_and_take_that_back(self, data: st.DataObject, day: date) -> None:
        """Put another in the place of one, then what stood: all is as it was."""
        before = list(self.there)
        old = data.draw(st.sampled_from(before))
        result = data.draw(st.sampled_from(RESULTS[old.step]))
        new = Milestone(f"m{next(self.ids)}", old.step, result, day)
        try:
            after = corrected(before, old.id, new)
        except NotNow:
            assert self.there == before
            return
        assert [one.id for one in after] == [
            new.id if one.id == old.id else one.id for one in before
        ]
        again = corrected(after, new.id, old)
        assert list(again) == before
        assert stand(again) == stand(before)

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def take_one_away(self, data: st.DataObject) -> None:
        """What stands then is what the others say alone."""
        old = data.draw(st.sampled_from(self.there))
        others = [one for one in self.there if one.id != old.id]
        try:
            after = corrected(self.there, old.id, None)
        except NotNow:
            with pytest.raises(NotNow):
                stand(others)
            return
        assert list(after) == others
        self.there = others

    @precondition(lambda self: self.there)
    @rule()
    def take_back_the_last(self) -> None:
        """The last can always be taken back."""
        last = self.there[-1]
        self.there = list(corrected(self.there, last.id, None))

    def _record(self, one: Milestone) -> None:
        before = self.journey
        after = take(before, one)
        if one.result in AHEAD:
            assert after.day0 == before.day0
        self.there.append(one)
        assert self.journey == after

    @invariant()
    def day_0_is_the_last_infusion_that_was_given(self) -> None:
        """And nothing else, whatever was planned."""
        given_on = [
            one.day
            for one in self.there
            if one.step is Step.INFUSION and one.result is Result.HAPPENED
        ]
        assert self.journey.day0 == (given_on[-1] if given_on else None)
        assert len(given_on) <= 1

    @invariant()
    def after_the_infusion_there_is_a_day_0_and_before_it_none(self) -> None:
        """The phase and day 0 never contradict each other."""
        journey = self.journey
        assert journey.phase not in INFUSED or journey.day0
        assert journey.phase not in BEFORE_INFUSION or journey.day0 is None

    @invariant()
    def a_living_course_waits_for_somebody_who_can_go_on(self) -> None:
        """Nothing falls silent: a party, and something that may be recorded."""
        journey = self.journey
        assert (journey.party is Party.NOBODY) == (journey.phase is Phase.ENDED)
        if journey.phase in LIVING:
            assert possible(journey, EVERYBODY)

    @invariant()
    def a_death_is_the_last_thing_that_was_recorded(self) -> None:
        """And it ends the course."""
        deaths = [one for one in self.there if one.step is Step.DEATH]
        assert self.journey.died == bool(deaths)
        assert deaths in ([], self.there[-1:])
        assert not self.journey.died or possible(self.journey, EVERYBODY) == {}

    @invariant()
    def what_is_planned_was_said_last_of_its_step(self) -> None:
        """A plan is forgotten once its step was taken."""
        last = {one.step: one for one in self.there}
        ahead = {step: one.day for step, one in last.items() if one.result in AHEAD}
        assert self.journey.planned == ahead


TestSeveralPeople = SeveralPeople.TestCase
TestSeveralPeople.settings = settings(
    max_examples=80, stateful_step_count=40, deadline=None
)
