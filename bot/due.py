"""What is due of somebody, or at a coordinator's site, by visits, in pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.checks import Check, make_checks
from care.item import State
from care.people import Role
from care.visits import visits
from scheduler.calendars import local_day
from storage.actors import Person
from storage.due import Doing, DueItem
from storage.records import Clinician, Site
from storage.unit import Reading


class Span(StrEnum):
    """How far ahead is looked; what is missed or open now is always there."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"


DAYS: Mapping[Span, int] = {Span.TODAY: 0, Span.WEEK: 6, Span.MONTH: 29}
"""How many days after today belong to a span."""

LINES = 80
"""How many lines a page takes, with one for each check at the most."""
OF_A_VISIT = 2
"""Lines that each visit takes beside those of its checks."""

Group = tuple[DueItem, ...]


@dataclass(frozen=True)
class DuePage:
    """One page of what is due: visits, what was missed first."""

    visits: Sequence[tuple[Check, ...]]
    span: Span
    number: int
    pages: int
    total: int
    """How many visits there are."""
    not_recorded: int
    """How many of them are of checks that were missed."""
    here: Site
    whole_site: bool


def due_page(
    reading: Reading, by: Person, span: Span = Span.TODAY, number: int = 0
) -> DuePage:
    """Return a page of what is due; the first one where it is beyond all."""
    here = reading.people.site(by.site_id)
    until = local_day(here, reading.now) + timedelta(days=DAYS[span])
    doing = doing_of(by, reading.people.staff(here.id))
    groups = by_visits(reading.due.of(doing, until=until))
    pages = _pages(groups)
    number = number if 0 <= number < len(pages) else 0
    return DuePage(
        visits=_in_full(reading, pages[number]) if pages else [],
        span=span,
        number=number,
        pages=len(pages),
        total=len(groups),
        not_recorded=sum(one[0].state is State.MISSED for one in groups),
        here=here,
        whole_site=doing.whole_site,
    )


def doing_of(by: Person, staff: Sequence[Clinician]) -> Doing:
    """Return which items of a site are somebody's, where `staff` works there.

    A coordinator sees the site's. What names nobody is a coordinator's; at a site
    without one it is whoever's is responsible there, and else the lead's.
    """
    if by.role is Role.COORDINATOR:
        return Doing(by.member, whole_site=True)
    if any(one.role is Role.COORDINATOR for one in staff):
        return Doing(by.member)
    leads = [one for one in staff if one.role is Role.LEAD] or list(staff)
    first = leads[0].id if leads else ""
    ids = [one.id for one in staff]
    return Doing(by.member, staff=ids, catches_rest=first == by.clinician_id)


def by_visits(items: Iterable[DueItem]) -> list[Group]:
    """Return items by visits: what was missed first, then what closes first.

    What was missed of a patient is one visit: all of it can be done any day.
    """
    missed: dict[str, list[DueItem]] = {}
    to_do: dict[str, list[DueItem]] = {}
    for one in items:
        among = missed if one.state is State.MISSED else to_do
        among.setdefault(one.case_id, []).append(one)
    ahead = [
        (visit.window.latest, visit.members)
        for few in to_do.values()
        for visit in visits(few, site=_one_site, window=lambda one: one.window)
    ]
    late = [(_first_day(few), tuple(few)) for few in missed.values()]
    ordered = [*sorted(late, key=_order), *sorted(ahead, key=_order)]
    return [members for _, members in ordered]


def _one_site(_item: DueItem) -> str:
    return ""


def _first_day(items: Iterable[DueItem]) -> date:
    return min(one.window.latest for one in items)


def _order(told: tuple[date, Group]) -> tuple[date, str]:
    return told[0], told[1][0].id


def _pages(groups: Iterable[Group]) -> list[list[Group]]:
    pages: list[list[Group]] = []
    lines = LINES
    for one in groups:
        lines += OF_A_VISIT + len(one)
        if lines > LINES:
            pages.append([])
            lines = OF_A_VISIT + len(one)
        pages[-1].append(one)
    return pages


def _in_full(reading: Reading, groups: Sequence[Group]) -> list[tuple[Check, ...]]:
    items = reading.items.items({one.id for group in groups for one in group})
    checks = {one.item.id: one for one in make_checks(reading, items)}
    return [tuple(checks[one.id] for one in group) for group in groups]
