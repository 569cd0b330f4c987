"""Whatever kills or stops a bot, and wherever: each message once, each reminder once.

The bots are real processes. Each is held at its point by a slow answer of the
sandbox, and is killed or stopped there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from sandbox.record import ApiCall
from scheduler.reminders import DueReminders
from storage.clock import TravellingClock
from storage.database import Database
from storage.sealing import Keyring, new_key
from storage.unit import Store
from tests.scheduler.office import Office, open_office
from tests.scheduler.processes import Bots, bots_of, wait_for

POST = "chat.postMessage"
LONG = 60.0
"""Seconds for which Slack keeps an answer back: longer than any test takes."""


@pytest.fixture
def clock() -> TravellingClock:
    """Return the care clock of this process; it shows the real time till it moves."""
    return TravellingClock()


@pytest.fixture
def bots(
    new_database: Callable[..., str], clock: TravellingClock, tmp_path: Path
) -> Iterator[Bots]:
    """Return what starts bots on a database and a sandbox that outlive them."""
    keys = new_key("shared")
    database = Database(new_database())
    store = Store(database, Keyring.parse(keys), clock)
    with open_office(store) as office, bots_of(office, keys, tmp_path) as started:
        yield started
    database.close()


def settled(office: Office) -> Callable[[], bool]:
    """Return what tells whether everything is settled."""
    return lambda: office.unsettled() == 0


def test_a_bot_that_is_killed_at_any_point_says_each_once_when_started_again(
    bots: Bots,
) -> None:
    """Four conversations, each held at another point at the moment of the kill."""
    office = bots.office
    faults, channel = office.slack.faults, office.slack.channel
    claimed = office.tell("rivera")
    on_its_way, there, answered = (
        office.post(name, channel(name, private=True))
        for name in ("on-its-way", "there", "answered")
    )
    holds = [
        faults.slow("conversations.open", LONG),
        faults.slow(POST, 1.5, channel=on_its_way.conversation),
        faults.slow(POST, LONG, when="after", channel=there.conversation),
        faults.slow("chat.getPermalink", LONG, channel=answered.conversation),
    ]
    doomed = bots.start()
    wait_for(lambda: [hold.hits for hold in holds] == [1, 1, 1, 1])
    said = [claimed, on_its_way, there, answered]

    doomed.kill()
    states = [office.look(one.id).state for one in said]
    stood = [len(office.posts_of(one.id)) for one in said]
    bots.start()
    wait_for(settled(office))

    assert states == ["sending"] * 4
    assert stood == [0, 0, 1, 1]
    assert [len(office.posts_of(one.id)) for one in said] == [1] * 4
    for one in said:
        kept = office.look(one.id)
        assert (kept.state, kept.sent_ts) == ("sent", office.posts_of(one.id)[0].ts)


def test_a_bot_that_slept_past_its_lease_says_and_settles_nothing(bots: Bots) -> None:
    """It stands still at two points; another bot takes over; then it goes on."""
    office = bots.office
    unsaid = office.tell("rivera")
    said = office.post("there", office.slack.channel("there", private=True))
    holds = [
        office.slack.faults.slow("conversations.open", 1.5),
        office.slack.faults.slow(POST, 1.5, when="after", channel=said.conversation),
    ]
    sleeper = bots.start()
    wait_for(lambda: [hold.hits for hold in holds] == [1, 1])

    # Both calls are outside of any transaction; its ticks may be within one, which
    # on SQLite would keep everybody else waiting for as long as it sleeps.
    with office.store.database.write(frozenset()):
        sleeper.stop_still()
    bots.start()
    wait_for(settled(office))
    before = [office.look(one.id) for one in (unsaid, said)]
    sleeper.go_on()
    wait_for(lambda: len(sleeper.events("notice.fenced")) == 2)

    assert [office.look(one.id) for one in (unsaid, said)] == before
    assert [len(office.posts_of(one.id)) for one in (unsaid, said)] == [1, 1]
    assert {line["notice"] for line in sleeper.events("notice.fenced")} == {
        unsaid.id,
        said.id,
    }
    assert sleeper.end() == 0


@pytest.mark.parametrize(
    "new_database",
    [pytest.param("postgres", marks=pytest.mark.postgres)],
    indirect=True,
)
def test_two_bots_send_each_notice_once_and_one_at_a_time_a_conversation(
    bots: Bots,
) -> None:
    office = bots.office
    office.slack.faults.slow(POST, 0.05, times=None)
    first, second = bots.start(), bots.start()
    channels = [office.slack.channel(f"c{n}", private=True) for n in range(8)]

    posted = [office.post(f"n{n}", channels[n % 8]) for n in range(40)]
    wait_for(settled(office))

    assert [len(office.posts_of(one.id)) for one in posted] == [1] * 40
    assert len(office.calls()) == 40
    assert overlapping(office.calls()) == []
    shares = [len(bot.events("notice.settled")) for bot in (first, second)]
    assert sum(shares) == 40
    assert min(shares) > 0
    assert [first.end(), second.end()] == [0, 0]


def overlapping(calls: list[ApiCall]) -> list[str]:
    """Return the conversations in which one post began before another had ended."""
    by_channel: dict[str, list[ApiCall]] = defaultdict(list)
    for call in calls:
        by_channel[call.arguments["channel"]].append(call)
    return [
        channel
        for channel, its in by_channel.items()
        if any(later.at < one.at + one.took for one, later in pairwise(its))
    ]


def test_a_bot_killed_before_a_reminders_commit_handles_it_once_and_late(
    bots: Bots, clock: TravellingClock, tmp_path: Path
) -> None:
    """What the handler wrote is gone with the process; the reminder is still due."""
    office = bots.office
    clock.stop_at(clock.now() - timedelta(days=30))
    referral = office.refer(named=office.world.first_specialist)
    office.run()
    reached = tmp_path / "reached"
    doomed = bots.start(HOLD_REMINDERS=str(reached))
    wait_for(reached.exists)

    doomed.kill()
    during = len(office.notices(view="brought up"))
    bots.start()
    wait_for(lambda: _due(office, referral) == 0)
    wait_for(settled(office))

    assert during == 0
    told = [one.recipient_id for one in office.notices(view="brought up", state="sent")]
    assert sorted(one or "" for one in told) == [
        "clinician-noor",
        "clinician-osei",
        "clinician-rivera",
        "clinician-rivera",
    ]
    said = [one.rendered for one in office.people["rivera"].dm()]
    assert ["Late: was due" in one for one in said] == [False, True, True]
    assert DueReminders(office.store, {}, office.delivery.teller).handle_all() == 0


def _due(office: Office, referral: str) -> int:
    """Return how many reminders are due now; the next morning's always waits."""
    with office.store.read() as reading:
        every = reading.reminders.of(referral)
    now = datetime.now(UTC)
    return len([one for one in every if one.state == "waiting" and one.due_at <= now])
