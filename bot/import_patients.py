"""Patients from before Baton: each row of their file, compared with the setup."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.import_file import REQUIRED, Column, FileRefused, Line, Trouble
from care.imported import nearest
from care.knowledge.protocol import Condition, ProtocolRow
from care.milestone import Product
from care.plan import Basis, Occurrence, applies
from care.privacy import find_identifiers

NAMESPACE = uuid.UUID("3c9a5c0e-8d0b-5a64-9d1e-6a1f2b7c4d11")
MOST_YEARS = 30
"""How long ago an infusion may lie: farther is a slip of the hand."""
KEY = re.compile(r"^(?=.*[0-9])(?!.*[0-9]{6})[A-Za-z0-9][A-Za-z0-9._-]{1,39}$")
"""A study number: some digit, since names have none; never six digits in a row."""


@dataclass(frozen=True)
class Responsible:
    """Somebody who may be responsible for a patient."""

    id: str
    at_center: bool


@dataclass(frozen=True)
class Known:
    """What a file's cells are compared with."""

    practice: str
    """The key of the link's practice."""
    people: Mapping[str, Responsible]
    """By key; without those whose key stands at both sites."""
    rows: Mapping[str, ProtocolRow]
    """The center's protocol, by id."""
    from_day: date
    """The date at the center from which days are counted back."""


@dataclass(frozen=True)
class Patient:
    """One patient from before Baton, complete and sensible."""

    line: int
    key: str
    product: Product
    responsible_id: str
    day0: date
    discharged: date | None = None
    returned: date | None = None
    relapsed: date | None = None
    conditions: frozenset[Condition] | None = None
    """None: nobody has said yet."""
    done: tuple[tuple[Occurrence, date], ...] = ()

    @property
    def basis(self) -> Basis:
        """What the plan is computed from."""
        return Basis(self.day0, self.product, self.conditions or frozenset())


def import_id(link_id: str, key: str, *what: str) -> str:
    """Return the id that a row's case, or part of it, has however often it comes."""
    digest = hashlib.sha256(f"{link_id}\x1f{key}".encode()).hexdigest()
    return uuid.uuid5(NAMESPACE, "\x1f".join((digest, *what))).hex


def read_patients(lines: Sequence[Line], known: Known) -> list[Patient]:
    """Return the patients of a file. Raises `FileRefused`, with every trouble found."""
    troubles = _doubled(lines)
    patients = []
    for line in lines:
        reader = _Reader(line, known)
        patients.append(reader.patient())
        troubles += reader.troubles
    if troubles:
        raise FileRefused(sorted(troubles, key=lambda one: one.line))
    return [one for one in patients if one is not None]


def _doubled(lines: Sequence[Line]) -> list[Trouble]:
    first: dict[str, int] = {}
    troubles = []
    for line in lines:
        there = first.setdefault(line.key, line.number)
        if there != line.number:
            says = f"a key of its own; row {there} has the same"
            troubles.append(Trouble(line.number, Column.KEY, says))
    return troubles


class _Reader:
    """Reads one row, and collects what is wrong with it."""

    def __init__(self, line: Line, known: Known) -> None:
        self._line = line
        self._known = known
        self.troubles: list[Trouble] = []

    def patient(self) -> Patient | None:
        """Return the patient, or None where something is wrong."""
        self._check_key()
        self._check_practice()
        product = self._product()
        conditions = self._conditions()
        day0 = self._day(Column.INFUSED)
        later = {
            one: self._day(one, since=day0)
            for one in (Column.DISCHARGED, Column.RETURNED, Column.RELAPSED)
        }
        person = self._responsible(is_back=bool(self._cell(Column.RETURNED)))
        if product is None or day0 is None or person is None or self.troubles:
            return None
        patient = Patient(
            line=self._line.number,
            key=self._line.key,
            product=product,
            responsible_id=person.id,
            day0=day0,
            discharged=later[Column.DISCHARGED],
            returned=later[Column.RETURNED],
            relapsed=later[Column.RELAPSED],
            conditions=conditions,
        )
        return self._with_done(patient)

    def _cell(self, column: Column) -> str:
        return self._line.cells.get(column, "")

    def _wrong(self, column: Column, expected: str) -> None:
        self.troubles.append(Trouble(self._line.number, column, expected))

    def _check_key(self) -> None:
        key = self._cell(Column.KEY)
        if key and (KEY.fullmatch(key) is None or find_identifiers(key)):
            self._wrong(
                Column.KEY,
                "a random study number such as S-0042, or nothing: no name, and no"
                " record number (six digits in a row, or more)",
            )

    def _check_practice(self) -> None:
        if self._cell(Column.PRACTICE).lower() != self._known.practice:
            says = f"the key of the link's practice, '{self._known.practice}'"
            self._wrong(Column.PRACTICE, says)

    def _product(self) -> Product | None:
        told = self._cell(Column.PRODUCT).lower()
        if told not in PRODUCTS:
            self._wrong(Column.PRODUCT, f"one of: {', '.join(PRODUCTS)}")
        return PRODUCTS.get(told)

    def _responsible(self, *, is_back: bool) -> Responsible | None:
        people = self._known.people
        able = sorted(key for key, one in people.items() if one.at_center != is_back)
        told = self._cell(Column.RESPONSIBLE).lower()
        if told not in able:
            where = "practice, since the patient is back" if is_back else "center"
            says = f"who is responsible at the {where}; one of: {', '.join(able)}"
            self._wrong(Column.RESPONSIBLE, says)
            return None
        return people[told]

    def _conditions(self) -> frozenset[Condition] | None:
        told = _words(self._cell(Column.CONDITIONS))
        if not told or told == ["none"]:
            return frozenset() if told else None
        if set(told) - CONDITIONS.keys():
            says = f"nothing, 'none', or some of: {' '.join(CONDITIONS)}"
            self._wrong(Column.CONDITIONS, says)
            return None
        return frozenset(CONDITIONS[one] for one in told)

    def _day(self, column: Column, *, since: date | None = None) -> date | None:
        told = self._cell(column)
        if not told and column not in REQUIRED:
            return None
        day = _day_of(told, self._known.from_day)
        expected = self._expected(day, since)
        if expected:
            self._wrong(column, expected)
            return None
        return day

    def _expected(self, day: date | None, since: date | None) -> str:
        """Return what is expected in the place of a day; empty where it is right."""
        today = self._known.from_day
        if day is None:
            return "how many days ago, or a date such as 2026-03-01"
        if day > today:
            return "a day that has come"
        if since is not None and day < since:
            return "a day after the infusion, or that of the infusion"
        too_long_ago = (today - day).days > MOST_YEARS * 366
        return f"a day of the last {MOST_YEARS} years" if too_long_ago else ""

    def _with_done(self, patient: Patient) -> Patient | None:
        found: dict[tuple[str, int], tuple[Occurrence, date]] = {}
        for told in _words(self._cell(Column.DONE)):
            one = self._done(patient, told)
            if one is None:
                return None
            found[one[0].row.id, one[0].number] = one
        done = tuple(found.values())
        return replace(patient, done=done)

    def _done(self, patient: Patient, told: str) -> tuple[Occurrence, date] | None:
        name, _, when = told.partition(":")
        row = self._known.rows.get(name)
        if row is None:
            says = "checks as ID:DAYS, with spaces between them; an id is not known"
            self._wrong(Column.DONE, says)
            return None
        day = _day_of(when, self._known.from_day)
        if day is None or not patient.day0 <= day <= self._known.from_day:
            says = f"for {row.id} how many days ago, since the infusion"
            self._wrong(Column.DONE, says)
            return None
        there = nearest(row, patient.day0, day) if applies(row, patient.basis) else None
        if there is None:
            says = f"no {row.id}: it is not due for this product and these conditions"
            self._wrong(Column.DONE, says)
            return None
        return there, day


def _words(told: str) -> list[str]:
    return told.lower().replace(",", " ").replace(";", " ").split()


def days_in(told: str) -> timedelta | None:
    """Return how many days ago a cell says that something was; None for a date."""
    is_count = re.fullmatch(r"[0-9]{1,5}", told, re.ASCII)
    return timedelta(days=int(told)) if is_count else None


def _day_of(told: str, from_day: date) -> date | None:
    ago = days_in(told)
    try:
        if ago is not None:
            return from_day - ago
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", told, re.ASCII):
            return date.fromisoformat(told)
    except (ValueError, OverflowError):
        return None
    return None


PRODUCTS: Mapping[str, Product] = {
    "carvykti": Product.CARVYKTI,
    "cilta-cel": Product.CARVYKTI,
    "abecma": Product.ABECMA,
    "ide-cel": Product.ABECMA,
    "trial": Product.TRIAL,
    "other": Product.OTHER,
}
CONDITIONS: Mapping[str, Condition] = {one.name.lower(): one for one in Condition}
"""How conditions are named in a file: hbv, steroid, …"""
