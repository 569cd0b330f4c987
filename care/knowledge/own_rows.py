"""A center's own rows: what it writes or changes is the center's, not the source's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from care.knowledge.protocol import End, Ends, Kind, ProtocolRow, Seat, Topic, WhoDoes
from care.knowledge.protocols import changed_fields
from care.knowledge.recurring import lines_of, read_recurring
from care.knowledge.statements import Mark
from care.knowledge.timing import Days
from care.spans import Span

OWN_PRACTICE = "S0"
"""What a center's own statement cites: no paper, but its own practice."""
MOST = 99
"""Rows of its own that a center has at most: C01 to C99."""
PROPOSALS: Mapping[str, str] = {
    "window": "window",
    "again": "again",
    "also": "again",
    "doses": "doses",
    "who": "who",
    "ends": "ends",
}
"""Which proposal of Baton's ends where a center changes a field itself."""
SEATS = ("orders", "draws", "reviews", "acts")
OWN_REF = re.compile(r"C([0-9]{2})[a-z]?")


class BadWording(ValueError):
    """What was written is no row."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = dict(sentences)
        """What is wrong, by the fields of `Wording`."""


@dataclass(frozen=True)
class Wording:
    """A row as somebody writes it in a form; spans and recurrence are text."""

    name: str
    statement: str
    seat: str = ""
    """Of a new row: where all of it is done; of another, empty is as it is."""
    topic: str = ""
    """Of a new row, and its kind; another row keeps its own."""
    kind: str = ""
    thresholds: str = ""
    earliest: str = ""
    target: str = ""
    latest: str = ""
    again: str = ""
    ends: str = ""
    parts: str = ""


def wording_of(row: ProtocolRow) -> Wording:
    """Return a row as its form shows it."""
    window, ends = row.window, row.ends
    return Wording(
        name=row.name,
        statement=row.statement,
        seat=row.seat.value,
        topic=row.topic.value,
        kind=row.kind.value,
        thresholds=row.thresholds or "",
        earliest=str(window.earliest) if window else "",
        target=str(window.target) if window else "",
        latest=str(window.latest) if window else "",
        again="\n".join(lines_of(row)),
        ends=ends.how.value if ends else "",
        parts="\n".join(ends.parts) if ends else "",
    )


def reworded(row: ProtocolRow, wording: Wording) -> ProtocolRow:
    """Return a row as it is written now. Raises `BadWording`.

    What the form does not ask stays as it is; for whom it is, who does it and how
    soon a miss is told stands in a form of its own (`own_reach`).
    """
    if wording == wording_of(row):
        return row
    who = row.who if wording.seat in {"", row.seat} else None
    told = {name: getattr(row, name) for name in ProtocolRow.model_fields}
    return _made(told | _fields(wording, who))


def written(wording: Wording, used: Collection[str], today: date) -> ProtocolRow:
    """Return a new row. Raises `BadWording`; `used` are refs that a center has used."""
    fields = _fields(wording, None)
    number = 1 + max((int(m[1]) for m in map(OWN_REF.match, used) if m), default=0)
    if number > MOST:
        raise BadWording({"name": f"A center has {MOST} rows of its own at most."})
    slug = re.sub(r"[^a-z0-9]+", "-", wording.name.lower()).strip("-")[:30]
    return _made(
        fields
        | {
            "id": f"c{number:02}-{slug}".strip("-"),
            "ref": f"C{number:02}",
            "topic": chosen(Topic, wording.topic, "topic"),
            "kind": chosen(Kind, wording.kind, "kind"),
            "sources": (OWN_PRACTICE,),
            "mark": Mark.SOURCE,
            "last_checked": today,
            "checked_by": None,
            "own": True,
        }
    )


def as_own(row: ProtocolRow, packaged: ProtocolRow | None) -> ProtocolRow:
    """Return a row, marked as the center's where the packaged one reads otherwise."""
    if packaged is None:
        return row.model_copy(update={"own": True})
    changed = set(changed_fields(packaged, row)) - {"own", "proposed"}
    if not changed:
        return packaged
    ended = {PROPOSALS[one] for one in changed if one in PROPOSALS}
    proposed = tuple(one for one in row.proposed if one not in ended)
    return row.model_copy(update={"own": True, "proposed": proposed})


def all_as_own(
    rows: Iterable[ProtocolRow], packaged: Iterable[ProtocolRow]
) -> tuple[ProtocolRow, ...]:
    """Return a whole protocol, each row marked as the center's where it is."""
    known = {one.id: one for one in packaged}
    return tuple(as_own(one, known.get(one.id)) for one in rows)


def _fields(wording: Wording, who: WhoDoes | None) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    told: dict[str, Any] = {
        "name": wording.name.strip(),
        "statement": wording.statement.strip(),
        "thresholds": wording.thresholds.strip() or None,
        "who": who or dict.fromkeys(SEATS, chosen(Seat, wording.seat, "seat")),
    }
    for make in (_window, _recurring, _ends):
        try:
            told |= make(wording)
        except BadWording as bad:
            wrong |= bad.sentences
    if wrong:
        raise BadWording(wrong)
    return told


def _window(wording: Wording) -> dict[str, Any]:
    texts = {
        "target": wording.target,
        "earliest": wording.earliest,
        "latest": wording.latest,
    }
    if not any(one.strip() for one in texts.values()):
        return {"window": None}
    if not wording.target.strip():
        raise BadWording({"target": "Say when it is due: 30 days, or 6 months."})
    spans: dict[str, Span] = {}
    for name, text in texts.items():
        try:
            spans[name] = Span.parse(text.strip().lower() or wording.target)
        except ValueError as error:
            raise BadWording({name: sentence(error)}) from error
    try:
        return {"window": Days(**spans)}
    except ValidationError as error:
        said = sentence(error.errors()[0]["msg"])
        raise BadWording({"target": said}) from error


def _recurring(wording: Wording) -> dict[str, Any]:
    try:
        found = read_recurring(wording.again)
    except ValueError as error:
        raise BadWording({"again": sentence(error)}) from error
    return {"again": found.again, "also": found.also, "doses": found.doses}


def _ends(wording: Wording) -> dict[str, Any]:
    parts = tuple(one.strip() for one in wording.parts.splitlines() if one.strip())
    if not wording.ends:
        if parts:
            raise BadWording({"ends": "Say whether all of it, or any of it, ends it."})
        return {"ends": None}
    how = chosen(Ends, wording.ends, "ends")
    try:
        return {"ends": End(how=how, parts=parts)}
    except ValidationError as error:
        said = sentence(error.errors()[0]["msg"])
        raise BadWording({"parts": said}) from error


def chosen(kinds: Any, value: str, field: str) -> Any:
    """Return the one of some kinds that was chosen. Raises `BadWording`."""
    try:
        return kinds(value)
    except ValueError as error:
        raise BadWording({field: "Choose one."}) from error


def _made(told: Mapping[str, Any]) -> ProtocolRow:
    try:
        return ProtocolRow(**told)
    except ValidationError as error:
        sentences = {_place(one): sentence(one["msg"]) for one in error.errors()}
        raise BadWording(sentences) from error


def _place(wrong: Mapping[str, Any]) -> str:
    """Return at which field stands what is wrong with a row as a whole."""
    if wrong["loc"]:
        first = str(wrong["loc"][0])
        return {"window": "target", "id": "name"}.get(first, first)
    said = str(wrong["msg"])
    if "needs a window" in said:
        return "target"
    return "ends" if "how it ends" in said else "again"


def sentence(error: object) -> str:
    """Return what is wrong as a sentence."""
    said = str(error).removeprefix("Value error, ")
    return f"{said[:1].upper()}{said[1:]}."
