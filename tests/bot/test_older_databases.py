"""A database from before courses and handoffs: kept, and gone on with, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text

from bot.actions.bridging import Wanted, request_bridging
from bot.actions.courses import begin_course
from bot.actions.covering import Wish, ask_cover
from bot.actions.done import perform
from bot.actions.matching import keep_match
from bot.actions.readying import Change, change_item
from bot.sheets import make_sheets
from care.bridging import Answer
from care.handoff import How
from care.matching import How as Matched
from care.readiness import Event, Item
from care.referral import Kind, State
from storage.clock import TravellingClock
from storage.database import Database
from storage.records import Life, Referral
from storage.schema import differences, migrate
from storage.sealing import Keyring
from storage.tables import (
    bridging,
    course,
    cover,
    handoff,
    matching,
    ready_item,
    responsibility,
)
from storage.unit import Store
from tests.bot.test_handoff_actions import Ward
from tests.conftest import T0
from tests.storage.test_verified import move_schema
from tests.world import OPERATOR, World, build_world, new_case, new_referral

BEFORE = "0004"
"""The revision before courses, agreements, handoffs, covers and concerns."""
NEW = (bridging, course, cover, handoff, ready_item, responsibility, matching)

_keys = count()


@pytest.fixture
def empty(
    new_database: Callable[..., str], keyring: Keyring, clock: TravellingClock
) -> Iterator[tuple[Store, World]]:
    """Return a database of this version with people, and no case."""
    database = Database(new_database(empty=True))
    migrate(database)
    store = Store(database, keyring, clock)
    yield store, build_world(store)
    database.close()


def some_referral(store: Store, world: World) -> Referral:
    """Keep a case whose evaluation was taken."""
    with store.act(OPERATOR) as uow:
        return new_referral(
            uow,
            world,
            new_case(uow, world),
            kind=Kind.EVALUATION,
            state=State.ACCEPTED,
            taker_id=world.first_specialist.clinician_id,
        )


def fill(store: Store, world: World, referral: Referral) -> None:
    """Keep something in each of the new tables, as the actions do."""
    with store.act(OPERATOR) as uow:
        sheet = make_sheets(uow, [referral])[0]
        keep_match(uow, world.first_specialist, sheet, next(iter(Matched)))
        begin_course(uow, sheet)
        (begun,) = uow.courses.of_cases([referral.case_id])
    words: dict[str, Any] = {"course_id": begun.id}
    key = iter(f"filling:{number}" for number in count()).__next__
    by = world.first_specialist
    done = Change(Item.RECORDS, Event.DO)
    perform(store, change_item, by=by, key=key(), wanted=done, **words)
    asked = Wanted({one.value: "none" for one in Answer}, T0.date())
    perform(store, request_bridging, by=by, key=key(), wanted=asked, **words)
    ward = Ward(store, world, referral, _keys)
    ward.say_back(ward.with_action())
    wish = Wish(by.clinician_id, world.second_specialist.clinician_id, ends_at=_later())
    perform(store, ask_cover, by=by, key=key(), wish=wish)


def _later() -> Any:
    return T0.replace(hour=23)


def cases(store: Store) -> list[tuple[Any, ...]]:
    """Return what a case had before too."""
    query = 'SELECT id, code, responsible_id, summary FROM "case"'
    with store.database.read() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_case_from_before_has_its_tenure_and_goes_on(
    empty: tuple[Store, World],
) -> None:
    store, world = empty
    referral = some_referral(store, world)
    move_schema(store.database, command.downgrade, BEFORE)
    before = cases(store)

    migrate(store.database)

    assert cases(store) == before
    with store.database.read() as connection:
        assert differences(connection) == []
    with store.read() as reading:
        (sheet,) = make_sheets(reading, reading.cases.referrals([referral.id]))
        (tenure,) = sheet.tenures
    assert tenure.clinician_id == sheet.case.responsible_id
    assert (tenure.since, tenure.until, tenure.how) == (T0, None, How.CREATED)
    assert (sheet.case.life, sheet.courses, sheet.handoffs) == (Life.LIVING, (), [])
    fill(store, world, referral)
    with store.read() as reading:
        found = reading.responsibility.of([referral.case_id])[referral.case_id]
    assert [one.how for one in found] == [How.CREATED, How.READ_BACK]


def test_the_way_back_keeps_the_cases_and_who_is_responsible(
    empty: tuple[Store, World],
) -> None:
    store, world = empty
    referral = some_referral(store, world)
    fill(store, world, referral)
    with store.database.read() as connection:
        for table in NEW:
            assert connection.execute(select(table)).first() is not None, table.name
    before = cases(store)

    move_schema(store.database, command.downgrade, BEFORE)
    assert cases(store) == before
    migrate(store.database)

    assert cases(store) == before
    with store.read() as reading:
        (tenure,) = reading.responsibility.of([referral.case_id])[referral.case_id]
    assert tenure.clinician_id == world.first_specialist.clinician_id
