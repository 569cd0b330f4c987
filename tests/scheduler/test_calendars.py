"""A site is closed on the public holidays of its own country and region."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.people import Role, SiteKind
from care.working_time import (
    add_working_days,
    add_working_time,
    is_open,
    open_time_between,
)
from scheduler.calendars import (
    YEARS_AHEAD,
    holidays_between,
    local_day,
    next_opening_after,
    next_week_after,
    working_days,
    working_hours,
)
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
    urgent_minutes=240,
    advice_days=2,
    evaluation_days=1,
    rota_starts=None,
    rota_order=(),
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


DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
PLACES = (
    ("America/New_York", "US", "NY"),
    ("America/Chicago", "US", "WI"),
    ("America/Phoenix", "US", "AZ"),
    ("America/St_Johns", "CA", "NL"),
    ("Europe/Berlin", "DE", "BY"),
    ("Australia/Lord_Howe", "AU", "NSW"),
    ("Asia/Kathmandu", None, None),
)
"""Zones with every kind of clock, each with its own holidays or with none."""
instants = st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * timedelta(minutes=1)
)


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A site anywhere, with hours and days of its own."""
    zone, country, region = draw(st.sampled_from(PLACES))
    opens = draw(st.integers(0, 20))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return replace(
        SITE,
        zone=zone,
        country=country,
        region=region,
        opens=time(opens),
        closes=time(draw(st.integers(opens + 1, 23)), 30),
        days=tuple(sorted(days)),
    )


def is_holiday(site: Site, day: date) -> bool:
    """Tell whether a day is a public holiday there, asked of the source itself."""
    if site.country is None:
        return False
    known = holidays.country_holidays(site.country, subdiv=site.region, years=day.year)
    return day in known


def works(site: Site, at: datetime) -> bool:
    """Tell whether a site works at an instant, its closing included."""
    day = local_day(site, at - TICK)
    on = day.weekday() in site.days and not is_holiday(site, day)
    hours = working_hours(site, around=at.date())
    return on and (is_open(at, hours) or is_open(at - TICK, hours))


@given(sites(), instants, st.integers(1, 4), st.integers(30, 900))
def test_what_is_due_in_working_time_is_due_while_that_site_works(
    site: Site, start: datetime, days: int, minutes: int
) -> None:
    """Each side's clock goes by its own zone and holidays, over changes of clocks."""
    hours = working_hours(site, around=start.date())
    amount = minutes * timedelta(minutes=1)

    by_days = add_working_days(start, days, hours)
    by_time = add_working_time(start, amount, hours)

    assert works(site, by_days)
    assert works(site, by_time)
    assert open_time_between(start, by_time, hours) == amount


@given(sites(), sites(), instants)
def test_two_sites_agree_on_a_time_only_where_their_calendars_do(
    one: Site, other: Site, start: datetime
) -> None:
    """A working day of one side never counts the other's hours or holidays."""
    mine = working_hours(one, around=start.date())
    theirs = working_hours(other, around=start.date())

    due = add_working_days(start, 1, mine)

    assert works(one, due)
    if not works(other, due):
        assert add_working_days(start, 1, theirs) != due


@given(sites(), instants)
def test_the_next_opening_is_the_first_moment_of_a_later_working_day(
    site: Site, at: datetime
) -> None:
    opening = next_opening_after(site, at)

    day = local_day(site, opening)
    assert day > local_day(site, at)
    assert opening.astimezone(ZoneInfo(site.zone)).time() >= site.opens
    assert not is_open(opening - TICK, working_hours(site, around=at.date()))
    assert working_days(site, local_day(site, at) + DAY, day) == [day]


@given(sites(), instants)
def test_the_next_week_begins_with_its_first_working_day(
    site: Site, at: datetime
) -> None:
    opening = next_week_after(site, at)

    today, day = local_day(site, at), local_day(site, opening)
    monday = today + (7 - today.weekday()) * DAY
    assert working_days(site, monday, day) == [day]
    assert opening > at


@given(sites(), instants, st.integers(0, 60))
def test_working_days_are_the_days_on_which_it_opens_and_no_holidays(
    site: Site, at: datetime, count: int
) -> None:
    first = at.date()

    found = working_days(site, first, first + count * DAY)

    days = [first + n * DAY for n in range(count + 1)]
    on = [day for day in days if day.weekday() in site.days]
    assert found == [day for day in on if not is_holiday(site, day)]


def test_there_are_no_working_days_where_the_last_is_before_the_first() -> None:
    assert working_days(SITE, TODAY, TODAY - DAY) == []


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-24T08:00-05:00", "2026-11-25T08:00-05:00"),
        ("2026-11-24T03:00-05:00", "2026-11-25T08:00-05:00"),
        ("2026-11-25T23:30-05:00", "2026-11-27T08:00-05:00"),
        ("2026-11-27T12:00-05:00", "2026-11-30T08:00-05:00"),
        ("2026-10-30T12:00-04:00", "2026-11-02T08:00-05:00"),
    ],
)
def test_the_day_after_is_looked_at_when_the_center_opens(
    at: str, opening: str
) -> None:
    """Over a holiday, a weekend, and the night on which clocks change."""
    found = next_opening_after(SITE, datetime.fromisoformat(at))

    assert found == datetime.fromisoformat(opening)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-23T07:00-05:00", "2026-11-30T08:00-05:00"),
        ("2026-11-29T23:59-05:00", "2026-11-30T08:00-05:00"),
        ("2026-12-28T08:00-05:00", "2027-01-04T08:00-05:00"),
        ("2027-01-12T08:00-05:00", "2027-01-19T08:00-05:00"),
    ],
)
def test_a_week_begins_on_monday_or_after_the_holiday_that_falls_on_it(
    at: str, opening: str
) -> None:
    found = next_week_after(SITE, datetime.fromisoformat(at))

    assert found == datetime.fromisoformat(opening)


def test_a_day_is_the_date_at_the_site() -> None:
    late = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)

    assert local_day(SITE, late) == date(2026, 11, 24)
    assert local_day(replace(SITE, zone="Europe/Berlin"), late) == date(2026, 11, 25)


def test_holidays_of_a_span_are_those_of_all_its_years() -> None:
    found = holidays_between("US", "IL", date(2026, 3, 1), date(2041, 3, 1))

    assert {one.year for one in found} == set(range(2026, 2042))
    assert date(2040, 7, 4) in found


def test_no_country_has_no_holidays() -> None:
    assert holidays_between(None, None, date(2026, 1, 1), date(2030, 1, 1)) == set()


def test_holidays_of_an_unknown_region_are_refused() -> None:
    with pytest.raises(NotImplementedError):
        holidays_between("US", "QQ", date(2026, 1, 1), date(2026, 1, 1))
