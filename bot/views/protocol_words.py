"""How a row of a protocol is said: when it is due, until what, and what is proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.views import kit
from care.knowledge.protocol import PROPOSED_WORDS, Ends, Kind, ProtocolRow, Seat

BLOCKS = 100
SEATS: Mapping[Seat, str] = {
    Seat.PRACTICE: "the practice",
    Seat.CENTER: "the center",
    Seat.RESPONSIBLE: "the site that is responsible",
}


def timing(row: ProtocolRow) -> list[str]:
    """Return when a row is due after the infusion, how it recurs, ends, and who."""
    lines = [_when(row)]
    if row.products:
        lines.append(f"Only after {', '.join(row.products)}")
    if row.applies_when:
        lines.append(f"Only when confirmed: {row.applies_when}")
    if row.ends:
        lines.append(_ends(row))
    return [*(one for one in lines if one), _who(row), *_told_faster(row)]


def proposed(row: ProtocolRow) -> str:
    """Return which parts of a row Baton proposes, in words; empty for none."""
    told = [PROPOSED_WORDS[one] for one in row.proposed]
    if not told:
        return ""
    return f"Proposed by Baton, not in the source: {', '.join(told)}"


def unfolded(blocks: Sequence[kit.Block]) -> list[kit.Block]:
    """Return blocks within what a view holds, the row of buttons below kept."""
    if len(blocks) <= BLOCKS:
        return list(blocks)
    return [*blocks[: BLOCKS - 1], blocks[-1]]


def sentence(words: str) -> str:
    """Return words with a capital first, the others as they are."""
    return f"{words[:1].upper()}{words[1:]}"


def _when(row: ProtocolRow) -> str:
    if row.window is None:
        return f"{row.kind.capitalize()}"
    window = row.window
    first, last = window.earliest, window.latest
    if row.kind in {Kind.STANDING, Kind.AT_EACH_VISIT}:
        return f"{row.kind.capitalize()}, from {first} to {last} after infusion"
    said = f"{row.kind.capitalize()}, {window.target} after infusion ({first} to {last}"
    return ", ".join([f"{said})", *_again(row)])


def _again(row: ProtocolRow) -> Iterable[str]:
    if row.also:
        yield f"again at {', '.join(str(one) for one in row.also)}"
    if row.doses:
        yield f"{row.doses.count} doses, {row.doses.apart} apart"
    for one in row.again:
        until = f" until {one.until}" if one.until else ""
        yield f"then every {one.every}{until}"


def _who(row: ProtocolRow) -> str:
    if len({*row.who.model_dump().values()}) == 1:
        return f"Done at {SEATS[row.seat]}"
    steps = {
        "Ordered": row.who.orders,
        "drawn": row.who.draws,
        "reviewed": row.who.reviews,
        "acted on": row.who.acts,
    }
    return ", ".join(f"{step} at {SEATS[seat]}" for step, seat in steps.items())


def _told_faster(row: ProtocolRow) -> Iterable[str]:
    """Yield how soon others hear of a miss, where a center set that faster."""
    if row.told:
        first, then = row.told.responsible, row.told.leads
        yield (
            f"A miss is told the responsible clinician {_workdays(first)} it, and"
            f" stands on the leads' weekly list {_workdays(then)} it"
        )


def _workdays(count: int) -> str:
    if not count:
        return "on the first morning after"
    return f"{count} working {'day' if count == 1 else 'days'} after"


def _ends(row: ProtocolRow) -> str:
    ends = row.ends
    if ends is None or ends.how is Ends.LIFE_LONG:
        return "For life"
    if ends.how is Ends.REVIEW:
        return "No end in the source: the center sets when to look again"
    return f"Ends when somebody confirms {ends.how}: {'; '.join(ends.parts)}"
