"""The import of patients from before Baton: read, shown, and then carried out."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.actions.importing import ADDED, import_patient, infusion_id
from bot.center_protocol import kept_rows, signatures_of, the_protocol
from bot.handoff_sheets import may_be_responsible
from bot.import_file import Column, ImportRefused, Line, read_lines
from bot.import_patients import (
    Known,
    Patient,
    Responsible,
    days_in,
    import_id,
    read_patients,
)
from care.growth import to_keep
from care.knowledge.protocol import Kind, ProtocolRow
from care.plan import applies
from scheduler.calendars import local_day
from storage.actors import Operator
from storage.records import Clinician, Link, Site
from storage.unit import Reading, Store

BREATH = 0.005
"""Seconds between two patients, in which a Baton that runs meanwhile gets its turn."""
HEAD = ["row", "key", "case code"]
"""The first line of the file with the codes."""


@dataclass(frozen=True)
class Prepared:
    """A file that was read whole, and what of it is there already."""

    link: Link
    center: Site
    known: Known
    today: date
    """The date at the center."""
    patients: Sequence[Patient]
    lines: Sequence[Line]
    there: Mapping[str, str]
    """The codes of those that are there, by the ids of their cases."""
    signed: frozenset[str]
    """Ids of the rows that the center has signed."""

    @property
    def fresh(self) -> list[Patient]:
        """The patients that are not there yet."""
        return [one for one in self.patients if self.case_id(one.key) not in self.there]

    def case_id(self, key: str) -> str:
        """Return the id of the case of a row."""
        return import_id(self.link.id, key)

    @property
    def months(self) -> Mapping[date, int]:
        """How many checks would open in which month, of those that are not there."""
        rows = [one for one in self.known.rows.values() if one.id in self.signed]
        opens: Counter[date] = Counter()
        for patient in self.fresh:
            done = {(one.row.id, one.number) for one, _ in patient.done}
            for one in to_keep(rows, patient.basis, today=self.today):
                if (one.row.id, one.number) not in done:
                    day = max(one.window.earliest, self.today)
                    opens[day.replace(day=1)] += 1
        return dict(sorted(opens.items()))

    @property
    def unsigned(self) -> list[ProtocolRow]:
        """Rows that would make checks for some patient, were they signed."""
        chosen = {self.known.rows[one].choice for one in self.signed} - {None}
        return [
            row
            for row in self.known.rows.values()
            if row.id not in self.signed
            and row.choice not in chosen
            and row.kind in {Kind.CHECK, Kind.PRECAUTION}
            and any(applies(row, one.basis) for one in self.fresh)
        ]


@dataclass(frozen=True)
class Outcome:
    """What an import did."""

    added: int
    there: int
    codes: Path


def prepare(
    reading: Reading, path: Path, link_name: str, *, counted_from: date | None = None
) -> Prepared:
    """Read a file for a link and check all of it. Raises `Refusal`; keeps nothing."""
    link, practice, center = _link_named(reading, link_name)
    lines = read_lines(path)
    there = reading.cases.codes([import_id(link.id, one.key) for one in lines])
    today = local_day(center, reading.now)
    before = _counted_before(reading, link, lines, there)
    from_day = counted_from or before or today
    _check_counted(from_day, before, today)
    protocol = the_protocol(reading, center)
    kept = kept_rows(protocol)
    people = _people(reading, practice, center)
    known = Known(practice.key, people, kept.by_id, from_day)
    return Prepared(
        link=link,
        center=center,
        known=known,
        today=today,
        patients=read_patients(lines, known),
        lines=lines,
        there=there,
        signed=frozenset(signatures_of(reading, protocol, kept.digests)),
    )


def carry_out(
    store: Store,
    by: Operator,
    prepared: Prepared,
    path: Path,
    *,
    tick: Callable[[], None] = lambda: None,
) -> Outcome:
    """Add the patients, each in a transaction of its own, and write their codes.

    Where it is stopped in the middle, whoever was added stays, and the same file
    again goes on from there. Raises `ImportRefused` before anything is kept where
    the codes could not be written.
    """
    codes = codes_beside(path)
    _write(codes, _code_rows(prepared, prepared.there))
    added = 0
    try:
        for one in prepared.fresh:
            with store.act(by) as uow:
                link_id = prepared.link.id
                done = import_patient(uow=uow, by=by, link_id=link_id, patient=one)
            added += done.what == ADDED
            tick()
            time.sleep(BREATH)
    finally:
        ids = [prepared.case_id(one.key) for one in prepared.lines]
        with store.read() as reading:
            there = reading.cases.codes(ids)
        _write(codes, _code_rows(prepared, there))
    return Outcome(added, len(prepared.patients) - added, codes)


def codes_beside(path: Path) -> Path:
    """Return where the case codes of a file are written."""
    return path.with_name(f"{path.name.removesuffix('.csv')}.codes.csv")


def _link_named(reading: Reading, name: str) -> tuple[Link, Site, Site]:
    """Return the active link of a name such as lakeside/university."""
    known = {}
    for link in reading.people.links():
        practice = reading.people.site(link.practice_id)
        center = reading.people.site(link.center_id)
        known[f"{practice.key}/{center.key}"] = (link, practice, center)
    if name not in known:
        raise ImportRefused(
            "Name the link as PRACTICE/CENTER, by their keys: "
            + (", ".join(sorted(known)) or "there is none yet")
        )
    return known[name]


def _people(reading: Reading, practice: Site, center: Site) -> dict[str, Responsible]:
    """Return who may be responsible, by key; at both sites a key is told apart."""
    here = may_be_responsible(reading, practice.id)
    there = may_be_responsible(reading, center.id)
    both = {one.key for one in here} & {one.key for one in there}

    def named(site: Site, one: Clinician) -> str:
        return f"{site.key}/{one.key}" if one.key in both else one.key

    return {named(practice, p): Responsible(p.id, at_center=False) for p in here} | {
        named(center, p): Responsible(p.id, at_center=True) for p in there
    }


def _counted_before(
    reading: Reading, link: Link, lines: Sequence[Line], there: Mapping[str, str]
) -> date | None:
    """Return from which day this file was counted when its import began.

    Its infusions are kept as days: a file that goes on later means the same ones.
    """
    for line in lines:
        case_id = import_id(link.id, line.key)
        ago = days_in(line.cells[Column.INFUSED])
        if case_id in there and ago is not None:
            infusion = reading.courses.milestone(infusion_id(link.id, case_id))
            return infusion.milestone.day + ago
    return None


def _check_counted(from_day: date, before: date | None, today: date) -> None:
    if from_day > today:
        raise ImportRefused("Days are counted from a day that has come.")
    if before is not None and from_day != before:
        raise ImportRefused(
            "Some of these patients are there, and their days were counted from another"
            " day. Leave out --counted-from, and the same day is taken again."
        )


def _code_rows(prepared: Prepared, there: Mapping[str, str]) -> Iterable[list[str]]:
    """Yield the first line, and one for each patient who is there."""
    yield HEAD
    for line in prepared.lines:
        code = there.get(prepared.case_id(line.key))
        if code is not None:
            yield [str(line.number), line.shown_key, code]


def _write(path: Path, rows: Iterable[list[str]]) -> None:
    """Put a file in the place of another, at once and for this account's eyes only."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    try:
        _check_is_ours(path)
        # Such a file is made with mode 0600.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text.getvalue())
        Path(name).replace(path)
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise ImportRefused(
            f"{path}: {reason}. The case codes are written there, beside the file."
        ) from error


def _check_is_ours(path: Path) -> None:
    """Refuse to overwrite what is no file of codes."""
    if path.exists() and not path.read_text("utf-8").startswith(",".join(HEAD)):
        raise ImportRefused(
            f"{path} is there already and holds no case codes: move it away first."
        )
