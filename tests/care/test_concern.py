"""An urgent concern goes along the chain, and again, until somebody answers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.concern import (
    TABLE,
    Chain,
    Event,
    IllegalMove,
    Move,
    Next,
    NotYours,
    State,
    Who,
    advance,
    chain_of,
    next_step,
)

IDS = st.lists(st.sampled_from("abcdefgh"), max_size=6, unique=True)
CHAINS = st.builds(
    chain_of,
    on_duty=st.none() | st.sampled_from("abcdefgh"),
    others=IDS,
    leads=IDS,
    coordinators=IDS,
)


def steps(chain: Chain, count: int) -> list[Next]:
    """Return the first steps that are taken along a chain."""
    taken: list[Next] = []
    for _ in range(count):
        step = next_step(chain, taken[-1].told if taken else ())
        assert step is not None
        taken.append(step)
    return taken


def test_duty_comes_first_then_the_others_then_leads_then_coordinators() -> None:
    chain = chain_of(
        on_duty="rivera",
        others=["okafor", "rivera"],
        leads=["vogt", "okafor"],
        coordinators=["ruiz", "noor"],
    )

    assert chain == (("rivera",), ("okafor",), ("vogt",), ("ruiz", "noor"))


def test_without_anybody_on_duty_the_leads_come_first() -> None:
    chain = chain_of(on_duty=None, others=[], leads=["vogt"], coordinators=["ruiz"])

    assert next_step(chain) == Next(("vogt",), ("vogt",), again=False)


def test_a_center_without_anybody_has_no_next_step() -> None:
    assert next_step(()) is None
    assert next_step((), ["gone"]) is None


@given(CHAINS)
def test_everybody_stands_in_the_chain_once(chain: Chain) -> None:
    everybody = [one for step in chain for one in step]

    assert len(everybody) == len(set(everybody))
    assert all(chain)


@given(CHAINS.filter(bool), st.integers(1, 4))
def test_each_round_tells_everybody_once_in_the_order_of_the_chain(
    chain: Chain, rounds: int
) -> None:
    taken = steps(chain, len(chain) * rounds)

    assert [one.people for one in taken] == list(chain) * rounds
    begun = [place for place, one in enumerate(taken) if one.again]
    assert begun == [len(chain) * number for number in range(1, rounds)]


@given(CHAINS.filter(bool), st.data())
def test_a_chain_that_changes_leaves_nobody_out_and_tells_nobody_twice(
    chain: Chain, data: st.DataObject
) -> None:
    before = steps(chain, data.draw(st.integers(1, len(chain))))
    told = before[-1].told

    changed = data.draw(CHAINS.filter(bool))
    here = {one for step in changed for one in step}
    after: list[Next] = []
    while (step := next_step(changed, after[-1].told if after else told)) is not None:
        if step.again:
            break
        after.append(step)

    newly = [one for step in after for one in step.people]
    assert set(newly) == here - set(told)
    assert len(newly) == len(set(newly))
    assert all(set(one.told) < set(two.told) for one, two in pairwise(after))


@given(st.lists(st.tuples(st.sampled_from(Event), st.sets(st.sampled_from(Who)))))
def test_it_ends_once_and_stays_as_it_ended(
    walk: list[tuple[Event, set[Who]]],
) -> None:
    state, ended = State.OPEN, 0
    for event, held in walk:
        try:
            state = advance(state, event, held)
            ended += 1
        except (IllegalMove, NotYours):
            continue

    assert ended == (0 if state is State.OPEN else 1)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.event)
def test_each_move_is_for_one_side_alone(row: Move) -> None:
    assert advance(row.state, row.event, {row.who}) is row.to
    with pytest.raises(NotYours):
        advance(row.state, row.event, set(Who) - {row.who})
    with pytest.raises(IllegalMove):
        advance(row.to, row.event, set(Who))
