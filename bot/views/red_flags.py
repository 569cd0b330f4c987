"""The red flags as they are read: in one order, each row with where it was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.views import kit
from care.knowledge.red_flags import RedFlag, RedFlags
from care.knowledge.statements import Mark

EMERGENCY = "Emergency department, and call"
SAME_DAY = "Call the center the same day"
ITALIC = "_"
SECONDARY = "read in a secondary source"
UNSIGNED = "not yet signed"
"""Said of a row where others are signed; else it is said once of the whole list."""


def list_blocks(flags: RedFlags) -> list[kit.Block]:
    """Return the list, the emergency rows first."""
    groups = ((EMERGENCY, flags.emergency), (SAME_DAY, flags.same_day))
    return [
        kit.section("\n".join([f"*{heading}*", *_lines(flags, rows)]))
        for heading, rows in groups
        if rows
    ]


def signed(flags: RedFlags, today: date) -> str:
    """Return who signed the list and when its sources were read."""
    by = dict.fromkeys(one.checked_by for one in flags.rows if one.checked_by)
    unsigned = any(one.checked_by is None for one in flags.rows)
    who = [f"Checked by {', '.join(by)}"] if by else []
    rows = "Other rows not yet" if by else "Not yet"
    lacking = [f"{rows} signed by your center"] if unsigned else []
    oldest = min(flags.rows, key=lambda one: one.last_checked)
    day = oldest.last_checked
    read = f"Sources read {day.day} {day:%b %Y}"
    if oldest.is_stale(today):
        read += ", more than half a year ago: read them again"
    return ". ".join([*who, *lacking, read]) + "."


def is_checked(flags: RedFlags, today: date) -> bool:
    """Tell whether every row is signed and its sources were read of late."""
    return all(one.checked_by and not one.is_stale(today) for one in flags.rows)


def sources(flags: RedFlags) -> list[str]:
    """Return where the list was read: number, citation, date, population."""
    return [
        f"[{number}] {one.citation} ({one.date});"
        f" {one.population or 'population not stated'}"
        for number, one in enumerate(map(flags.sources.__getitem__, flags.cited), 1)
    ]


def row_text(flags: RedFlags, row: RedFlag, style: str = "") -> str:
    """Return one sign, what it makes one think of, and where it was read.

    `style` is the sign that Slack reads as a style, around what it makes one think of.
    """
    numbers = {key: number for number, key in enumerate(flags.cited, start=1)}
    cited = "".join(f"[{numbers[key]}]" for key in row.sources)
    population = f" ({row.population})" if row.population else ""
    more = [SECONDARY] if row.mark is Mark.SECONDARY else []
    if row.checked_by is None and any(one.checked_by for one in flags.rows):
        more.append(UNSIGNED)
    thinks_of = f"{style}{row.thinks_of}{style}"
    said = f"{row.statement}{population} · {thinks_of} {cited}"
    return ", ".join([said, *more])


def _lines(flags: RedFlags, rows: Sequence[RedFlag]) -> list[str]:
    return [f"• {kit.escape(row_text(flags, row, ITALIC))}" for row in rows]
