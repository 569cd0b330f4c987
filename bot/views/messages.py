"""Messages in threads and direct messages: what happened, and the next move."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.sheets import Sheet
from bot.views import kit, words
from bot.views.card import mention, move_button, standing
from bot.views.ids import Act, Carried
from bot.views.matching import match_buttons, match_lines
from bot.views.next_move import journey_button, record_button
from care.cases import one_line
from care.people import Part
from care.referral import Event, Kind, Outcome, State
from care.response import Step
from storage.records import Clinician, Link, Reply, ReplyKind, Site

OFFERED: Mapping[Event, tuple[Event, ...]] = {
    Event.ASK_INFORMATION: (Event.GIVE_INFORMATION,),
    Event.GIVE_INFORMATION: (Event.ANSWER, Event.TAKE),
    Event.ANSWER: (Event.CLOSE, Event.ASK_AGAIN),
    Event.ASK_AGAIN: (Event.TAKE, Event.ANSWER),
    Event.GIVE_BACK: (Event.TAKE,),
    Event.ASK_EVALUATION: (Event.TAKE, Event.PASS_ON),
    Event.REOPEN: (),
}
"""Which moves a direct message about a move offers to whoever gets it."""


_CENTER_MOVES = (Event.ANSWER, Event.TAKE, Event.PASS_ON)

BROUGHT_UP: Mapping[Step, tuple[Event, ...]] = {
    Step.HALF_WAY: _CENTER_MOVES,
    Step.LIMIT: _CENTER_MOVES,
    Step.NEXT_ON_DUTY: _CENTER_MOVES,
    Step.LEAD: _CENTER_MOVES,
    Step.STILL: (*_CENTER_MOVES, Event.GIVE_INFORMATION),
    Step.PRACTICE: (Event.GIVE_INFORMATION,),
    Step.PRACTICE_COORDINATOR: (Event.GIVE_INFORMATION,),
    Step.PLEASE_PHONE: (),
    Step.OUTCOME: (Event.CLOSE,),
    Step.OUTCOME_AGAIN: (Event.CLOSE,),
}
"""Which moves a reminder offers to whoever gets it."""


@dataclass(frozen=True)
class Occasion:
    """What a notice about a referral is about."""

    sheet: Sheet
    recipient: Clinician | None
    event: Event | None = None
    by: Clinician | None = None
    replies: Sequence[Reply] = ()
    outcome: str = ""

    @property
    def parts(self) -> frozenset[Part]:
        """The parts of the recipient, which decide what they are offered."""
        return (
            self.sheet.parts_of(self.recipient.member)
            if self.recipient
            else frozenset()
        )


def pinned(link: Link, center: Site, practice: Site) -> list[kit.Block]:
    """Return the pinned message of a link's channel."""
    names = f"{kit.escape(practice.name)} and {kit.escape(center.name)}"
    return [
        kit.header("Referrals and questions"),
        kit.section(
            f"{names} work on referrals for CAR T in this channel. Ask here, follow"
            " the thread. No names, dates of birth or record numbers: Baton gives"
            " each patient a code."
        ),
        kit.actions(
            [
                kit.button("Start a referral", Act.REFER, value=link.id, primary=True),
                kit.button("Ask a specialist", Act.ASK, value=link.id),
                kit.button("My list", Act.MY_LIST),
            ],
            block_id="pinned",
        ),
        kit.context(words.unwell(kit.escape(center.phone_24h))),
    ]


def question(sheet: Sheet) -> list[kit.Block]:
    """Return the question, as the first message of the thread."""
    asks = f"{kit.escape(sheet.referrer.name)} asks:"
    return kit.quotes(sheet.referral.question, before=asks)


def line(about: Occasion) -> list[kit.Block]:
    """Return a move as a line in the thread, with what was written in its form."""
    told = _say(words.DONE, about)
    written = [one for one in about.replies if one.message_ts is None and one.text]
    return [kit.section(told), *(block for one in written for block in _quoted(one))]


def asked(about: Occasion) -> list[kit.Block]:
    """Return the message to the one who is asked."""
    sheet = about.sheet
    site = kit.escape(sheet.practice.name)
    asks = f"*{kit.escape(sheet.referrer.name)}* ({site}) asks about {_code(sheet)}"
    what = (
        "CAR T evaluation" if sheet.referral.kind is Kind.EVALUATION else "a question"
    )
    summary = one_line(sheet.case.summary)
    return [
        kit.section(f"{asks}, {what}, {words.URGENCY[sheet.referral.urgency]}:"),
        *kit.quotes(sheet.referral.question),
        *([kit.context(kit.escape(summary))] if summary else []),
        kit.context(standing(sheet)),
        _moves(about, _for_the_asked(about), first=_of_journey(about)),
    ]


def _of_journey(about: Occasion) -> list[kit.Element]:
    """Return the next step of an evaluation that is under way, for whoever took it."""
    sheet = about.sheet
    course, me = sheet.course, about.recipient
    mine = me is not None and me.id == sheet.referral.taker_id
    if course is None or not mine or sheet.referral.state is not State.ACCEPTED:
        return []
    record = record_button(sheet, course, primary=True)
    return [*([record] if record else []), journey_button(sheet)]


def _for_the_asked(about: Occasion) -> tuple[Event, ...]:
    """Return the next moves; whoever passed it on is offered none."""
    referral = about.sheet.referral
    mine = {referral.asked_id, referral.taker_id}
    if about.recipient is None or about.recipient.id not in mine:
        return ()
    if referral.taker_id is None:
        return (Event.TAKE, Event.PASS_ON)
    if about.sheet.course is not None:
        return (Event.ASK_INFORMATION,)
    return (Event.ANSWER, Event.ASK_INFORMATION)


def requested(about: Occasion) -> list[kit.Block]:
    """Return the message to the referrer that the request stands."""
    sheet = about.sheet
    center = kit.escape(sheet.center.name)
    by = sheet.answer_by
    limit = f" Answer by {kit.moment(by)}." if by else ""
    told = (
        f"{_code(sheet)} went to {center}. On duty:"
        f" {kit.escape(sheet.asked.name)}.{limit}"
    )
    responsible = kit.escape(sheet.responsible.name)
    return [
        kit.section(told),
        kit.context(f"Responsible now: {responsible}. Keep the code with your record."),
        *match_lines(sheet),
        _moves(about, (), my_list=True, first=match_buttons(sheet)),
    ]


def moved(about: Occasion) -> list[kit.Block]:
    """Return a move as it is told by direct message."""
    offered = OFFERED.get(about.event, ()) if about.event else ()
    return [
        kit.section(_say(words.TOLD, about)),
        *(block for one in about.replies for block in _told(one)),
        _moves(about, offered),
    ]


def brought_up(
    about: Occasion, step: Step, was_due: datetime | None
) -> list[kit.Block]:
    """Return a reminder: what waits, since when, and the next move."""
    sheet = about.sheet
    asks = {
        Step.HALF_WAY: f"{_code(sheet)} waits for you.",
        Step.LIMIT: f"{_code(sheet)} has not been answered yet. It waits for"
        f" {_turn(about)}.",
        Step.NEXT_ON_DUTY: f"{_code(sheet)} has not been answered yet. You are next"
        f" on duty; it waits for {_turn(about)}.",
        Step.LEAD: f"{_code(sheet)} is urgent and has not been answered in twice the"
        f" time. It waits for {_turn(about)}.",
        Step.STILL: f"{_code(sheet)} still waits for {_turn(about)}.",
        Step.PRACTICE: f"{_code(sheet)} waits for information from you.",
        Step.PRACTICE_COORDINATOR: f"{_code(sheet)} waits for information from"
        f" {_turn(about)}.",
        Step.PLEASE_PHONE: f"{kit.escape(sheet.practice.name)} has not given the"
        f" information on {_code(sheet)}. Please phone {_turn(about)}.",
        Step.OUTCOME: f"What came of the answer on {_code(sheet)}?",
        Step.OUTCOME_AGAIN: f"Once more: what came of the answer on {_code(sheet)}?"
        " After this it is closed, its outcome not known.",
    }
    return [
        kit.section(asks[step]),
        kit.context(standing(sheet)),
        *late(was_due),
        _moves(about, BROUGHT_UP[step]),
    ]


def was_brought_up(about: Occasion) -> list[kit.Block]:
    """Return a reminder after what it asked for was done, or was overtaken."""
    sheet = about.sheet
    return [kit.section(f"{_code(sheet)}: {standing(sheet)}"), _moves(about, ())]


def what_is_it(
    about: Occasion, reply: Reply, *, again: bool, was_due: datetime | None
) -> list[kit.Block]:
    """Ask the author of a plain reply what it is."""
    if reply.kind is not ReplyKind.UNSORTED:
        # Its author has said so, or the referrer has taken it as the answer.
        said = f"Your reply on {_code(about.sheet)} counts as: {reply.kind}."
        return [kit.section(said)]
    sure = "Still open: what" if again else "What"
    return [
        kit.section(
            f"{sure} is your reply on {_code(about.sheet)}?"
            " Reminders rest for two working hours meanwhile."
        ),
        *([kit.section(kit.quote(reply.text, 600))] if reply.text else []),
        *late(was_due),
        kit.actions(sort_buttons(about.parts, reply), block_id="sort"),
    ]


def sort_buttons(parts: Collection[Part], reply: Reply) -> list[kit.Element]:
    """Return what a reply can be, for its author to say."""
    choices = (
        ((Act.SORT_ANSWER, "Answer"), (Act.SORT_QUESTION, "Question"))
        if Part.ASKED in parts
        else ((Act.SORT_INFORMATION, "What was asked for"),)
    )
    value = Carried(reply=reply.id).dump()
    buttons = [kit.button(label, act, value=value) for act, label in choices]
    return [*buttons, kit.button("Comment", Act.SORT_COMMENT, value=value)]


def delivery_failed(subject: str, to: str, reason: str) -> list[kit.Block]:
    """Tell somebody who can mend it that a message could not be delivered."""
    return [
        kit.section(
            f"A message about {kit.escape(subject)} could not be delivered to"
            f" {kit.escape(to)}: {kit.escape(reason)}."
        ),
        kit.context("Please tell them yourself. Nothing is sent again on its own."),
    ]


def stood_twice(subject: str, to: str) -> list[kit.Block]:
    """Tell the administrators that a message stood twice in Slack."""
    return [
        kit.section(
            f"A message about {kit.escape(subject)} to {kit.escape(to)} stood twice."
            " Baton takes the one away that is not on record, unless people have"
            " answered below it."
        ),
        kit.context("The log says which, under `notice.doubled`."),
    ]


def told_instead(sheet: Sheet, to: str) -> list[kit.Block]:
    """Tell the responsible clinician what somebody without a part was not told."""
    return [
        kit.section(
            f"{kit.escape(to)} has no part in {_code(sheet)} any more and was not"
            f" told. {standing(sheet)}."
        )
    ]


def reminder_stuck(kind: str) -> list[kit.Block]:
    """Tell the administrators that a reminder could not be handled."""
    return [
        kit.section(
            f"A due reminder of the kind “{kit.escape(kind)}” could not be handled."
            " It is tried again; the log says why."
        )
    ]


def _code(sheet: Sheet) -> str:
    return f"*{sheet.case.code}*"


def late(was_due: datetime | None) -> list[kit.Block]:
    """Return the small print of a reminder that comes late."""
    return [kit.context(f"Late: was due {kit.moment(was_due)}")] if was_due else []


def _turn(about: Occasion) -> str:
    sheet = about.sheet
    whose = sheet.waits_for or sheet.asked
    is_reader = about.recipient is not None and about.recipient.id == whose.id
    return "you" if is_reader else mention(sheet, whose)


def _say(told: Mapping[Event, str], about: Occasion) -> str:
    sheet = about.sheet
    event = about.event or Event.REOPEN
    return told[event].format(
        by=kit.escape(about.by.name if about.by else "Somebody"),
        code=_code(sheet),
        asked=mention(sheet, sheet.asked),
        practice=kit.escape(sheet.practice.name),
        center=kit.escape(sheet.center.name),
        outcome=about.outcome or Outcome.NOT_KNOWN,
    )


def _told(reply: Reply) -> list[kit.Block]:
    if reply.text:
        return _quoted(reply)
    return [kit.context("The words stand in the thread; Baton did not keep them.")]


def _quoted(reply: Reply) -> list[kit.Block]:
    labels = {ReplyKind.INSTEAD: "Instead:", ReplyKind.DECLINE: "Why:"}
    return kit.quotes(reply.text or "", before=labels.get(reply.kind, ""))


def _moves(
    about: Occasion,
    offered: Sequence[Event],
    *,
    my_list: bool = False,
    first: Sequence[kit.Element] = (),
) -> kit.Block:
    sheet = about.sheet
    possible = sheet.moves_of(about.parts)
    buttons = [*first]
    buttons += [
        move_button(sheet, one, primary=index == 0 and not first)
        for index, one in enumerate([one for one in offered if one in possible][:2])
    ]
    if sheet.permalink:
        buttons.append(kit.button("Open thread", Act.OPEN_THREAD, url=sheet.permalink))
    buttons.append(
        kit.button("My list", Act.MY_LIST)
        if my_list or not buttons
        else kit.button(
            "Show the case",
            Act.OPEN_CASE,
            value=Carried(referral=sheet.referral.id).dump(),
        )
    )
    return kit.actions(buttons, block_id="moves")
