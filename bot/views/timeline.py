"""A course's timeline: who did what, what is awaited now, and what usually follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.journeys import JourneyPage
from bot.pictures.swimlane import Mark, Swimlane, describe, draw
from bot.views import journey_words as say
from bot.views import kit
from bot.views.ids import Form
from bot.views.next_move import WAY
from care.course import Journey
from care.journey import NEXT, Party, Phase
from care.milestone import AHEAD, Contact, Milestone, Place, Step
from care.patient_time import PatientTime
from scheduler.ports import Picture

MANUFACTURER = "Manufacturer"
FOLLOWING = 3
"""How many of the steps that usually follow are shown."""

_LANES: Mapping[Step, Party] = {
    Step.BRIDGING: Party.PRACTICE,
    Step.SLOT: Party.MANUFACTURER,
    Step.RELEASE: Party.MANUFACTURER,
    Step.RETURN: Party.PRACTICE,
}
"""Where a step is taken, if not at the center."""


def swimlane(page: JourneyPage, *, lasting: bool) -> Swimlane:
    """Return the timeline; days are said so that they last, or as they are now."""
    lanes = (page.sheet.practice.name, page.sheet.center.name, MANUFACTURER)
    drawing = _Drawing(page, lanes, lasting=lasting)
    done = [
        drawing.done(one.milestone) for one in page.recorded if _taken(one.milestone)
    ]
    return Swimlane(
        title=f"{page.sheet.case.code}: the way so far",
        lanes=lanes,
        marks=(*done, *drawing.now(), *drawing.following()),
    )


def picture(page: JourneyPage, *, lasting: bool) -> Picture:
    """Return the timeline as a picture with its words."""
    drawn = swimlane(page, lasting=lasting)
    return Picture(draw(drawn), describe(drawn), drawn.title)


def timeline_modal(block: kit.Block) -> dict[str, Any]:
    """Return the page on which the picture, or its words, are shown."""
    return kit.modal("Timeline", [block], callback_id=Form.READING)


class _Drawing:
    def __init__(
        self, page: JourneyPage, lanes: tuple[str, str, str], *, lasting: bool
    ) -> None:
        self._page = page
        self._lane = dict(
            zip((Party.PRACTICE, Party.CENTER, Party.MANUFACTURER), lanes, strict=True)
        )
        self._lasting = lasting

    def done(self, one: Milestone) -> Mark:
        """Return what was taken."""
        label = say.recorded(one.step, one.result)
        return Mark(self._lane[_where(one)], label, self._when(one.day), "done")

    def now(self) -> list[Mark]:
        """Return what is awaited now, if anything is."""
        phase = self._page.course.phase
        if phase not in WAY and phase is not Phase.NOT_NOW:
            return []
        day = self._page.journey.next_day
        label = say.awaited(phase)
        return [Mark(self._of(phase), label, self._when(day) if day else "", "now")]

    def following(self) -> list[Mark]:
        """Return the steps that usually follow, each once, with days that are said."""
        phase = self._page.course.phase
        if phase not in WAY:
            return []
        here = WAY.index(phase)
        ahead = [one for one in WAY[here + 1 :] if one is not Phase.HOME]
        return [
            Mark(self._of(one), say.awaited(one), self._planned(one), "next")
            for one in ahead[:FOLLOWING]
        ]

    def _planned(self, phase: Phase) -> str:
        days = planned_for(self._page.journey, phase)
        return self._when(min(days)) if days else ""

    def _of(self, phase: Phase) -> str:
        if phase is Phase.RETURN:
            return self._lane[Party.PRACTICE]
        steps = NEXT[phase]
        party = _LANES.get(steps[0], Party.CENTER) if steps else Party.CENTER
        return self._lane[party]

    def _when(self, day: date) -> str:
        time: PatientTime = self._page.sheet.time
        return time.lasting(day) if self._lasting else time.now(day)


def planned_for(journey: Journey, phase: Phase) -> list[date]:
    """Return the days for which the steps of a phase are planned."""
    return [journey.planned[one] for one in NEXT[phase] if one in journey.planned]


def _taken(one: Milestone) -> bool:
    return one.result not in AHEAD


def _where(one: Milestone) -> Party:
    if one.contact is Contact.PRACTICE or one.place is Place.LOCAL:
        return Party.PRACTICE
    return _LANES.get(one.step, Party.CENTER)
