"""What a morning costs: each thing is read once, whoever is written to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import pytest

from bot.actions.digesting import plan_digests, send_digest
from bot.digests import SUFFIX
from care.knowledge.protocol import ProtocolRow
from storage.actors import Person
from storage.clock import TravellingClock
from storage.records import Reminder
from storage.unit import Store
from tests.bot.planning_store import a_row, planned
from tests.storage.together import watched
from tests.world import OPERATOR, World

SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
TUESDAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 30)
TEN: tuple[ProtocolRow, ...] = tuple(a_row(f"row{n}", f"Check {n}") for n in range(10))

OF_THE_READER = ("clinician", "digest_choice", "site", "absence", "notice")
NEAR_AND_ASKED = ("cover", "item", "reply", "handoff", "handoff_action")
THE_NEXT_ONE = ("reminder", "reminder", "reminder")
OF_THE_CHECKS = (
    '"case"',
    "data_key",
    '"plan"',
    "protocol",
    "site",
    "referral",
    "link",
    "site",
    "clinician",
    "absence",
    "cover",
    "clinician",
)
SAID = ("notice", "pace")


@SQLITE
def test_a_morning_of_somebody_with_nothing_reads_each_thing_once(
    store: Store, clock: TravellingClock, world: World
) -> None:
    digests_planned(store, clock, world)

    outcome, tables = morning_of(store, clock, world.second_specialist)

    assert outcome == "nothing to tell"
    expected = [*OF_THE_READER, *NEAR_AND_ASKED, *THE_NEXT_ONE]
    assert sorted(tables) == sorted(expected)


@SQLITE
@pytest.mark.parametrize("rows", [TEN[:1], TEN], ids=["one", "ten"])
def test_a_morning_with_checks_reads_what_they_need_once_however_many(
    store: Store, clock: TravellingClock, world: World, rows: Sequence[ProtocolRow]
) -> None:
    digests_planned(store, clock, world)
    planned(store, clock, world, rows=rows)

    outcome, tables = morning_of(store, clock, world.practice_coordinator)

    assert outcome == "told"
    expected = [*OF_THE_READER, *NEAR_AND_ASKED, *THE_NEXT_ONE, *OF_THE_CHECKS, *SAID]
    assert sorted(tables) == sorted(expected)


def digests_planned(store: Store, clock: TravellingClock, world: World) -> None:
    """Plan everybody's digests on the Tuesday before."""
    clock.stop_at(datetime.combine(TUESDAY, time(15), UTC))
    with store.act(OPERATOR) as unit:
        plan_digests(unit, world.workspace_id)
        unit.audit(world.workspace_id, "set up", "test")


def morning_of(
    store: Store, clock: TravellingClock, who: Person
) -> tuple[str, list[str]]:
    """Send somebody's digest of Monday; return the tables that were asked, in order."""
    with store.read() as reading:
        reminder = planned_for(reading.reminders.of(who.clinician_id + SUFFIX))
    clock.stop_at(datetime.combine(MONDAY, time(16), UTC))
    with store.act(OPERATOR) as unit, watched(store.database) as seen:
        outcome = send_digest(uow=unit, by=OPERATOR, reminder=reminder)
    return outcome, [table_of(statement) for statement, _ in seen]


def planned_for(reminders: list[Reminder]) -> Reminder:
    (one,) = [each for each in reminders if each.state == "waiting"]
    return one


def table_of(statement: str) -> str:
    """Return the table that a statement is about in the first place."""
    words = statement.split()
    at = words.index("INTO" if words[0] == "INSERT" else "FROM")
    return words[at + 1]
