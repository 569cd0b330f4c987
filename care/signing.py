"""Signing: how a row stands with a center that reads and signs it.

A signature is of a row as it read then. Where the row reads otherwise since, it is not
signed; where the signature is older than the center's limit it looks so, and stops
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from care.people import ANSWERING, Role, SiteKind

ASKED_BEFORE = timedelta(days=14)
"""How long before a signature looks stale its signer is asked."""


class Standing(StrEnum):
    """How a row stands with a center."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    STALE = "stale"
    """Signed, and longer ago than the center's limit."""
    CHANGED = "changed since"
    """It reads otherwise since it was signed."""

    @property
    def counts(self) -> bool:
        """Whether what the row says is planned: staleness never stops anything."""
        return self in {Standing.SIGNED, Standing.STALE}


class Signable(Protocol):
    """What is known of a row for counting: rows with one choice disagree."""

    @property
    def key(self) -> str:
        """Under which it is signed."""

    @property
    def choice(self) -> str | None:
        """Among which rows a center chooses."""

    @property
    def standing(self) -> Standing:
        """How it stands."""


@dataclass(frozen=True)
class Signed:
    """A standing signature: of which text, on which day at the center."""

    digest: str
    on: date


@dataclass(frozen=True)
class Limit:
    """When a center's signatures look stale, and which day it is there."""

    days: int
    today: date

    def stale_from(self, signed_on: date) -> date:
        """Return the first day on which what was signed then looks stale."""
        return signed_on + timedelta(days=self.days + 1)

    def asks_on(self, signed_on: date) -> bool:
        """Tell whether its signer is asked by now whether it still holds."""
        return self.today >= self.stale_from(signed_on) - ASKED_BEFORE


@dataclass(frozen=True)
class Count:
    """How many rows are signed. Rows that disagree are one: only one is chosen."""

    signed: int
    all: int

    @property
    def unsigned(self) -> int:
        """How many are not."""
        return self.all - self.signed

    def __str__(self) -> str:
        """Say it as plans begin: "12 of 34 rows signed; 22 are not scheduled"."""
        said = f"{self.signed} of {self.all} rows signed"
        if not self.unsigned:
            return said
        verb = "is" if self.unsigned == 1 else "are"
        return f"{said}; {self.unsigned} {verb} not scheduled"


def may_sign(*, signs: bool, role: Role, kind: SiteKind) -> bool:
    """Tell whether somebody may sign for their site: by the right that setup gives.

    The right ends with the role: whoever is no specialist or lead any more has it not.
    """
    return signs and role in ANSWERING and kind is SiteKind.CENTER


def stand(digest: str, signature: Signed | None, limit: Limit) -> Standing:
    """Return how a row with this text stands, by the signature that stands for it."""
    if signature is None:
        return Standing.UNSIGNED
    if signature.digest != digest:
        return Standing.CHANGED
    if limit.today >= limit.stale_from(signature.on):
        return Standing.STALE
    return Standing.SIGNED


def count(rows: Iterable[Signable]) -> Count:
    """Count the rows of a protocol; of those that disagree one is to be chosen."""
    positions: dict[str, bool] = {}
    for one in rows:
        # A choice is no key: keys of rows and names of choices may be the same word.
        place = f"choice/{one.choice}" if one.choice else f"row/{one.key}"
        positions[place] = positions.get(place, False) or one.standing.counts
    return Count(sum(positions.values()), len(positions))
