"""Baton beside a sandbox, as the demo runs it, but fast and with a stopped clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select

from bot.actions.done import Done
from bot.app import Baton, build, check_installation, new_client, open_store
from bot.demo import MANIFEST, settings_for
from bot.demo.cast import HOST, Cast, gather, setup_for
from bot.installing import install
from bot.settings import Settings
from bot.setup_file import SetupFile
from care.patient_time import PhiMode
from sandbox import Sandbox
from sandbox import Settings as SandboxSettings
from scheduler.delivery import Timings
from scheduler.ticker import Pulse
from storage.clock import TravellingClock
from storage.tables import reminder
from storage.unit import Store
from tests.slack_contract import sent_problems

FAST = Timings(gap=timedelta(milliseconds=1))
QUICK = Pulse(reminders=0.5, dispatch=0.25, reconcile=0.5)
PATIENT = SandboxSettings(rate_limits=False, ack_seconds=15, trigger_seconds=15)
"""Slack waits for 3 s. On a busy machine that says nothing about Baton: the tests that
are about being late set limits of their own."""
CHECKED = (
    "chat.postMessage",
    "chat.update",
    "chat.postEphemeral",
    "views.open",
    "views.update",
    "views.push",
    "views.publish",
)


@dataclass
class Beside:
    """A sandbox, its people, and a Baton that runs beside it."""

    slack: Sandbox
    cast: Cast
    baton: Baton
    clock: TravellingClock
    settings: Settings
    replicas: list[Baton] = field(default_factory=list)

    def settle(self, timeout: float = 10) -> None:
        """Wait until nothing is due, and Baton has nothing more to say."""
        if self._is_due():
            self.baton.reminders.handle_all()
            self.baton.ticker.wake()
        self.slack.until(self._is_quiet, timeout=timeout)

    def move_clock(self, by: timedelta) -> None:
        """Move the care clock and wait for what follows."""
        self.clock.move(by)
        self.settle()

    def set_clock(self, at: datetime) -> None:
        """Move the care clock on to an instant and wait for what follows."""
        self.move_clock(at - self.clock.now())

    def set_up(self, setup: SetupFile) -> Done:
        """Put a setup into effect, as an administrator does at the command line."""
        return _install(self.baton.store, self.settings, setup)

    def add_replica(self) -> Baton:
        """Start one more Baton on the same database and workspace."""
        replica = build(self.settings, clock=self.clock, timings=FAST, pulse=QUICK)
        replica.start()
        self.replicas.append(replica)
        self.slack.wait_for_app(1 + len(self.replicas))
        return replica

    def stop(self) -> None:
        """End the bot and check everything that it sent."""
        running = [self.baton, *self.replicas]
        for one in running:
            one.socket.client.auto_reconnect_enabled = False
        # The client notices within seconds that it was told to close; but at once
        # that the other side did, and that there is one more message to look at.
        self.slack.drop_sockets(politely=True)
        for one in running:
            self._await_end(one)
            one.socket.client.closed = True
            one.socket.client.message_queue.put(None)
            one.stop()
        problems = wrongly_sent(self.slack)
        self.slack.close()
        assert not problems

    def _await_end(self, one: Baton) -> None:
        self.slack.until(lambda: not one.socket.client.is_connected())

    def _is_due(self) -> bool:
        return self._waiting()[0] > 0

    def _is_quiet(self) -> bool:
        # The ticker may be at what is due just now, so that `settle` passed it over.
        return self._waiting() == (0, 0)

    def _waiting(self) -> tuple[int, int]:
        """Return how many reminders are due, and how many notices are unsettled."""
        with self.baton.store.read() as reading:
            # What is due comes first: handling it writes what is to be said.
            due = reading.connection.execute(_DUE, {"at": self.clock.now()})
            return due.scalar_one(), reading.notices.unsettled()


_DUE = select(func.count()).where(
    reminder.c.state == "waiting",
    reminder.c.due_at <= bindparam("at", type_=reminder.c.due_at.type),
    reminder.c.lease_retry_at.is_(None),
)


def start_beside(
    folder: Path,
    *,
    at: datetime,
    database_url: str | None = None,
    timings: Timings = FAST,
    pulse: Pulse = QUICK,
    patience: SandboxSettings = PATIENT,
    manifest: Path | dict[str, Any] = MANIFEST,
    setup: Callable[[Sandbox, Cast], SetupFile] = lambda _slack, cast: setup_for(cast),
    phi_mode: PhiMode = PhiMode.NONE,
) -> Beside:
    """Start a fresh sandbox and Baton beside it, set up like the demo or by `setup`."""
    slack = Sandbox(manifest=manifest, settings=patience, host_name=HOST)
    cast = gather(slack)
    clock = TravellingClock()
    clock.stop_at(at)
    changes: dict[str, object] = {"baton_phi_mode": phi_mode}
    if database_url:
        changes["baton_database_url"] = database_url
    settings = settings_for(slack, folder).model_copy(update=changes)
    _set_up_first(settings, clock, setup(slack, cast))
    baton = build(settings, clock=clock, timings=timings, pulse=pulse)
    beside = Beside(slack, cast, baton, clock, settings)
    baton.start()
    slack.wait_for_app()
    beside.settle()
    return beside


def _install(store: Store, settings: Settings, setup: SetupFile) -> Done:
    return install(
        store=store,
        client=new_client(settings, timeout=10),
        workspace=check_installation(settings).workspace,
        setup=setup,
        account="tests",
    )


def _set_up_first(settings: Settings, clock: TravellingClock, setup: SetupFile) -> None:
    """Set up before anything runs, as settings may need what the setup agrees to."""
    keys = settings.baton_keys.get_secret_value()
    store = open_store(settings.baton_database_url, keys, clock)
    _install(store, settings, setup)
    store.database.close()


def wrongly_sent(slack: Sandbox) -> list[str]:
    """Return what Slack's published rules hold against anything that was sent."""
    sent = [call for name in CHECKED for call in slack.record.calls(name)]
    problems = [
        f"{call.method}: {problem}"
        for call in sent
        for problem in sent_problems(call.method, call.arguments)
    ]
    answers = [ack.payload for ack in slack.record.acks() if ack.payload]
    return [
        *problems,
        *(f"ack: {said}" for one in answers for said in sent_problems("ack", one)),
        *slack.record.problems(),
    ]
