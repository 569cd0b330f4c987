"""The emergency sheet: a page whose text is copied and printed.

It carries product, list and phone. It names no patient and no case code, so that the
paper with a name on it leads to nothing in Slack.
"""

from __future__ import annotations

from typing import Any

from bot.concerns import EmergencySheet
from bot.views import kit
from bot.views.ids import Act, Carried, Form
from bot.views.red_flags import EMERGENCY, SAME_DAY, row_text, signed, sources
from care.knowledge.red_flags import RedFlags

TITLE = "Emergency sheet"
BY_HAND = "Name, written by hand: ______________________________"


def sheet_text(page: EmergencySheet) -> str:
    """Return the sheet as plain text."""
    center = page.sheet.center
    return "\n".join(
        (
            f"{TITLE}: CAR T cell therapy for myeloma",
            "",
            BY_HAND,
            "",
            _product(page),
            "",
            f"Call {center.phone_24h}",
            f"{center.name}, day and night",
            "",
            *_listed(page.flags),
            signed(page.flags, page.today),
            *sources(page.flags),
        )
    )


def sheet_button(referral_id: str, label: str = TITLE) -> kit.Element:
    """Return the button that opens the page."""
    value = Carried(referral=referral_id).dump()
    return kit.button(label, Act.EMERGENCY_SHEET, value=value)


def emergency_modal(page: EmergencySheet, metadata: str = "") -> dict[str, Any]:
    """Return the sheet in a page from which it can be copied."""
    shown = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_preformatted",
                "elements": [{"type": "text", "text": sheet_text(page)}],
            }
        ],
    }
    hint = kit.context(
        "Or select, copy and print. The name is written on paper, never in Slack."
    )
    blocks = [*_to_print(page), hint, shown]
    return kit.modal(TITLE, blocks, callback_id=Form.READING, metadata=metadata)


def _to_print(page: EmergencySheet) -> list[kit.Block]:
    """Return the way to the page to print, or where it is on its way to."""
    if page.asked_lately:
        return [kit.section("The page to print comes as a message from Baton to you.")]
    value = Carried(referral=page.sheet.referral.id).dump()
    return [
        kit.actions(
            [kit.button("Send me a page to print", Act.EMERGENCY_PAPER, value=value)]
        )
    ]


def _product(page: EmergencySheet) -> str:
    product = page.product or "CAR T, product not recorded"
    given = "given" if page.infused else "cells collected, not given yet"
    return f"Product: {product}, {given}"


def _listed(flags: RedFlags) -> list[str]:
    lines: list[str] = []
    for heading, rows in ((EMERGENCY, flags.emergency), (SAME_DAY, flags.same_day)):
        lines += [heading, *(f"- {row_text(flags, row)}" for row in rows), ""]
    return lines
