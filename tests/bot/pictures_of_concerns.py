"""Pictures of urgent concerns: the page, the messages, the emergency sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.concerns import ConcernPage, ConcernTold, EmergencySheet
from bot.sheets import Sheet
from bot.views import card, concern, emergency, lists
from bot.views.emergency_paper import no_paper_blocks, paper_blocks
from bot.views.ids import FormData
from care.concern import State
from care.knowledge.red_flags import RedFlags, load_red_flags
from care.knowledge.statements import Mark
from care.milestone import Product
from care.people import Member
from storage.concerns import Concern
from storage.records import Life
from tests.conftest import T0

Picture = tuple[str, dict[str, Any]]
LATER = T0 + timedelta(minutes=14)
TODAY, DAY0 = date(2026, 11, 24), date(2026, 11, 20)


def concern_pictures(sheet: Sheet, member: Member) -> Iterator[tuple[str, Picture]]:
    """Yield every view of urgent concerns."""
    here = replace(sheet, collected=True)
    yield "card, collected", _post(sheet, card.card_blocks(here))
    yield "case, collected", _post(sheet, lists.case_blocks([here], member))
    data = FormData("8d5e44f46a535d0c9d0a3a6f0a0c7b55", referral=here.referral.id)
    for name, page in _pages(here):
        view = concern.concern_modal(page, data.dump())
        yield f"concern page, {name}", ("views.open", {"view": view})
    for name, told in _told(here):
        for to, make in (
            ("center", concern.to_center),
            ("sender", concern.to_sender),
            ("thread", concern.line),
        ):
            yield f"concern to {to}, {name}", _post(here, make(told))
    ended = dict(_told(here))["acknowledged"]
    yield "concern acknowledged", _post(here, concern.acknowledged(ended))
    for name, paper in _papers(here):
        view = emergency.emergency_modal(paper)
        yield f"emergency sheet, {name}", ("views.open", {"view": view})
    yield "emergency sheet to print", _post(here, paper_blocks(here))
    yield "emergency sheet to print, gone", _post(here, no_paper_blocks(here))


def _pages(sheet: Sheet) -> Iterator[tuple[str, ConcernPage]]:
    by_phone = ConcernPage(
        sheet=sheet,
        flags=load_red_flags(),
        today=TODAY,
        open=None,
        raised_by=None,
        may_raise=True,
        may_withdraw=False,
        may_acknowledge=False,
    )
    yield "by phone only", by_phone
    center = replace(sheet.center, concern_opt_in=True)
    opted_in = replace(by_phone, sheet=replace(sheet, center=center))
    yield "practice", opted_in
    yield "center", replace(opted_in, may_raise=False)
    is_open = replace(
        opted_in, may_raise=False, open=_concern(sheet), raised_by=sheet.referrer
    )
    yield "open, sender", replace(is_open, may_withdraw=True)
    yield "open, center", replace(is_open, may_acknowledge=True)
    yield "open, others", is_open
    signed = replace(opted_in, flags=_signed(load_red_flags()))
    yield "signed in part, stale", replace(signed, today=TODAY + timedelta(days=400))


def _signed(flags: RedFlags) -> RedFlags:
    """Return the list with its first row signed, of a narrower population."""
    first = flags.rows[0].model_copy(
        update={
            "checked_by": "Dr Rivera",
            "mark": Mark.SECONDARY,
            "population": "cilta-cel",
        }
    )
    return RedFlags((first, *flags.rows[1:]), flags.sources)


def _concern(sheet: Sheet) -> Concern:
    return Concern(
        id="concern-1",
        workspace_id=sheet.referral.workspace_id,
        case_id=sheet.case.id,
        referral_id=sheet.referral.id,
        raised_by=sheet.referrer.id,
        raised_at=T0,
        state=State.OPEN,
        step=1,
        told=(sheet.asked.id,),
        generation=1,
    )


def _told(sheet: Sheet) -> Iterator[tuple[str, ConcernTold]]:
    first = ConcernTold(
        sheet=sheet,
        concern=_concern(sheet),
        sender=sheet.referrer,
        acknowledged_by=None,
        people=(sheet.asked,),
        recipient=sheet.asked,
        step=1,
        was_due=None,
    )
    yield "first", first
    yield "later, late", replace(first, step=2, was_due=T0)
    yield "nobody left", replace(first, step=2, people=())
    answered = replace(
        first.concern,
        state=State.ACKNOWLEDGED,
        acknowledged_by=sheet.asked.id,
        acknowledged_at=LATER,
    )
    ended = replace(first, concern=answered, acknowledged_by=sheet.asked)
    yield "acknowledged", replace(ended, recipient=sheet.referrer)
    yield "acknowledged by the reader", ended
    gone = replace(first.concern, state=State.WITHDRAWN, withdrawn_at=LATER)
    yield "withdrawn", replace(first, concern=gone)
    died = replace(sheet, case=replace(sheet.case, life=Life.DIED))
    yield "died", replace(first, concern=gone, sheet=died)


def _papers(sheet: Sheet) -> Iterator[tuple[str, EmergencySheet]]:
    flags = load_red_flags()
    yield "given", EmergencySheet(sheet, flags, TODAY, Product.CARVYKTI, DAY0)
    yield "not recorded", EmergencySheet(sheet, flags, TODAY, None, None)
    asked = EmergencySheet(sheet, flags, TODAY, None, None, asked_lately=True)
    yield "asked to be printed", asked


def _post(sheet: Sheet, blocks: list[dict[str, Any]]) -> Picture:
    return "chat.postMessage", {"text": concern.text(sheet), "blocks": blocks}
