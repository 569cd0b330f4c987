"""A discharge is recorded while an item's time comes: the checks go on all the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.actions.hospital import keep_in_step
from bot.actions.journeying import record_milestone
from care.item import State
from care.milestone import Step
from storage.actors import System
from storage.clock import TravellingClock
from storage.records import Reminder
from storage.unit import Store
from tests.bot.after_infusion import DAY, DAY0, Followed, followed
from tests.bot.test_journey_parts import complete
from tests.world import World

IN = DAY0 + 20 * DAY
A_MOMENT = 0.5
"""Seconds; so long the one who comes second waits for the first, at the least."""


@pytest.mark.postgres
@pytest.mark.parametrize("new_database", ["postgres"], indirect=True)
def test_what_goes_on_with_a_discharge_is_not_held_again_after_it(
    store: Store, clock: TravellingClock, world: World
) -> None:
    one = followed(store, clock, world)
    one.infuse()
    one.pass_to(IN)
    one.record(Step.ADMISSION, day=IN)
    clock.stop_at(datetime.combine(IN + 7 * DAY, time(9), ZoneInfo("UTC")))
    due = _next_of(one)

    with ThreadPoolExecutor(1) as pool:
        with store.act(one.specialist) as uow:
            entry = replace(complete(Step.LEFT_HOSPITAL), day=IN + 7 * DAY)
            record_milestone(
                uow=uow, by=one.specialist, course_id=one.course.id, entry=entry
            )
            handled = pool.submit(_keep, store, due)
            with pytest.raises(TimeoutError):
                handled.result(timeout=A_MOMENT)
        handled.result(timeout=20)

    assert one.items(State.HELD) == []


def _next_of(one: Followed) -> Reminder:
    """Return the reminder of something that waits for the end of the stay."""
    held = one.items(State.HELD)[0]
    with one.store.read() as reading:
        planned = reading.reminders.of(held.id)
    return next(p for p in planned if p.state == "waiting")


def _keep(store: Store, due: Reminder) -> str:
    by = System(f"reminder:{due.id}")
    with store.act(by) as uow:
        return keep_in_step(uow=uow, by=by, reminder=due)
