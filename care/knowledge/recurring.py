"""How a row recurs, as people write it: a line each, and the same lines read back.

"every 2 months until 1 year, 7 days early, 14 days late", "again at 6 months",
"3 doses, 1 month apart".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from care.knowledge.protocol import ProtocolRow
from care.knowledge.timing import Doses, Recurrence
from care.spans import Span

SPAN = r"\d+ [a-z]+"
EVERY = re.compile(
    rf"every (?P<every>{SPAN})(?: until (?P<until>{SPAN}))?"
    r"(?:, (?P<early>\d+ days?) early)?(?:, (?P<late>\d+ days?) late)?"
)
AT = re.compile(rf"again at ({SPAN})")
DOSES = re.compile(rf"(\d+) doses, ({SPAN}) apart")
HOW = (
    'write "every 2 months until 1 year", "again at 6 months" or "3 doses, 1 month'
    ' apart"'
)


@dataclass(frozen=True)
class Recurring:
    """How a row goes on after its first window."""

    again: tuple[Recurrence, ...] = ()
    also: tuple[Span, ...] = ()
    doses: Doses | None = None


def lines_of(row: ProtocolRow) -> Iterator[str]:
    """Yield how a row goes on, as it is written in a form."""
    for span in row.also:
        yield f"again at {span}"
    if row.doses:
        yield f"{row.doses.count} doses, {row.doses.apart} apart"
    for one in row.again:
        until = f" until {one.until}" if one.until else ""
        early = f", {one.early} early" if one.early else ""
        late = f", {one.late} late" if one.late else ""
        yield f"every {one.every}{until}{early}{late}"


def read_recurring(text: str) -> Recurring:
    """Read what was written. Raises ValueError, naming the line."""
    again: list[Recurrence] = []
    also: list[Span] = []
    doses: Doses | None = None
    for line in filter(None, map(_plain, text.splitlines())):
        if found := EVERY.fullmatch(line):
            again.append(_recurrence(found))
        elif found := AT.fullmatch(line):
            also.append(Span.parse(found[1]))
        elif (found := DOSES.fullmatch(line)) and doses is None:
            doses = _doses(int(found[1]), Span.parse(found[2]))
        else:
            raise ValueError(f"“{line}” cannot be read: {HOW}")
    return Recurring(tuple(again), tuple(also), doses)


def _recurrence(found: re.Match[str]) -> Recurrence:
    told = {name: Span.parse(one) for name, one in found.groupdict().items() if one}
    return Recurrence(**told)


def _doses(number: int, apart: Span) -> Doses:
    try:
        return Doses(count=number, apart=apart)
    except ValidationError as error:
        raise ValueError("a series has 2 to 10 doses") from error


def _plain(line: str) -> str:
    return " ".join(line.lower().split()).rstrip(".;,")
