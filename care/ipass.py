"""The parts of a handoff in I-PASS, and what a return handoff must say besides.

I-PASS is illness severity, patient summary, action list, situation awareness and
contingency, and synthesis by the receiver. Our sources name the elements, not the
categories of the first, so the severity stays in the sender's own words.

A field that was left blank says nothing; that there is none must be said. So blank is
refused and "none" is accepted, field by field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NONE = "none"
"""What a field says where there is nothing: an answer, unlike a blank."""

MOST_ACTIONS = 4
"""Lines of action that a form offers; a longer list is not read back."""


class Direction(StrEnum):
    """Between which sites the responsibility goes."""

    TO_CENTER = "to the center"
    RETURN = "return"
    WITHIN = "within a site"
    TRANSFER = "to another practice"
    """The patient moves: another practice of the same center takes over."""


class Page(StrEnum):
    """The pages of the offer's form."""

    PATIENT = "patient"
    TREATMENT = "treatment"
    STATE = "state"
    SUPPORT = "support"
    ACTIONS = "actions"


@dataclass(frozen=True)
class Asked:
    """One field of the offer's form."""

    code: str
    label: str
    page: Page
    hint: str = ""
    long: bool = False
    """Whether it takes several lines."""


SEVERITY = "severity"
SUMMARY = "summary"
CONTINGENCY = "contingency"
PRODUCT = "product"

FIVE_PARTS: tuple[Asked, ...] = (
    Asked(
        SEVERITY,
        "Illness severity",
        Page.PATIENT,
        "How ill the patient is now, in a few words of your own.",
    ),
    Asked(
        SUMMARY,
        "Patient summary",
        Page.PATIENT,
        "What the receiver must know to go on from here.",
        long=True,
    ),
    Asked(
        CONTINGENCY,
        "Situation awareness and contingency",
        Page.ACTIONS,
        "If this happens, then do that. One line each, or “none”.",
        long=True,
    ),
)
"""What the sender writes in every handoff; the actions are lines of their own."""

KNOWN = (SUMMARY, CONTINGENCY)
"""What whoever took over in an emergency writes down, where nobody has told it."""

NO_DATE = "As a day after infusion or a month; dates are refused."
"""Said where people would write a date, which Baton does not take in."""

_T, _S, _U = Page.TREATMENT, Page.STATE, Page.SUPPORT

RETURN_FIELDS: tuple[Asked, ...] = (
    Asked(PRODUCT, "CAR T product", _T),
    Asked("lymphodepletion", "Lymphodepletion regimen", _T),
    Asked("crs", "Worst CRS grade", _T),
    Asked("icans", "Worst ICANS grade", _T),
    Asked("iec_hs", "Worst IEC-HS grade", _T),
    Asked("tocilizumab", "Tocilizumab", _T, "Doses given."),
    Asked("steroid", "Steroid and its taper", _T, f"When it ends. {NO_DATE}"),
    Asked("peak_lymphocytes", "Peak lymphocyte count", _T, "With its unit."),
    Asked(
        "prophylaxis",
        "Prophylaxis",
        _T,
        "Each drug with its stop, who prescribes it, and the refill.",
        long=True,
    ),
    Asked(
        "antiseizure",
        "Antiseizure drug",
        _T,
        "With its stop, who prescribes it, and the refill.",
    ),
    Asked(
        "other_drugs",
        "Other running drugs",
        _T,
        "Each with its stop, who prescribes it, and the refill.",
        long=True,
    ),
    Asked("handwriting", "Handwriting at baseline", _S),
    Asked("deficits", "Neurological deficits now", _S),
    Asked("counts", "Last counts", _S, "Hemoglobin, neutrophils, platelets."),
    Asked("creatinine", "Last creatinine", _S),
    Asked("ferritin", "Last ferritin", _S),
    Asked("crp", "Last CRP", _S),
    Asked("igg", "Last IgG", _S),
    Asked("cd4", "Last CD4 count", _S),
    Asked("transfusion", "Transfusions", _U, "What is needed, and how often."),
    Asked("gcsf", "G-CSF", _U, "Last given, and when again."),
    Asked("ivig", "IVIG", _U, "Last given, and when again."),
    Asked("irradiated", "Irradiated blood until", _U, NO_DATE),
    Asked("line", "Central line", _U, "In or out; who cares for it."),
    Asked("driving", "No driving until", _U, NO_DATE),
    Asked("hbv", "Hepatitis B", _U, "Status, and what is done about it."),
    Asked("cmv", "CMV", _U, "Status, and what is done about it."),
    Asked("cd34", "Stored CD34+ cells", _U, "Whether there are any, and where."),
    Asked("month_1", "Month-1 response: who does it", _U),
    Asked("next_center_visit", "Next visit at the center", _U, NO_DATE),
)
"""What a center says when it hands a patient back, page by page."""

TO_A_PRACTICE = frozenset({Direction.RETURN, Direction.TRANSFER})
"""Directions in which a patient comes to a practice from another site.

Both sites say that it is the same patient, and the first visit is booked, before the
practice accepts.
"""

_BY_CODE: Mapping[str, Asked] = {one.code: one for one in (*FIVE_PARTS, *RETURN_FIELDS)}


@dataclass(frozen=True)
class ActionLine:
    """Something to do: what, by whom, and until which day at the doer's site."""

    text: str
    doer_id: str
    due_day: date


def fields_of(direction: Direction) -> tuple[Asked, ...]:
    """Return every field that a handoff in this direction must fill."""
    back = direction is Direction.RETURN
    return (*FIVE_PARTS, *(RETURN_FIELDS if back else ()))


def pages_of(direction: Direction) -> tuple[Page, ...]:
    """Return the pages of the form, in order; the actions come last."""
    asked = {one.page for one in fields_of(direction)} | {Page.ACTIONS}
    return tuple(page for page in Page if page in asked)


def fields_on(page: Page, direction: Direction) -> tuple[Asked, ...]:
    """Return the fields of one page, in order."""
    return tuple(one for one in fields_of(direction) if one.page is page)


def asks_for_match(page: Page, direction: Direction) -> bool:
    """Tell whether a page asks for the same patient: the second one where it is asked.

    The page before it is every handoff's, since whose it is is chosen there.
    """
    return direction in TO_A_PRACTICE and page is pages_of(direction)[1]


def label_of(code: str) -> str:
    """Return the label of a field. Raises KeyError for a code that there is not."""
    return _BY_CODE[code].label


def blank(fields: Iterable[Asked], values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the codes of the fields that say nothing; "none" says something."""
    return tuple(one.code for one in fields if not values.get(one.code, "").strip())


def is_none(text: str) -> bool:
    """Tell whether somebody says that there is none, however they write it."""
    return text.strip().strip(".").casefold() == NONE
