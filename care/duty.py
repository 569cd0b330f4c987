"""Who is asked: a named specialist if there is one, else the least recently asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Candidate:
    """A specialist who could be on duty; `order` is their place in the setup."""

    id: str
    order: int
    last_asked_at: datetime | None


def choose(
    candidates: Sequence[Candidate],
    *,
    named: str | None = None,
    without: Collection[str] = (),
) -> Candidate | None:
    """Return who is asked, or None if nobody is left.

    A named specialist is honoured while they are among the candidates. Ties go
    by the order of the setup. `without` leaves out those who passed it on.
    """
    left = [one for one in candidates if one.id not in without]
    by_name = [one for one in left if one.id == named]
    return min(by_name or left, key=_least_recently_asked, default=None)


def _least_recently_asked(one: Candidate) -> tuple[float, int]:
    asked = one.last_asked_at.timestamp() if one.last_asked_at else float("-inf")
    return asked, one.order
