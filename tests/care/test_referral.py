"""The referral's table: what may happen, who may do it, and that no walk breaks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

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
from care.referral import (
    BOTH_KINDS,
    ENDED,
    OPEN,
    OUTCOMES,
    RESPONSES,
    TABLE,
    Event,
    IllegalMove,
    Kind,
    NotYours,
    Outcome,
    Progress,
    Side,
    State,
    advance,
    find_move,
    moves_for,
    waits_for,
)

REFERRER = frozenset({Part.REFERRER})
SPECIALIST = frozenset({Part.ASKED})
COORDINATOR = frozenset({Part.CENTER_COORDINATOR})
BATON = frozenset({Part.BATON})
WHO_ASKED = frozenset({Part.REFERRER, Part.RESPONSIBLE})
EVERY_PART = frozenset(Part)
"""Those of people, and Baton's own."""
NEW = Progress(Kind.ADVICE)


def walk(*moves: tuple[Event, Iterable[Part]], start: Progress = NEW) -> Progress:
    """Return where a referral stands after these moves."""
    progress = start
    for event, parts in moves:
        progress = advance(progress, event, frozenset(parts))
    return progress


def reachable() -> set[Progress]:
    """Return every way in which a referral can stand, found by going every way."""
    found: set[Progress] = set()
    open_ends = [Progress(kind) for kind in Kind]
    while open_ends:
        progress = open_ends.pop()
        if progress not in found:
            found.add(progress)
            events = moves_for(progress, EVERY_PART)
            open_ends += [advance(progress, event, EVERY_PART) for event in events]
    return found


EVERY = sorted(reachable(), key=repr)


def test_a_new_referral_waits_for_the_center() -> None:
    assert (NEW.state, NEW.waiting_on) == (State.REQUESTED, Side.CENTER)


def test_advice_is_asked_taken_answered_and_closed() -> None:
    taken = walk((Event.TAKE, SPECIALIST))
    answered = walk((Event.ANSWER, SPECIALIST), start=taken)
    closed = walk((Event.CLOSE, REFERRER), start=answered)

    assert (taken.state, taken.waiting_on) == (State.ACCEPTED, Side.CENTER)
    assert (answered.state, answered.waiting_on) == (State.ANSWERED, None)
    assert (closed.state, closed.previous) == (State.CLOSED, State.ANSWERED)


def test_a_question_back_waits_for_the_practice_until_it_is_told() -> None:
    asked = walk((Event.ASK_INFORMATION, COORDINATOR))
    told = walk((Event.GIVE_INFORMATION, REFERRER), start=asked)

    assert (asked.state, asked.waiting_on) == (State.REQUESTED, Side.PRACTICE)
    assert told == NEW


def test_taking_it_while_the_practice_is_asked_waits_for_the_center_again() -> None:
    taken = walk((Event.ASK_INFORMATION, SPECIALIST), (Event.TAKE, SPECIALIST))

    assert taken.waiting_on is Side.CENTER


def test_an_answered_advice_becomes_an_evaluation() -> None:
    asked = walk((Event.ANSWER, SPECIALIST), (Event.ASK_EVALUATION, REFERRER))

    assert asked == Progress(Kind.EVALUATION)
    with pytest.raises(IllegalMove):
        walk(
            (Event.ANSWER, SPECIALIST),
            (Event.ASK_EVALUATION, REFERRER),
            start=asked,
        )


@pytest.mark.parametrize(
    ("kind", "state"),
    [(Kind.ADVICE, State.ACCEPTED), (Kind.EVALUATION, State.REQUESTED)],
)
def test_an_evaluation_that_is_asked_again_is_to_be_taken_anew(
    kind: Kind, state: State
) -> None:
    """By taking it the center says that it is the same patient."""
    asked = walk(
        (Event.TAKE, SPECIALIST),
        (Event.ANSWER, SPECIALIST),
        (Event.ASK_AGAIN, REFERRER),
        start=Progress(kind),
    )

    assert asked == Progress(kind, state, Side.CENTER)


def test_only_an_evaluation_is_closed_without_an_answer() -> None:
    evaluation = walk((Event.TAKE, SPECIALIST), start=Progress(Kind.EVALUATION))
    closed = walk((Event.CLOSE, REFERRER), start=evaluation)

    assert closed.previous is State.ACCEPTED
    with pytest.raises(IllegalMove):
        walk((Event.TAKE, SPECIALIST), (Event.CLOSE, REFERRER))


def test_a_reopened_referral_stands_where_it_stood_before_its_end() -> None:
    taken = walk((Event.TAKE, SPECIALIST))
    for event, who in ((Event.DECLINE, SPECIALIST), (Event.WITHDRAW, REFERRER)):
        again = walk((event, who), (Event.REOPEN, REFERRER), start=taken)
        assert again == taken


def test_an_illegal_move_names_state_and_event() -> None:
    with pytest.raises(IllegalMove, match=r"take is no move of .* answered") as raised:
        walk((Event.ANSWER, SPECIALIST), (Event.TAKE, SPECIALIST))

    assert (raised.value.state, raised.value.event) == (State.ANSWERED, Event.TAKE)


def test_a_move_of_others_says_whose_it_is() -> None:
    with pytest.raises(NotYours, match="answer is for: specialist or lead") as raised:
        walk((Event.ANSWER, REFERRER))

    assert (raised.value.event, raised.value.who) == (Event.ANSWER, SPECIALIST)


def test_somebody_without_a_part_can_do_nothing_at_all() -> None:
    for progress in EVERY:
        assert moves_for(progress, ()) == ()
        for event in Event:
            with pytest.raises((IllegalMove, NotYours)):
                advance(progress, event, ())


@pytest.mark.parametrize(
    ("event", "side"),
    [
        (Event.TAKE, SPECIALIST),
        (Event.GIVE_BACK, SPECIALIST),
        (Event.PASS_ON, CENTER_SIDE),
        (Event.ASK_INFORMATION, CENTER_SIDE),
        (Event.GIVE_INFORMATION, PRACTICE_SIDE),
        (Event.ANSWER, SPECIALIST),
        (Event.ASK_AGAIN, ANY_PART),
        (Event.DECLINE, SPECIALIST),
        (Event.WITHDRAW, PRACTICE_SIDE),
        (Event.ASK_EVALUATION, PRACTICE_SIDE),
        (Event.CLOSE, PRACTICE_SIDE),
        (Event.REOPEN, ANY_PART),
        (Event.CONFIRM, WHO_ASKED),
        (Event.LAPSE, BATON),
    ],
)
def test_each_move_belongs_to_the_same_people_in_every_state(
    event: Event, side: frozenset[Part]
) -> None:
    rows = [row for row in TABLE if row.event is event]

    assert rows
    assert {row.who for row in rows} == {side}


def test_every_state_can_be_reached_and_every_event_happens_somewhere() -> None:
    assert {progress.state for progress in EVERY} == set(State)
    assert {row.event for row in TABLE} == set(Event)


def test_every_row_of_the_table_can_apply() -> None:
    applied = {
        id(find_move(progress, event))
        for progress in EVERY
        for event in moves_for(progress, EVERY_PART)
    }

    assert applied == {id(row) for row in TABLE}


def test_no_row_is_shadowed_by_another() -> None:
    for one, other in combinations(TABLE, 2):
        same_move = one.state is other.state and one.event is other.event
        assert not (same_move and one.kinds & other.kinds), (one, other)


def test_a_row_says_whom_it_waits_for_exactly_where_that_can_be_asked() -> None:
    for row in TABLE:
        assert row.who, row
        assert row.kinds <= BOTH_KINDS
        assert (row.to is None) == (row.event is Event.REOPEN), row
        assert (row.to in OPEN) == (row.waits_on is not None), row


def test_an_end_has_no_way_on_but_reopening() -> None:
    for progress in EVERY:
        if progress.state in ENDED:
            assert moves_for(progress, ANY_PART) == (Event.REOPEN,)


def test_what_is_offered_is_what_is_accepted() -> None:
    """No button is shown that is refused, and none is missing."""
    for progress, part in product(EVERY, Part):
        offered = moves_for(progress, {part})
        for event in Event:
            if event in offered:
                advance(progress, event, {part})
            else:
                with pytest.raises((IllegalMove, NotYours)):
                    advance(progress, event, {part})


def test_the_center_responds_by_its_specialists_or_as_the_one_who_asked_says() -> None:
    """*That answers it* makes a reply of the center the answer, so it responded."""
    for row in TABLE:
        if row.event in RESPONSES:
            expected = WHO_ASKED if row.event is Event.CONFIRM else SPECIALIST
            assert row.who == expected, row


def test_a_reply_becomes_the_answer_when_the_one_who_asked_says_so() -> None:
    for start in (NEW, walk((Event.TAKE, SPECIALIST))):
        answered = walk((Event.CONFIRM, REFERRER), start=start)

        assert (answered.state, answered.waiting_on) == (State.ANSWERED, None)


def test_nobody_at_the_center_says_for_the_practice_that_it_is_answered() -> None:
    with pytest.raises(NotYours):
        walk((Event.CONFIRM, CENTER_SIDE))


def test_an_answer_of_which_nobody_told_lapses_and_can_be_reopened() -> None:
    answered = walk((Event.ANSWER, SPECIALIST))

    lapsed = walk((Event.LAPSE, BATON), start=answered)

    assert (lapsed.state, lapsed.previous) == (State.CLOSED, State.ANSWERED)
    assert walk((Event.REOPEN, REFERRER), start=lapsed) == answered


def test_no_person_can_let_a_referral_lapse_or_move_on_and_baton_nothing_else() -> None:
    answered = walk((Event.ANSWER, SPECIALIST))

    for event in (Event.LAPSE, Event.MOVE_ON):
        with pytest.raises(NotYours):
            walk((event, ANY_PART), start=answered)
    for progress in EVERY:
        lapses = {Event.LAPSE} if progress.state is State.ANSWERED else set()
        moves_on = {Event.MOVE_ON} if progress.state not in ENDED else set()
        assert set(moves_for(progress, BATON)) == lapses | moves_on


def test_what_goes_on_at_another_practice_is_closed_and_people_do_not_say_so() -> None:
    for progress in EVERY:
        if progress.state not in ENDED:
            moved = walk((Event.MOVE_ON, BATON), start=progress)
            assert (moved.state, moved.waiting_on) == (State.CLOSED, None)
            assert moved.previous is progress.state
    assert set(OUTCOMES) == set(Outcome) - {Outcome.MOVED}


def test_no_person_has_the_part_of_baton() -> None:
    involved = Involved("chen", "chen", "lakeside", "university")

    for role, site in product(Role, ("lakeside", "university")):
        assert Part.BATON not in parts_of(Member("chen", site, role), involved)


def test_one_person_is_waited_for_or_nobody() -> None:
    people = {"referrer_id": "chen", "asked_id": "rivera"}
    for progress in EVERY:
        untaken = waits_for(progress, taker_id=None, **people)
        taken = waits_for(progress, taker_id="osei", **people)
        if progress.state in ENDED:
            assert untaken is taken is None
        elif progress.waiting_on is Side.CENTER:
            assert (untaken, taken) == ("rivera", "osei")
        else:
            assert untaken == taken == "chen"


class AnyWalk(RuleBasedStateMachine):
    """Somebody with some parts tries something, again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.progress = NEW
        self.before_end: Progress | None = None

    @rule(kind=st.sampled_from(Kind))
    def start_another(self, kind: Kind) -> None:
        """Begin with a new referral."""
        self.progress, self.before_end = Progress(kind), None

    @rule(event=st.sampled_from(Event), parts=st.frozensets(st.sampled_from(Part)))
    def try_something(self, event: Event, parts: frozenset[Part]) -> None:
        """Move, or be told why not, with nothing changed."""
        before, untouched = self.progress, replace(self.progress)
        rows = [r for r in TABLE if (r.state, r.event) == (before.state, event)]
        rows = [row for row in rows if before.kind in row.kinds]
        if not rows:
            with pytest.raises(IllegalMove):
                advance(before, event, parts)
        elif not rows[0].who & parts:
            with pytest.raises(NotYours):
                advance(before, event, parts)
        else:
            self._moved(advance(before, event, parts), event)
        assert before == untouched

    def _moved(self, after: Progress, event: Event) -> None:
        if event is Event.REOPEN:
            assert self.before_end is not None
            assert after.state is self.before_end.state
            assert after.kind is self.before_end.kind
            self.before_end = None
        if after.state in ENDED:
            self.before_end = self.progress
        if self.progress.kind is Kind.EVALUATION:
            assert after.kind is Kind.EVALUATION
        self.progress = after

    @invariant()
    def somebody_is_waited_for_exactly_while_it_is_open(self) -> None:
        """As the database's own check has it."""
        is_open = self.progress.state in OPEN
        assert (self.progress.waiting_on is not None) == is_open

    @invariant()
    def an_end_has_a_way_back(self) -> None:
        """To the state before it, which was no end."""
        ended = self.progress.state in ENDED
        assert (self.progress.previous is not None) == ended
        assert self.progress.previous not in ENDED

    @invariant()
    def somebody_can_always_go_on(self) -> None:
        """No referral is stuck, and the practice is never without a move."""
        assert moves_for(self.progress, ANY_PART)
        assert moves_for(self.progress, PRACTICE_SIDE)

    @invariant()
    def it_stands_where_the_search_found_that_it_can(self) -> None:
        """The walk and the search agree on what can be."""
        assert self.progress in EVERY


TestAnyWalk = AnyWalk.TestCase
TestAnyWalk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
