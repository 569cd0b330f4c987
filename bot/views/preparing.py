"""What comes before the infusion, as lines of a journey's page."""

from __future__ import annotations

from bot.preparing import ReadyPage
from bot.views import kit
from bot.views.ready import ready_button, ready_line
from care.journey import BEFORE_INFUSION


def preparing_blocks(page: ReadyPage) -> list[kit.Block]:
    """Return the ready list as a line with its button; nothing once it is over."""
    if page.course.phase not in BEFORE_INFUSION:
        return []
    text = kit.escape(ready_line(page))
    return [kit.section(text, accessory=ready_button(page.sheet))]
