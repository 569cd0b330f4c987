"""Keeps a referral's reminders in step with where it stands."""

from __future__ import annotations

from bot.sheets import Sheet, make_sheets
from care.response import Planned, Step, is_last, next_look, plan
from storage.records import Referral, Reminder
from storage.reminders import Due
from storage.unit import Unit

KIND = "referral"
"""The kind of reminder that brings up a referral."""


def replan(uow: Unit, referral: Referral) -> None:
    """Plan the reminders of the referral's generation; older ones are cancelled."""
    sheet = make_sheets(uow, [referral])[0]
    told = _told_in_round(uow, referral)
    planned = plan(referral.progress, sheet.round, now=uow.now, told=told)
    # Of somebody who has died nothing is asked.
    living = not sheet.has_died
    due = [_due(one) for one in planned] if living else []
    uow.reminders.plan(referral.workspace_id, referral.id, referral.generation, due)


def go_on(uow: Unit, sheet: Sheet, step: Step) -> None:
    """After the last step, plan the next look: nothing falls silent."""
    referral = sheet.referral
    if is_last(step, referral.urgency):
        morning = Planned(Step.STILL, next_look(uow.now, sheet.round))
        uow.reminders.plan(
            referral.workspace_id, referral.id, referral.generation, [_due(morning)]
        )


def step_of(reminder: Reminder) -> Step:
    """Return which step a reminder brings up."""
    still = reminder.step.startswith(Step.STILL)
    return Step.STILL if still else Step(reminder.step)


def _due(planned: Planned) -> Due:
    # There are many mornings in one generation: each is a step of its own.
    day = f" {planned.due_at:%Y-%m-%d}" if planned.step is Step.STILL else ""
    return Due(KIND, planned.step + day, planned.due_at)


def _told_in_round(uow: Unit, referral: Referral) -> frozenset[Step]:
    """Return the steps of this round that were brought up; a pause renews none."""
    return frozenset(
        step_of(one)
        for one in uow.reminders.of(referral.id)
        if one.state == "settled" and one.due_at > referral.round_started_at
    )
