"""Copy for the chart: question and answer as plain text, with author and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sheets import Sheet
from bot.views import kit, words
from bot.views.ids import Form
from care.cases import one_line
from storage.records import Clinician, Reply, ReplyKind, Site

CAVEAT = "On the facts given; patient not examined."


def chart_text(
    sheet: Sheet, replies: Sequence[Reply], people: Mapping[str, Clinician]
) -> str:
    """Return question and answers as plain text, times in each author's zone."""
    referral = sheet.referral
    summary = one_line(sheet.case.summary)
    lines = [
        f"{words.KIND[referral.kind]}, {sheet.case.code}",
        *([f"Facts given: {summary}"] if summary else []),
        "",
        f"Question ({_asked(sheet)}):",
        referral.question,
    ]
    for one in replies:
        if one.kind is ReplyKind.ANSWER:
            lines += _answer(sheet, one, people)
    return "\n".join([*lines, "", CAVEAT])


def chart_modal(text: str) -> dict[str, Any]:
    """Return the text in a page from which it can be copied."""
    shown = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_preformatted",
                "elements": [{"type": "text", "text": text}],
            }
        ],
    }
    hint = kit.context("Select and copy. The chart is the record, Slack is not.")
    return kit.modal("Copy for the chart", [shown, hint], callback_id=Form.READING)


def _asked(sheet: Sheet) -> str:
    at = _when(sheet.referral.requested_at, sheet.practice)
    return f"{sheet.referrer.name}, {sheet.practice.name}, {at}"


def _answer(sheet: Sheet, reply: Reply, people: Mapping[str, Clinician]) -> list[str]:
    author = people.get(reply.author_id)
    name = author.name if author else "Somebody"
    at = _when(reply.written_at, sheet.center)
    text = reply.text or "(not kept here; see the thread)"
    return ["", f"Answer ({name}, {sheet.center.name}, {at}):", text]


def _when(at: datetime, site: Site) -> str:
    return f"{at.astimezone(ZoneInfo(site.zone)):%Y-%m-%d %H:%M %Z}"
