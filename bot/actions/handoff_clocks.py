"""Keeps the reminders of handoffs and of their actions in step."""

from __future__ import annotations

from bot.handoff_sheets import HandoffSheet
from care.handoff import TO_DO, Line
from care.handoff_clock import DueStep, Planned, Step, action_due, is_last, plan
from care.handoff_clock import next_look as look_again
from care.working_time import WorkingHours
from scheduler.calendars import working_hours
from storage.handoff_records import HandoffAction
from storage.records import Reminder
from storage.reminders import Due
from storage.unit import Unit

KIND = "handoff"
"""The kind of reminder that brings up a handoff."""

ACTION = "handoff action"
"""The kind of reminder that brings up an action from a handoff."""


def replan(uow: Unit, about: HandoffSheet) -> None:
    """Plan the reminders of the handoff's generation; older ones are cancelled."""
    one = about.handoff
    planned = plan(one.state, about.round, now=uow.now)
    due = [_due(step) for step in planned]
    uow.reminders.plan(one.workspace_id, one.id, one.generation, due)


def go_on(uow: Unit, about: HandoffSheet, step: Step) -> None:
    """After the last step, plan the next look: nothing falls silent."""
    if is_last(step, about.handoff.state, about.round):
        resume(uow, about)


def resume(uow: Unit, about: HandoffSheet) -> None:
    """Plan the next look at a handoff that waits, as after its last step."""
    one = about.handoff
    morning = Planned(Step.STILL, look_again(uow.now, about.round.hours))
    uow.reminders.plan(one.workspace_id, one.id, one.generation, [_due(morning)])


def step_of(reminder: Reminder) -> Step:
    """Return which step a reminder of a handoff brings up."""
    still = reminder.step.startswith(Step.STILL)
    return Step.STILL if still else Step(reminder.step)


def replan_action(uow: Unit, workspace_id: str, one: HandoffAction) -> None:
    """Plan the reminder of an action; older ones are cancelled.

    What somebody has taken on is brought up when it is due; what was refused, the
    next working morning, to whoever asked for it.
    """
    due = []
    if one.state in TO_DO:
        at = max(action_due(one.due_day, hours_for(uow, one)), uow.now)
        due.append(Due(ACTION, DueStep.DUE, at))
    elif one.state is Line.REFUSED:
        at = look_again(uow.now, hours_for(uow, one))
        due.append(Due(ACTION, DueStep.DUE, at))
    uow.reminders.plan(workspace_id, one.id, one.generation, due)


def resume_action(uow: Unit, workspace_id: str, one: HandoffAction) -> None:
    """Plan the next look at an action that is still to be done."""
    at = look_again(uow.now, hours_for(uow, one))
    again = Due(ACTION, f"{DueStep.STILL} {at:%Y-%m-%d}", at)
    uow.reminders.plan(workspace_id, one.id, one.generation, [again])


def hours_for(uow: Unit, one: HandoffAction) -> WorkingHours:
    """Return when the site is open of whoever an action is brought up to."""
    whose = one.doer_id
    if one.state is Line.REFUSED:
        whose = uow.handoffs.handoff(one.handoff_id).sender_id
    site = uow.people.site(uow.people.clinician(whose).site_id)
    return working_hours(site, around=uow.now.date())


def _due(planned: Planned) -> Due:
    # There are many mornings in one generation: each is a step of its own.
    day = f" {planned.due_at:%Y-%m-%d}" if planned.step is Step.STILL else ""
    return Due(KIND, planned.step + day, planned.due_at)
