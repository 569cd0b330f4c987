"""Adding one patient who has had CAR T, by a form: an import of a single row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.actions.conditions import ask_for_conditions
from bot.actions.courses import sheet_for_course
from bot.actions.done import Done
from bot.actions.importing import import_patient
from bot.actions.starting import may_start
from bot.handoff_sheets import may_be_responsible
from bot.import_patients import MOST_YEARS, Patient
from bot.refusals import BadFields, CannotStart
from care.milestone import Product
from scheduler.calendars import local_day
from storage.actors import Person
from storage.errors import NotFound
from storage.records import Link
from storage.unit import Unit

PRODUCT, INFUSED, RETURNED, RESPONSIBLE = (
    "product",
    "infused",
    "returned",
    "responsible",
)
"""What is asked for; the forms' fields say the same of where something is wrong."""


@dataclass(frozen=True)
class Told:
    """What a form says of a patient who is back at the practice."""

    link_id: str
    product: Product | None
    infused: date | None
    returned: date | None
    responsible_id: str


def add_patient(*, uow: Unit, by: Person, told: Told) -> Done:
    """Add a patient who is back from CAR T, and ask for what the plan depends on.

    Raises `CannotStart` or `BadFields`; nothing is kept then.
    """
    link = _link(uow, by, told)
    product, infused, returned = _checked(uow, link, told)
    patient = Patient(
        line=0,
        key=uow.new_id(),
        product=product,
        responsible_id=told.responsible_id,
        day0=infused,
        returned=returned,
    )
    done = import_patient(uow=uow, by=by, link_id=link.id, patient=patient)
    plan = uow.plans.of_cases([done.subject])[-1]
    sheet = sheet_for_course(uow, uow.courses.course(plan.course_id))
    ask_for_conditions(uow, sheet, plan)
    return done


def _link(uow: Unit, by: Person, told: Told) -> Link:
    try:
        link = uow.people.link(told.link_id)
    except NotFound as error:
        raise CannotStart from error
    if not may_start(by, link):
        raise CannotStart("A patient who is back is added by their practice.")
    return link


def _checked(uow: Unit, link: Link, told: Told) -> tuple[Product, date, date]:
    """Return what is there and sensible, else refuse it field by field."""
    wrong: dict[str, str] = {}
    today = local_day(uow.people.site(link.center_id), uow.now)
    if told.product is None:
        wrong[PRODUCT] = "Choose the product."
    if told.responsible_id not in {
        one.id for one in may_be_responsible(uow, link.practice_id)
    }:
        wrong[RESPONSIBLE] = "Choose who is responsible for this patient."
    for name, day in ((INFUSED, told.infused), (RETURNED, told.returned)):
        if day is None:
            wrong[name] = "Say on which day."
        elif not 0 <= (today - day).days <= MOST_YEARS * 366:
            wrong[name] = "That day has not come, or lies too long ago."
    product, infused, returned = told.product, told.infused, told.returned
    if wrong or product is None or infused is None or returned is None:
        raise BadFields(wrong)
    if returned < infused:
        raise BadFields({RETURNED: "Nobody is back before the infusion."})
    return product, infused, returned
