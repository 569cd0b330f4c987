"""Every view of a journey, in each mode of what may be shown of a patient's time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.actions.course_effects import REGISTRY_REPORT
from bot.journeys import JourneyPage
from bot.sheets import Sheet
from bot.views import card, journey, milestone_forms
from bot.views.ids import Field, FormData
from bot.views.messages import Occasion
from bot.views.milestone_forms import TAKEN_AWAY, Recording, result_field
from care.course import stand
from care.journey import CourseKind, Party, Phase
from care.milestone import (
    LINES,
    RESULTS,
    Ask,
    Contact,
    FirstCall,
    Milestone,
    Place,
    Product,
    Reason,
    Result,
    Step,
    asks,
)
from care.patient_time import PhiMode
from care.people import ANY_PART
from care.referral import Kind, State
from care.stalled import Look
from storage.courses import Course, Recorded, Task, milestones_of
from storage.records import Life
from tests.conftest import T0

Picture = tuple[str, dict[str, Any]]

INTENT = "8d5e44f46a535d0c9d0a3a6f0a0c7b55"
FIRST_DAY = date(2026, 9, 1)
NOTE = 1000
"""Characters that a note's field takes."""

_WAY: tuple[tuple[Step, Result, int], ...] = (
    (Step.CONTACT, Result.HAPPENED, 0),
    (Step.CONSULT, Result.HAPPENED, 3),
    (Step.DECISION, Result.CANDIDATE, 3),
    (Step.AUTHORIZATION, Result.SUBMITTED, 4),
    (Step.AUTHORIZATION, Result.GRANTED, 12),
    (Step.SLOT, Result.HAPPENED, 14),
    (Step.APHERESIS, Result.MOVED, 20),
    (Step.APHERESIS, Result.HAPPENED, 22),
    (Step.BRIDGING, Result.STARTED, 25),
    (Step.BRIDGING, Result.STOPPED, 40),
    (Step.RELEASE, Result.IN_SPECIFICATION, 50),
    (Step.LYMPHODEPLETION, Result.HAPPENED, 60),
    (Step.INFUSION, Result.HAPPENED, 65),
    (Step.ADMISSION, Result.HAPPENED, 70),
    (Step.DISCHARGE, Result.PLANNED, 90),
)
"""Fifteen milestones; the first twelve lead to the infusion."""


def pictures_of_journeys(sheet: Sheet, words: str) -> Iterator[tuple[str, Picture]]:
    """Yield every view of a journey of a sheet's case, by name."""
    for mode in PhiMode:
        for stands, page in _pages(_taken(sheet, mode), words):
            said = f"{stands}, in {mode}"
            yield f"journey page, {said}", _view(journey.journey_modal(page))
            yield f"journey card, {said}", _post(card.card_blocks(page.sheet))
            yield from _told(page, said)
        yield from _forms(_taken(sheet, mode), words, mode)


def _taken(sheet: Sheet, mode: PhiMode) -> Sheet:
    referral = replace(
        sheet.referral,
        kind=Kind.EVALUATION,
        state=State.ACCEPTED,
        taker_id=sheet.asked.id,
        responded_at=T0,
    )
    return replace(sheet, referral=referral, phi_mode=mode)


def _pages(sheet: Sheet, words: str) -> Iterator[tuple[str, JourneyPage]]:
    whole = [_recorded(sheet, words, number) for number in range(len(_WAY))]
    yield "begun", _page(sheet, [])
    yield "before infusion", _page(sheet, whole[:12])
    yield "after infusion", _page(sheet, whole)
    corrected = replace(whole[-1], corrects="m0", recorded_by=None)
    yield "corrected", _page(sheet, [*whole[:-1], corrected])
    death = replace(
        whole[0], milestone=Milestone("m99", Step.DEATH, Result.HAPPENED, T0.date())
    )
    died = replace(sheet, case=replace(sheet.case, life=Life.DIED))
    yield "died", _page(died, [*whole, death], tasks=(_task(sheet),))


def _page(
    sheet: Sheet, recorded: list[Recorded], tasks: tuple[Task, ...] = ()
) -> JourneyPage:
    stands = stand(milestones_of(recorded))
    course = _course(sheet).standing(stands, at=T0)
    return JourneyPage(
        sheet=replace(sheet, courses=(course,)),
        course=course,
        journey=stands,
        recorded=recorded,
        people=sheet.people,
        tasks=tasks,
        parts=ANY_PART,
    )


def _course(sheet: Sheet) -> Course:
    return Course(
        id="course-1",
        workspace_id=sheet.referral.workspace_id,
        case_id=sheet.case.id,
        link_id=sheet.link.id,
        referral_id=sheet.referral.id,
        kind=CourseKind.CAR_T,
        lead_id=None,
        phase=Phase.CONTACT,
        day0=None,
        waits_on=Party.CENTER,
        since=T0,
        ask_at=None,
        generation=1,
        started_at=T0,
        ended_at=None,
    )


def _recorded(sheet: Sheet, words: str, number: int) -> Recorded:
    step, result, days = _WAY[number]
    wanted = asks(step, result)
    one = Milestone(
        id=f"m{number}",
        step=step,
        result=result,
        day=FIRST_DAY + timedelta(days=days),
        until=FIRST_DAY + timedelta(days=120) if Ask.UNTIL in wanted else None,
        reason=Reason.HEALTH if Ask.REASON in wanted else None,
        product=Product.CARVYKTI if Ask.PRODUCT in wanted else None,
        place=Place.LOCAL if Ask.PLACE in wanted else None,
        contact=Contact.PRACTICE if Ask.CONTACT in wanted else None,
        first_call=FirstCall.DUTY if Ask.FIRST_CALL in wanted else None,
    )
    return Recorded(
        milestone=one,
        course_id="course-1",
        case_id=sheet.case.id,
        position=number + 1,
        note=words[:NOTE],
        recorded_by=sheet.asked.id,
        recorded_at=T0,
    )


def _task(sheet: Sheet) -> Task:
    return Task(
        id="task-1",
        workspace_id=sheet.referral.workspace_id,
        case_id=sheet.case.id,
        referral_id=sheet.referral.id,
        kind=REGISTRY_REPORT,
        doer_id=sheet.asked.id,
        due_at=T0,
        generation=1,
        made_at=T0,
    )


def _told(page: JourneyPage, said: str) -> Iterator[tuple[str, Picture]]:
    """Yield what is said in the thread and by direct message of the last step."""
    sheet = page.sheet
    about = Occasion(sheet=sheet, recipient=sheet.asked, by=sheet.asked)
    for look in Look:
        blocks = journey.news_asked(about, look, overtaken=False)
        yield f"news asked, {look}, {said}", _post(blocks)
    overtaken = journey.news_asked(about, Look.WHOSE_MOVE, overtaken=True)
    yield f"news asked, overtaken, {said}", _post(overtaken)
    for task in page.tasks:
        for done in (False, True):
            blocks = journey.task_asked(sheet, task, done=done)
            yield f"task asked, {done}, {said}", _post(blocks)
    if not page.recorded:
        return
    last, first = page.recorded[-1], page.recorded[0]
    for name, one, old in (
        ("recorded", last, None),
        ("corrected", last, first),
        ("taken back", last, last),
    ):
        line = journey.milestone_line(about, one, old)
        yield f"milestone line, {name}, {said}", _post(line)
        told = journey.milestone_told(about, one, old)
        yield f"milestone told, {name}, {said}", _post(told)


def _forms(sheet: Sheet, words: str, mode: PhiMode) -> Iterator[tuple[str, Picture]]:
    """Yield the form of each result as it opens, in `none` for all of them."""
    data = FormData(INTENT, sheet.referral.id, subject="course-1")
    choices = {one: RESULTS[one] for one in Step}
    shown = [(step, result) for step in Step for result in RESULTS[step]]
    few = {Result.NOT_NOW, Result.GRANTED, Result.MOVED}
    for step, result in shown:
        if mode is PhiMode.NONE or result in few:
            this = Recording(sheet, choices, step, result, {})
            view = milestone_forms.milestone_form(data, this)
            yield f"milestone form, {step}, {result}, in {mode}", _view(view)
    yield from _corrections(sheet, words, mode)
    page = _page(sheet, [])
    yield (
        f"waiting form, in {mode}",
        _view(milestone_forms.waiting_form(data, page.sheet)),
    )


def _corrections(
    sheet: Sheet, words: str, mode: PhiMode
) -> Iterator[tuple[str, Picture]]:
    data = FormData(INTENT, sheet.referral.id, subject="course-1", milestone="m2")
    written = {
        Field.NOTE: words[:NOTE],
        Field.MEANWHILE: words[:NOTE],
        Field.WHY: words[:300],
        Field.DAY: FIRST_DAY.isoformat(),
        Field.DAYS_AGO: "84",
        Field.REASON: "not one of them",
        **{Field(one): words[:300] for one in LINES},
    }
    stay = Milestone("m2", Step.LEFT_HOSPITAL, Result.HAPPENED, FIRST_DAY)
    for number, one in ((2, None), (4, None), (14, stay)):
        old = _recorded(sheet, words, number)
        old = replace(old, milestone=one) if one else old
        step, result = old.milestone.step, old.milestone.result
        for name, more in (
            ("as it was", {}),
            ("away", {result_field(step): TAKEN_AWAY}),
        ):
            values = {str(key): text for key, text in (written | more).items()}
            this = Recording(sheet, {step: RESULTS[step]}, step, result, values)
            view = milestone_forms.correction_form(data, this, old)
            yield f"correction form, {step}, {name}, in {mode}", _view(view)


def _post(blocks: list[dict[str, Any]]) -> Picture:
    return "chat.postMessage", {"text": "MM-7K3Q9: CAR T evaluation", "blocks": blocks}


def _view(view: dict[str, Any]) -> Picture:
    return "views.open", {"view": view}
