"""Asking for the emergency sheet as a page to print."""

from __future__ import annotations

from bot.actions.done import Done
from bot.actions.telling import Telling
from bot.concerns import LATELY, PAPER, concern_sheet, paper_asked_lately
from storage.actors import Person
from storage.unit import Unit


def ask_for_paper(*, uow: Unit, by: Person, referral_id: str) -> Done:
    """Send somebody the sheet of a case to print, once for clicks close together.

    Raises `NoPart`, and `NotForYou` before apheresis and after a death.
    """
    sheet = concern_sheet(uow, by.member, referral_id)
    if paper_asked_lately(uow, by.member, referral_id):
        return Done("asked already", referral_id)
    # Two clicks at the same moment are one: each writes the notice of this span.
    span = int(uow.now.timestamp() // LATELY.total_seconds())
    reader = uow.people.clinician(by.clinician_id)
    Telling(uow, sheet, f"{referral_id}/{span}").tell([reader], PAPER)
    workspace = sheet.referral.workspace_id
    uow.audit(workspace, "emergency sheet asked for", sheet.case.id)
    return Done("asked", referral_id)
