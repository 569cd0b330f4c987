"""A message of a last day leaves out what the morning list has told on that day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.actions.digesting import plan_digests
from bot.actions.done import perform
from bot.actions.item_clock import LAST_DAY
from bot.actions.items import do, reopen
from bot.rendering import Rendering
from care.item import State
from scheduler.ports import Message
from storage.clock import TravellingClock
from storage.tables import notice
from storage.unit import Store
from tests.bot.planning_store import CBC, DAY0, IGG, Planned, planned
from tests.world import OPERATOR, World

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


def last_days(plan: Planned) -> list[str]:
    """Return the messages of last days, as they are said now."""
    ids = select(notice.c.id).where(notice.c.view == LAST_DAY).order_by(notice.c.seq)
    with plan.store.read() as reading:
        found = reading.connection.execute(ids).scalars().all()
        written = [reading.notices.notice(one) for one in found]
        said = [Rendering()(reading=reading, notice=one) for one in written if one]
    return [str(one.blocks) for one in said if isinstance(one, Message)]


@ON_SQLITE
def test_what_the_morning_list_said_is_not_said_again_at_noon(
    store: Store, clock: TravellingClock, world: World
) -> None:
    plan = planned(store, clock, world, rows=(CBC, IGG))
    with store.act(OPERATOR) as uow:
        plan_digests(uow, world.workspace_id)
        uow.audit(world.workspace_id, "digests planned", "tests")
    last = DAY0 + timedelta(days=35)
    assert last == date(2026, 12, 7)
    plan.pass_to(last - timedelta(days=1))
    by, ids = world.practice_coordinator, [plan.ids("cbc")]
    perform(store, do, by=by, key="done", item_ids=ids)
    plan.pass_to(last, hour=16)
    assert last_days(plan) == []

    perform(store, reopen, by=by, key="lost", item_ids=ids, text="The tube was lost.")
    plan.pass_to(last, hour=17)

    assert plan.item("igg").state is State.OPEN
    (said,) = last_days(plan)
    assert "CBC" in said
    assert "IgG" not in said
