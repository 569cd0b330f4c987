"""A handoff as it is read: the offer in its five parts, its moves, what is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.handed_plans import HandedPlan
from bot.handoff_fields import CORRECTION, POINT, PROPOSAL, SENTENCE, WHY
from bot.handoff_sheets import HandoffSheet
from bot.sheets import Sheet
from bot.views import kit
from bot.views.handoff_words import MOVED, SAID, UP, standing
from bot.views.ids import Act, Carried
from bot.views.matching import return_matched
from care.handoff import LASTING, OPEN, TO_DO, Event, Line, State
from care.handoff_clock import Step
from care.ipass import (
    CONTINGENCY,
    RETURN_FIELDS,
    SEVERITY,
    SUMMARY,
    Direction,
    Page,
)
from care.people import Member
from storage.handoff_records import HandoffAction
from storage.records import Clinician

ACTS: Mapping[Event, Act] = {
    Event.READ_BACK: Act.HANDOFF_READ_BACK,
    Event.CONFIRM: Act.HANDOFF_CONFIRM,
    Event.DISPUTE: Act.HANDOFF_DISPUTE,
    Event.PHONE: Act.HANDOFF_PHONE,
    Event.DECLINE: Act.HANDOFF_DECLINE,
    Event.CORRECT: Act.HANDOFF_CORRECT,
    Event.WITHDRAW: Act.HANDOFF_WITHDRAW,
}
"""The button of each move, in the order in which they stand."""

LABELS: Mapping[Event, str] = {
    Event.READ_BACK: "Read back",
    Event.CONFIRM: "It was so",
    Event.DISPUTE: "It was not so",
    Event.PHONE: "Done by phone",
    Event.DECLINE: "Decline",
    Event.CORRECT: "Correct a point",
    Event.WITHDRAW: "Withdraw",
}
FIRST = frozenset({Event.READ_BACK, Event.CONFIRM})
"""Moves that stand out: by them the handoff goes on."""

ANSWERED: Mapping[Line, str] = {
    Line.PROPOSED: "",
    Line.ACCEPTED: " · taken on",
    Line.CHANGED: " · taken on as changed: ",
    Line.REFUSED: " · not taken on: ",
    Line.DONE: " · done",
    Line.DROPPED: " · not needed any more",
}

OWED: Mapping[Direction, str] = {
    Direction.TO_CENTER: "as agreed, {center} takes over at lymphodepletion, and no"
    " handoff is offered yet. Who is responsible stays so until one is read back.",
    Direction.RETURN: "no return handoff is offered yet. {center} is responsible until"
    " the practice has accepted one.",
}
"""Why a handoff is asked for."""

EMERGENCY = "*Emergency takeover*, because:"
LONGEST = 1200
"""Characters of a line of action, escaped: what a form takes, four times over."""

GROUPS: Mapping[Page, str] = {
    Page.TREATMENT: "Treatment and its effects",
    Page.STATE: "State at return",
    Page.SUPPORT: "Support and what comes next",
}


def handoff_blocks(
    about: HandoffSheet, me: Member | None, *, buttons: bool = True
) -> list[kit.Block]:
    """Return a handoff in its five parts, with what the reader may do."""
    moves = about.moves(me) if me else ()
    return [
        kit.context(phone_line(about.sheet)),
        kit.section(
            "\n".join([_title(about), standing(about), *return_matched(about)])
        ),
        *_five_parts(about),
        *plan_in_short(about.plan),
        *([_buttons(about, moves)] if buttons else []),
    ]


def thread_blocks(about: HandoffSheet) -> list[kit.Block]:
    """Return an offer as it stands in the thread; what is long is a tap away there."""
    return [
        kit.context(phone_line(about.sheet)),
        kit.section(
            "\n".join([_title(about), standing(about), *return_matched(about)])
        ),
        *_five_parts(about, short=True),
        *plan_in_short(about.plan),
    ]


def plan_in_short(handed: HandedPlan | None) -> list[kit.Block]:
    """Return the plan that comes with a return, doer by doer."""
    if handed is None:
        return []
    told = [
        f"{count} {'check' if count == 1 else 'checks'} with {name}"
        for name, count in handed.by_doer.items()
    ]
    first = f"; first: {handed.first}" if handed.first else ""
    text = f"At {handed.site.name}: {', '.join(told)}{first}"
    return [kit.section(f"*Plan after CAR T*\n{kit.escape(text)}")]


def phone_line(sheet: Sheet) -> str:
    """Return the line that stands on top of every handoff."""
    center = sheet.center
    phone = f"{kit.escape(center.phone_24h)} ({kit.escape(center.name)}, 24 hours)"
    return f"Patient unwell now: emergency department, or {phone}."


def card_line(sheet: Sheet) -> list[kit.Block]:
    """Return what the status card says of an open handoff."""
    one = sheet.open_handoff
    told = [SAID[one.state](one, sheet.people)] if one else []
    if not sheet.responsible.active:
        name = kit.escape(sheet.responsible.name)
        told.append(f"{name} has left: lead or coordinator hands over on their behalf.")
    return [kit.context(*told)] if told else []


def moved(about: HandoffSheet, move: str, reader: Clinician | None) -> list[kit.Block]:
    """Return a move as it is told by direct message, and the next one to make."""
    told = MOVED.get(move, "{code}: {standing}").format(
        code=code(about),
        receiver=kit.escape(about.receiver.name),
        sender=kit.escape(about.sender.name),
        offered_by=kit.escape(about.people[about.handoff.offered_by].name),
        standing=standing(about),
    )
    moves = about.moves(reader.member) if reader else ()
    return [
        kit.section(told),
        *[kit.context(one) for one in care_moved(about)],
        *_written(about),
        *_lines_answered(about),
        kit.context(standing(about)),
        _buttons(about, [one for one in moves if one is not Event.WITHDRAW]),
    ]


def line(about: HandoffSheet, move: str) -> list[kit.Block]:
    """Return a move as a line in the thread."""
    told = [kit.escape(UP.get(move, "")), standing(about), *care_moved(about)]
    return [kit.section(" ".join(told).strip())]


def care_moved(about: HandoffSheet) -> list[str]:
    """Return from where to where care has moved, once a transfer is accepted."""
    if not about.is_transfer or about.handoff.state not in LASTING:
        return []
    sites = (about.sender_site, about.receiver_site)
    before, after = (kit.escape(one.name) for one in sites)
    return [f"Care moved from {before} to {after}."]


def brought_up(
    about: HandoffSheet, step: Step, reader: Clinician | None, was_due: datetime | None
) -> list[kit.Block]:
    """Return a reminder of a handoff that waits."""
    whose = about.waits_for
    is_reader = bool(whose and reader and whose.id == reader.id)
    name = "you" if is_reader else kit.escape(whose.name if whose else "nobody")
    what = "a read-back" if about.handoff.state is not State.BY_PHONE else "a yes or no"
    still = "still " if step is Step.STILL else ""
    moves = about.moves(reader.member) if reader else ()
    due = [f"Due by {kit.moment(about.due)}."] if about.due else []
    return [
        kit.section(f"{code(about)} {still}waits for {what} from {name}."),
        kit.context(standing(about), *due),
        *([kit.context(f"Late: was due {kit.moment(was_due)}")] if was_due else []),
        _buttons(about, moves),
    ]


def was_brought_up(about: HandoffSheet) -> list[kit.Block]:
    """Return a reminder after what it asked for was done, or was overtaken."""
    said = f"{code(about)}: {standing(about)}"
    return [kit.section(said), _buttons(about, ())]


def owed(sheet: Sheet, direction: Direction) -> list[kit.Block]:
    """Ask for the handoff that the journey owes; once it is offered, say so."""
    at_center = sheet.responsible.site_id == sheet.center.id
    is_back = direction is Direction.RETURN
    standing_open = card_line(sheet)
    case = f"*{sheet.case.code}*"
    if at_center is not is_back or standing_open or sheet.has_died:
        name = kit.escape(sheet.responsible.name)
        return [kit.section(f"{case}: {name} is responsible now."), *standing_open]
    return [
        kit.section(f"{case}: {OWED[direction].format(center=_center(sheet))}"),
        kit.actions([_hand_off(sheet), *_thread(sheet)], block_id="handoff-owed"),
    ]


def actions(
    about: HandoffSheet,
    reader: Clinician | None,
    only: str | None,
    was_due: datetime | None = None,
) -> list[kit.Block]:
    """Return what somebody is to do from a handoff; `only` is one action's id."""
    me = reader.member if reader else None
    shown = [one for one in about.actions if only in {None, one.id}]
    mine = [one for one in shown if only or (me and one.doer_id == me.id)]
    nobodys = mine and all(one.state is Line.REFUSED for one in mine)
    title = "not taken on. Who does it?" if nobodys else "to do"
    return [
        kit.section(f"{code(about)}: from the handoff, {title}"),
        *(block for one in mine for block in _action_blocks(about, one, me)),
        *([kit.context(f"Late: was due {kit.moment(was_due)}")] if was_due else []),
        _buttons(about, ()),
    ]


def list_entries(
    waiting: Sequence[HandoffSheet],
    to_do: Sequence[tuple[HandoffSheet, HandoffAction]],
    me: Member,
    *,
    most: int,
) -> list[kit.Block]:
    """Return the handoffs that wait on somebody, and what they are to do from some."""
    blocks: list[kit.Block] = []
    for about in waiting[:most]:
        blocks.append(kit.section(f"{_title(about)}\n{standing(about)}"))
        blocks.append(_buttons(about, about.moves(me)))
    for about, one in to_do[:most]:
        blocks += _action_blocks(about, one, me, f"{code(about)} ")
    if len(waiting) > most or len(to_do) > most:
        blocks.append(kit.context("And more from handoffs."))
    return blocks


def history(sheet: Sheet) -> str:
    """Return who was responsible from when to when, one line each."""
    return "\n".join(
        f"{kit.escape(sheet.people[one.clinician_id].name)} from"
        f" {kit.moment(one.since)}"
        + (f" to {kit.moment(one.until)}" if one.until else "")
        + f" ({one.how})"
        for one in sheet.tenures
    )


def code(about: HandoffSheet) -> str:
    """Return the case code, to be seen."""
    return f"*{about.sheet.case.code}*"


def due_text(one: HandoffAction) -> str:
    """Return by when an action is to be done, a day at the doer's site."""
    return f"{one.due_day:%a} {one.due_day.day} {one.due_day:%b}"


def _title(about: HandoffSheet) -> str:
    kinds = {
        Direction.RETURN: "Return handoff",
        Direction.TRANSFER: "Move to another practice",
    }
    kind = kinds.get(about.handoff.direction, "Handoff")
    sender = f"{kit.escape(about.sender.name)}, {kit.escape(about.sender_site.name)}"
    receiver = kit.escape(about.receiver.name)
    site = kit.escape(about.receiver_site.name)
    return f"{code(about)} · *{kind}* from {sender} to {receiver}, {site}"


def _five_parts(about: HandoffSheet, *, short: bool = False) -> list[kit.Block]:
    fields = about.words.fields
    if not fields:
        why = about.words.reason.get(WHY, "")
        return kit.quotes(why, before=EMERGENCY)
    said = about.words.synthesis
    why = about.words.reason.get(WHY, "")
    taken_over = why and about.handoff.state in LASTING | {State.TAKEN_OVER}
    severity = said.get(SEVERITY) or fields.get(SEVERITY, "")
    return [
        *(kit.quotes(why, before=EMERGENCY) if taken_over else []),
        *kit.quotes(severity, before="*Illness severity*"),
        *kit.quotes(fields.get(SUMMARY, ""), before="*Patient summary*"),
        *(_to_read(about) if short else _return_groups(fields)),
        *kit.paragraphs(["*Actions*", *_action_lines(about)]),
        *kit.quotes(
            fields.get(CONTINGENCY, ""),
            before=f"*Situation awareness and contingency*\n{phone_line(about.sheet)}",
        ),
        *_synthesis(about),
    ]


def _to_read(about: HandoffSheet) -> list[kit.Block]:
    """Return where the points of a return are read, in the place of all of them."""
    count = sum(one.code in about.words.fields for one in RETURN_FIELDS)
    if not count:
        return []
    titles = ", ".join((GROUPS[Page.TREATMENT], *map(_lower, list(GROUPS)[1:])))
    value = Carried(subject=about.handoff.id).dump()
    button = kit.button("Read it", Act.HANDOFF_SHOW, value=value)
    return [kit.section(f"*{titles}*\n{count} points.", accessory=button)]


def _lower(page: Page) -> str:
    title = GROUPS[page]
    return title[0].lower() + title[1:]


def _return_groups(fields: Mapping[str, str]) -> list[kit.Block]:
    blocks: list[kit.Block] = []
    for page, title in GROUPS.items():
        told = [one for one in RETURN_FIELDS if one.page is page and one.code in fields]
        lines = [f"{one.label}: {kit.escape(fields[one.code])}" for one in told]
        blocks += kit.paragraphs([f"*{title}*", *lines]) if lines else []
    return blocks


def _action_lines(about: HandoffSheet) -> list[str]:
    if not about.actions:
        told_of = about.handoff.offered_by != about.handoff.receiver_id
        return ["None, as the sender says." if told_of else "None was handed over."]
    return [_action_line(about, one) for one in about.actions]


def _action_line(about: HandoffSheet, one: HandoffAction) -> str:
    doer = kit.escape(about.people[one.doer_id].name)
    answer = kit.escape_within(one.answer or "", LONGEST)
    more = ANSWERED[one.state]
    words = answer if one.state in {Line.CHANGED, Line.REFUSED} else ""
    text = kit.escape_within(one.text, LONGEST)
    return f"{one.position}. {text} · {doer} · by {due_text(one)}{more}{words}"


def _synthesis(about: HandoffSheet) -> list[kit.Block]:
    title = "*Synthesis by receiver*"
    sentence = about.words.synthesis.get(SENTENCE, "")
    if not sentence:
        receiver = kit.escape(about.receiver.name)
        return [kit.section(f"{title}\nTo be said back by {receiver}.")]
    return [
        *kit.quotes(sentence, before=f"{title}: would call when"),
        *_corrected(about),
    ]


def _corrected(about: HandoffSheet) -> list[kit.Block]:
    told = about.words.correction
    if about.handoff.state is not State.CORRECTED or not told:
        return []
    point = "what was understood"
    for one in about.actions:
        if one.id == told.get(POINT):
            point = f"action {one.position}"
    sender = kit.escape(about.sender.name)
    return kit.quotes(told[CORRECTION], before=f"*{sender} corrects {point}:*")


def _written(about: HandoffSheet) -> list[kit.Block]:
    """Return what was written with the state that the handoff stands in."""
    words = about.words
    match about.handoff.state:
        case State.DECLINED:
            return [
                *kit.quotes(words.reason.get(WHY, ""), before="Why:"),
                *kit.quotes(words.reason.get(PROPOSAL, ""), before="Instead:"),
            ]
        case State.TAKEN_OVER:
            return kit.quotes(words.reason.get(WHY, ""), before="Why:")
        case State.ACCEPTED | State.BY_PHONE:
            said = words.synthesis
            severity = said.get(SEVERITY, "")
            return [
                *kit.quotes(said.get(SENTENCE, ""), before="Would call when:"),
                *(kit.quotes(severity, before="Severity:") if severity else []),
            ]
        case State.CORRECTED:
            return _corrected(about)
        case _:
            return []


def _lines_answered(about: HandoffSheet) -> list[kit.Block]:
    """Return the lines that are not as they were offered: the sender must see these."""
    told = {Line.CHANGED, Line.REFUSED}
    lines = [_action_line(about, one) for one in about.actions if one.state in told]
    return kit.paragraphs(lines) if about.handoff.state in LASTING else []


def _action_blocks(
    about: HandoffSheet, one: HandoffAction, me: Member | None, before: str = ""
) -> list[kit.Block]:
    value = Carried(subject=one.id, version=str(one.generation)).dump()
    element = None
    if one.state in TO_DO:
        element = kit.button("Done", Act.ACTION_DONE, value=value)
    elif one.state is Line.DONE:
        element = kit.button("Undo", Act.ACTION_UNDONE, value=value)
    elif one.state is Line.PROPOSED and me is not None and one.doer_id == me.id:
        element = kit.button("I take it", Act.ACTION_TAKE, value=value)
    told = kit.section(before + _action_line(about, one), accessory=element)
    if one.state is not Line.REFUSED or me is None or not about.gives(me):
        return [told]
    choices = [
        kit.button("I do it", Act.ACTION_MINE, value=value),
        kit.button("Not needed any more", Act.ACTION_DROP, value=value),
    ]
    return [told, kit.actions(choices, block_id=f"refused-{one.id}")]


def _buttons(about: HandoffSheet, moves: Collection[Event]) -> kit.Block:
    version = str(about.handoff.generation)
    value = Carried(subject=about.handoff.id, version=version).dump()
    offered: Sequence[Event] = [one for one in ACTS if one in moves]
    made = [
        kit.button(
            _label(about, one),
            _act(about, one),
            value=value,
            primary=index == 0 and one in FIRST,
        )
        for index, one in enumerate(offered)
    ]
    ask = "Ask in thread" if Event.READ_BACK in moves else "Open thread"
    # Until a move is accepted, its thread is not one that both practices can read.
    apart = about.is_transfer and about.handoff.state in OPEN
    made += [] if apart else _thread(about.sheet, ask)
    made.append(kit.button("Show the handoff", Act.HANDOFF_SHOW, value=value))
    return kit.actions(made, block_id=f"handoff-{about.handoff.id}")


def _hand_off(sheet: Sheet) -> kit.Element:
    value = Carried(referral=sheet.referral.id).dump()
    return kit.button("Hand off", Act.HAND_OFF, value=value, primary=True)


def _thread(sheet: Sheet, label: str = "Open thread") -> list[kit.Element]:
    if not sheet.permalink:
        return []
    return [kit.button(label, Act.OPEN_THREAD, url=sheet.permalink)]


def _center(sheet: Sheet) -> str:
    return kit.escape(sheet.center.name)


def _act(about: HandoffSheet, event: Event) -> Act:
    asks = event is Event.CONFIRM and about.asks_for_match
    return Act.HANDOFF_CONFIRM_RETURN if asks else ACTS[event]


def _label(about: HandoffSheet, event: Event) -> str:
    again = event is Event.READ_BACK and about.handoff.state is State.CORRECTED
    return "Read back again" if again else LABELS[event]
