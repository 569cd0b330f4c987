"""What stands below a direct message about a case: first moves, thread, case."""

from __future__ import annotations

from bot.sheets import Sheet
from bot.views import kit
from bot.views.ids import Act, Carried


def footing(sheet: Sheet, *first: kit.Element, case: bool = True) -> kit.Block:
    """Return the row of buttons below a message: these, then where to read more.

    `case` leaves out the case where another page says more.
    """
    buttons = [*first]
    if sheet.permalink:
        buttons.append(kit.button("Open thread", Act.OPEN_THREAD, url=sheet.permalink))
    value = Carried(referral=sheet.referral.id).dump()
    if case:
        buttons.append(kit.button("Show the case", Act.OPEN_CASE, value=value))
    return kit.actions(buttons, block_id="moves")
