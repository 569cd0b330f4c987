"""The forms of a handoff: the offer page by page, the read-back, and the moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.handoff_fields import (
    AGO,
    BOOKED,
    CORRECTION,
    MINUTES_AGO,
    NOT_BOOKED,
    POINT,
    PROPOSAL,
    RECEIVER,
    SENTENCE,
    VISIT,
    WHOLE,
    WHY,
    action_fields,
    line_fields,
)
from bot.handoff_sheets import HandoffSheet
from bot.sheets import Sheet
from bot.views import kit
from bot.views.handoff import due_text, handoff_blocks, history, phone_line
from bot.views.handoff_words import standing
from bot.views.ids import VALUE, Act, Carried, Form, FormData
from bot.views.matching import return_field, return_matched
from care.cases import one_line
from care.handoff import Event, Line, State
from care.ipass import (
    FIVE_PARTS,
    KNOWN,
    MOST_ACTIONS,
    SEVERITY,
    SUMMARY,
    Asked,
    Direction,
    Page,
    asks_for_match,
    fields_on,
    pages_of,
)
from care.people import Member
from storage.handoff_records import HandoffAction
from storage.records import Clinician, Site

OFFERED_STILL = frozenset({State.OFFERED, State.BY_PHONE})
"""States in which a read-back makes its reader responsible."""
LONG, SHORT = 2000, 300
LONG_OF_RETURN, SHORT_OF_RETURN = 400, 200
"""Most characters of a field: what people wrote is shown whole, never cut.

A return has thirty fields, and one message holds them all.
"""

PHONE_HINT = (
    "As the receiver said it on the phone. The other side confirms it within a working"
    " day; responsibility moves then."
)
QUESTION = "What would make you call, and whom?"

Values = Mapping[str, str]


@dataclass(frozen=True)
class Choices:
    """Whom a form of an offer lets choose from, each with their site."""

    receivers: Sequence[Clinician]
    doers: Sequence[Clinician]
    sites: Mapping[str, Site]

    def options(self, people: Sequence[Clinician]) -> list[kit.Element]:
        """Return people as options, with the names of their sites."""
        return [
            kit.option(f"{one.name}, {self.sites[one.site_id].name}", one.id)
            for one in people
        ]


def offer_page(
    data: FormData,
    sheet: Sheet,
    *,
    page: Page,
    direction: Direction,
    choices: Choices,
    values: Values,
) -> dict[str, Any]:
    """Return one page of the offer's form; `values` are what was written before."""
    pages = pages_of(direction)
    number = pages.index(page) + 1
    is_last = number == len(pages)
    fields = [_asked(one, values) for one in fields_on(page, direction)]
    blocks = [
        kit.context(phone_line(sheet), _where(sheet, number, pages)),
        *_moves_to(direction, choices),
        *([_receiver(choices, values)] if page is Page.PATIENT else []),
        *(
            [return_field(_other_site(sheet, direction, choices), values)]
            if asks_for_match(page, direction)
            else []
        ),
        *(_action_inputs(choices, values) if page is Page.ACTIONS else []),
        *fields,
        *([_back()] if number > 1 else []),
    ]
    return kit.modal(
        f"Hand off {number} of {len(pages)}",
        blocks,
        callback_id=Form.HANDOFF_OFFER,
        metadata=data.dump(),
        submit="Offer" if is_last else "Next",
        close="Cancel",
        external_id=data.intent,
    )


def _other_site(sheet: Sheet, direction: Direction, choices: Choices) -> Site:
    """Return the site with which code and patient are matched."""
    moves = direction is Direction.TRANSFER
    return choices.sites[choices.receivers[0].site_id] if moves else sheet.practice


def _moves_to(direction: Direction, choices: Choices) -> list[kit.Block]:
    if direction is not Direction.TRANSFER:
        return []
    there = choices.sites[choices.receivers[0].site_id]
    name = kit.escape(there.name)
    phone = kit.escape(there.phone_24h)
    text = f"The patient moves to *{name}* ({phone}), once it is read back there."
    return [kit.section(text)]


def read_back_form(
    data: FormData, about: HandoffSheet, values: Values
) -> dict[str, Any]:
    """Return the form by which a handoff is said back."""
    again = about.handoff.state is State.CORRECTED
    open_lines = [one for one in about.actions if one.state is Line.PROPOSED]
    blocks = [
        *handoff_blocks(about, None, buttons=False),
        kit.divider(),
        *([] if again else [_severity(about, values)]),
        *(_what_is_known(about, values) if about.asks_what_is_known else []),
        *(block for one in open_lines for block in _line(about, one, values)),
        *_doers(about, values),
        *_match(about, about.receiver.site_id, values),
        *([_visit(values)] if about.asks_for_visit else []),
        _sentence(values),
    ]
    return kit.modal(
        "Read back",
        blocks,
        callback_id=Form.HANDOFF_READ_BACK,
        metadata=data.dump(),
        submit="Accept" if about.handoff.state in OFFERED_STILL else "Read back",
        close="Cancel",
        external_id=data.intent,
    )


def _doers(about: HandoffSheet, values: Values) -> list[kit.Block]:
    """Return a choice of who does the checks of each topic at the receiver's site."""
    if about.plan is None:
        return []
    people = [
        kit.option(kit.shorten(f"{one.name}, {one.role}", 75), one.id)
        for one in about.plan.staff
    ]
    return [
        kit.field(
            f"Plan, {one.topic}: who does {one.count}"
            f" {'check' if one.count == 1 else 'checks'}?",
            one.field,
            kit.select(VALUE, people, initial=values.get(one.field, one.doer.id)),
            hint=kit.shorten(", ".join(row.name for row in one.rows), 150),
        )
        for one in about.plan.groups
    ]


@dataclass(frozen=True)
class MoveForm:
    """The words of a move's form."""

    title: str
    submit: str
    fields: tuple[tuple[str, str, str], ...]
    """Of each field: its name, its label, its hint."""


MOVE_FORMS: Mapping[Event, MoveForm] = {
    Event.DECLINE: MoveForm(
        "Decline",
        "Decline",
        (
            (WHY, "Why not", "The sender reads this and stays responsible."),
            (PROPOSAL, "What do you propose instead?", "Whom, or when."),
        ),
    ),
    Event.PHONE: MoveForm(
        "Done by phone",
        "Record",
        (
            (
                SENTENCE,
                QUESTION,
                PHONE_HINT,
            ),
        ),
    ),
    Event.CORRECT: MoveForm(
        "Correct a point",
        "Correct",
        (
            (
                CORRECTION,
                "What it should be",
                "The point is open again until the receiver reads it back.",
            ),
        ),
    ),
    Event.CONFIRM: MoveForm("It was so", "Confirm", ()),
}


def move_form(
    event: Event, data: FormData, about: HandoffSheet, values: Values, *, at: str = ""
) -> dict[str, Any]:
    """Return the form of a move; `values` are what was written before, `at` a site."""
    form = MOVE_FORMS[event]
    before = {
        Event.PHONE: [_ago(values)],
        Event.CORRECT: [_point(about, values)],
        Event.CONFIRM: [
            kit.section("\n".join([standing(about), *return_matched(about)]))
        ],
    }
    texts = [
        kit.field(
            label,
            name,
            kit.text_input(VALUE, initial=values.get(name), most=LONG),
            hint=hint,
        )
        for name, label, hint in form.fields
    ]
    match = _match(about, at, values) if event in {Event.PHONE, Event.CONFIRM} else []
    visit = [_visit(values)] if event is Event.PHONE and about.asks_for_visit else []
    return kit.modal(
        form.title,
        [_of_whom(about), *before.get(event, []), *texts, *match, *visit],
        callback_id=Form.HANDOFF_MOVE,
        metadata=data.dump(),
        submit=form.submit,
        close="Cancel",
        external_id=data.intent,
    )


def take_over_form(data: FormData, sheet: Sheet, values: Values) -> dict[str, Any]:
    """Return the form by which somebody takes over at once."""
    responsible = kit.escape(sheet.responsible.name)
    text = kit.text_input(VALUE, initial=values.get(WHY), most=LONG)
    hint = "Whoever was responsible and the coordinators of both sites read this."
    return kit.modal(
        "Take over",
        [
            kit.context(phone_line(sheet)),
            kit.section(
                f"You are responsible for *{sheet.case.code}* at once, in the place of"
                f" {responsible}. You say it back within 24 hours."
            ),
            kit.field("Why it cannot wait", WHY, text, hint=hint),
        ],
        callback_id=Form.HANDOFF_TAKE_OVER,
        metadata=data.dump(),
        submit="Take over",
        close="Cancel",
        external_id=data.intent,
    )


def handoff_page(
    about: HandoffSheet, me: Member, *, may_take_over: bool
) -> dict[str, Any]:
    """Return a handoff as a page, with who was responsible when."""
    sheet = about.sheet
    blocks = [
        *handoff_blocks(about, me),
        kit.divider(),
        kit.context(f"Responsible:\n{history(sheet)}"),
        *([_take_over(sheet)] if may_take_over else []),
    ]
    return kit.modal("Handoff", blocks, callback_id=Form.READING)


def responsible_page(sheet: Sheet, *, may_take_over: bool) -> dict[str, Any]:
    """Return who is responsible, for somebody who does not hand over."""
    name = kit.escape(sheet.responsible.name)
    site = kit.escape(sheet.responsible_site.name)
    return kit.modal(
        "Hand off",
        [
            kit.context(phone_line(sheet)),
            kit.section(
                f"{name}, {site}, is responsible for *{sheet.case.code}* and hands"
                " over. Their site's lead or coordinator can where they are not there."
            ),
            kit.context(f"Responsible:\n{history(sheet)}"),
            *([_take_over(sheet)] if may_take_over else []),
        ],
        callback_id=Form.READING,
    )


def _take_over(sheet: Sheet) -> kit.Block:
    value = Carried(referral=sheet.referral.id).dump()
    button = kit.button("Take over in an emergency", Act.HANDOFF_TAKE_OVER, value=value)
    return kit.actions([button], block_id="take-over")


def _where(sheet: Sheet, number: int, pages: Sequence[Page]) -> str:
    told = "What you wrote is kept for a day. " if number > 1 else ""
    return (
        f"{told}{sheet.case.code}, page {number} of {len(pages)}. Say “none” where"
        " there is none. No names of patients, dates or record numbers."
    )


def _asked(one: Asked, values: Values) -> kit.Block:
    initial = values.get(one.code)
    of_return = one.page in {Page.TREATMENT, Page.STATE, Page.SUPPORT}
    longest = LONG_OF_RETURN if of_return else LONG
    shortest = SHORT_OF_RETURN if of_return else SHORT
    element = (
        kit.text_input(VALUE, initial=initial, most=longest)
        if one.long
        else kit.line_input(VALUE, initial=initial, most=shortest)
    )
    return kit.field(one.label, one.code, element, hint=one.hint or None)


def _receiver(choices: Choices, values: Values) -> kit.Block:
    options = choices.options(choices.receivers)
    only = options[0]["value"] if len(options) == 1 else None
    element = kit.select(VALUE, options, initial=values.get(RECEIVER, only))
    return kit.field("Who is to be responsible", RECEIVER, element)


def _action_inputs(choices: Choices, values: Values) -> list[kit.Block]:
    options = choices.options(choices.doers)
    return [
        block
        for number in range(1, MOST_ACTIONS + 1)
        for block in _action_input(number, options, values)
    ]


def _action_input(
    number: int, options: Sequence[kit.Element], values: Values
) -> list[kit.Block]:
    what, who, when = action_fields(number)
    text = kit.line_input(VALUE, initial=values.get(what), most=SHORT)
    doer = kit.select(VALUE, options, initial=values.get(who))
    written = values.get(when)
    initial = date.fromisoformat(written) if written else None
    day = kit.date_picker(VALUE, initial=initial)
    first = number == 1
    hint = "What is to be done, or “none”." if first else None
    return [
        kit.field(f"Action {number}", what, text, hint=hint, optional=not first),
        kit.field("By whom", who, doer, optional=True),
        kit.field("By when", when, day, optional=True),
    ]


def _back() -> kit.Block:
    button = kit.button("Page before", Act.HANDOFF_BACK)
    return kit.actions([button], block_id="page-before")


def _severity(about: HandoffSheet, values: Values) -> kit.Block:
    told = values.get(SEVERITY, about.words.fields.get(SEVERITY, ""))
    element = kit.line_input(VALUE, initial=told, most=SHORT)
    return kit.field(
        "Illness severity, as you understand it",
        SEVERITY,
        element,
        hint="Change it where you see it differently."
        if told
        else "In your own words.",
    )


def _of_whom(about: HandoffSheet) -> kit.Block:
    """Say which patient and which handoff a form is about."""
    names = f"{about.sender.name} to {about.receiver.name}"
    line = one_line(about.sheet.case.summary)
    told = [f"{about.sheet.case.code}: {names}", *([line] if line else [])]
    return kit.context(*(kit.escape(one) for one in told))


def _what_is_known(about: HandoffSheet, values: Values) -> list[kit.Block]:
    """Ask whoever took over for what an offer would have told."""
    known = {SUMMARY: one_line(about.sheet.case.summary)} | dict(values)
    hint = "What you know, or “none”: the practice and the center go on from it."
    asked = [replace(one, hint=hint) for one in FIVE_PARTS if one.code in KNOWN]
    return [_asked(one, known) for one in asked]


def _line(
    about: HandoffSheet, one: HandoffAction, values: Values
) -> tuple[kit.Block, kit.Block]:
    choice, words = line_fields(one.id)
    doer = about.people[one.doer_id].name
    options = [
        kit.option("I take it", Line.ACCEPTED, description=f"{doer} does it"),
        kit.option("Changed", Line.CHANGED),
        kit.option("Not me", Line.REFUSED),
    ]
    label = f"{one.position}. {one.text} ({doer}, by {due_text(one)})"
    element = kit.radio(VALUE, options, initial=values.get(choice))
    text = kit.line_input(VALUE, initial=values.get(words), most=SHORT)
    return (
        kit.field(label, choice, element),
        kit.field("How it changes, or why not you", words, text, optional=True),
    )


def _match(about: HandoffSheet, site_id: str, values: Values) -> list[kit.Block]:
    """Ask somebody at a site for the same patient, where a return asks for it."""
    if not about.asks_for_match:
        return []
    here = site_id == about.sender_site.id
    other = about.receiver_site if here else about.sender_site
    return [return_field(other, values)]


def _visit(values: Values) -> kit.Block:
    options = [
        kit.option("Yes, it is booked", BOOKED),
        kit.option("Not yet", NOT_BOOKED),
    ]
    element = kit.radio(VALUE, options, initial=values.get(VISIT))
    return kit.field("The first visit at the practice is booked", VISIT, element)


def _sentence(values: Values) -> kit.Block:
    element = kit.text_input(VALUE, initial=values.get(SENTENCE), most=LONG)
    hint = "In your own words. The sender reads it and can correct it."
    return kit.field(QUESTION, SENTENCE, element, hint=hint)


def _ago(values: Values) -> kit.Block:
    labels = {0: "Just now", 15: "15 minutes ago", 30: "Half an hour ago"}
    options = [kit.option(labels.get(one, _hours(one // 60)), str(one)) for one in AGO]
    element = kit.select(VALUE, options, initial=values.get(MINUTES_AGO, "0"))
    return kit.field("When was the call?", MINUTES_AGO, element)


def _hours(count: int) -> str:
    return f"{count} hour{'s' if count > 1 else ''} ago"


def _point(about: HandoffSheet, values: Values) -> kit.Block:
    options = [kit.option("What was understood", WHOLE)]
    options += [
        kit.option(f"Action {one.position}: {one.wording}", one.id)
        for one in about.actions
        if one.state is not Line.DONE
    ]
    element = kit.radio(VALUE, options, initial=values.get(POINT, WHOLE))
    return kit.field("Which point", POINT, element)
