"""The working time of a site, with the public holidays of its country and region."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from care.working_time import WorkingHours
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


@lru_cache(maxsize=64)
def _holidays(country: str | None, region: str | None, year: int) -> frozenset[date]:
    if country is None:
        return frozenset()
    years = range(year - 1, year + YEARS_AHEAD)
    return frozenset(holidays.country_holidays(country, subdiv=region, years=years))
