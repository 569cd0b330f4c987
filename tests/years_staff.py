"""Who does a check on a day, reckoned apart from Baton's own code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tests.years_model import Thing


@dataclass(frozen=True)
class Colleague:
    """Somebody who works at a site, as far as it matters who does a check."""

    id: str
    at_center: bool
    role: str


@dataclass
class Staff:
    """Who works where, in the order of the setup, and who is away when."""

    people: Sequence[Colleague]
    away: list[tuple[str, date, date, str | None]] = field(default_factory=list)

    def leave(self, who: str, day: date) -> tuple[bool, str | None]:
        """Tell whether somebody is away on a day, and who stands in.

        Of two leaves at once, one for which a cover was named says it.
        """
        here = [
            (cover is None, starts, ends, cover or "")
            for one, starts, ends, cover in self.away
            if one == who and starts <= day <= ends
        ]
        return bool(here), (min(here)[3] or None) if here else None

    def there_for(self, who: str, day: date) -> str | None:
        """Return somebody, or who stands in for them in the end."""
        asked: str | None = who
        seen = set[str]()
        while asked is not None and asked not in seen:
            seen.add(asked)
            away, cover = self.leave(asked, day)
            if not away:
                return asked
            asked = cover
        return None

    def doer(self, one: Thing, responsible: str, day: date) -> str:
        """Return who does a check on a day."""
        here = [p for p in self.people if p.at_center == one.at_center]
        order = [one.doer] if one.doer else []
        order += [p.id for p in here if p.role == "coordinator"]
        order += [p.id for p in here if p.id == responsible]
        order += [p.id for p in here if p.role == "lead"]
        order += [p.id for p in here]
        found = (self.there_for(p, day) for p in order)
        return next((p for p in found if p is not None), order[0])

    def of(self, who: str) -> Colleague:
        """Return a colleague."""
        return next(one for one in self.people if one.id == who)
