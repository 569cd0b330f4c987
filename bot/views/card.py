"""The status card: the root of a referral's thread, read by the whole channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.sheets import Sheet
from bot.views import handoff, kit, words
from bot.views.concern import concern_button
from bot.views.cover import first_call_lines
from bot.views.ids import Act, Carried, act_of
from bot.views.matching import match_buttons, match_lines, take_act
from bot.views.next_move import (
    NOTHING_MORE,
    at_last_news,
    journey_button,
    next_move,
    one_way,
    plan_buttons,
    record_button,
)
from care.cases import not_recorded, one_line
from care.people import ANY_PART
from care.referral import ENDED, Event, Kind, Outcome, Side, State, moves_for
from storage.records import Clinician, Site

FIRST: Mapping[tuple[State, Side | None], tuple[Event, ...]] = {
    (State.REQUESTED, Side.CENTER): (Event.TAKE, Event.ASK_INFORMATION),
    (State.REQUESTED, Side.PRACTICE): (Event.GIVE_INFORMATION, Event.TAKE),
    (State.ACCEPTED, Side.CENTER): (Event.ANSWER, Event.ASK_INFORMATION),
    (State.ACCEPTED, Side.PRACTICE): (Event.GIVE_INFORMATION, Event.ANSWER),
    (State.ANSWERED, None): (Event.CLOSE, Event.ASK_AGAIN),
    (State.DECLINED, None): (Event.REOPEN,),
    (State.WITHDRAWN, None): (Event.REOPEN,),
    (State.CLOSED, None): (Event.REOPEN,),
}
"""The next moves, as buttons, the likeliest first; the others are in the menu."""

OF_THE_OTHER_SIDE: Mapping[Side, Event] = {
    Side.CENTER: Event.GIVE_INFORMATION,
    Side.PRACTICE: Event.ASK_INFORMATION,
}
"""A move that says nothing while it waits on this side, so it is not offered."""

_FIRST_OF_JOURNEY: Mapping[Side | None, tuple[Event, ...]] = {
    Side.CENTER: (),
    Side.PRACTICE: (Event.GIVE_INFORMATION,),
}
"""The same while a course is under way, whose next step stands before them."""

SAID_IN_JOURNEY = frozenset({Event.ANSWER, Event.DECLINE})
"""What a decision says while a course is under way; the case's page has it still."""

HELPFUL_SHOWN = 3


def card_text(sheet: Sheet) -> str:
    """Return the neutral line that notifies."""
    return f"{sheet.case.code}: {words.KIND[sheet.referral.kind].lower()}"


def card_blocks(sheet: Sheet) -> list[kit.Block]:
    """Return the card as it stands now; every line stays true unrefreshed."""
    if sheet.moved_to is not None:
        return _moved_blocks(sheet, sheet.moved_to)
    helpful = _would_help(sheet)
    first, *rest = standing(sheet).splitlines()
    news = at_last_news(sheet, sheet.course) if sheet.course else ""
    lines = [f"*{first}*", *rest, *([news] if news else []), _people_line(sheet)]
    lines += first_call_lines(sheet)
    way = one_way(sheet.course.phase) if sheet.course else ""
    return [
        kit.header(heading(sheet)),
        kit.section("\n".join(lines)),
        *([kit.context(way)] if way else []),
        *([kit.section(line)] if (line := _case_line(sheet)) else []),
        *([kit.context(helpful)] if helpful else []),
        *match_lines(sheet),
        *handoff.card_line(sheet),
        kit.actions(_elements(sheet), block_id="card"),
    ]


def _moved_blocks(sheet: Sheet, practice: Site) -> list[kit.Block]:
    """Return the card of a practice that the patient has left: it tells no more."""
    value = Carried(referral=sheet.referral.id).dump()
    case = kit.button("Show the case", Act.OPEN_CASE, value=value)
    return [
        kit.header(heading(sheet)),
        kit.section(_moved(sheet, practice)),
        kit.context("What comes next is told in the thread of that practice."),
        kit.actions([case], block_id="card"),
    ]


def _moved(sheet: Sheet, practice: Site) -> str:
    here, there = kit.escape(sheet.practice.name), kit.escape(practice.name)
    return f"Care moved from {here} to {there} {_when(sheet)}"


def heading(sheet: Sheet) -> str:
    """Return case, kind and urgency in one line."""
    kind = words.KIND[sheet.referral.kind]
    urgency = words.URGENCY[sheet.referral.urgency]
    return f"{sheet.case.code} · {kind} · {urgency}"


def standing(sheet: Sheet) -> str:
    """Return whose move it is, and by when, or how it ended."""
    if sheet.moved_to is not None:
        return _moved(sheet, sheet.moved_to)
    if sheet.has_died and sheet.referral.state not in ENDED:
        return next_move(sheet, sheet.course) if sheet.course else NOTHING_MORE
    told = {
        State.REQUESTED: _requested,
        State.ACCEPTED: _accepted,
        State.ANSWERED: _answered,
        State.DECLINED: lambda one: f"Declined {_when(one)}",
        State.WITHDRAWN: lambda one: f"Withdrawn {_when(one)}",
        State.CLOSED: _closed,
    }
    return told[sheet.referral.state](sheet)


def mention(sheet: Sheet, person: Clinician) -> str:
    """Return a mention where somebody is known to Slack, else their name."""
    identity = sheet.identities.get(person.id)
    return f"<@{identity.user_id}>" if identity else kit.escape(person.name)


def may_be_answered(sheet: Sheet) -> bool:
    """Tell whether somebody at the center has replied: it may be the answer."""
    referral = sheet.referral
    return referral.paused_until is not None and referral.waiting_on is Side.CENTER


def move_button(sheet: Sheet, event: Event, *, primary: bool = False) -> kit.Element:
    """Return the button that makes a move."""
    value = _carried(sheet, event).dump()
    act = take_act(sheet, event, act_of(event))
    return kit.button(words.MOVE[event], act, value=value, primary=primary)


def _elements(sheet: Sheet) -> Sequence[kit.Element]:
    referral = sheet.referral
    if sheet.has_died:
        return _to_read(sheet)
    first = FIRST[referral.state, referral.waiting_on]
    hidden = {Event.CONFIRM}
    if sheet.course is not None and referral.state is State.ACCEPTED:
        first = _FIRST_OF_JOURNEY[referral.waiting_on]
        hidden |= SAID_IN_JOURNEY
    possible = moves_for(referral.progress, ANY_PART)
    if may_be_answered(sheet):
        first = (*first, Event.CONFIRM)
    if referral.waiting_on is not None:
        hidden.add(OF_THE_OTHER_SIDE[referral.waiting_on])
    rest = [one for one in possible if one not in first and one not in hidden]
    entries = [(words.MOVE[one], _value(sheet, one)) for one in rest]
    if sheet.course is None or not entries:
        # A journey's page leads to the case, and a menu holds no more than five; but
        # Slack takes no menu without any, as after the end of an evaluation.
        entries.append(("Show the case", Carried(referral=referral.id).dump()))
    if len(entries) < kit.ENTRIES:
        hand_off = Carried(referral=referral.id, page=Act.HAND_OFF)
        entries.append(("Hand off", hand_off.dump()))
    # What has ended waits for nobody, so nothing stands out there.
    goes_on = referral.state not in ENDED and not sheet.has_died
    buttons = _journey_buttons(sheet)
    stands_out = goes_on and not buttons
    buttons += [
        move_button(sheet, one, primary=stands_out and index == 0)
        for index, one in enumerate(first)
    ]
    buttons += match_buttons(sheet)
    # Not in the menu: what is urgent is not looked for.
    urgent = [concern_button(referral.id)] if sheet.collected else []
    return [*buttons, *urgent, kit.overflow(Act.MORE, entries)]


def _to_read(sheet: Sheet) -> list[kit.Element]:
    """Return what is left after a death: nobody is asked for anything more."""
    value = Carried(referral=sheet.referral.id).dump()
    case = kit.button("Show the case", Act.OPEN_CASE, value=value)
    journey = [journey_button(sheet)] if sheet.course else []
    return [*journey, *plan_buttons(sheet), case]


def _journey_buttons(sheet: Sheet) -> list[kit.Element]:
    """Return the next step and the journey, while the evaluation goes on."""
    course, referral = sheet.course, sheet.referral
    if course is None:
        return []
    moves_on = referral.state is State.ACCEPTED and referral.waiting_on is Side.CENTER
    record = record_button(sheet, course, primary=True) if moves_on else None
    first = [record] if record else []
    return [*first, journey_button(sheet), *plan_buttons(sheet)]


def _value(sheet: Sheet, event: Event) -> str:
    return replace(_carried(sheet, event), event=event.name).dump()


def _carried(sheet: Sheet, event: Event) -> Carried:
    # Passing on is said of one person: whom the button was shown for.
    asked = sheet.referral.asked_id if event is Event.PASS_ON else ""
    return Carried(referral=sheet.referral.id, subject=asked)


def _people_line(sheet: Sheet) -> str:
    who = sheet.taker
    asked = _whom(sheet, who)
    responsible = kit.escape(sheet.responsible.name)
    site = kit.escape(sheet.responsible_site.name)
    return f"{asked}Responsible now: {responsible}, {site}"


def _whom(sheet: Sheet, taker: Clinician | None) -> str:
    if taker:
        return f"Taken by: {mention(sheet, taker)} · "
    if sheet.referral.state in ENDED:
        return ""
    return f"On duty: {mention(sheet, sheet.asked)} · "


def _case_line(sheet: Sheet) -> str:
    return kit.escape(one_line(sheet.case.summary))


def _would_help(sheet: Sheet) -> str:
    missing = not_recorded(sheet.case.summary)
    if not missing or sheet.referral.waiting_on is None or sheet.has_died:
        return ""
    more = len(missing) - HELPFUL_SHOWN
    shown = ", ".join(missing[:HELPFUL_SHOWN])
    return f"Would help: {shown}" + (f" (+{more})" if more > 0 else "")


def _requested(sheet: Sheet) -> str:
    if sheet.referral.waiting_on is Side.PRACTICE:
        return _waiting_on_practice(sheet)
    return f"Waiting for {kit.escape(sheet.center.name)}{_limit(sheet)}"


def _accepted(sheet: Sheet) -> str:
    if sheet.referral.waiting_on is Side.PRACTICE:
        return _waiting_on_practice(sheet)
    if sheet.course is not None:
        return next_move(sheet, sheet.course)
    if sheet.referral.kind is Kind.EVALUATION:
        return f"Evaluation under way at {kit.escape(sheet.center.name)}"
    return f"Waiting for an answer from {_taker_name(sheet)}{_limit(sheet)}"


def _answered(sheet: Sheet) -> str:
    at = kit.moment(sheet.referral.answered_at or sheet.now)
    return f"Answered by {_taker_name(sheet)} {at} · what came of it?"


def _closed(sheet: Sheet) -> str:
    referral = sheet.referral
    times = {
        "asked": referral.requested_at,
        "responded": referral.responded_at,
        "answered": referral.answered_at,
        "closed": referral.ended_at,
    }
    told = [f"{what} {kit.moment(at)}" for what, at in times.items() if at]
    outcome = referral.outcome or Outcome.NOT_KNOWN
    return f"Loop closed: {outcome}\n" + " · ".join(told)


def _waiting_on_practice(sheet: Sheet) -> str:
    since = kit.moment(sheet.referral.round_started_at)
    return f"Waiting for {kit.escape(sheet.practice.name)} · asked {since}"


def _limit(sheet: Sheet) -> str:
    by = sheet.answer_by
    return f" · answer by {kit.moment(by)}" if by else ""


def _taker_name(sheet: Sheet) -> str:
    return kit.escape((sheet.taker or sheet.asked).name)


def _when(sheet: Sheet) -> str:
    return kit.moment(sheet.referral.ended_at or sheet.now)
