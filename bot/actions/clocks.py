"""Keeps a referral's reminders in step with where it stands."""

from __future__ import annotations

from bot.sheets import make_sheets
from care.response import plan
from storage.records import Referral
from storage.reminders import Due
from storage.unit import Unit

KIND = "referral"
"""The kind of reminder that brings up a referral."""


def replan(uow: Unit, referral: Referral) -> None:
    """Plan the reminders of the referral's generation; older ones are cancelled.

    What would be due already is not planned: it was brought up in its time.
    """
    sheet = make_sheets(uow, [referral])[0]
    due = [
        Due(KIND, one.step, one.due_at)
        for one in plan(referral.progress, sheet.round)
        if one.due_at > uow.now
    ]
    uow.reminders.plan(referral.workspace_id, referral.id, referral.generation, due)
