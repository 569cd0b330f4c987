"""The timeline that goes with a handoff: where a patient stands as care moves on."""

from __future__ import annotations

from bot.actions.handoff_steps import OFFER
from bot.journeys import journey_told
from bot.sheets import Sheet
from bot.views import timeline
from care.handoff import Event
from scheduler.ports import Picture
from storage.records import Notice
from storage.unit import Reading

PASSES = frozenset({OFFER, Event.READ_BACK.value, Event.CONFIRM.value})
"""Moves whose line in the thread has the picture: the offer, and its acceptance."""


def picture_with(reading: Reading, notice: Notice, sheet: Sheet) -> Picture | None:
    """Return the picture that goes with a notice, if one does; its days last.

    It stands in the thread alone, once for all who read there, and only where a
    course is told.
    """
    in_thread = notice.recipient_id is None and "handoff" in notice.payload
    if not in_thread or notice.payload.get("move") not in PASSES:
        return None
    told = journey_told(reading, sheet)
    return timeline.picture(told, lasting=True) if told else None
