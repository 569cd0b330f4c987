"""Every view of cover, in every state, for the pictures of all views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.covers import CoverSheet
from bot.sheets import Sheet
from bot.views import card, cover, cover_forms, duty, lists
from bot.views.cover_forms import CoverChoices
from bot.views.ids import Field, FormData
from care.cover import Cover, Event, Line, State
from care.people import Role
from storage.covers import KeptCover
from storage.records import Clinician
from tests.conftest import T0

if TYPE_CHECKING:
    from tests.bot.pictures import Picture, Studio

HOUR = timedelta(hours=1)
INTENT = "8d5e44f46a535d0c9d0a3a6f0a0c7b55"


def cover_pictures(studio: Studio) -> Iterator[tuple[str, Picture]]:
    """Take every picture of cover."""
    yield from _messages(studio)
    yield from _cards(studio)
    yield from _lists(studio)
    yield from _forms(studio)
    yield from _leaves(studio)


def _clinician(studio: Studio, whose: str) -> Clinician:
    person = getattr(studio.world, whose)
    return Clinician(
        id=person.clinician_id,
        site_id=person.site_id,
        key=whose,
        name=studio.words.name or person.name,
        role=person.role,
        duty_order=None,
        active=True,
    )


def _sheet(studio: Studio, state: State, **more: Any) -> CoverSheet:
    covered = _clinician(studio, "first_specialist")
    by = _clinician(studio, "second_specialist")
    asked_by = _clinician(studio, more.pop("asked_by", "first_specialist"))
    kept = KeptCover(
        cover=Cover(
            id=more.pop("id_", "cover-1"),
            covered_id=covered.id,
            cover_id=by.id,
            case_id=None,
            starts_at=T0,
            ends_at=T0 + 15 * HOUR,
            asked_at=T0,
            state=state,
        ),
        workspace_id=studio.world.workspace_id,
        site_id=studio.world.center_id,
        asked_by=asked_by.id,
        generation=1,
        note=more.pop("note", None),
        told=more.pop("told", None),
        line=more.pop("line", None),
        closed_at=T0 if state is State.CLOSED else None,
    )
    return CoverSheet(
        kept=kept,
        people={one.id: one for one in (covered, by, asked_by)},
        site=studio.sheet.center,
        case_code=more.pop("case_code", None),
        cases=5,
        now=T0,
    )


def _post(blocks: list[dict[str, Any]]) -> Picture:
    return "chat.postMessage", {"text": "A cover of first call", "blocks": blocks}


def _messages(studio: Studio) -> Iterator[tuple[str, Picture]]:
    by = _clinician(studio, "second_specialist")
    covered = _clinician(studio, "first_specialist")
    for state in State:
        about = cover.CoverNews(_sheet(studio, state), by)
        yield f"cover asked, {state}", _post(cover.asked(about))
    behalf = _sheet(
        studio,
        State.ASKED,
        asked_by="center_coordinator",
        note=studio.words.reply,
        case_code="MM-7K3Q9",
    )
    about = cover.CoverNews(behalf, by, was_due=T0)
    yield "cover asked, on behalf, one case", _post(cover.asked(about))
    for state in (State.ENDED, State.TOLD):
        about = cover.CoverNews(_sheet(studio, state), by)
        yield f"cover line, {state}", _post(cover.ask_line(about))
    for line in Line:
        text = studio.words.reply if line is Line.WRITTEN else None
        sheet = _sheet(studio, State.TOLD, told=line, line=text)
        about = cover.CoverNews(sheet, covered)
        yield f"cover told, {line}", _post(cover.told(about))
    closed = _sheet(studio, State.CLOSED, told=Line.NOTHING)
    yield "cover told, closed", _post(cover.told(cover.CoverNews(closed, covered)))
    yield from _moved(studio, covered)


def _moved(studio: Studio, reader: Clinician) -> Iterator[tuple[str, Picture]]:
    silent = {Event.LEAVE_LINE, Event.LET_REST}
    for event in (
        "asked",
        "not taken yet",
        *(one for one in Event if one not in silent),
    ):
        sheet = _sheet(studio, State.TAKEN)
        by = _clinician(studio, "center_coordinator")
        about = cover.CoverNews(sheet, reader, event=str(event), by=by)
        yield f"cover moved, {event}", _post(cover.moved(about))


def _cards(studio: Studio) -> Iterator[tuple[str, Picture]]:
    for name, states in (
        ("running", [State.RUNNING]),
        ("not acknowledged", [State.TOLD]),
        ("running, others not acknowledged", [State.RUNNING] + [State.ENDED] * 3),
    ):
        sheet = _with_covers(studio, states)
        yield f"card, cover {name}", _post(card.card_blocks(sheet))
        me = studio.world.oncologist.member
        yield f"case, cover {name}", _post(lists.case_blocks([sheet], me))


def _with_covers(studio: Studio, states: list[State]) -> Sheet:
    """Return the referral with its responsible clinician covered by a colleague."""
    sheet = studio.sheet
    colleague = replace(
        _clinician(studio, "practice_coordinator"), role=Role.ONCOLOGIST
    )
    people: Mapping[str, Clinician] = {**sheet.people, colleague.id: colleague}
    covers = tuple(
        replace(
            _sheet(studio, state, id_=f"cover-{number}").cover,
            covered_id=sheet.case.responsible_id,
            cover_id=colleague.id,
        )
        for number, state in enumerate(states)
    )
    return replace(sheet, covers=covers, people=people)


def _lists(studio: Studio) -> Iterator[tuple[str, Picture]]:
    sheets = [
        _sheet(studio, state, id_=f"cover-{number}", line=studio.words.reply)
        for number, state in enumerate([*State] * 2)
    ]
    for whose in ("first_specialist", "second_specialist", "center_coordinator"):
        me = getattr(studio.world, whose).member
        blocks = [
            block
            for waiting in (True, False)
            for block in cover.cover_entries(sheets, me, waiting=waiting)
        ]
        yield f"covers of {whose}", _post([*blocks, *cover.ask_row()])


def _leaves(studio: Studio) -> Iterator[tuple[str, Picture]]:
    away, first = _clinician(studio, "first_specialist"), T0.date()
    for name, days in (
        ("days", (first, first + timedelta(days=2))),
        ("a day", (first, first)),
        ("over", None),
    ):
        yield f"leave told, {name}", _post(duty.leave_told(away, days))


def _forms(studio: Studio) -> Iterator[tuple[str, Picture]]:
    people = [
        _clinician(studio, one) for one in ("first_specialist", "second_specialist")
    ]
    few = CoverChoices(
        covered=people[:1],
        covering=people[1:],
        starts=[],
        ends=[(", the morning", T0 + 22 * HOUR)],
        cases=[],
    )
    many = replace(
        few,
        covered=people,
        starts=[(", at closing", T0 + 7 * HOUR)],
        ends=[*few.ends, (", after the weekend", T0 + 142 * HOUR)],
        cases=[studio.sheet.case],
    )
    other: dict[str, str] = {
        Field.COVER_STARTS: cover_forms.OTHER,
        Field.COVER_ENDS: cover_forms.OTHER,
        Field.COVER_ENDS_AT: "1795618800",
        Field.NOTE: studio.words.reply,
    }
    for name, choices, values in (("few", few, {}), ("many", many, other)):
        view = cover_forms.ask_form(FormData(INTENT), choices, values)
        yield f"cover form, {name}", ("views.open", {"view": view})
    for name, sheet in (("loading", None), ("filled", _sheet(studio, State.ENDED))):
        data = FormData(INTENT, subject="cover-1")
        draft: dict[str, str] = {Field.LINE: studio.words.reply} if sheet else {}
        view = cover_forms.line_form(data, sheet, draft)
        yield f"cover line form, {name}", ("views.open", {"view": view})
