"""A bot in a process of its own, to be stopped, killed and started again by tests.

Settings come from the environment, as they do for `baton run`; so do short timings
(`TIMINGS`, seconds by name), the module that is to send in a process of its own
(`APART`) and, for one test, a file to write and then to stand still in a reminder's
transaction (`HOLD_REMINDERS`).
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.actions.reminding import HANDLERS
from bot.app import build
from bot.logs import set_up_logs
from bot.running import run_until_told
from bot.settings import LogStyle, read_settings
from scheduler.delivery import Timings
from scheduler.ports import Handler
from scheduler.ticker import Pulse
from storage.actors import Actor
from storage.records import Reminder
from storage.unit import Unit

PULSE = Pulse(reminders=0.1, dispatch=0.05, reconcile=0.1, senders=4)


def main() -> None:
    """Run a bot until it is told to stop; print a line when it has started."""
    set_up_logs(LogStyle.JSON)
    apart = os.environ.get("APART")
    baton = build(read_settings(), timings=_timings(), pulse=PULSE, apart=apart)
    hold = os.environ.get("HOLD_REMINDERS")
    if hold:
        held = {kind: _held(one, Path(hold)) for kind, one in HANDLERS.items()}
        _put_handlers(baton.reminders.handlers, held)
    # The test waits for this line.
    run_until_told(baton, lambda: print("started", flush=True))  # noqa: T201


def _timings() -> Timings:
    seconds: Mapping[str, float] = json.loads(os.environ["TIMINGS"])
    given = {name: timedelta(seconds=value) for name, value in seconds.items()}
    return replace(Timings(), **given)  # type: ignore[arg-type] # counts keep defaults


def _put_handlers(into: Mapping[str, Handler], held: Mapping[str, Handler]) -> None:
    # In this process alone: the bot's own table is read by what was built from it.
    assert isinstance(into, dict)
    into.update(held)


def _held(handler: Handler, reached: Path) -> Handler:
    """Do what the handler does, then say so and never come to the commit."""

    def handle(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
        handler(uow=uow, by=by, reminder=reminder)
        reached.write_text(reminder.id, encoding="utf-8")
        threading.Event().wait()
        raise AssertionError("this process was to be killed here")

    return handle


if __name__ == "__main__":
    main()
