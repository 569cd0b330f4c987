"""The words for an item: its window, how it stands, and what one can do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.checks import Check
from care.item import Event, State
from care.knowledge.protocol import Answer, Hold, Kind, ProtocolRow, Topic
from care.patient_time import PatientTime, PhiMode

LABS = frozenset({Answer.ANC, Answer.PLATELETS, Answer.IGG, Answer.CD4})
A_WEEK = timedelta(days=7)

RESULT_REVIEWED = "Result reviewed"
DONE = "Done"
LOOK = "Look at it"
"""Of a precaution that runs: it goes on, or it ends; it is never just done."""

HELD: Mapping[Hold, str] = {
    Hold.IVIG: "IVIG running",
    Hold.ADMITTED: "patient admitted",
    Hold.CD4: "wait for CD4",
    Hold.PATIENT_DID_NOT_COME: "patient did not come",
    Hold.OTHER: "another reason",
}


_PLAIN: Mapping[State, str] = {
    State.UPCOMING: "not open yet",
    State.MISSED: "not yet recorded",
    State.DONE: "done",
    State.DONE_LATE: "done, after its window",
}


def is_lab(row: ProtocolRow) -> bool:
    """Tell whether a check is a test whose result is reviewed."""
    return row.topic is Topic.COUNTS or bool(LABS & set(row.answers))


def runs(row: ProtocolRow) -> bool:
    """Tell whether a row is a precaution that runs until somebody ends it."""
    return row.kind is Kind.PRECAUTION


def verb(row: ProtocolRow) -> str:
    """Return what a check's first button says."""
    if runs(row):
        return LOOK
    return RESULT_REVIEWED if is_lab(row) else DONE


def window(check: Check) -> str:
    """Return a check's window as far as it may be said: "month-1", "Day +25 to +35".

    It stays true on a message that is not refreshed.
    """
    item, time = check.item, check.time
    if time.mode is PhiMode.NONE:
        return time.phase(item.window.target)
    first, last = item.window.earliest, item.ends_on
    if first == last:
        return time.lasting(first)
    return f"{time.lasting(first)} to {time.lasting(last).removeprefix('Day ')}"


def visit_name(visit: Sequence[Check]) -> str:
    """Return how a visit is called, by when most of it lies: "Month-1 visit"."""
    days = sorted(one.item.window.target for one in visit)
    phase = visit[0].time.phase(days[(len(days) - 1) // 2])
    return f"{phase.capitalize()} visit" if phase else "Visit"


def standing(check: Check) -> str:
    """Return how a check stands, in a few words; "" where there is nothing to say."""
    item = check.item
    match item.state:
        case State.OPEN:
            return closing(check)
        case State.HELD if item.hold is not None and item.look_again_on is not None:
            again = upon(check.time, item.look_again_on)
            return f"held: {HELD[item.hold]}, look again {again}"
        case State.NOT_NEEDED:
            return f"not needed: {item.why}"
        case _:
            return _PLAIN.get(item.state, "")


def closing(check: Check) -> str:
    """Return when an open window closes, where that is near."""
    ends, today = check.item.ends_on, check.today
    if ends == today:
        return "last day today"
    if ends < today:
        return "its window has closed"
    if ends - today > 2 * A_WEEK:
        return ""
    return f"window closes {upon(check.time, ends)}"


def upon(time: PatientTime, day: date) -> str:
    """Return when a working day comes, as far as it may be said."""
    if time.mode is not PhiMode.NONE:
        return time.now(day)
    weeks = (_monday(day) - _monday(time.today)) // A_WEEK
    near = {-1: "last week", 0: "this week", 1: "next week"}
    if weeks in near:
        return near[weeks]
    return f"in about {weeks} weeks" if weeks > 0 else f"about {-weeks} weeks ago"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


EVENTS: Mapping[str, str] = {
    "opens": "opened",
    "closes": "found not recorded when its window closed",
    Event.DRAW: "drawn",
    Event.DO: "recorded as done",
    Event.HOLD: "put on hold",
    Event.WAIVE: "recorded as not needed",
    Event.PUT_OFF: "put off",
    Event.TAKE_UP: "taken up again",
    Event.REOPEN: "opened again",
}
"""What happened with an item, in the past tense, for its history."""
