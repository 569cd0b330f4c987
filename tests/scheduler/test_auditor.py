"""The auditor tells administrators once, whoever else has stopped to work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.actions.alarming import BEGAN, OVER, TellAdministrators
from bot.rendering import Rendering
from scheduler.auditing import Limits, Trouble
from scheduler.auditor import Auditor, Process, Report
from scheduler.ports import Message, Unneeded
from storage.clock import TravellingClock
from storage.records import Notice
from storage.reminders import Due
from storage.tables import audit, notice
from storage.unit import Store
from tests.conftest import T0
from tests.storage.together import together
from tests.world import OPERATOR, World

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
MINUTE = 60.0
HOUR = timedelta(hours=1)


@dataclass
class Watchman:
    """An auditor whose looks a test takes itself, minute by minute."""

    store: Store
    host: str = "host"
    ticks: Mapping[str, datetime] | None = None
    connected: bool = True
    heard: list[Report] = field(default_factory=list)
    auditor: Auditor = field(init=False)

    def __post_init__(self) -> None:
        self.auditor = Auditor(
            store=self.store,
            alarm=TellAdministrators(),
            process=Process(self.host, self._ticks, lambda: self.connected),
            hear=self.heard.append,
            every=0.01,
        )

    def look(self, *minutes: float) -> Report:
        """Look at each of some minutes, and return the last report."""
        for one in minutes:
            report = self.auditor.look(at=one * MINUTE)
        return report

    def _ticks(self) -> Mapping[str, datetime]:
        if self.ticks is not None:
            return self.ticks
        return dict.fromkeys(Limits().ticks, datetime.now(UTC))


@pytest.fixture
def watchman(store: Store, world: World) -> Watchman:
    """Return an auditor over a small world in which all is well."""
    return Watchman(store)


def remind(store: Store, world: World) -> None:
    """Plan a reminder that is due now, and that nobody will handle."""
    with store.act(OPERATOR) as uow:
        due = [Due("referral", "limit", T0)]
        uow.reminders.plan(world.workspace_id, "r1", 1, due)
        uow.audit(world.workspace_id, "planned", "r1")


def handle(store: Store, world: World) -> None:
    """Settle what is due, as the ticker would."""
    with store.act(OPERATOR) as uow:
        due = uow.reminders.take_due(uow.now, lease_now=datetime.now(UTC))
        assert due is not None
        uow.reminders.settle(due.id, "told", at=uow.now)
        uow.audit(world.workspace_id, "reminded", due.id)


def told(store: Store) -> list[tuple[str, str]]:
    """Return the view and the recipient of each notice, in their order."""
    with store.read() as reading:
        # What it tells waits to be sent, too, which is a finding of its own.
        mine = notice.c.subject != Trouble.NOTICES.value
        query = notice.select().where(mine).order_by(notice.c.seq)
        rows = reading.connection.execute(query).all()
        return [(row.view, row.recipient_id) for row in rows]


def audited(store: Store) -> list[str]:
    """Return the events of trouble in the audit chain."""
    with store.read() as reading:
        rows = reading.connection.execute(audit.select().order_by(audit.c.seq)).all()
        return [row.event for row in rows if row.event in {BEGAN, OVER}]


def render(store: Store) -> list[Message | Unneeded]:
    """Render every notice, as it would be sent now."""
    with store.read() as reading:
        ids = reading.connection.execute(
            notice.select().with_only_columns(notice.c.id).order_by(notice.c.seq)
        )
        kept: list[Notice] = reading.notices.notices([*ids.scalars()])
        return [Rendering()(reading=reading, notice=one) for one in kept]


SAM = "clinician-sam"


def test_where_all_is_well_nobody_is_told(watchman: Watchman) -> None:
    report = watchman.look(0, 1, 2, 3)

    assert report.is_clean
    assert told(watchman.store) == []


def test_what_nobody_handles_is_told_to_administrators_once_and_its_end_once(
    watchman: Watchman, world: World, clock: TravellingClock
) -> None:
    store = watchman.store
    remind(store, world)
    clock.move(HOUR)

    found = watchman.look(0, 1, 2, 3, 30, 300)
    handle(store, world)
    after = watchman.look(301, 303, 304, 305)

    assert [one.trouble for one in found.findings] == [Trouble.REMINDERS]
    assert after.is_clean
    assert told(store) == [(BEGAN, SAM), (OVER, SAM)]
    assert audited(store) == [BEGAN, OVER]


def test_what_comes_again_after_it_was_over_is_told_again(
    watchman: Watchman, world: World, clock: TravellingClock
) -> None:
    store = watchman.store
    for hour in (0, 100):
        with store.act(OPERATOR) as uow:
            due = [Due("referral", f"limit {hour}", T0)]
            uow.reminders.plan(world.workspace_id, f"r{hour}", 1, due)
            uow.audit(world.workspace_id, "planned", "r1")
        clock.move(HOUR)
        watchman.look(hour, hour + 1)
        handle(store, world)
        watchman.look(hour + 2, hour + 4)

    assert told(store) == [(BEGAN, SAM), (OVER, SAM)] * 2


def test_of_two_processes_that_find_it_at_once_one_tells(
    watchman: Watchman, world: World, clock: TravellingClock
) -> None:
    store = watchman.store
    remind(store, world)
    clock.move(HOUR)
    both = [watchman, Watchman(store)]
    for one in both:
        one.look(0)

    together(*(lambda one=one: one.look(1) for one in both))
    for one in both:
        one.look(2, 3)
    handle(store, world)
    together(*(lambda one=one: one.look(9, 99) for one in both))

    assert told(store) == [(BEGAN, SAM), (OVER, SAM)]


@ON_SQLITE
def test_a_process_that_starts_anew_knows_what_was_told(
    watchman: Watchman, world: World, clock: TravellingClock
) -> None:
    store = watchman.store
    remind(store, world)
    clock.move(HOUR)
    watchman.look(0, 1)

    Watchman(store).look(0, 1, 2)
    handle(store, world)
    Watchman(store).look(0, 1)

    assert told(store) == [(BEGAN, SAM), (OVER, SAM)]


@ON_SQLITE
def test_a_process_that_does_not_tick_is_told_of_and_its_end_by_its_successor(
    watchman: Watchman, world: World
) -> None:
    watchman.ticks = dict.fromkeys(Limits().ticks, datetime.now(UTC) - HOUR)

    found = watchman.look(0, 1, 2)
    Watchman(watchman.store).look(0)

    assert [one.trouble for one in found.findings] == [Trouble.TICK]
    assert told(watchman.store) == [(BEGAN, SAM), (OVER, SAM)]


@ON_SQLITE
def test_two_processes_of_one_machine_do_not_contradict_each_other(
    watchman: Watchman, world: World
) -> None:
    """One hangs and the other ticks: that is one finding, and no storm of them."""
    other = Watchman(watchman.store)
    other.look(0)
    watchman.ticks = dict.fromkeys(Limits().ticks, datetime.now(UTC) - HOUR)

    for minute in range(20):
        watchman.look(minute)
        other.look(minute)

    assert told(watchman.store) == [(BEGAN, SAM)]


@ON_SQLITE
def test_a_lost_connection_is_told(watchman: Watchman, world: World) -> None:
    watchman.connected = False
    watchman.auditor._connected_at -= timedelta(minutes=5)

    found = watchman.look(0, 1)

    assert [one.trouble for one in found.findings] == [Trouble.SOCKET]
    assert told(watchman.store) == [(BEGAN, SAM)]


@ON_SQLITE
def test_where_nobody_can_be_told_the_log_says_it_once(
    store: Store, clock: TravellingClock, world: World
) -> None:
    with store.act(OPERATOR) as uow:
        uow.people.retire("clinician", SAM)
        uow.audit(world.workspace_id, "setup applied", SAM)
    watchman = Watchman(store)
    remind(store, world)
    clock.move(HOUR)

    with capture_logs() as logs:
        report = watchman.look(0, 1, 2, 3)

    assert [one["event"] for one in logs] == ["audit.found"]
    assert not report.is_clean
    assert told(store) == []


@ON_SQLITE
def test_that_it_began_is_not_said_any_more_when_it_is_over(
    watchman: Watchman, world: World, clock: TravellingClock
) -> None:
    """Delivery hung with the rest: what was to be said waited until it came back."""
    remind(watchman.store, world)
    clock.move(HOUR)
    watchman.look(0, 1)
    [began] = render(watchman.store)
    handle(watchman.store, world)
    watchman.look(2, 4)

    late, over = render(watchman.store)

    assert isinstance(began, Message)
    assert "1 reminder is due and not handled" in str(began.blocks)
    assert late == Unneeded("over meanwhile")
    assert isinstance(over, Message)
    assert "1 reminder is due and not handled" in str(over.blocks)
    assert "This is over" in str(over.blocks)


@ON_SQLITE
def test_what_is_told_names_no_case_and_no_person(
    watchman: Watchman, world: World, clock: TravellingClock
) -> None:
    remind(watchman.store, world)
    clock.move(HOUR)

    watchman.look(0, 1)

    with watchman.store.read() as reading:
        [row] = reading.connection.execute(notice.select()).all()
    assert set(row.payload) == {"round", "trouble", "count", "since", "what"}
    assert row.payload["what"] == ""
    assert "r1" not in str(row.payload)


@ON_SQLITE
def test_a_database_that_is_away_is_no_good_sign_and_no_end(
    watchman: Watchman,
    world: World,
    clock: TravellingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remind(watchman.store, world)
    clock.move(HOUR)
    watchman.look(0)

    def away() -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(watchman.store.database, "read", away)
        failed = watchman.look(0.5)
    watchman.look(1)

    assert failed.failure == "OSError"
    assert not failed.is_clean
    assert told(watchman.store) == [(BEGAN, SAM)]


@ON_SQLITE
def test_what_could_not_be_told_is_told_by_the_next_look(
    watchman: Watchman,
    world: World,
    clock: TravellingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remind(watchman.store, world)
    clock.move(HOUR)
    watchman.look(0)

    def busy(_tables: object) -> None:
        raise OSError("the database is busy")

    with monkeypatch.context() as broken:
        broken.setattr(watchman.store.database, "write", busy)
        assert watchman.look(1).failure == "OSError"
    watchman.look(1.5)

    assert told(watchman.store) == [(BEGAN, SAM)]


def wait_for(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@ON_SQLITE
def test_it_looks_by_itself_while_nothing_else_runs_and_stops(
    watchman: Watchman, world: World
) -> None:
    watchman.auditor.start()
    wait_for(lambda: len(watchman.heard) > 2)

    watchman.auditor.stop()

    assert all(one.is_clean for one in watchman.heard)
    assert "auditor" not in {one.name for one in threading.enumerate()}
