"""Urgent concerns: the phone, the red flags, and who is told until somebody answers.

The list stands in its one order and is matched with nothing. The phone comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.concerns import ConcernPage, ConcernTold
from bot.sheets import Sheet
from bot.views import kit
from bot.views.emergency import sheet_button
from bot.views.ids import Act, Carried, Form
from bot.views.red_flags import list_blocks, signed, sources
from care.concern import State

TITLE = "Urgent concern"
NOT_YET = "Nobody has acknowledged yet."


def concern_button(referral_id: str) -> kit.Element:
    """Return the button that opens the page."""
    value = Carried(referral=referral_id).dump()
    return kit.button(TITLE, Act.CONCERN, value=value)


def concern_row(sheets: Sequence[Sheet]) -> list[kit.Block]:
    """Return the way to both pages from a case, once cells were collected."""
    urgent = (one.referral.id for one in sheets if one.collected and not one.has_died)
    found = next(urgent, None)
    if found is None:
        return []
    row = [concern_button(found), sheet_button(found)]
    return [kit.actions(row, block_id="concern")]


def concern_modal(page: ConcernPage, metadata: str = "") -> dict[str, Any]:
    """Return the page: the phone, the list, and how the center is told."""
    return kit.modal(
        TITLE,
        [
            kit.section(call_first(page.sheet)),
            # Before the list, which on a phone is longer than the screen.
            *_told_blocks(page),
            kit.actions([sheet_button(page.sheet.referral.id)], block_id="sheet"),
            kit.divider(),
            *list_blocks(page.flags),
            kit.context("Worried by something else? Call as well."),
            kit.context(kit.escape(signed(page.flags, page.today))),
            kit.divider(),
            kit.context(kit.escape("\n".join(sources(page.flags)))),
        ],
        callback_id=Form.READING,
        metadata=metadata,
    )


def call_first(sheet: Sheet) -> str:
    """Return the line that stands on top: the number, and that it comes first."""
    center = sheet.center
    number = kit.phone(center.phone_24h)
    return f"*Call first: {number}*\n{kit.escape(center.name)}, day and night"


def text(sheet: Sheet) -> str:
    """Return the neutral line that notifies."""
    return f"{sheet.case.code}: urgent concern"


def to_center(told: ConcernTold) -> list[kit.Block]:
    """Ask somebody of the center to call, or say how it ended."""
    if told.concern.state is not State.OPEN:
        return _ended(told)
    sheet = told.sheet
    sender = f"*{kit.escape(told.sender.name)}*, {kit.escape(sheet.practice.name)},"
    again = f"{NOT_YET} " if told.step > 1 else ""
    return [
        kit.section(
            f"{sender} has an urgent concern about {_code(sheet)} and asks you to"
            f" call: {kit.phone(sheet.practice.phone_24h)}"
        ),
        kit.context(f"{again}Raised {kit.moment(told.concern.raised_at)}"),
        *_late(told),
        kit.actions([_acknowledge(told.concern.id), *_thread(sheet)]),
    ]


def to_sender(told: ConcernTold) -> list[kit.Block]:
    """Tell the sender whom it has reached by now, or how it ended."""
    if told.concern.state is not State.OPEN:
        return _ended(told)
    phone = kit.phone(told.sheet.center.phone_24h)
    center = kit.escape(told.sheet.center.name)
    is_first = told.step == 1
    how = f"{center} is told. Do not wait: call" if is_first else f"{NOT_YET} Call"
    return [
        kit.section(f"{_code(told.sheet)}: {how} {phone}"),
        kit.context(_who_is_told(told)),
        *_late(told),
        kit.actions([_withdraw(told.concern.id), *_thread(told.sheet)]),
    ]


def acknowledged(told: ConcernTold) -> list[kit.Block]:
    """Tell the sender who calls."""
    phone = kit.phone(told.sheet.center.phone_24h)
    return [
        kit.section(f"{_code(told.sheet)}: {_caller(told)} is calling you now."),
        kit.context(f"No call within minutes? Call {phone}"),
    ]


def line(told: ConcernTold) -> list[kit.Block]:
    """Return the one line in the thread, as it stands now."""
    said = f"{kit.escape(told.sender.name)} raised an urgent concern."
    ends = {
        State.OPEN: f" {kit.escape(told.sheet.center.name)} is told.",
        State.ACKNOWLEDGED: f" {_caller(told)} acknowledged.",
        State.WITHDRAWN: " It has ended.",
    }
    return [kit.section(said + ends[told.concern.state])]


def _told_blocks(page: ConcernPage) -> list[kit.Block]:
    """Return what can be done beside calling, or how it stands."""
    center = kit.escape(page.sheet.center.name)
    if page.open is not None:
        return _open_blocks(page, center)
    if not page.sheet.center.concern_opt_in:
        return [kit.section(f"{center} takes urgent concerns by phone only.")]
    if not page.may_raise:
        practice = kit.escape(page.sheet.practice.name)
        return [kit.context(f"{practice} can have {center} told in Slack from here.")]
    asked = kit.confirm(
        "Have you called?",
        "The phone is faster: Slack can be silent at night. The on-duty is told now,"
        " and the next every 10 minutes, until somebody calls you.",
        "Tell the on-duty",
    )
    value = Carried(referral=page.sheet.referral.id).dump()
    return [
        kit.actions(
            [
                kit.button(
                    "Tell the on-duty now",
                    Act.CONCERN_RAISE,
                    value=value,
                    confirm=asked,
                )
            ]
        )
    ]


def _open_blocks(page: ConcernPage, center: str) -> list[kit.Block]:
    concern, name = page.open, page.raised_by.name if page.raised_by else "Somebody"
    if concern is None:
        return []
    buttons = [
        *([_acknowledge(concern.id)] if page.may_acknowledge else []),
        *([_withdraw(concern.id)] if page.may_withdraw else []),
    ]
    at = kit.moment(concern.raised_at)
    said = (
        f"{kit.escape(name)} raised a concern {at}. {center} is told, the next every 10"
        f" minutes. {NOT_YET} Do not wait: call."
    )
    row = [kit.actions(buttons)] if buttons else []
    return [kit.section(said), *row]


def _ended(told: ConcernTold) -> list[kit.Block]:
    if told.sheet.has_died:
        return [kit.section(f"{_code(told.sheet)}: the urgent concern has ended.")]
    if told.concern.acknowledged_by is None:
        sender = kit.escape(told.sender.name)
        return [
            kit.section(f"{_code(told.sheet)}: {sender} withdrew the urgent concern.")
        ]
    at = kit.moment(told.concern.acknowledged_at or told.concern.raised_at)
    reader = told.recipient.id if told.recipient else ""
    by_reader = reader == told.concern.acknowledged_by
    who = "you are" if by_reader else f"{_caller(told)} is"
    whom = "you" if reader == told.sender.id else kit.escape(told.sender.name)
    number = kit.phone(told.sheet.practice.phone_24h)
    call = f" Call {number}" if by_reader else ""
    return [
        kit.section(f"{_code(told.sheet)}: {who} calling {whom}.{call}"),
        kit.context(f"Acknowledged {at}"),
    ]


def _who_is_told(told: ConcernTold) -> str:
    names = ", ".join(kit.escape(one.name) for one in told.people)
    center = kit.escape(told.sheet.center.name)
    if not names:
        return f"Nobody at {center} can be told in Slack now."
    return f"Told: {names}, {center}; after 10 minutes the next."


def _caller(told: ConcernTold) -> str:
    caller = told.acknowledged_by
    return kit.escape(caller.name) if caller else "Somebody"


def _acknowledge(concern_id: str) -> kit.Element:
    value = Carried(subject=concern_id).dump()
    label = "I am calling you now"
    return kit.button(label, Act.CONCERN_ACKNOWLEDGE, value=value, primary=True)


def _withdraw(concern_id: str) -> kit.Element:
    value = Carried(subject=concern_id).dump()
    return kit.button("Withdraw", Act.CONCERN_WITHDRAW, value=value)


def _thread(sheet: Sheet) -> list[kit.Element]:
    if not sheet.permalink:
        return []
    return [kit.button("Open thread", Act.OPEN_THREAD, url=sheet.permalink)]


def _late(told: ConcernTold) -> list[kit.Block]:
    if told.was_due is None:
        return []
    return [kit.context(f"Late: was due {kit.moment(told.was_due)}")]


def _code(sheet: Sheet) -> str:
    return f"*{sheet.case.code}*"
