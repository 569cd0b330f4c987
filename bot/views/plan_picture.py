"""A plan as a picture: a column a site, weeks, months and years running down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.checks import Check
from bot.pictures.swimlane import Mark, State, Swimlane, describe, draw
from bot.plans import PlanPage
from bot.views import kit, words
from bot.views.ids import Form
from care.item import OVER
from care.item import State as Stands
from care.plan_table import Period, periods
from scheduler.ports import Picture

NAMES = 4
"""Of one time, how many checks are named before it says how many more there are."""
AHEAD = 12
"""How many times that are still to come are drawn."""


def plan_picture(page: PlanPage) -> Picture | None:
    """Return the plan as a picture with its words; None where nothing is scheduled."""
    marks = _marks(page)
    if not marks:
        return None
    drawn = Swimlane(
        title=f"{page.sheet.case.code}: the plan after CAR T",
        lanes=tuple(dict.fromkeys(one.lane for one in marks)),
        marks=tuple(marks),
    )
    return Picture(draw(drawn), describe(drawn), drawn.title)


def picture_modal(block: kit.Block) -> dict[str, Any]:
    """Return the page on which the picture, or its words, are shown."""
    return kit.modal("Plan", [block], callback_id=Form.READING)


def _marks(page: PlanPage) -> list[Mark]:
    """Return a mark for each time at each site: done, now, next."""
    shown = [one for one in page.checks if one.item.state is not Stands.NOT_NEEDED]
    found = periods(shown, day0=page.plan.day0, window=lambda one: one.item.window)
    marks = [mark for one in found for mark in _of(page, one)]
    ahead = [one for one in marks if one.state == "next"]
    return [one for one in marks if one.state != "next" or one in ahead[:AHEAD]]


def _of(page: PlanPage, one: Period[Check]) -> list[Mark]:
    sites: dict[str, list[Check]] = {}
    for check in one.things:
        sites.setdefault(check.site.name, []).append(check)
    return [_mark(page, one.name, site, checks) for site, checks in sites.items()]


def _mark(page: PlanPage, name: str, site: str, checks: Sequence[Check]) -> Mark:
    names = list(dict.fromkeys(one.row.name for one in checks))
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return Mark(site, words.listed(names[:NAMES]) + more, name, _state(page, checks))


def _state(page: PlanPage, checks: Sequence[Check]) -> State:
    if all(one.item.state in OVER for one in checks):
        return "done"
    begun = any(one.item.window.earliest <= page.today for one in checks)
    return "now" if begun else "next"
