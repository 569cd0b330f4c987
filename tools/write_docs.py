"""Writes what is derived from the code into the docs: `python -m tools.write_docs`.

A derived part stands between `<!-- written by tools: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.diagrams import (
    NOTICE,
    REMINDER,
    draw_changes,
    draw_concern,
    draw_cover,
    draw_handoff,
    draw_referral,
    draw_rooms,
    tabulate_cover,
    tabulate_handoff,
    tabulate_referral,
)
from tools.journey_diagram import draw_journey, tabulate_journey
from tools.preparing_diagrams import (
    draw_bridging,
    draw_ready_item,
    tabulate_bridging,
)
from tools.protocol_tables import tabulate_rows, tabulate_words
from tools.scale import (
    tabulate_breaks,
    tabulate_bytes,
    tabulate_ceilings,
    tabulate_growth,
    tabulate_load,
    tabulate_monday,
    tabulate_networks,
)
from tools.settings_table import tabulate_settings

ROOT = Path(__file__).resolve().parents[1]

PARTS: Mapping[str, Callable[[], str]] = {
    "rooms": draw_rooms,
    "referral states": draw_referral,
    "referral moves": tabulate_referral,
    "cover states": draw_cover,
    "cover moves": tabulate_cover,
    "handoff states": draw_handoff,
    "handoff moves": tabulate_handoff,
    "journey phases": draw_journey,
    "journey steps": tabulate_journey,
    "concern states": draw_concern,
    "reminder states": lambda: draw_changes(REMINDER),
    "notice states": lambda: draw_changes(NOTICE),
    "ready item states": draw_ready_item,
    "bridging states": draw_bridging,
    "bridging moves": tabulate_bridging,
    "protocol words": tabulate_words,
    "protocol rows": tabulate_rows,
    "scale networks": tabulate_networks,
    "scale bytes": tabulate_bytes,
    "scale growth": tabulate_growth,
    "scale monday": tabulate_monday,
    "scale ceilings": tabulate_ceilings,
    "scale load": tabulate_load,
    "scale breaks": tabulate_breaks,
    "settings": tabulate_settings,
}
"""What can be written into the docs, by name."""

_PART = re.compile(
    r"(?P<begin><!-- written by tools: (?P<name>[a-z ]+) -->\n)"
    r".*?"
    r"(?P<end><!-- end -->)",
    re.DOTALL,
)


class UnknownPart(Exception):
    """The docs ask for a part that nothing here writes."""


def docs() -> list[Path]:
    """Return every Markdown file of the project's own."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def write_parts(text: str) -> str:
    """Return a text with each derived part as the code has it now.

    Raises `UnknownPart` for a name that stands in no table.
    """
    return _PART.sub(_written, text)


def parts_in(text: str) -> list[str]:
    """Return the names of the derived parts of a text."""
    return [found["name"] for found in _PART.finditer(text)]


def stale_docs() -> list[Path]:
    """Return the docs that say something else than the code."""
    texts = {path: path.read_text(encoding="utf-8") for path in docs()}
    return [path for path, text in texts.items() if write_parts(text) != text]


def main(arguments: Sequence[str]) -> int:
    """Bring the docs up to date; with `--check`, only say which are not."""
    stale = stale_docs()
    for path in stale:
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    if "--check" in arguments:
        return 1 if stale else 0
    for path in stale:
        written = write_parts(path.read_text(encoding="utf-8"))
        path.write_text(written, encoding="utf-8")
    return 0


def _written(found: re.Match[str]) -> str:
    make = PARTS.get(found["name"])
    if make is None:
        raise UnknownPart(found["name"])
    return f"{found['begin']}{make()}\n{found['end']}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
