"""Look-ups: what waits on me, and a case that I have a part in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.refusals import NoPart
from bot.sheets import Sheet, make_sheets, sheet_for
from care.cases import parse_case_code
from care.people import Role
from care.referral import OPEN, State
from storage.actors import Person
from storage.records import Reply
from storage.unit import Reading

SHOWN = 5
"""How many entries a list shows before it says how many more there are."""


@dataclass(frozen=True)
class MyList:
    """What waits on somebody, and what else is open at their site."""

    waiting: tuple[Sheet, ...]
    to_sort: tuple[tuple[Sheet, Reply], ...]
    elsewhere: tuple[Sheet, ...]
    """Open with a part of mine, but somebody else's move."""


def my_list(reading: Reading, by: Person) -> MyList:
    """Return what waits on `by`, longest waiting first."""
    states = [*OPEN, State.ANSWERED]
    at_site = make_sheets(reading, reading.cases.referrals_at(by.site_id, states))
    mine = [one for one in at_site if one.parts_of(by.member)]
    waiting = tuple(one for one in mine if _waits_on(one, by))
    unsorted = reading.cases.unsorted_replies(by.clinician_id)
    by_id = {one.referral.id: one for one in mine}
    return MyList(
        waiting=waiting,
        to_sort=tuple(
            (by_id[one.referral_id], one)
            for one in unsorted
            if one.referral_id in by_id
        ),
        elsewhere=tuple(one for one in mine if one not in waiting),
    )


def case_sheets(reading: Reading, by: Person, code: str) -> list[Sheet]:
    """Return the referrals of a case that `by` has a part in, newest first.

    Raises `NoPart`, in the same words whether the case exists or not.
    """
    parsed = parse_case_code(code)
    case = reading.cases.case_by_code(parsed) if parsed else None
    sheets = make_sheets(reading, reading.cases.referrals_of(case.id)) if case else []
    mine = [one for one in sheets if one.parts_of(by.member)]
    if not mine:
        raise NoPart
    return mine


def referral_sheet(
    reading: Reading, by: Person, referral_id: str
) -> tuple[Sheet, list[Reply]]:
    """Return one referral and what was written about it. Raises `NoPart`."""
    sheet = sheet_for(reading, by.member, referral_id)
    return sheet, reading.cases.replies_of(referral_id)


def _waits_on(sheet: Sheet, by: Person) -> bool:
    whose = sheet.waits_for
    if whose is None:
        return False
    same_site_coordinator = by.role is Role.COORDINATOR and whose.site_id == by.site_id
    return whose.id == by.clinician_id or same_site_coordinator
