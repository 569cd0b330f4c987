"""Renders the page to print, from what is kept at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.concerns import PAPER, emergency_sheet
from bot.refusals import NoPart, NotForYou
from bot.sheets import sheet_for
from bot.views.card import card_text
from bot.views.emergency_paper import no_paper_blocks, paper_blocks, picture
from scheduler.ports import Message, Unneeded
from storage.records import Clinician, Notice, Way
from storage.unit import Reading

NO_PART = Unneeded("no part")
"""Nobody else is told instead: it was this person's wish alone."""


def _paper(reading: Reading, notice: Notice) -> Message | Unneeded:
    reader = _reader(reading, notice)
    if reader is None or not reader.active:
        return NO_PART
    try:
        page = emergency_sheet(reading, reader.member, notice.subject)
    except NoPart:
        return NO_PART
    except NotForYou:
        return _no_more(reading, notice, reader)
    return Message(card_text(page.sheet), paper_blocks(page.sheet), picture(page))


def _no_more(reading: Reading, notice: Notice, reader: Clinician) -> Message | Unneeded:
    """Return what is said once a death was recorded, or an apheresis taken back.

    A page that stands already goes when dates may not be shown any more.
    """
    if notice.way is Way.POST:
        return Unneeded("there is no sheet any more")
    sheet = sheet_for(reading, reader.member, notice.subject)
    return Message(card_text(sheet), no_paper_blocks(sheet))


def _reader(reading: Reading, notice: Notice) -> Clinician | None:
    found = reading.people.clinicians([notice.recipient_id or ""])
    return found.get(notice.recipient_id or "")


OF_PAPERS: Mapping[str, Callable[[Reading, Notice], Message | Unneeded]] = {
    PAPER: _paper
}
"""The view of each notice that brings something to print."""
