"""Plain replies in a thread: noted, asked about, sorted by their author."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.actions.clocks import replan
from bot.actions.done import Done
from bot.actions.guarding import identifier_in, staff_names
from bot.actions.moving import Words, move_referral
from bot.actions.telling import Telling
from bot.refusals import NoPart, Overtaken
from bot.sheets import CARD, Sheet, make_sheets
from care.people import PRACTICE_SIDE, Member, Part
from care.referral import OPEN, Event, Side
from care.response import REPLY_PAUSE
from care.working_time import add_working_time
from storage.actors import Person
from storage.errors import NotFound
from storage.records import Referral, Reply, ReplyKind
from storage.reminders import Due
from storage.unit import Unit

KIND = "reply"
"""The kind of reminder that asks again what a reply is."""

MEANT: Mapping[ReplyKind, Event] = {
    ReplyKind.ANSWER: Event.ANSWER,
    ReplyKind.QUESTION: Event.ASK_INFORMATION,
    ReplyKind.INFORMATION: Event.GIVE_INFORMATION,
}
"""The move that a reply makes once its author has said what it is."""


class ThreadNotKnownYet(Exception):
    """A card is being posted in this channel: Slack is to send the event again."""


def note_reply(
    *, uow: Unit, by: Person, channel_id: str, thread_ts: str, ts: str, text: str
) -> Done:
    """Note what somebody wrote in a thread of ours; ask them what it is if it matters.

    Words that hold an identifier are not kept, only that they were written.
    """
    root = uow.notices.root_at(channel_id, thread_ts)
    if root is None and uow.notices.thread_may_be_coming(channel_id, CARD):
        raise ThreadNotKnownYet
    if root is None or root.view != CARD:
        return Done("not ours")
    referral = uow.cases.referral_to_move(root.subject)
    sheet = make_sheets(uow, [referral])[0]
    if not sheet.parts_of(by.member) or uow.cases.reply_at(referral.id, ts):
        return Done("noted")
    reply = _reply_of(uow, by, sheet, ts, text)
    uow.cases.add_reply(reply, sheet.case.id)
    uow.audit(referral.workspace_id, "reply noted", reply.id, {"kind": reply.kind})
    if reply.kind is ReplyKind.UNSORTED:
        _pause_and_ask(uow, by, sheet, reply)
    return Done("withheld" if reply.withheld else "noted", reply.id)


def sort_reply(*, uow: Unit, by: Person, reply_id: str, kind: ReplyKind) -> Done:
    """Record what the author says their reply is, and do what follows from it.

    Raises `NoPart` for anybody but the author and `Overtaken` where the referral
    has moved on.
    """
    try:
        reply = uow.cases.reply(reply_id)
    except NotFound as error:
        raise NoPart from error
    if reply.author_id != by.clinician_id:
        raise NoPart
    if reply.kind is not ReplyKind.UNSORTED:
        raise Overtaken(f"That was said already: it counts as {reply.kind}.")
    uow.reminders.cancel(reply_id, before=2)
    if kind in MEANT:
        words = Words(reply_id=reply_id)
        return move_referral(
            uow=uow,
            by=by,
            referral_id=reply.referral_id,
            event=MEANT[kind],
            words=words,
        )
    uow.cases.sort_reply(reply_id, ReplyKind.COMMENT)
    referral = uow.cases.referral_to_move(reply.referral_id)
    uow.audit(referral.workspace_id, "reply sorted", reply_id, {"kind": kind})
    running = _pause_until(uow, referral, None)
    telling = Telling(uow, make_sheets(uow, [running])[0], uow.new_id())
    telling.change_card()
    telling.refresh()
    return Done("comment", reply.referral_id)


def note_edit(
    *, uow: Unit, by: Person, channel_id: str, thread_ts: str, ts: str, text: str | None
) -> Done:
    """Keep the new wording of a reply (None: it was deleted), through the guard.

    Messages that quote the reply are brought up to date.
    """
    root = uow.notices.root_at(channel_id, thread_ts)
    if root is None or root.view != CARD:
        return Done("not ours")
    referral = uow.cases.referral_to_move(root.subject)
    reply = uow.cases.reply_at(referral.id, ts)
    if reply is None or reply.author_id != by.clinician_id:
        return Done("not kept")
    sheet = make_sheets(uow, [referral])[0]
    withheld = "deleted" if text is None else _withheld(uow, sheet, text)
    kept = None if withheld else text
    uow.cases.reword(reply.id, referral.case_id, text=kept, withheld=withheld)
    codes = {"withheld": withheld or "no"}
    uow.audit(referral.workspace_id, "reply reworded", reply.id, codes)
    Telling(uow, sheet, uow.new_id()).refresh()
    return Done("reworded", reply.id)


def _reply_of(uow: Unit, by: Person, sheet: Sheet, ts: str, text: str) -> Reply:
    withheld = _withheld(uow, sheet, text)
    asks = matters_to(sheet, by.member)
    return Reply(
        id=uow.new_id(),
        referral_id=sheet.referral.id,
        author_id=by.clinician_id,
        kind=ReplyKind.UNSORTED if asks else ReplyKind.COMMENT,
        text=None if withheld else text,
        withheld=withheld,
        message_ts=ts,
        written_at=uow.now,
    )


def _withheld(uow: Unit, sheet: Sheet, text: str) -> str | None:
    staff = staff_names(uow.people, sheet.practice.id, sheet.center.id)
    return "identifier" if identifier_in(text, staff) else None


def _pause_until(uow: Unit, referral: Referral, until: datetime | None) -> Referral:
    """Return the referral with reminders at rest until an instant, or running."""
    changed = replace(referral, paused_until=until, generation=referral.generation + 1)
    uow.cases.keep_referral(changed)
    replan(uow, changed)
    return changed


def matters_to(sheet: Sheet, author: Member) -> bool:
    """Tell whether the author's words could be the move that the referral waits for."""
    if sheet.referral.state not in OPEN:
        return False
    parts = sheet.parts_of(author)
    if sheet.referral.waiting_on is Side.PRACTICE:
        return bool(parts & (PRACTICE_SIDE | {Part.ASKED}))
    return Part.ASKED in parts


def _pause_and_ask(uow: Unit, by: Person, sheet: Sheet, reply: Reply) -> None:
    site = sheet.round.center if by.site_id == sheet.center.id else sheet.round.practice
    rest = add_working_time(uow.now, REPLY_PAUSE, site)
    # Reply upon reply must not put a limit off for ever: the pause under way counts.
    paused = sheet.referral.paused_until
    until = paused if paused and paused > uow.now else rest
    referral = _pause_until(uow, sheet.referral, until)
    again = [Due(KIND, "again", rest)]
    uow.reminders.plan(referral.workspace_id, reply.id, 1, again)
    author = uow.people.clinician(by.clinician_id)
    told = Telling(uow, sheet, reply.id, {"reply": reply.id})
    told.tell([author], "what is it")
    told.change_card()
