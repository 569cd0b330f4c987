"""The form that adds a patient who has had CAR T, and what is shown after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.views import kit
from bot.views.ids import VALUE, Act, Carried, Field, Form, FormData
from care.milestone import Product
from care.patient_time import PatientTime
from storage.records import Clinician, Link, Site

TITLE = "After CAR T"
FAR = 9999
DAYS: Mapping[Field, tuple[Field, str]] = {
    Field.INFUSED: (Field.INFUSED_AGO, "Infused"),
    Field.RETURNED: (Field.RETURNED_AGO, "Back at the practice"),
}
"""Each day with the field that asks for it in days, and what it is called."""


@dataclass(frozen=True)
class Choices:
    """What can be chosen in the form."""

    links: Sequence[tuple[Link, Site]]
    """With the center of each."""
    responsible: Sequence[Clinician]
    me: str
    time: PatientTime


def add_button() -> kit.Element:
    """Return the button that opens the form."""
    return kit.button("Add a patient who has had CAR T", Act.ADD_PATIENT)


def adding_form(
    data: FormData, choices: Choices, values: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the form; `values` are what was written before."""
    given = values or {}
    products = [kit.option(one[0].upper() + one[1:], one) for one in Product]
    product = kit.select(VALUE, products, initial=given.get(Field.PRODUCT))
    return kit.modal(
        TITLE,
        [
            kit.context(
                "For a patient who had CAR T before Baton and is back. No name and no"
                " record number: Baton gives a code, which you note in your own record."
            ),
            *_links(choices, given),
            kit.field("Product", Field.PRODUCT, product),
            *(_day(one, choices.time, given) for one in DAYS),
            _responsible(choices, given),
        ],
        callback_id=Form.ADD_PATIENT,
        metadata=data.dump(),
        submit="Add",
        close="Cancel",
        external_id=data.intent,
    )


def added_page(code: str, referral_id: str, *, asked: str) -> dict[str, Any]:
    """Return what is shown once the patient is there: the code to be noted."""
    shown = kit.button(
        "Show the case", Act.OPEN_CASE, value=Carried(referral=referral_id).dump()
    )
    return kit.modal(
        TITLE,
        [
            kit.header(code),
            kit.section(
                f"Added. Note {code} beside this patient in your own record: Baton"
                f" knows no name.\n{kit.escape(asked)} is asked which conditions apply."
            ),
            kit.actions([shown], block_id="added"),
        ],
        callback_id=Form.READING,
    )


def _links(choices: Choices, given: Mapping[str, str]) -> list[kit.Block]:
    if len(choices.links) < 2:  # noqa: PLR2004 - one link leaves nothing to choose
        return []
    options = [kit.option(center.name, link.id) for link, center in choices.links]
    element = kit.select(VALUE, options, initial=given.get(Field.LINK))
    return [kit.field("Treated at", Field.LINK, element)]


def _day(name: Field, time: PatientTime, given: Mapping[str, str]) -> kit.Block:
    in_days, label = DAYS[name]
    if time.asks_dates:
        written = given.get(name)
        initial = date.fromisoformat(written) if written else None
        return kit.field(label, name, kit.date_picker(VALUE, initial=initial))
    element = kit.number_input(VALUE, most=FAR)
    return kit.field(f"{label}: how many days ago?", in_days, element)


def _responsible(choices: Choices, given: Mapping[str, str]) -> kit.Block:
    options = [kit.option(one.name, one.id) for one in choices.responsible]
    mine = choices.me if choices.me in {one.id for one in choices.responsible} else None
    element = kit.select(VALUE, options, initial=given.get(Field.RESPONSIBLE) or mine)
    return kit.field("Responsible now", Field.RESPONSIBLE, element)
