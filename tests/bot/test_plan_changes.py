"""A plan follows responsibility, moves to another protocol, and waits for the lost."""

from __future__ import annotations

from typing import cast

import pytest

from bot.actions.asking_for_news import tick_task
from bot.actions.plan_lost import lose_to_follow_up
from bot.actions.plan_places import move_items
from bot.actions.plan_protocol import difference_of, move_to_newest, newer_protocol
from bot.planned_rows import planned_rows
from bot.plans import LOST, plan_page
from bot.refusals import BadFields, NotForYou, Overtaken
from care.handoff import How
from care.item import State, Why
from care.knowledge.protocol import Hold
from storage.clock import TravellingClock
from storage.plans import PlanRow, plan_row_id
from storage.unit import Store, Unit
from tests.bot.after_infusion import (
    DAY,
    DAY0,
    ROWS,
    Followed,
    bare,
    followed,
    sign,
    use_protocol,
)
from tests.bot.planning_store import IGG, a_row
from tests.world import World

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
LATER_IGG = a_row(
    "igg",
    "IgG",
    topic="infection",
    answers=["IgG"],
    window={"earliest": "50 days", "target": "60 days", "latest": "70 days"},
)
NEW_ROW = a_row("new-row", "A new check")
NO_HANDOFF: str = cast("str", None)
"""The tenure is moved without the handoff that would stand behind it."""


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a journey that waits for its infusion."""
    return followed(store, clock, world)


def give_to(one: Followed, clinician_id: str) -> None:
    """Move the responsibility as an accepted handoff does."""

    def move(unit: Unit) -> None:
        unit.responsibility.move(
            one.course.case_id,
            clinician_id,
            at=unit.now,
            how=How.READ_BACK,
            handoff_id=NO_HANDOFF,
        )
        move_items(unit, one.course.case_id)

    one.write(move)


def newest(one: Followed, *, signed: bool = True) -> str:
    """Keep a newer protocol: IgG later, one row new, the response row dropped."""
    kept = [row for row in ROWS if row.id not in {"igg", "response"}]
    ids: list[str] = []

    def keep(unit: Unit) -> None:
        ids.append(use_protocol(unit, one.world, [*kept, LATER_IGG, NEW_ROW]).id)
        standing = unit.signing.standing(one.world.center_id)
        if signed:
            by = one.world.first_specialist.clinician_id
            unit.signing.end([standing["igg"].id], by=by, at=unit.now)
            sign(unit, one.world, [LATER_IGG, NEW_ROW])

    one.write(keep)
    return ids[0]


def test_what_is_done_by_whoever_is_responsible_goes_with_the_responsibility(
    one: Followed,
) -> None:
    plan = one.infuse()
    doer = one.world.center_coordinator.clinician_id
    row = PlanRow(
        plan_row_id(plan.id, "weekly"),
        plan.id,
        plan.case_id,
        "weekly",
        center_doer_id=doer,
    )
    one.write(lambda unit: unit.plans.keep_rows([row]))
    before = bare(one.items())

    give_to(one, one.world.first_specialist.clinician_id)

    moved = [i for i in one.items() if i.row_id == "weekly"]
    assert {i.site_id for i in moved} == {one.world.center_id}
    assert {i.doer_id for i in moved} == {doer}
    assert one.item("cbc").site_id == one.world.practice_id
    give_to(one, one.world.oncologist.clinician_id)
    assert bare(one.items()) == before


def test_a_plan_stays_on_its_protocol_until_somebody_moves_it(one: Followed) -> None:
    plan = one.infuse()
    before = bare(one.items())
    protocol_id = newest(one, signed=False)
    one.pass_to(DAY0 + 2 * DAY)
    assert [i.window for i in bare(one.items())] == [i.window for i in before]

    with one.store.read() as reading:
        kept = newer_protocol(reading, one.plan)
        assert kept is not None
        found, fits = difference_of(reading, one.plan, kept)
        page = plan_page(reading, one.specialist, plan.id)

    assert [d.id for d in found.dropped] == ["response"]
    assert [d.id for d in found.added] == ["new-row"]
    assert {f.was.row_id for f in fits} == {"response", "igg"}
    assert page.newer == 2
    assert protocol_id == kept.id


def test_moved_to_the_newest_dropped_items_are_not_needed_and_new_ones_grow(
    one: Followed,
) -> None:
    plan = one.infuse()
    protocol_id = newest(one)

    words = {"plan_id": plan.id, "protocol_id": protocol_id}
    one.act(move_to_newest, one.specialist, **words)

    dropped = one.item("response")
    assert (dropped.state, dropped.why) == (State.NOT_NEEDED, Why.REPLACED)
    assert one.item("igg").window.earliest == DAY0 + 50 * DAY
    assert one.item("new-row").state is State.UPCOMING
    with one.store.read() as reading:
        page = plan_page(reading, one.specialist, plan.id)
    names = {check.row.name for check in page.checks}
    assert {"Response", "A new check"} <= names
    with pytest.raises(Overtaken):
        one.act(move_to_newest, one.specialist, **words)


def test_a_coordinator_does_not_move_a_plan(one: Followed) -> None:
    plan = one.infuse()
    words = {"plan_id": plan.id, "protocol_id": newest(one)}

    with pytest.raises(NotForYou):
        one.act(move_to_newest, one.world.center_coordinator, **words)

    assert one.plan.protocol_id == plan.protocol_id


def test_of_a_lost_patient_the_practices_checks_wait_and_the_center_is_asked(
    one: Followed,
) -> None:
    plan = one.infuse()
    words = {"plan_id": plan.id, "why": "Moved away; the phone is not answered."}
    one.act(lose_to_follow_up, one.world.practice_coordinator, **words)

    held = one.items(State.HELD)
    assert {i.hold for i in held} == {Hold.OTHER}
    assert {i.site_id for i in held} == {one.world.practice_id}
    assert "registry" not in {i.row_id for i in held}
    assert {i.note for i in held} == {words["why"]}
    for month in (1, 2, 3):
        one.pass_to(DAY0 + (2 + 30 * month) * DAY)
        assert asked(one) == month
    assert not one.items(State.OPEN, State.MISSED) or {
        i.site_id for i in one.items(State.OPEN, State.MISSED)
    } == {one.world.center_id}

    with one.store.read() as reading:
        (task,) = reading.courses.tasks(case_ids=[plan.case_id])
    assert task.kind == LOST
    one.act(tick_task, one.world.center_coordinator, task_id=task.id)

    assert one.items(State.HELD) == []
    one.pass_to(DAY0 + 200 * DAY)
    assert asked(one) == 3


def asked(one: Followed) -> int:
    """Return how often the center's coordinator was asked after the patient."""
    with one.store.read() as reading:
        told = reading.notices.posts_of(one.course.referral_id, ["task asked"])
    coordinator = one.world.center_coordinator.clinician_id
    return sum(n.recipient_id == coordinator for n in told)


@pytest.mark.parametrize("why", ["  ", "She is Mrs Jane Miller, born 03/04/1961"])
def test_a_lost_patient_is_said_in_words_and_without_a_name(
    one: Followed, why: str
) -> None:
    plan = one.infuse()

    with pytest.raises(BadFields):
        one.act(
            lose_to_follow_up,
            one.world.practice_coordinator,
            plan_id=plan.id,
            why=why,
        )

    assert one.items(State.HELD) == []
    assert IGG.id in one.rows(State.UPCOMING)


def rows_planned(one: Followed) -> set[str]:
    """Return the rows by which the plan grows."""
    with one.store.read() as reading:
        found = planned_rows(reading, [one.plan])[one.plan.id]
        return {row.id for row in found.scheduled}


def test_a_plan_goes_on_by_the_text_it_is_pinned_to_when_a_newer_one_is_signed(
    one: Followed,
) -> None:
    one.infuse()
    before = rows_planned(one)
    one.pass_to(DAY0 + 2 * DAY)

    newest(one)

    assert "igg" in before
    assert rows_planned(one) == before


def test_a_plan_grows_by_no_row_whose_signature_was_withdrawn(one: Followed) -> None:
    """Also not where the withdrawn one had taken the place of another."""
    one.infuse()
    before = rows_planned(one)
    one.pass_to(DAY0 + 2 * DAY)
    newest(one)
    one.pass_to(DAY0 + 3 * DAY)

    def withdraw(unit: Unit) -> None:
        standing = unit.signing.standing(one.world.center_id)
        by = one.world.first_specialist.clinician_id
        unit.signing.end([standing["igg"].id], by=by, at=unit.now)
        unit.audit(one.world.workspace_id, "signature withdrawn", standing["igg"].id)

    one.write(withdraw)

    assert rows_planned(one) == before - {"igg"}
