"""Where one course stands, as its milestones say.

It is never kept apart from what was recorded: it is what comes of taking the
milestones in their order. So a correction is taken in its place, and the journey
loops (a second apheresis, lymphodepletion put off, bridging again).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from care.journey import (
    JOURNEY,
    MAIN,
    NEXT,
    PARTY,
    NotForThem,
    NotNow,
    Party,
    Phase,
    Row,
    find_row,
)
from care.milestone import (
    AHEAD,
    RESULTS,
    FirstCall,
    Milestone,
    Product,
    Result,
    Step,
)
from care.people import Part

PAPERS = frozenset(
    {
        Result.SUBMITTED,
        Result.PENDED,
        Result.PEER_TO_PEER,
        Result.APPEALED,
        Result.GRANTED,
    }
)
"""Results of an authorization that are long past once a slot is awaited or there.

Asked again, and denied, are not: a payer can take back what it has granted.
"""


@dataclass(frozen=True)
class Journey:
    """Where one course stands, as its milestones say."""

    phase: Phase = Phase.CONTACT
    day0: date | None = None
    """The date of infusion at the center's zone; planning never sets it."""
    product: Product | None = None
    planned: Mapping[Step, date] = field(default_factory=dict)
    """Days ahead, as last said, of steps that have not been taken since."""
    happened: Mapping[Step, date] = field(default_factory=dict)
    """The day on which each step was last taken."""
    look_again: date | None = None
    """After "not now": when to look again."""
    bridging: bool = False
    in_hospital: bool = False
    first_call: FirstCall | None = None
    """Who is called first while the patient is in hospital."""
    hospice: bool = False
    died: bool = False
    collected: bool = False
    """Cells were collected: from here on a center hears of urgent concerns."""

    @property
    def party(self) -> Party:
        """Who the next move waits for."""
        return PARTY.get(self.phase, Party.CENTER)

    @property
    def next_day(self) -> date | None:
        """The day for which the next step is planned, if it is."""
        days = [self.planned[one] for one in NEXT[self.phase] if one in self.planned]
        if self.phase is Phase.NOT_NOW and self.look_again:
            return self.look_again
        return min(days, default=None)


def check_may(
    journey: Journey, step: Step, result: Result, parts: Collection[Part]
) -> None:
    """Raise `NotNow`, or `NotForThem` where somebody with `parts` may not record it."""
    row = _row_for(journey, step, result)
    if not row.who & frozenset(parts):
        raise NotForThem(step, row.who)


def take(journey: Journey, one: Milestone) -> Journey:
    """Return where the course stands after a milestone. Raises `NotNow`."""
    row = _row_for(journey, one.step, one.result)
    after = replace(journey, phase=_phase_after(journey, one, row))
    if one.result in AHEAD:
        return replace(after, planned={**journey.planned, one.step: one.day})
    left = {step: day for step, day in journey.planned.items() if step is not one.step}
    happened = {**journey.happened, one.step: one.day}
    return _with_effects(replace(after, planned=left, happened=happened), one)


def stand(milestones: Iterable[Milestone], begins: Phase = Phase.CONTACT) -> Journey:
    """Return where a course stands after its milestones. Raises `NotNow`."""
    journey = Journey(phase=begins)
    for one in milestones:
        journey = take(journey, one)
    return journey


def possible(
    journey: Journey, parts: Collection[Part]
) -> Mapping[Step, tuple[Result, ...]]:
    """Return what somebody with `parts` may record now, step by step."""
    held = frozenset(parts) if not journey.died else frozenset()
    rows = [row for row in JOURNEY if journey.phase in row.phases and row.who & held]
    found: dict[Step, set[Result]] = {}
    for row in rows:
        found.setdefault(row.step, set()).update(row.results)
    return {
        step: _sensible(journey, step, results)
        for step, results in sorted(found.items(), key=lambda it: _ORDER[it[0]])
        if _sensible(journey, step, results)
    }


def likeliest(journey: Journey, step: Step, results: Sequence[Result]) -> Result:
    """Return what is likeliest recorded next: what was planned has happened."""
    taken = [one for one in results if one not in AHEAD]
    return taken[0] if step in journey.planned and taken else results[0]


_ORDER = {step: place for place, step in enumerate(Step)}


def _phase_after(journey: Journey, one: Milestone, row: Row) -> Phase:
    """Return the phase that a milestone leads to.

    What is recorded late never moves a journey back: neither what happened before a
    later step that was taken, nor a paper that the slot shows to be through.
    """
    to = row.to or journey.phase
    back = to in MAIN and journey.phase in MAIN and _is_before(to, journey.phase)
    return journey.phase if back and _is_late(journey, one) else to


def _is_late(journey: Journey, one: Milestone) -> bool:
    if one.result in AHEAD:
        return False
    later = [
        day
        for step, day in journey.happened.items()
        if _ORDER[one.step] < _ORDER[step] <= _ORDER[Step.INFUSION]
    ]
    if one.day < max(later, default=one.day):
        return True
    return one.result in PAPERS and not _is_before(journey.phase, Phase.SLOT)


def _is_before(one: Phase, other: Phase) -> bool:
    return MAIN.index(one) < MAIN.index(other)


def _row_for(journey: Journey, step: Step, result: Result) -> Row:
    """Return the row that applies. After a death there is none, but corrections."""
    if journey.died:
        raise NotNow(journey.phase, step, result)
    return find_row(journey.phase, step, result)


def _sensible(journey: Journey, step: Step, results: set[Result]) -> tuple[Result, ...]:
    """Leave out what says nothing: moving what is not planned, stopping the absent."""
    absent = {
        Result.MOVED: step not in journey.planned and step is not Step.SLOT,
        Result.PLANNED: step in journey.planned,
        Result.STARTED: journey.bridging,
        Result.STOPPED: not journey.bridging,
    }
    if step is Step.DISCHARGE and step in journey.happened:
        return ()
    if step is Step.LEFT_HOSPITAL and not journey.in_hospital:
        return ()
    if step is Step.ADMISSION and journey.in_hospital:
        return ()
    return tuple(
        one for one in RESULTS[step] if one in results and not absent.get(one, False)
    )


def _with_effects(journey: Journey, one: Milestone) -> Journey:
    product = one.product or journey.product
    journey = replace(journey, product=product)
    match one.step:
        case Step.DECISION:
            journey = replace(journey, look_again=one.until)
        case Step.APHERESIS:
            journey = replace(journey, collected=True)
        case Step.BRIDGING:
            journey = replace(journey, bridging=one.result is Result.STARTED)
        case Step.INFUSION:
            journey = replace(journey, day0=one.day, bridging=False)
        case Step.ADMISSION | Step.LEFT_HOSPITAL:
            in_hospital = one.step is Step.ADMISSION
            journey = replace(
                journey, in_hospital=in_hospital, first_call=one.first_call
            )
        case Step.HOSPICE:
            journey = replace(journey, hospice=True)
        case Step.DEATH:
            journey = replace(journey, died=True)
        case _:
            pass
    return journey


def corrected(
    milestones: Sequence[Milestone], old_id: str, new: Milestone | None
) -> tuple[Milestone, ...]:
    """Return the milestones with one in the place of another, or without it.

    Raises `NotNow` where what was recorded after it no longer follows, and
    LookupError where there is none with this id.
    """
    if old_id not in {one.id for one in milestones}:
        raise LookupError(old_id)
    put = [
        new if one.id == old_id else one
        for one in milestones
        if one.id != old_id or new is not None
    ]
    after = tuple(one for one in put if one is not None)
    stand(after)
    return after
