"""The working time of a site, with the public holidays of its country and region."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from care.working_time import WorkingHours, next_opening
from storage.records import Site

YEARS_AHEAD = 3


def working_hours(site: Site, *, around: date) -> WorkingHours:
    """Return when a site is open in the years around a date."""
    return WorkingHours(
        zone=site.zone,
        opens=site.opens,
        closes=site.closes,
        days=frozenset(site.days),
        closed=_holidays(site.country, site.region, around.year),
    )


def local_day(site: Site, at: datetime) -> date:
    """Return the date at a site at an instant."""
    return at.astimezone(ZoneInfo(site.zone)).date()


def working_days(site: Site, first: date, last: date) -> list[date]:
    """Return the days from one date to another, both included, on which it is open."""
    hours = working_hours(site, around=first)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    on = [one for one in days if one.weekday() in hours.days]
    return [one for one in on if one not in hours.closed]


def next_opening_after(site: Site, at: datetime) -> datetime:
    """Return when a site next begins a working day after an instant (aware UTC)."""
    hours = working_hours(site, around=at.date())
    day = local_day(site, at) + timedelta(days=1)
    midnight = datetime.combine(day, time(), ZoneInfo(site.zone))
    return next_opening(midnight, hours)


def next_week_after(site: Site, at: datetime) -> datetime:
    """Return when a site opens first in the week after an instant (aware UTC)."""
    day = local_day(site, at)
    monday = day + timedelta(days=7 - day.weekday())
    hours = working_hours(site, around=monday)
    return next_opening(datetime.combine(monday, time(), ZoneInfo(site.zone)), hours)


def holidays_between(
    country: str | None, region: str | None, first: date, last: date
) -> frozenset[date]:
    """Return the public holidays of all years from one date to another.

    Raises NotImplementedError for a country or region that is not known.
    """
    if country is None:
        return frozenset()
    years = range(first.year, last.year + 1)
    return frozenset(holidays.country_holidays(country, subdiv=region, years=years))


@lru_cache(maxsize=64)
def _holidays(country: str | None, region: str | None, year: int) -> frozenset[date]:
    if country is None:
        return frozenset()
    years = range(year - 1, year + YEARS_AHEAD)
    return frozenset(holidays.country_holidays(country, subdiv=region, years=years))
