"""Notices about what comes before the infusion, from what is kept at sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.actions.bridging_telling import ASKED, LINE, TOLD
from bot.actions.readying import BARRIER
from bot.preparing import may_answer
from bot.views import bridging, matched, messages, ready
from bot.views.kit import Block
from care.bridging import State
from care.matching import How
from storage.bridging import Bridging
from storage.records import Notice
from storage.unit import Reading

Render = Callable[[Reading, Notice, messages.Occasion], list[Block]]


def _barrier(reading: Reading, notice: Notice, about: messages.Occasion) -> list[Block]:
    told = notice.payload
    item = reading.readiness.item(told["item"])
    if item.generation != told["generation"]:
        return ready.barrier_over(about.sheet, item)
    return ready.barrier_told(
        about.sheet,
        item,
        by=about.by.name if about.by else "Somebody",
        step=told["step"],
        late=_was_due(notice),
    )


def _bridging_asked(
    reading: Reading, notice: Notice, about: messages.Occasion
) -> list[Block]:
    told = notice.payload
    request = reading.bridging.request(told["request"])
    if request.generation != told["generation"]:
        return _stands(reading, about, request)
    recipient = about.recipient
    return bridging.bridging_asked(
        about,
        request,
        reading.people.clinician(request.requested_by),
        answers=recipient is not None and may_answer(about.sheet, recipient.member),
        step=told.get("step", ""),
        late=_was_due(notice),
    )


def _bridging_told(
    reading: Reading, notice: Notice, about: messages.Occasion
) -> list[Block]:
    request = reading.bridging.request(notice.payload["request"])
    return _stands(reading, about, request)


def _stands(
    reading: Reading, about: messages.Occasion, request: Bridging
) -> list[Block]:
    by_practice = request.state in {State.ACCEPTED, State.COUNTERED}
    who = request.answered_by if by_practice else None
    answered = reading.people.clinician(who) if who else None
    return bridging.bridging_told(about.sheet, request, answered)


def _bridging_line(
    _reading: Reading, notice: Notice, about: messages.Occasion
) -> list[Block]:
    return bridging.bridging_said(about, State(notice.payload["state"]))


def _was_due(notice: Notice) -> datetime | None:
    told = notice.payload.get("was_due")
    return datetime.fromisoformat(told) if told else None


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
    ASKED: _bridging_asked,
    TOLD: _bridging_told,
    LINE: _bridging_line,
}
"""The view of each such notice."""
