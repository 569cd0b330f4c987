"""Pictures of what comes before the infusion: same patient, ready list, bridging."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.preparing import BridgingPage, Preparing, ReadyPage
from bot.sheets import Sheet
from bot.views import (
    bridging,
    bridging_forms,
    card,
    lists,
    matched,
    matching,
    messages,
    preparing,
    ready,
)
from bot.views.ids import Field, FormData
from care.bridging import Answer
from care.bridging import State as Bridged
from care.journey import CourseKind, Party, Phase
from care.matching import How, Occasion
from care.patient_time import PhiMode
from care.people import ANY_PART, Part
from care.readiness import WHO, Item, Standing, State
from care.referral import Event, Kind
from care.response import Step
from storage.bridging import Bridging
from storage.courses import Course
from storage.matching import Match
from storage.readiness import ReadyItem
from tests.conftest import T0

if TYPE_CHECKING:
    from tests.bot.pictures import Picture, Studio

INTENT = "8d5e44f46a535d0c9d0a3a6f0a0c7b55"


def take_before(studio: Studio) -> Iterator[tuple[str, Picture]]:
    """Yield every view of what comes before the infusion, by name."""
    yield from _matching(studio)
    yield from _ready(studio)
    yield from _bridging(studio)


def _matching(studio: Studio) -> Iterator[tuple[str, Picture]]:
    asked = studio.sheet
    evaluation = replace(asked, referral=replace(asked.referral, kind=Kind.EVALUATION))
    for name, sheet in (
        ("not yet", evaluation),
        ("by the practice", replace(evaluation, matches=[_match(asked, "oncologist")])),
    ):
        yield f"card, same patient {name}", post(card.card_blocks(sheet))
        about = messages.Occasion(sheet, sheet.referrer, by=sheet.referrer)
        yield f"requested, same patient {name}", post(messages.requested(about))
        blocks = lists.case_blocks([sheet], studio.world.oncologist.member)
        yield f"case, same patient {name}", post(blocks)
        data = FormData(INTENT, sheet.referral.id, Event.TAKE.name)
        view = matching.same_patient_form(sheet, data)
        yield f"same patient form, {name}", ("views.update", {"view": view})
        view = matching.take_form(sheet, data)
        yield f"take form, {name}", ("views.update", {"view": view})
        about = replace(about, recipient=sheet.asked)
        for how in How:
            told = matched.matched_told(about, how)
            yield f"same patient told, {name}, {how}", post(told)
            line = matched.matched_line(about, how)
            yield f"same patient line, {name}, {how}", post(line)


def a_course(studio: Studio) -> Course:
    """Return a course of the studio's case, not infused yet."""
    sheet = studio.sheet
    return Course(
        id="course-1",
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        link_id=sheet.link.id,
        referral_id=sheet.referral.id,
        kind=CourseKind.CAR_T,
        lead_id=None,
        phase=Phase.APHERESIS,
        day0=None,
        waits_on=Party.CENTER,
        since=T0,
        ask_at=None,
        generation=1,
        started_at=T0,
        ended_at=None,
    )


def _ready(studio: Studio) -> Iterator[tuple[str, Picture]]:
    sheet, note = studio.sheet, studio.words.reply[:300]
    data = FormData(INTENT, sheet.referral.id, subject="course-1", item="LODGING")
    none = BridgingPage(sheet, a_course(studio), None, {}, WHO, answers=False)
    for name, parts in (("kept", WHO), ("read", frozenset({Part.RESPONSIBLE}))):
        for much, items in (("empty", {}), ("full", _items(studio, note))):
            page = ReadyPage(sheet, a_course(studio), items, sheet.people, parts)
            view = ready.ready_modal(page)
            yield f"ready list, {name}, {much}", ("views.update", {"view": view})
            line = f"line of the ready list, {name}, {much}"
            asked = replace(none, parts=parts)
            yield line, post(preparing.preparing_blocks(Preparing(page, asked)))
    people = list(sheet.people.values())
    drafts: dict[str, dict[str, str]] = {"empty": {}, "draft": {Field.NOTE: note}}
    for much, values in drafts.items():
        view = ready.barrier_form(data, page, people, values, T0.date())
        yield f"barrier form, {much}", ("views.update", {"view": view})
        view = ready.not_needed_form(data, page, values)
        yield f"not needed form, {much}", ("views.update", {"view": view})
    item = _items(studio, note)[Item.LODGING]
    for step in ("told", "person", "coordinator"):
        told = ready.barrier_told(sheet, item, by=sheet.asked.name, step=step, late=T0)
        yield f"barrier, {step}", post(told)
    yield "barrier, over", post(ready.barrier_over(sheet, item))


def _bridging(studio: Studio) -> Iterator[tuple[str, Picture]]:
    course, written = a_course(studio), studio.words.reply[:800]
    data = FormData(INTENT, studio.sheet.referral.id, subject="course-1", version="1")
    for mode in PhiMode:
        sheet = replace(studio.sheet, phi_mode=mode)
        drafts: dict[str, dict[str, str]] = {
            "empty": {},
            "draft": {Field.REGIMEN: written, Field.LAST_DAY_AHEAD: "12"},
        }
        for much, values in drafts.items():
            view = bridging_forms.request_form(data, sheet, values)
            yield f"bridging form, {mode}, {much}", ("views.update", {"view": view})
        for state in Bridged:
            request = _request(studio, state, written)
            page = BridgingPage(
                sheet, course, request, sheet.people, ANY_PART, answers=True
            )
            name = f"{mode}, {state}"
            view = bridging.bridging_modal(page)
            yield f"bridging, {name}", ("views.update", {"view": view})
            yield from _bridging_told(sheet, request, name)
    values = {Field.COUNTER: written}
    view = bridging_forms.counter_form(data, studio.sheet, values)
    yield "bridging, counter form", ("views.update", {"view": view})


def _bridging_told(
    sheet: Sheet, request: Bridging, name: str
) -> Iterator[tuple[str, Picture]]:
    about = messages.Occasion(sheet, sheet.asked, by=sheet.referrer)
    said = bridging.bridging_said(about, request.state)
    yield f"bridging line, {name}", post(said)
    told = bridging.bridging_told(sheet, request, sheet.referrer)
    yield f"bridging told, {name}", post(told)
    if request.state not in {Bridged.REQUESTED, Bridged.COUNTERED}:
        return
    for step in ("", Step.PRACTICE, Step.PLEASE_PHONE):
        asked = bridging.bridging_asked(
            about, request, sheet.asked, answers=not step, step=step, late=T0
        )
        yield f"bridging asked, {name}, {step}", post(asked)


def _request(studio: Studio, state: Bridged, written: str) -> Bridging:
    sheet, given = studio.sheet, state in {Bridged.STARTED, Bridged.STOPPED}
    return Bridging(
        id="request-1",
        workspace_id=sheet.case.workspace_id,
        case_id=sheet.case.id,
        course_id="course-1",
        referral_id=sheet.referral.id,
        state=state,
        requested_by=sheet.asked.id,
        requested_at=T0,
        body=dict.fromkeys(Answer, written),
        last_day=T0.date() + timedelta(days=14),
        counter=written if state is Bridged.COUNTERED else None,
        answered_by=sheet.referrer.id if state is not Bridged.REQUESTED else None,
        answered_at=T0 if state is not Bridged.REQUESTED else None,
        started=T0.date() if given else None,
        last_dose=T0.date() if state is Bridged.STOPPED else None,
        since=T0,
        generation=1,
    )


def _items(studio: Studio, note: str) -> dict[Item, ReadyItem]:
    who = studio.sheet.asked.id
    states = [*State, *State]
    return {
        item: ReadyItem(
            id=f"item-{item.name}",
            workspace_id="T0UNIVERSITY",
            case_id=studio.sheet.case.id,
            course_id="course-1",
            standing=Standing(item, state, who, T0.date())
            if state is State.BARRIER or item is Item.LODGING
            else Standing(item, state),
            note=note,
            changed_by=who,
            changed_at=T0,
            generation=1,
        )
        for item, state in zip(Item, states, strict=True)
    }


def _match(sheet: Sheet, whose: str) -> Match:
    who = {"oncologist": sheet.referrer, "first_specialist": sheet.asked}[whose]
    return Match(
        id=f"match-{whose}",
        case_id=sheet.case.id,
        link_id=sheet.link.id,
        site_id=who.site_id,
        occasion=Occasion.EVALUATION,
        subject=sheet.referral.id,
        how=How.BY_RECORD,
        clinician_id=who.id,
        at=T0,
    )


def post(blocks: list[dict[str, Any]]) -> Picture:
    """Return blocks as a message that is posted."""
    return "chat.postMessage", {"text": "MM-7K3Q9: question", "blocks": blocks}
