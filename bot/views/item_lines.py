"""Lines of checks and visits."""

from __future__ import annotations

from collections.abc import Sequence

from bot.checks import Check
from bot.views import kit


def check_line(check: Check) -> kit.Block:
    """Return one check."""
    return kit.section(f"*{check.case.code}* {kit.escape(check.row.name)}")


def visit_lines(visit: Sequence[Check]) -> list[kit.Block]:
    """Return one visit."""
    names = ", ".join(one.row.name for one in visit)
    return [kit.section(f"*{visit[0].case.code}* {kit.escape(names)}")]
