"""The harness bites: on APScheduler's own store it finds what is lost and doubled."""

from __future__ import annotations

from collections import Counter

from tests.proof.apscheduling import play
from tests.proof.history import check, names
from tests.proof.weather import CALM, STORMS, Weather


def judged(weather: Weather, *, processes: int = 1) -> Counter[str]:
    """Return how often each rule is broken in a few histories."""
    histories = [play(seed, weather, processes=processes) for seed in range(6)]
    return sum((names(check(one)) for one in histories), Counter())


def test_one_process_in_calm_weather_is_found_to_be_right() -> None:
    """The harness is fair: it finds nothing where nothing is wrong."""
    assert judged(CALM) == {}


def test_a_process_that_is_ended_loses_what_it_had_taken() -> None:
    assert judged(STORMS["sudden ends"])["LOST"] > 0


def test_a_cut_line_loses_what_it_carried() -> None:
    assert judged(STORMS["cut lines"])["LOST"] > 0


def test_two_processes_on_one_store_say_it_twice() -> None:
    assert judged(CALM, processes=2)["DOUBLED"] > 0
