"""Plans anew what fell silent while a death stood recorded, or a referral was over.

What came due meanwhile was settled without a word. Where the death was a slip, or the
referral is opened again, it would never be brought up otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from bot.actions import handoff_clocks
from bot.actions.bridging_clock import replan_bridging
from bot.actions.courses import sheet_for_course
from bot.actions.ready_clock import replan_item
from bot.handoff_sheets import make_handoff_sheet
from bot.sheets import Sheet
from care.bridging import OVER
from care.handoff import OWED, TO_DO
from care.readiness import State
from storage.courses import Course
from storage.handoff_records import Handoff
from storage.unit import Unit


def plan_again(uow: Unit, sheet: Sheet) -> None:
    """Plan all that a case still waits for. Its courses must be locked."""
    plan_preparing_again(uow, sheet)
    for one in uow.handoffs.of([sheet.case.id])[sheet.case.id]:
        _plan_handoff(uow, one)


def plan_preparing_again(uow: Unit, sheet: Sheet) -> None:
    """Plan what a case's ready lists and requests for bridging still wait for."""
    for course in uow.courses.of_cases([sheet.case.id]):
        if course.ended_at is None:
            _plan_course(uow, course)


def _plan_course(uow: Unit, course: Course) -> None:
    sheet = sheet_for_course(uow, course)
    for item in uow.readiness.of_courses([course.id]):
        if item.standing.state is State.BARRIER:
            item_again = replace(item, generation=item.generation + 1)
            uow.readiness.keep(item_again)
            replan_item(uow, sheet, item_again)
    for request in uow.bridging.of_courses([course.id]):
        if request.state not in OVER:
            again = replace(request, since=uow.now, generation=request.generation + 1)
            uow.bridging.keep(again)
            replan_bridging(uow, sheet, again)


def _plan_handoff(uow: Unit, one: Handoff) -> None:
    if one.state in OWED:
        again = replace(one, generation=one.generation + 1)
        uow.handoffs.keep(again)
        handoff_clocks.replan(uow, make_handoff_sheet(uow, again))
    for action in uow.handoffs.actions(one):
        if action.state in TO_DO:
            action_again = replace(action, generation=action.generation + 1)
            uow.handoffs.keep_action(action_again)
            handoff_clocks.replan_action(uow, one.workspace_id, action_again)
