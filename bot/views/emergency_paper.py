"""The emergency sheet as a page to print, and the message that brings it.

Like the text to copy it names no patient and no case code. A date of infusion stands
on it only where dates may be shown; else there is a line to write it on.
"""

from __future__ import annotations

from bot.concerns import EmergencySheet
from bot.pictures.paper import Blank, Paper, draw
from bot.sheets import Sheet
from bot.views import kit
from bot.views.emergency import sheet_button
from bot.views.red_flags import (
    EMERGENCY,
    SAME_DAY,
    is_checked,
    row_text,
    signed,
    sources,
)
from care.patient_time import PhiMode
from scheduler.ports import Picture

TITLE = "Emergency sheet"
OPEN_IT = "Open it to download or print: one page, A4 or Letter"
NO_FILE = (
    "The page could not be brought into Slack as a file. The same words, to be copied"
    " and printed, are behind the button above."
)


def paper_of(page: EmergencySheet) -> Paper:
    """Return all the words of the page."""
    center, flags = page.sheet.center, page.flags
    groups = ((EMERGENCY, flags.emergency), (SAME_DAY, flags.same_day))
    return Paper(
        title=TITLE,
        about="CAR T cell therapy for multiple myeloma",
        blanks=(
            Blank("Name, written by hand"),
            Blank("Product", _product(page)),
            _infusion(page),
        ),
        call="Call, day and night",
        phone=center.phone_24h,
        whom=center.name,
        standing=signed(flags, page.today),
        stands=is_checked(flags, page.today),
        lists=tuple(
            (heading, tuple(row_text(flags, row) for row in rows))
            for heading, rows in groups
            if rows
        ),
        hint="Please do not photograph this page back into Slack.",
        sources=tuple(sources(flags)),
    )


def picture(page: EmergencySheet) -> Picture:
    """Return the page as a file, with its words for who does not see it."""
    return Picture(draw(paper_of(page)), _in_words(page), OPEN_IT, NO_FILE)


def paper_blocks(sheet: Sheet) -> list[kit.Block]:
    """Return the message above the page."""
    return [
        kit.section(f"*{sheet.case.code}*: the emergency sheet as a page to print."),
        kit.context(
            "The page has neither name nor code. What is written on it by hand stays on"
            " paper: do not photograph it back into Slack."
        ),
        kit.actions([sheet_button(sheet.referral.id, "Show the text to copy")]),
    ]


def no_paper_blocks(sheet: Sheet) -> list[kit.Block]:
    """Return what stands instead where there is no such sheet any more."""
    return [kit.section(f"*{sheet.case.code}*: there is no emergency sheet any more.")]


def _product(page: EmergencySheet) -> str:
    product = page.product or "CAR T, product not recorded"
    given = "given" if page.infused else "not given yet when this page was made"
    return f"{product}, {given}"


def _infusion(page: EmergencySheet) -> Blank:
    shown = page.sheet.phi_mode is PhiMode.BAA
    if page.day0 is None or not shown:
        return Blank("Date of infusion, written by hand")
    return Blank("Date of infusion", f"{page.day0.day} {page.day0:%b %Y}")


def _in_words(page: EmergencySheet) -> str:
    center, flags = page.sheet.center, page.flags
    return (
        f"The emergency sheet as one page. CAR T cell therapy for multiple myeloma."
        f" Product: {_product(page)}. Call {center.phone_24h}, {center.name}, day and"
        f" night. {len(flags.emergency)} signs under “{EMERGENCY}” and"
        f" {len(flags.same_day)} under “{SAME_DAY}”, as in the text to copy."
        f" {signed(flags, page.today)} Lines for the name, and for a date that is not"
        " shown, are left to be written on by hand."
    )
