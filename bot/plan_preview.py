"""A plan as it would be made, computed from what is typed; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import holidays

from bot.refusals import Refusal
from care.knowledge.protocol import Condition, Kind, ProtocolRow
from care.knowledge.reading import packaged_sources
from care.knowledge.statements import Source
from care.milestone import Product
from care.plan import HORIZON, Basis, Occurrence, Window, applies, listed, plan
from care.spans import Span
from care.visits import phase
from care.working_time import WorkingHours, next_time, working_day_up_to
from scheduler.calendars import holidays_between

Word = TypeVar("Word", Product, Condition)

MORNING = time(8)
"""When somebody is told, at the clock of the site."""
WORKING_DAYS = frozenset(range(5))
"""Monday to Friday: a preview knows no site's own days."""


class PreviewRefused(Refusal):
    """This plan cannot be shown. Nothing was kept."""


@dataclass(frozen=True)
class Asked:
    """What a plan is asked for with; nothing of it is about a patient but Day 0."""

    product: Product
    day0: date
    zone: str
    country: str | None = None
    region: str | None = None
    conditions: frozenset[Condition] = frozenset()
    chosen: frozenset[str] = frozenset()
    """Rows that are taken where sources disagree, by their ids."""
    until: Span = HORIZON


@dataclass(frozen=True)
class Line:
    """One window of a plan, and when somebody is told of it."""

    due: Occurrence
    named: str
    """Its time after Day 0: "month-1"."""
    told: date
    """The working day on which it is first said: its first day, or one before."""
    last_told: date
    """The working day on which it is said that it ends: its last day, or one before."""
    told_at: datetime

    @property
    def row(self) -> ProtocolRow:
        """The row that it is of."""
        return self.due.row

    @property
    def window(self) -> Window:
        """From which day to which it can be done."""
        return self.due.window


@dataclass(frozen=True)
class Preview:
    """A plan with all that is shown beside it."""

    asked: Asked
    protocol: str
    """The version, or the file, that its rows are from."""
    rows: tuple[ProtocolRow, ...]
    """All rows of the protocol but those that were not chosen."""
    lines: tuple[Line, ...]
    standing: tuple[ProtocolRow, ...]
    at_each_visit: tuple[ProtocolRow, ...]
    not_applying: tuple[ProtocolRow, ...]
    """Of another product, or with a condition that was not named."""
    open_choices: tuple[str, ...]
    """Where sources disagree and no row was chosen: all of them are shown."""
    sources: Mapping[str, Source]
    """What each key stands for that one of the rows cites."""

    @property
    def until(self) -> date:
        """The last day on which a window that is shown begins."""
        return self.asked.until.after(self.asked.day0)


def read_asked(
    *,
    product: str,
    day0: str,
    zone: str,
    holidays_of: str | None,
    conditions: Collection[str],
    chosen: Collection[str],
    until: str,
) -> Asked:
    """Return what is asked for in words. Raises `PreviewRefused`, naming the option."""
    country, region = _place(holidays_of)
    return Asked(
        product=_named(Product, product, "product"),
        day0=_day(day0),
        zone=_zone(zone),
        country=country,
        region=region,
        conditions=frozenset(_named(Condition, c, "condition") for c in conditions),
        chosen=frozenset(chosen),
        until=_span(until),
    )


def preview(asked: Asked, rows: Sequence[ProtocolRow], *, protocol: str) -> Preview:
    """Return the plan that some rows make. Raises `PreviewRefused`."""
    taken = _chosen(rows, asked.chosen)
    basis = Basis(asked.day0, asked.product, asked.conditions)
    due = plan(taken, basis, until=asked.until.after(asked.day0))
    choices = [one.choice for one in taken if one.choice and applies(one, basis)]
    return Preview(
        asked=asked,
        protocol=protocol,
        rows=taken,
        lines=_lines(due, asked),
        standing=listed(taken, basis, Kind.STANDING),
        at_each_visit=listed(taken, basis, Kind.AT_EACH_VISIT),
        not_applying=tuple(one for one in taken if not applies(one, basis)),
        open_choices=tuple(
            one for one in dict.fromkeys(choices) if choices.count(one) > 1
        ),
        sources=_cited(taken),
    )


def words_of(kind: type[Product | Condition]) -> list[str]:
    """Return how products or conditions are named on a command line."""
    return [one.name.lower().replace("_", "-") for one in kind]


def _lines(due: Iterable[Occurrence], asked: Asked) -> tuple[Line, ...]:
    in_order = sorted(due, key=lambda one: (one.window.target, one.window.earliest))
    last = max((one.window.latest for one in in_order), default=asked.day0)
    hours = WorkingHours(
        zone=asked.zone,
        opens=MORNING,
        closes=time.max,
        days=WORKING_DAYS,
        closed=holidays_between(
            asked.country, asked.region, asked.day0 - timedelta(days=31), last
        ),
    )
    return tuple(_line(one, asked, hours) for one in in_order)


def _line(due: Occurrence, asked: Asked, hours: WorkingHours) -> Line:
    told = working_day_up_to(due.window.earliest, hours)
    return Line(
        due=due,
        named=phase(asked.day0, due.window.target),
        told=told,
        last_told=working_day_up_to(due.window.latest, hours),
        told_at=_morning(told, asked.zone),
    )


def _morning(day: date, zone: str) -> datetime:
    local = ZoneInfo(zone)
    before = datetime.combine(day, time(), local) - timedelta(minutes=1)
    return next_time(MORNING, zone, after=before).astimezone(local)


def _chosen(
    rows: Sequence[ProtocolRow], chosen: Collection[str]
) -> tuple[ProtocolRow, ...]:
    by_id = {one.id: one for one in rows}
    choices: dict[str, str] = {}
    for one in sorted(chosen):
        choice = by_id[one].choice if one in by_id else None
        if choice is None:
            raise PreviewRefused(f"--choose {one}: no source disagrees with such a row")
        if choice in choices:
            raise PreviewRefused(
                f"--choose {one}: {choices[choice]} was chosen already"
            )
        choices[choice] = one
    return tuple(one for one in rows if choices.get(one.choice or "", one.id) == one.id)


def _cited(rows: Iterable[ProtocolRow]) -> dict[str, Source]:
    known = packaged_sources()
    keys = {key for one in rows for key in one.sources}
    return {key: known[key] for key in sorted(keys, key=lambda one: int(one[1:]))}


def _named(kind: type[Word], told: str, what: str) -> Word:
    for word, one in zip(words_of(kind), kind, strict=True):
        if told.lower() == word:
            return one
    known = ", ".join(words_of(kind))
    raise PreviewRefused(f"--{what} {told}: must be one of {known}")


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError as error:
        wrong = f"--day0 {told}: must be a date such as 2026-03-01"
        raise PreviewRefused(wrong) from error


def _span(told: str) -> Span:
    try:
        return Span.parse(told)
    except ValueError as error:
        raise PreviewRefused(f"--until: {error}") from error


def _zone(told: str) -> str:
    try:
        WorkingHours(told, MORNING, time.max, WORKING_DAYS)
    except ValueError as error:
        raise PreviewRefused(f"--{error}") from error
    return told


def _place(told: str | None) -> tuple[str | None, str | None]:
    if told is None:
        return None, None
    country, _, region = told.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        raise PreviewRefused(f"--holidays {told}: no holidays are known for it")
    if region and region not in known[country]:
        raise PreviewRefused(f"--holidays {told}: no such region of {country}")
    return country, region or None
