"""Rows of a follow-up protocol: what is checked after CAR T, when, and until what.

A row says what its sources say. Where Baton proposes the rest (which days around the
source's day, who does it), the row names these fields in `proposed`, so that they are
shown as a proposal and never as sourced. A center signs each row before it is planned.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from care.knowledge.statements import Packaged, Statement, Text
from care.knowledge.telling import USUALLY, Faster, MissTold
from care.knowledge.timing import Days, Doses, Recurrence, SpanText, refuse_overlap
from care.milestone import Product

Code = Annotated[str, Field(pattern=r"^[a-z0-9-]{2,40}$")]
Proposed = Annotated[str, Field(pattern=r"^(window|again|doses|who|ends|check)$")]
PROPOSED_WORDS: Mapping[str, str] = {
    "window": "the days around the source's day",
    "again": "how often",
    "doses": "how many doses, and how far apart",
    "who": "who does it",
    "ends": "how it ends",
    "check": "that it is checked at all",
}
"""How each proposed field is said: "proposed by Baton, not in the source: ..."."""


class Kind(StrEnum):
    """What a row makes of itself."""

    CHECK = "check"
    """Makes items, each done once; with a recurrence it is a monitoring series."""
    AT_EACH_VISIT = "at each visit"
    """A list inside every visit of its time; it has no items of its own."""
    STANDING = "standing"
    """Shown while it holds, and never due."""
    PRECAUTION = "running precaution"
    """Runs until somebody confirms its end; what is due is to look at it again."""


class Topic(StrEnum):
    """What a row is about, in the order in which lists show it."""

    FIRST_WEEKS = "first weeks"
    NEUROLOGY = "neurology"
    COUNTS = "counts"
    INFECTION = "infection"
    VACCINES = "vaccines"
    RESPONSE = "response"
    LATE_EFFECTS = "late effects"
    PEOPLE = "people"
    REGISTRY = "registry"


class Seat(StrEnum):
    """At which site something is done, which is resolved when it is due."""

    PRACTICE = "practice"
    CENTER = "center"
    RESPONSIBLE = "whoever is responsible"
    """The site of the clinician who is responsible at that time."""


class Condition(StrEnum):
    """What is confirmed of a patient when the plan is made, for rows that need it."""

    HBV = "hepatitis B: HBsAg, anti-HBc or DNA positive"
    STEROID = "steroid for 5 days or more"
    NEUTROPENIA = "neutropenia (ANC below 500)"
    MOULD_RISK = "earlier BMT, steroid over 3 days, or neutropenia over 28 days"
    DISTRESS = "caregiver takes part"


class Ends(StrEnum):
    """Of the parts of an end, how many somebody has to confirm."""

    ALL = "all of"
    ANY = "any of"
    LIFE_LONG = "life-long"
    REVIEW = "none in the source"
    """The source says no end: the center sets when to look again."""


class Hold(StrEnum):
    """What an item waits for, which a row may foresee."""

    IVIG = "IVIG running"
    ADMITTED = "admitted"
    CD4 = "CD4 awaited"
    PATIENT_DID_NOT_COME = "patient did not come"
    OTHER = "other"


class Answer(StrEnum):
    """What may be kept of a check; no order, colour or message depends on it."""

    ALC = "peak ALC"
    ANC = "ANC"
    PLATELETS = "platelets"
    IGG = "IgG"
    CD4 = "CD4"
    RESPONSE = "response"
    VACCINE = "vaccine given"
    IVIG = "last IVIG"


class End(Packaged):
    """What somebody confirms, so that a series or precaution ends. No value ends it."""

    how: Ends
    parts: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _has_parts(self) -> Self:
        if bool(self.parts) != (self.how in {Ends.ALL, Ends.ANY}):
            raise ValueError("parts belong to an end that is all of or any of them")
        return self


class WhoDoes(Packaged):
    """Which site orders, draws, reviews and acts."""

    orders: Seat
    draws: Seat
    reviews: Seat
    acts: Seat


def _who(told: Any) -> Any:
    every = ("orders", "draws", "reviews", "acts")
    return dict.fromkeys(every, told) if isinstance(told, str) else told


WhoText = Annotated[WhoDoes, BeforeValidator(_who)]
"""Each of the four with its site, or one site for all of them."""


class ProtocolRow(Statement):
    """One row of a protocol."""

    ref: Annotated[str, Field(pattern=r"^[A-Z]{1,3}[0-9]{2}[a-z]?$")]
    """The row's place in the clinical content; a center's own rows are C01, C02, …"""
    name: Annotated[str, Field(min_length=2, max_length=60)]
    """How it is called in lists: a few words."""
    topic: Topic
    kind: Kind
    thresholds: Annotated[str, Field(max_length=400)] | None = None
    """What the source says to consider, and at which values."""
    window: Days | None = None
    """Of a check; of a precaution, when to look at it again; else from when to when."""
    again: tuple[Recurrence, ...] = ()
    """How a check recurs after its first window, one stretch after the other."""
    also: tuple[SpanText, ...] = ()
    """Further single days after the first, each with the first window's margins."""
    doses: Doses | None = None
    """Of a vaccine: the window is the first dose's."""
    products: tuple[Product, ...] = ()
    """For which products; empty: for each."""
    applies_when: Condition | None = None
    """What somebody has to confirm of the patient; None: it always applies."""
    ends: End | None = None
    """How a series or precaution ends."""
    who: WhoText
    choice: Code | None = None
    """Rows with the same choice disagree: a center signs one of them."""
    until_relapse: bool = False
    """Of response alone: a relapse or new therapy ends it."""
    holds: tuple[Hold, ...] = ()
    answers: tuple[Answer, ...] = ()
    proposed: tuple[Proposed, ...] = ()
    """Fields that are Baton's proposal (D), and not in the source."""
    told: Faster = None
    """After how many working days others hear of a miss, where that is faster."""
    own: bool = False
    """A center wrote or changed it: what it says is the center's, not the source's."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.makes_items and self.window is None:
            raise ValueError("a check or precaution needs a window")
        if (self.again or self.also or self.doses) and not self.makes_items:
            raise ValueError("only a check or precaution recurs")
        if self.told and not self.makes_items:
            raise ValueError("only a check or precaution is missed: no told")
        if self.doses and (self.again or self.also):
            raise ValueError("doses are a series of their own: no again, no also")
        if any(one.until is None for one in self.again[:-1]):
            raise ValueError("only the last stretch of a series goes on without end")
        if self.is_open_ended and self.ends is None:
            raise ValueError("what goes on without end says how it ends")
        return self

    @model_validator(mode="after")
    def _does_not_overlap(self) -> Self:
        if self.window is not None:
            refuse_overlap(self.window, self.also, self.again, self.doses)
        return self

    @property
    def makes_items(self) -> bool:
        """Whether something of it is due."""
        return self.kind in {Kind.CHECK, Kind.PRECAUTION}

    @property
    def is_open_ended(self) -> bool:
        """Whether it goes on until somebody confirms its end, or for life."""
        goes_on = bool(self.again) and self.again[-1].until is None
        return goes_on or self.kind is Kind.PRECAUTION

    @property
    def is_life_long(self) -> bool:
        """Whether it goes on for as long as the patient lives."""
        return self.ends is not None and self.ends.how is Ends.LIFE_LONG

    @property
    def miss_told(self) -> MissTold:
        """How soon others hear of a miss."""
        return self.told or USUALLY

    @property
    def seat(self) -> Seat:
        """Where it is done: at the site that draws."""
        return self.who.draws
