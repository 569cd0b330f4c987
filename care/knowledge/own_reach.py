"""For whom a row is, who does it, and how soon a miss is told, as a center sets it.

It stands in a form of its own, beside the one of what a row says. Which rows disagree
over something (their choice) is no matter of one row, so only a file changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from pydantic import ValidationError

from care.knowledge.own_rows import SEATS, BadWording, chosen, sentence
from care.knowledge.protocol import Condition, ProtocolRow, Seat
from care.milestone import Product

ALWAYS = "always"
"""Stands for no condition: a list in a form has no empty entry."""
TOLD = ("responsible", "leads")
Listed = TypeVar("Listed", bound=Enum)


@dataclass(frozen=True)
class Reach:
    """For whom a row is, who does it, and how soon a miss is told."""

    orders: str
    draws: str
    reviews: str
    acts: str
    products: str = ""
    """Names of products with commas between; none: it is for each."""
    applies_when: str = ALWAYS
    """The name of what is confirmed of the patient."""
    responsible: str = ""
    """Working days until the responsible clinician hears; none: as usual."""
    leads: str = ""


def reach_of(row: ProtocolRow) -> Reach:
    """Return for whom a row is, and who does it, as its form shows it."""
    told = row.told.model_dump() if row.told else {}
    return Reach(
        **{name: getattr(row.who, name).value for name in SEATS},
        products=",".join(one.name for one in Product if one in row.products),
        applies_when=row.applies_when.name if row.applies_when else ALWAYS,
        **{name: str(told[name]) for name in TOLD if told},
    )


def reached(row: ProtocolRow, reach: Reach) -> ProtocolRow:
    """Return a row for those and by those whom somebody chose. Raises `BadWording`."""
    if reach == reach_of(row):
        return row
    told = {name: getattr(row, name) for name in ProtocolRow.model_fields}
    applies_when = reach.applies_when.removeprefix(ALWAYS)
    told |= {
        "who": {name: chosen(Seat, getattr(reach, name), name) for name in SEATS},
        "products": tuple(_named(Product, reach.products, "products")),
        "applies_when": next(_named(Condition, applies_when, "applies_when"), None),
        "told": _days(reach),
    }
    try:
        return ProtocolRow(**told)
    except ValidationError as error:
        wrong = {_place(one): sentence(one["msg"]) for one in error.errors()}
        raise BadWording(wrong) from error


def _named(kinds: type[Listed], names: str, field: str) -> Iterator[Listed]:
    for name in filter(None, names.split(",")):
        if name not in kinds.__members__:
            raise BadWording({field: "Choose one."})
        yield kinds[name]


def _days(reach: Reach) -> Mapping[str, int | str] | None:
    texts = {name: getattr(reach, name).strip() for name in TOLD}
    told = {name: text for name, text in texts.items() if text}
    # What is no number is named by the row itself, as it is in a file.
    return {
        name: int(text) if text.isdecimal() else text for name, text in told.items()
    } or None


def _place(wrong: Mapping[str, Any]) -> str:
    """Return at which field stands what is wrong."""
    named = [str(one) for one in wrong["loc"]]
    if named[:1] == ["told"] or not named:
        return named[-1] if named[-1:] == ["leads"] else "responsible"
    return named[0]
