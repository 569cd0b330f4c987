"""Diagrams and tables of the docs, made from what the code itself goes by."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from care import concern, cover, handoff
from care.referral import ENDED, TABLE, Kind, Move, State

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("bot", "scheduler", "storage", "care", "sandbox")
START = "[*]"
DONE_BY = "<br/>"


@dataclass(frozen=True)
class Change:
    """One way in which a stored row changes its state, and the method that does it."""

    method: str
    state: str
    to: str


NOTICE = (
    Change("write", START, "pending"),
    Change("write", "pending", "skipped"),
    Change("skip_pending", "pending", "skipped"),
    Change("claim", "pending", "sending"),
    Change("settle_sent", "sending", "sent"),
    Change("settle_skipped", "sending", "skipped"),
    Change("settle_failed", "sending", "failed"),
    Change("give_back", "sending", "pending"),
    Change("settle_unknown", "sending", "unknown"),
    Change("claim_unknown", "sending", "unknown"),
    Change("claim_unknown", "unknown", "unknown"),
    Change("settle_sent", "unknown", "sent"),
    Change("settle_skipped", "unknown", "skipped"),
    Change("settle_failed", "unknown", "failed"),
    Change("give_back", "unknown", "pending"),
    Change("settle_unknown", "unknown", "unknown"),
)
"""What `storage.notices.Notices` does; a test performs every one of these.

The second `write` is that of a newer update of the same message.
"""

REMINDER = (
    Change("plan", START, "waiting"),
    Change("plan", "waiting", "cancelled"),
    Change("plan_next", START, "waiting"),
    Change("plan_next", "waiting", "cancelled"),
    Change("cancel", "waiting", "cancelled"),
    Change("put_off", "waiting", "waiting"),
    Change("settle", "waiting", "settled"),
)
"""What `storage.reminders.Reminders` does; a test performs every one of these.

The second `plan` and `plan_next` are those of a newer generation.
"""


def draw_referral() -> str:
    """Return the states of a referral, as `care.referral.TABLE` has them."""
    edges: dict[tuple[str, str], list[str]] = {(START, State.REQUESTED.value): ["ask"]}
    for row in TABLE:
        for to in _next_states(row):
            edges.setdefault((row.state.value, to.value), []).append(_label(row))
    return _state_diagram(edges)


def tabulate_referral() -> str:
    """Return the same table in words: who may do what, and whose move it is then."""
    rows = [
        (
            row.state.value,
            _label(row),
            ", ".join(dict.fromkeys(to.value for to in _next_states(row))),
            "; ".join(sorted(part.value for part in row.who)),
            row.waits_on.value if row.waits_on else "",
        )
        for row in TABLE
    ]
    return tabulate(("state", "move", "next", "who may", "waits on then"), rows)


def draw_cover() -> str:
    """Return the states of a cover, as `care.cover.TABLE` has them."""
    edges: dict[tuple[str, str], list[str]] = {
        (START, cover.State.ASKED.value): ["ask"]
    }
    for row in cover.TABLE:
        edges.setdefault((row.state.value, row.to.value), []).append(row.event.value)
    return _state_diagram(edges)


def tabulate_cover() -> str:
    """Return the same table in words: who may do what."""
    rows = [
        (
            row.state.value,
            row.event.value,
            row.to.value,
            "; ".join(sorted(seat.value for seat in row.who)),
        )
        for row in cover.TABLE
    ]
    return tabulate(("state", "move", "next", "who may"), rows)


def draw_changes(changes: Sequence[Change]) -> str:
    """Return the states of a stored row, and the methods that change them."""
    edges: dict[tuple[str, str], list[str]] = {}
    for one in changes:
        edges.setdefault((one.state, one.to), []).append(one.method)
    return _state_diagram(edges)


def draw_rooms() -> str:
    """Return which room imports which, read from the code."""
    lines = ["flowchart LR"]
    for (room, other), modules in sorted(imports_between_rooms().items()):
        only = f"|{', '.join(modules)} alone|" if other == "sandbox" else ""
        lines.append(f"    {room} -->{only} {other}")
    return fenced(lines)


def imports_between_rooms() -> Mapping[tuple[str, str], Sequence[str]]:
    """Return, for each pair of rooms, what in the first imports the other.

    Named are the modules and packages that stand directly in the room.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts[:2])
            for other in sorted({one for one in _imported(path) if one != room}):
                found.setdefault((room, other), []).append(module)
    return {pair: sorted(set(modules)) for pair, modules in found.items()}


def tabulate(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [_line(heads), _line(["---"] * len(heads)), *map(_line, rows)]
    return "\n".join(lines)


def _next_states(row: Move) -> list[State]:
    """Return where a row leads; from an end, back to wherever that end is reached."""
    if row.to is not None:
        return [row.to]
    before = [one.state for one in TABLE if one.to is row.state in ENDED]
    return list(dict.fromkeys(before))


def _label(row: Move) -> str:
    if len(row.kinds) == len(Kind):
        return row.event.value
    return f"{row.event.value} ({', '.join(sorted(row.kinds))} only)"


def _state_diagram(edges: Mapping[tuple[str, str], Sequence[str]]) -> str:
    lines = ["stateDiagram-v2"]
    for (state, to), labels in edges.items():
        lines.append(f"    {state} --> {to}: {DONE_BY.join(dict.fromkeys(labels))}")
    targets = {to for _, to in edges}
    left = {state for state, to in edges if state != to}
    lines += [f"    {end} --> {START}" for end in sorted(targets - left)]
    return fenced(lines)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        yield from (one for name in names if (one := name.partition(".")[0]) in ROOMS)


def fenced(lines: Sequence[str]) -> str:
    """Return lines as a diagram in Markdown."""
    return "\n".join(["```mermaid", *lines, "```"])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def draw_handoff() -> str:
    """Return the states of a handoff, as `care.handoff.TABLE` has them."""
    edges: dict[tuple[str, str], list[str]] = {
        (START, _in_diagram(handoff.State.OFFERED)): ["offer"],
        (START, _in_diagram(handoff.State.TAKEN_OVER)): [handoff.Event.TAKE_OVER.value],
    }
    for row in handoff.TABLE:
        edge = (_in_diagram(row.state), _in_diagram(row.to))
        edges.setdefault(edge, []).append(row.event.value)
    return _state_diagram(edges)


def tabulate_handoff() -> str:
    """Return the same table in words: who may do what, and what moves with it."""
    rows = [
        (
            row.state.value,
            row.event.value,
            row.to.value,
            "; ".join(sorted(hand.value for hand in row.who)),
            "to the receiver" if row.how else "",
        )
        for row in handoff.TABLE
    ]
    return tabulate(("state", "move", "next", "who may", "responsibility"), rows)


def _in_diagram(state: str) -> str:
    """Return a state's name as a diagram takes it: without spaces."""
    return state.replace(" ", "_")


def draw_concern() -> str:
    """Return the states of an urgent concern, as `care.concern.TABLE` has them."""
    edges = {(START, concern.State.OPEN.value): ["raise"]}
    for row in concern.TABLE:
        label = f"{row.event} ({row.who})"
        edges.setdefault((row.state.value, row.to.value), []).append(label)
    return _state_diagram(edges)
