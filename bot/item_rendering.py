"""Notices about checks, from what is kept at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from bot.actions.item_clock import LAST_DAY, last_day_is_on
from bot.actions.item_telling import RESULT_LINE
from bot.checks import Check, make_checks
from bot.digests import digest_notice_id
from bot.sheets import make_sheets
from bot.views import items
from bot.views.card import card_text
from bot.views.item_lines import visit_lines
from bot.views.kit import Block
from bot.views.messages import Occasion
from care.item import WAITING
from scheduler.ports import Message, Unneeded
from storage.errors import NotFound
from storage.records import Clinician, Life, Notice, Way
from storage.unit import Reading


def render_last_day(reading: Reading, notice: Notice) -> Message | Unneeded:
    """Return what has its last day and is still to do; nothing is said of nothing."""
    try:
        referral = reading.cases.referral(notice.subject)
    except NotFound:
        return Unneeded("the subject is gone")
    (sheet,) = make_sheets(reading, [referral])
    reader = reading.people.clinicians([str(notice.recipient_id)]).get(
        str(notice.recipient_id)
    )
    if reader is None or not reader.active or not sheet.parts_of(reader.member):
        return Unneeded("no part", tell_instead=True)
    new = notice.way is Way.POST
    if new and sheet.case.life is not Life.LIVING:
        return Unneeded("nothing is asked any more")
    checks = _ending(reading, notice, reader)
    if new and not checks:
        return Unneeded("done meanwhile")
    about = Occasion(sheet=sheet, recipient=reader)
    lines = visit_lines(checks) if checks else []
    blocks = items.last_day(about, lines, _was_due(notice))
    return Message(card_text(sheet), blocks)


def result_line(reading: Reading, notice: Notice, about: Occasion) -> list[Block]:
    """Return the line that asks the center to look at a result."""
    return items.result_line(about, reading.people.clinician(notice.payload["to"]))


def _ending(reading: Reading, notice: Notice, reader: Clinician) -> Sequence[Check]:
    """Return what of the patient has its last day then, and is the reader's to do."""
    case_id = reading.cases.referral(notice.subject).case_id
    there = reading.items.of_cases([case_id], WAITING)
    day = date.fromisoformat(notice.payload["day"])
    checks = make_checks(reading, last_day_is_on(reading, there, day))
    mine = [one for one in checks if one.doer and one.doer.id == reader.id]
    # What their morning list has told already is not said a second time on a day.
    said = _said_in_list(reading, reader, day) - {notice.payload["item"]}
    return [one for one in mine if one.item.id not in said]


def _said_in_list(reading: Reading, reader: Clinician, day: date) -> set[str]:
    """Return which checks stand in somebody's morning list of a day."""
    listed = reading.notices.notice(digest_notice_id(reader.id, day))
    return {id_ for id_, _ in listed.payload["lines"]} if listed else set()


def _was_due(notice: Notice) -> datetime | None:
    told = notice.payload.get("was_due")
    return datetime.fromisoformat(told) if told else None


OF_ITEMS: Mapping[str, Callable[[Reading, Notice], Message | Unneeded]] = {
    LAST_DAY: render_last_day
}
LINES_OF_ITEMS: Mapping[str, Callable[[Reading, Notice, Occasion], list[Block]]] = {
    RESULT_LINE: result_line
}
