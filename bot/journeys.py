"""Look-ups of the journey: a course with its milestones, for an actor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.knowledge import center_benchmarks
from bot.refusals import NoPart, Overtaken
from bot.sheets import Sheet, sheet_for
from care.course import Journey, possible, stand
from care.knowledge.benchmarks import Benchmarks, load_benchmarks
from care.milestone import Result, Step
from care.people import Part
from storage.actors import Person
from storage.courses import Course, Recorded, Task, milestones_of
from storage.errors import NotFound
from storage.records import Clinician
from storage.unit import Reading


@dataclass(frozen=True)
class JourneyPage:
    """Everything that the page of a journey shows."""

    sheet: Sheet
    course: Course
    journey: Journey
    recorded: Sequence[Recorded]
    """The milestones that stand, in their order."""
    people: Mapping[str, Clinician]
    tasks: Sequence[Task]
    parts: frozenset[Part]
    benchmarks: Benchmarks = field(default_factory=load_benchmarks)
    """Published durations, each with who of the center signed it."""

    @property
    def choices(self) -> Mapping[Step, tuple[Result, ...]]:
        """What the reader may record now."""
        if self.sheet.has_died:
            return {}
        return possible(self.journey, self.parts)


def journey_page(reading: Reading, by: Person, referral_id: str) -> JourneyPage:
    """Return the journey told in a referral's thread. Raises `NoPart`, `Overtaken`."""
    sheet = sheet_for(reading, by.member, referral_id)
    told = journey_told(reading, sheet, sheet.parts_of(by.member))
    if told is None:
        raise Overtaken("The journey begins when the center takes the evaluation.")
    return told


def journey_told(
    reading: Reading, sheet: Sheet, parts: frozenset[Part] = frozenset()
) -> JourneyPage | None:
    """Return the journey told in a thread, if one is, for a reader with these parts.

    Without any, it is what the whole thread reads: nobody may record anything there.
    """
    if sheet.course is None:
        return None
    recorded = reading.courses.milestones([sheet.course.id])
    authors = {one.recorded_by for one in recorded if one.recorded_by}
    return JourneyPage(
        sheet=sheet,
        course=sheet.course,
        journey=stand(milestones_of(recorded)),
        recorded=recorded,
        people=reading.people.clinicians(authors),
        tasks=reading.courses.tasks(case_ids=[sheet.case.id]),
        parts=parts,
        benchmarks=center_benchmarks(reading, sheet.center),
    )


def correction(
    reading: Reading, by: Person, milestone_id: str
) -> tuple[JourneyPage, Recorded]:
    """Return a milestone to correct with its journey. Raises `NoPart`."""
    try:
        old = reading.courses.milestone(milestone_id)
        course = reading.courses.course(old.course_id)
    except NotFound as error:
        raise NoPart from error
    return journey_page(reading, by, course.referral_id), old
