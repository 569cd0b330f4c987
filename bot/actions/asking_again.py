"""What was not asked while a death stood recorded is asked again once it is undone.

Whoever was to be reminded meanwhile was not: their reminders came to nothing. What
still waits for its time is left as it is.
"""

from __future__ import annotations

from bot.actions import handoff_clocks
from bot.actions.bridging_clock import resume_bridging
from bot.actions.courses import sheet_for_course
from bot.actions.ready_clock import resume_item
from bot.handoff_sheets import make_handoff_sheet
from bot.sheets import Sheet
from care.handoff import OWED, TO_DO
from storage.records import Life
from storage.unit import Unit


def ask_again(uow: Unit, sheet: Sheet, life: Life) -> None:
    """Plan the next look at all that is open of a case and has none planned."""
    if life is Life.DIED:
        return
    _resume_handoffs(uow, sheet.case.id)
    if life is Life.LIVING:
        _resume_preparing(uow, sheet.case.id)


def _resume_handoffs(uow: Unit, case_id: str) -> None:
    for one in uow.handoffs.of([case_id])[case_id]:
        if one.state in OWED and not _is_planned(uow, one.id):
            handoff_clocks.resume(uow, make_handoff_sheet(uow, one))
        for action in uow.handoffs.actions(one):
            if action.state in TO_DO and not _is_planned(uow, action.id):
                handoff_clocks.resume_action(uow, one.workspace_id, action)


def _resume_preparing(uow: Unit, case_id: str) -> None:
    for course in uow.courses.of_cases([case_id]):
        sheet = sheet_for_course(uow, course)
        for request in uow.bridging.of_courses([course.id]):
            if not _is_planned(uow, request.id):
                resume_bridging(uow, sheet, request)
        for item in uow.readiness.of_courses([course.id]):
            if not _is_planned(uow, item.id):
                resume_item(uow, sheet, item)


def _is_planned(uow: Unit, subject: str) -> bool:
    return any(one.state == "waiting" for one in uow.reminders.of(subject))
