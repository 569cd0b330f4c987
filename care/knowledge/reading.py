"""Reads packaged knowledge; an error names the file, the row and the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from care.knowledge.statements import Packaged, Source, Statement

SOURCES = "sources.yaml"
OWN = "S0"
"""The key of a source that is a center's own practice."""
TWICE = "stands there twice"
Row = TypeVar("Row", bound=Statement)
Entry = TypeVar("Entry", bound=Packaged)


class BadKnowledge(Exception):
    """A packaged file cannot be shown as it stands."""

    def __init__(self, file: str, row: str, field: str, wrong: str) -> None:
        where = ", ".join(part for part in (row, field) if part)
        super().__init__(f"{file}: {where}: {wrong}" if where else f"{file}: {wrong}")


def packaged_text(file: str) -> str:
    """Return the text of a file of this package."""
    return files(__package__).joinpath(file).read_text(encoding="utf-8")


@cache
def packaged_sources() -> Mapping[str, Source]:
    """Return what each key of a packaged source stands for. Raises `BadKnowledge`."""
    return MappingProxyType(read_sources(packaged_text(SOURCES)))


def read_sources(text: str, file: str = SOURCES) -> dict[str, Source]:
    """Return what each key of a source stands for. Raises `BadKnowledge`."""
    told = _yaml(text, file)
    if not isinstance(told, dict):
        raise BadKnowledge(file, "", "", "must be one entry for each key")
    return {str(key): _entry(Source, one, file, str(key)) for key, one in told.items()}


def read_rows(
    kind: type[Row], text: str, sources: Mapping[str, Source], *, file: str
) -> tuple[Row, ...]:
    """Return a file's rows, each with known sources. Raises `BadKnowledge`."""
    rows = tuple(
        _entry(kind, one, file, _name(place, one))
        for place, one in enumerate(_list(text, file), start=1)
    )
    _refuse_unknown_sources(rows, sources, file)
    _refuse_twice((one.id for one in rows), file)
    return rows


def all_wrong(
    kind: type[Row], text: str, sources: Mapping[str, Source], *, file: str
) -> list[BadKnowledge]:
    """Return all that is wrong with a file's rows, in its order; empty where none is.

    It is for who writes a file, and mends everything at once.
    """
    try:
        told = _list(text, file)
    except BadKnowledge as error:
        return [error]
    found: list[BadKnowledge] = []
    ids: list[str] = []
    for place, one in enumerate(told, start=1):
        row = _name(place, one)
        found += _wrong_fields(kind, one, file, row)
        found += _wrong_sources(one, sources, file, row)
        named = one.get("id") if isinstance(one, dict) else None
        if named in ids:
            found.append(BadKnowledge(file, row, "id", TWICE))
        ids.append(str(named))
    return found


def _wrong_fields(
    kind: type[Row], told: object, file: str, row: str
) -> list[BadKnowledge]:
    try:
        kind.model_validate(told)
    except ValidationError as error:
        return [
            BadKnowledge(file, row, ".".join(map(str, one["loc"])), one["msg"])
            for one in error.errors()
        ]
    return []


def _wrong_sources(
    told: object, sources: Mapping[str, Source], file: str, row: str
) -> list[BadKnowledge]:
    named = told.get("sources") if isinstance(told, dict) else None
    if not isinstance(named, list):
        return []
    unknown = [str(key) for key in named if key not in sources]
    wrong = f"no such source: {', '.join(unknown)}"
    return [BadKnowledge(file, row, "sources", wrong)] if unknown else []


def _list(text: str, file: str) -> list[object]:
    told = _yaml(text, file)
    if not isinstance(told, list) or not told:
        raise BadKnowledge(file, "", "", "must be a list of rows")
    return told


def _yaml(text: str, file: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadKnowledge(file, "", "", f"is not YAML: {error}") from error


def _entry(kind: type[Entry], told: object, file: str, row: str) -> Entry:
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadKnowledge(file, row, field, first["msg"]) from error


def _name(place: int, told: object) -> str:
    named = told.get("id") if isinstance(told, dict) else None
    return f"row {place} ({named})" if named else f"row {place}"


def _refuse_unknown_sources(
    rows: Iterable[Statement], sources: Mapping[str, Source], file: str
) -> None:
    for place, row in enumerate(rows, start=1):
        unknown = [key for key in row.sources if key not in sources]
        if unknown:
            wrong = f"no such source: {', '.join(unknown)}"
            raise BadKnowledge(file, f"row {place} ({row.id})", "sources", wrong)


def _refuse_twice(ids: Iterable[str], file: str) -> None:
    seen: set[str] = set()
    for place, one in enumerate(ids, start=1):
        if one in seen:
            raise BadKnowledge(file, f"row {place} ({one})", "id", TWICE)
        seen.add(one)
