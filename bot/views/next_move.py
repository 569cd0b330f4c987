"""The next move of a course: the line that says it and the buttons that make it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sheets import Sheet
from bot.views import journey_words as say
from bot.views import kit
from bot.views.ids import Act, Carried
from care.journey import AFTER_CARE, MAIN, NEXT, Party, Phase
from scheduler.calendars import local_day
from storage.courses import Course

NOTHING_MORE = "Nothing more is asked of anybody."
"""Said of whatever was open after a death."""
AROUND = 2
"""How many phases before and after the present one stand in the card's line."""

_SHORT: Mapping[Phase, str] = {
    Phase.CONTACT: "contact",
    Phase.NOT_REACHED: "contact",
    Phase.CONSULT_TO_BOOK: "date of consult",
    Phase.AUTHORIZATION: "authorization",
    Phase.WITH_PAYER: "payer",
    Phase.SLOT: "slot",
    Phase.RELEASE: "release",
    Phase.DISCHARGE: "discharge",
    Phase.RETURN: "return",
    Phase.HOME: "home",
}
WAY = tuple(
    one
    for one in MAIN
    if one not in {Phase.NOT_REACHED, Phase.DENIED, Phase.NOT_RELEASED}
)


def one_way(phase: Phase) -> str:
    """Return where a phase stands in the usual way, or nothing off that way."""
    if phase not in WAY:
        return ""
    here = WAY.index(phase)
    around = WAY[max(0, here - AROUND) : here + AROUND + 1]
    told = [_SHORT.get(one, one.value) for one in around]
    told[around.index(phase)] = f"*{told[around.index(phase)]}*"
    before = "… → " if here > AROUND else ""
    after = " → …" if here + AROUND + 1 < len(WAY) else ""
    return f"{before}{' → '.join(told)}{after}"


def next_move(sheet: Sheet, course: Course) -> str:
    """Return what a course waits for, with whom and since when; it stays true."""
    if sheet.has_died:
        return f"This journey has ended. {NOTHING_MORE}"
    if course.phase is Phase.ENDED:
        return "The journey has ended."
    who = sheet.course_waits_for
    site = sheet.practice if who.site_id == sheet.practice.id else sheet.center
    with_whom = f"with {kit.escape(who.name)} ({kit.escape(site.name)})"
    what = f"{say.awaited(course.phase)}{_held_by(course)}"
    return f"Next: {what}, {with_whom}{_since(sheet, course)}"


def _since(sheet: Sheet, course: Course) -> str:
    """Return since when it is waited for, unless that were a day of the patient's.

    Where the wait began with something done to the patient, its first day is that day.
    """
    if course.phase in AFTER_CARE and not sheet.time.asks_dates:
        return ""
    return f", since {kit.moment(course.since, '{date_short_pretty}')}"


def _held_by(course: Course) -> str:
    """Return whom a person has said that it waits for, where the phase does not say."""
    outside = {Party.PAYER, Party.MANUFACTURER, Party.PATIENT, Party.OTHER}
    said = course.waits_on in outside and course.ask_at is not None
    return f", waiting for {say.PARTY[course.waits_on]}" if said else ""


def record_button(
    sheet: Sheet, course: Course, *, primary: bool = False
) -> kit.Element | None:
    """Return the button that records the next step, where one comes next."""
    steps = NEXT[course.phase]
    if not steps or sheet.has_died:
        return None
    value = Carried(sheet.referral.id, steps[0].name, subject=course.id).dump()
    return kit.button(say.record(steps[0]), Act.RECORD, value=value, primary=primary)


def journey_button(sheet: Sheet) -> kit.Element:
    """Return the button that shows the journey's page."""
    value = Carried(referral=sheet.referral.id).dump()
    return kit.button("Journey", Act.JOURNEY, value=value)


def plan_buttons(sheet: Sheet) -> list[kit.Element]:
    """Return the button that shows the plan, once there was an infusion."""
    if all(one.day0 is None for one in sheet.courses):
        return []
    value = Carried(referral=sheet.referral.id).dump()
    return [kit.button("Plan", Act.PLAN, value=value)]


def at_last_news(sheet: Sheet, course: Course) -> str:
    """Return which day of the course it was at the last news; it stays true.

    Empty before infusion, and where the privacy mode shows no days.
    """
    if course.day0 is None:
        return ""
    day = local_day(sheet.center, course.since)
    told = sheet.time.lasting(max(day, course.day0))
    return f"At last news: {told}" if told else ""
