"""The handoff's table: responsibility moves by a read-back, or by a takeover."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from care.handoff import (
    LASTING,
    OPEN,
    OWED,
    TABLE,
    Event,
    Hand,
    How,
    IllegalMove,
    NothingToHandOver,
    NotYours,
    Offer,
    OfferedAlready,
    State,
    Step,
    advance,
    find_move,
    hands_of,
    moves_for,
    open_offer,
    take_over,
    waits_for,
)

NEW = Offer("rivera", "chen")
SENDER, RECEIVER = frozenset({Hand.SENDER}), frozenset({Hand.RECEIVER})
CONFIRMER, BATON = frozenset({Hand.CONFIRMER}), frozenset({Hand.BATON})
PEOPLE = ("chen", "rivera", "okafor", "brooks")


def test_a_read_back_by_the_receiver_moves_responsibility() -> None:
    step = advance(NEW, Event.READ_BACK, RECEIVER)

    assert step == Step(replace(NEW, state=State.ACCEPTED), "chen", How.READ_BACK)


def test_nobody_but_the_receiver_reads_back() -> None:
    for hands in (SENDER, CONFIRMER, BATON, frozenset({Hand.STAND_IN})):
        with pytest.raises(NotYours, match="receiver"):
            advance(NEW, Event.READ_BACK, hands)


def test_declining_withdrawing_and_expiring_move_nothing() -> None:
    for event, hands, to in (
        (Event.DECLINE, RECEIVER, State.DECLINED),
        (Event.WITHDRAW, SENDER, State.WITHDRAWN),
        (Event.WITHDRAW, frozenset({Hand.STAND_IN}), State.WITHDRAWN),
        (Event.EXPIRE, BATON, State.EXPIRED),
        (Event.GIVE_WAY, BATON, State.WITHDRAWN),
    ):
        step = advance(NEW, event, hands)

        assert step.offer.state is to
        assert step.responsible_id is None
        assert step.how is None


@pytest.mark.parametrize(
    ("recorder", "other"), [("rivera", "chen"), ("chen", "rivera")]
)
def test_a_call_counts_when_the_other_side_confirms_it(
    recorder: str, other: str
) -> None:
    hands = hands_of(recorder, NEW, stands_in=False)
    called = advance(NEW, Event.PHONE, hands, by=recorder).offer

    assert waits_for(called) == other
    assert Hand.CONFIRMER in hands_of(other, called, stands_in=False)
    assert Hand.CONFIRMER not in hands_of(recorder, called, stands_in=False)
    confirmed = advance(called, Event.CONFIRM, CONFIRMER)
    assert (confirmed.responsible_id, confirmed.how) == ("chen", How.PHONE)
    assert confirmed.offer.recorded_by is None
    assert advance(called, Event.DISPUTE, CONFIRMER).offer == NEW


def test_who_stands_in_for_the_sender_confirms_for_them() -> None:
    called = replace(NEW, state=State.BY_PHONE, recorded_by="chen")

    assert Hand.CONFIRMER in hands_of("ruiz", called, stands_in=True)
    assert Hand.CONFIRMER not in hands_of("ruiz", called, stands_in=False)


def test_a_takeover_moves_at_once_and_owes_a_read_back() -> None:
    step = take_over(responsible_id="rivera", taker_id="chen")

    assert step == Step(replace(NEW, state=State.TAKEN_OVER), "chen", How.TAKEOVER)
    assert waits_for(step.offer) == "chen"
    said = advance(step.offer, Event.READ_BACK, RECEIVER)
    assert said.offer.state is State.ACCEPTED
    assert said.responsible_id is None


def test_a_correction_reopens_the_handoff_and_leaves_who_is_responsible() -> None:
    accepted = replace(NEW, state=State.ACCEPTED)

    corrected = advance(accepted, Event.CORRECT, SENDER)

    assert corrected.offer.state is State.CORRECTED
    assert corrected.responsible_id is None
    assert waits_for(corrected.offer) == "chen"
    again = advance(corrected.offer, Event.READ_BACK, RECEIVER)
    assert again == Step(accepted, None, None)


def test_a_second_offer_and_one_to_oneself_are_refused() -> None:
    with pytest.raises(OfferedAlready):
        open_offer(NEW, responsible_id="rivera", receiver_id="okafor")
    with pytest.raises(NothingToHandOver):
        open_offer(None, responsible_id="rivera", receiver_id="rivera")
    with pytest.raises(NothingToHandOver):
        take_over(responsible_id="chen", taker_id="chen")
    ended = replace(NEW, state=State.DECLINED)
    assert open_offer(ended, responsible_id="rivera", receiver_id="chen") == NEW


def test_an_illegal_move_names_state_and_event() -> None:
    with pytest.raises(IllegalMove, match=r"decline is no move .* accepted") as caught:
        advance(replace(NEW, state=State.ACCEPTED), Event.DECLINE, RECEIVER)

    assert (caught.value.state, caught.value.event) == (State.ACCEPTED, Event.DECLINE)


def test_no_row_is_shadowed_and_every_state_can_be_reached() -> None:
    keys = [(row.state, row.event) for row in TABLE]

    assert len(keys) == len(set(keys))
    assert {row.to for row in TABLE} | {State.OFFERED} == set(State)
    assert {row.event for row in TABLE} == set(Event)


def test_only_a_read_back_a_confirmed_call_and_a_takeover_carry_it() -> None:
    carrying = {(row.event, row.to) for row in TABLE if row.how}

    assert carrying == {
        (Event.READ_BACK, State.ACCEPTED),
        (Event.CONFIRM, State.ACCEPTED),
        (Event.TAKE_OVER, State.TAKEN_OVER),
    }


def test_somebody_is_waited_for_exactly_while_something_is_owed() -> None:
    for state in State:
        recorded = "chen" if state is State.BY_PHONE else None
        offer = Offer("rivera", "chen", state, recorded)

        assert (waits_for(offer) is not None) == (state in OWED)


def test_whoever_is_waited_for_can_move_it_on() -> None:
    for state in OWED:
        recorded = "chen" if state is State.BY_PHONE else None
        offer = Offer("rivera", "chen", state, recorded)
        whose = waits_for(offer)
        assert whose

        assert moves_for(offer, hands_of(whose, offer, stands_in=False))


def test_what_is_offered_to_somebody_is_what_they_can_do() -> None:
    for state in State:
        offer = replace(NEW, state=state)
        for event in Event:
            for hands in (SENDER, RECEIVER, CONFIRMER, BATON):
                may = event in moves_for(offer, hands)
                assert may == _goes(offer, event, hands)


def _goes(offer: Offer, event: Event, hands: frozenset[Hand]) -> bool:
    try:
        advance(offer, event, hands)
    except (IllegalMove, NotYours):
        return False
    return True


def test_the_table_can_be_asked_for_a_row() -> None:
    assert find_move(NEW, Event.DECLINE).to is State.DECLINED


@dataclass
class Ledger:
    """One case as it is kept: who was responsible, and every handoff."""

    tenures: list[str] = field(default_factory=lambda: ["chen"])
    read_back: list[bool] = field(default_factory=lambda: [True])
    """For each tenure, whether what it began with was said back."""
    offers: list[Offer] = field(default_factory=list)

    @property
    def responsible(self) -> str:
        """Who is responsible now."""
        return self.tenures[-1]

    @property
    def open(self) -> Offer | None:
        """The open handoff."""
        found = [one for one in self.offers if one.state in OPEN]
        return found[0] if found else None

    def keep(self, step: Step, *, instead_of: Offer | None = None) -> None:
        """Keep what a move came to, as storage does."""
        if instead_of is None:
            self.offers.append(step.offer)
        else:
            self.offers[self.offers.index(instead_of)] = step.offer
        if step.responsible_id is not None:
            self.tenures.append(step.responsible_id)
            self.read_back.append(step.how is not How.TAKEOVER)


class Walk(RuleBasedStateMachine):
    """Several people do whatever comes to their minds with one case."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.history: list[str] = []

    @rule(receiver=st.sampled_from(PEOPLE))
    def offer(self, receiver: str) -> None:
        """Whoever is responsible offers."""
        ledger = self.ledger
        try:
            new = open_offer(
                ledger.open, responsible_id=ledger.responsible, receiver_id=receiver
            )
        except (OfferedAlready, NothingToHandOver):
            return
        ledger.offers.append(new)

    @rule(
        who=st.sampled_from([*PEOPLE, "Baton"]),
        event=st.sampled_from(Event),
        stands_in=st.booleans(),
        which=st.integers(0, 3),
    )
    def move(self, who: str, event: Event, which: int, *, stands_in: bool) -> None:
        """Somebody tries a move on one of the handoffs."""
        if not self.ledger.offers:
            return
        offer = self.ledger.offers[-1 - which % len(self.ledger.offers)]
        hands = hands_of(who, offer, stands_in=stands_in)
        if who == "Baton":
            hands = BATON
        try:
            step = advance(offer, event, hands, by=who)
        except (IllegalMove, NotYours):
            return
        self.ledger.keep(step, instead_of=offer)

    @rule(taker=st.sampled_from(PEOPLE))
    def emergency(self, taker: str) -> None:
        """Somebody takes over; what is open gives way."""
        ledger = self.ledger
        try:
            step = take_over(responsible_id=ledger.responsible, taker_id=taker)
        except NothingToHandOver:
            return
        if ledger.open is not None:
            gives_way = advance(ledger.open, Event.GIVE_WAY, BATON)
            ledger.keep(gives_way, instead_of=ledger.open)
        ledger.keep(step)

    @invariant()
    def one_is_responsible_and_never_after_themselves(self) -> None:
        """Each tenure follows another person's: nobody is handed what they have."""
        assert all(before != after for before, after in pairwise(self.ledger.tenures))

    @invariant()
    def one_offer_is_open_at_the_most(self) -> None:
        """And it is from whoever is responsible, unless they have just taken over."""
        found = [one for one in self.ledger.offers if one.state in OPEN]
        assert len(found) <= 1
        for one in found:
            gave = one.receiver_id if one.state is State.TAKEN_OVER else one.sender_id
            assert gave == self.ledger.responsible

    @invariant()
    def nothing_but_a_takeover_moves_without_a_read_back(self) -> None:
        """Each other tenure has its handoff, which was read back."""
        lasting = [one for one in self.ledger.offers if one.state in LASTING]
        said_back = self.ledger.read_back[1:].count(True)
        assert said_back <= len(lasting)

    @invariant()
    def history_is_never_lost(self) -> None:
        """What was, stays."""
        assert self.ledger.tenures[: len(self.history)] == self.history
        self.history = list(self.ledger.tenures)


Walk.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestWalk = Walk.TestCase
