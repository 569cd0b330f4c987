"""The ticker starts, wakes, goes on whatever fails, and stops with its work done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.actions.reminding import TellOfTrouble
from scheduler.reminders import DueReminders
from scheduler.sending import Sending
from scheduler.ticker import Pulse, Ticker
from storage.reminders import Due
from storage.unit import Store
from tests.conftest import T0
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import SHORT, Office, break_row, open_office
from tests.scheduler.test_reminders import note
from tests.world import OPERATOR

OFTEN = Pulse(reminders=0.05, dispatch=0.05, reconcile=0.05, tidy=0.05)
SELDOM = Pulse(reminders=600, dispatch=600, reconcile=600, tidy=600)
"""So seldom that only a wake explains what happens after the first tick."""


@contextmanager
def ticking(office: Office, pulse: Pulse) -> Iterator[Ticker]:
    """Run a ticker on an office's store until the end of the block."""
    ticker = new_ticker(office, pulse)
    ticker.start()
    try:
        yield ticker
    finally:
        ticker.stop()


def new_ticker(office: Office, pulse: Pulse) -> Ticker:
    """Return a ticker that was not started."""
    reminders = DueReminders(office.store, {"note": note}, TellOfTrouble())
    sending = Sending(office.delivery, pulse)
    return Ticker(store=office.store, reminders=reminders, sending=sending, pulse=pulse)


def wait_for(holds: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.005)


def all_sent(office: Office) -> Callable[[], bool]:
    """Return what tells whether everything is settled."""
    return lambda: office.unsettled() == 0


def test_a_ticker_sends_what_is_pending_without_being_told(office: Office) -> None:
    with ticking(office, OFTEN):
        posted = office.post()
        wait_for(all_sent(office))

    assert len(office.posts_of(posted.id)) == 1


def test_a_wake_sends_at_once(office: Office) -> None:
    with ticking(office, SELDOM) as ticker:
        wait_for(lambda: "delivery" in ticker.completed)
        posted = office.post()
        ticker.wake()
        wait_for(all_sent(office), seconds=5)

    assert len(office.posts_of(posted.id)) == 1


def test_an_unclear_one_is_looked_up_by_the_tick(office: Office) -> None:
    office.slack.faults.cut("chat.postMessage", when="after")
    with ticking(office, OFTEN):
        posted = office.post()
        wait_for(all_sent(office))

    assert len(office.posts_of(posted.id)) == 1


def test_a_wake_while_every_sender_is_busy_is_not_lost(office: Office) -> None:
    """The second is written while the only sender waits for Slack's answer."""
    one_sender = Pulse(600, 600, 600, 600, senders=1)
    other = office.slack.channel("other", private=True)
    slow = office.slack.faults.slow("chat.postMessage", 0.3)
    office.post("first")
    with ticking(office, one_sender) as ticker:
        wait_for(lambda: slow.hits == 1)
        second = office.post("second", other)
        ticker.wake()
        wait_for(all_sent(office), seconds=5)

    assert len(office.posts_of(second.id)) == 1


def test_no_wake_of_many_at_once_is_lost(office: Office) -> None:
    """Four threads write and wake as fast as they can; nothing else moves it on."""
    channels = [
        office.slack.channel(f"c{number}", private=True, members=[])
        for number in range(6)
    ]
    with ticking(office, SELDOM) as ticker:

        def write(part: int) -> None:
            for number in range(10):
                office.post(f"{part}/{number}", channels[number % len(channels)])
                ticker.wake()

        writers = [threading.Thread(target=write, args=(part,)) for part in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        wait_for(all_sent(office), seconds=20)

    assert len(office.calls()) == 40
    assert {one.state for one in office.notices()} == {"sent"}


def test_stopping_finishes_what_is_being_sent(office: Office) -> None:
    slow = office.slack.faults.slow("chat.postMessage", 0.3, when="after")
    ticker = new_ticker(office, OFTEN)
    ticker.start()
    posted = office.post()
    wait_for(lambda: slow.hits == 1)

    ticker.stop()

    assert office.look(posted.id).state == "sent"
    assert len(office.posts_of(posted.id)) == 1


def test_after_stopping_nothing_is_sent(office: Office) -> None:
    with ticking(office, OFTEN) as ticker:
        wait_for(lambda: "delivery" in ticker.completed)
    posted = office.post()

    ticker.wake()
    time.sleep(0.2)

    assert office.look(posted.id).state == "pending"
    assert not [one for one in threading.enumerate() if one.name == "dispatcher"]


def test_a_failing_chore_stops_no_other_and_is_not_called_completed(
    office: Office,
) -> None:
    """The reminders' table is away for a while; what is pending still goes out."""
    break_row(office.store, "ALTER TABLE reminder RENAME TO away")
    with ticking(office, OFTEN) as ticker:
        posted = office.post()
        wait_for(all_sent(office))
        wait_for(lambda: {"reconcile", "tidy", "delivery"} <= set(ticker.completed))
        failed = "reminders" not in ticker.completed
        break_row(office.store, "ALTER TABLE away RENAME TO reminder")
        wait_for(lambda: "reminders" in ticker.completed)

    assert failed
    assert len(office.posts_of(posted.id)) == 1


@pytest.mark.parametrize("chore", ["reminders", "reconcile", "delivery"])
@ON_SQLITE
def test_completed_moves_on_with_each_completed_tick_and_only_then(
    office: Office, chore: str
) -> None:
    table = "reminder" if chore == "reminders" else "notice"
    with ticking(office, OFTEN) as ticker:
        began = datetime.now(UTC)
        wait_for(lambda: ticker.completed.get(chore, began) > began)
        break_row(office.store, f"ALTER TABLE {table} RENAME TO away")
        wait_for(lambda: stands_still(lambda: ticker.completed[chore], 0.4))
        last = ticker.completed[chore]
        break_row(office.store, f"ALTER TABLE away RENAME TO {table}")
        wait_for(lambda: ticker.completed[chore] > last)


def stands_still(look: Callable[[], datetime], seconds: float) -> bool:
    """Tell whether what is looked at stays the same for so long: eight ticks here."""
    before = look()
    time.sleep(seconds)
    return look() == before


def test_senders_fewer_than_posts_send_them_all(office: Office) -> None:
    """Half of the answers are lost; each place comes back for the next."""
    two_senders = Pulse(0.05, 0.05, 0.05, 600, senders=2)
    office.slack.faults.cut("chat.postMessage", times=8, probability=0.5)
    with ticking(office, two_senders):
        for number in range(8):
            office.post(f"n{number}")
        wait_for(all_sent(office), seconds=20)

    assert [len(office.posts_of(one.id)) for one in office.notices()] == [1] * 8


@ON_SQLITE
def test_what_could_not_be_settled_is_looked_up_after_its_lease(
    store: Store,
) -> None:
    """The books are away when the only sender comes back from Slack."""
    one_sender = Pulse(0.05, 0.05, 0.05, 600, senders=1)
    with open_office(store, replace(SHORT, lease=timedelta(seconds=1))) as office:
        slow = office.slack.faults.slow("chat.postMessage", 0.3, when="after")
        posted = office.post()
        with ticking(office, one_sender):
            wait_for(lambda: slow.hits == 1)
            break_row(store, "ALTER TABLE pace RENAME TO away")
            time.sleep(0.5)
            break_row(store, "ALTER TABLE away RENAME TO pace")
            other = office.post("other", office.slack.channel("other", private=True))
            wait_for(all_sent(office))

        assert office.look(posted.id).token == 2
        assert [len(office.posts_of(one.id)) for one in (posted, other)] == [1, 1]


def test_a_due_reminder_is_handled_by_the_tick(office: Office) -> None:
    with office.store.act(OPERATOR) as uow:
        workspace = office.world.workspace_id
        uow.reminders.plan(workspace, "s", 1, [Due("note", "step", T0)])

    with ticking(office, OFTEN):
        wait_for(lambda: _state(office) == "settled")


def _state(office: Office) -> str:
    with office.store.read() as reading:
        return reading.reminders.of("s")[0].state


@ON_SQLITE
def test_old_duplicates_and_drafts_are_tidied_away(office: Office) -> None:
    with office.store.act(OPERATOR) as uow:
        uow.inbound.claim("old", at=uow.now.replace(year=2020))
        uow.inbound.claim("new", at=uow.now)

    with ticking(office, OFTEN) as ticker:
        wait_for(lambda: "tidy" in ticker.completed)

    with office.store.act(OPERATOR) as uow:
        assert uow.inbound.claim("old", at=uow.now) is None
        assert uow.inbound.claim("new", at=uow.now) is not None
