"""Ready lists as they are kept: one row an item, its note sealed by the case's key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.actions.courses import new_course
from bot.sheets import make_sheets
from care.journey import CourseKind
from care.readiness import Item, Standing, State
from storage.errors import NotFound
from storage.readiness import ReadyItem
from storage.tables import ready_item
from storage.unit import Store, Unit
from tests.world import OPERATOR, World, new_case, new_referral

BARRIER = Standing(Item.LODGING, State.BARRIER, "clinician-amy", date(2026, 11, 26))


def an_item(uow: Unit, world: World) -> ReadyItem:
    sheet = make_sheets(uow, [new_referral(uow, world, new_case(uow, world))])[0]
    course = new_course(uow, sheet, CourseKind.CAR_T)
    uow.courses.add(course)
    return ReadyItem(
        id=uow.new_id(),
        workspace_id=world.workspace_id,
        case_id=sheet.case.id,
        course_id=course.id,
        standing=BARRIER,
        note="No room near the center yet.",
        changed_by=world.practice_coordinator.clinician_id,
        changed_at=uow.now,
        generation=1,
    )


def test_an_item_is_read_back_as_it_was_kept(store: Store, world: World) -> None:
    with store.act(OPERATOR) as uow:
        kept = an_item(uow, world)
        uow.readiness.add(kept)

    with store.read() as reading:
        assert reading.readiness.of_courses([kept.course_id]) == [kept]
        assert reading.readiness.item(kept.id) == kept
        assert reading.readiness.of_courses([]) == []
        with pytest.raises(NotFound):
            reading.readiness.item("another")


def test_its_note_is_sealed(store: Store, world: World) -> None:
    with store.act(OPERATOR) as uow:
        kept = an_item(uow, world)
        uow.readiness.add(kept)

    with store.read() as reading:
        row = reading.connection.execute(select(ready_item.c.note)).scalar_one()
    assert b"room" not in row


def test_a_change_takes_the_place_of_what_stood(store: Store, world: World) -> None:
    with store.act(OPERATOR) as uow:
        kept = an_item(uow, world)
        uow.readiness.add(kept)
        done = replace(
            kept, standing=Standing(Item.LODGING, State.DONE), note=None, generation=2
        )
        uow.readiness.keep(done)

        assert uow.readiness.of_courses([kept.course_id]) == [done]


@pytest.mark.parametrize("wrong", ["twice", "no person", "a person too many"])
def test_the_database_refuses_what_cannot_be(
    store: Store, world: World, wrong: str
) -> None:
    with store.act(OPERATOR) as uow:
        kept = an_item(uow, world)
        uow.readiness.add(kept)

    def write() -> None:
        values: dict[str, dict[str, Any]] = {
            "no person": {"person_id": None},
            "a person too many": {"state": "done"},
        }
        with store.act(OPERATOR) as uow:
            if wrong == "twice":
                uow.readiness.add(replace(kept, id=uow.new_id()))
            else:
                uow.connection.execute(update(ready_item).values(**values[wrong]))

    with pytest.raises(IntegrityError):
        write()
