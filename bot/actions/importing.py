"""Patients from before Baton: a case, its course and its plan, in one transaction.

Nobody is told, and no card is posted: two hundred cards would bury the channel. The
card comes as the root of the thread with the first thing that is said in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from bot.actions.course_clock import replan_course
from bot.actions.courses import sheet_for_course
from bot.actions.done import Done
from bot.actions.plan_life import settle_plans
from bot.actions.plan_places import Places, places_of
from bot.actions.planning import grow, make_plan
from bot.import_patients import Patient, import_id
from bot.refusals import CannotStart, Overtaken
from bot.sheets import Sheet
from care.cases import CaseSummary
from care.course import stand
from care.item import Event, Standing, move
from care.journey import CourseKind, Party, Phase
from care.milestone import Milestone, Result, Step
from care.people import ANSWERING, MAY_REFER, PRACTICE_SIDE, Role
from care.plan import Occurrence
from care.referral import Kind, Outcome, PatientTold, State, Urgency
from care.response import OUTCOME_DAYS
from scheduler.calendars import local_day
from storage.actors import Operator, Person
from storage.courses import Course, Recorded
from storage.item_records import Item, item_id
from storage.plans import Plan
from storage.records import Case, Clinician, Link, Referral
from storage.unit import Unit

ADDED, THERE = "added", "there"
QUESTION = "From before Baton: this patient has had CAR T."
NOTE = "From before Baton."


def import_patient(
    *, uow: Unit, by: Operator | Person, link_id: str, patient: Patient
) -> Done:
    """Add one patient who has had CAR T, whole; one who is there stays as they are.

    Raises `CannotStart` where a site of the link has nobody who could be asked.
    """
    case_id = import_id(link_id, patient.key)
    # Of two that add the same patient at once, the second waits here for the first.
    earlier = uow.inbound.claim(f"import:{case_id}", at=uow.now)
    if earlier is not None or case_id in uow.cases.codes([case_id]):
        return Done(THERE, case_id)
    uow.inbound.keep(f"import:{case_id}", {"what": ADDED, "subject": case_id})
    link = uow.people.link(link_id)
    case = _add_case(uow, link, case_id, patient)
    referral = _add_referral(uow, link, case)
    course = _add_course(uow, referral, patient, by)
    codes = {"course": course.id, "responsible": case.responsible_id}
    uow.audit(case.workspace_id, "patient imported", case.id, codes)
    sheet = sheet_for_course(uow, course)
    replan_course(uow, sheet, course)
    _add_plan(uow, sheet, course, patient)
    return Done(ADDED, case_id)


def _add_case(uow: Unit, link: Link, case_id: str, patient: Patient) -> Case:
    new = Case(
        id=case_id,
        workspace_id=link.workspace_id,
        code=_free_code(uow),
        practice_id=link.practice_id,
        responsible_id=patient.responsible_id,
        responsible_since=uow.now,
        summary=CaseSummary(),
        created_at=uow.now,
    )
    uow.cases.add(new)
    return new


def _free_code(uow: Unit) -> str:
    code = uow.cases.free_code(uow.random_bytes)
    if code is None:
        raise Overtaken("No case code was free. Please do it again.")
    return code


def _add_referral(uow: Unit, link: Link, case: Case) -> Referral:
    """Add the evaluation that this once was: closed, so that nobody is asked."""
    referrer = _one_of(uow, link.practice_id, case, MAY_REFER)
    asked = _asked(uow, link, case)
    new = Referral(
        id=import_id(link.id, case.id, "referral"),
        workspace_id=case.workspace_id,
        case_id=case.id,
        link_id=link.id,
        kind=Kind.EVALUATION,
        urgency=Urgency.ROUTINE,
        state=State.CLOSED,
        previous=State.ACCEPTED,
        waiting_on=None,
        referrer_id=referrer.id,
        asked_id=asked,
        taker_id=asked,
        passed_by=(),
        question=QUESTION,
        requested_at=uow.now,
        round_started_at=uow.now,
        paused_until=None,
        responded_at=uow.now,
        answered_at=None,
        ended_at=uow.now,
        outcome=Outcome.UNDER_WAY,
        outcome_days=OUTCOME_DAYS,
        patient_told=PatientTold.NOT_NEEDED,
        generation=1,
    )
    uow.cases.add_referral(new)
    return new


def _asked(uow: Unit, link: Link, case: Case) -> str:
    """Return who at the center answers for the case: whoever has duty, if anybody."""
    center = uow.people.site(link.center_id)
    today = local_day(center, uow.now)
    on_duty = uow.duty.roster(center, from_day=today).on_duty(today)
    if on_duty is not None:
        return on_duty.id
    return _one_of(uow, center.id, case, ANSWERING).id


def _one_of(uow: Unit, site_id: str, case: Case, roles: frozenset[Role]) -> Clinician:
    """Return who stands for a site: whoever is responsible, else the first who may."""
    able = uow.people.staff(site_id, *sorted(roles))
    if not able:
        site = uow.people.site(site_id)
        raise CannotStart(f"{site.name} has nobody who could be asked about a patient.")
    return next((one for one in able if one.id == case.responsible_id), able[0])


def _add_course(
    uow: Unit, referral: Referral, patient: Patient, by: Operator | Person
) -> Course:
    leads = uow.people.staff(
        uow.people.link(referral.link_id).center_id, Role.COORDINATOR
    )
    bare = Course(
        id=import_id(referral.link_id, referral.case_id, "course"),
        workspace_id=referral.workspace_id,
        case_id=referral.case_id,
        link_id=referral.link_id,
        referral_id=referral.id,
        kind=CourseKind.CAR_T,
        lead_id=leads[0].id if leads else None,
        phase=Phase.INFUSION,
        day0=patient.day0,
        waits_on=Party.CENTER,
        since=uow.now,
        ask_at=None,
        generation=0,
        started_at=uow.now,
        ended_at=None,
    )
    steps = list(_steps(referral, patient))
    course = bare.standing(stand(steps), at=uow.now)
    uow.courses.add(course)
    for position, one in enumerate(steps, start=1):
        uow.courses.record(_recorded(uow, course, one, position, by))
    return course


def _steps(referral: Referral, patient: Patient) -> Iterator[Milestone]:
    """Yield what happened before, in the journey's order."""
    days: tuple[tuple[Step, date | None], ...] = (
        (Step.INFUSION, patient.day0),
        (Step.DISCHARGE, patient.discharged),
        (Step.RETURN, patient.returned),
        (Step.RELAPSE, patient.relapsed),
    )
    for step, day in days:
        if day is not None:
            product = patient.product if step is Step.INFUSION else None
            yield Milestone(
                id=import_id(referral.link_id, referral.case_id, step),
                step=step,
                result=Result.HAPPENED,
                day=day,
                product=product,
            )


def _recorded(
    uow: Unit, course: Course, one: Milestone, position: int, by: Operator | Person
) -> Recorded:
    return Recorded(
        milestone=one,
        course_id=course.id,
        case_id=course.case_id,
        position=position,
        note=NOTE,
        recorded_by=by.clinician_id if isinstance(by, Person) else None,
        recorded_at=uow.now,
    )


def _add_plan(uow: Unit, sheet: Sheet, course: Course, patient: Patient) -> None:
    """Make the plan, with what was done before Baton; what is over is not missed."""
    made = make_plan(uow, sheet, course, product=patient.product, day0=patient.day0)
    plan = replace(made, conditions=patient.conditions or frozenset())
    uow.plans.keep(plan)
    places = places_of(uow, sheet)
    uow.items.add([_done_item(uow, plan, places, *one) for one in patient.done])
    if patient.relapsed is None:
        grow(uow, plan)
    else:
        # By the relapse some rows have ended: the whole of it is settled, and slower.
        settle_plans(uow, sheet.case.id)


def _done_item(
    uow: Unit, plan: Plan, places: Places, what: Occurrence, day: date
) -> Item:
    done = move(
        Standing(what.window),
        Event.DO,
        today=day,
        parts=PRACTICE_SIDE,
        done_on=day,
    )
    site_id = places.site_of(what.row.seat)
    bare = Item(
        id=item_id(plan.id, what.row.id, what.number),
        workspace_id=plan.workspace_id,
        case_id=plan.case_id,
        plan_id=plan.id,
        row_id=what.row.id,
        number=what.number,
        site_id=site_id,
        doer_id=None,
        window=what.window,
        state=done.state,
        changed_at=uow.now,
        generation=1,
    )
    return bare.stands(done)


def infusion_id(link_id: str, case_id: str) -> str:
    """Return the id of the infusion of a patient who was imported."""
    return import_id(link_id, case_id, Step.INFUSION)
