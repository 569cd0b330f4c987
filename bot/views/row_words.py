"""A row of a protocol as it is read: what it says, where that was read, who signed."""

from __future__ import annotations

from datetime import date

from bot.plans import PlanPage
from bot.views import kit
from care.knowledge.protocol import PROPOSED_WORDS, Ends, ProtocolRow
from care.knowledge.reading import packaged_sources
from care.knowledge.statements import Mark

PROPOSED = "Proposed by Baton, not in the source"
OWN = "The center's own words"


def row_lines(page: PlanPage, row: ProtocolRow) -> str:
    """Return a row's name, statement and end, and below what it rests on."""
    population = f" ({row.population})" if row.population else ""
    said = [
        f"*{kit.escape(row.name)}*",
        kit.escape(f"{row.statement}{population}"),
        *([kit.escape(row.thresholds)] if row.thresholds else []),
        f"_{kit.escape(cited(row))}. {kit.escape(signed(page, row))}_",
    ]
    return "\n".join(said)


def cited(row: ProtocolRow) -> str:
    """Return where a row was read: citation, date, population, and what is proposed."""
    known = packaged_sources()
    read = "; ".join(
        f"{known[key].citation}, {known[key].date},"
        f" {known[key].population or 'population not stated'}"
        for key in row.sources
        if key in known
    )
    secondary = ["read in a secondary source"] if row.mark is Mark.SECONDARY else []
    own = [PROPOSED_WORDS[one] for one in row.proposed]
    proposed = [f"{PROPOSED}: {'; '.join(own)}"] if own else []
    if row.own:
        # Changed by the center: what it was read after says something else.
        return ". ".join([f"{OWN}, after {read}", *proposed])
    return ". ".join([read, *secondary, *proposed])


def signed(page: PlanPage, row: ProtocolRow) -> str:
    """Return who signed a row and when, and that it is long ago where it is."""
    found = page.rows.signatures.get(row.id)
    if found is None:
        return "Not yet signed by your center"
    signer = page.people.get(found.signed_by)
    day = found.signed_at.date()
    by = f"Signed by {signer.name if signer else 'somebody who left'}, {_dated(day)}"
    stale = (page.today - day).days > page.sheet.center.stale_after_days
    return f"{by}, longer ago than your center's limit" if stale else by


def end_words(row: ProtocolRow) -> str:
    """Return what ends a series or precaution, as somebody has to confirm it."""
    if row.ends is None:
        return ""
    match row.ends.how:
        case Ends.LIFE_LONG:
            return "For as long as the patient lives"
        case Ends.REVIEW:
            return "The source says no end: somebody looks again"
        case Ends.ALL:
            return "Ends when all is confirmed: " + "; ".join(row.ends.parts)
        case Ends.ANY:
            return "Ends when one is confirmed: " + "; ".join(row.ends.parts)


def _dated(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
