"""What comes before the infusion, as lines of the pages of a case and its journey."""

from __future__ import annotations

from bot.preparing import Preparing
from bot.views import kit
from bot.views.bridging import bridging_button, bridging_line
from bot.views.ready import ready_button, ready_line
from care.journey import BEFORE_INFUSION


def preparing_blocks(about: Preparing | None) -> list[kit.Block]:
    """Return the ready list and bridging, a line each; nothing once it is over."""
    if about is None or about.ready.course.phase not in BEFORE_INFUSION:
        return []
    page, bridging = about.ready, about.bridging
    text = kit.escape(ready_line(page))
    ready = kit.section(text, accessory=ready_button(page.sheet))
    if bridging.request is None and not bridging.may_ask:
        return [ready]
    line, button = bridging_line(bridging), bridging_button(bridging)
    return [ready, kit.section(line, accessory=button)]
