"""The ready list's rules: what may be done with an item, and by whom."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.people import Part
from care.readiness import (
    NAMED,
    TABLE,
    WHO,
    Event,
    IllegalChange,
    Item,
    NotForThem,
    Standing,
    State,
    change,
    count_ready,
    events_for,
    in_order,
)

DAY = date(2026, 11, 26)
COORDINATOR = {Part.PRACTICE_COORDINATOR}
WALKS = st.lists(st.sampled_from(list(Event)), max_size=12)


def walk(events: list[Event]) -> Standing:
    """Take the steps that are possible, and return where they lead."""
    now = Standing(Item.LODGING)
    for event in events:
        if event in events_for(now.state, COORDINATOR):
            now = change(now, event, COORDINATOR, person_id="brooks", day=DAY)
    return now


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], State.OPEN),
        ([Event.DO], State.DONE),
        ([Event.WAIVE], State.NOT_NEEDED),
        ([Event.BLOCK], State.BARRIER),
        ([Event.BLOCK, Event.DO], State.DONE),
        ([Event.BLOCK, Event.WAIVE], State.NOT_NEEDED),
        ([Event.BLOCK, Event.UNDO], State.OPEN),
        ([Event.DO, Event.UNDO], State.OPEN),
        ([Event.WAIVE, Event.UNDO, Event.DO], State.DONE),
    ],
)
def test_an_item_goes_the_ways_of_the_table(events: list[Event], state: State) -> None:
    assert walk(events).state is state


@given(events=WALKS)
def test_only_a_barrier_has_a_person_and_a_day(events: list[Event]) -> None:
    now = walk(events)

    blocked = now.state is State.BARRIER
    assert (now.person_id is not None) == blocked
    assert (now.day is not None) == blocked
    assert now.item is Item.LODGING


@given(events=WALKS)
def test_from_everywhere_it_can_become_done(events: list[Event]) -> None:
    now = walk(events)
    way = {State.DONE: [], State.NOT_NEEDED: [Event.UNDO, Event.DO]}

    for event in way.get(now.state, [Event.DO]):
        now = change(now, event, COORDINATOR)

    assert now.state is State.DONE


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", list(Event))
def test_what_is_no_row_of_the_table_is_refused_by_name(
    state: State, event: Event
) -> None:
    now = Standing(Item.LINE, state)
    if event in events_for(state, COORDINATOR):
        changed = change(now, event, COORDINATOR, person_id="brooks", day=DAY)
        assert (state, event, changed.state) in {
            (r.state, r.event, r.to) for r in TABLE
        }
        return

    with pytest.raises(IllegalChange) as refused:
        change(now, event, COORDINATOR, person_id="brooks", day=DAY)

    assert (refused.value.state, refused.value.event) == (state, event)


@pytest.mark.parametrize("part", list(Part))
def test_the_list_is_kept_by_coordinators_and_the_centers_specialists(
    part: Part,
) -> None:
    now = Standing(Item.RECORDS)
    keepers = {Part.ASKED, Part.CENTER_COORDINATOR, Part.PRACTICE_COORDINATOR}
    assert keepers == WHO

    if part in keepers:
        assert change(now, Event.DO, {part}).settled
        return
    assert events_for(now.state, {part}) == ()
    with pytest.raises(NotForThem):
        change(now, Event.DO, {part})


@pytest.mark.parametrize("given", [{}, {"person_id": "brooks"}, {"day": DAY}])
def test_a_barrier_without_person_or_day_cannot_be(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a person and a day"):
        change(Standing(Item.LINE), Event.BLOCK, COORDINATOR, **given)  # type: ignore[arg-type] # what is left out is the point


def test_the_list_has_its_eight_items_each_with_its_words() -> None:
    items = in_order({})

    assert [one.item for one in items] == list(Item)
    assert len(items) == 8
    assert set(NAMED) == set(Item)
    assert all(one.state is State.OPEN for one in items)


def test_what_is_not_needed_counts_as_ready_and_a_barrier_does_not() -> None:
    found = {
        Item.INTERPRETER: Standing(Item.INTERPRETER, State.NOT_NEEDED),
        Item.RECORDS: Standing(Item.RECORDS, State.DONE),
        Item.LODGING: Standing(Item.LODGING, State.BARRIER, "brooks", DAY),
    }

    assert count_ready(in_order(found)) == 2
