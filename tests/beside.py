"""Baton beside a sandbox, as the demo runs it, but fast and with a stopped clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import Baton, build, check_installation, new_client
from bot.demo import Cast, gather, open_sandbox, settings_for, setup_for
from bot.installing import install
from sandbox import Sandbox
from scheduler.delivery import Timings
from scheduler.ticker import Pulse
from storage.clock import TravellingClock
from tests.slack_contract import sent_problems

FAST = Timings(gap=timedelta(milliseconds=1))
QUICK = Pulse(reminders=0.05, dispatch=0.05, reconcile=0.2)
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

    def settle(self, timeout: float = 10) -> None:
        """Wait until Baton has nothing more to say."""
        self.slack.until(self._is_quiet, timeout=timeout)

    def move_clock(self, by: timedelta) -> None:
        """Move the care clock and wait for what follows."""
        self.clock.move(by)
        self.baton.reminders.handle_all()
        self.baton.ticker.wake()
        self.settle()

    def stop(self) -> None:
        """End the bot and check everything that it sent."""
        self.baton.stop()
        problems = wrongly_sent(self.slack)
        self.slack.close()
        assert not problems

    def _is_quiet(self) -> bool:
        with self.baton.store.read() as reading:
            return reading.notices.unsettled() == 0


def start_beside(
    folder: Path,
    *,
    at: datetime,
    database_url: str | None = None,
    timings: Timings = FAST,
) -> Beside:
    """Start a fresh sandbox and Baton beside it, set up like the demo."""
    slack = open_sandbox(None)
    cast = gather(slack)
    clock = TravellingClock()
    clock.stop_at(at)
    settings = settings_for(slack, folder)
    if database_url:
        settings = settings.model_copy(update={"baton_database_url": database_url})
    baton = build(settings, clock=clock, timings=timings, pulse=QUICK)
    install(
        store=baton.store,
        client=new_client(settings, timeout=10),
        workspace=check_installation(settings).workspace,
        setup=setup_for(cast),
        account="tests",
    )
    baton.start()
    slack.wait_for_app()
    beside = Beside(slack, cast, baton, clock)
    beside.settle()
    return beside


def wrongly_sent(slack: Sandbox) -> list[str]:
    """Return what Slack's published rules hold against anything that was sent."""
    sent = [call for name in CHECKED for call in slack.record.calls(name)]
    problems = [
        f"{call.method}: {problem}"
        for call in sent
        for problem in sent_problems(call.method, call.arguments)
    ]
    answers = [ack.payload for ack in slack.record.acks() if ack.payload]
    return problems + [
        f"ack: {problem}" for one in answers for problem in sent_problems("ack", one)
    ]
