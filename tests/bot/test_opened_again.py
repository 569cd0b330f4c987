"""What was done late and is opened again is missed from that day on, and is told of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions.done import perform
from bot.actions.items import do, reopen
from care.item import State
from storage.clock import TravellingClock
from storage.unit import Store
from tests.bot.planning_store import DAY0, IGG, planned
from tests.world import World


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_opened_again_long_after_it_is_missed_anew(
    store: Store, clock: TravellingClock, world: World
) -> None:
    plan = planned(store, clock, world, rows=(IGG,))
    by, ids = world.practice_coordinator, [plan.ids("igg")]
    plan.pass_to(DAY0 + timedelta(days=40))
    first = plan.item("igg").missed_on
    perform(store, do, by=by, key="done", item_ids=ids)
    later = DAY0 + timedelta(days=200)
    plan.pass_to(later)

    perform(store, reopen, by=by, key="lost", item_ids=ids, text="The tube was lost.")

    item = plan.item("igg")
    assert item.state is State.MISSED
    assert first is not None
    assert item.missed_on == later
