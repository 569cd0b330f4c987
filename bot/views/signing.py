"""What is told of signatures: to whoever signed, and while rows are unsigned."""

from __future__ import annotations

from collections.abc import Sequence

from bot.knowledge import Known
from bot.views import kit
from bot.views.knowledge import open_button
from care.signing import Count
from storage.records import Clinician, Site

SHOWN = 5
"""How many rows a message names before it says how many more there are."""


def to_renew_blocks(
    center: Site, rows: Sequence[Known], signer: Clinician | None
) -> list[kit.Block]:
    """Ask whether what was signed on one day still holds; `signer` is somebody else."""
    signature = rows[0].signature
    day = kit.moment(signature.signed_at, "{date_long}") if signature else ""
    who = kit.escape(signer.name) if signer else "You"
    count = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    limit = f"after {center.stale_after_days} days what was signed looks stale"
    return [
        kit.section(
            f"{who} signed {count} of clinical knowledge, {day}. At"
            f" {kit.escape(center.name)} {limit}."
        ),
        kit.context(_named(rows), "Nothing stops: what is planned goes on."),
        kit.actions(
            [open_button(center, "Read and sign", primary=True)], block_id="moves"
        ),
    ]


def unsigned_blocks(
    center: Site, count: Count, patients: int, *, signs: bool
) -> list[kit.Block]:
    """Tell that rows are not planned while somebody has been given the cells."""
    some = "1 patient has" if patients == 1 else f"{patients} patients have"
    label = "Read and sign" if signs else "Read the rows"
    return [
        kit.section(
            f"*{count}*\n{kit.escape(center.name)}: {some} had lymphodepletion or CAR"
            " T. What is not signed is nobody's check."
        ),
        kit.actions([open_button(center, label)], block_id="moves"),
    ]


def _named(rows: Sequence[Known]) -> str:
    names = [getattr(one.row, "name", one.row.statement) for one in rows[:SHOWN]]
    more = len(rows) - SHOWN
    told = "; ".join([*names, *([f"{more} more"] if more > 0 else [])])
    return kit.escape_within(told, 1500)
