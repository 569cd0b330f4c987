"""Courses, milestones and tasks that tests keep as the actions would."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from care.journey import CourseKind, Party, Phase
from care.milestone import Milestone
from care.referral import Kind, State
from storage.courses import Course, Recorded, Task
from storage.unit import Unit
from tests.conftest import T0
from tests.world import World, new_case, new_referral

DAY = timedelta(days=1)


def a_course(unit: Unit, world: World, **changes: Any) -> Course:
    """Keep a course of a new case whose evaluation was taken, and return it."""
    case = new_case(unit, world)
    referral = new_referral(
        unit,
        world,
        case,
        kind=Kind.EVALUATION,
        state=State.ACCEPTED,
        taker_id=world.first_specialist.clinician_id,
    )
    new = Course(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        case_id=case.id,
        link_id=world.link_id,
        referral_id=referral.id,
        kind=CourseKind.CAR_T,
        lead_id=world.center_coordinator.clinician_id,
        phase=Phase.CONTACT,
        day0=None,
        waits_on=Party.CENTER,
        since=unit.now,
        ask_at=None,
        generation=1,
        started_at=unit.now,
        ended_at=None,
    )
    new = replace(new, **changes)
    unit.courses.add(new)
    unit.audit(world.workspace_id, "course begun", new.id)
    return new


def recorded(there: Course, one: Milestone, position: int, **changes: Any) -> Recorded:
    """Return a milestone of a course at a place."""
    new = Recorded(
        milestone=one,
        course_id=there.id,
        case_id=there.case_id,
        position=position,
        note=None,
        recorded_by=None,
        recorded_at=T0,
    )
    return replace(new, **changes)


def a_task(unit: Unit, world: World, there: Course, **changes: Any) -> Task:
    """Keep a task of the center's coordinator, and return it."""
    new = Task(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        case_id=there.case_id,
        referral_id=there.referral_id,
        kind="registry report",
        doer_id=world.center_coordinator.clinician_id,
        due_at=T0 + DAY,
        generation=1,
        made_at=T0,
    )
    new = replace(new, **changes)
    unit.courses.add_task(new)
    unit.audit(world.workspace_id, "task made", new.id)
    return new
