"""Who has a morning digest, and when it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from care.digest import KEPT_ON, Morning, WorkingWeek, morning_on, next_morning
from scheduler.calendars import working_hours
from storage.digests import DigestChoice
from storage.records import Clinician, Site
from storage.unit import Reading


@dataclass(frozen=True)
class Mornings:
    """When somebody's digests come, by what they chose and by their site."""

    at: time
    zone: str
    week: WorkingWeek

    @classmethod
    def of(cls, choice: DigestChoice, site: Site, *, around: date) -> Mornings:
        """Return somebody's mornings in the years around a date."""
        hours = working_hours(site, around=around)
        days = hours.days if choice.days is None else frozenset(choice.days)
        week = WorkingWeek(days, hours.closed)
        return cls(choice.at, choice.zone or site.zone, week)

    def next(self, after: datetime) -> Morning:
        """Return the first morning after an instant."""
        return next_morning(self.at, self.zone, self.week, after=after)

    def now(self, at: datetime) -> Morning | None:
        """Return today's morning, once it has come; None where today has none."""
        today = self.today(at)
        found = morning_on(today, self.at, self.zone)
        come = found is not None and found.at <= at
        return found if come and self.week.works(today) else None

    def today(self, at: datetime) -> date:
        """Return the date where somebody is."""
        return at.astimezone(ZoneInfo(self.zone)).date()


def wants_digest(one: Clinician, choice: DigestChoice) -> bool:
    """Tell whether somebody has a digest: by their choice, or by their role now.

    Who switched it off before they came to coordinate has it nevertheless.
    """
    return choice.wanted or one.role in KEPT_ON


@dataclass(frozen=True)
class Subscriber:
    """Somebody with their site and what they chose, each read once for a morning."""

    one: Clinician
    site: Site
    choice: DigestChoice

    @property
    def wants(self) -> bool:
        """Whether they have a digest."""
        return wants_digest(self.one, self.choice)

    def mornings(self, around: date) -> Mornings:
        """Return when their digests come, in the years around a date."""
        return Mornings.of(self.choice, self.site, around=around)


def subscriber(reading: Reading, one: Clinician) -> Subscriber:
    """Return somebody with their site and what they chose."""
    site = reading.people.site(one.site_id)
    return Subscriber(one, site, reading.digests.choice(one.id))
