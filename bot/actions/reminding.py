"""What due reminders do, and who is told of what did not go as it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.actions import (
    asking_for_news,
    bridging_clock,
    clocks,
    concern,
    course_clock,
    cover_clock,
    cover_steps,
    digesting,
    duty,
    handoff_clocks,
    handoff_prompts,
    hospital,
    item_clock,
    leaves,
    plan_again,
    planning,
    ready_clock,
    replying,
    signature_clock,
    tasks,
    weekly,
)
from bot.actions.alarming import ABOUT_TROUBLE
from bot.actions.concern_telling import TO_CENTER
from bot.actions.handoff_reminding import bring_up_action, bring_up_handoff
from bot.actions.lateness import lateness
from bot.actions.telling import Aside, Telling
from bot.sheets import Sheet, make_sheets
from care.people import Part, Role
from care.referral import Event, Outcome, Urgency, advance
from care.response import Step
from scheduler.calendars import local_day
from scheduler.ports import Handlers
from storage.actors import Actor
from storage.errors import NotFound
from storage.records import Clinician, Notice, Reminder, ReplyKind, Way
from storage.unit import Unit

FAILURE = "delivery failed"
STUCK = "reminder stuck"
INSTEAD = "told instead"
DOUBLED = "stood twice"
ABOUT_DELIVERY = frozenset({FAILURE, STUCK, INSTEAD, DOUBLED})


def bring_up_referral(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Tell whoever is due to hear that a referral still waits."""
    referral = uow.cases.referral_to_move(reminder.subject)
    if referral.generation != reminder.generation:
        return "overtaken"
    sheet = make_sheets(uow, [referral])[0]
    if sheet.has_died:
        return "not needed"
    step = clocks.step_of(reminder)
    if step is Step.OUTCOME_UNKNOWN:
        return _lapse(uow, sheet)
    payload = {"step": step.value, "generation": referral.generation}
    payload |= lateness(uow, reminder)
    people = _whom_to_tell(uow, sheet, step)
    Telling(uow, sheet, reminder.id, payload).tell(people, "brought up")
    clocks.go_on(uow, sheet, step)
    codes = {"step": step, "by": str(by)}
    uow.audit(referral.workspace_id, "reminded", referral.id, codes)
    return "told"


def _lapse(uow: Unit, sheet: Sheet) -> str:
    """Close a referral of which nobody said what came of it, and count it as such."""
    before = sheet.referral
    progress = advance(before.progress, Event.LAPSE, {Part.BATON})
    closed = replace(
        before.moved_to(progress),
        outcome=Outcome.NOT_KNOWN,
        ended_at=uow.now,
        generation=before.generation + 1,
    )
    uow.cases.keep_referral(closed)
    codes = {"from": before.state, "to": closed.state}
    uow.audit(closed.workspace_id, f"referral {Event.LAPSE}", closed.id, codes)
    clocks.replan(uow, closed)
    after = make_sheets(uow, [closed])[0]
    payload = {"event": Event.LAPSE.value, "outcome": Outcome.NOT_KNOWN.value}
    telling = Telling(uow, after, uow.new_id(), payload)
    telling.change_card()
    telling.refresh()
    telling.say("line")
    telling.tell([after.referrer], "moved")
    return "closed"


def ask_again_about_reply(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Ask the author once more what a reply is."""
    reply = uow.cases.reply(reminder.subject)
    if reply.kind is not ReplyKind.UNSORTED:
        return "sorted meanwhile"
    referral = uow.cases.referral(reply.referral_id)
    sheet = make_sheets(uow, [referral])[0]
    author = uow.people.clinician(reply.author_id)
    if not replying.matters_to(sheet, author.member):
        return "moved on"
    if sheet.has_died:
        return "not needed"
    payload = {"reply": reply.id, "again": True} | lateness(uow, reminder)
    Telling(uow, sheet, reminder.id, payload).tell([author], "what is it")
    uow.audit(referral.workspace_id, "reminded", reply.id, {"by": str(by)})
    return "told"


HANDLERS: Handlers = {
    clocks.KIND: bring_up_referral,
    replying.KIND: ask_again_about_reply,
    duty.CHECK: duty.check_duty,
    weekly.KIND: weekly.list_unanswered,
    concern.KIND: concern.tell_next,
    handoff_clocks.KIND: bring_up_handoff,
    handoff_clocks.ACTION: bring_up_action,
    handoff_prompts.KIND: handoff_prompts.ask_for_handoff,
    cover_steps.KIND: cover_clock.keep_cover,
    leaves.KIND: leaves.show_leave,
    course_clock.KIND: asking_for_news.ask_for_news,
    tasks.TASK: asking_for_news.bring_up_task,
    bridging_clock.KIND: bridging_clock.bring_up_bridging,
    plan_again.KIND: plan_again.go_on,
    signature_clock.KIND: signature_clock.look_at_signatures,
    ready_clock.KIND: ready_clock.bring_up_barrier,
    digesting.KIND: digesting.send_digest,
    digesting.KEEP: digesting.keep_digests,
    planning.KIND: planning.keep_plan,
    item_clock.KIND: hospital.keep_in_step,
}


@dataclass(frozen=True)
class TellOfTrouble:
    """Tells a person when something that was to be said could not be."""

    def notice_failed(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell the center's coordinators and the administrators.

        A failure to tell of a failure is not told again: it stands in the list
        of notices that an operator sees.
        """
        if notice.view in ABOUT_DELIVERY | ABOUT_TROUBLE:
            return
        _of_notice(FAILURE, notice, by).tell(uow, self._keepers(uow, notice))
        if notice.view == TO_CENTER and notice.way is Way.POST:
            concern.hurry_on(uow, notice)

    def notice_unneeded(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell who is responsible now that somebody without a part was not told."""
        try:
            referral = uow.cases.referral(notice.subject)
        except NotFound:
            return
        sheet = make_sheets(uow, [referral])[0]
        _of_notice(INSTEAD, notice, by).tell(uow, [sheet.responsible])

    def notice_doubled(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell the administrators that a notice stood twice in Slack."""
        admins = uow.people.administrators(notice.workspace_id)
        _of_notice(DOUBLED, notice, by).tell(uow, admins)

    def reminder_stuck(self, *, uow: Unit, by: Actor, reminder: Reminder) -> None:
        """Tell the administrators that a due reminder could not be handled."""
        trouble = Aside(
            view=STUCK,
            workspace_id=reminder.workspace_id,
            subject=reminder.subject,
            cause=f"{by}:{reminder.id}",
            payload={"kind": reminder.kind},
        )
        trouble.tell(uow, uow.people.administrators(reminder.workspace_id))
        codes = {"kind": reminder.kind, "by": str(by)}
        uow.audit(reminder.workspace_id, "reminder stuck", reminder.id, codes)

    def _keepers(self, uow: Unit, notice: Notice) -> Sequence[Clinician]:
        admins = uow.people.administrators(notice.workspace_id)
        if notice.view == digesting.KIND:
            return [*digesting.keepers_of(uow, notice.subject), *admins]
        try:
            referral = uow.cases.referral(notice.subject)
        except NotFound:
            return [*cover_steps.keepers_of(uow, notice.subject), *admins]
        center = uow.people.link(referral.link_id).center_id
        return [*uow.people.staff(center, Role.COORDINATOR), *admins]


def _of_notice(view: str, notice: Notice, by: Actor) -> Aside:
    return Aside(
        view=view,
        workspace_id=notice.workspace_id,
        subject=notice.subject,
        cause=f"{by}:{notice.id}",
        payload={"notice": notice.id},
    )


def _whom_to_tell(uow: Unit, sheet: Sheet, step: Step) -> list[Clinician | None]:
    turn = sheet.waits_for
    center = partial(uow.people.staff, sheet.center.id)
    practice = partial(uow.people.staff, sheet.practice.id)
    match step:
        case Step.LIMIT | Step.STILL:
            # Week after week, what is not urgent is for the coordinators alone.
            urgent = sheet.referral.urgency is Urgency.URGENT
            now_too = step is Step.LIMIT or urgent
            return [turn if now_too else None, *center(Role.COORDINATOR)]
        case Step.NEXT_ON_DUTY:
            return [_next_on_duty(uow, sheet)]
        case Step.LEAD:
            return [*(center(Role.LEAD) or center(Role.COORDINATOR))]
        case Step.PRACTICE_COORDINATOR:
            return [*(practice(Role.COORDINATOR) or [sheet.referrer])]
        case Step.PLEASE_PHONE:
            return [*center(Role.COORDINATOR)]
        case _:
            return [turn]


def _next_on_duty(uow: Unit, sheet: Sheet) -> Clinician | None:
    today = local_day(sheet.center, uow.now)
    asked = {sheet.asked.id, *sheet.referral.passed_by}
    asked |= {sheet.taker.id} if sheet.taker else set()
    roster = uow.duty.roster(sheet.center, from_day=today)
    found = roster.on_duty(today, without=asked)
    return uow.people.clinician(found.id) if found else None
