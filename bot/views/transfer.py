"""A patient who moves to another practice: the button, and the choice of a practice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.sheets import Sheet
from bot.views import kit
from bot.views.handoff import phone_line
from bot.views.ids import VALUE, Act, Carried, Field, Form, FormData
from storage.records import Link, Site

TITLE = "To another practice"
LABEL = "Patient moves to another practice"
OUTSIDE = "outside"
"""What the form says of a practice that no link leads to."""


def move_practice_button(sheet: Sheet) -> kit.Element:
    """Return the button by which a practice hands a patient to another one."""
    value = Carried(referral=sheet.referral.id).dump()
    return kit.button(LABEL, Act.MOVE_PRACTICE, value=value)


def practice_form(
    data: FormData, sheet: Sheet, practices: Sequence[tuple[Link, Site]]
) -> dict[str, Any]:
    """Return the form that asks to which practice the patient moves."""
    center = kit.escape(sheet.center.name)
    options = [kit.option(site.name, link.id) for link, site in practices]
    options.append(kit.option("A practice without Baton", OUTSIDE))
    return kit.modal(
        TITLE,
        [
            kit.context(phone_line(sheet)),
            kit.section(
                f"Who is to be responsible for *{sheet.case.code}* there reads it back."
                f" Until then {kit.escape(sheet.responsible.name)} is responsible. Then"
                f" plan and thread go on at that practice; {center} stays the center."
            ),
            kit.field("Which practice", Field.PRACTICE, kit.select(VALUE, options)),
        ],
        callback_id=Form.MOVE_PRACTICE,
        metadata=data.dump(),
        submit="Next",
        close="Cancel",
        external_id=data.intent,
    )


def outside_page(sheet: Sheet) -> dict[str, Any]:
    """Return what comes first where the next practice has no Baton."""
    center, code = kit.escape(sheet.center.name), sheet.case.code
    value = Carried(referral=sheet.referral.id).dump()
    return kit.modal(
        TITLE,
        [
            kit.context(phone_line(sheet)),
            kit.section(
                f"Baton names nobody as responsible who cannot read a handoff back. So"
                f" hand *{code}* over to {center} first: what Baton follows of this"
                f" patient goes on there. {center} then records to which practice and"
                " clinician the patient has moved, on the plan's page."
            ),
            kit.section(
                "Phone the other practice yourself. If nobody there is known by name,"
                " the patient is *lost to follow-up*, which the plan's page says."
            ),
            kit.actions(
                [kit.button("Hand off", Act.HAND_OFF, value=value, primary=True)],
                block_id="hand-off-first",
            ),
        ],
        callback_id=Form.READING,
    )
