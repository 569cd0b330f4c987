"""Two clocks: what is due goes by care time, delivery by the lease clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.actors import System
from storage.clock import TravellingClock
from storage.columns import Instant
from storage.records import Way
from storage.reminders import Due
from storage.tables import metadata
from storage.unit import Store
from tests.conftest import T0
from tests.storage.together import watched
from tests.world import OPERATOR, World, a_notice

YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)
LEASE = 60 * SECOND
L0 = datetime(2030, 6, 1, tzinfo=UTC)
"""Where the lease clock stands in these tests: far from the care clock."""

CARE_COLUMNS = {
    column.name
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Instant) and not column.name.startswith("lease_")
}
COMPARED = re.compile(r"(\w+\.)?(?P<column>\w+)\s*(<=|>=|<|>|=)\s*(?P<rest>.+?)(\s|$)")


def rows(store: Store, name: str) -> list[tuple[Any, ...]]:
    """Return all rows of a table."""
    table = metadata.tables[name]
    with store.read() as reading:
        found = reading.connection.execute(table.select().order_by(*table.primary_key))
        return [tuple(row) for row in found]


def test_a_year_of_care_time_changes_nothing_of_delivery(
    store: Store, world: World, clock: TravellingClock
) -> None:
    """A demo that travels neither sends early nor gives up on what is in flight."""
    new = [a_notice(world, f"r{n}", conversation=f"C{n}") for n in range(3)]
    with store.act(OPERATOR) as unit:
        unit.notices.write(new, at=unit.now)
    with store.deliver() as books:
        [sending] = books.notices.claim(
            most=1, owner="me", now=L0, lease=LEASE, gap=SECOND
        )
        [put_off] = books.notices.claim(
            most=1, owner="me", now=L0, lease=LEASE, gap=SECOND
        )
        books.notices.give_back(put_off, not_before=L0 + LEASE, reason="ratelimited")
    before = rows(store, "notice"), rows(store, "pace")

    clock.move(YEAR)
    with store.deliver() as books:
        unknown = books.notices.claim_unknown(
            now=L0, quiet=SECOND, lease=LEASE, owner="me"
        )

    assert unknown is None
    assert (rows(store, "notice"), rows(store, "pace")) == before
    with store.deliver() as books:
        taken = books.notices.claim(most=9, owner="me", now=L0, lease=LEASE, gap=SECOND)
        assert books.notices.settle_sent(
            sending, channel_id="C0", ts="1.1", permalink=None
        )
    assert [one.id for one in taken] == [new[2].id]


def test_delivery_goes_by_the_real_time_wherever_the_care_clock_stands(
    store: Store, clock: TravellingClock
) -> None:
    clock.move(20 * YEAR)

    with store.deliver() as books:
        lease_now = books.lease_now

    assert abs(lease_now - datetime.now(UTC)) < LEASE


def test_the_lease_clock_changes_nothing_of_reminders(
    store: Store, world: World
) -> None:
    with store.act(OPERATOR) as unit:
        due = [Due("referral", "now", T0), Due("referral", "later", T0 + SECOND)]
        unit.reminders.plan(world.workspace_id, "r1", 1, due)
        unit.notices.write([a_notice(world, "r1")], at=unit.now)
    before = rows(store, "reminder")

    with store.deliver() as books:
        [held] = books.notices.claim(
            most=1, owner="me", now=L0, lease=LEASE, gap=SECOND
        )
        books.notices.settle_unknown(held, look_at=L0 + YEAR, reason="timed out")
        books.notices.claim_unknown(
            now=L0 + YEAR, quiet=SECOND, lease=LEASE, owner="me"
        )

    assert rows(store, "reminder") == before
    for lease_now in (L0 - 20 * YEAR, L0, L0 + 20 * YEAR):
        with store.act(System("tick")) as unit:
            taken = unit.reminders.take_due(unit.now, lease_now=lease_now)
        assert taken is not None
        assert taken.step == "now"


def test_no_column_is_compared_with_both_clocks(store: Store, world: World) -> None:
    """Every comparison of an instant is with a value of its own clock.

    The care clock stands in 2026 and the lease clock in 2030, so that the value
    that was bound tells which clock it came from.
    """
    with watched(store.database) as seen:
        _run_everything(store, world)

    compared = set()
    for statement, parameters in seen:
        for column, year in _comparisons(statement, parameters):
            compared.add(column)
            expected = "2030" if column.startswith("lease_") else "2026"
            assert year == expected, statement
    assert compared >= {
        "due_at",
        "lease_retry_at",
        "lease_until",
        "lease_next_at",
        "lease_inflight_until",
        "kept_until",
        "claimed_at",
    }


def _run_everything(store: Store, world: World) -> None:
    with store.act(OPERATOR) as unit:
        due = [Due("referral", "now", T0)]
        unit.reminders.plan(world.workspace_id, "r1", 1, due)
        first = a_notice(world, "r1")
        update = a_notice(world, "r1/u", way=Way.UPDATE, root_id=first.id)
        unit.notices.write([first, update], at=unit.now)
        unit.drafts.find(world.oncologist.clinician_id, "ask", "r1", now=unit.now)
        unit.drafts.drop_old(unit.now)
        unit.inbound.drop_before(unit.now)
        taken = unit.reminders.take_due(unit.now, lease_now=L0)
        assert taken is not None
        unit.reminders.put_off(taken, LEASE, lease_now=L0)
        unit.reminders.settle(taken.id, "told", at=unit.now)
        unit.reminders.plan(world.workspace_id, "r1", 2, [])
    with store.deliver() as books:
        [held] = books.notices.claim(
            most=9, owner="me", now=L0, lease=LEASE, gap=SECOND
        )
        books.notices.settle_unknown(held, look_at=L0, reason="timed out")
        books.notices.claim_unknown(now=L0, quiet=SECOND, lease=LEASE, owner="me")
        books.notices.free_pace(held.conversation, next_at=L0)


def _comparisons(statement: str, parameters: Any) -> list[tuple[str, str]]:
    """Return which column is compared with an instant of which year."""
    where = statement.partition("WHERE")[2]
    found = []
    position = statement.partition("WHERE")[0].count("?")
    for part in re.split(r"\b(?:AND|OR|ON|WHERE|LIMIT)\b", where):
        values = [
            str(parameters[name])
            for name in re.findall(r"%\((\w+)\)s", part)
            if name in parameters
        ]
        for _ in range(part.count("?")):
            values.append(str(parameters[position]))
            position += 1
        column = COMPARED.search(part)
        found += [
            (column["column"], value[:4])
            for value in values
            if column and _is_instant(column["column"])
        ]
    return found


def _is_instant(column: str) -> bool:
    return column in CARE_COLUMNS or column.startswith("lease_")
