"""Turns a notice about a cover or a leave into what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from bot.actions import cover_steps
from bot.actions.leaves import TOLD
from bot.covers import cover_sheet
from bot.views import cover, duty
from bot.views.kit import Block
from scheduler.ports import Message, Unneeded
from storage.errors import NotFound
from storage.records import Clinician, Notice
from storage.unit import Reading

NO_PART = Unneeded("no part")

_VIEWS: Mapping[str, Callable[[cover.CoverNews], list[Block]]] = {
    cover_steps.ASKED: cover.asked,
    cover_steps.LINE: cover.ask_line,
    cover_steps.TOLD: cover.told,
    cover_steps.MOVED: cover.moved,
}


def _about_cover(reading: Reading, notice: Notice) -> Message | Unneeded:
    try:
        sheet = cover_sheet(reading, notice.subject)
    except NotFound:
        return Unneeded("the subject is gone")
    recipient = _clinician(reading, notice.recipient_id)
    if recipient is None or not recipient.active:
        return NO_PART
    if not sheet.seats_of(recipient.member):
        return NO_PART
    told = notice.payload
    about = cover.CoverNews(
        sheet,
        recipient,
        event=str(told.get("event", "")),
        by=_clinician(reading, told.get("by")),
        was_due=datetime.fromisoformat(told["was_due"]) if "was_due" in told else None,
    )
    return Message("A cover of first call", _VIEWS[notice.view](about))


def _about_leave(reading: Reading, notice: Notice) -> Message | Unneeded:
    away = reading.people.clinician(notice.subject)
    recipient = _clinician(reading, notice.recipient_id)
    if recipient is None or not recipient.active:
        return NO_PART
    if recipient.site_id != away.site_id:
        return NO_PART
    return Message("A leave", duty.leave_told(away, _days(notice)))


def _days(notice: Notice) -> tuple[date, date] | None:
    told = notice.payload
    if "starts" not in told:
        return None
    return date.fromisoformat(told["starts"]), date.fromisoformat(told["ends"])


def _clinician(reading: Reading, clinician_id: str | None) -> Clinician | None:
    wanted = clinician_id or ""
    return reading.people.clinicians([wanted]).get(wanted)


OF_COVERS: Mapping[str, Callable[[Reading, Notice], Message | Unneeded]] = {
    **dict.fromkeys(_VIEWS, _about_cover),
    TOLD: _about_leave,
}
"""The view of each notice about a cover or a leave."""
