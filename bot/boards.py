"""Boards: a coordinator's patients at their site, a clinician's own; a page at a time.

Which patients stand on a page is decided by one statement; only these are read in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.checks import Check, make_checks
from bot.sheets import Sheet, make_sheets
from care.item import State
from care.people import Role, SiteKind
from storage.actors import Person
from storage.boards import BoardRows, Place, Sought, Stood, Whose
from storage.item_records import Item
from storage.records import Clinician, Site
from storage.unit import Reading

A_PAGE = 20
"""How many patients stand on a page."""

SHOWN_OF: Mapping[Place, frozenset[State]] = {
    Place.NOT_RECORDED: frozenset({State.MISSED}),
    Place.OPEN: frozenset({State.OPEN}),
    Place.AHEAD: frozenset({State.UPCOMING, State.HELD}),
}
"""Which checks a patient's line names; at the other places it is the journey's move."""


@dataclass(frozen=True)
class Patient:
    """One line of a board."""

    sheet: Sheet
    place: Place
    checks: tuple[Check, ...] = ()
    """What was not recorded, or is to be done now, or comes next."""


@dataclass(frozen=True)
class Board:
    """One page of somebody's patients, with what it can be narrowed to."""

    patients: Sequence[Patient]
    total: int
    not_recorded: int
    """Of how many patients a window has closed without a word."""
    number: int
    """Which page this is, from 0."""
    whole_site: bool
    sought: Sought
    here: Site
    others: Sequence[Site]
    """The sites that this one works with."""
    people: Sequence[Clinician]
    """Who works here."""

    @property
    def first(self) -> int:
        """The place of its first patient among all, from 1."""
        return self.number * A_PAGE + 1

    @property
    def has_next(self) -> bool:
        """Whether there are more patients after this page."""
        return self.first + len(self.patients) <= self.total


def sees_whole_site(by: Person, here: Site) -> bool:
    """Tell whether somebody has a part in every case of their site.

    That is a coordinator, and a lead of a center. Others see their own patients.
    """
    leads = by.role is Role.LEAD and here.kind is SiteKind.CENTER
    return by.role is Role.COORDINATOR or leads


def board(
    reading: Reading, by: Person, sought: Sought | None = None, number: int = 0
) -> Board:
    """Return a page of the patients of `by`; of the first one where it is beyond all.

    The queries are as many for a thousand patients as for twenty.
    """
    sought = sought or Sought()
    here = reading.people.site(by.site_id)
    whose = Whose(by.member, sees_whole_site(by, here))
    rows, number = _rows(reading, whose, sought, max(0, number))
    return Board(
        patients=_in_full(reading, whose, rows.rows),
        total=rows.total,
        not_recorded=rows.not_recorded,
        number=number,
        whole_site=whose.whole_site,
        sought=sought,
        here=here,
        others=_others(reading, here),
        people=reading.people.staff(here.id),
    )


def _rows(
    reading: Reading, whose: Whose, sought: Sought, number: int
) -> tuple[BoardRows, int]:
    start = number * A_PAGE
    found = reading.boards.patients(whose, sought, start=start, most=A_PAGE)
    if number and not found.rows:
        # Those who stood there are done with, since the page before was read.
        return _rows(reading, whose, sought, 0)
    return found, number


def _in_full(reading: Reading, whose: Whose, rows: Sequence[Stood]) -> list[Patient]:
    if not rows:
        return []
    referrals = reading.cases.referrals([one.referral_id for one in rows])
    sheets = {one.referral.id: one for one in make_sheets(reading, referrals)}
    found = [Patient(sheets[one.referral_id], one.place) for one in rows]
    # The statement leaves out whatever is not theirs; what is shown is checked again.
    found = [one for one in found if one.sheet.parts_of(whose.member)]
    checks = _checks(reading, whose, found)
    return [
        replace(one, checks=tuple(checks.get(one.sheet.case.id, ()))) for one in found
    ]


def _checks(
    reading: Reading, whose: Whose, patients: Sequence[Patient]
) -> dict[str, list[Check]]:
    places = {one.sheet.case.id: one.place for one in patients if one.place in SHOWN_OF}
    ids = reading.boards.next_items(whose, places)
    items = [
        one
        for one in reading.items.items(ids)
        if one.state in SHOWN_OF[places[one.case_id]]
    ]
    shown: dict[str, list[Check]] = {}
    for one in make_checks(reading, _next_only(items)):
        shown.setdefault(one.case.id, []).append(one)
    return shown


def _next_only(items: Sequence[Item]) -> list[Item]:
    """Leave of what is still to come what comes first for each patient."""
    firsts: dict[str, date] = {}
    for one in items:
        if (day := _comes_on(one)) is not None:
            firsts[one.case_id] = min(day, firsts.get(one.case_id, day))
    return [one for one in items if _comes_on(one) in {None, firsts.get(one.case_id)}]


def _comes_on(one: Item) -> date | None:
    if one.state is State.HELD:
        return one.look_again_on
    return one.window.earliest if one.state is State.UPCOMING else None


def _others(reading: Reading, here: Site) -> list[Site]:
    links = reading.people.links(site_id=here.id)
    wanted = {one.practice_id for one in links} | {one.center_id for one in links}
    sites = reading.people.sites(here.workspace_id)
    return [one for one in sites if one.id in wanted - {here.id}]
