"""Notices a second, lateness of due reminders, and what a poll costs.

The senders, the claims and the databases are the real ones; Slack is the sandbox on
the same machine, without its rate limits, and the gap between messages is nought.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import typer
from sqlalchemy import create_engine, insert

from benchmarks.places import KINDS, fresh_store, log_nothing
from benchmarks.tables import SPREAD, show, spread
from bot.actions.reminding import TellOfTrouble
from scheduler.delivery import Timings
from scheduler.reminders import DueReminders
from scheduler.sending import Sending
from scheduler.ticker import Ticker
from storage.actors import Actor
from storage.notices import EPOCH
from storage.records import Reminder
from storage.reminders import Due
from storage.tables import notice, pace, reminder
from storage.unit import Store, Unit
from tests.scheduler.office import Office, open_office
from tests.world import OPERATOR

NO_GAP = replace(Timings(), gap=timedelta())
CONVERSATIONS = 40
YEARS = 15
A_YEAR = timedelta(days=365)
FAR = datetime(2100, 1, 1, tzinfo=UTC)


def ticker_of(office: Office, due: DueReminders) -> Ticker:
    """Return a ticker with the pulse of a real site."""
    return Ticker(store=office.store, reminders=due, sending=Sending(office.delivery))


def notices_a_second(store: Store, count: int) -> float:
    """Send `count` notices over many conversations; return how many went a second."""
    with open_office(store, NO_GAP) as office:
        channels = [
            office.slack.channel(f"c{number}", private=True)
            for number in range(CONVERSATIONS)
        ]
        for number in range(count):
            office.post(f"n{number}", channels[number % CONVERSATIONS])
        ticker = ticker_of(office, DueReminders(store, {}, TellOfTrouble()))
        began = time.monotonic()
        ticker.start()
        while office.unsettled():
            time.sleep(0.02)
        took = time.monotonic() - began
        ticker.stop()
    return count / took


def lateness(store: Store, count: int, seconds: float) -> list[float]:
    """Let `count` reminders come due within `seconds`; return how late each was."""
    late: list[float] = []

    def note(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
        late.append((datetime.now(UTC) - reminder.due_at).total_seconds())
        uow.audit(reminder.workspace_id, "noted", reminder.id, {"by": str(by)})
        return "noted"

    # Repeatable on purpose: nothing secret hangs on it.
    chance = random.Random(7)  # noqa: S311
    with open_office(store, NO_GAP) as office:
        ticker = ticker_of(office, DueReminders(store, {"note": note}, TellOfTrouble()))
        ticker.start()
        with store.act(OPERATOR) as uow:
            for number in range(count):
                at = uow.now + timedelta(seconds=1 + chance.uniform(0, seconds))
                workspace = office.world.workspace_id
                uow.reminders.plan(workspace, f"s{number}", 1, [Due("note", "", at)])
        while len(late) < count:
            time.sleep(0.05)
        ticker.stop()
    return late


def fill(store: Store, workspace_id: str, count: int) -> None:
    """Keep `count` reminders of the years to come, and as many notices that wait."""
    now = datetime.now(UTC)
    every = YEARS * A_YEAR / count
    reminders: list[dict[str, Any]] = [
        {
            "id": f"r{number}",
            "workspace_id": workspace_id,
            "subject": f"s{number // 40}",
            "generation": 1,
            "kind": "note",
            "step": f"{number % 40}",
            "due_at": now + A_YEAR / 365 + number * every,
            "state": "waiting",
            "attempts": 0,
        }
        for number in range(count)
    ]
    notices: list[dict[str, Any]] = [
        {
            "id": f"n{number}",
            "workspace_id": workspace_id,
            "conversation": f"C{number % 500}",
            "way": "post",
            "view": "line",
            "subject": f"s{number}",
            "payload": {},
            "state": "pending",
            "written_at": now,
            "token": 0,
            "attempts": 0,
        }
        for number in range(count)
    ]
    rows = [
        {"conversation": f"C{n}", "lease_next_at": FAR, "lease_inflight_until": EPOCH}
        for n in range(500)
    ]
    engine = create_engine(store.database.url)
    with engine.begin() as connection:
        connection.execute(insert(reminder), reminders)
        connection.execute(insert(notice), notices)
        connection.execute(insert(pace), rows)
    engine.dispose()


def poll_times(store: Store, count: int, polls: int) -> dict[str, list[float]]:
    """Return how long polls took that find `count` rows waiting, and none to take."""
    with open_office(store, NO_GAP) as office:
        fill(store, office.world.workspace_id, count)
        due = DueReminders(store, {}, TellOfTrouble())
        return {
            "reminders": timed(due.handle_one, polls),
            "notices": timed(lambda: office.delivery.claim(8), polls),
        }


def timed(poll: Callable[[], object], times: int) -> list[float]:
    """Return how long each of several polls took (seconds)."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        found = poll()
        took.append(time.perf_counter() - began)
        if found:
            raise AssertionError("nothing was to be taken here")
    return took


def main(notices: int = 400, reminders: int = 200, polls: int = 100) -> None:
    """Measure on both databases and print small tables."""
    log_nothing()
    speed, late, cost = [], [], []
    for kind in KINDS:
        with fresh_store(kind) as store:
            speed.append([kind, f"{notices_a_second(store, notices):.0f}"])
        with fresh_store(kind) as store:
            late.append([kind, *spread(lateness(store, reminders, 10))])
        for count in (10_000, 100_000):
            with fresh_store(kind) as store:
                for what, took in poll_times(store, count, polls).items():
                    cost.append([f"{kind}, {count} {what} wait", *spread(took)])
    show(f"{notices} notices, gap 0, 8 senders", ["", "a second"], speed)
    show(f"{reminders} reminders: handled after due", ["", *SPREAD], late)
    show("One poll that finds nothing to take", ["", *SPREAD], cost)


if __name__ == "__main__":
    typer.run(main)
