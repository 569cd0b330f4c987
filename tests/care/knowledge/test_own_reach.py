"""Who does a row and for whom it is, as a center sets it in a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from care.knowledge.own_reach import ALWAYS, reach_of, reached
from care.knowledge.own_rows import BadWording, as_own
from care.knowledge.protocol import Condition, ProtocolRow, Seat
from care.knowledge.protocols import digest_of, newest_version, packaged_rows
from care.knowledge.telling import MissTold
from care.milestone import Product

ROWS = {one.id: one for one in packaged_rows(newest_version())}
CBC, HBV = ROWS["cbc"], ROWS["hbv-prophylaxis"]


def set_to(row: ProtocolRow = CBC, /, **changes: str) -> ProtocolRow:
    """Return a row as somebody set it."""
    return reached(row, replace(reach_of(row), **changes))


def wrong(**changes: str) -> dict[str, str]:
    """Return what is wrong with what somebody set."""
    with pytest.raises(BadWording) as told:
        set_to(**changes)
    return told.value.sentences


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda one: one.id)
def test_a_form_that_nobody_changed_changes_nothing(row: ProtocolRow) -> None:
    assert reached(row, reach_of(row)) is row


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"products": "CARVYKTI,ABECMA"}, "products", tuple(Product)[:2]),
        ({"applies_when": "HBV"}, "applies_when", Condition.HBV),
        ({"responsible": "1"}, "told", MissTold(responsible=1)),
        ({"responsible": "0", "leads": "4"}, "told", MissTold(responsible=0, leads=4)),
        ({"responsible": "3", "leads": "10"}, "told", None),
    ],
)
def test_each_field_of_the_form_sets_its_own_alone(
    changes: dict[str, str], field: str, value: Any
) -> None:
    changed = set_to(**changes)

    assert changed == CBC.model_copy(update={field: value})
    assert reached(CBC, reach_of(changed)) == changed


def test_each_of_the_four_may_be_at_a_site_of_its_own() -> None:
    changed = set_to(orders=Seat.CENTER.value, reviews=Seat.RESPONSIBLE.value)

    assert changed.who.orders is Seat.CENTER
    assert changed.who.reviews is Seat.RESPONSIBLE
    assert (changed.who.draws, changed.who.acts) == (CBC.who.draws, CBC.who.acts)


def test_what_was_set_is_taken_away_again() -> None:
    changed = set_to(applies_when="HBV", products="ABECMA", leads="5")

    again = set_to(changed, applies_when=ALWAYS, products="", leads="")

    assert again == CBC
    assert digest_of(again) == digest_of(CBC) != digest_of(changed)
    assert as_own(again, CBC) is CBC


def test_a_condition_that_the_center_takes_away_makes_the_row_its_own() -> None:
    changed = as_own(set_to(HBV, applies_when=ALWAYS), HBV)

    assert changed.applies_when is None
    assert changed.own


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"responsible": "4"}, "responsible", "May be set faster, never slower"),
        ({"leads": "2"}, "responsible", "The leads never hear before"),
        ({"leads": "soon"}, "leads", "Must be a whole number of working days"),
        ({"leads": "-1"}, "leads", "Must be a whole number of working days"),
        ({"orders": "moon"}, "orders", "Choose one."),
        ({"applies_when": "MOON"}, "applies_when", "Choose one."),
        ({"products": "MOON"}, "products", "Choose one."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    changes: dict[str, str], field: str, sentence: str
) -> None:
    (told,) = wrong(**changes).items()

    assert told[0] == field
    assert told[1].startswith(sentence)
