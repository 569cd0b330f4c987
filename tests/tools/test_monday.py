"""The simulated Monday keeps to Slack's limits, and says nothing too early."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from tools.monday import (
    CALL,
    GAP,
    HANDLED_IN,
    HOUR,
    PEOPLE,
    SENDERS,
    Morning,
    Place,
    lateness,
    simulate,
)

CENTER = Place(sites=20, patients=2_000)
UNLIMITED = 10**9


def wanted(seed: int, count: int = 400) -> list[tuple[float, int]]:
    """Return so many messages of ten minutes, to thirty people."""
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    return sorted((chance.uniform(0, 600), chance.randrange(30)) for _ in range(count))


def said(messages: list[tuple[float, int]], ceiling: int) -> list[float]:
    """Return when each message was begun to be said."""
    late = lateness(messages, ceiling)
    return [due + one - CALL for (due, _), one in zip(messages, late, strict=True)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ceiling", [30, 100, 600])
def test_a_workspace_gets_no_more_a_minute_than_it_may(seed: int, ceiling: int) -> None:
    begun = sorted(said(wanted(seed), ceiling))

    apart = [later - one for one, later in pairwise(begun)]

    assert min(apart) >= 60 / ceiling - 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_a_person_gets_one_message_a_second(seed: int) -> None:
    messages = wanted(seed)
    of_each: dict[int, list[float]] = {}

    for (_, person), at in zip(messages, said(messages, UNLIMITED), strict=True):
        of_each.setdefault(person, []).append(at)

    apart = [later - one for some in of_each.values() for one, later in pairwise(some)]
    assert min(apart) >= CALL + GAP - 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_so_many_at_a_time_are_being_said(seed: int) -> None:
    burst = [(0.0, person) for person in range(200)]
    begun = said(burst, UNLIMITED)

    at_once = [sum(one <= at < one + CALL for one in begun) for at in begun]

    assert 1 <= max(at_once) <= SENDERS
    assert all(at >= due for (due, _), at in zip(burst, begun, strict=True))
    assert said(wanted(seed), UNLIMITED) != begun


def test_a_message_alone_is_as_late_as_its_handling_and_the_call() -> None:
    assert list(lateness([(50.0, 1)], 300)) == pytest.approx([HANDLED_IN + CALL])


def test_everybody_has_a_digest_and_the_same_seed_the_same_morning() -> None:
    once, again = (simulate(CENTER, ceiling=300, seed=3) for _ in range(2))

    other = simulate(CENTER, ceiling=300, seed=4)

    assert once == again != other
    assert len(once.late) == CENTER.sites * (PEOPLE + 2)
    assert min(once.late) >= HANDLED_IN + CALL - 1e-6


def test_a_slower_workspace_is_never_earlier() -> None:
    last = [simulate(CENTER, ceiling=one, seed=1).within(1) for one in (50, 100, 600)]

    assert last == sorted(last, reverse=True)
    assert last[0] > last[-1]


def test_shares_are_read_from_the_earliest_to_the_latest() -> None:
    morning = Morning([1.0, 2.0, 3.0, HOUR])

    assert [morning.within(share) for share in (0, 0.5, 1)] == [1.0, 3.0, HOUR]
