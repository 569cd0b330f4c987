"""The milestones of a CAR T journey: what can be recorded, and what each asks for.

The steps are those of the clinical content's table of states (design D, the request,
status and outcome messages of 360X, and row 14's reasons for leaving the journey:
rapid progression, no suitable product or trial and toxicity concern are the three
commonest of one center's cohort, MSKCC 2021-23).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Step(StrEnum):
    """A step of the journey, in the order in which it is usually taken."""

    CONTACT = "contact"
    CONSULT = "consult"
    DECISION = "decision"
    AUTHORIZATION = "authorization"
    SLOT = "slot"
    APHERESIS = "apheresis"
    BRIDGING = "bridging"
    RELEASE = "release"
    LYMPHODEPLETION = "lymphodepletion"
    INFUSION = "infusion"
    DISCHARGE = "discharge"
    RETURN = "return"
    ADMISSION = "admission"
    LEFT_HOSPITAL = "left hospital"
    RELAPSE = "relapse"
    NEW_THERAPY = "new therapy"
    SECOND_MALIGNANCY = "second malignancy"
    HOSPICE = "hospice"
    DEATH = "death"
    EXIT = "exit"


class Result(StrEnum):
    """How a step stands, as somebody records it."""

    PLANNED = "planned"
    MOVED = "moved"
    HAPPENED = "happened"
    NOT_REACHED = "not reached"
    CANDIDATE = "candidate"
    NOT_NOW = "not now"
    NOT_A_CANDIDATE = "not a candidate"
    CONSULT_AUTHORIZED = "consult authorized"
    SUBMITTED = "submitted"
    PENDED = "pended"
    DENIED = "denied"
    PEER_TO_PEER = "peer-to-peer"
    APPEALED = "appealed"
    GRANTED = "granted"
    ASKED_AGAIN = "asked again"
    IN_SPECIFICATION = "in specification"
    OUT_OF_SPECIFICATION = "out of specification"
    FAILED = "failed"
    STARTED = "started"
    STOPPED = "stopped"


AHEAD = frozenset({Result.PLANNED, Result.MOVED})
"""Results that say when a step will be taken; every other one has happened."""


class Reason(StrEnum):
    """Why a step was moved, a decision went that way, or the journey ended."""

    RAPID_PROGRESSION = "rapid progression"
    NO_PRODUCT = "no suitable product or trial"
    TOXICITY = "toxicity concern"
    PATIENT_CHOICE = "patient choice"
    PAYER = "payer"
    MANUFACTURING = "manufacturing"
    HEALTH = "patient not well enough now"
    SCHEDULE = "the site's schedule"
    TRAVEL = "caregiver, lodging or transport"
    RESPONSE = "myeloma responds to other treatment"
    OTHER = "other"


EXIT_REASONS = (
    Reason.RAPID_PROGRESSION,
    Reason.NO_PRODUCT,
    Reason.TOXICITY,
    Reason.PATIENT_CHOICE,
    Reason.PAYER,
    Reason.MANUFACTURING,
    Reason.OTHER,
)
MOVE_REASONS = (
    Reason.HEALTH,
    Reason.PATIENT_CHOICE,
    Reason.MANUFACTURING,
    Reason.PAYER,
    Reason.SCHEDULE,
    Reason.TRAVEL,
    Reason.OTHER,
)
DECISION_REASONS = (Reason.RESPONSE, Reason.HEALTH, *EXIT_REASONS)


class Place(StrEnum):
    """Where somebody was admitted."""

    CENTER = "the center"
    LOCAL = "a local hospital"
    ELSEWHERE = "elsewhere"


class FirstCall(StrEnum):
    """Who is called first while the patient is in hospital."""

    RESPONSIBLE = "the responsible clinician"
    DUTY = "whoever is on duty at the center"
    HOSPITAL = "the hospital's own team"


class Contact(StrEnum):
    """Who reached the patient, or tried to."""

    CENTER = "the center"
    PRACTICE = "the practice"


class Ask(StrEnum):
    """What a form asks for beside the step and its result."""

    DAY = "day"
    REASON = "reason"
    PLACE = "place"
    CONTACT = "contact"
    FIRST_CALL = "first call"
    UNTIL = "until"
    PRODUCT = "product"
    MEANWHILE = "meanwhile"
    """What not to give meanwhile; kept in the place of a note."""
    WHAT_HAPPENED = "what happened"
    WHAT_CHANGED = "what changed"
    WHO_DOES = "who does what"
    THERAPY = "therapy"
    """Which kind of course a new therapy begins."""
    NOTE = "note"
    SAME_PATIENT = "same patient"
    """The case line is repeated, and somebody says that it is this patient."""


class Product(StrEnum):
    """The CAR T products that a course may be of (labels: FDA 2024-04)."""

    CARVYKTI = "Carvykti (cilta-cel)"
    ABECMA = "Abecma (ide-cel)"
    TRIAL = "a trial's product"
    OTHER = "another product"


RESULTS: Mapping[Step, tuple[Result, ...]] = {
    Step.CONTACT: (Result.HAPPENED, Result.NOT_REACHED),
    Step.CONSULT: (Result.PLANNED, Result.MOVED, Result.HAPPENED),
    Step.DECISION: (Result.CANDIDATE, Result.NOT_NOW, Result.NOT_A_CANDIDATE),
    Step.AUTHORIZATION: (
        Result.CONSULT_AUTHORIZED,
        Result.SUBMITTED,
        Result.PENDED,
        Result.DENIED,
        Result.PEER_TO_PEER,
        Result.APPEALED,
        Result.GRANTED,
        Result.ASKED_AGAIN,
    ),
    Step.SLOT: (Result.HAPPENED, Result.MOVED),
    Step.APHERESIS: (Result.PLANNED, Result.MOVED, Result.HAPPENED),
    Step.BRIDGING: (Result.PLANNED, Result.MOVED, Result.STARTED, Result.STOPPED),
    Step.RELEASE: (
        Result.PLANNED,
        Result.MOVED,
        Result.IN_SPECIFICATION,
        Result.OUT_OF_SPECIFICATION,
        Result.FAILED,
    ),
    Step.LYMPHODEPLETION: (Result.PLANNED, Result.MOVED, Result.HAPPENED),
    Step.INFUSION: (Result.PLANNED, Result.MOVED, Result.HAPPENED),
    Step.DISCHARGE: (Result.PLANNED, Result.MOVED, Result.HAPPENED),
    Step.RETURN: (Result.HAPPENED,),
    Step.ADMISSION: (Result.HAPPENED,),
    Step.LEFT_HOSPITAL: (Result.HAPPENED,),
    Step.RELAPSE: (Result.HAPPENED,),
    Step.NEW_THERAPY: (Result.HAPPENED,),
    Step.SECOND_MALIGNANCY: (Result.HAPPENED,),
    Step.HOSPICE: (Result.HAPPENED,),
    Step.DEATH: (Result.HAPPENED,),
    Step.EXIT: (Result.HAPPENED,),
}
"""What can be recorded of each step, the likeliest first."""

_MORE: Mapping[tuple[Step, Result], tuple[Ask, ...]] = {
    (Step.CONTACT, Result.HAPPENED): (Ask.CONTACT,),
    (Step.CONTACT, Result.NOT_REACHED): (Ask.CONTACT,),
    (Step.DECISION, Result.CANDIDATE): (Ask.PRODUCT, Ask.MEANWHILE),
    (Step.DECISION, Result.NOT_NOW): (Ask.REASON, Ask.UNTIL, Ask.MEANWHILE),
    (Step.DECISION, Result.NOT_A_CANDIDATE): (Ask.REASON, Ask.NOTE),
    (Step.AUTHORIZATION, Result.GRANTED): (Ask.UNTIL,),
    (Step.SLOT, Result.HAPPENED): (Ask.PRODUCT, Ask.SAME_PATIENT),
    (Step.RELEASE, Result.OUT_OF_SPECIFICATION): (Ask.NOTE,),
    (Step.RELEASE, Result.FAILED): (Ask.NOTE,),
    (Step.INFUSION, Result.HAPPENED): (Ask.PRODUCT, Ask.SAME_PATIENT),
    (Step.ADMISSION, Result.HAPPENED): (Ask.PLACE, Ask.FIRST_CALL),
    (Step.LEFT_HOSPITAL, Result.HAPPENED): (
        Ask.WHAT_HAPPENED,
        Ask.WHAT_CHANGED,
        Ask.WHO_DOES,
    ),
    (Step.NEW_THERAPY, Result.HAPPENED): (Ask.THERAPY, Ask.NOTE),
    (Step.DEATH, Result.HAPPENED): (Ask.SAME_PATIENT,),
    (Step.EXIT, Result.HAPPENED): (Ask.REASON, Ask.NOTE),
}


def asks(step: Step, result: Result) -> tuple[Ask, ...]:
    """Return what is asked for with a result: always the day, and what else."""
    moved = (Ask.REASON,) if result is Result.MOVED else ()
    return (Ask.DAY, *moved, *_MORE.get((step, result), ()))


REQUIRED = frozenset(
    {
        Ask.DAY,
        Ask.REASON,
        Ask.PLACE,
        Ask.CONTACT,
        Ask.FIRST_CALL,
        Ask.PRODUCT,
        Ask.MEANWHILE,
        Ask.WHAT_HAPPENED,
        Ask.WHAT_CHANGED,
        Ask.WHO_DOES,
        Ask.THERAPY,
        Ask.SAME_PATIENT,
    }
)
"""What must be said; "none" is an answer where nothing is to be said."""


LINES: Mapping[Ask, str] = {
    Ask.WHAT_HAPPENED: "What happened",
    Ask.WHAT_CHANGED: "What changed",
    Ask.WHO_DOES: "Who does what",
}
"""What is asked for in one line each; the lines are kept together as the note."""


def join_lines(texts: Mapping[Ask, str]) -> str:
    """Return single lines as one note, each with what it says."""
    told = [(LINES[one], " ".join(texts.get(one, "").split())) for one in LINES]
    return "\n".join(f"{label}: {text}" for label, text in told)


def split_lines(note: str) -> dict[Ask, str]:
    """Return the lines of a note that `join_lines` has made."""
    lines = dict(line.partition(": ")[::2] for line in note.splitlines())
    return {one: lines.get(label, "") for one, label in LINES.items()}


def reasons(step: Step) -> tuple[Reason, ...]:
    """Return the reasons that can be given for a step."""
    return {Step.EXIT: EXIT_REASONS, Step.DECISION: DECISION_REASONS}.get(
        step, MOVE_REASONS
    )


@dataclass(frozen=True)
class Milestone:
    """One step as it was recorded. `day` is a date at the center."""

    id: str
    step: Step
    result: Result
    day: date
    until: date | None = None
    """Until when an authorization holds, or when to look again."""
    reason: Reason | None = None
    product: Product | None = None
    place: Place | None = None
    contact: Contact | None = None
    first_call: FirstCall | None = None
