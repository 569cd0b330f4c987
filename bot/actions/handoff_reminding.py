"""What due reminders of handoffs do: bring up, and offer on to the next on duty."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import handoff_clocks as clocks
from bot.actions.handing import add_handoff, lines_of, tell_of_offer
from bot.actions.handoff_steps import hold_case, settle
from bot.actions.lateness import lateness
from bot.actions.reading_back import givers
from bot.actions.telling import Telling
from bot.handoff_sheets import HandoffSheet, make_handoff_sheet, may_be_responsible
from care.handoff import BROUGHT_UP, Event, Hand, Line, State, advance
from care.handoff_clock import DueStep, Step, action_again
from care.people import Role
from scheduler.calendars import local_day
from storage.actors import Actor
from storage.handoff_records import Handoff, HandoffAction, HandoffWords
from storage.records import Clinician, Reminder, Site
from storage.reminders import Due
from storage.unit import Unit


def bring_up_handoff(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Tell whoever is due to hear that a handoff still waits."""
    about = _held(uow, uow.handoffs.handoff(reminder.subject))
    if about.handoff.generation != reminder.generation:
        return "overtaken"
    if about.sheet.has_died:
        return "not needed"
    if _has_moved_on(about):
        return "moved on"
    step = clocks.step_of(reminder)
    if step is Step.NEXT_ON_DUTY:
        following = _next_on_duty(uow, about)
        if following is not None:
            return _offer_on(uow, by, about, following)
    _tell(uow, about, step, reminder)
    clocks.go_on(uow, about, step)
    one = about.handoff
    uow.audit(one.workspace_id, "reminded", one.id, {"step": step, "by": str(by)})
    return "told"


def bring_up_action(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Tell the doer of an action that it is due, and later their coordinators too.

    What was refused is brought up to whoever asked for it.
    """
    one = uow.handoffs.action(reminder.subject)
    about = _held(uow, uow.handoffs.handoff(one.handoff_id))
    one = uow.handoffs.action(reminder.subject)
    if one.generation != reminder.generation or one.state not in BROUGHT_UP:
        return "done meanwhile"
    if about.sheet.has_died:
        return "not needed"
    step = _due_step(reminder)
    payload = {"handoff": about.handoff.id, "action": one.id}
    payload |= lateness(uow, reminder)
    telling = Telling(uow, about.sheet, reminder.id, payload)
    telling.tell(_doers(uow, about, one, step), "handoff action")
    _look_again(uow, about, one, step)
    codes = {"step": step, "by": str(by)}
    uow.audit(about.handoff.workspace_id, "reminded", one.id, codes)
    return "told"


def _held(uow: Unit, one: Handoff) -> HandoffSheet:
    """Return a handoff as it stands, its case held until the transaction ends."""
    hold_case(uow, one.case_id)
    return make_handoff_sheet(uow, uow.handoffs.handoff(one.id))


def _has_moved_on(about: HandoffSheet) -> bool:
    """Tell whether a corrected point is nobody's to read back any more."""
    corrected = about.handoff.state is State.CORRECTED
    return corrected and about.sheet.responsible.id != about.receiver.id


def _offer_on(uow: Unit, by: Actor, about: HandoffSheet, following: Clinician) -> str:
    """Let an offer expire, and make the same one to the next on duty."""
    step = advance(about.handoff.offer, Event.EXPIRE, {Hand.BATON})
    settle(uow, about, step, by=str(by), event=Event.EXPIRE)
    old = about.handoff
    new = replace(
        old,
        id=uow.new_id(),
        receiver_id=following.id,
        follows=old.id,
        passed_by=(*old.passed_by, old.receiver_id),
        offered_at=uow.now,
        round_started_at=uow.now,
        generation=1,
    )
    lines = lines_of(about, receiver_id=following.id)
    add_handoff(uow, new, HandoffWords(about.words.fields), lines)
    codes = {"from": old.receiver_id, "to": following.id, "by": str(by)}
    uow.audit(new.workspace_id, "handoff offered on", new.id, codes)
    clocks.replan(uow, make_handoff_sheet(uow, new))
    tell_of_offer(uow, new, by="")
    expired = Telling(uow, about.sheet, uow.new_id(), {"handoff": old.id})
    keepers = _coordinators(uow, about)
    expired.tell([about.receiver, about.sender, *keepers], "handoff moved")
    return "offered on"


def _next_on_duty(uow: Unit, about: HandoffSheet) -> Clinician | None:
    """Return the next on duty of a center who may be responsible, and was not asked."""
    site = about.receiver_site
    one = about.handoff
    allowed = {person.id: person for person in may_be_responsible(uow, site.id)}
    today = local_day(site, uow.now)
    roster = uow.duty.roster(site, from_day=today)
    asked = {*one.passed_by, one.receiver_id, one.sender_id}
    while (found := roster.on_duty(today, without=asked)) is not None:
        if found.id in allowed:
            return allowed[found.id]
        asked.add(found.id)
    return None


def _tell(uow: Unit, about: HandoffSheet, step: Step, reminder: Reminder) -> None:
    one = about.handoff
    payload = {
        "handoff": one.id,
        "step": step.value,
        "generation": one.generation,
        **lateness(uow, reminder),
    }
    people = [about.waits_for] if about.waits_for else []
    if step is not Step.HALF_WAY:
        people += _coordinators(uow, about)
    telling = Telling(uow, about.sheet, reminder.id, payload)
    telling.tell(people, "handoff brought up")


def _coordinators(uow: Unit, about: HandoffSheet) -> list[Clinician]:
    """Return the coordinators of both sites; a lead where a site has none."""
    sites = {one.id: one for one in (about.sender_site, about.receiver_site)}
    return [person for one in sites.values() for person in _keepers(uow, one)]


def _keepers(uow: Unit, site: Site) -> list[Clinician]:
    found = uow.people.staff(site.id, Role.COORDINATOR)
    return found or uow.people.staff(site.id, Role.LEAD)


def _doers(
    uow: Unit, about: HandoffSheet, one: HandoffAction, step: DueStep
) -> list[Clinician]:
    asked = [about.people[one.doer_id]]
    if one.state is Line.REFUSED:
        asked = [each for each in givers(about) if each.active]
    site_id = (asked or [about.sender])[0].site_id
    if step is DueStep.DUE and asked:
        return asked
    return [*asked, *_keepers(uow, uow.people.site(site_id))]


def _look_again(
    uow: Unit, about: HandoffSheet, one: HandoffAction, told: DueStep
) -> None:
    hours = clocks.hours_for(uow, one)
    at = action_again(uow.now, hours, told=told)
    first = told is DueStep.DUE
    step = DueStep.AGAIN if first else f"{DueStep.STILL} {at:%Y-%m-%d}"
    due = [Due(clocks.ACTION, step, at)]
    uow.reminders.plan(about.handoff.workspace_id, one.id, one.generation, due)


def _due_step(reminder: Reminder) -> DueStep:
    still = reminder.step.startswith(DueStep.STILL)
    return DueStep.STILL if still else DueStep(reminder.step)
