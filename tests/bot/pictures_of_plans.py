"""Every view of a plan after CAR T, in each mode of what may be shown of its days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.checks import Check
from bot.planned_rows import PlannedRows
from bot.plans import Entry, PlanPage
from bot.sheets import Sheet
from bot.views import kit, plan, plan_changes
from bot.views.ids import FormData
from care.growth import to_keep
from care.item import Standing, State, by_window
from care.knowledge.protocol import Condition, Kind, ProtocolRow
from care.knowledge.protocols import differences
from care.milestone import Product
from care.patient_time import PatientTime, PhiMode
from care.plan import HORIZON
from care.plan import plan as computed
from care.signing import Count
from storage.item_records import Item, item_id
from storage.plans import Plan
from storage.signing import Signature
from tests.bot.after_infusion import ROWS, VISIT_LIST
from tests.bot.planning_store import CBC, a_row
from tests.conftest import T0

Picture = tuple[str, dict[str, Any]]

DAY0 = T0.date() - timedelta(days=40)
STANDING = a_row("blood", "Irradiated blood products", kind="standing")
INTENT = "8d5e44f46a535d0c9d0a3a6f0a0c7b55"
DATA = FormData(INTENT, subject="plan-1", version="protocol-2")
GROUPS = ("moved", "open again", "missed", "outside", "left")


def pictures_of_plans(sheet: Sheet, words: str) -> Iterator[tuple[str, Picture]]:
    """Yield every view of a plan of a sheet's case, by name."""
    rows = [_worded(one, words) for one in (*ROWS, STANDING)]
    for mode in PhiMode:
        page = _page(replace(sheet, phi_mode=mode), rows)
        yield f"plan, in {mode}", _view(plan.plan_modal(page))
        yield f"whole plan, in {mode}", _view(plan.table_modal(page, 0))
        yield f"running precautions, in {mode}", _view(plan.precautions_modal(page))
    page = _page(sheet, rows)
    bare = replace(page, checks=(), later=(), signed=Count(0, 34))
    yield "plan, nothing signed", _view(plan.plan_modal(bare))
    told = replace(page.plan, confirmed_at=T0, confirmed_by=sheet.responsible.id)
    said = replace(page, plan=told, newer=3)
    yield "plan, conditions confirmed", _view(plan.plan_modal(said))
    ended = replace(page.plan, ended_at=T0, ended_why="no infusion")
    yield "plan, ended", _view(plan.plan_modal(replace(page, plan=ended)))
    yield "plan, what holds", _view(plan.list_modal(page, Kind.STANDING))
    yield "plan, at each visit", _view(plan.list_modal(page, Kind.AT_EACH_VISIT))
    yield from _changes(page, words)


def _changes(page: PlanPage, words: str) -> Iterator[tuple[str, Picture]]:
    sheet = page.sheet
    for confirmed in (False, True):
        asked = plan_changes.conditions_asked(sheet, "plan-1", confirmed=confirmed)
        yield f"conditions asked, confirmed {confirmed}", _post(asked)
    yield "conditions form", _view(plan_changes.conditions_form(DATA, page))
    yield (
        "plan changed",
        _post(plan_changes.changed_line(words, dict.fromkeys(GROUPS, 2))),
    )
    names = {one: [kit.shorten(words, 60)] * 7 for one in GROUPS}
    changed = [a_row("cbc", "CBC, otherwise"), a_row("new-row", "A new check")]
    found = differences([CBC, *ROWS[1:3]], changed)
    form = plan_changes.protocol_form(DATA, replace(page, newer=2), found, names)
    yield "plan, newer protocol", _view(form)
    yield "plan, lost", _view(plan_changes.lost_form(DATA, page))
    yield "plan, moved outside", _view(plan_changes.outside_form(DATA, page))


def _page(sheet: Sheet, rows: list[ProtocolRow]) -> PlanPage:
    new = _plan(sheet)
    kept = to_keep(rows, new.basis, today=T0.date())
    checks = [
        _check(sheet, new, one.row, number, one)
        for number, one in enumerate(sorted(kept, key=lambda one: one.window.latest))
    ]
    later = [
        Entry(one.row, one.window, None)
        for one in computed(rows, new.basis, until=HORIZON.after(DAY0))
        if one.window.earliest > T0.date() + timedelta(days=400)
    ]
    return PlanPage(
        sheet=sheet,
        plan=new,
        rows=PlannedRows(new, {one.id: one for one in rows}, _signed(sheet, rows), {}),
        checks=checks,
        later=later,
        signed=Count(12, 34),
        people=sheet.people,
        may_change=True,
        is_clinical=True,
    )


def _plan(sheet: Sheet) -> Plan:
    return Plan(
        id="plan-1",
        workspace_id=sheet.referral.workspace_id,
        case_id=sheet.case.id,
        course_id="course-1",
        referral_id=sheet.referral.id,
        protocol_id="protocol-1",
        product=Product.CARVYKTI,
        day0=DAY0,
        conditions=frozenset({Condition.HBV}),
        confirmed_by=None,
        confirmed_at=None,
        made_at=T0,
        kept_to=T0.date() + timedelta(days=400),
        ended_at=None,
        ended_why=None,
        generation=1,
    )


def _check(sheet: Sheet, of: Plan, row: ProtocolRow, place: int, one: Any) -> Check:
    state = by_window(Standing(one.window), T0.date())
    missed = place % 5 == 0 and state is State.OPEN
    new = Item(
        id=item_id(of.id, row.id, one.number),
        workspace_id=of.workspace_id,
        case_id=of.case_id,
        plan_id=of.id,
        row_id=row.id,
        number=one.number,
        site_id=sheet.practice.id,
        doer_id=None,
        window=one.window,
        state=State.MISSED if missed else state,
        changed_at=T0,
    )
    time = PatientTime(sheet.phi_mode, T0.date(), day0=DAY0)
    return Check(new, row, of, sheet.case, sheet.practice, sheet.responsible, time)


def _signed(sheet: Sheet, rows: list[ProtocolRow]) -> Mapping[str, Signature]:
    return {
        one.id: Signature(
            one.id, sheet.center.id, one.id, "d", None, sheet.responsible.id, T0
        )
        for one in rows
        if one.id != VISIT_LIST.id
    }


def _worded(row: ProtocolRow, words: str) -> ProtocolRow:
    """Return a row whose texts are as long as they may be, where words are."""
    if len(words) < 200:
        return row
    return row.model_copy(update={"name": words[:60], "statement": words[:200]})


def _view(view: dict[str, Any]) -> Picture:
    return "views.open", {"view": view, "trigger_id": "1.2.3"}


def _post(blocks: list[kit.Block]) -> Picture:
    return "chat.postMessage", {"text": "MM-7K3Q9: evaluation", "blocks": blocks}
