"""Rate limits, counted on a clock of the tests' own."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Sandbox, Settings
from sandbox.limits import BURST, POST, POST_BURST, Limits
from tests.sandbox.conftest import MANIFEST


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock."""
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    """Limits on that clock."""
    return Limits(clock, enabled=True)


def spend(limits: Limits, method: str, count: int, channel: str = "C1") -> list[int]:
    """The answers to that many calls."""
    return [limits.wait(method, tier=2, channel=channel) for _ in range(count)]


def test_a_minutes_worth_goes_through_and_then_no_more(limits: Limits) -> None:
    waits = spend(limits, "users.list", BURST[2] + 1)

    assert waits[:-1] == [0] * BURST[2]
    assert waits[-1] == 3


def test_what_was_waited_for_comes_back(limits: Limits, clock: Clock) -> None:
    spend(limits, "users.list", BURST[2])

    clock.now += 3

    assert spend(limits, "users.list", 2) == [0, 3]


def test_a_refused_call_costs_nothing(limits: Limits, clock: Clock) -> None:
    spend(limits, "users.list", BURST[2])
    for _ in range(10):
        spend(limits, "users.list", 1)

    clock.now += 3

    assert spend(limits, "users.list", 1) == [0]


def test_each_method_has_a_limit_of_its_own(limits: Limits) -> None:
    spend(limits, "users.list", BURST[2])

    assert spend(limits, "pins.add", 1) == [0]


def test_posts_are_counted_by_channel(limits: Limits, clock: Clock) -> None:
    waits = spend(limits, POST, POST_BURST + 1, "C1")

    assert waits[-1] == 1
    assert spend(limits, POST, 1, "C2") == [0]
    clock.now += 1
    assert spend(limits, POST, 2, "C1") == [0, 1]


def test_posts_are_counted_over_all_channels_too(limits: Limits) -> None:
    waits = [limits.wait(POST, tier=3, channel=f"C{number}") for number in range(301)]

    assert waits == [0] * 300 + [1]


def test_limits_can_be_switched_off(clock: Clock) -> None:
    limits = Limits(clock, enabled=False)

    assert set(spend(limits, "users.list", 200)) == {0}


def test_a_client_that_is_too_fast_is_told_when_to_come_again(clock: Clock) -> None:
    with Sandbox(MANIFEST, settings=Settings(clock=clock)) as slack:
        place = slack.channel("busy").id
        client = WebClient(slack.bot_token, slack.api_url, retry_handlers=[])
        for _ in range(POST_BURST):
            client.chat_postMessage(channel=place, text="a")

        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=place, text="a")

        answer = caught.value.response
        assert answer.status_code == 429
        assert answer["error"] == "ratelimited"
        assert answer.headers["Retry-After"] == "1"
        clock.now += 1
        assert client.chat_postMessage(channel=place, text="a")["ok"]


def test_a_sandbox_can_do_without_limits() -> None:
    with Sandbox(MANIFEST, settings=Settings(rate_limits=False)) as slack:
        place = slack.channel("busy").id
        client = WebClient(slack.bot_token, slack.api_url, retry_handlers=[])

        for _ in range(POST_BURST * 2):
            assert client.chat_postMessage(channel=place, text="a")["ok"]
