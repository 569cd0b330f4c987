"""Bridging: the center asks, the practice accepts or proposes something else.

Start and last dose are milestones of the journey: what is recorded there moves the
request. Responsibility stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.actions.bridging_clock import replan_bridging
from bot.actions.bridging_telling import tell_of_bridging
from bot.actions.courses import check_living
from bot.actions.done import Done
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.preparing import may_answer
from bot.refusals import BadFields, NoPart, NotForYou, Overtaken
from bot.sheets import Sheet, sheet_for
from care.bridging import (
    OVER,
    Answer,
    Event,
    IllegalMove,
    NotYours,
    State,
    advance,
)
from care.journey import NotNow, find_row
from care.milestone import Result, Step
from care.people import ANY_PART, Part
from scheduler.calendars import local_day
from storage.actors import Person
from storage.bridging import Bridging
from storage.courses import Course, Recorded
from storage.errors import NotFound
from storage.unit import Unit

LAST_DAY = "last_day"
COUNTER = "counter"
FORM = "bridging"
FARTHEST = timedelta(days=365)
CHANGED = "That was not saved: this request was changed meanwhile. Read it again."
BLANK = "Write a sentence here, or “none”."


@dataclass(frozen=True)
class Wanted:
    """What the center asks for."""

    body: Mapping[str, str]
    last_day: date | None
    seen: int = 0
    """The generation of the request that the form showed; 0 where there was none."""


def request_bridging(*, uow: Unit, by: Person, course_id: str, wanted: Wanted) -> Done:
    """Ask the practice for bridging, anew or in another way.

    Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    course, sheet = _course_to_change(uow, by, course_id)
    there = open_request(uow, course.id)
    state = _asked_state(sheet, by, course, there)
    if wanted.seen != (there.generation if there else 0):
        raise Overtaken(CHANGED)
    body, last_day = _checked(uow, sheet, wanted)
    asked = _as_asked(uow, by, course, there, state=state, body=body, day=last_day)
    uow.bridging.keep(asked) if there else uow.bridging.add(asked)
    _after(uow, by, sheet, asked)
    uow.drafts.drop(by.clinician_id, FORM, course_id)
    return Done("bridging asked", asked.id)


def _as_asked(
    uow: Unit,
    by: Person,
    course: Course,
    there: Bridging | None,
    *,
    state: State,
    body: Mapping[Answer, str],
    day: date,
) -> Bridging:
    """Return the request as it is asked now; nothing of an earlier answer stays."""
    return Bridging(
        id=there.id if there else uow.new_id(),
        workspace_id=course.workspace_id,
        case_id=course.case_id,
        course_id=course.id,
        referral_id=course.referral_id,
        state=state,
        requested_by=by.clinician_id,
        requested_at=there.requested_at if there else uow.now,
        body=body,
        last_day=day,
        counter=None,
        answered_by=None,
        answered_at=None,
        started=None,
        last_dose=None,
        since=uow.now,
        generation=there.generation + 1 if there else 1,
    )


def answer_bridging(
    *,
    uow: Unit,
    by: Person,
    request_id: str,
    event: Event,
    text: str = "",
    seen: int | None = None,
) -> Done:
    """Accept a request, propose something else, or withdraw it.

    `seen` is the generation that was answered: nobody accepts what they have not
    read. Raises as `request_bridging` does.
    """
    request, sheet = _request_to_change(uow, by, request_id)
    state = _moved(sheet, by, request, event)
    if seen not in {None, request.generation}:
        raise Overtaken(CHANGED)
    if event is not Event.WITHDRAW:
        _check_may_answer(sheet, by)
    if event is Event.COUNTER:
        _check_text(uow, sheet, text)
    answered = event is not Event.WITHDRAW
    after = replace(
        request,
        state=state,
        counter=text.strip() if event is Event.COUNTER else request.counter,
        answered_by=by.clinician_id if answered else request.answered_by,
        answered_at=uow.now if answered else request.answered_at,
        since=uow.now,
        generation=request.generation + 1,
    )
    uow.bridging.keep(after)
    _after(uow, by, sheet, after)
    follow_bridging(uow, by, sheet, after.course_id)
    uow.drafts.drop(by.clinician_id, COUNTER, request_id)
    return Done(event, request.id)


def follow_bridging(uow: Unit, by: Person, sheet: Sheet, course_id: str) -> None:
    """Move an accepted request to where the journey's milestones say that it is."""
    found = [
        one
        for one in uow.bridging.of_courses([course_id])
        if one.state in {State.ACCEPTED, State.STARTED, State.STOPPED}
    ]
    if not found:
        return
    request = found[-1]
    started, last_dose = _days(uow, request)
    goal = State.STOPPED if last_dose else State.STARTED if started else State.ACCEPTED
    changed = replace(
        request,
        state=_step_to(request.state, goal),
        started=started,
        last_dose=last_dose,
        since=uow.now,
        generation=request.generation + 1,
    )
    if (changed.state, started, last_dose) == (
        request.state,
        request.started,
        request.last_dose,
    ):
        return
    uow.bridging.keep(changed)
    _after(uow, by, sheet, changed)


def open_request(uow: Unit, course_id: str) -> Bridging | None:
    """Return the one request of a course that is not over, if there is one."""
    there = uow.bridging.of_courses([course_id])
    return next((one for one in there if one.state not in OVER), None)


_ON = {State.ACCEPTED: Event.START, State.STARTED: Event.STOP}
_BACK = {State.STOPPED: Event.UNSTOP, State.STARTED: Event.UNSTART}
_WAY = (State.ACCEPTED, State.STARTED, State.STOPPED)


def _step_to(state: State, goal: State) -> State:
    """Go to a state by the rows of the table, one after another."""
    while state is not goal:
        onward = _WAY.index(goal) > _WAY.index(state)
        state = advance(state, (_ON if onward else _BACK)[state], ANY_PART)
    return state


def _days(uow: Unit, request: Bridging) -> tuple[date | None, date | None]:
    """Return the start and the last dose that stand recorded since it was asked."""
    started: date | None = None
    last_dose: date | None = None
    for one in uow.courses.milestones([request.course_id]):
        told = one.milestone
        if told.step is not Step.BRIDGING or not _is_of(request, one):
            continue
        if told.result is Result.STARTED:
            started, last_dose = told.day, None
        elif told.result is Result.STOPPED and started is not None:
            last_dose = told.day
    return started, last_dose


def _is_of(request: Bridging, one: Recorded) -> bool:
    return one.recorded_at >= request.requested_at


def _course_to_change(uow: Unit, by: Person, course_id: str) -> tuple[Course, Sheet]:
    try:
        course = uow.courses.course_to_change(course_id)
    except NotFound as error:
        raise NoPart from error
    sheet = sheet_for(uow, by.member, course.referral_id)
    check_living(sheet)
    return course, sheet


def _request_to_change(
    uow: Unit, by: Person, request_id: str
) -> tuple[Bridging, Sheet]:
    try:
        course_id = uow.bridging.request(request_id).course_id
    except NotFound as error:
        raise NoPart from error
    _, sheet = _course_to_change(uow, by, course_id)
    # Read again: now that the course is locked nobody else can change it.
    return uow.bridging.request(request_id), sheet


def _asked_state(
    sheet: Sheet, by: Person, course: Course, there: Bridging | None
) -> State:
    try:
        find_row(course.phase, Step.BRIDGING, Result.STARTED)
    except NotNow as error:
        raise Overtaken(
            f"That was not saved: {sheet.case.code} awaits {course.phase} now, so no"
            " bridging can be asked for."
        ) from error
    if there is not None:
        return _moved(sheet, by, there, Event.ASK_AGAIN)
    if Part.ASKED not in sheet.parts_of(by.member):
        raise NotForYou("Only a specialist at the center can ask for bridging.")
    return State.REQUESTED


def _moved(sheet: Sheet, by: Person, request: Bridging, event: Event) -> State:
    try:
        return advance(request.state, event, sheet.parts_of(by.member))
    except IllegalMove as error:
        raise Overtaken(
            f"That was not saved: this request is {request.state} now."
        ) from error
    except NotYours as error:
        of_center = event in {Event.ASK_AGAIN, Event.WITHDRAW}
        raise NotForYou(
            "Only the center can do that."
            if of_center
            else "Only the practice's physicians can answer this."
        ) from error


def _check_may_answer(sheet: Sheet, by: Person) -> None:
    """Refuse who has the right part but not the right site or role."""
    if not may_answer(sheet, by.member):
        raise NotForYou("Only the practice's physicians can answer this.")


def _checked(uow: Unit, sheet: Sheet, wanted: Wanted) -> tuple[dict[Answer, str], date]:
    body = {one: wanted.body.get(one, "").strip() for one in Answer}
    missing = {one.value: BLANK for one, text in body.items() if not text}
    today = local_day(sheet.center, uow.now)
    day = wanted.last_day
    if day is None or not today <= day <= today + FARTHEST:
        missing[LAST_DAY] = "Say the last day, from today on, within a year."
    if missing or day is None:
        raise BadFields(missing)
    _refuse(uow, sheet, {one.value: text for one, text in body.items()})
    return body, day


def _check_text(uow: Unit, sheet: Sheet, text: str) -> None:
    if not text.strip():
        raise BadFields({COUNTER: "Say what you propose, and why."})
    _refuse(uow, sheet, {COUNTER: text})


def _refuse(uow: Unit, sheet: Sheet, texts: Mapping[str, str]) -> None:
    staff = staff_names(uow.people, sheet.practice.id, sheet.center.id)
    refuse_identifiers(texts, staff)


def _after(uow: Unit, by: Person, sheet: Sheet, after: Bridging) -> None:
    codes = {"request": after.id, "to": after.state}
    uow.audit(after.workspace_id, "bridging", after.course_id, codes)
    replan_bridging(uow, sheet, after)
    tell_of_bridging(uow, by, sheet, after)
