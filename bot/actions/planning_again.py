"""Plans anew what fell silent while a death stood recorded, or a referral was over.

What came due meanwhile was settled without a word. Where the death was a slip, or the
referral is opened again, it would never be brought up otherwise. The next look belongs
to the same generation: what was sent before stays good.
"""

from __future__ import annotations

from bot.actions import handoff_clocks
from bot.actions.bridging_clock import resume_bridging
from bot.actions.courses import sheet_for_course
from bot.actions.planning import resume_plans
from bot.actions.ready_clock import resume_item
from bot.handoff_sheets import make_handoff_sheet
from bot.sheets import Sheet
from care.handoff import BROUGHT_UP, OWED
from storage.records import Life
from storage.unit import Unit


def plan_again(uow: Unit, sheet: Sheet, life: Life) -> None:
    """Plan the next look at all that is open of a case and has none planned.

    Of somebody who has died there is none; in hospice, at what was handed over.
    """
    if life is Life.DIED:
        return
    _resume_handoffs(uow, sheet.case.id)
    if life is Life.LIVING:
        plan_preparing_again(uow, sheet)
        resume_plans(uow, sheet.case.id)


def plan_preparing_again(uow: Unit, sheet: Sheet) -> None:
    """Plan the next look at a case's ready lists and requests for bridging."""
    for course in uow.courses.of_cases([sheet.case.id]):
        if course.ended_at is not None:
            continue
        told_in = sheet_for_course(uow, course)
        for request in uow.bridging.of_courses([course.id]):
            if not _is_planned(uow, request.id):
                resume_bridging(uow, told_in, request)
        for item in uow.readiness.of_courses([course.id]):
            if not _is_planned(uow, item.id):
                resume_item(uow, told_in, item)


def _resume_handoffs(uow: Unit, case_id: str) -> None:
    for one in uow.handoffs.of([case_id])[case_id]:
        if one.state in OWED and not _is_planned(uow, one.id):
            handoff_clocks.resume(uow, make_handoff_sheet(uow, one))
        for action in uow.handoffs.actions(one):
            if action.state in BROUGHT_UP and not _is_planned(uow, action.id):
                handoff_clocks.resume_action(uow, one.workspace_id, action)


def _is_planned(uow: Unit, subject: str) -> bool:
    return any(one.state == "waiting" for one in uow.reminders.of(subject))
