"""A committed notice reaches Slack once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from sandbox import Sandbox
from scheduler.delivery import Timings
from scheduler.ports import Unneeded
from storage.unit import Store
from tests.scheduler.office import SHORT, Office, open_office

POST = "chat.postMessage"
Break = Callable[[Sandbox], object]

ACCIDENTS: dict[str, Break] = {
    "cut before": lambda slack: slack.faults.cut(POST, when="before"),
    "cut after": lambda slack: slack.faults.cut(POST, when="after"),
    "500 before": lambda slack: slack.faults.fail(POST, when="before"),
    "500 after": lambda slack: slack.faults.fail(POST, when="after"),
    "internal error": lambda slack: slack.faults.refuse(POST, "internal_error"),
    "fatal error": lambda slack: slack.faults.refuse(POST, "fatal_error"),
}


@pytest.mark.parametrize("accident", ACCIDENTS.values(), ids=ACCIDENTS)
def test_after_an_unclear_answer_there_is_one_message(
    office: Office, accident: Break
) -> None:
    """Whether the message stands there is looked up before it is sent again."""
    posted = office.post()
    accident(office.slack)

    assert office.delivery.deliver_pending() == 1
    unclear = office.look(posted.id)
    office.run()

    assert unclear.state == "unknown"
    kept = office.look(posted.id)
    [message] = office.posts_of(posted.id)
    assert (kept.state, kept.sent_ts) == ("sent", message.ts)
    assert kept.permalink


@pytest.mark.parametrize(
    ("effect", "posts"), [("before", 2), ("after", 1)], ids=["not there", "there"]
)
def test_a_lost_answer_is_looked_up_in_its_thread_too(
    office: Office, effect: str, posts: int
) -> None:
    office.refer()
    office.delivery.deliver_pending(1)
    if effect == "after":
        office.slack.faults.cut(POST, when="after", channel=office.channel.id)
    else:
        office.slack.faults.cut(POST, when="before", channel=office.channel.id)

    office.run()

    [question] = office.notices(view="question")
    [message] = office.posts_of(question.id)
    assert (question.state, question.sent_ts) == ("sent", message.ts)
    sent = [call for call in office.calls() if call.arguments.get("thread_ts")]
    assert len(sent) == posts


@pytest.fixture
def slow_office(store: Store) -> Iterator[Office]:
    """Return an office whose client waits a second for an answer, as it says."""
    timings = replace(SHORT, http=timedelta(seconds=1))
    with open_office(store, timings, http_seconds=1) as opened:
        yield opened


@pytest.mark.parametrize("when", ["before", "after"])
def test_slower_than_our_patience_and_still_one_message(
    slow_office: Office, when: str
) -> None:
    """What lands after we hung up has landed before we look."""
    office = slow_office
    posted = office.post()
    if when == "before":
        office.slack.faults.slow(POST, 1.3, when="before")
    else:
        office.slack.faults.slow(POST, 1.3, when="after")

    office.run()

    assert len(office.posts_of(posted.id)) == 1
    assert len(office.calls()) == 1
    assert office.look(posted.id).state == "sent"


def test_slack_is_not_asked_again_before_it_allows(office: Office) -> None:
    """A 429 holds the whole conversation for as long as Slack says, no other."""
    first, second = office.post("first"), office.post("second")
    other = office.post("other", office.slack.channel("other", private=True))
    office.slack.faults.limit(POST, 1, channel=office.channel.id)

    office.run()

    limited, *after = [
        call
        for call in office.calls()
        if call.arguments["channel"] == office.channel.id
    ]
    assert limited.status == 429
    assert min(call.at for call in after) - limited.at >= 1.0
    assert [call.status for call in after] == [200, 200]
    [elsewhere] = office.posts_of(other.id)
    assert float(elsewhere.ts) < after[0].at
    sent = [office.look(one.id).sent_ts for one in (first, second)]
    assert sent == sorted(sent, key=lambda ts: float(ts or 0))


def test_a_429_is_obeyed_by_every_process(office: Office) -> None:
    """How long to wait stands in the database, not in the one that was told."""
    office.post()
    office.slack.faults.limit(POST, 2)
    office.delivery.deliver_pending()

    other = office.new_delivery("another")

    assert other.deliver_pending() == 0
    with office.store.read() as reading:
        row = reading.notices.notice(office.notices()[0].id)
    assert row is not None
    assert (row.state, row.reason) == ("pending", "slower")


def test_the_gap_between_two_messages_of_a_conversation_is_kept(store: Store) -> None:
    """It counts from Slack's answer, so a slow one does not shorten it."""
    gap = timedelta(milliseconds=300)
    with open_office(store, replace(SHORT, gap=gap)) as office:
        office.slack.faults.slow(POST, 0.2, when="after")
        for number in range(4):
            office.post(f"n{number}")

        office.run()

        calls = office.calls()
    apart = [later.at - (one.at + one.took) for one, later in pairwise(calls)]
    assert len(calls) == 4
    assert min(apart) >= gap.total_seconds()


def test_one_conversation_is_told_in_the_order_of_writing(office: Office) -> None:
    posted = [office.post(f"n{number}") for number in range(6)]

    office.run()

    stamps = [float(office.posts_of(one.id)[0].ts) for one in posted]
    assert stamps == sorted(stamps)
    assert len(office.calls()) == 6


def test_a_lease_that_ran_out_before_the_post_says_nothing(office: Office) -> None:
    """A process that slept between claim and post does not post."""
    posted = office.post()
    [(held, safe_until)] = office.delivery.claim(1)

    late = replace(office.delivery, monotonic=lambda: safe_until)
    late.deliver(held, safe_until)

    assert office.calls() == []
    assert office.look(posted.id).state == "pending"
    office.run()
    assert len(office.posts_of(posted.id)) == 1


def test_a_lease_is_safe_for_less_than_it_lasts() -> None:
    timings = Timings()

    spare = timings.lease - timings.http - timings.margin

    assert timedelta() < spare < timings.lease - timings.http
    assert timings.quiet > timings.http


def test_whoever_lost_the_lease_settles_nothing_and_frees_nothing(
    office: Office,
) -> None:
    """A sender that wakes up late must not let a second message out beside another."""
    first = office.post("first")
    [(asleep, _)] = office.delivery.claim(1)
    with office.store.deliver() as books:
        awake = books.notices.claim_unknown(
            now=books.lease_now + SHORT.lease * 2,
            quiet=SHORT.quiet,
            lease=SHORT.lease,
            owner="awake",
        )
        books.notices.free_pace(office.channel.id)
    assert awake is not None
    office.post("second")
    [(second, safe_until)] = office.delivery.claim(1)
    third = office.post("third")

    office.delivery.skip(asleep, Unneeded("no part", tell_instead=True))
    office.delivery.fail(asleep, "is late")

    assert office.delivery.claim(9) == []
    assert office.look(first.id).state == "unknown"
    assert office.told_of_failure() == []
    office.delivery.deliver(second, safe_until)
    assert [one.id for one, _ in office.delivery.claim(9)] == [third.id]
