"""Sending in a process of its own: ended by the kernel in time, and started again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import SENDING
from bot.demo import settings_for
from bot.sending_terms import Terms
from scheduler.pulse import Pulse
from scheduler.supervising import SendingProcess
from scheduler.sweep import Sweeper
from storage.clock import RealClock
from storage.database import Database
from storage.notices import NewNotice
from storage.sealing import Keyring, new_key
from storage.unit import Store
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import SHORT, Office, open_office
from tests.scheduler.processes import TIMINGS, Bot, Bots, bots_of, wait_for

POST = "chat.postMessage"
FREEZING = "tests.scheduler.freezing_process"


@pytest.fixture
def bots(new_database: Callable[..., str], tmp_path: Path) -> Iterator[Bots]:
    """Return what starts bots on a database and a sandbox that outlive them."""
    keys = new_key("shared")
    database = Database(new_database())
    store = Store(database, Keyring.parse(keys), RealClock())
    with open_office(store) as office, bots_of(office, keys, tmp_path) as started:
        yield started
    database.close()


def settled(office: Office) -> Callable[[], bool]:
    """Return what tells whether everything is settled."""
    return lambda: office.unsettled() == 0


def children(bot: Bot) -> list[int]:
    """Return the ids of the processes that did the sending of a bot, in order."""
    return [int(line["pid"]) for line in bot.events("sending.started")]


def is_alive(pid: int) -> bool:
    """Tell whether a process is there."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def sleep_past_the_lease(bots: Bots, folder: Path, **extra: str) -> NewNotice:
    """Freeze a sender between look and socket; let another bot say it; wake it."""
    office, reached = bots.office, folder / "reached"
    posted = office.post()
    sleeper = bots.start(APART=FREEZING, HOLD_POST=str(reached), **extra)
    wait_for(lambda: reached.exists() and reached.read_text())
    frozen = int(reached.read_text())
    assert children(sleeper) == [frozen]
    # Nothing of this process's may be in the middle of a transaction: on SQLite it
    # would keep everybody else waiting for as long as it sleeps.
    with office.store.database.write(frozenset()):
        os.kill(frozen, signal.SIGSTOP)
    bots.start(APART=SENDING)
    wait_for(settled(office), seconds=30)
    assert len(office.posts_of(posted.id)) == 1

    reached.with_suffix(".go").touch()
    os.kill(frozen, signal.SIGCONT)
    return posted


def test_a_sender_that_slept_past_its_lease_is_ended_before_it_can_post(
    bots: Bots, tmp_path: Path
) -> None:
    """The kernel's timer ends it as it wakes, and its keeper starts another."""
    posted = sleep_past_the_lease(bots, tmp_path)
    sleeper = bots.started[0]
    wait_for(lambda: len(children(sleeper)) == 2)
    frozen, new = children(sleeper)

    [ended] = sleeper.events("sending.ended")
    assert (ended["pid"], ended["status"]) == (frozen, "SIGALRM")
    assert new != frozen
    assert len(bots.office.posts_of(posted.id)) == 1
    assert len(bots.office.calls(POST)) == 1
    assert [bot.end() for bot in bots.started] == [0, 0]
    assert not is_alive(new)


@ON_SQLITE
def test_without_the_timer_it_says_it_twice_and_the_sweep_takes_one_away(
    bots: Bots, tmp_path: Path
) -> None:
    """This is what the timer prevents, and what heals it where nothing could."""
    office = bots.office
    posted = sleep_past_the_lease(bots, tmp_path, WITHOUT_TIMER="1")
    wait_for(lambda: len(office.posts_of(posted.id)) == 2)
    kept = office.look(posted.id).sent_ts

    found = Sweeper(office.delivery).sweep(pause=lambda _seconds: False)

    assert found == 1
    assert [post.ts for post in office.posts_of(posted.id)] == [kept]
    assert bots.started[0].events("sending.ended") == []


@ON_SQLITE
def test_a_sending_process_that_is_killed_is_replaced_and_nothing_doubled(
    bots: Bots,
) -> None:
    """One post is on its way to Slack, and one stands there, when it is killed."""
    office = bots.office
    there, coming = (
        office.post(name, office.slack.channel(name, private=True))
        for name in ("there", "coming")
    )
    faults = office.slack.faults
    holds = [
        faults.slow(POST, 60, when="after", channel=there.conversation),
        faults.slow(POST, 1.0, channel=coming.conversation),
    ]
    bot = bots.start(APART=SENDING)
    wait_for(lambda: [hold.hits for hold in holds] == [1, 1])

    os.kill(children(bot)[0], signal.SIGKILL)
    wait_for(settled(office), seconds=30)

    assert [len(office.posts_of(one.id)) for one in (there, coming)] == [1, 1]
    assert len(children(bot)) == 2
    assert bot.events("sending.ended")[0]["status"] == "SIGKILL"


@ON_SQLITE
def test_the_sending_process_ends_where_its_keeper_is_killed(bots: Bots) -> None:
    """It sends what it began and is gone: nobody would start it anew or stop it."""
    office = bots.office
    slow = office.slack.faults.slow(POST, 0.5, when="after")
    bot = bots.start(APART=SENDING)
    posted = office.post()
    wait_for(lambda: slow.hits == 1)
    [child] = children(bot)

    bot.kill()
    wait_for(lambda: not is_alive(child))

    assert office.look(posted.id).state == "sent"


@ON_SQLITE
def test_a_wake_reaches_the_sending_process(bots: Bots, tmp_path: Path) -> None:
    """What a person does is said at once, though the process polls but seldom."""
    office = bots.office
    settings = settings_for(office.slack, tmp_path).model_copy(
        update={
            "baton_database_url": str(office.store.database.url),
            "baton_keys": SecretStr(bots.keys),
        }
    )
    seldom = Pulse(dispatch=600, reconcile=600)
    process = SendingProcess(SENDING, Terms(settings, SHORT, seldom).as_line())
    process.start()
    wait_for(lambda: "delivery" in process.completed)
    posted = office.post()
    time.sleep(0.3)
    before = office.look(posted.id).state

    process.wake()
    wait_for(settled(office))
    process.stop(10)

    assert before == "pending"
    assert len(office.posts_of(posted.id)) == 1
    assert process.pid
    assert not is_alive(process.pid)


@ON_SQLITE
def test_told_to_stop_it_finishes_what_is_in_flight_and_sends_the_rest_later(
    bots: Bots,
) -> None:
    """SIGTERM in the middle of many sends loses nothing and doubles nothing."""
    office = bots.office
    office.slack.faults.slow(POST, 0.2, times=None)
    channels = [office.slack.channel(f"c{n}", private=True) for n in range(8)]
    posted = [office.post(f"n{n}", channels[n % 8]) for n in range(40)]
    bot = bots.start(APART=SENDING)
    wait_for(lambda: len(office.calls(POST)) >= 8)

    began = time.monotonic()
    status = bot.end()
    took = time.monotonic() - began
    states = {office.look(one.id).state for one in posted}
    said = sum(len(office.posts_of(one.id)) for one in posted)
    bots.start(APART=SENDING)
    wait_for(settled(office))

    assert status == 0
    assert took < 10
    assert states == {"sent", "pending"}
    assert said < 40
    assert [len(office.posts_of(one.id)) for one in posted] == [1] * 40
    assert len(office.calls(POST)) == 40


@ON_SQLITE
def test_a_second_signal_ends_both_processes_at_once(bots: Bots) -> None:
    office = bots.office
    patient = '{"lease": 90, "http": 60, "margin": 5, "settle": 1}'
    slow = office.slack.faults.slow(POST, 60, when="after")
    bot = bots.start(APART=SENDING, TIMINGS=patient)
    office.post()
    wait_for(lambda: slow.hits == 1)
    [child] = children(bot)

    bot.process.terminate()
    time.sleep(1)
    was_finishing = bot.process.poll() is None
    began = time.monotonic()
    bot.process.terminate()
    status = bot.process.wait(5)

    assert was_finishing
    assert status == 1
    assert time.monotonic() - began < 5
    wait_for(lambda: not is_alive(child))


@ON_SQLITE
def test_what_does_not_end_in_time_is_ended(bots: Bots) -> None:
    """Slack keeps its answer back for a minute; the limit for stopping is shorter."""
    office = bots.office
    patient = '{"lease": 90, "http": 60, "margin": 5, "settle": 1}'
    slow = office.slack.faults.slow(POST, 60, when="after")
    bot = bots.start(APART=SENDING, TIMINGS=patient)
    posted = office.post()
    wait_for(lambda: slow.hits == 1)
    [child] = children(bot)

    began = time.monotonic()
    status = bot.end()
    took = time.monotonic() - began

    assert status == 0
    assert took < 15
    assert not is_alive(child)
    assert office.look(posted.id).state == "sending"
    assert bot.events("sending.killed")


def test_the_timings_of_these_tests_leave_a_call_its_time() -> None:
    assert TIMINGS["lease"] - TIMINGS["http"] - TIMINGS["margin"] > 0
