"""Same patient: both sites say that code and patient were matched, outside Slack.

Slack knows a code and no patient. Before care goes from one site to the other, each
records that it knows which patient the code stands for, and how that was made sure.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class How(StrEnum):
    """How code and patient were matched, outside Slack."""

    BY_PHONE = "by phone"
    BY_RECORD = "by record"


class Occasion(StrEnum):
    """Before what the two sites record it."""

    EVALUATION = "evaluation"
    RETURN = "return"
    """A handoff that brings a patient to a practice, back or from another one."""


NOT_YET = "not yet"
"""What a practice may say when it refers; nothing is recorded then."""


def sites_missing(recorded: Collection[str], *wanted: str) -> tuple[str, ...]:
    """Return which of the wanted sites have not recorded a match, in their order."""
    return tuple(one for one in wanted if one not in recorded)
