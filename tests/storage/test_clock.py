"""The care clock: it stands, it is moved ahead, and it never goes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.clock import RealClock, TravellingClock
from tests.conftest import T0

DAY = timedelta(days=1)


def test_the_real_clock_tells_the_present_in_utc() -> None:
    before = datetime.now(UTC)

    told = RealClock().now()

    assert before <= told <= datetime.now(UTC)
    assert told.utcoffset() == timedelta()


def test_a_stopped_clock_stands_until_it_is_moved(clock: TravellingClock) -> None:
    assert clock.now() == clock.now() == T0

    assert clock.move(DAY) == T0 + DAY

    assert clock.now() == T0 + DAY


def test_a_clock_that_was_not_stopped_runs_on_from_where_it_was_moved_to() -> None:
    ahead = TravellingClock(ahead=30 * DAY)

    first, second = ahead.now(), ahead.now()

    assert first - datetime.now(UTC) > 29 * DAY
    assert second >= first


def test_time_does_not_go_back(clock: TravellingClock) -> None:
    with pytest.raises(ValueError, match="does not go back"):
        clock.move(-DAY)

    assert clock.now() == T0


def test_stopping_forgets_how_far_the_clock_had_been_moved() -> None:
    moved = TravellingClock(ahead=DAY)

    moved.stop_at(T0)

    assert moved.now() == T0
