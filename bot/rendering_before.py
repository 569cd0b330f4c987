"""Notices about what comes before the infusion, from what is kept at sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.actions.readying import BARRIER
from bot.views import matched, messages, ready
from bot.views.kit import Block
from care.matching import How
from storage.records import Notice
from storage.unit import Reading

Render = Callable[[Reading, Notice, messages.Occasion], list[Block]]


def _barrier(reading: Reading, notice: Notice, about: messages.Occasion) -> list[Block]:
    told = notice.payload
    item = reading.readiness.item(told["item"])
    if item.generation != told["generation"]:
        return ready.barrier_over(about.sheet, item)
    late = told.get("was_due")
    return ready.barrier_told(
        about.sheet,
        item,
        by=about.by.name if about.by else "Somebody",
        step=told["step"],
        late=datetime.fromisoformat(late) if late else None,
    )


def _how(notice: Notice) -> How:
    return How(notice.payload["how"])


BEFORE: Mapping[str, Render] = {
    "to match": lambda _reading, _notice, about: messages.requested(about),
    "same patient": lambda _reading, notice, about: matched.matched_told(
        about, _how(notice)
    ),
    "same patient line": lambda _reading, notice, about: matched.matched_line(
        about, _how(notice)
    ),
    BARRIER: _barrier,
}
"""The view of each such notice."""
