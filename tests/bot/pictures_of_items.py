"""Checks as pages, forms and messages, in every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.checks import Check
from bot.items import CheckPage, ItemSheet, Past, VisitPage
from bot.knowledge import Knowledge, Known
from bot.sheets import Sheet
from bot.views import item_forms, items
from bot.views.ids import FormData, FormOf
from bot.views.item_lines import visit_lines
from bot.views.messages import Occasion
from care.item import Event, State
from care.knowledge.protocol import ProtocolRow
from care.patient_time import PhiMode
from care.signing import Limit, Standing
from storage.actors import Person
from storage.item_records import Change
from storage.plans import PlanRow
from storage.signing import Protocol
from tests.bot.pictures_of_boards import a_check
from tests.bot.planning_store import CBC, PJP, REGISTRY
from tests.conftest import T0
from tests.world import World

TODAY = T0.date()
INTENT = "8d5e44f46a535d0c9d0a3a6f0a0c7b55"
Picture = tuple[str, dict[str, Any]]


def pictures_of_items(
    world: World, sheet: Sheet, written: str
) -> Iterator[tuple[str, Picture]]:
    """Return every view by name."""
    by = world.oncologist
    for mode in PhiMode:
        for state in State:
            page = _page(sheet, by, CBC, state, mode)
            yield f"check, {state}, in {mode}", _view(items.check_modal(page))
        checks = [_of(sheet, mode, one, State.OPEN) for one in (CBC, REGISTRY, PJP)]
        visit = VisitPage(checks, sheet, by, [checks[0].item.id])
        yield f"visit, in {mode}", _view(items.visit_modal(visit, "Recorded."))
        about = Occasion(sheet, sheet.referrer)
        lines = visit_lines(checks)
        yield f"last day, in {mode}", _post(items.last_day(about, lines, T0))
        for form in FormOf:
            yield f"form, {form}, in {mode}", _form(sheet, by, form, mode, written)
    yield from _single(sheet, by, written)


def _single(sheet: Sheet, by: Person, written: str) -> Iterator[tuple[str, Picture]]:
    about = Occasion(sheet, sheet.referrer, by=sheet.referrer)
    yield "last day, seen to", _post(items.last_day(about, []))
    yield "result line", _post(items.result_line(about, sheet.asked))
    yield "done with a tap", _post(items.undo_blocks("CBC recorded.", ["item-1"]))
    done = _page(sheet, by, CBC, State.DONE, PhiMode.DAYS)
    with_value = replace(
        done,
        check=replace(
            done.check, item=replace(done.check.item, value=written, note=written)
        ),
        can_undo=True,
    )
    view = items.check_modal(with_value, told_nobody=True)
    yield "check, with a value", _view(view)
    running = _page(sheet, by, PJP, State.OPEN, PhiMode.DAYS)
    yield "precaution, to look at", _view(items.check_modal(running))
    goes = replace(
        running.goes,
        ended_at=T0,
        ended_by=by.clinician_id,
        ended_how="confirmed",
        ended_why=written[:1000],
    )
    ended = replace(running, goes=goes)
    yield "precaution, ended", _view(items.check_modal(ended))


def _form(sheet: Sheet, by: Person, of: FormOf, mode: PhiMode, written: str) -> Picture:
    row = PJP if of in {FormOf.END, FormOf.GOES_ON} else CBC
    page = _page(sheet, by, row, State.OPEN, mode)
    others = [_of(sheet, mode, REGISTRY, State.OPEN)] if of is FormOf.ALL_BUT else []
    asked = item_forms.Asked(
        of=of,
        checks=[page.check, *others],
        page=page,
        staff=[sheet.referrer, sheet.asked],
    )
    data = FormData(INTENT, event=of.name, subject="item-1", items=("item-1",))
    values = {"text": written[:300], "item_value": written[:200]}
    return _view(item_forms.item_form(data, asked, values), "views.update")


def _page(
    sheet: Sheet, by: Person, row: ProtocolRow, state: State, mode: PhiMode
) -> CheckPage:
    check = _of(sheet, mode, row, state)
    known = Known(row, Standing.UNSIGNED, None, None, ())
    protocol = Protocol(
        "protocol-1",
        sheet.case.workspace_id,
        sheet.center.id,
        1,
        "2026-11",
        [],
        None,
        T0,
    )
    past = Change(check.item.id, 0, Event.PUT_OFF, {}, T0, by.clinician_id)
    return CheckPage(
        check=check,
        about=ItemSheet(check.item, row, check.plan, sheet),
        by=by,
        known=Knowledge(sheet.center, protocol, [known], Limit(180, TODAY)),
        row=known,
        goes=PlanRow("plan-row-1", check.plan.id, sheet.case.id, row.id),
        past=[Past(past, sheet.referrer), Past(replace(past, event="opens"), None)],
        can_undo=False,
    )


def _of(sheet: Sheet, mode: PhiMode, row: ProtocolRow, state: State) -> Check:
    check = a_check(sheet, mode, "cbc", state, -2)
    return replace(check, row=row, item=replace(check.item, id=f"item-{row.id}"))


def _view(view: dict[str, Any], method: str = "views.update") -> Picture:
    return method, {"view": view}


def _post(blocks: list[dict[str, Any]]) -> Picture:
    told = {"channel": "C1", "text": "A neutral line", "blocks": blocks}
    return "chat.postMessage", told
