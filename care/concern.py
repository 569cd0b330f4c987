"""An urgent concern: its states, and who is told next while nobody acknowledges it.

It goes by the care clock and by no working time. Baton looks at nothing but whether
somebody has said that they are calling.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

STEP = timedelta(minutes=10)
"""How long each step of the chain has to acknowledge."""


class State(StrEnum):
    """Where an urgent concern stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What people do with an urgent concern."""

    ACKNOWLEDGE = "acknowledge"
    WITHDRAW = "withdraw"


class Who(StrEnum):
    """Who does something with an urgent concern."""

    CENTER = "specialist, lead or coordinator of the center"
    SENDER = "whoever raised it"


@dataclass(frozen=True)
class Move:
    """One row of the table."""

    state: State
    event: Event
    to: State
    who: Who


TABLE: tuple[Move, ...] = (
    Move(State.OPEN, Event.ACKNOWLEDGE, State.ACKNOWLEDGED, Who.CENTER),
    Move(State.OPEN, Event.WITHDRAW, State.WITHDRAWN, Who.SENDER),
)


class IllegalMove(Exception):
    """This cannot be done with the concern as it stands now."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} is no move of a concern that is {state}")
        self.state = state


class NotYours(Exception):
    """Somebody else may do this."""

    def __init__(self, event: Event, who: Who) -> None:
        super().__init__(f"{event} is for {who}")
        self.who = who


def advance(state: State, event: Event, held: Collection[Who]) -> State:
    """Return where the concern stands after `event` by somebody.

    Raises `IllegalMove` if the table has no such row and `NotYours` if it has, but
    for others.
    """
    for row in TABLE:
        if row.state is state and row.event is event:
            if row.who not in held:
                raise NotYours(event, row.who)
            return row.to
    raise IllegalMove(state, event)


Chain = tuple[tuple[str, ...], ...]
"""Who is told, step by step; those of one step are told together."""


def chain_of(
    *,
    on_duty: str | None,
    others: Sequence[str],
    leads: Sequence[str],
    coordinators: Sequence[str],
) -> Chain:
    """Return the chain: who has duty, the others in order, leads, coordinators.

    Each person stands in it once, where they come first.
    """
    first = [(on_duty,)] if on_duty else []
    steps = [*first, *((one,) for one in others), tuple(leads), tuple(coordinators)]
    seen: set[str] = set()
    chain = []
    for step in steps:
        fresh = tuple(one for one in dict.fromkeys(step) if one not in seen)
        seen.update(fresh)
        chain.append(fresh)
    return tuple(step for step in chain if step)


@dataclass(frozen=True)
class Next:
    """The step of the chain that is told now."""

    people: tuple[str, ...]
    told: tuple[str, ...]
    """Everybody who was told since the chain last began, they included."""
    again: bool
    """Set where the chain has begun again."""


def next_step(chain: Chain, told: Iterable[str] = ()) -> Next | None:
    """Return who is told next; after the end again from the start.

    The chain may have changed since others were told: whoever of it has not been
    told in this round comes next. None where the chain names nobody.
    """
    known = tuple(told)
    for step in chain:
        fresh = tuple(one for one in step if one not in known)
        if fresh:
            return Next(fresh, known + fresh, again=False)
    return Next(chain[0], chain[0], again=True) if chain else None
