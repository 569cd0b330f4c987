"""Which items of a plan are kept today, and which windows kept items have by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice

from care.knowledge.protocol import ProtocolRow
from care.plan import (
    HORIZON,
    KEPT_AHEAD,
    Basis,
    Occurrence,
    Window,
    applies,
    occurrences,
)
from care.spans import Span

FAR = Span.parse("100 years")
"""Beyond every plan: how far is looked for windows that are kept already."""


def to_keep(
    rows: Iterable[ProtocolRow],
    basis: Basis,
    *,
    today: date,
    kept_to: date | None = None,
) -> list[Occurrence]:
    """Return what is kept today: windows that are not over and begin before long.

    Of a series without an end its next one is always among them. `kept_to` is the day
    up to which windows were kept before: what began since then is kept also where it
    is over, however long nobody looked.
    """
    return [
        one
        for row in rows
        if applies(row, basis)
        for one in _of_row(row, basis.day0, today, kept_to or today)
    ]


def _of_row(
    row: ProtocolRow, day0: date, today: date, kept_to: date
) -> list[Occurrence]:
    near = [
        one
        for one in occurrences(row, day0, until=today + KEPT_AHEAD)
        if one.window.latest >= today or one.window.earliest > kept_to
    ]
    if any(one.window.latest >= today for one in near) or not row.is_open_ended:
        return near
    ahead = _not_over(row, day0, today, until=HORIZON.after(today))
    return [*near, *islice(ahead, 1)]


def _not_over(
    row: ProtocolRow, day0: date, today: date, *, until: date
) -> Iterator[Occurrence]:
    found = occurrences(row, day0, until=until)
    return (one for one in found if one.window.latest >= today)


def windows_of(
    rows: Iterable[ProtocolRow], basis: Basis, kept: Mapping[str, int]
) -> dict[tuple[str, int], Window]:
    """Return the windows by row and number, as many of a row as are `kept` of it.

    What the row makes no more (of another product, or beyond its end) has none.
    """
    return {
        (row.id, one.number): one.window
        for row in rows
        if row.id in kept and applies(row, basis)
        for one in islice(
            occurrences(row, basis.day0, until=FAR.after(basis.day0)), kept[row.id]
        )
    }
