"""Courses of a case, their milestones, and the tasks that come of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from care.course import Journey
from care.journey import CourseKind, Party, Phase
from care.milestone import (
    Contact,
    FirstCall,
    Milestone,
    Place,
    Product,
    Reason,
    Result,
    Step,
)
from storage.errors import NotFound
from storage.records import Life, columns_of
from storage.tables import case, course, link, milestone, task
from storage.vault import Vault


@dataclass(frozen=True)
class Course:
    """One therapy of a case, with its own day 0 (a date at the center)."""

    id: str
    workspace_id: str
    case_id: str
    link_id: str
    referral_id: str
    """In whose thread it is told."""
    kind: CourseKind
    lead_id: str | None
    """The process lead: the coordinator who drives the steps."""
    phase: Phase
    day0: date | None
    waits_on: Party
    since: datetime
    """Since when it waits as it does."""
    ask_at: datetime | None
    """When somebody wants to be asked again; None leaves it to the center's times."""
    generation: int
    started_at: datetime
    ended_at: datetime | None

    def standing(self, journey: Journey, *, at: datetime) -> Course:
        """Return this course as its milestones say that it stands, from `at` on."""
        ended = journey.phase is Phase.ENDED
        return replace(
            self,
            phase=journey.phase,
            day0=journey.day0 if self.kind is CourseKind.CAR_T else self.day0,
            waits_on=journey.party,
            since=at,
            ask_at=None,
            generation=self.generation + 1,
            ended_at=(self.ended_at or at) if ended else None,
        )


@dataclass(frozen=True)
class Recorded:
    """A milestone with who recorded it, and when; perhaps corrected since."""

    milestone: Milestone
    course_id: str
    case_id: str
    position: int
    note: str | None
    recorded_by: str | None
    """None where Baton did, such as when a return handoff was accepted."""
    recorded_at: datetime
    corrects: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_why: str | None = None
    """Why it was corrected."""


@dataclass(frozen=True)
class Task:
    """One thing that somebody is to do about a case by a time."""

    id: str
    workspace_id: str
    case_id: str
    referral_id: str
    kind: str
    doer_id: str
    due_at: datetime
    generation: int
    made_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    dropped_at: datetime | None = None


class Courses:
    """Courses, their milestones and tasks."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, new: Course) -> None:
        """Keep a new course."""
        self._connection.execute(insert(course).values(**_course_row(new)))

    def keep(self, changed: Course) -> None:
        """Write back a course that was read by `course_to_change`."""
        row = _course_row(changed)
        self._connection.execute(
            update(course).where(course.c.id == changed.id).values(**row)
        )

    def course(self, course_id: str) -> Course:
        """Return one course. Raises `NotFound`."""
        return self._one(select(course).where(course.c.id == course_id))

    def course_to_change(self, course_id: str) -> Course:
        """Return one course, locked until the transaction ends. Raises `NotFound`.

        The other courses of its case are locked with it, always in the same order:
        what is recorded of one may change the others.
        """
        this = course.alias()
        case_id = select(this.c.case_id).where(this.c.id == course_id)
        query = select(course).where(course.c.case_id == case_id.scalar_subquery())
        rows = self._connection.execute(query.order_by(course.c.id).with_for_update())
        found = [_course(row) for row in rows if row.id == course_id]
        if not found:
            raise NotFound("there is no such course")
        return found[0]

    def of_cases(self, case_ids: Collection[str]) -> list[Course]:
        """Return the courses of some cases, oldest first, in one query."""
        if not case_ids:
            return []
        rows = self._connection.execute(
            select(course)
            .where(course.c.case_id.in_(set(case_ids)))
            .order_by(course.c.started_at, course.c.id)
        )
        return [_course(row) for row in rows]

    def under_way_at(self, center_id: str, phases: Collection[Phase]) -> list[Course]:
        """Return courses of living patients at a center that are in some phases."""
        rows = self._connection.execute(
            select(course)
            .join(link, link.c.id == course.c.link_id)
            .join(case, case.c.id == course.c.case_id)
            .where(
                link.c.center_id == center_id,
                course.c.phase.in_([one.value for one in phases]),
                course.c.ended_at.is_(None),
                case.c.life != Life.DIED,
            )
            .order_by(course.c.id)
        )
        return [_course(row) for row in rows]

    def courses(self, ids: Collection[str]) -> list[Course]:
        """Return several courses, in one query; none where none is asked for."""
        if not ids:
            return []
        query = select(course).where(course.c.id.in_(set(ids)))
        return [_course(row) for row in self._connection.execute(query)]

    def of_responsible(
        self, clinician_id: str, kind: CourseKind, phases: Collection[Phase]
    ) -> list[Course]:
        """Return the courses in some phases of those for whom somebody is responsible.

        The longest waiting first.
        """
        rows = self._connection.execute(
            select(course)
            .join(case, case.c.id == course.c.case_id)
            .where(
                case.c.responsible_id == clinician_id,
                course.c.kind == kind,
                course.c.phase.in_(list(phases)),
            )
            .order_by(course.c.since, course.c.id)
        )
        return [_course(row) for row in rows]

    def collected(self, case_ids: Collection[str]) -> frozenset[tuple[str, str]]:
        """Return (case, link) where cells were collected, in one query."""
        rows = self._connection.execute(
            select(course.c.case_id, course.c.link_id)
            .join(milestone, milestone.c.course_id == course.c.id)
            .where(
                course.c.case_id.in_(set(case_ids)),
                milestone.c.step == Step.APHERESIS,
                milestone.c.result == Result.HAPPENED,
                milestone.c.ended_at.is_(None),
            )
        )
        return frozenset((row.case_id, row.link_id) for row in rows)

    def record(self, new: Recorded) -> None:
        """Keep a milestone, what was written with it sealed by the case's key."""
        one = new.milestone
        self._connection.execute(
            insert(milestone).values(
                id=one.id,
                case_id=new.case_id,
                course_id=new.course_id,
                position=new.position,
                step=one.step,
                result=one.result,
                day=one.day.isoformat(),
                until=one.until.isoformat() if one.until else None,
                reason=one.reason,
                product=one.product,
                place=one.place,
                contact=one.contact,
                first_call=one.first_call,
                note=self._seal(new.case_id, new.note, f"milestone.note/{one.id}"),
                recorded_by=new.recorded_by,
                recorded_at=new.recorded_at,
                corrects=new.corrects,
            )
        )

    def end(self, old: Recorded, *, by: str, at: datetime, why: str) -> None:
        """Keep that a milestone was corrected, and why; it stands no more."""
        subject = f"milestone.ended_why/{old.milestone.id}"
        self._connection.execute(
            update(milestone)
            .where(milestone.c.id == old.milestone.id)
            .values(
                ended_at=at,
                ended_by=by,
                ended_why=self._seal(old.case_id, why, subject),
            )
        )

    def next_position(self, course_id: str) -> int:
        """Return the place of the next milestone of a course."""
        query = select(func.max(milestone.c.position))
        last = self._connection.execute(query.where(milestone.c.course_id == course_id))
        return (last.scalar() or 0) + 1

    def milestones(
        self, course_ids: Collection[str], *, corrected: bool = False
    ) -> list[Recorded]:
        """Return the milestones of some courses in their order, in one query.

        Those that were corrected are left out unless they are asked for.
        """
        if not course_ids:
            return []
        query = select(milestone).where(milestone.c.course_id.in_(set(course_ids)))
        if not corrected:
            query = query.where(milestone.c.ended_at.is_(None))
        order = (milestone.c.course_id, milestone.c.position, milestone.c.recorded_at)
        rows = self._connection.execute(query.order_by(*order)).all()
        self._vault.open_all([row.case_id for row in rows])
        return [self._open(row) for row in rows]

    def milestone(self, milestone_id: str) -> Recorded:
        """Return one milestone, standing or not. Raises `NotFound`."""
        query = select(milestone).where(milestone.c.id == milestone_id)
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("there is no such milestone")
        return self._open(row)

    def add_task(self, new: Task) -> None:
        """Keep a new task."""
        self._connection.execute(insert(task).values(**columns_of(new)))

    def keep_task(self, changed: Task) -> None:
        """Write back a task that was read by `task_to_change`."""
        row = columns_of(changed)
        self._connection.execute(
            update(task).where(task.c.id == changed.id).values(**row)
        )

    def task(self, task_id: str) -> Task:
        """Return one task. Raises `NotFound`."""
        return self._task(select(task).where(task.c.id == task_id))

    def task_to_change(self, task_id: str) -> Task:
        """Return one task, locked until the transaction ends. Raises `NotFound`."""
        return self._task(select(task).where(task.c.id == task_id).with_for_update())

    def _task(self, query: Select[Any]) -> Task:
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("there is no such task")
        return Task(**row._mapping)

    def tasks(
        self, *, case_ids: Collection[str] = (), doer_id: str | None = None
    ) -> list[Task]:
        """Return open tasks of some cases, or of a doer, those due first."""
        of_cases, of_doer = task.c.case_id.in_(set(case_ids)), task.c.doer_id == doer_id
        wanted = of_cases if doer_id is None else of_doer
        rows = self._connection.execute(
            select(task)
            .where(wanted, task.c.done_at.is_(None), task.c.dropped_at.is_(None))
            .order_by(task.c.due_at, task.c.id)
        )
        return [Task(**row._mapping) for row in rows]

    def _seal(self, case_id: str, text: str | None, subject: str) -> bytes | None:
        return self._vault.key(case_id).seal(text, subject) if text else None

    def _one(self, query: Select[Any]) -> Course:
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("there is no such course")
        return _course(row)

    def _open(self, row: Row[Any]) -> Recorded:
        key = self._vault.key(row.case_id)
        about = f"milestone.note/{row.id}", f"milestone.ended_why/{row.id}"
        return Recorded(
            milestone=_milestone(row),
            course_id=row.course_id,
            case_id=row.case_id,
            position=row.position,
            note=key.open(row.note, about[0]) if row.note else None,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
            corrects=row.corrects,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
            ended_why=key.open(row.ended_why, about[1]) if row.ended_why else None,
        )


def milestones_of(recorded: Sequence[Recorded]) -> list[Milestone]:
    """Return the milestones alone, as the rules take them."""
    return [one.milestone for one in recorded]


def _course_row(one: Course) -> dict[str, Any]:
    return columns_of(one) | {"day0": one.day0.isoformat() if one.day0 else None}


def _course(row: Row[Any]) -> Course:
    return Course(
        **dict(row._mapping)
        | {
            "kind": CourseKind(row.kind),
            "phase": Phase(row.phase),
            "day0": date.fromisoformat(row.day0) if row.day0 else None,
            "waits_on": Party(row.waits_on),
        }
    )


def _milestone(row: Row[Any]) -> Milestone:
    return Milestone(
        id=row.id,
        step=Step(row.step),
        result=Result(row.result),
        day=date.fromisoformat(row.day),
        until=date.fromisoformat(row.until) if row.until else None,
        reason=Reason(row.reason) if row.reason else None,
        product=Product(row.product) if row.product else None,
        place=Place(row.place) if row.place else None,
        contact=Contact(row.contact) if row.contact else None,
        first_call=FirstCall(row.first_call) if row.first_call else None,
    )
