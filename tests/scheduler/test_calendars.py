"""A site is closed on the public holidays of its own country and region."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from care.people import Role, SiteKind
from care.working_time import add_working_time
from scheduler.calendars import YEARS_AHEAD, working_hours
from storage.records import Site

TODAY = date(2026, 11, 23)
SITE = Site(
    id="site",
    workspace_id="T0",
    key="site",
    kind=SiteKind.CENTER,
    name="University Center",
    phone_24h="+1 555 0100",
    zone="America/New_York",
    opens=time(8),
    closes=time(17),
    days=(0, 1, 2, 3, 4),
    country="US",
    region="NY",
    responsible_roles=(Role.SPECIALIST,),
)


def closed(country: str | None, region: str | None = None) -> frozenset[date]:
    """Return the days on which a site there is closed."""
    site = replace(SITE, country=country, region=region)
    return working_hours(site, around=TODAY).closed


def test_a_site_keeps_its_own_hours_and_zone() -> None:
    hours = working_hours(SITE, around=TODAY)

    assert (hours.zone, hours.opens, hours.closes) == (SITE.zone, time(8), time(17))
    assert hours.days == frozenset(range(5))


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("US", None, date(2026, 11, 26)),
        ("US", "MA", date(2027, 4, 19)),
        ("DE", "BY", date(2027, 1, 6)),
        ("GB", "SCT", date(2026, 11, 30)),
        ("CA", "QC", date(2027, 6, 24)),
    ],
)
def test_a_holiday_of_the_country_or_region_is_closed(
    country: str, region: str | None, day: date
) -> None:
    assert day in closed(country, region)


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("US", "NY", date(2027, 4, 19)),
        ("DE", "BE", date(2027, 1, 6)),
        ("GB", "ENG", date(2026, 11, 30)),
        ("CA", "ON", date(2027, 6, 24)),
    ],
)
def test_a_holiday_of_the_neighbours_is_a_working_day(
    country: str, region: str, day: date
) -> None:
    assert day not in closed(country, region)


def test_without_a_country_there_are_no_holidays() -> None:
    assert closed(None) == frozenset()


@pytest.mark.parametrize("year", range(TODAY.year - 1, TODAY.year + YEARS_AHEAD))
def test_years_before_and_ahead_are_known(year: int) -> None:
    """A clock that began last year, and one that ends in two years."""
    assert date(year, 12, 25) in closed("US") or date(year, 12, 24) in closed("US")
    assert date(year, 1, 1) in closed("US") or date(year - 1, 12, 31) in closed("US")


def test_the_years_move_on_with_the_time() -> None:
    later = working_hours(SITE, around=date(2041, 6, 1))

    assert date(2041, 7, 4) in later.closed
    assert date(2043, 12, 25) in later.closed


def test_working_time_passes_over_a_holiday() -> None:
    """Four hours from Wednesday afternoon before Thanksgiving end on Friday."""
    hours = working_hours(SITE, around=TODAY)
    wednesday = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)

    due = add_working_time(wednesday, timedelta(hours=4), hours)

    assert due == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
