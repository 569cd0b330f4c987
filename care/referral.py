"""The referral's states: one table says what may happen, and who may do it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from care.people import ANY_PART, CENTER_SIDE, PRACTICE_SIDE, Part


class Kind(StrEnum):
    """What is asked: a question, or an evaluation for CAR T."""

    ADVICE = "advice"
    EVALUATION = "evaluation"


class Urgency(StrEnum):
    """How soon an answer is needed, as the referrer says it."""

    ROUTINE = "routine"
    URGENT = "urgent"


class State(StrEnum):
    """Where a referral stands."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Side(StrEnum):
    """Whose move it is while a referral is open."""

    CENTER = "center"
    PRACTICE = "practice"


class Event(StrEnum):
    """What people do with a referral."""

    TAKE = "take"
    GIVE_BACK = "give back"
    PASS_ON = "pass on"  # noqa: S105 - the name of a move, no password
    ASK_INFORMATION = "ask for information"
    GIVE_INFORMATION = "give information"
    ANSWER = "answer"
    ASK_AGAIN = "ask again"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    ASK_EVALUATION = "ask for an evaluation"
    CLOSE = "close"
    REOPEN = "reopen"
    CONFIRM = "that answers it"
    LAPSE = "lapse"
    MOVE_ON = "move on"
    """The patient has moved to another practice, where the same goes on."""


class Outcome(StrEnum):
    """What came of a referral, as the referrer says when the loop is closed."""

    FOLLOWED = "advice followed"
    FOLLOWED_IN_PART = "advice followed in part"
    NOT_FOLLOWED = "advice not followed"
    UNDER_WAY = "evaluation under way"
    PATIENT_DECIDED = "the patient decided otherwise"
    NOT_KNOWN = "outcome not known"
    MOVED = "the patient moved to another practice"
    """Said by Baton alone, of a thread that goes on elsewhere."""


OUTCOMES = tuple(one for one in Outcome if one is not Outcome.MOVED)
"""What a person can say of a referral that is closed."""


class PatientTold(StrEnum):
    """Whether the patient knows of the answer, and from whom."""

    BY_PRACTICE = "by the practice"
    BY_CENTER = "by the center"
    NOT_YET = "not yet"
    NOT_NEEDED = "not needed"


OPEN = frozenset({State.REQUESTED, State.ACCEPTED})
"""States in which the referral waits on one of the two sides."""

ENDED = frozenset({State.DECLINED, State.WITHDRAWN, State.CLOSED})

BOTH_KINDS = frozenset(Kind)


@dataclass(frozen=True)
class Move:
    """One row of the table."""

    state: State
    event: Event
    to: State | None
    """The next state; None means the one before the end (reopening)."""
    who: frozenset[Part]
    kinds: frozenset[Kind] = BOTH_KINDS
    waits_on: Side | None = None
    """Whose move it is afterwards; None leaves it."""


_SPECIALIST = frozenset({Part.ASKED})
_REFERRING = PRACTICE_SIDE
_WHO_ASKED = frozenset({Part.REFERRER, Part.RESPONSIBLE})
_S, _E, _K = State, Event, Kind

TABLE: tuple[Move, ...] = (
    Move(_S.REQUESTED, _E.TAKE, _S.ACCEPTED, _SPECIALIST, waits_on=Side.CENTER),
    Move(_S.REQUESTED, _E.PASS_ON, _S.REQUESTED, CENTER_SIDE, waits_on=Side.CENTER),
    Move(
        _S.REQUESTED,
        _E.ASK_INFORMATION,
        _S.REQUESTED,
        CENTER_SIDE,
        waits_on=Side.PRACTICE,
    ),
    Move(
        _S.REQUESTED,
        _E.GIVE_INFORMATION,
        _S.REQUESTED,
        _REFERRING,
        waits_on=Side.CENTER,
    ),
    Move(_S.REQUESTED, _E.ANSWER, _S.ANSWERED, _SPECIALIST),
    Move(_S.REQUESTED, _E.DECLINE, _S.DECLINED, _SPECIALIST),
    Move(_S.REQUESTED, _E.WITHDRAW, _S.WITHDRAWN, _REFERRING),
    Move(_S.ACCEPTED, _E.GIVE_BACK, _S.REQUESTED, _SPECIALIST, waits_on=Side.CENTER),
    Move(
        _S.ACCEPTED,
        _E.ASK_INFORMATION,
        _S.ACCEPTED,
        CENTER_SIDE,
        waits_on=Side.PRACTICE,
    ),
    Move(
        _S.ACCEPTED, _E.GIVE_INFORMATION, _S.ACCEPTED, _REFERRING, waits_on=Side.CENTER
    ),
    Move(_S.ACCEPTED, _E.ANSWER, _S.ANSWERED, _SPECIALIST),
    Move(_S.ACCEPTED, _E.DECLINE, _S.DECLINED, _SPECIALIST),
    Move(_S.ACCEPTED, _E.WITHDRAW, _S.WITHDRAWN, _REFERRING),
    Move(
        _S.ACCEPTED,
        _E.CLOSE,
        _S.CLOSED,
        _REFERRING,
        kinds=frozenset({_K.EVALUATION}),
    ),
    Move(_S.ANSWERED, _E.ANSWER, _S.ANSWERED, _SPECIALIST),
    Move(
        _S.ANSWERED,
        _E.ASK_AGAIN,
        _S.ACCEPTED,
        ANY_PART,
        kinds=frozenset({_K.ADVICE}),
        waits_on=Side.CENTER,
    ),
    # An evaluation is taken anew: by that code and patient are matched.
    Move(
        _S.ANSWERED,
        _E.ASK_AGAIN,
        _S.REQUESTED,
        ANY_PART,
        kinds=frozenset({_K.EVALUATION}),
        waits_on=Side.CENTER,
    ),
    Move(
        _S.ANSWERED,
        _E.ASK_EVALUATION,
        _S.REQUESTED,
        _REFERRING,
        kinds=frozenset({_K.ADVICE}),
        waits_on=Side.CENTER,
    ),
    Move(_S.ANSWERED, _E.CLOSE, _S.CLOSED, _REFERRING),
    Move(_S.ANSWERED, _E.LAPSE, _S.CLOSED, frozenset({Part.BATON})),
    Move(_S.REQUESTED, _E.MOVE_ON, _S.CLOSED, frozenset({Part.BATON})),
    Move(_S.ACCEPTED, _E.MOVE_ON, _S.CLOSED, frozenset({Part.BATON})),
    Move(_S.ANSWERED, _E.MOVE_ON, _S.CLOSED, frozenset({Part.BATON})),
    Move(_S.REQUESTED, _E.CONFIRM, _S.ANSWERED, _WHO_ASKED),
    Move(_S.ACCEPTED, _E.CONFIRM, _S.ANSWERED, _WHO_ASKED),
    Move(_S.DECLINED, _E.REOPEN, None, ANY_PART),
    Move(_S.WITHDRAWN, _E.REOPEN, None, ANY_PART),
    Move(_S.CLOSED, _E.REOPEN, None, ANY_PART),
)


class IllegalMove(Exception):
    """This cannot be done with the referral as it stands now."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} is no move of a referral that is {state}")
        self.state = state
        self.event = event


class NotYours(Exception):
    """Somebody else may do this, but not with the part that you have."""

    def __init__(self, event: Event, who: frozenset[Part]) -> None:
        super().__init__(f"{event} is for: {', '.join(sorted(who))}")
        self.event = event
        self.who = who


@dataclass(frozen=True)
class Progress:
    """Where one referral stands: the part of it that the table moves."""

    kind: Kind
    state: State = State.REQUESTED
    waiting_on: Side | None = Side.CENTER
    previous: State | None = None
    """The state before the end, to which reopening leads back."""


def find_move(progress: Progress, event: Event) -> Move:
    """Return the row that applies, or raise `IllegalMove`."""
    for row in TABLE:
        applies = row.state is progress.state and row.event is event
        if applies and progress.kind in row.kinds:
            return row
    raise IllegalMove(progress.state, event)


def advance(progress: Progress, event: Event, parts: Collection[Part]) -> Progress:
    """Return where the referral stands after `event` by somebody with `parts`.

    Raises `IllegalMove` if the table has no such row and `NotYours` if it has,
    but for others.
    """
    row = find_move(progress, event)
    if not row.who & frozenset(parts):
        raise NotYours(event, row.who)
    state = row.to or progress.previous or State.REQUESTED
    waiting_on = row.waits_on or progress.waiting_on or Side.CENTER
    return replace(
        progress,
        kind=Kind.EVALUATION if event is Event.ASK_EVALUATION else progress.kind,
        state=state,
        waiting_on=waiting_on if state in OPEN else None,
        previous=progress.state if state in ENDED else None,
    )


def moves_for(progress: Progress, parts: Collection[Part]) -> tuple[Event, ...]:
    """Return what somebody with `parts` may do now, in the table's order."""
    held = frozenset(parts)
    return tuple(
        row.event
        for row in TABLE
        if row.state is progress.state and progress.kind in row.kinds and row.who & held
    )


RESPONSES = frozenset({Event.TAKE, Event.ANSWER, Event.CONFIRM, Event.DECLINE})
"""Moves by which the center has responded."""


def waits_for(
    progress: Progress, *, referrer_id: str, asked_id: str, taker_id: str | None
) -> str | None:
    """Return whose move it is now: one person, or None where nobody is waited for."""
    if progress.state is State.ANSWERED:
        return referrer_id
    if progress.state not in OPEN:
        return None
    if progress.waiting_on is Side.PRACTICE:
        return referrer_id
    return taker_id or asked_id
