"""Cover: who is first call now, what a cover asks for, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.covers import CoverSheet
from bot.sheets import Sheet
from bot.views import cover_words, kit
from bot.views.ids import Act, Carried
from care.cover import Cover, Event, Line, State
from care.people import Member
from storage.records import Clinician

SHOWN = 5
NAMED = 2
"""Covers that are not acknowledged yet and are named; the card says how many more."""

STAYS = "Responsibility for the patients does not move."


@dataclass(frozen=True)
class CoverNews:
    """What a direct message about a cover is about."""

    sheet: CoverSheet
    recipient: Clinician
    event: str = ""
    by: Clinician | None = None
    was_due: datetime | None = None


def first_call_lines(sheet: Sheet) -> list[str]:
    """Return who is first call where it is a cover, or was until a moment ago.

    Each line says until when, so that it stays true unrefreshed.
    """
    now, unsettled = sheet.first_call, sheet.unsettled
    name = kit.escape(sheet.people[now.clinician_id].name)
    lines = []
    if now.until is not None:
        lines.append(f"First call now: {name} (cover until {kit.moment(now.until)})")
    elif unsettled:
        lines.append(f"First call now: {name}")
    lines += [_not_acknowledged(sheet, one) for one in unsettled[:NAMED]]
    if len(unsettled) > NAMED:
        lines.append(f"And {len(unsettled) - NAMED} more, not acknowledged yet")
    return lines


def asked(about: CoverNews) -> list[kit.Block]:
    """Ask a colleague to be first call."""
    sheet = about.sheet
    if sheet.cover.state is not State.ASKED:
        return _as_it_stands(about)
    asks = f"*{kit.escape(sheet.asked_by.name)}* asks you to be first call for"
    own = sheet.asked_by.id == sheet.covered.id and not sheet.case_code
    whose = "all their patients" if own else _whose(sheet, about.recipient)
    return [
        kit.section(f"{asks} {whose}, {_span(sheet.cover)}."),
        *_quoted(sheet.kept.note),
        *_late(about),
        kit.context(f"{STAYS} At the end you are asked for a line."),
        *_row(sheet, about.recipient.member),
    ]


def ask_line(about: CoverNews) -> list[kit.Block]:
    """Ask the cover for a line, once it is over."""
    sheet = about.sheet
    if sheet.cover.state is not State.ENDED:
        return _as_it_stands(about)
    covered = kit.escape(sheet.covered.name)
    return [
        kit.section(
            f"Your cover of {_whose(sheet, about.recipient)} has ended"
            f" ({_span(sheet.cover)}). Leave a line for {covered}: nothing happened"
            " will do."
        ),
        *_late(about),
        *_row(sheet, about.recipient.member),
    ]


def told(about: CoverNews) -> list[kit.Block]:
    """Tell the responsible clinician what the cover left, to be acknowledged."""
    sheet = about.sheet
    by = kit.escape(sheet.by.name)
    whose = _whose(sheet, about.recipient)
    covered = f"*{by}* covered {whose}, {_span(sheet.cover)}."
    return [
        kit.section(f"{covered} {_left(sheet)}"),
        *_quoted(sheet.kept.line),
        *_late(about),
        *_row(sheet, about.recipient.member),
        *([kit.context("Acknowledged.")] if sheet.kept.closed_at else []),
    ]


def moved(about: CoverNews) -> list[kit.Block]:
    """Tell of one thing that happened to a cover."""
    said = cover_words.SAID[about.event].format(**_names(about))
    again = [ask_button()] if about.event in cover_words.ASK_ANOTHER else []
    buttons = [*again, kit.button("My list", Act.MY_LIST)]
    return [
        kit.section(said),
        *_late(about),
        kit.actions(buttons, block_id="cover-moved"),
    ]


def standing(sheet: CoverSheet, reader: Clinician | Member) -> str:
    """Return one cover as a line of a list."""
    by, whose = kit.escape(sheet.by.name), _whose(sheet, reader)
    who = "You" if reader.id == sheet.by.id else by
    return f"{who} · first call for {whose}, {_span(sheet.cover)}\n{_stands(sheet)}"


def cover_entries(
    covers: Sequence[CoverSheet], me: Member, *, waiting: bool
) -> list[kit.Block]:
    """Return covers as entries of a list: those that wait for me, or the others."""
    shown = [one for one in covers if one.waits_for(me) is waiting]
    blocks: list[kit.Block] = []
    for one in shown[:SHOWN]:
        blocks.append(kit.section(standing(one, me)))
        blocks += _quoted(one.kept.line) if one.kept.line else []
        blocks += _row(one, me)
    if len(shown) > SHOWN:
        blocks.append(kit.context(f"And {len(shown) - SHOWN} more covers."))
    return blocks


def ask_button() -> kit.Element:
    """Return the button that opens the form of asking for cover."""
    return kit.button("Ask for cover", Act.COVER)


def ask_row(*, back: bool = False) -> list[kit.Block]:
    """Return the button in a row of its own; `back` ends a leave of one's own."""
    before = [kit.button("I am back", Act.BACK)] if back else []
    return [kit.actions([*before, ask_button()], block_id="ask-cover")]


def _as_it_stands(about: CoverNews) -> list[kit.Block]:
    """Return what became of what was asked; what is asked since has its own message."""
    sheet, member = about.sheet, about.recipient.member
    row = _row(sheet, member) if sheet.cover.state is State.TAKEN else []
    return [kit.section(standing(sheet, member)), *row]


def _row(sheet: CoverSheet, me: Member) -> list[kit.Block]:
    buttons = _buttons(sheet, me)
    return [kit.actions(buttons, block_id=f"cover-{sheet.kept.id}")] if buttons else []


def _buttons(sheet: CoverSheet, me: Member) -> list[kit.Element]:
    value = Carried(subject=sheet.kept.id).dump()
    buttons: list[kit.Element] = []
    for event in sheet.moves_of(me):
        for label, act in _ACTS[event]:
            first = not buttons and event in _FIRST
            taken = sheet.cover.state is State.TAKEN and event is Event.DECLINE
            buttons.append(
                kit.button(
                    "I cannot after all" if taken else label,
                    act,
                    value=value,
                    primary=first,
                    confirm=_confirm(sheet, event),
                )
            )
    return buttons


_ACTS: Mapping[Event, Sequence[tuple[str, Act]]] = {
    Event.TAKE: (("Take it", Act.COVER_TAKE),),
    Event.DECLINE: (("Decline", Act.COVER_DECLINE),),
    Event.WITHDRAW: (("Withdraw", Act.COVER_WITHDRAW),),
    Event.END: (("End it now", Act.COVER_END),),
    Event.LEAVE_LINE: (
        ("Nothing happened", Act.COVER_NOTHING),
        ("Write a line", Act.COVER_LINE),
    ),
    Event.ACKNOWLEDGE: (("Acknowledge", Act.COVER_ACKNOWLEDGE),),
}
_FIRST = frozenset({Event.TAKE, Event.LEAVE_LINE, Event.ACKNOWLEDGE})


def _confirm(sheet: CoverSheet, event: Event) -> kit.Element | None:
    """Return the question before what somebody else counts on is undone."""
    by, covered = sheet.by.name, sheet.covered.name
    if event is Event.END:
        text = f"{covered} is first call again at once, and {by} is asked for a line."
        return kit.confirm("End this cover now?", text, "End it")
    if sheet.cover.state is State.TAKEN:
        text = f"{covered} stays first call. Whom it concerns is told."
        return kit.confirm("Give up this cover?", text, "Give it up")
    return None


def _not_acknowledged(sheet: Sheet, one: Cover) -> str:
    by = kit.escape(sheet.people[one.cover_id].name)
    return f"Cover by {by} until {kit.moment(one.ends_at)}: not acknowledged yet"


def _span(cover: Cover) -> str:
    return f"from {kit.moment(cover.starts_at)} until {kit.moment(cover.ends_at)}"


def _whose(sheet: CoverSheet, reader: Clinician | Member) -> str:
    """Return for which patients, without a name of any."""
    covered = kit.escape(sheet.covered.name)
    mine = reader.id == sheet.covered.id
    if sheet.case_code:
        return f"{sheet.case_code}, {'your patient' if mine else f'of {covered}'}"
    return "all your patients" if mine else f"all patients of {covered}"


def _stands(sheet: CoverSheet) -> str:
    state, told = sheet.cover.state, sheet.kept.told
    said = cover_words.STANDS[state]
    if told is Line.DIED:
        return f"Ended. {cover_words.LEFT[told]}"
    if state is State.TOLD and told is not None:
        said = f"{cover_words.LEFT[told]} {said}"
    return said.format(by=kit.escape(sheet.by.name))


def _left(sheet: CoverSheet) -> str:
    match sheet.kept.told:
        case Line.WRITTEN:
            return "What happened:"
        case Line.NONE:
            return "They have left the site and leave no line: please ask there."
        case Line.DIED:
            return cover_words.LEFT[Line.DIED]
        case _:
            return "Nothing happened."


def _quoted(text: str | None) -> list[kit.Block]:
    return kit.quotes(text) if text else []


def _late(about: CoverNews) -> list[kit.Block]:
    due = about.was_due
    return [kit.context(f"Late: was due {kit.moment(due)}")] if due else []


def _names(about: CoverNews) -> dict[str, str]:
    sheet = about.sheet
    count = {0: "no case now", 1: "1 case"}.get(sheet.cases, f"{sheet.cases} cases")
    mine = about.recipient.id == sheet.covered.id
    whose = _whose(sheet, about.recipient)
    return {
        "by": kit.escape(sheet.by.name),
        "covered": kit.escape(sheet.covered.name),
        "first": "you are" if mine else f"{kit.escape(sheet.covered.name)} is",
        "with_whom": "you" if mine else kit.escape(sheet.covered.name),
        "whose": whose + ("" if sheet.case_code else f" ({count})"),
        "span": _span(sheet.cover),
        "until": kit.moment(sheet.cover.ends_at),
        "actor": kit.escape(about.by.name if about.by else "Baton"),
    }
