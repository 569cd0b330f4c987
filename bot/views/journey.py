"""The journey: its page, its lines in the thread, and what is asked and told of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.journeys import JourneyPage
from bot.sheets import Sheet
from bot.views import journey_words as say
from bot.views import kit
from bot.views.benchmarks import context_beside
from bot.views.cover import first_call_lines
from bot.views.ids import Act, Carried, Form
from bot.views.messages import Occasion
from bot.views.next_move import (
    journey_button,
    next_move,
    plan_buttons,
    record_button,
)
from care.course import Journey
from care.journey import NEXT, correctors
from care.milestone import AHEAD, Ask, FirstCall, Milestone, Result, asks
from care.patient_time import PatientTime
from care.stalled import Look
from storage.courses import Course, Recorded, Task
from storage.records import Life

MOST_BLOCKS = 80
"""How long the list on a page grows before it says how many came earlier."""


def journey_modal(
    page: JourneyPage, preparing: Sequence[kit.Block] = ()
) -> dict[str, Any]:
    """Return the journey as a page: the next move first, then what was recorded.

    `preparing` is what comes before the infusion, between the two.
    """
    sheet, course = page.sheet, page.course
    responsible = kit.escape(sheet.responsible.name)
    site = kit.escape(sheet.responsible_site.name)
    return kit.modal(
        "Journey",
        [
            kit.header(sheet.case.code),
            kit.section(
                f"*{next_move(sheet, course)}*\nResponsible now: {responsible}, {site}"
                + "".join(f"\n{one}" for one in first_call_lines(sheet))
            ),
            *_standing(page),
            kit.actions(_page_buttons(page), block_id="journey"),
            *preparing,
            *_tasks(page),
            *context_beside(course.phase, page.benchmarks),
            kit.divider(),
            *_recorded(page),
        ],
        callback_id=Form.READING,
    )


def milestone_line(
    about: Occasion, one: Recorded, old: Recorded | None
) -> list[kit.Block]:
    """Return a milestone as a line in the thread."""
    return [kit.section(_told(about, one, old)), *_note(one)]


def milestone_told(
    about: Occasion, one: Recorded, old: Recorded | None
) -> list[kit.Block]:
    """Return a milestone as it is told by direct message."""
    sheet = about.sheet
    buttons = [journey_button(sheet)]
    if sheet.permalink:
        thread = kit.button("Open thread", Act.OPEN_THREAD, url=sheet.permalink)
        buttons.append(thread)
    return [
        kit.section(f"*{sheet.case.code}*: {_told(about, one, old)}"),
        *_note(one),
        kit.actions(buttons, block_id="journey"),
    ]


def news_asked(about: Occasion, look: Look, *, overtaken: bool) -> list[kit.Block]:
    """Ask for news of a course; once there is some, say how it stands."""
    sheet, course = about.sheet, about.sheet.course
    if course is None or overtaken or sheet.has_died:
        told = next_move(sheet, course) if course else "This course is over."
        return [kit.section(f"*{sheet.case.code}*: {told}")]
    asks_reader = look is Look.WHOSE_MOVE
    lead = "Is there news?" if asks_reader else "No news has come. Please ask."
    return [
        kit.section(f"*{sheet.case.code}*: {lead}\n{next_move(sheet, course)}"),
        kit.actions(_news_buttons(sheet, course), block_id="journey"),
    ]


def task_asked(sheet: Sheet, task: Task, *, done: bool) -> list[kit.Block]:
    """Ask whether a task is done."""
    if done:
        return [kit.section(f"*{sheet.case.code}*: {task.kind}: done.")]
    return [
        kit.section(f"*{sheet.case.code}*: {task.kind} is still to be done."),
        kit.actions([_tick(sheet, task)], block_id="task"),
    ]


def planned_days(journey: Journey, time: PatientTime) -> str:
    """Return what is planned next and when, for a page made at reading."""
    steps = [one for one in journey.planned if one in NEXT[journey.phase]]
    told = [f"{say.STEP[one]} {time.now(journey.planned[one])}" for one in steps]
    return ", ".join(told)


def _page_buttons(page: JourneyPage) -> list[kit.Element]:
    course = page.course
    first = record_button(page.sheet, course, primary=True)
    may_next = NEXT[course.phase] and NEXT[course.phase][0] in page.choices
    buttons = [first] if first and may_next else []
    value = Carried(page.sheet.referral.id, subject=course.id).dump()
    if page.choices:
        buttons.append(kit.button("Record another step", Act.RECORD_OTHER, value=value))
    if course.ended_at is None and page.sheet.case.life is Life.LIVING:
        buttons.append(kit.button("Waiting for …", Act.AWAIT, value=value))
    buttons += plan_buttons(page.sheet)
    buttons.append(kit.button("Timeline", Act.TIMELINE, value=value))
    case = kit.button(
        "Show the case",
        Act.OPEN_CASE,
        value=Carried(referral=page.sheet.referral.id).dump(),
    )
    if not page.sheet.has_died:
        buttons.append(kit.button("Hand off", Act.HAND_OFF, value=case["value"]))
    return [*buttons, case]


def _standing(page: JourneyPage) -> list[kit.Block]:
    """Return what else is so now: what is planned next, and a stay in hospital."""
    journey = page.journey
    planned = planned_days(journey, page.sheet.time)
    lines = [f"Planned: {planned}"] if planned else []
    if journey.in_hospital:
        first_call = journey.first_call or FirstCall.RESPONSIBLE
        lines.append(f"In hospital. First call: {first_call}.")
    if journey.bridging:
        lines.append("Bridging is under way.")
    return [kit.context(*lines)] if lines else []


def _tasks(page: JourneyPage) -> list[kit.Block]:
    return [
        kit.section(
            f"To do: {one.kind}",
            accessory=_tick(page.sheet, one),
        )
        for one in page.tasks
    ]


def _tick(sheet: Sheet, task: Task) -> kit.Element:
    value = Carried(referral=sheet.referral.id, subject=task.id).dump()
    return kit.button("Done", Act.TICK_TASK, value=value)


def _recorded(page: JourneyPage) -> list[kit.Block]:
    if not page.recorded:
        return [kit.section("Nothing is recorded yet.")]
    blocks: list[kit.Block] = []
    for earlier, one in reversed(list(enumerate(page.recorded, start=1))):
        entry = _entry(page, one)
        if len(blocks) + len(entry) > MOST_BLOCKS:
            return [*blocks, kit.context(f"And {earlier} earlier ones.")]
        blocks += entry
    return blocks


def _entry(page: JourneyPage, one: Recorded) -> list[kit.Block]:
    told = one.milestone
    who = page.people.get(one.recorded_by or "")
    day = page.sheet.time.now(told.day)
    parts = [_with_more(told, page.sheet.time), day]
    small = kit.escape(who.name) if who else "by itself"
    if one.corrects:
        small += ", corrected"
    # In one line: a journey is long, and most who read it read it on a phone.
    text = f"{' · '.join(part for part in parts if part)} · _{small}_"
    return [kit.section(text, accessory=_correct(page, told)), *_note(one)]


def _correct(page: JourneyPage, told: Milestone) -> kit.Element | None:
    """Return the button that corrects a milestone, for whoever may."""
    if not correctors(told.step, told.result) & page.parts:
        return None
    value = Carried(page.sheet.referral.id, milestone=told.id).dump()
    return kit.button("Correct", Act.CORRECT, value=value)


def _with_more(told: Milestone, time: PatientTime) -> str:
    words = say.recorded(told.step, told.result)
    words = words[0].upper() + words[1:]
    more = [one.value for one in (told.reason, told.product, told.place) if one]
    if told.contact:
        more.append(f"by {told.contact}")
    if told.until:
        more.append(f"until {time.now(told.until)}")
    return f"{words} ({', '.join(more)})" if more else words


def _told(about: Occasion, one: Recorded, old: Recorded | None) -> str:
    by = kit.escape(about.by.name) if about.by else "Baton"
    told = one.milestone
    if old is not None and old.milestone.id == told.id:
        return f"{by} took back: {say.recorded(told.step, told.result)}."
    day = about.sheet.time.lasting(told.day)
    when = f" ({day})" if day else ""
    verb = "corrected" if old else "recorded"
    reason = f", {told.reason}" if told.result is Result.MOVED and told.reason else ""
    where = f" at {told.place}" if told.place else ""
    ahead = "; the day is on its page" if told.result in AHEAD and not day else ""
    words = say.recorded(told.step, told.result)
    return f"{by} {verb}: {words}{where}{reason}{when}{ahead}."


def _note(one: Recorded) -> list[kit.Block]:
    if not one.note:
        return []
    told = one.milestone
    withheld = Ask.MEANWHILE in asks(told.step, told.result)
    before = "Not to give meanwhile:" if withheld else ""
    return kit.quotes(one.note, before=before)


def _news_buttons(sheet: Sheet, course: Course) -> list[kit.Element]:
    value = Carried(sheet.referral.id, subject=course.id).dump()
    record = record_button(sheet, course, primary=True)
    waiting = kit.button("Waiting for …", Act.AWAIT, value=value)
    return [*([record] if record else []), waiting, journey_button(sheet)]
