"""Same patient, as it is told: a line in the thread, a message to the center."""

from __future__ import annotations

from bot.views import kit
from bot.views.card import move_button
from bot.views.footing import footing
from bot.views.messages import Occasion
from care.matching import How
from care.referral import Event


def matched_line(about: Occasion, how: How) -> list[kit.Block]:
    """Return the line in the thread."""
    return [kit.section(f"{_who(about)} recorded the same patient: matched {how}.")]


def matched_told(about: Occasion, how: How) -> list[kit.Block]:
    """Return the message to whoever is asked: it can be taken now."""
    sheet = about.sheet
    practice = kit.escape(sheet.practice.name)
    told = f"{_who(about)} ({practice}) recorded for *{sheet.case.code}*: the same"
    may_take = Event.TAKE in sheet.moves_of(about.parts)
    take = [move_button(sheet, Event.TAKE, primary=True)] if may_take else []
    return [
        kit.section(f"{told} patient, matched {how}."),
        footing(sheet, *take),
    ]


def _who(about: Occasion) -> str:
    return kit.escape(about.by.name if about.by else "Somebody")
