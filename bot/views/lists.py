"""What waits on me, a case that I have a part in, Home, and help."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.lookups import SHOWN, MyList
from bot.sheets import Sheet
from bot.views import handoff, kit, knowledge, words
from bot.views.adding import add_button
from bot.views.boards import patients_button
from bot.views.card import (
    heading,
    may_be_answered,
    mention,
    move_button,
    standing,
)
from bot.views.concern import concern_row
from bot.views.cover import ask_button, cover_entries, first_call_lines
from bot.views.due import due_button
from bot.views.ids import Act, Carried, Form
from bot.views.matching import match_buttons, matched_by
from bot.views.messages import sort_buttons
from bot.views.my_work import work_entries
from bot.views.next_move import journey_button, plan_buttons
from bot.views.settings import settings_button
from care.cases import one_line
from care.people import Member
from care.referral import Event
from storage.records import Clinician, Reply, ReplyKind

HELP = """\
*What Baton does*
`/baton refer` refers a patient for CAR T evaluation
`/baton ask` asks a specialist a question
`/baton` shows what waits on you
`/baton case MM-7K3Q9` shows a case that you have a part in
`/baton plan MM-7K3Q9` shows what is due after CAR T, and what is due next
`/baton due [today|week|month]` shows which checks are due
`/baton duty` shows who is on duty, and until when
`/baton away` says that you are away, and who stands in
`/baton cover` asks a colleague to be first call for a while
`/baton knowledge` shows the cited rows, and who of the center signed them
`/baton protocol` shows the center's protocol, and changes it for who may sign
`/baton settings` changes when your morning list comes
`/baton setup` changes sites, people and links, for administrators
`/baton help` shows this"""

MESSAGE = 50
"""Blocks that a message holds; a page and Home hold a hundred."""

WRITTEN = {
    ReplyKind.ANSWER: "answered",
    ReplyKind.QUESTION: "asked",
    ReplyKind.INFORMATION: "gave information",
    ReplyKind.DECLINE: "declined",
    ReplyKind.INSTEAD: "said what instead",
}
"""Which replies stand in a case, each with its verb; comments stay in the thread."""


def my_list_blocks(mine: MyList, me: Member, *, may_refer: bool) -> list[kit.Block]:
    """Return what waits on me, what I wrote and did not sort, and what else is open."""
    blocks = [kit.header("Waiting on me")]
    blocks += _entries(mine.waiting, lambda one: _waiting_entry(one, me))
    blocks += handoff.list_entries(mine.handoffs, mine.to_do, me, most=SHOWN)
    blocks += work_entries(mine.work, most=SHOWN)
    for sheet, reply in mine.to_sort[:SHOWN]:
        blocks += _to_sort_entry(sheet, reply, me)
    to_me = cover_entries(mine.covers, me, waiting=True)
    blocks += to_me
    nothing = not (mine.waiting or mine.to_sort or mine.handoffs or mine.to_do)
    if nothing and not to_me and not mine.work:
        blocks.append(kit.section("Nothing waits on you."))
    start = _start_buttons(first=not mine.waiting and not to_me) if may_refer else ()
    buttons = [*start, patients_button(), due_button(), kit.button("Duty", Act.DUTY)]
    buttons.append(knowledge.open_button())
    buttons += [ask_button()] if mine.may_ask_cover else []
    buttons.append(settings_button())
    blocks.append(kit.actions(buttons, block_id="start"))
    if others := cover_entries(mine.covers, me, waiting=False):
        blocks += [kit.divider(), kit.header("Cover"), *others]
    if mine.elsewhere:
        blocks += [kit.divider(), kit.header("Also open")]
        blocks += _entries(mine.elsewhere, _open_entry)
    return blocks


def my_list_modal(blocks: Sequence[kit.Block]) -> dict[str, Any]:
    """Return my list as a page, for those who have neither command nor Home."""
    return kit.modal("My list", blocks, callback_id=Form.READING)


def in_message(blocks: Sequence[kit.Block]) -> list[kit.Block]:
    """Return a list as a message, which holds half as much as a page."""
    if len(blocks) <= MESSAGE:
        return list(blocks)
    # The row of buttons stays, by which the whole list is opened.
    start = [one for one in blocks if one.get("block_id") == "start"]
    whole = kit.button("Show the whole list", Act.MY_LIST)
    row = kit.actions([whole], block_id="whole")
    shown = [one for one in blocks if one not in start]
    return [*shown[: MESSAGE - 1 - len(start)], row, *start]


def home(blocks: Sequence[kit.Block]) -> dict[str, Any]:
    """Return the App Home tab."""
    return {"type": "home", "blocks": list(blocks[:100])}


def stranger_home(sentence: str) -> dict[str, Any]:
    """Return the Home of somebody whom Baton does not know."""
    return home([kit.section(kit.escape(sentence))])


def case_blocks(sheets: Sequence[Sheet], me: Member) -> list[kit.Block]:
    """Return a case and its referrals, newest first."""
    case = sheets[0].case
    responsible = sheets[0].responsible
    line = one_line(case.summary) or "Nothing recorded yet."
    first_call = "".join(f"\n{one}" for one in first_call_lines(sheets[0]))
    blocks = [
        kit.header(case.code),
        kit.section(
            f"{kit.escape(line)}\nResponsible now: {kit.escape(responsible.name)},"
            f" {kit.escape(sheets[0].responsible_site.name)}{first_call}"
        ),
    ]
    blocks += handoff.card_line(sheets[0])
    blocks += concern_row(sheets)
    if ways := [*plan_buttons(sheets[0]), *_to_journey(sheets[0])]:
        blocks.append(kit.actions(ways, block_id="plan"))
    for one in sheets[:SHOWN]:
        blocks += [kit.divider(), *_referral_entry(one, me)]
    if len(sheets) > SHOWN:
        blocks.append(kit.context(f"And {len(sheets) - SHOWN} earlier ones."))
    return blocks


def case_modal(
    sheets: Sequence[Sheet],
    me: Member,
    replies: Sequence[Reply],
    people: Mapping[str, Clinician],
    *,
    preparing: Sequence[kit.Block] = (),
) -> dict[str, Any]:
    """Return a case as a page, with what was written about the referral at hand.

    `preparing` is what comes before an infusion.
    """
    blocks = [*case_blocks(sheets, me), *preparing]
    told = [one for one in replies if one.kind in WRITTEN and one.text]
    if told:
        blocks += [kit.divider(), kit.header("What was written")]
    for one in told[-10:]:
        author = people[one.author_id].name if one.author_id in people else "Somebody"
        said = f"{kit.escape(author)} {WRITTEN[one.kind]} {kit.moment(one.written_at)}:"
        blocks += kit.quotes(one.text or "", before=said)
    return kit.modal("Case", blocks, callback_id=Form.READING)


def help_blocks(typed: str = "") -> list[kit.Block]:
    """Return what Baton can do; `typed` is what it did not understand."""
    sorry = f"Baton does not know “{kit.escape(kit.shorten(typed, 200))}”.\n"
    return [kit.section((sorry if typed else "") + HELP)]


def _entries(
    sheets: Sequence[Sheet], entry: Callable[[Sheet], list[kit.Block]]
) -> list[kit.Block]:
    blocks = [block for one in sheets[:SHOWN] for block in entry(one)]
    if len(sheets) > SHOWN:
        blocks.append(kit.context(f"And {len(sheets) - SHOWN} more."))
    return blocks


def _waiting_entry(sheet: Sheet, me: Member) -> list[kit.Block]:
    return [
        kit.section(f"*{heading(sheet)}*\n{standing(sheet)}"),
        kit.actions(
            [*_entry_buttons(sheet, me), _open_case(sheet)],
            block_id=f"of-{sheet.referral.id}",
        ),
    ]


def _open_entry(sheet: Sheet) -> list[kit.Block]:
    return [
        kit.section(f"{heading(sheet)}\n{standing(sheet)}", accessory=_open_case(sheet))
    ]


def _referral_entry(sheet: Sheet, me: Member) -> list[kit.Block]:
    kind = words.KIND[sheet.referral.kind]
    asked = mention(sheet, sheet.taker or sheet.asked)
    return [
        kit.section(
            f"*{kind}, {words.URGENCY[sheet.referral.urgency]}*\n{standing(sheet)}\n"
            f"{kit.escape(sheet.referrer.name)} asked {asked}:"
        ),
        kit.section(kit.quote(sheet.referral.question)),
        *(kit.context(one) for one in matched_by(sheet)),
        kit.actions(
            [
                *_entry_buttons(sheet, me),
                *match_buttons(sheet),
                _copy(sheet),
                *([] if sheet.has_died else [_hand_off(sheet)]),
            ],
            block_id=f"of-{sheet.referral.id}",
        ),
    ]


def _to_sort_entry(sheet: Sheet, reply: Reply, me: Member) -> list[kit.Block]:
    written = kit.quote(reply.text or "", 300)
    buttons = sort_buttons(sheet.parts_of(me), reply)
    return [
        kit.section(f"What is your reply on *{sheet.case.code}*?\n{written}"),
        kit.actions(buttons, block_id=f"sort-{reply.id}"),
    ]


def _entry_buttons(sheet: Sheet, me: Member) -> list[kit.Element]:
    possible = set(sheet.moves_of(sheet.parts_of(me)))
    if not may_be_answered(sheet):
        possible.discard(Event.CONFIRM)
    likely = [one for one in _LIKELY if one in possible][:2]
    buttons = [
        move_button(sheet, one, primary=index == 0 and one is not Event.REOPEN)
        for index, one in enumerate(likely)
    ]
    if sheet.permalink:
        buttons.append(kit.button("Open thread", Act.OPEN_THREAD, url=sheet.permalink))
    return buttons


_LIKELY = (
    Event.GIVE_INFORMATION,
    Event.TAKE,
    Event.ANSWER,
    Event.CONFIRM,
    Event.CLOSE,
    Event.ASK_INFORMATION,
    Event.REOPEN,
)


def _open_case(sheet: Sheet) -> kit.Element:
    value = Carried(referral=sheet.referral.id).dump()
    return kit.button("Show the case", Act.OPEN_CASE, value=value)


def _to_journey(sheet: Sheet) -> list[kit.Element]:
    """Return the way to the journey where no card leads there yet."""
    without_card = sheet.card is None and sheet.course is not None
    return [journey_button(sheet)] if without_card else []


def _copy(sheet: Sheet) -> kit.Element:
    value = Carried(referral=sheet.referral.id).dump()
    return kit.button("Copy for the chart", Act.COPY, value=value)


def _hand_off(sheet: Sheet) -> kit.Element:
    value = Carried(referral=sheet.referral.id).dump()
    return kit.button("Hand off", Act.HAND_OFF, value=value)


def _start_buttons(*, first: bool) -> list[kit.Element]:
    return [
        kit.button("Start a referral", Act.REFER, primary=first),
        kit.button("Ask a specialist", Act.ASK),
        add_button(),
    ]
