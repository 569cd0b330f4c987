"""Nobody records, corrects or sees a step of a journey they have no part in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

import pytest

from bot.actions.asking_for_news import tick_task
from bot.actions.done import Done, perform
from bot.actions.entries import Entry
from bot.actions.journeying import (
    correct_milestone,
    record_milestone,
    say_what_it_waits_for,
)
from bot.journeys import correction, journey_page
from bot.refusals import NoPart, NotForYou, Overtaken
from care.journey import CourseKind, Party, Phase
from care.milestone import (
    LINES,
    RESULTS,
    Contact,
    FirstCall,
    Place,
    Product,
    Reason,
    Result,
    Step,
)
from care.people import Role, SiteKind
from storage.actors import Person
from storage.courses import Course, Task
from storage.unit import Store, Unit
from tests.conftest import T0
from tests.courses import a_course, a_task
from tests.world import OPERATOR, World

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)

OF_ANYBODY = {
    Step.CONTACT,
    Step.BRIDGING,
    Step.ADMISSION,
    Step.LEFT_HOSPITAL,
    Step.HOSPICE,
    Step.DEATH,
    Step.EXIT,
}
OF_THE_CENTER = OF_ANYBODY | {
    Step.CONSULT,
    Step.AUTHORIZATION,
    Step.SLOT,
    Step.APHERESIS,
    Step.RELEASE,
    Step.LYMPHODEPLETION,
    Step.INFUSION,
}
MAY: Mapping[str, set[Step]] = {
    "oncologist": OF_ANYBODY,
    "practice_coordinator": OF_ANYBODY,
    "center_coordinator": OF_THE_CENTER,
    "first_specialist": OF_THE_CENTER | {Step.DECISION},
    "second_specialist": OF_THE_CENTER | {Step.DECISION},
}
"""What each may record before an infusion, written out and not read from the table."""

WITHOUT_PART = (
    "administrator",
    "colleague",
    "fellow",
    "oncologist elsewhere",
    "coordinator elsewhere",
    "specialist of a center not asked",
    "coordinator of a center not asked",
)
BEFORE_INFUSION = sorted(OF_THE_CENTER | {Step.DECISION, Step.RETURN})


_keys = count()


@dataclass(frozen=True)
class Cast:
    """A journey with everybody who could want to record a step of it."""

    store: Store
    world: World
    others: Mapping[str, Person]
    course: Course
    task: Task

    def person(self, name: str) -> Person:
        """Return somebody by the name of the tables above."""
        found = self.others.get(name) or getattr(self.world, name)
        assert isinstance(found, Person)
        return found

    def act(self, action: Callable[..., Done], by: Person, **words: Any) -> Done:
        """Run an action as a listener would."""
        return perform(self.store, action, by=by, key=f"test:{next(_keys)}", **words)

    def record(self, by: Person, step: Step, **changes: Any) -> Done:
        """Record a step with all that could be asked for."""
        entry = replace(complete(step), **changes)
        return self.act(record_milestone, by, course_id=self.course.id, entry=entry)

    def untouched(self) -> bool:
        """Tell whether nothing was recorded, changed or told."""
        with self.store.read() as reading:
            kept = reading.courses.course(self.course.id)
            recorded = reading.courses.milestones([kept.id], corrected=True)
            return kept == self.course and not recorded + reading.notices.troubled()


def complete(step: Step) -> Entry:
    """Return an entry in which nothing is left out."""
    results = RESULTS[step]
    return Entry(
        step=step,
        result=results[0] if Result.HAPPENED not in results else Result.HAPPENED,
        day=T0.date(),
        reason=Reason.OTHER,
        product=Product.CARVYKTI,
        place=Place.LOCAL,
        contact=Contact.CENTER,
        first_call=FirstCall.DUTY,
        therapy=CourseKind.BISPECIFIC,
        note="none",
        lines=dict.fromkeys(LINES, "nothing"),
        same_patient=True,
    )


@pytest.fixture
def cast(store: Store, world: World) -> Cast:
    """Return a journey under way, with people who have no part in it."""
    with store.act(OPERATOR) as unit:
        for key, kind in (("prairie", SiteKind.PRACTICE), ("delta", SiteKind.CENTER)):
            _add_site(unit, world, key, kind)
        people = (
            ("colleague", world.practice_id, Role.ONCOLOGIST),
            ("fellow", world.center_id, Role.FELLOW),
            ("oncologist elsewhere", "site-prairie", Role.ONCOLOGIST),
            ("coordinator elsewhere", "site-prairie", Role.COORDINATOR),
            ("specialist of a center not asked", "site-delta", Role.SPECIALIST),
            ("coordinator of a center not asked", "site-delta", Role.COORDINATOR),
        )
        others = {name: _add(unit, name, site, role) for name, site, role in people}
        course = a_course(unit, world)
        task = a_task(unit, world, course)
    return Cast(store, world, others, course, task)


@pytest.mark.parametrize("step", BEFORE_INFUSION)
@pytest.mark.parametrize("name", [*MAY, *WITHOUT_PART])
def test_each_step_is_recorded_by_those_with_the_right_part(
    cast: Cast, name: str, step: Step
) -> None:
    by = cast.person(name)

    if step in MAY.get(name, set()):
        assert cast.record(by, step).what == "recorded"
        return
    # Nobody has discharged this patient, so that nothing returns yet.
    refusal = Overtaken if step is Step.RETURN else NotForYou
    with pytest.raises(NoPart if name in WITHOUT_PART else refusal):
        cast.record(by, step)
    assert cast.untouched()


@pytest.mark.parametrize("name", WITHOUT_PART)
def test_without_a_part_nothing_is_seen_and_every_refusal_reads_alike(
    cast: Cast, name: str
) -> None:
    """As if there were no such course, milestone or task at all."""
    recorder, by = cast.person("first_specialist"), cast.person(name)
    there = cast.record(recorder, Step.CONSULT).subject
    tried: list[Callable[[], object]] = [
        partial(_read, cast, by, journey_page, cast.course.referral_id)
    ]
    nothing = "0" * 32
    for course_id, milestone_id, task_id in (
        (cast.course.id, there, cast.task.id),
        (nothing, nothing, nothing),
    ):
        tried += [
            partial(
                cast.act,
                record_milestone,
                by,
                course_id=course_id,
                entry=complete(Step.CONTACT),
            ),
            partial(
                cast.act,
                say_what_it_waits_for,
                by,
                course_id=course_id,
                party=Party.PAYER,
                days=7,
            ),
            partial(
                cast.act,
                correct_milestone,
                by,
                milestone_id=milestone_id,
                why="So.",
                entry=None,
            ),
            partial(cast.act, tick_task, by, task_id=task_id),
            partial(_read, cast, by, correction, milestone_id),
        ]

    said = set()
    for one in tried:
        with pytest.raises(NoPart) as refused:
            one()
        said.add(refused.value.sentence)

    assert said == {"There is no such case that you have a part in."}


@pytest.mark.parametrize("name", [*MAY])
def test_everybody_with_a_part_sees_the_journey_and_only_what_they_may_record(
    cast: Cast, name: str
) -> None:
    with cast.store.read() as reading:
        page = journey_page(reading, cast.person(name), cast.course.referral_id)

    assert page.course == cast.course
    offered = set(page.choices) | {Step.LEFT_HOSPITAL}
    assert offered == MAY[name]


@pytest.mark.parametrize("name", list(MAY))
def test_day_0_is_corrected_by_the_centers_clinicians(cast: Cast, name: str) -> None:
    may = name in {"first_specialist", "second_specialist"}
    there = cast.record(cast.person("center_coordinator"), Step.INFUSION).subject
    words = {"milestone_id": there, "why": "It was tomorrow.", "entry": None}

    if may:
        cast.act(correct_milestone, cast.person(name), **words)
    else:
        with pytest.raises(NotForYou):
            cast.act(correct_milestone, cast.person(name), **words)
    with cast.store.read() as reading:
        day0 = reading.courses.course(cast.course.id).day0
    assert (day0 is None) == may


def test_a_coordinator_corrects_the_planning_of_an_infusion(cast: Cast) -> None:
    by = cast.person("center_coordinator")
    there = cast.record(by, Step.INFUSION, result=Result.PLANNED).subject

    done = cast.act(
        correct_milestone, by, milestone_id=there, why="Not yet.", entry=None
    )

    assert done.what == "corrected"


def test_no_step_is_recorded_of_a_course_of_another_therapy(cast: Cast) -> None:
    with cast.store.act(OPERATOR) as unit:
        there = replace(
            cast.course, id="k2", kind=CourseKind.BISPECIFIC, phase=Phase.THERAPY
        )
        unit.courses.add(there)
        unit.audit(there.workspace_id, "course begun", there.id)

    with pytest.raises(Overtaken, match="no steps to record"):
        cast.act(
            record_milestone,
            cast.person("center_coordinator"),
            course_id="k2",
            entry=complete(Step.CONSULT),
        )


def _read(cast: Cast, by: Person, look_up: Callable[..., object], id_: str) -> object:
    with cast.store.read() as reading:
        return look_up(reading, by, id_)


def _add_site(unit: Unit, world: World, key: str, kind: SiteKind) -> None:
    unit.people.put(
        "site",
        {
            "id": f"site-{key}",
            "workspace_id": world.workspace_id,
            "key": key,
            "kind": kind,
            "name": key.title(),
            "phone_24h": "+1 555 0101",
            "zone": "America/Chicago",
            "opens": "08:00",
            "closes": "17:00",
            "days": [0, 1, 2, 3, 4],
            "country": "US",
            "region": None,
            "responsible_roles": [Role.ONCOLOGIST],
        },
    )


def _add(unit: Unit, name: str, site_id: str, role: Role) -> Person:
    key = name.replace(" ", "-")
    new = Person(f"clinician-{key}", site_id, role, name, "T0", f"U0{key}")
    row = {
        "id": new.clinician_id,
        "site_id": site_id,
        "key": key,
        "name": name,
        "role": role,
        "duty_order": None,
        "active": 1,
    }
    unit.people.put("clinician", row)
    unit.people.put(
        "identity",
        {
            "id": f"identity-{key}",
            "team_id": new.team_id,
            "user_id": new.user_id,
            "clinician_id": new.clinician_id,
            "confirmed_by": str(OPERATOR),
        },
    )
    return new
