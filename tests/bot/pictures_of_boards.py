"""Boards, what is due, and what else waits on somebody, in every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.boards import Board, Patient
from bot.checks import Check
from bot.due import DuePage, Span
from bot.my_work import MyWork
from bot.sheets import Sheet
from bot.views.boards import board_modal
from bot.views.due import due_modal
from bot.views.ids import FormData
from bot.views.my_work import give_form, work_entries
from care import readiness
from care.bridging import Answer, State
from care.handoff import Line
from care.ipass import Direction
from care.item import State as ItemState
from care.journey import CourseKind, Party, Phase
from care.knowledge.protocol import Hold
from care.milestone import Product
from care.patient_time import PatientTime, PhiMode
from care.plan import Window
from storage.boards import Place, Sought
from storage.bridging import Bridging
from storage.courses import Course, Task
from storage.handoff_records import HandoffAction
from storage.item_records import Item
from storage.plans import Plan
from storage.readiness import ReadyItem
from storage.records import Life
from tests.conftest import T0
from tests.patients import NAMES, a_row

TODAY = T0.date()
DAY = timedelta(days=1)
Picture = tuple[str, dict[str, Any]]


def pictures_of_boards(sheet: Sheet, written: str) -> Iterator[tuple[str, Picture]]:
    """Return every view by name."""
    yield from _boards(sheet)
    yield from _due(sheet)
    yield from _work(sheet, written)


def _boards(sheet: Sheet) -> Iterator[tuple[str, Picture]]:
    empty = Board(
        patients=[],
        total=0,
        not_recorded=0,
        number=0,
        whole_site=True,
        sought=Sought(),
        here=sheet.center,
        others=[sheet.practice, replace(sheet.practice, id="site-2")],
        people=list(sheet.people.values()),
    )
    yield "board, empty", _view(board_modal(empty))
    own = replace(empty, whole_site=False, others=[sheet.center])
    yield "board, empty, my own", _view(board_modal(own))
    sought = Sought(
        site_id="site-2",
        product=Product.ABECMA,
        phase=Phase.SLOT,
        person_id=sheet.referrer.id,
    )
    none = replace(empty, sought=sought)
    yield "board, nobody like this", _view(board_modal(none))
    for mode in PhiMode:
        few = list(_patients(sheet, mode))
        page = replace(empty, patients=few, total=len(few), not_recorded=1)
        yield f"board, in {mode}", _view(board_modal(page))
    middle = replace(
        empty, patients=few, total=1000, not_recorded=3, number=1, sought=sought
    )
    yield "board, a page of many", _view(board_modal(middle))


def _patients(sheet: Sheet, mode: PhiMode) -> Iterator[Patient]:
    home = replace(sheet, courses=(_course(sheet, Phase.HOME),))
    slot = replace(sheet, courses=(_course(sheet, Phase.SLOT),))
    late = tuple(a_check(sheet, mode, row, ItemState.MISSED, -9) for row in NAMES)
    yield Patient(home, Place.NOT_RECORDED, late)
    yield Patient(home, Place.OPEN, (a_check(sheet, mode, "cbc", ItemState.OPEN, -2),))
    yield Patient(slot, Place.MOVE)
    yield Patient(sheet, Place.MOVE)
    ahead = a_check(sheet, mode, "igg", ItemState.UPCOMING, 40)
    yield Patient(home, Place.AHEAD, (ahead,))
    held = a_check(sheet, mode, "cd4", ItemState.HELD, -2)
    yield Patient(home, Place.AHEAD, (held,))
    hospice = replace(home, case=replace(home.case, life=Life.HOSPICE))
    yield Patient(hospice, Place.QUIET)
    yield Patient(home, Place.QUIET)


def _due(sheet: Sheet) -> Iterator[tuple[str, Picture]]:
    empty = DuePage(
        visits=[],
        span=Span.WEEK,
        number=0,
        pages=0,
        total=0,
        not_recorded=0,
        here=sheet.practice,
        whole_site=False,
    )
    for span in Span:
        yield f"due, nothing, {span}", _view(due_modal(replace(empty, span=span)))
    for mode in PhiMode:
        late = (a_check(sheet, mode, "cbc", ItemState.MISSED, -20),)
        visit = tuple(a_check(sheet, mode, row, ItemState.OPEN, -2) for row in NAMES)
        ahead = (a_check(sheet, mode, "igg", ItemState.UPCOMING, 5),)
        full = replace(
            empty,
            visits=[late, visit, ahead],
            pages=3,
            number=1,
            total=40,
            not_recorded=7,
            whole_site=True,
        )
        yield f"due, a page, in {mode}", _view(due_modal(full))


def _work(sheet: Sheet, written: str) -> Iterator[tuple[str, Picture]]:
    course = _course(sheet, Phase.LYMPHODEPLETION)
    request = _request(sheet, course, written)
    countered = replace(request, state=State.COUNTERED, counter=written)
    action = HandoffAction(
        id="action-1",
        handoff_id="handoff-1",
        position=1,
        text=written,
        answer=written,
        doer_id=sheet.asked.id,
        due_day=TODAY + 6 * DAY,
        state=Line.REFUSED,
        done_at=None,
        done_by=None,
        generation=2,
    )
    work = MyWork(
        bridging=((sheet, request), (sheet, countered)),
        owed=tuple((sheet, one) for one in (Direction.TO_CENTER, Direction.RETURN)),
        refused=((sheet, action),),
        barriers=((sheet, _barrier(sheet, course, written)),),
        tasks=((sheet, _task(sheet)),) * 7,
    )
    page = {"type": "home", "blocks": work_entries(work, most=5)}
    yield "what else waits", ("views.publish", {"view": page})
    sites = {one.id: one for one in (sheet.practice, sheet.center)}
    data = FormData("8d5e44f46a535d0c9d0a3a6f0a0c7b55", subject=action.id)
    form = give_form(data, sheet, action, list(sheet.people.values()), sites)
    yield "give it on", _view(form)


def _course(sheet: Sheet, phase: Phase) -> Course:
    return Course(
        id="course-1",
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        link_id=sheet.link.id,
        referral_id=sheet.referral.id,
        kind=CourseKind.CAR_T,
        lead_id=None,
        phase=phase,
        day0=TODAY - 30 * DAY,
        waits_on=Party.CENTER,
        since=T0,
        ask_at=None,
        generation=1,
        started_at=T0,
        ended_at=None,
    )


def a_check(
    sheet: Sheet, mode: PhiMode, row: str, state: ItemState, opens: int
) -> Check:
    day0 = TODAY - 30 * DAY
    plan = Plan(
        id="plan-1",
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        course_id="course-1",
        referral_id=sheet.referral.id,
        protocol_id="protocol-1",
        product=Product.CARVYKTI,
        day0=day0,
        conditions=frozenset(),
        confirmed_by=None,
        confirmed_at=None,
        made_at=T0,
        kept_to=TODAY + 400 * DAY,
        ended_at=None,
        ended_why=None,
        generation=1,
    )
    first = TODAY + opens * DAY
    held = state is ItemState.HELD
    item = Item(
        id=f"item-{row}-{opens}",
        workspace_id=plan.workspace_id,
        case_id=plan.case_id,
        plan_id=plan.id,
        row_id=row,
        number=0,
        site_id=sheet.practice.id,
        doer_id=None,
        window=Window(first, first + 3 * DAY, first + 7 * DAY),
        state=state,
        changed_at=T0,
        hold=Hold.IVIG if held else None,
        look_again_on=TODAY + 9 * DAY if held else None,
    )
    return Check(
        item=item,
        row=a_row(row, NAMES[row]),
        plan=plan,
        case=sheet.case,
        site=sheet.practice,
        doer=sheet.referrer,
        time=PatientTime(mode, TODAY, day0=day0),
    )


def _request(sheet: Sheet, course: Course, written: str) -> Bridging:
    return Bridging(
        id="request-1",
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        course_id=course.id,
        referral_id=sheet.referral.id,
        state=State.REQUESTED,
        requested_by=sheet.asked.id,
        requested_at=T0,
        body=dict.fromkeys(Answer, written),
        last_day=TODAY + 14 * DAY,
        counter=None,
        answered_by=None,
        answered_at=None,
        started=None,
        last_dose=None,
        since=T0,
        generation=1,
    )


def _barrier(sheet: Sheet, course: Course, written: str) -> ReadyItem:
    lodging, stands = readiness.Item.LODGING, readiness.State.BARRIER
    return ReadyItem(
        id="ready-1",
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        course_id=course.id,
        standing=readiness.Standing(lodging, stands, sheet.referrer.id, TODAY + DAY),
        note=written,
        changed_by=sheet.asked.id,
        changed_at=T0,
        generation=1,
    )


def _task(sheet: Sheet) -> Task:
    return Task(
        id="task-1",
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        referral_id=sheet.referral.id,
        kind="registry report",
        doer_id=sheet.asked.id,
        due_at=T0 + 3 * DAY,
        generation=1,
        made_at=T0,
    )


def _view(view: dict[str, Any]) -> Picture:
    return "views.open", {"view": view}
