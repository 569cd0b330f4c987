"""The words for steps of the journey, in one place."""

from __future__ import annotations

from collections.abc import Mapping

from care.journey import Party, Phase
from care.milestone import Result, Step

STEP: Mapping[Step, str] = {
    Step.CONTACT: "contact with the patient",
    Step.CONSULT: "consult",
    Step.DECISION: "decision",
    Step.AUTHORIZATION: "authorization",
    Step.SLOT: "apheresis slot",
    Step.APHERESIS: "apheresis",
    Step.BRIDGING: "bridging",
    Step.RELEASE: "release of the product",
    Step.LYMPHODEPLETION: "lymphodepletion",
    Step.INFUSION: "infusion",
    Step.DISCHARGE: "discharge from center care",
    Step.RETURN: "return to the practice",
    Step.ADMISSION: "admission to hospital",
    Step.LEFT_HOSPITAL: "discharge from hospital",
    Step.RELAPSE: "relapse",
    Step.NEW_THERAPY: "new therapy",
    Step.SECOND_MALIGNANCY: "second malignancy",
    Step.HOSPICE: "hospice",
    Step.DEATH: "death",
    Step.EXIT: "end of the journey",
}
"""A step as a noun."""

_RESULT: Mapping[Result, str] = {
    Result.PLANNED: "planned",
    Result.MOVED: "moved",
    Result.HAPPENED: "happened",
    Result.STARTED: "started",
    Result.STOPPED: "stopped, last dose given",
    Result.ASKED_AGAIN: "asked again, product or site changed",
    Result.CONSULT_AUTHORIZED: "consult authorized",
    Result.PEER_TO_PEER: "peer-to-peer asked for",
    Result.NOT_A_CANDIDATE: "no",
}

_OF_STEP: Mapping[tuple[Step, Result], str] = {
    (Step.CONTACT, Result.HAPPENED): "reached",
    (Step.CONTACT, Result.NOT_REACHED): "could not reach, three tries",
    (Step.CONSULT, Result.PLANNED): "booked",
    (Step.CONSULT, Result.HAPPENED): "held",
    (Step.SLOT, Result.HAPPENED): "assigned",
    (Step.SLOT, Result.MOVED): "lost or moved",
    (Step.LYMPHODEPLETION, Result.HAPPENED): "started",
    (Step.INFUSION, Result.HAPPENED): "given",
    (Step.RETURN, Result.HAPPENED): "accepted",
    (Step.RELAPSE, Result.HAPPENED): "recorded",
    (Step.NEW_THERAPY, Result.HAPPENED): "started",
    (Step.SECOND_MALIGNANCY, Result.HAPPENED): "recorded",
    (Step.HOSPICE, Result.HAPPENED): "began",
    (Step.DEATH, Result.HAPPENED): "recorded",
    (Step.EXIT, Result.HAPPENED): "recorded",
    (Step.ADMISSION, Result.HAPPENED): "recorded",
    (Step.LEFT_HOSPITAL, Result.HAPPENED): "recorded",
}

PARTY: Mapping[Party, str] = {
    Party.CENTER: "the center",
    Party.PRACTICE: "the practice",
    Party.PAYER: "the payer",
    Party.MANUFACTURER: "the manufacturer",
    Party.PATIENT: "the patient",
    Party.OTHER: "something else",
}
"""Whom a course may wait for, as somebody says it."""


def result_of(step: Step, result: Result) -> str:
    """Return how a step stands, as people say it."""
    return _OF_STEP.get((step, result)) or _RESULT.get(result, result.value)


def recorded(step: Step, result: Result) -> str:
    """Return a step with how it stands: "consult held"."""
    decided = ":" if step is Step.DECISION else ""
    return f"{STEP[step]}{decided} {result_of(step, result)}"


def record(step: Step) -> str:
    """Return the verb that records a step."""
    short = {
        Step.CONTACT: "contact",
        Step.SLOT: "slot",
        Step.RELEASE: "release",
        Step.DISCHARGE: "discharge",
    }
    return f"Record {short.get(step, STEP[step])}"


def awaited(phase: Phase) -> str:
    """Return what a course waits for, as its next move."""
    return phase.value
