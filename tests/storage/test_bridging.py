"""Requests for bridging as they are kept: sealed, and one open for a course."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.actions.courses import new_course
from bot.sheets import make_sheets
from care.bridging import Answer, State
from care.journey import CourseKind
from storage.bridging import Bridging
from storage.errors import NotFound
from storage.tables import bridging
from storage.unit import Store, Unit
from tests.world import OPERATOR, World, new_case, new_referral


def a_request(uow: Unit, world: World) -> Bridging:
    sheet = make_sheets(uow, [new_referral(uow, world, new_case(uow, world))])[0]
    course = new_course(uow, sheet, CourseKind.CAR_T)
    uow.courses.add(course)
    return Bridging(
        id=uow.new_id(),
        workspace_id=world.workspace_id,
        case_id=sheet.case.id,
        course_id=course.id,
        referral_id=sheet.referral.id,
        state=State.REQUESTED,
        requested_by=world.first_specialist.clinician_id,
        requested_at=uow.now,
        body={one: f"What {one} is." for one in Answer},
        last_day=date(2026, 12, 11),
        counter=None,
        answered_by=None,
        answered_at=None,
        started=None,
        last_dose=None,
        since=uow.now,
        generation=1,
    )


def test_a_request_is_read_back_as_it_was_kept(store: Store, world: World) -> None:
    with store.act(OPERATOR) as uow:
        kept = a_request(uow, world)
        uow.bridging.add(kept)

    with store.read() as reading:
        assert reading.bridging.request(kept.id) == kept
        assert reading.bridging.of_courses([kept.course_id]) == [kept]
        assert reading.bridging.of_courses([]) == []
        with pytest.raises(NotFound):
            reading.bridging.request("another")


def test_what_it_says_and_what_is_proposed_are_sealed(
    store: Store, world: World
) -> None:
    with store.act(OPERATOR) as uow:
        kept = a_request(uow, world)
        uow.bridging.add(kept)
        countered = replace(kept, state=State.COUNTERED, counter="Another regimen.")
        uow.bridging.keep(countered)

        assert uow.bridging.request(kept.id) == countered
        row = uow.connection.execute(select(bridging.c.body, bridging.c.counter)).one()
    assert b"regimen" not in row.body
    assert b"regimen" not in row.counter


def test_a_course_has_one_open_request_and_another_once_it_is_over(
    store: Store, world: World
) -> None:
    with store.act(OPERATOR) as uow:
        kept = a_request(uow, world)
        uow.bridging.add(kept)

    def add_another() -> None:
        with store.act(OPERATOR) as uow:
            uow.bridging.add(replace(kept, id=uow.new_id()))
            uow.audit(kept.workspace_id, "bridging", kept.course_id)

    with pytest.raises(IntegrityError):
        add_another()
    with store.act(OPERATOR) as uow:
        uow.bridging.keep(replace(kept, state=State.WITHDRAWN))
        uow.audit(kept.workspace_id, "bridging", kept.course_id)
    add_another()

    with store.read() as reading:
        assert len(reading.bridging.of_courses([kept.course_id])) == 2


@pytest.mark.parametrize("state", ["started", "stopped", "given up"])
def test_the_database_refuses_what_cannot_be(
    store: Store, world: World, state: str
) -> None:
    with store.act(OPERATOR) as uow:
        uow.bridging.add(a_request(uow, world))

    def write() -> None:
        with store.act(OPERATOR) as uow:
            uow.connection.execute(update(bridging).values(state=state))

    with pytest.raises(IntegrityError):
        write()
