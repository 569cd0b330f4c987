"""The journey's table: what may be recorded in each phase, and by whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from care.milestone import AHEAD, Result, Step
from care.people import ANY_PART, CENTER_SIDE, Part


class Phase(StrEnum):
    """What a course waits for, as its next move is said."""

    CONTACT = "contact with the patient"
    NOT_REACHED = "the practice to reach the patient"
    CONSULT_TO_BOOK = "a date for the consult"
    CONSULT = "consult"
    DECISION = "decision"
    AUTHORIZATION = "authorization to be submitted"
    WITH_PAYER = "the payer's answer"
    DENIED = "peer-to-peer or appeal"
    SLOT = "apheresis slot"
    APHERESIS = "apheresis"
    RELEASE = "release of the product"
    NOT_RELEASED = "a decision on the product"
    LYMPHODEPLETION = "lymphodepletion"
    INFUSION = "infusion"
    DISCHARGE = "discharge from center care"
    RETURN = "return handoff"
    HOME = "follow-up at home"
    NOT_NOW = "another look later"
    THERAPY = "another therapy"
    ENDED = "nothing more"


class Party(StrEnum):
    """Who a course waits for."""

    CENTER = "center"
    PRACTICE = "practice"
    PAYER = "payer"
    MANUFACTURER = "manufacturer"
    PATIENT = "patient"
    OTHER = "other"
    NOBODY = "nobody"


class CourseKind(StrEnum):
    """What a course is of."""

    CAR_T = "CAR T"
    BISPECIFIC = "bispecific"
    OTHER = "another therapy"


MAIN = tuple(Phase)[: list(Phase).index(Phase.HOME) + 1]
"""The phases of a journey in their usual order."""

BEFORE_CENTER = frozenset(MAIN[: MAIN.index(Phase.LYMPHODEPLETION) + 1])
BEFORE_INFUSION = frozenset(MAIN[: MAIN.index(Phase.INFUSION) + 1])
UNDER_WAY = frozenset(MAIN) | {Phase.NOT_NOW}
INFUSED = frozenset({Phase.DISCHARGE, Phase.RETURN, Phase.HOME})
LIVING = frozenset(Phase) - {Phase.ENDED}
AFTER_CARE = INFUSED | {
    Phase.DECISION,
    Phase.RELEASE,
    Phase.NOT_RELEASED,
    Phase.INFUSION,
    Phase.THERAPY,
}
"""Phases that begin on a day on which the patient was seen or treated."""

PARTY: Mapping[Phase, Party] = {
    Phase.NOT_REACHED: Party.PRACTICE,
    Phase.WITH_PAYER: Party.PAYER,
    Phase.SLOT: Party.MANUFACTURER,
    Phase.RELEASE: Party.MANUFACTURER,
    Phase.HOME: Party.PRACTICE,
    Phase.NOT_NOW: Party.PRACTICE,
    Phase.THERAPY: Party.PRACTICE,
    Phase.ENDED: Party.NOBODY,
}
"""Who each phase waits for; the center where nothing is said."""

NEXT: Mapping[Phase, tuple[Step, ...]] = {
    Phase.CONTACT: (Step.CONTACT, Step.CONSULT),
    Phase.NOT_REACHED: (Step.CONTACT,),
    Phase.CONSULT_TO_BOOK: (Step.CONSULT,),
    Phase.CONSULT: (Step.CONSULT,),
    Phase.DECISION: (Step.DECISION,),
    Phase.AUTHORIZATION: (Step.AUTHORIZATION,),
    Phase.WITH_PAYER: (Step.AUTHORIZATION,),
    Phase.DENIED: (Step.AUTHORIZATION,),
    Phase.SLOT: (Step.SLOT,),
    Phase.APHERESIS: (Step.APHERESIS,),
    Phase.RELEASE: (Step.RELEASE, Step.BRIDGING),
    Phase.NOT_RELEASED: (Step.DECISION, Step.APHERESIS),
    Phase.LYMPHODEPLETION: (Step.LYMPHODEPLETION, Step.BRIDGING),
    Phase.INFUSION: (Step.INFUSION,),
    Phase.DISCHARGE: (Step.DISCHARGE,),
    Phase.RETURN: (),
    Phase.HOME: (),
    Phase.NOT_NOW: (Step.DECISION,),
    Phase.THERAPY: (),
    Phase.ENDED: (),
}
"""The steps that come next in each phase, the likeliest first."""


@dataclass(frozen=True)
class Row:
    """One row of the table: what may be recorded in which phases, and by whom."""

    step: Step
    results: frozenset[Result]
    phases: frozenset[Phase]
    to: Phase | None
    """The phase that it leads to; None leaves the phase as it is."""
    who: frozenset[Part] = CENTER_SIDE


def _row(
    step: Step,
    results: Iterable[Result],
    phases: Collection[Phase],
    to: Phase | None = None,
    who: frozenset[Part] = CENTER_SIDE,
) -> Row:
    return Row(step, frozenset(results), frozenset(phases), to, who)


_P, _S, _R = Phase, Step, Result
_SPECIALIST = frozenset({Part.ASKED})
_AGAIN = BEFORE_INFUSION | {_P.NOT_NOW}
_BEFORE_DECISION = frozenset(MAIN[: MAIN.index(_P.DECISION)]) | {_P.NOT_NOW}

JOURNEY: tuple[Row, ...] = (
    _row(_S.CONTACT, [_R.HAPPENED], {_P.CONTACT, _P.NOT_REACHED}, _P.CONSULT_TO_BOOK,
         ANY_PART),
    _row(_S.CONTACT, [_R.NOT_REACHED], {_P.CONTACT, _P.NOT_REACHED}, _P.NOT_REACHED,
         ANY_PART),
    _row(_S.CONSULT, AHEAD, _BEFORE_DECISION, _P.CONSULT),
    _row(_S.CONSULT, [_R.HAPPENED], _BEFORE_DECISION, _P.DECISION),
    _row(_S.DECISION, [_R.CANDIDATE], _AGAIN, _P.AUTHORIZATION, _SPECIALIST),
    _row(_S.DECISION, [_R.NOT_NOW], _AGAIN, _P.NOT_NOW, _SPECIALIST),
    _row(_S.DECISION, [_R.NOT_A_CANDIDATE], _AGAIN, _P.ENDED, _SPECIALIST),
    _row(_S.AUTHORIZATION, [_R.CONSULT_AUTHORIZED], _AGAIN),
    _row(_S.AUTHORIZATION, [_R.SUBMITTED, _R.PENDED, _R.PEER_TO_PEER, _R.APPEALED,
                            _R.ASKED_AGAIN], _AGAIN, _P.WITH_PAYER),
    _row(_S.AUTHORIZATION, [_R.DENIED], _AGAIN, _P.DENIED),
    _row(_S.AUTHORIZATION, [_R.GRANTED], _AGAIN, _P.SLOT),
    _row(_S.SLOT, [_R.HAPPENED], _AGAIN, _P.APHERESIS),
    _row(_S.SLOT, [_R.MOVED], _AGAIN, _P.SLOT),
    _row(_S.APHERESIS, AHEAD, _AGAIN, _P.APHERESIS),
    _row(_S.APHERESIS, [_R.HAPPENED], _AGAIN, _P.RELEASE),
    _row(_S.BRIDGING, [*AHEAD, _R.STARTED, _R.STOPPED], BEFORE_CENTER | {_P.INFUSION},
         None, ANY_PART),
    _row(_S.RELEASE, AHEAD, BEFORE_CENTER),
    _row(_S.RELEASE, [_R.IN_SPECIFICATION], BEFORE_CENTER, _P.LYMPHODEPLETION),
    _row(_S.RELEASE, [_R.OUT_OF_SPECIFICATION, _R.FAILED], BEFORE_CENTER,
         _P.NOT_RELEASED),
    _row(_S.LYMPHODEPLETION, AHEAD, BEFORE_INFUSION),
    _row(_S.LYMPHODEPLETION, [_R.HAPPENED], BEFORE_INFUSION, _P.INFUSION),
    _row(_S.INFUSION, AHEAD, BEFORE_INFUSION),
    _row(_S.INFUSION, [_R.HAPPENED], BEFORE_INFUSION, _P.DISCHARGE),
    _row(_S.DISCHARGE, AHEAD, {_P.DISCHARGE}),
    _row(_S.DISCHARGE, [_R.HAPPENED], {_P.DISCHARGE}, _P.RETURN),
    # The practice may have accepted the return while the patient was still there.
    _row(_S.DISCHARGE, [*AHEAD, _R.HAPPENED], {_P.HOME}),
    _row(_S.RETURN, [_R.HAPPENED], INFUSED, _P.HOME, frozenset({Part.BATON})),
    _row(_S.ADMISSION, [_R.HAPPENED], LIVING, None, ANY_PART),
    _row(_S.LEFT_HOSPITAL, [_R.HAPPENED], LIVING, None, ANY_PART),
    _row(_S.RELAPSE, [_R.HAPPENED], INFUSED | {_P.THERAPY}, None, ANY_PART),
    _row(_S.NEW_THERAPY, [_R.HAPPENED], INFUSED | {_P.THERAPY}, None, ANY_PART),
    _row(_S.SECOND_MALIGNANCY, [_R.HAPPENED], INFUSED | {_P.THERAPY}, None, ANY_PART),
    _row(_S.HOSPICE, [_R.HAPPENED], LIVING, None, ANY_PART),
    _row(_S.DEATH, [_R.HAPPENED], frozenset(Phase), _P.ENDED, ANY_PART),
    _row(_S.EXIT, [_R.HAPPENED], UNDER_WAY - {_P.HOME}, _P.ENDED, ANY_PART),
)  # fmt: skip


class NotNow(Exception):
    """This cannot be recorded of the course as it stands now."""

    def __init__(self, phase: Phase, step: Step, result: Result) -> None:
        super().__init__(f"{step} {result} is nothing of a course that awaits {phase}")
        self.phase = phase
        self.step = step
        self.result = result


class NotForThem(Exception):
    """Somebody else may record this, but not with the part that you have."""

    def __init__(self, step: Step, who: frozenset[Part]) -> None:
        super().__init__(f"{step} is recorded by: {', '.join(sorted(who))}")
        self.step = step
        self.who = who


def find_row(phase: Phase, step: Step, result: Result) -> Row:
    """Return the row that applies, or raise `NotNow`."""
    for row in JOURNEY:
        if row.step is step and result in row.results and phase in row.phases:
            return row
    raise NotNow(phase, step, result)


def correctors(step: Step, result: Result) -> frozenset[Part]:
    """Return who may correct a result: day 0 only a specialist or lead of the center.

    What Baton recorded by itself nobody corrects: it follows from something else.
    """
    who = recorders(step, result) - {Part.BATON}
    gives_day0 = step is Step.INFUSION and result is Result.HAPPENED
    return who & _SPECIALIST if gives_day0 else who


def recorders(step: Step, result: Result) -> frozenset[Part]:
    """Return who may record a result of a step, in whatever phase."""
    rows = [row for row in JOURNEY if row.step is step and result in row.results]
    return frozenset[Part]().union(*(row.who for row in rows))
