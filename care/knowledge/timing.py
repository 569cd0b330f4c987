"""When a row is due: its window after Day 0, and how it goes on; windows never overlap.

Spans are of days, months or years, so two of them can lie in one order after one Day 0
and in another after the next. What is refused here could overlap for some Day 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    model_validator,
)

from care.knowledge.statements import Packaged
from care.spans import Span, Unit


def _span(told: Any) -> Any:
    return Span.parse(told) if isinstance(told, str) else told


SpanText = Annotated[Span, BeforeValidator(_span), PlainSerializer(str)]
"""A span as people write it: "30 days", "6 months", "1 year"."""


def _some_days(span: Span) -> Span:
    if span.unit is not Unit.DAY:
        raise ValueError("must be so many days")
    return span


DaysText = Annotated[SpanText, AfterValidator(_some_days)]
"""So many days, as a margin around a target."""


class Days(Packaged):
    """A window after Day 0; both ends belong to it."""

    earliest: SpanText
    target: SpanText
    latest: SpanText

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        in_time = self.target.is_never_after(self.latest)
        if not (self.earliest.is_never_after(self.target) and in_time):
            raise ValueError("must be in order: earliest, target, latest")
        return self

    @property
    def before(self) -> int:
        """The most days from its earliest to its target."""
        return self.earliest.most_until(self.target)

    @property
    def after(self) -> int:
        """The most days from its target to its latest."""
        return self.target.most_until(self.latest)


class Recurrence(Packaged):
    """How a series goes on: every so often, up to so long after Day 0."""

    every: SpanText
    until: SpanText | None = None
    """None: for as long as the patient lives, or its end is confirmed."""
    early: DaysText | None = None
    """How long before a target its window opens; None: as in the row's window."""
    late: DaysText | None = None
    """How long after a target its window closes; None: as in the row's window."""


class Doses(Packaged):
    """The doses of one vaccine: a series, each after the one before."""

    count: Annotated[int, Field(ge=2, le=10)]
    apart: SpanText
    """How long after a dose the next is due."""


def refuse_overlap(
    window: Days,
    also: Iterable[Span],
    again: Iterable[Recurrence],
    doses: Doses | None,
) -> None:
    """Raise ValueError where a row would be due while its last window is still open."""
    for said in _overlapping(window, (window.target, *also), again):
        raise ValueError(f"{said}: its windows would overlap")
    if doses and doses.apart.shortest <= window.before + window.after:
        raise ValueError(f"doses {doses.apart} apart: their windows would overlap")


def _overlapping(
    window: Days, targets: Iterable[Span], again: Iterable[Recurrence]
) -> Iterator[str]:
    """Yield what overlaps: the fewest days between two targets, and the most around."""
    for one, after in pairwise(targets):
        if one.least_until(after) <= window.before + window.after:
            yield f"{one} and {after}"
    late_before = window.after
    for stretch in again:
        early = window.before if stretch.early is None else stretch.early.count
        late = window.after if stretch.late is None else stretch.late.count
        if stretch.every.shortest <= early + max(late, late_before):
            yield f"every {stretch.every}"
        late_before = late
