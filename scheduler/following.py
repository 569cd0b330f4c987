"""Sees each notice come to its end, from what is kept and whoever has sent it."""

from __future__ import annotations

from storage.overdue import Overdue, Settled

MOST = 20_000
"""New notices of one look; what is beyond waits for the next."""


class Following:
    """Remembers what was under way at the last look."""

    def __init__(self) -> None:
        self._newest: int | None = None
        self._open: set[int] = set()

    def look(self, overdue: Overdue) -> list[Settled]:
        """Return what came to its end since the last look; at the first, nothing."""
        still = overdue.unsettled()
        if self._newest is None:
            self._newest, self._open = overdue.newest(), still
            return []
        new = overdue.written_after(self._newest, MOST)
        self._newest = max(new, default=self._newest)
        ended = (self._open | {*new}) - still
        self._open = {seq for seq in still if seq <= self._newest}
        return overdue.settled(sorted(ended))
