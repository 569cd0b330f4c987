"""What comes before the infusion, as lines of a journey's page."""

from __future__ import annotations

from bot.preparing import BridgingPage, ReadyPage
from bot.views import kit
from bot.views.bridging import bridging_button, bridging_line
from bot.views.ready import ready_button, ready_line
from care.journey import BEFORE_INFUSION


def preparing_blocks(page: ReadyPage, bridging: BridgingPage) -> list[kit.Block]:
    """Return the ready list and bridging, a line each; nothing once it is over."""
    if page.course.phase not in BEFORE_INFUSION:
        return []
    text = kit.escape(ready_line(page))
    ready = kit.section(text, accessory=ready_button(page.sheet))
    if bridging.request is None and not bridging.may_ask:
        return [ready]
    line, button = bridging_line(bridging), bridging_button(bridging)
    return [ready, kit.section(line, accessory=button)]
