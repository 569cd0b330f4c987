"""Working time of one site: when it is open, and when so much of it has passed.

Instants are aware; results are UTC. Opening hours are wall-clock times at the site. A
wall-clock time on a date means the first instant at which the site's clock has reached
it. So a time that the clock skips in spring means the moment of the change, and a time
that comes twice in autumn means the earlier. Read so, later wall-clock times never
come at earlier instants, and an opening never overlaps the next.

Time is counted as it passes, not as the clock shows it: a night shift on a spring
night is an hour shorter. An opening that the clock skips entirely is no opening.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_WEEKDAYS = frozenset(range(7))


@dataclass(frozen=True)
class WorkingHours:
    """When a site is open: from `opens` to `closes`, wall-clock, on `days`.

    `zone` is an IANA name. `days` counts Monday as 0. `closed` lists the dates, such as
    public holidays, on which the site is not open at all. `time.max` closes at
    midnight. Raises ValueError for hours that cannot be: an unknown zone, no day of the
    week, a day outside 0 to 6, a closing that is not after its opening, times that
    carry a zone of their own.
    """

    zone: str
    opens: time
    closes: time
    days: frozenset[int]
    closed: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        _require_zone(self.zone)
        if not self.days:
            raise ValueError("days: a site must be open on some day of the week.")
        if not self.days <= _WEEKDAYS:
            raise ValueError("days: must be from 0 (Monday) to 6 (Sunday).")
        if self.opens.tzinfo is not None or self.closes.tzinfo is not None:
            raise ValueError("opens, closes: must not carry a zone; `zone` says it.")
        if self.closes <= self.opens:
            raise ValueError("closes: must be later in the day than opens.")


@dataclass(frozen=True)
class _Opening:
    """One day's opening; both ends belong to it."""

    day: date
    opens_at: datetime
    closes_at: datetime


def add_working_time(
    start: datetime, amount: timedelta, hours: WorkingHours
) -> datetime:
    """Return the first instant at which `amount` of open time has passed since `start`.

    Only open time counts, so a start outside hours counts from the next opening. Time
    that is used up exactly at a closing is due then, not at the next opening. Adding
    twice is adding the sum. Raises ValueError for a negative amount or a naive start.
    """
    if amount < timedelta():
        raise ValueError("amount: must not be negative.")
    left = amount
    start = _as_utc(start)
    for opening in _openings_from(start, hours):
        begin = max(start, opening.opens_at)
        room = opening.closes_at - begin
        if left <= room:
            return begin + left
        left -= room
    raise _calendar_ended()


def add_working_days(start: datetime, days: int, hours: WorkingHours) -> datetime:
    """Return when a request made at `start` has had so many whole working days.

    A request in open time is due at the same local time that many working days on: one
    at Friday 16:30 with one day is due Monday 16:30. A request while the site is closed
    is as if made at the last closing, so it is due when the site closes: one on
    Saturday, or on Monday before the opening, with one day is due Monday at closing.
    While a clock repeats an hour, both its passes are due at the same time. Raises
    ValueError for less than one day or a naive start.
    """
    if days < 1:
        raise ValueError("days: must be at least 1.")
    start = _as_utc(start)
    due_time = hours.closes
    ahead = days
    for opening in _openings_from(start, hours):
        if opening.opens_at <= start:
            due_time = _wall_time(start, hours)
            continue
        ahead -= 1
        if ahead == 0:
            return _instant(opening.day, due_time, ZoneInfo(hours.zone))
    raise _calendar_ended()


def open_time_between(start: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    """Return how much open time passes from `start` to `end`.

    Raises ValueError when the end is before the start, or either is naive.
    """
    start, end = _as_utc(start), _as_utc(end)
    if end < start:
        raise ValueError("end: must not be before start.")
    total = timedelta()
    for opening in _openings_from(start, hours):
        if opening.opens_at >= end:
            break
        total += min(end, opening.closes_at) - max(start, opening.opens_at)
    return total


def half_way(start: datetime, due: datetime, hours: WorkingHours) -> datetime:
    """Return the instant at which half of the open time up to `due` is used.

    It is never after `due`: with no open time between the two, it is `due` itself or
    a closing or opening before it. Raises ValueError as `open_time_between` does.
    """
    half = open_time_between(start, due, hours) // 2
    return min(add_working_time(start, half, hours), _as_utc(due))


def is_open(at: datetime, hours: WorkingHours) -> bool:
    """Say whether the site is open: from its opening to just before its closing."""
    return next_opening(at, hours) == _as_utc(at)


def next_opening(at: datetime, hours: WorkingHours) -> datetime:
    """Return the first instant, from `at` on, at which the site is open.

    While it is open that is `at` itself; at the very closing it is the next opening.
    Raises ValueError for a naive instant.
    """
    at = _as_utc(at)
    for opening in _openings_from(at, hours):
        if at < opening.closes_at:
            return max(at, opening.opens_at)
    raise _calendar_ended()


def next_time(wall: time, zone: str, *, after: datetime) -> datetime:
    """Return the first instant after another at which a clock reaches a time of day.

    A time that the clock skips in spring means the moment of the change.
    """
    daily = WorkingHours(zone, wall, time.max, frozenset(range(7)))
    local = ZoneInfo(zone)
    day = after.astimezone(local).date()
    while True:
        found = next_opening(datetime.combine(day, time(), local), daily)
        if found > after:
            return found
        day += _DAY


def working_day_up_to(day: date, hours: WorkingHours) -> date:
    """Return a date if the site is open on it, else the last one before on which it is.

    So what falls on a weekend or a holiday comes on the working day before.
    """
    while day.weekday() not in hours.days or day in hours.closed:
        day -= _DAY
    return day


def first_instant(day: date, wall: time, zone: str) -> datetime:
    """Return the first instant at which a zone's clock has reached a time of a day."""
    return _instant(day, wall, ZoneInfo(zone))


def _openings_from(start: datetime, hours: WorkingHours) -> Iterator[_Opening]:
    """Yield, in order, the openings that have not ended before `start`."""
    zone = ZoneInfo(hours.zone)
    start = _as_utc(start)
    # The day before too: where a clock skips from before midnight to midnight, a
    # closing of yesterday's date can be the very moment at which today begins.
    day = start.astimezone(zone).date() - _DAY
    while day < date.max:
        if day.weekday() in hours.days and day not in hours.closed:
            opening = _Opening(
                day,
                _instant(day, hours.opens, zone),
                _instant(day, hours.closes, zone),
            )
            if max(start, opening.opens_at) <= opening.closes_at != opening.opens_at:
                yield opening
        day += _DAY


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the clock of the zone has reached this time."""
    local = datetime.combine(day, wall)
    # With fold 0 this is the earlier of two, and past the change where there is none.
    at = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == local:
        return at
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _clock_change(before.replace(microsecond=0), at, zone)


def _clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find, to the second, the one change of offset between two instants."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, -((before - after) // _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        at = before + middle * _SECOND
        if at.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + high * _SECOND


def _wall_time(at: datetime, hours: WorkingHours) -> time:
    """Read the site's clock at an instant of open time, kept inside its hours.

    In a repeated hour the clock can show less than the opening that it has passed.
    """
    shown = at.astimezone(ZoneInfo(hours.zone)).time()
    return min(max(shown, hours.opens), hours.closes)


def _as_utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("An instant must be aware of its zone.")
    return at.astimezone(UTC)


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # An OSError too: the name of a folder of zones, such as "America".
        raise ValueError(f"zone: {name!r} is no IANA time zone.") from error


def _calendar_ended() -> OverflowError:
    return OverflowError("The working time asked for ends after the year 9999.")
