"""While a patient is in hospital nobody is reminded, and nobody's checks are lost."""

from __future__ import annotations

from datetime import UTC, datetime, time
from itertools import pairwise

import pytest

from bot.actions.asking_for_news import TASK_ASKED
from bot.actions.digesting import plan_digests
from bot.actions.item_clock import LAST_DAY
from bot.actions.items import hold, take_up
from bot.actions.reminding import HANDLERS, TellOfTrouble
from bot.digests import DIGEST
from bot.plans import IN_HOSPITAL
from care.item import State
from care.knowledge.protocol import Hold
from care.milestone import Step
from scheduler.reminders import DueReminders
from storage.clock import TravellingClock
from storage.courses import Task
from storage.records import Notice
from storage.unit import Store
from tests.bot.after_infusion import DAY, DAY0, Followed, followed
from tests.world import OPERATOR, World

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
IN = DAY0 + 20 * DAY


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a patient who is admitted three weeks after CAR T."""
    one = followed(store, clock, world)
    one.infuse()
    one.pass_to(IN)
    with store.act(OPERATOR) as unit:
        plan_digests(unit, world.workspace_id)
        unit.audit(world.workspace_id, "set up", "test")
    one.record(Step.ADMISSION, day=IN)
    return one


def live(one: Followed, to: int) -> None:
    """Live through the days up to one after Day 0, each thing at its time."""
    then = datetime.combine(DAY0 + to * DAY, time(18), UTC)
    while (due := next_due(one)) is not None and due <= then:
        one.clock.stop_at(max(due, one.clock.now()))
        handling = DueReminders(one.store, HANDLERS, TellOfTrouble())
        while handling.handle_one():
            pass
    one.clock.stop_at(then)


def next_due(one: Followed) -> datetime | None:
    """Return when something is due next."""
    with one.store.read() as reading:
        return reading.reminders.next_due()


def tasks(one: Followed) -> list[Task]:
    """Return the open tasks about the stay."""
    with one.store.read() as reading:
        found = reading.courses.tasks(case_ids=[one.course.case_id])
    return [task for task in found if task.kind == IN_HOSPITAL]


def told_of_checks(one: Followed) -> set[str]:
    """Return of which rows the practice was told since the admission.

    A report to a registry is written without the patient.
    """
    world = one.world
    people = [world.practice_coordinator, world.oncologist]
    with one.store.read() as reading:
        posts = [
            post
            for who in people
            for post in reading.notices.posts_of(who.clinician_id, {DIGEST})
        ]
        plan = reading.plans.plan(one.plan.id)
        last = reading.notices.posts_of(plan.referral_id, {LAST_DAY})
    listed = {i for p in posts if p.payload["day"] > str(IN) for i in _of(p)}
    listed |= {p.payload["item"] for p in last if p.payload["day"] > str(IN)}
    rows = {i.id: i.row_id for i in one.items()}
    return {rows[i] for i in listed} - {"registry"}


def _of(digest: Notice) -> list[str]:
    return [id_ for id_, _ in digest.payload["lines"]]


def test_through_a_long_stay_the_practice_is_reminded_of_nothing(one: Followed) -> None:
    live(one, 60)

    visits = [i for i in one.items() if i.row_id != "registry"]
    assert told_of_checks(one) == set()
    assert not [i for i in visits if i.state in {State.OPEN, State.MISSED}]
    held = [i for i in visits if i.state is State.HELD]
    assert {i.hold for i in held} == {Hold.ADMITTED}
    assert {i.row_id for i in held} >= {"cbc", "igg", "weekly", "cd4"}


def test_what_waits_is_looked_at_once_a_week_at_the_most(one: Followed) -> None:
    live(one, 50)

    with one.store.read() as reading:
        changes = reading.items.changes(one.item("cbc").id)
    looked = [c.at for c in changes if c.at.date() > IN]
    gaps = {(b - a).days for a, b in pairwise(looked)}
    assert len(looked) == 4
    assert gaps == {7}


def test_the_center_is_asked_each_week_whether_the_patient_has_left(
    one: Followed,
) -> None:
    """A forgotten discharge is found, and no check waits in silence for ever."""
    (task,) = tasks(one)
    live(one, 49)

    with one.store.read() as reading:
        asked = reading.notices.posts_of(task.referral_id, {TASK_ASKED})
    assert task.doer_id == one.world.center_coordinator.clinician_id
    assert len([a for a in asked if a.payload["task"] == task.id]) == 4
    assert {a.recipient_id for a in asked} == {task.doer_id}


def test_with_the_discharge_all_goes_on_and_nobody_is_asked_any_more(
    one: Followed,
) -> None:
    live(one, 60)

    one.record(Step.LEFT_HOSPITAL, day=IN + 40 * DAY)

    assert one.items(State.HELD) == []
    assert one.item("igg").state is State.OPEN
    assert tasks(one) == []
    live(one, 65)
    assert told_of_checks(one)


def test_what_somebody_takes_up_during_the_stay_is_theirs(one: Followed) -> None:
    live(one, 26)
    words = {"item_ids": [one.item("cbc").id]}
    one.act(take_up, one.world.practice_coordinator, **words)

    live(one, 29)

    assert one.item("cbc").state is State.OPEN
    assert one.item("igg").state is State.HELD


def test_where_nothing_comes_near_what_comes_next_waits(
    store: Store, clock: TravellingClock, world: World
) -> None:
    one = followed(store, clock, world)
    one.infuse()
    one.pass_to(DAY0 + 100 * DAY)
    states = (State.OPEN, State.MISSED, State.UPCOMING)
    near = [i for i in one.items(*states) if i.window.earliest < DAY0 + 120 * DAY]
    words = {"reason": Hold.OTHER, "text": "Abroad", "until": DAY0 + 260 * DAY}
    one.act(hold, world.practice_coordinator, item_ids=[i.id for i in near], **words)

    one.record(Step.ADMISSION, day=DAY0 + 100 * DAY)

    admitted = [i for i in one.items(State.HELD) if i.hold is Hold.ADMITTED]
    assert admitted
    assert min(i.window.earliest for i in admitted) > DAY0 + 119 * DAY
    live(one, 140)
    opened = [i for i in one.items(State.OPEN) if i.row_id != "registry"]
    assert opened == []
