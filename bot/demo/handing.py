"""The handoffs of the demo: one that was read back, and one that waits for it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.actions.handing import offer_handoff
from bot.actions.matching import MATCHED
from bot.actions.reading_back import ReadBack, read_back
from bot.demo.cases import Players
from bot.handoff_fields import RECEIVER, action_fields
from care.ipass import (
    CONTINGENCY,
    NONE,
    PRODUCT,
    SEVERITY,
    SUMMARY,
)
from care.matching import How
from sandbox import Person

CALL = "Fever or new confusion; I call the center at any hour."
TO_CENTER: Mapping[str, str] = {
    SEVERITY: "Stable, in good general condition",
    SUMMARY: "Third line, refractory to lenalidomide. Ready for lymphodepletion.",
    CONTINGENCY: "If the date moves, call the practice on the same day.",
    action_fields(1)[0]: NONE,
}
RETURN: Mapping[str, str] = {
    SEVERITY: "Stable, tired, at home with a caregiver",
    SUMMARY: "Third line, CAR T given at the center. Goes home from center care.",
    CONTINGENCY: "If fever or confusion: emergency department, then call the center.",
    PRODUCT: "Carvykti (cilta-cel)",
    "lymphodepletion": "Fludarabine and cyclophosphamide",
    "crs": "Grade 1",
    "icans": NONE,
    "iec_hs": NONE,
    "tocilizumab": "One dose",
    "steroid": NONE,
    "peak_lymphocytes": "Not measured",
    "prophylaxis": "Against HSV and PJP; both written by the practice from now on",
    "antiseizure": "Runs; Dr Rivera says when it stops, no refill needed",
    "other_drugs": "As before the infusion",
    "handwriting": "A sentence is kept in the record of both sites",
    "deficits": NONE,
    "counts": "Hemoglobin 8.9, neutrophils 1.1, platelets 64",
    "creatinine": "As before the infusion",
    "ferritin": "Falling; last value in the letter",
    "crp": "Normal again",
    "igg": "In the letter",
    "cd4": "Not measured yet",
    "transfusion": "None in the last week",
    "gcsf": "Not given",
    "ivig": "Not given yet",
    "irradiated": "As in the plan",
    "line": "Out",
    "driving": "As in the plan",
    "hbv": "Negative before the infusion",
    "cmv": "Negative at last test",
    "cd34": "Stored at the center",
    "month_1": "The practice",
    "next_center_visit": "At month 3",
    action_fields(1)[0]: NONE,
    MATCHED: How.BY_RECORD,
}
"""Nobody's patient. A field that the return gains later must be answered here too."""


def play_handoffs(players: Players, referral: str) -> str:
    """Hand a patient to the center, and offer to hand the patient back.

    Returns the id of the offer.
    """
    cast = players.cast
    offered = _offer(players, cast.chen, referral, cast.rivera, TO_CENTER)
    players.do(
        cast.rivera,
        read_back,
        settle=False,
        handoff_id=offered,
        said=ReadBack(CALL, TO_CENTER[SEVERITY]),
    )
    return _offer(players, cast.rivera, referral, cast.chen, RETURN)


def play_return(players: Players, referral: str) -> None:
    """Hand a patient to the center and back: the practice is responsible again."""
    offered = play_handoffs(players, referral)
    said = ReadBack(CALL, RETURN[SEVERITY], visit_booked=True, matched=How.BY_PHONE)
    words = {"handoff_id": offered, "said": said}
    players.do(players.cast.chen, read_back, settle=False, **words)


def _offer(
    players: Players, who: Person, referral: str, to: Person, values: Mapping[str, str]
) -> str:
    receiver = {RECEIVER: players.actor(to).clinician_id}
    return players.do(
        who,
        offer_handoff,
        settle=False,
        referral_id=referral,
        values=dict(values) | receiver,
    ).subject
