"""Promises of the seeded scheduler: who goes on, who is ended, and what time it is."""

from __future__ import annotations

import pytest

from tests.proof.clockwork import Clockwork, Strand, Stuck, seeded
from tests.proof.points import AROUND, ASKED, Doing, Point


def clockwork(seed: int = 1) -> Clockwork:
    """Return one in which nothing befalls anybody."""
    return Clockwork(seeded(seed))


def test_a_strand_that_sleeps_goes_on_when_its_time_has_come() -> None:
    clock, woken = clockwork(), []

    def sleep() -> None:
        clock.pause(60.0)
        woken.append(clock.now)

    clock.start("one", sleep)
    clock.run_until(lambda: bool(woken))

    assert 60.0 <= woken[0] < 60.2


def test_a_strand_that_waits_goes_on_as_soon_as_it_holds() -> None:
    clock = clockwork()
    said: list[float] = []
    clock.start("one", lambda: clock.pause(60.0, until=lambda: bool(said)))
    clock.start("two", lambda: said.append(clock.now))

    clock.run_until(lambda: not clock.strands)

    assert clock.now < 1.0


def test_a_strand_that_is_ended_runs_no_more_but_gives_back_what_it_held() -> None:
    clock, seen = clockwork(), []

    def work() -> None:
        try:
            clock.reach(Point.BEFORE_POST)
            seen.append("posted")
        finally:
            seen.append("rolled back")

    doomed = clock.start("one", work)
    clock.run_until(lambda: doomed.point is not None)
    clock.end(doomed)

    assert seen == ["rolled back"]
    assert clock.strands == []


def test_a_strand_whose_timer_has_run_out_is_ended_when_it_wakes() -> None:
    ended: list[Strand] = []
    clock, said = clockwork(), []
    clock.when_timed_out = ended.append

    def work() -> None:
        clock.pause(31.0)
        said.append("awake")

    sleeper = clock.start("one", work)
    sleeper.timer = 30.0
    clock.run_until(lambda: not clock.strands)

    assert ended == [sleeper]
    assert said == []


def test_an_error_is_raised_at_the_seam_where_it_was_put() -> None:
    seen = []

    def fate(strand: Strand) -> bool:
        strand.error = ConnectionError("away")
        return True

    clock = Clockwork(seeded(1), fate)

    def work() -> None:
        with pytest.raises(ConnectionError, match="away"):
            clock.reach(Point.IN_CLAIM)
        seen.append("went on")

    clock.start("one", work)
    clock.run_until(lambda: not clock.strands)

    assert seen == ["went on"]


def test_what_is_to_happen_happens_though_everybody_sleeps() -> None:
    clock, seen = clockwork(), []
    clock.start("one", lambda: clock.pause(100.0))
    clock.after(5.0, lambda: seen.append(clock.now))

    clock.run_until(lambda: bool(seen))

    assert 5.0 <= seen[0] < 5.2
    assert not clock.has_events


def test_the_order_is_the_seeds_own() -> None:
    def order(seed: int) -> str:
        clock, said = clockwork(seed), []

        def say(name: str) -> None:
            for _ in range(4):
                said.append(name)
                clock.reach(Point.BEFORE_CLAIM)

        for name in "abc":
            clock.start(name, lambda name=name: say(name))  # type: ignore[misc]
        clock.run_until(lambda: not clock.strands)
        return "".join(said)

    assert order(1) == order(1)
    assert len({order(seed) for seed in range(10)}) > 5


def test_a_clockwork_in_which_nobody_is_left_says_so() -> None:
    with pytest.raises(Stuck, match="nobody is left"):
        clockwork().run_until(lambda: False)


def test_every_point_but_those_of_a_call_stands_around_a_transaction() -> None:
    around = [point for three in AROUND.values() for point in three]
    calls = {
        Point.AFTER_READING,
        Point.BEFORE_POST,
        Point.AFTER_POST,
        Point.BEFORE_LOOK,
    }

    assert set(AROUND) == set(Doing)
    assert len(around) == len(set(around))
    assert {*around} | calls == set(Point)
    assert set(ASKED) <= set(Point)
