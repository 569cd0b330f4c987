"""The file of patients from before Baton: read whole, and checked before anything else.

What stands in a cell is never repeated in an error: it may be a date or a name. An
error says the row, the column and what is expected there.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.refusals import Refusal

MOST_BYTES = 4_000_000
MOST_ROWS = 5_000


class Column(StrEnum):
    """The columns of the file, as its first line names them."""

    KEY = "key"
    INFUSED = "infused"
    PRODUCT = "product"
    PRACTICE = "practice"
    RESPONSIBLE = "responsible"
    DISCHARGED = "discharged"
    RETURNED = "returned"
    RELAPSED = "relapsed"
    CONDITIONS = "conditions"
    DONE = "done"


REQUIRED = (Column.INFUSED, Column.PRODUCT, Column.PRACTICE, Column.RESPONSIBLE)

EXAMPLE = """\
key,infused,product,practice,responsible,discharged,returned,relapsed,conditions,done
S-0001,45,carvykti,lakeside,chen,30,28,,none,cbc-weekly:12 igg-monthly:12
S-0002,2025-11-03,abecma,lakeside,chen,,300,,hbv steroid,
"""
"""How such a file looks; the names of rows are those of the center's protocol."""


@dataclass(frozen=True)
class Trouble:
    """What is wrong in one place of the file."""

    line: int
    """As an editor counts: the line of the columns' names is 1."""
    column: str
    expected: str

    def __str__(self) -> str:
        """Say it in one line."""
        where = f"row {self.line}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.expected}"


class ImportRefused(Refusal):
    """Nothing was imported."""


class FileRefused(ImportRefused):
    """The file was not read; nothing was kept."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        super().__init__("\n".join(str(one) for one in troubles))
        self.troubles = tuple(troubles)


@dataclass(frozen=True)
class Line:
    """One patient's cells as they stand in the file."""

    number: int
    cells: Mapping[Column, str]
    key: str
    """The file's own key of the row; without one, what stands in the row."""

    @property
    def shown_key(self) -> str:
        """The key where the file has one."""
        return self.cells.get(Column.KEY, "")


def read_lines(path: Path) -> list[Line]:
    """Return the rows of a file. Raises `FileRefused`, with every trouble found."""
    table = list(_records(_text(path)))
    columns = _columns(table[0] if table else (1, []))
    if len(table) - 1 > MOST_ROWS:
        raise FileRefused([Trouble(1, "", f"at most {MOST_ROWS} rows; split the file")])
    filled = [one for one in table[1:] if any(cell.strip() for cell in one[1])]
    if not filled:
        raise FileRefused([Trouble(2, "", "at least one patient")])
    wide = [number for number, cells in filled if len(cells) != len(columns)]
    if wide:
        says = f"{len(columns)} cells, as many as the first line names"
        raise FileRefused([Trouble(number, "", says) for number in wide])
    return _with_keys(
        (number, dict(zip(columns, map(str.strip, cells), strict=True)))
        for number, cells in filled
    )


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise FileRefused(
            [Trouble(1, "", f"a file that can be read: {reason}")]
        ) from error
    if len(raw) > MOST_BYTES:
        raise FileRefused([Trouble(1, "", f"at most {MOST_BYTES // 1_000_000} MB")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        says = "text in UTF-8 (in a spreadsheet: save as CSV UTF-8)"
        raise FileRefused([Trouble(line, "", says)]) from error


def _records(text: str) -> Iterable[tuple[int, list[str]]]:
    """Yield the records with the lines on which they begin."""
    first = text.partition("\n")[0]
    # Spreadsheets of many countries write semicolons.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        says = "cells that are separated and quoted as CSV has it"
        raise FileRefused([Trouble(begins, "", says)]) from error


def _columns(head: tuple[int, list[str]]) -> list[Column]:
    # A file without names of columns has a patient there: nothing of it is repeated.
    names = [one.strip().lower() for one in head[1]]
    known = ", ".join(Column)
    troubles = [
        Trouble(1, f"column {place}", f"one of: {known}")
        for place, name in enumerate(names, start=1)
        if name not in set(Column)
    ]
    troubles += [
        Trouble(1, "", f"a column '{one}'") for one in REQUIRED if one not in names
    ]
    twice = [
        one for one, count in Counter(names).items() if count > 1 and one in set(Column)
    ]
    troubles += [Trouble(1, one, "this column once") for one in twice]
    if troubles:
        raise FileRefused(troubles)
    return [Column(one) for one in names]


def _with_keys(found: Iterable[tuple[int, dict[Column, str]]]) -> list[Line]:
    """Return the rows with keys: rows that read alike are told apart by their order."""
    seen: Counter[str] = Counter()
    lines = []
    for number, cells in found:
        key = cells.get(Column.KEY, "")
        if not key:
            said = "\x1f".join(f"{name}={cells[name]}" for name in sorted(cells))
            key = f"\x1f{said}\x1f{seen[said]}"
            seen[said] += 1
        lines.append(Line(number, cells, key))
    return lines
