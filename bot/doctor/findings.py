"""What the doctor finds: one line a check, and for each trouble what to do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """How it stands with what was looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, what was found, and what to do about it."""

    level: Level
    what: str
    found: str
    remedy: str = ""


def well(what: str, found: str) -> Finding:
    """Return that it is as it should be."""
    return Finding(Level.OK, what, found)


def doubt(what: str, found: str, remedy: str) -> Finding:
    """Return what Baton can work with, and what would mend it."""
    return Finding(Level.WARN, what, found, remedy)


def trouble(what: str, found: str, remedy: str) -> Finding:
    """Return what keeps Baton from its work, and what mends it."""
    return Finding(Level.FAIL, what, found, remedy)


def is_healthy(findings: Sequence[Finding]) -> bool:
    """Tell whether nothing failed."""
    return all(one.level is not Level.FAIL for one in findings)


def as_line(one: Finding) -> str:
    """Return a finding as one line of plain text."""
    told = f"{one.level.value:<4}  {one.what}: {one.found}"
    line = f"{told}. {one.remedy}" if one.remedy else told
    return " ".join(line.splitlines())


def as_json(findings: Sequence[Finding]) -> str:
    """Return findings for machines: `healthy`, and `checks` in their order."""
    told = {
        "healthy": is_healthy(findings),
        "checks": [asdict(one) for one in findings],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)
