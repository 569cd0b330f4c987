"""The import of patients from before Baton: whole, once, and without a word."""

from __future__ import annotations

import csv
import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.actions.done import perform
from bot.actions.entries import Entry
from bot.actions.importing import THERE, import_patient
from bot.actions.journeying import record_milestone
from bot.import_file import ImportRefused
from bot.importing import Prepared, carry_out, codes_beside
from bot.lookups import case_sheets
from bot.sheets import CARD
from care.item import State
from care.journey import Phase
from care.knowledge.protocol import Condition
from care.milestone import Product, Result, Step
from storage.audit import verify
from storage.clock import TravellingClock
from storage.courses import milestones_of
from storage.item_records import Item
from storage.records import Case, Way
from storage.tables import case, metadata, notice, plan
from storage.unit import Store
from tests.bot.importing import (
    BY,
    add_first,
    home,
    keep_protocol,
    prepared,
    write_file,
)
from tests.conftest import T0
from tests.storage.together import together
from tests.world import World

TODAY = date(2026, 11, 24)
ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def protocol(store: Store, world: World) -> None:
    """Keep the center's protocol."""
    keep_protocol(store, world)


def run(store: Store, path: Path, **more: Any) -> tuple[int, int]:
    """Import a file; return how many were added and how many were there."""
    done = carry_out(store, BY, prepared(store, path, **more), path)
    return done.added, done.there


def cases(store: Store) -> list[Case]:
    """Return every case, by what its codes' file says first."""
    with store.read() as reading:
        ids = reading.connection.execute(select(case.c.id)).scalars().all()
        return list(reading.cases.cases(ids).values())


def items(store: Store) -> list[Item]:
    """Return every item that is kept."""
    with store.read() as reading:
        plans = reading.connection.execute(select(plan.c.id)).scalars().all()
        return reading.items.of_plans(plans)


def counts(store: Store) -> dict[str, int]:
    """Return how many rows each table holds."""
    with store.read() as reading:
        return {
            name: reading.connection.execute(
                select(func.count()).select_from(table)
            ).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_a_patient_comes_whole(store: Store, world: World, tmp_path: Path) -> None:
    path = write_file(tmp_path, home("S-01", 30, conditions="hbv", done="counts:9"))

    assert run(store, path) == (1, 0)

    (one,) = cases(store)
    with store.read() as reading:
        (sheet,) = case_sheets(reading, world.oncologist, one.code)
        steps = milestones_of(reading.courses.milestones([sheet.courses[0].id]))
        made = reading.plans.of_course(sheet.courses[0].id)
        verify(reading.connection, world.workspace_id)
    assert one.responsible_id == world.oncologist.clinician_id
    assert [tenure.clinician_id for tenure in sheet.tenures] == [one.responsible_id]
    assert sheet.courses[0].phase is Phase.HOME
    assert sheet.courses[0].day0 == TODAY - timedelta(days=30)
    assert [step.step for step in steps] == [
        Step.INFUSION,
        Step.DISCHARGE,
        Step.RETURN,
    ]
    assert made is not None
    assert made.product is Product.CARVYKTI
    assert made.conditions == {Condition.HBV}
    assert made.confirmed_by is None


def test_what_was_due_before_baton_is_not_missed(store: Store, tmp_path: Path) -> None:
    path = write_file(tmp_path, home("S-01", 200))

    run(store, path)

    found = items(store)
    assert found
    assert {one.state for one in found} <= {State.UPCOMING, State.OPEN}
    assert all(one.window.latest >= TODAY for one in found)


def test_what_was_done_is_kept_and_not_asked_again(
    store: Store, tmp_path: Path
) -> None:
    # Day +28 by counts, in the window of the fourth; and long before, of the first.
    path = write_file(tmp_path, home("S-01", 29, done="counts:1 counts:22 month-one:2"))

    run(store, path)

    done = [one for one in items(store) if one.done_on is not None]
    assert [(one.row_id, one.number, one.state) for one in done] == [
        ("counts", 0, State.DONE),
        ("month-one", 0, State.DONE),
        ("counts", 3, State.DONE),
    ]
    to_do = [one.row_id for one in items(store) if one.state is State.OPEN]
    assert "month-one" not in to_do


def test_nobody_is_told_and_no_card_is_posted(store: Store, tmp_path: Path) -> None:
    path = write_file(tmp_path, *(home(f"S-{n:02}", 30 + n) for n in range(20)))

    run(store, path)

    assert counts(store)["notice"] == 0


def test_a_dry_run_keeps_nothing(store: Store, tmp_path: Path) -> None:
    path = write_file(tmp_path, home("S-01", 30), home("S-02", 400))
    before = counts(store)

    found = prepared(store, path)

    assert len(found.fresh) == 2
    assert found.months[date(2026, 11, 1)] > 0
    assert [one.id for one in found.unsigned] == ["unsigned"]
    assert counts(store) == before
    assert not codes_beside(path).exists()


def test_a_dry_run_counts_what_the_import_then_keeps(
    store: Store, tmp_path: Path
) -> None:
    path = write_file(tmp_path, home("S-01", 30, done="month-one:1"), home("S-02", 400))
    found = prepared(store, path)

    run(store, path)

    opens = [max(one.window.earliest, TODAY) for one in items(store) if not one.done_on]
    by_month = {day.replace(day=1) for day in opens}
    assert found.months == {
        month: sum(day.replace(day=1) == month for day in opens)
        for month in sorted(by_month)
    }


def test_the_same_file_again_adds_nothing(store: Store, tmp_path: Path) -> None:
    path = write_file(tmp_path, home("S-01", 30), home("S-02", 400))
    run(store, path)
    before = counts(store)

    assert run(store, path) == (0, 2)

    assert counts(store) == before


def test_rows_without_a_key_are_told_apart(store: Store, tmp_path: Path) -> None:
    path = write_file(tmp_path, home("", 30), home("", 30), home("", 31))

    assert run(store, path) == (3, 0)
    assert run(store, path) == (0, 3)


def test_an_import_that_was_killed_goes_on_where_it_stopped(
    store: Store, tmp_path: Path
) -> None:
    path = write_file(tmp_path, *(home(f"S-{n:02}", 30 + n) for n in range(6)))
    add_first(store, prepared(store, path), 2)

    assert run(store, path) == (4, 2)

    assert len(cases(store)) == 6
    assert len(codes_in(path)) == 6


def test_one_that_goes_on_a_week_later_means_the_same_days(
    store: Store, clock: TravellingClock, tmp_path: Path
) -> None:
    path = write_file(tmp_path, home("S-01", 30), home("S-02", 30))
    add_first(store, prepared(store, path), 1)
    clock.move(timedelta(days=7))

    run(store, path)

    with store.read() as reading:
        found = reading.courses.of_cases([one.id for one in cases(store)])
    assert {one.day0 for one in found} == {TODAY - timedelta(days=30)}
    with pytest.raises(ImportRefused, match="counted from another day"):
        prepared(store, path, counted_from=TODAY + timedelta(days=7))


def test_a_patient_who_fails_is_not_half_there(store: Store, tmp_path: Path) -> None:
    path = write_file(tmp_path, home("S-01", 30), home("S-02", 31))
    found = prepared(store, path)
    before = counts(store)

    class PowerCut(Exception):
        pass

    with pytest.raises(PowerCut):
        _add_without_power(store, found, PowerCut())

    assert counts(store) == before
    assert run(store, path) == (2, 0)


def _add_without_power(store: Store, found: Prepared, cut: Exception) -> None:
    with store.act(BY) as uow:
        import_patient(uow=uow, by=BY, link_id=found.link.id, patient=found.fresh[0])
        raise cut


def test_two_at_once_add_each_patient_once(store: Store, tmp_path: Path) -> None:
    path = write_file(tmp_path, *(home(f"S-{n:02}", 30 + n) for n in range(8)))
    found = [prepared(store, path), prepared(store, path)]

    done = together(*(lambda one=one: carry_out(store, BY, one, path) for one in found))

    assert sum(one.added for one in done) == 8
    assert len(cases(store)) == 8
    assert len(codes_in(path)) == 8


def test_an_action_that_comes_second_finds_the_patient_there(
    store: Store, tmp_path: Path
) -> None:
    path = write_file(tmp_path, home("S-01", 30))
    found = prepared(store, path)
    add_first(store, found, 1)

    with store.act(BY) as uow:
        done = import_patient(
            uow=uow, by=BY, link_id=found.link.id, patient=found.patients[0]
        )
        # What came in is forgotten after a while: the case is there all the same.
        uow.inbound.drop_before(T0 + timedelta(days=1))

    assert done.what == THERE
    with store.act(BY) as uow:
        again = import_patient(
            uow=uow, by=BY, link_id=found.link.id, patient=found.patients[0]
        )
    assert again.what == THERE


def codes_in(path: Path) -> list[dict[str, str]]:
    """Return what stands in the file of codes."""
    with codes_beside(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@ON_SQLITE
def test_the_codes_stand_beside_the_file_for_its_owner_alone(
    store: Store, tmp_path: Path
) -> None:
    path = write_file(tmp_path, home("S-01", 30), home("", 31))

    run(store, path)

    codes = codes_in(path)
    assert [(one["row"], one["key"]) for one in codes] == [("2", "S-01"), ("3", "")]
    assert {one["case code"] for one in codes} == {one.code for one in cases(store)}
    assert stat.S_IMODE(codes_beside(path).stat().st_mode) == 0o600


@ON_SQLITE
def test_where_the_codes_cannot_be_written_nothing_is_kept(
    store: Store, tmp_path: Path
) -> None:
    path = write_file(tmp_path, home("S-01", 30))
    codes_beside(path).write_text("something else", encoding="utf-8")
    before = counts(store)

    with pytest.raises(ImportRefused, match="holds no case codes"):
        run(store, path)

    assert counts(store) == before
    assert codes_beside(path).read_text(encoding="utf-8") == "something else"


def test_the_thread_begins_with_the_first_thing_that_is_said_in_it(
    store: Store, world: World, tmp_path: Path
) -> None:
    run(store, write_file(tmp_path, home("S-01", 30)))
    (one,) = cases(store)
    with store.read() as reading:
        (course,) = reading.courses.of_cases([one.id])
    entry = Entry(Step.RELAPSE, Result.HAPPENED, TODAY)

    for key in ("first", "second"):
        perform(
            store,
            record_milestone,
            by=world.oncologist,
            key=key,
            course_id=course.id,
            entry=entry,
        )

    with store.read() as reading:
        rows = reading.connection.execute(
            select(notice.c.view, notice.c.id, notice.c.root_id)
            .where(notice.c.recipient_id.is_(None), notice.c.way == Way.POST)
            .order_by(notice.c.seq)
        ).all()
    card, *lines = rows
    assert card.view == CARD
    assert [line.view for line in lines].count(CARD) == 0
    assert {line.root_id for line in lines} == {card.id}
