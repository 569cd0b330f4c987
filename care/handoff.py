"""The handoff's states: one table says what may happen, and who may do it.

Responsibility is carried by an acceptance, which says back what was understood, or by
an emergency takeover, which is read back afterwards. Until then it stays where it is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """Where a handoff stands."""

    OFFERED = "offered"
    BY_PHONE = "by phone"
    """Said to be done by phone; the other side has to confirm it."""
    TAKEN_OVER = "taken over"
    """Responsibility has moved in an emergency; the read-back is owed."""
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    """Accepted, but the sender has corrected a point, which is open again."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """Not accepted in time, and offered to the next on duty instead."""


class Event(StrEnum):
    """What people do with a handoff."""

    READ_BACK = "read back"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    PHONE = "record as done by phone"
    CONFIRM = "confirm"
    DISPUTE = "say that it was not so"
    CORRECT = "correct"
    TAKE_OVER = "take over"
    EXPIRE = "expire"
    GIVE_WAY = "give way"
    """Ended because somebody else has taken over."""


class Hand(StrEnum):
    """Whose hand somebody is in a handoff."""

    SENDER = "sender"
    """The responsible clinician who hands over."""
    STAND_IN = "stand-in of the sender"
    """The lead or coordinator of a sender who is not there."""
    RECEIVER = "receiver"
    CONFIRMER = "side that did not record the call"
    BATON = "Baton itself"


class How(StrEnum):
    """How somebody became responsible."""

    CREATED = "case created"
    READ_BACK = "handoff read back"
    PHONE = "handoff by phone"
    TAKEOVER = "emergency takeover"


OPEN = frozenset({State.OFFERED, State.BY_PHONE, State.TAKEN_OVER})
"""A case has at most one handoff in these states."""

OWED = OPEN | {State.CORRECTED}
"""States in which somebody is waited for."""

LASTING = frozenset({State.ACCEPTED, State.CORRECTED})
"""States of a handoff that was read back."""


@dataclass(frozen=True)
class Move:
    """One row of the table."""

    state: State
    event: Event
    to: State
    who: frozenset[Hand]
    how: How | None = None
    """Set where responsibility goes to the receiver with this move."""


_S, _E, _H = State, Event, Hand
_GIVING = frozenset({_H.SENDER, _H.STAND_IN})
_RECEIVER = frozenset({_H.RECEIVER})
_CONFIRMER = frozenset({_H.CONFIRMER})
_BATON = frozenset({_H.BATON})

TABLE: tuple[Move, ...] = (
    Move(_S.OFFERED, _E.READ_BACK, _S.ACCEPTED, _RECEIVER, How.READ_BACK),
    Move(_S.OFFERED, _E.PHONE, _S.BY_PHONE, _GIVING | _RECEIVER),
    Move(_S.OFFERED, _E.DECLINE, _S.DECLINED, _RECEIVER),
    Move(_S.OFFERED, _E.WITHDRAW, _S.WITHDRAWN, _GIVING),
    Move(_S.OFFERED, _E.TAKE_OVER, _S.TAKEN_OVER, _RECEIVER, How.TAKEOVER),
    Move(_S.OFFERED, _E.EXPIRE, _S.EXPIRED, _BATON),
    Move(_S.OFFERED, _E.GIVE_WAY, _S.WITHDRAWN, _BATON),
    Move(_S.BY_PHONE, _E.CONFIRM, _S.ACCEPTED, _CONFIRMER, How.PHONE),
    Move(_S.BY_PHONE, _E.DISPUTE, _S.OFFERED, _CONFIRMER),
    Move(_S.BY_PHONE, _E.WITHDRAW, _S.WITHDRAWN, _GIVING),
    Move(_S.BY_PHONE, _E.TAKE_OVER, _S.TAKEN_OVER, _RECEIVER, How.TAKEOVER),
    Move(_S.BY_PHONE, _E.GIVE_WAY, _S.WITHDRAWN, _BATON),
    Move(_S.TAKEN_OVER, _E.READ_BACK, _S.ACCEPTED, _RECEIVER),
    Move(_S.TAKEN_OVER, _E.GIVE_WAY, _S.WITHDRAWN, _BATON),
    Move(_S.ACCEPTED, _E.CORRECT, _S.CORRECTED, _GIVING),
    Move(_S.CORRECTED, _E.CORRECT, _S.CORRECTED, _GIVING),
    Move(_S.CORRECTED, _E.READ_BACK, _S.ACCEPTED, _RECEIVER),
)


class IllegalMove(Exception):
    """This cannot be done with the handoff as it stands now."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} is no move of a handoff that is {state}")
        self.state = state
        self.event = event


class NotYours(Exception):
    """Somebody else may do this with the handoff, but not you."""

    def __init__(self, event: Event, who: frozenset[Hand]) -> None:
        super().__init__(f"{event} is for: {', '.join(sorted(who))}")
        self.event = event
        self.who = who


class OfferedAlready(Exception):
    """The case has an open handoff, and there is one at a time."""


class NothingToHandOver(Exception):
    """Nobody hands over to themselves, or what somebody else is responsible for."""


@dataclass(frozen=True)
class Offer:
    """Where one handoff stands: the part of it that the table moves."""

    sender_id: str
    receiver_id: str
    state: State = State.OFFERED
    recorded_by: str | None = None
    """Who recorded that it was done by phone, until that is confirmed or not so."""


@dataclass(frozen=True)
class Step:
    """What a move comes to."""

    offer: Offer
    responsible_id: str | None
    """Who is responsible from now on; None where that does not change."""
    how: How | None


def open_offer(before: Offer | None, *, responsible_id: str, receiver_id: str) -> Offer:
    """Return a new offer of the responsible clinician's. `before` is the open one.

    Raises `OfferedAlready` where there is one, and `NothingToHandOver`.
    """
    if before is not None and before.state in OPEN:
        raise OfferedAlready
    if receiver_id == responsible_id:
        raise NothingToHandOver
    return Offer(responsible_id, receiver_id)


def take_over(*, responsible_id: str, taker_id: str) -> Step:
    """Return an emergency takeover that no offer came before.

    Raises `NothingToHandOver` for whoever is responsible already.
    """
    offer = open_offer(None, responsible_id=responsible_id, receiver_id=taker_id)
    return advance(offer, Event.TAKE_OVER, {Hand.RECEIVER})


def hands_of(person_id: str, offer: Offer, *, stands_in: bool) -> frozenset[Hand]:
    """Return whose hand somebody is; `stands_in` says it of the sender's site."""
    gives = person_id == offer.sender_id or stands_in
    receives = person_id == offer.receiver_id
    by_receiver = offer.recorded_by == offer.receiver_id
    recorded = offer.recorded_by is not None
    held = {
        Hand.SENDER: person_id == offer.sender_id,
        Hand.STAND_IN: stands_in,
        Hand.RECEIVER: receives,
        Hand.CONFIRMER: recorded and (gives if by_receiver else receives),
    }
    return frozenset(hand for hand, holds in held.items() if holds)


def advance(
    offer: Offer, event: Event, hands: Collection[Hand], *, by: str = ""
) -> Step:
    """Return where the handoff stands after `event` by somebody with these hands.

    Raises `IllegalMove` if the table has no such row and `NotYours` if it has,
    but for others.
    """
    row = find_move(offer, event)
    if not row.who & frozenset(hands):
        raise NotYours(event, row.who)
    recorded_by = by if event is Event.PHONE else None
    after = replace(offer, state=row.to, recorded_by=recorded_by)
    return Step(after, offer.receiver_id if row.how else None, row.how)


def find_move(offer: Offer, event: Event) -> Move:
    """Return the row that applies, or raise `IllegalMove`."""
    for row in TABLE:
        if row.state is offer.state and row.event is event:
            return row
    raise IllegalMove(offer.state, event)


def moves_for(offer: Offer, hands: Collection[Hand]) -> tuple[Event, ...]:
    """Return what somebody with these hands may do now, in the table's order."""
    held = frozenset(hands)
    return tuple(
        row.event for row in TABLE if row.state is offer.state and row.who & held
    )


def waits_for(offer: Offer) -> str | None:
    """Return who is waited for, or None where nobody is."""
    if offer.state is State.BY_PHONE:
        by_receiver = offer.recorded_by == offer.receiver_id
        return offer.sender_id if by_receiver else offer.receiver_id
    return offer.receiver_id if offer.state in OWED else None


class Line(StrEnum):
    """What became of one line of action."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    REFUSED = "refused"
    DONE = "done"
    DROPPED = "dropped"
    """Refused, and whoever asked for it says that it is not needed."""


ANSWERS = frozenset({Line.ACCEPTED, Line.CHANGED, Line.REFUSED})
"""What a read-back says to a line."""

TO_DO = frozenset({Line.ACCEPTED, Line.CHANGED})
"""Lines that somebody has taken on and not done yet."""

BROUGHT_UP = TO_DO | {Line.REFUSED}
"""Lines that are brought up: to their doer, or to whoever asked and has nobody now."""
