"""A center's protocol as a file: what is wrong with it, and what it has otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.refusals import Refusal
from care.knowledge.protocol import ProtocolRow
from care.knowledge.protocols import (
    Differences,
    differences,
    newest_version,
    packaged_rows,
)
from care.knowledge.reading import (
    BadKnowledge,
    all_wrong,
    packaged_sources,
    read_rows,
)

SAID = frozenset({"statement", "thresholds", "population", "window", "again", "ends"})
"""Fields that say what a source says, unless they are named in `proposed`."""


class ProtocolRefused(Refusal):
    """The file is no protocol. Nothing was changed."""

    def __init__(self, wrong: Sequence[BadKnowledge]) -> None:
        super().__init__("\n".join(str(one) for one in wrong))
        self.wrong = tuple(wrong)


def read_protocol(path: Path) -> tuple[ProtocolRow, ...]:
    """Return the rows of a file. Raises `ProtocolRefused` with all that is wrong."""
    text = _text(path)
    known = packaged_sources()
    if wrong := all_wrong(ProtocolRow, text, known, file=path.name):
        raise ProtocolRefused(wrong)
    return read_rows(ProtocolRow, text, known, file=path.name)


def check_lines(rows: Sequence[ProtocolRow], file: str) -> Iterator[str]:
    """Yield what is said of a whole file: one line, then each difference.

    It is compared with the newest packaged version.
    """
    version = newest_version()
    found = differences(packaged_rows(version), rows)
    yield f"{file}: {len(rows)} rows, nothing wrong; {summary(found, version)}"
    for one in found.added:
        yield f"  added    {one.id}"
    for one in found.dropped:
        yield f"  dropped  {one.id}"
    for one in found.changed:
        yield f"  changed  {one.id}: {', '.join(one.fields)}"
    yield from _to_look_at(found, rows)


def summary(found: Differences, version: str) -> str:
    """Return in one line how many rows are otherwise than in a packaged version."""
    if not found:
        return f"the same as {version}"
    counts = (
        (len(found.added), "added"),
        (len(found.dropped), "dropped"),
        (len(found.changed), "changed"),
    )
    told = ", ".join(f"{number} {what}" for number, what in counts if number)
    return f"beside {version}: {told}"


def _to_look_at(found: Differences, rows: Sequence[ProtocolRow]) -> Iterator[str]:
    """Yield what is no fault, but reads otherwise than was perhaps meant."""
    for one in found.changed:
        row = one.new
        if row is None or row.own:
            continue
        if changed := [f for f in one.fields if f in SAID and f not in row.proposed]:
            cited = ", ".join(row.sources)
            yield (
                f"  look at  {one.id}: {', '.join(changed)} changed, and shown as what"
                f" {cited} says; `own: true` says that it is the center's"
            )
    for one in found.added:
        if one.new and not one.new.own:
            yield f"  look at  {one.id}: `own: true` says that it is the center's"
    choices = Counter(one.choice for one in rows if one.choice)
    for choice in (one for one, count in choices.items() if count == 1):
        yield f"  look at  choice {choice}: one row has it, nothing disagrees"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        wrong = f"cannot be read: {error.strerror or error}"
        raise ProtocolRefused([BadKnowledge(str(path), "", "", wrong)]) from error
    except UnicodeDecodeError as error:
        wrong = "is no text in UTF-8"
        raise ProtocolRefused([BadKnowledge(path.name, "", "", wrong)]) from error
