"""A patient who moves to another practice: to which it can be, and over which link."""

from __future__ import annotations

from bot.refusals import NotForYou, Overtaken
from bot.sheets import Sheet, make_sheets
from care.referral import ENDED
from storage.records import Link, Site
from storage.unit import Reading

CENTER_FIRST = (
    "{name}, {center}, is responsible for {code} now. They hand the patient back to"
    " {practice} first; then {practice} hands over to the other practice."
)
NO_LINK = (
    "{practice} has no link with {center}, so Baton cannot hand over to it. Nothing was"
    " changed. Choose a practice that has one. An administrator adds links in /baton"
    " setup."
)


def may_move(sheet: Sheet) -> bool:
    """Tell whether the patient could be handed to another practice as things stand."""
    gone = sheet.has_died or sheet.moved_to is not None
    return not gone and sheet.responsible_site.id == sheet.practice.id


def check_may_move(sheet: Sheet) -> None:
    """Raise `Overtaken` or `NotForYou` where a practice cannot hand over to another."""
    check_here(sheet)
    if not may_move(sheet):
        raise NotForYou(
            CENTER_FIRST.format(
                name=sheet.responsible.name,
                center=sheet.responsible_site.name,
                code=sheet.case.code,
                practice=sheet.practice.name,
            )
        )


def check_here(sheet: Sheet) -> None:
    """Raise `Overtaken` where the patient has moved, so that it goes on elsewhere."""
    if sheet.moved_to is not None:
        raise Overtaken(
            f"That was not saved: the care of {sheet.case.code} has moved to"
            f" {sheet.moved_to.name}, and goes on in their thread."
        )


def practices_to_move_to(reading: Reading, sheet: Sheet) -> list[tuple[Link, Site]]:
    """Return the other practices that work with the same center, each with its link."""
    links = [one for one in _links_of_center(reading, sheet) if _is_other(one, sheet)]
    found = [(one, reading.people.site(one.practice_id)) for one in links]
    return sorted(found, key=lambda one: one[1].name)


def link_to_move_over(reading: Reading, sheet: Sheet, practice_id: str) -> Link:
    """Return the link of another practice with the same center. Raises `NotForYou`."""
    for one in _links_of_center(reading, sheet):
        if one.practice_id == practice_id and _is_other(one, sheet):
            return one
    practice = reading.people.site(practice_id)
    raise NotForYou(NO_LINK.format(practice=practice.name, center=sheet.center.name))


def links_to_move_over(
    reading: Reading, sheet: Sheet, practice_id: str
) -> dict[str, Link]:
    """Return the link of another practice for each referral that goes on with it.

    By the referral's id. These are the one at hand, those of which somebody may still
    want to know, and those in whose threads a course is told, at any center. Raises
    `NotForYou` where a center of them has no link with that practice.
    """
    told = {one.referral_id for one in reading.courses.of_cases([sheet.case.id])}
    told.add(sheet.referral.id)
    there = reading.cases.referrals_of(sheet.case.id)
    going_on = [one for one in there if one.id in told or one.state not in ENDED]
    return {
        one.referral.id: link_to_move_over(reading, one, practice_id)
        for one in make_sheets(reading, going_on)
        if one.practice.id == sheet.practice.id
    }


def _links_of_center(reading: Reading, sheet: Sheet) -> list[Link]:
    there = reading.people.links(site_id=sheet.center.id)
    same = (sheet.link.workspace_id, sheet.center.id)
    return [one for one in there if (one.workspace_id, one.center_id) == same]


def _is_other(one: Link, sheet: Sheet) -> bool:
    return one.practice_id != sheet.practice.id
