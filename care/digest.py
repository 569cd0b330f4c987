"""The morning digest: who is told of which check, and on which of their mornings.

It is a pure selection, made anew each morning, so that nothing has to be planned that
could be lost. What is due is told on the first morning of each week on which a patient
has something, and again where it is the last morning in time: at most two mornings a
week for a patient after the first month. A check stands in one person's digest, its
doer's; one that was missed in a coordinator's of its site too, and later with the
responsible clinician and the leads. Dates of a weekend come on the morning before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.item import State
from care.knowledge.telling import LEADS_AFTER, USUALLY, MissTold
from care.people import Role
from care.working_time import WorkingHours, next_opening

A_DAY = timedelta(days=1)
USUALLY_AT = time(8)
"""When a digest comes where its reader chose nothing."""
EVERY_MORNING = 5
"""Working days for which what was missed stands in each digest; then it is weekly."""
A_WEEK_AT_MOST = 2
"""Mornings of a week on which a patient is told of, after the first month."""
LOOKED_AHEAD = 60
"""Days within which somebody works again; who does not, has no working week."""


class Section(StrEnum):
    """Where in a digest something stands, in this order."""

    MISSED = "not yet recorded"
    LONG_MISSED = "not recorded for more than two weeks"
    """For leads alone, once a week; a center may have set a row's days faster."""
    LAST_DAY = "last day"
    WEEK = "this week"


class Rhythm(StrEnum):
    """How often somebody has a digest."""

    DAILY = "every working day, and on the first of a week even if nothing is due"
    NEEDED = "when something waits"
    DUTY = "on days of duty"
    WEEKLY = "once a week"


RHYTHMS: Mapping[Role, Rhythm] = {
    Role.COORDINATOR: Rhythm.DAILY,
    Role.SPECIALIST: Rhythm.DUTY,
    Role.LEAD: Rhythm.WEEKLY,
    Role.ADMINISTRATOR: Rhythm.WEEKLY,
}
"""Roles that are not told when something waits, but in a rhythm of their own."""

KEPT_ON = frozenset({Role.COORDINATOR})
"""Roles whose digest cannot be switched off: what anybody missed stands in theirs."""


def rhythm_of(role: Role) -> Rhythm:
    """Return how often somebody of this role has a digest."""
    return RHYTHMS.get(role, Rhythm.NEEDED)


@dataclass(frozen=True)
class WorkingWeek:
    """On which dates somebody works: days of the week (Monday is 0) but holidays."""

    days: frozenset[int] = frozenset(range(5))
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a week in which nobody ever works."""
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("a working week has some days from 0 to 6")

    def works(self, day: date) -> bool:
        """Tell whether it is a working day."""
        return day.weekday() in self.days and day not in self.closed

    def next_after(self, day: date) -> date:
        """Return the next working day after a date."""
        return next(self._from(day + A_DAY, A_DAY))

    def last_before(self, day: date) -> date:
        """Return the last working day before a date."""
        return next(self._from(day - A_DAY, -A_DAY))

    def count(self, first: date, last: date) -> int:
        """Return how many working days there are from one date to another."""
        days = range((last - first).days + 1)
        return sum(self.works(first + n * A_DAY) for n in days)

    def begins_week(self, day: date) -> bool:
        """Tell whether a working day is the first one of its week."""
        return self.works(day) and self.last_before(day) < monday_of(day)

    def _from(self, day: date, step: timedelta) -> Iterator[date]:
        for _ in range(LOOKED_AHEAD):
            if self.works(day):
                yield day
            day += step
        # So many holidays in a row are a calendar that is wrong: nobody falls silent.
        yield day


def monday_of(day: date) -> date:
    """Return the Monday of a date's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Morning:
    """When somebody's digest comes: the date where they are, and the instant."""

    day: date
    at: datetime


def next_morning(at: time, zone: str, week: WorkingWeek, *, after: datetime) -> Morning:
    """Return somebody's first working morning after an instant.

    09:00 stays 09:00 whatever the clock does; a time that the clock skips means the
    moment of the change, one that comes twice the earlier. There is one a date.
    """
    day = after.astimezone(ZoneInfo(zone)).date() - A_DAY
    while True:
        day = week.next_after(day)
        found = morning_on(day, at, zone)
        if found is not None and found.at > after:
            return found


def morning_on(day: date, at: time, zone: str) -> Morning | None:
    """Return when a date's morning is; None where the zone has no such date."""
    local = ZoneInfo(zone)
    daily = WorkingHours(zone, at, time.max, frozenset(range(7)))
    found = next_opening(datetime.combine(day, time(), local), daily)
    return Morning(day, found) if found.astimezone(local).date() == day else None


@dataclass(frozen=True)
class Reader:
    """Whose digest it is."""

    id: str
    site_id: str
    rhythm: Rhythm
    week: WorkingWeek = field(default_factory=WorkingWeek)
    on_duty: bool = False
    leads: bool = False
    """Whether they lead their site."""
    away: frozenset[date] = frozenset()
    """Days of late on which they were away and nobody stood in for them."""

    def last_there_before(self, day: date) -> date:
        """Return their last working day before a date on which they were there."""
        before = self.week.last_before(day)
        while before in self.away:
            before = self.week.last_before(before)
        return before


@dataclass(frozen=True)
class Due:
    """One check as far as it matters who is told of it, and when."""

    id: str
    patient: str
    state: State
    earliest: date
    ends_on: date
    doer_id: str | None
    """Who does it at this moment: a cover, where the doer is away."""
    coordinator_id: str | None = None
    """Which coordinator of its site hears of it once it is missed."""
    responsible_id: str | None = None
    sites: frozenset[str] = frozenset()
    """Both sites of the patient: their leads hear of what stays missed."""
    miss_told: MissTold = USUALLY
    """After how many working days others hear, once it is missed."""
    site_week: WorkingWeek = field(default_factory=WorkingWeek)
    """Of the site at which it is done: by this, days since the window are counted."""
    missed_on: date | None = None
    quiet_until: date | None = None
    """The day to which its doer put it off inside its window."""
    daily_until: date | None = None
    """The end of the patient's first month, up to which each morning tells of it."""

    def since_missed(self, day: date) -> int:
        """Return how many working days have passed since the window closed."""
        return self.site_week.count(self.was_missed_on, day)

    def is_missed(self, day: date) -> bool:
        """Tell whether its window is over, however late anybody notes it."""
        return self.state is State.MISSED or self.ends_on < day

    @property
    def was_missed_on(self) -> date:
        """The first day after its window."""
        return self.missed_on or self.ends_on + A_DAY


@dataclass(frozen=True)
class Line:
    """One check in one digest."""

    due: Due
    section: Section
    must: bool = False
    """It cannot wait for the reader's next digest."""


@dataclass(frozen=True)
class Told:
    """Of what the earlier digests of a week told their reader."""

    items: Mapping[str, int] = field(default_factory=dict)
    """Checks that were due, with on how many mornings."""
    patients: Mapping[str, int] = field(default_factory=dict)
    """Patients with something due, with on how many mornings."""

    @classmethod
    def of(cls, mornings: Iterable[tuple[Collection[str], Collection[str]]]) -> Told:
        """Return what was told on mornings, each with its checks and its patients."""
        items: dict[str, int] = {}
        patients: dict[str, int] = {}
        for checks, cases in mornings:
            for names, counted in ((checks, items), (cases, patients)):
                for one in set(names):
                    counted[one] = counted.get(one, 0) + 1
        return cls(items, patients)


NOTHING_TOLD = Told()
WAITS = frozenset({State.UPCOMING, State.OPEN, State.MISSED})
"""States of what a digest may tell of; what is held comes back by itself."""


def lines_for(
    reader: Reader, day: date, dues: Iterable[Due], told: Told = NOTHING_TOLD
) -> tuple[Line, ...]:
    """Return what a reader's digest of a day says, first what was missed.

    On a day that is none of their rhythm, only what cannot wait for the next.
    """
    if not reader.week.works(day):
        return ()
    lines = [
        line
        for one in dues
        if one.state in WAITS and (line := _line(reader, day, one, told))
    ]
    if not has_digest_on(reader, day):
        # With a patient's last day all that the week holds of them, so that they are
        # not told of again and again.
        patients = {one.due.patient for one in lines if one.must}
        lines = [one for one in lines if one.due.patient in patients]
    return tuple(sorted(lines, key=_in_order))


def has_digest_on(reader: Reader, day: date) -> bool:
    """Tell whether a day is one of a reader's rhythm."""
    match reader.rhythm:
        case Rhythm.DUTY:
            return reader.week.works(day) and reader.on_duty
        case Rhythm.WEEKLY:
            return reader.week.begins_week(day)
        case _:
            return reader.week.works(day)


def comes(reader: Reader, day: date, *, lines: int, waiting: int) -> bool:
    """Tell whether a digest comes at all: an empty one does not.

    But a coordinator's first of the week, so that silence is never taken for calm.
    """
    if lines:
        return True
    always = reader.rhythm is Rhythm.DAILY and reader.week.begins_week(day)
    return always or bool(waiting and has_digest_on(reader, day))


def _in_order(line: Line) -> tuple[int, date, date, str, str]:
    one = line.due
    place = list(Section).index(line.section)
    return place, one.ends_on, one.earliest, one.patient, one.id


def _line(reader: Reader, day: date, one: Due, told: Told) -> Line | None:
    if one.is_missed(day):
        return _missed_line(reader, day, one)
    return _due_line(reader, day, one, told) if one.doer_id == reader.id else None


def _due_line(reader: Reader, day: date, one: Due, told: Told) -> Line | None:
    """Return what is said of a check whose window is not over."""
    until = reader.week.next_after(day) - A_DAY
    if one.earliest > _end_of_week(reader, day):
        return None
    if one.ends_on <= until:
        fresh = one.id not in told.items
        few = told.patients.get(one.patient, 0) < A_WEEK_AT_MOST
        counts = fresh or few or _is_daily(one, day)
        return Line(one, Section.LAST_DAY, must=True) if counts else None
    if one.quiet_until is not None and day < one.quiet_until:
        return None
    asked_for = _comes_first_on(reader, day, one.quiet_until)
    begins = _is_daily(one, day) and one.earliest <= until
    if asked_for or begins or one.patient not in told.patients:
        return Line(one, Section.WEEK)
    return None


def _missed_line(reader: Reader, day: date, one: Due) -> Line | None:
    """Return what is said of a check whose window is over."""
    since = one.since_missed(day)
    weekly = reader.week.begins_week(day)
    if reader.id in {one.doer_id, one.coordinator_id}:
        first = _comes_first_on(reader, day, one.was_missed_on)
        if first or since <= EVERY_MORNING or (weekly and since <= LEADS_AFTER):
            return Line(one, Section.MISSED, must=first)
    elif reader.id == one.responsible_id and since >= one.miss_told.responsible:
        first = _hears_first_on(reader, day, one)
        if first or (weekly and since <= LEADS_AFTER):
            return Line(one, Section.MISSED, must=first)
    if reader.leads and reader.site_id in one.sites and weekly:
        return Line(one, Section.LONG_MISSED) if since > one.miss_told.leads else None
    return None


def _hears_first_on(reader: Reader, day: date, one: Due) -> bool:
    """Tell whether a morning is the first on which the responsible one hears."""
    before = reader.last_there_before(day)
    if before < one.was_missed_on:
        return True
    return one.since_missed(before) < one.miss_told.responsible


def _is_daily(one: Due, day: date) -> bool:
    return one.daily_until is not None and day <= one.daily_until


def _comes_first_on(reader: Reader, day: date, since: date | None) -> bool:
    """Tell whether a morning is the reader's first one since a date."""
    if since is None or day < since:
        return False
    return reader.week.last_before(day) < since


def _end_of_week(reader: Reader, day: date) -> date:
    """Return the last date that this week's digests speak for."""
    sunday = monday_of(day) + timedelta(days=6)
    return reader.week.next_after(sunday) - A_DAY
