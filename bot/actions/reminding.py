"""What due reminders do, and who is told of what did not go as it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.actions import clocks, replying
from bot.actions.telling import Telling
from bot.sheets import Sheet, make_sheets
from care.people import Role
from care.response import Step
from scheduler.ports import Handlers
from storage.actors import Actor
from storage.errors import NotFound
from storage.notices import NewNotice, notice_id
from storage.records import Clinician, Notice, Reminder, ReplyKind, Way
from storage.unit import Unit

LATE_AFTER = timedelta(minutes=5)
"""Delay from which on a reminder says that it is late."""

FAILURE = "delivery failed"
STUCK = "reminder stuck"
INSTEAD = "told instead"
ABOUT_DELIVERY = frozenset({FAILURE, STUCK, INSTEAD})


def bring_up_referral(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Tell whoever is due to hear that a referral still waits."""
    referral = uow.cases.referral_to_move(reminder.subject)
    if referral.generation != reminder.generation:
        return "overtaken"
    sheet = make_sheets(uow, [referral])[0]
    step = Step(reminder.step)
    payload = {"step": step.value, "generation": referral.generation}
    payload |= _lateness(uow, reminder)
    people = _whom_to_tell(uow, sheet, step)
    Telling(uow, sheet, reminder.id, payload).tell(people, "brought up")
    codes = {"step": step, "by": str(by)}
    uow.audit(referral.workspace_id, "reminded", referral.id, codes)
    return "told"


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
    payload = {"reply": reply.id, "again": True} | _lateness(uow, reminder)
    Telling(uow, sheet, reminder.id, payload).tell([author], "what is it")
    uow.audit(referral.workspace_id, "reminded", reply.id, {"by": str(by)})
    return "told"


HANDLERS: Handlers = {
    clocks.KIND: bring_up_referral,
    replying.KIND: ask_again_about_reply,
}


@dataclass(frozen=True)
class TellOfTrouble:
    """Tells a person when something that was to be said could not be."""

    def notice_failed(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell the center's coordinators and the administrators.

        A failure to tell of a failure is not told again: it stands in the list
        of notices that an operator sees.
        """
        if notice.view in ABOUT_DELIVERY:
            return
        _of_notice(FAILURE, notice, by).tell(uow, self._keepers(uow, notice))

    def notice_unneeded(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell who is responsible now that somebody without a part was not told."""
        try:
            referral = uow.cases.referral(notice.subject)
        except NotFound:
            return
        sheet = make_sheets(uow, [referral])[0]
        _of_notice(INSTEAD, notice, by).tell(uow, [sheet.responsible])

    def reminder_stuck(self, *, uow: Unit, by: Actor, reminder: Reminder) -> None:
        """Tell the administrators that a due reminder could not be handled."""
        trouble = _Trouble(
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
        try:
            referral = uow.cases.referral(notice.subject)
        except NotFound:
            return admins
        center = uow.people.link(referral.link_id).center_id
        return [*uow.people.staff(center, Role.COORDINATOR), *admins]


def _of_notice(view: str, notice: Notice, by: Actor) -> _Trouble:
    return _Trouble(
        view=view,
        workspace_id=notice.workspace_id,
        subject=notice.subject,
        cause=f"{by}:{notice.id}",
        payload={"notice": notice.id},
    )


def _whom_to_tell(uow: Unit, sheet: Sheet, step: Step) -> list[Clinician | None]:
    turn = sheet.waits_for
    if step is Step.LIMIT:
        return [turn, *uow.people.staff(sheet.center.id, Role.COORDINATOR)]
    return [turn]


def _lateness(uow: Unit, reminder: Reminder) -> dict[str, str]:
    late = uow.now - reminder.due_at > LATE_AFTER
    return {"was_due": reminder.due_at.isoformat()} if late else {}


@dataclass(frozen=True)
class _Trouble:
    """Something that somebody is told of outside any thread."""

    view: str
    workspace_id: str
    subject: str
    cause: str
    payload: dict[str, str]

    def tell(self, uow: Unit, people: Sequence[Clinician]) -> None:
        """Tell each of these people by direct message, once for each cause."""
        new = [
            NewNotice(
                id=notice_id(self.cause, self.view, one.id),
                workspace_id=self.workspace_id,
                conversation=f"@{one.id}",
                way=Way.POST,
                view=self.view,
                subject=self.subject,
                payload=self.payload,
                recipient_id=one.id,
            )
            for one in people
        ]
        uow.notices.write(new, at=uow.now)
