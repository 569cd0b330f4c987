"""A clinical statement with what it rests on, as it is packaged and as it is shown."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

STALE_AFTER = timedelta(days=180)
"""Labels moved three times in 18 months: what was read earlier is read again."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Key = Annotated[str, StringConstraints(pattern=r"^S[0-9]+$")]


class Mark(StrEnum):
    """How a statement was read. What is only remembered has none, so it has no row."""

    SOURCE = "F"
    SECONDARY = "F2"


class Packaged(BaseModel):
    """What stands in a packaged file: nothing more than is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Packaged):
    """Where something was read."""

    citation: Text
    date: Annotated[Text, BeforeValidator(str)]
    """The source's own date, in its own words."""
    population: Text | None = None
    """Whom the source is about; None where it does not say."""


class Statement(Packaged):
    """One row: what is said, for whom, where it was read, and who signed it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{2,40}$")]
    statement: Text
    population: Text | None = None
    """For whom it is said, where the row is narrower than its sources."""
    sources: Annotated[tuple[Key, ...], Field(min_length=1)]
    mark: Mark
    last_checked: date
    """When its sources were last read."""
    checked_by: Text | None
    """Who of a center signed it; None until somebody has."""

    def is_stale(self, today: date) -> bool:
        """Tell whether its sources were read too long ago to be shown as fresh."""
        return today - self.last_checked > STALE_AFTER
