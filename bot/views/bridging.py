"""Bridging: the page of a request, its line, and how it is asked and told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.preparing import BridgingPage
from bot.sheets import Sheet
from bot.views import kit
from bot.views.bridging_forms import LAST_DAY, TITLE
from bot.views.card import mention
from bot.views.footing import footing
from bot.views.ids import Act, Carried, Form
from bot.views.messages import Occasion
from care.bridging import LABELS, Event, State
from care.cases import one_line
from care.milestone import Result
from care.milestone import Step as Milestone
from care.people import Part
from care.response import Step
from storage.bridging import Bridging
from storage.records import Clinician

STAYS = "Responsibility stays where it is."

_STANDS: Mapping[State, str] = {
    State.REQUESTED: "asked, waits for {practice}",
    State.COUNTERED: "{practice} proposes something else, waits for {center}",
    State.ACCEPTED: "accepted by {practice}",
    State.STARTED: "started",
    State.STOPPED: "stopped, last dose given",
    State.WITHDRAWN: "withdrawn",
}


def bridging_line(page: BridgingPage) -> str:
    """Return how bridging stands, in one line of the journey's page."""
    if page.request is None:
        return "Bridging: not asked for"
    return f"Bridging: {_stands(page.sheet, page.request.state)}"


def bridging_button(page: BridgingPage) -> kit.Element:
    """Return the button that shows the request, or asks for the first one."""
    value = Carried(page.sheet.referral.id, subject=page.course.id).dump()
    if page.request is None:
        return kit.button("Ask for bridging", Act.BRIDGING_ASK, value=value)
    return kit.button(TITLE, Act.BRIDGING, value=value)


def bridging_modal(page: BridgingPage) -> dict[str, Any]:
    """Return a request as a page: how it stands, what it says, the next move."""
    sheet, request = page.sheet, page.request
    summary = one_line(sheet.case.summary)
    head = f"*{sheet.case.code}*" + (f"\n{kit.escape(summary)}" if summary else "")
    blocks = [kit.section(head), kit.section(f"*{bridging_line(page)}*")]
    buttons = _page_buttons(page)
    blocks += [kit.actions(buttons, block_id="bridging")] if buttons else []
    if request is not None:
        blocks += [*_says(request), *_days_on_page(sheet, request)]
        blocks += [kit.context(*_people(page, request))]
    blocks.append(kit.context(_responsible(sheet)))
    return kit.modal(TITLE, blocks, callback_id=Form.READING)


def bridging_said(about: Occasion, state: State) -> list[kit.Block]:
    """Return what happened to a request as a line in the thread."""
    sheet = about.sheet
    by = kit.escape(about.by.name) if about.by else "Somebody"
    practice, center = kit.escape(sheet.practice.name), kit.escape(sheet.center.name)
    told = {
        State.REQUESTED: f"{by} asked {practice} for bridging. {STAYS}",
        State.COUNTERED: f"{by} proposed another bridging. It waits for {center}.",
        State.ACCEPTED: f"{by} accepted the bridging.",
        State.WITHDRAWN: f"{by} withdrew the request for bridging.",
    }
    return [kit.section(told.get(state, f"Bridging: {state}."))]


def bridging_asked(
    about: Occasion,
    request: Bridging,
    asker: Clinician,
    *,
    answers: bool,
    step: str = "",
    late: datetime | None = None,
) -> list[kit.Block]:
    """Return what waits for an answer, to whoever gives it or is to look after it."""
    sheet = about.sheet
    return [
        kit.section(_asks(sheet, request, asker, step)),
        *_says(request),
        _last_day(sheet, request),
        *([kit.context(f"Late: was due {kit.moment(late)}")] if late else []),
        kit.context(_responsible(sheet)),
        footing(sheet, *_answers(about, request, answers=answers), case=False),
    ]


def bridging_told(
    sheet: Sheet, request: Bridging, answered: Clinician | None
) -> list[kit.Block]:
    """Return how a request stands now, to whom it concerns or whom it was asked."""
    by = f" ({kit.escape(answered.name)})" if answered else ""
    stands = _stands(sheet, request.state)
    return [
        kit.section(f"*{sheet.case.code}*: bridging: {stands}{by}."),
        footing(sheet, *_next(sheet, request)),
    ]


def _asks(sheet: Sheet, request: Bridging, asker: Clinician, step: str) -> str:
    code, name = f"*{sheet.case.code}*", kit.escape(asker.name)
    practice, center = kit.escape(sheet.practice.name), kit.escape(sheet.center.name)
    if request.state is State.COUNTERED:
        lead = "still waits for you: " if step else ""
        return f"{code}: {lead}{practice} proposes another bridging."
    if step == Step.PLEASE_PHONE:
        return (
            f"{code}: {practice} has not answered the request for bridging. Please"
            f" phone {kit.escape(sheet.practice.phone_24h)}."
        )
    if step:
        return f"{code}: the request for bridging waits for {practice}'s answer."
    return f"{code}: {name} ({center}) asks you for bridging."


def _answers(about: Occasion, request: Bridging, *, answers: bool) -> list[kit.Element]:
    sheet, value = about.sheet, _value(about.sheet, request)
    see = kit.button("Read it", Act.BRIDGING, value=value)
    if request.state is State.REQUESTED and answers:
        return [
            kit.button("Accept", Act.BRIDGING_ACCEPT, value=value, primary=True),
            kit.button("Propose something else", Act.BRIDGING_COUNTER, value=value),
            see,
        ]
    if request.state is State.COUNTERED and Part.ASKED in about.parts:
        again = Carried(sheet.referral.id, subject=request.course_id).dump()
        return [
            kit.button("Ask again", Act.BRIDGING_ASK, value=again, primary=True),
            see,
        ]
    return [see]


def _next(sheet: Sheet, request: Bridging) -> list[kit.Element]:
    see = kit.button("Read it", Act.BRIDGING, value=_value(sheet, request))
    record = record_bridging(sheet, request)
    return [record, see] if record else [see]


def record_bridging(sheet: Sheet, request: Bridging) -> kit.Element | None:
    """Return the button that records start or last dose, as a step of the journey."""
    next_ones = {
        State.ACCEPTED: ("Record the start", Result.STARTED),
        State.STARTED: ("Record the last dose", Result.STOPPED),
    }
    if request.state not in next_ones:
        return None
    label, result = next_ones[request.state]
    value = Carried(
        sheet.referral.id,
        Milestone.BRIDGING.name,
        subject=request.course_id,
        result=result.name,
    )
    return kit.button(label, Act.RECORD, value=value.dump())


def _page_buttons(page: BridgingPage) -> list[kit.Element]:
    sheet, request = page.sheet, page.request
    value = Carried(sheet.referral.id, subject=page.course.id).dump()
    ask = kit.button("Ask for bridging", Act.BRIDGING_ASK, value=value)
    if request is None:
        return [ask] if page.may_ask else []
    mine = _value(sheet, request)
    made = {
        Event.ACCEPT: kit.button(
            "Accept", Act.BRIDGING_ACCEPT, value=mine, primary=True
        ),
        Event.COUNTER: kit.button(
            "Propose something else", Act.BRIDGING_COUNTER, value=mine
        ),
        Event.ASK_AGAIN: kit.button("Change it", Act.BRIDGING_ASK, value=value),
        Event.WITHDRAW: kit.button(
            "Withdraw",
            Act.BRIDGING_WITHDRAW,
            value=mine,
            confirm=kit.confirm(
                "Withdraw it?", "The practice is told.", "Withdraw", "Keep it"
            ),
        ),
    }
    buttons = [made[one] for one in page.events if one in made]
    record = record_bridging(sheet, request)
    buttons = [record, *buttons] if record else buttons
    return [*buttons, *([ask] if page.may_ask else [])]


def _says(request: Bridging) -> list[kit.Block]:
    counter = (
        kit.quotes(request.counter, before="*The practice proposes*")
        if request.counter and request.state is State.COUNTERED
        else []
    )
    parts = [
        block
        for one, label in LABELS.items()
        for block in kit.quotes(request.body[one], before=f"*{label}*")
    ]
    return [*counter, *parts]


def _days_on_page(sheet: Sheet, request: Bridging) -> list[kit.Block]:
    """Return the days as far as they may be shown, counted when it is read."""
    time = sheet.time
    lines = [f"*{LAST_DAY}*: {time.now(request.last_day)}"]
    if not time.asks_dates:
        lines.append("The date itself is agreed outside Slack.")
    told = {"Started": request.started, "Last dose": request.last_dose}
    lines += [f"*{label}*: {time.now(day)}" for label, day in told.items() if day]
    return [kit.section("\n".join(lines))]


def _last_day(sheet: Sheet, request: Bridging) -> kit.Block:
    """Return the last day on a message: only what stays true and may be shown."""
    told = sheet.time.lasting(request.last_day) or "see its page"
    return kit.section(f"*{LAST_DAY}*: {told}")


def _people(page: BridgingPage, request: Bridging) -> list[str]:
    def name(clinician_id: str) -> str:
        person = page.people.get(clinician_id)
        return kit.escape(person.name) if person else "Somebody"

    asked = kit.moment(request.requested_at, "{date_short_pretty}")
    told = [f"Asked by {name(request.requested_by)}, {asked}"]
    if request.answered_by and request.answered_at:
        at = kit.moment(request.answered_at, "{date_short_pretty}")
        told.append(f"Answered by {name(request.answered_by)}, {at}")
    return told


def _responsible(sheet: Sheet) -> str:
    phone = kit.escape(sheet.center.phone_24h)
    return (
        f"Responsible now: {mention(sheet, sheet.responsible)}. {STAYS}"
        f" {kit.escape(sheet.center.name)}, 24 hours: {phone}"
    )


def _stands(sheet: Sheet, state: State) -> str:
    return _STANDS[state].format(
        practice=kit.escape(sheet.practice.name), center=kit.escape(sheet.center.name)
    )


def _value(sheet: Sheet, request: Bridging) -> str:
    version = str(request.generation)
    return Carried(sheet.referral.id, subject=request.id, version=version).dump()
