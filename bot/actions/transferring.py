"""What goes along when a patient moves to another practice, in the same transaction.

The thread of the practice that the patient leaves ends there. What was under way goes
on under a referral over the link of the next practice, with a thread in its channel:
courses, plan, tasks and what is still asked. Nothing of the past is rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.actions.clocks import replan
from bot.actions.courses import plan_anew
from bot.actions.plan_holds import lost_task
from bot.actions.telling import Telling
from bot.handoff_sheets import HandoffSheet
from bot.planned_rows import planned_rows
from bot.refusals import Overtaken
from bot.sheets import Sheet, make_sheets
from bot.transfers import check_here, links_to_move_over
from care.bridging import OVER
from care.people import Part, Role
from care.referral import ENDED, Event, Outcome, advance
from storage.handoff_records import Handoff
from storage.records import Clinician, Link, Referral
from storage.unit import Unit

DIED = "That was not saved: it is recorded that the patient of {code} has died."

Successors = Mapping[str, Referral]
"""By the id of a referral of the practice that the patient leaves, the next one."""


def check_transfer(uow: Unit, about: Handoff) -> None:
    """Raise `Overtaken` or `NotForYou` where a transfer cannot be accepted any more.

    The patient may have died, and the practice may have lost its link meanwhile.
    """
    sheet = _sheet(uow, about)
    check_here(sheet)
    if sheet.has_died:
        raise Overtaken(DIED.format(code=sheet.case.code))
    links_to_move_over(uow, sheet, _receiver(uow, about).site_id)


def move_practice(uow: Unit, accepted: Handoff) -> Handoff:
    """Let a case go on at the practice of whoever is responsible for it now.

    The case, its referrals and its courses must be held. Returns the handoff, which is
    told in the new thread from now on. Raises as `check_transfer`.
    """
    check_transfer(uow, accepted)
    before, receiver = _sheet(uow, accepted), _receiver(uow, accepted)
    links = links_to_move_over(uow, before, receiver.site_id)
    uow.cases.change_practice(accepted.case_id, receiver.site_id)
    following = _follow(uow, links, receiver)
    _move_courses(uow, following)
    _move_plans(uow, following, receiver)
    _move_tasks(uow, following, before, receiver)
    for old_id, new in following.items():
        _end(uow, uow.cases.referral(old_id))
        replan(uow, new)
        _open_thread(uow, new)
    link_id = links[before.referral.id].id
    codes = {"from": before.practice.id, "to": receiver.site_id, "link": link_id}
    uow.audit(accepted.workspace_id, "practice changed", accepted.case_id, codes)
    moved = replace(accepted, referral_id=following[accepted.referral_id].id)
    uow.handoffs.keep(moved)
    return moved


def told_of_transfer(uow: Unit, about: HandoffSheet) -> list[Clinician]:
    """Return who hears that a patient has moved, beside those who handed over.

    The coordinators of the center, and those of the practice that has the patient now.
    """
    if not about.is_transfer:
        return []
    sites = (about.sheet.center.id, about.receiver_site.id)
    return [one for site in sites for one in uow.people.staff(site, Role.COORDINATOR)]


def tell_old_thread(uow: Unit, before: Sheet, moved: Handoff, *, move: str) -> None:
    """Say in the thread that ends that care has moved; what it asked is settled."""
    payload = {"handoff": moved.id, "move": move}
    sheet = make_sheets(uow, [uow.cases.referral(before.referral.id)])[0]
    telling = Telling(uow, sheet, f"{moved.id}:moved", payload)
    telling.refresh()
    telling.say("handoff line")


def _sheet(uow: Unit, about: Handoff) -> Sheet:
    return make_sheets(uow, [uow.cases.referral(about.referral_id)])[0]


def _receiver(uow: Unit, about: Handoff) -> Clinician:
    return uow.people.clinician(about.receiver_id)


def _follow(
    uow: Unit, links: Mapping[str, Link], receiver: Clinician
) -> dict[str, Referral]:
    """Let each referral that goes on be followed by one of the next practice."""
    following: dict[str, Referral] = {}
    for old_id, link in links.items():
        new = replace(
            uow.cases.referral(old_id),
            id=uow.new_id(),
            link_id=link.id,
            referrer_id=receiver.id,
            round_started_at=uow.now,
            generation=1,
        )
        uow.cases.add_referral(new)
        codes = {"follows": old_id, "link": link.id}
        uow.audit(new.workspace_id, "referral moved", new.id, codes)
        following[old_id] = new
    return following


def _end(uow: Unit, old: Referral) -> None:
    """End the referral of the practice that the patient has left."""
    if old.state not in ENDED:
        progress = advance(old.progress, Event.MOVE_ON, {Part.BATON})
        old = replace(old.moved_to(progress), ended_at=uow.now, outcome=Outcome.MOVED)
    ended = replace(old, paused_until=None, generation=old.generation + 1)
    uow.cases.keep_referral(ended)
    uow.audit(ended.workspace_id, f"referral {Event.MOVE_ON}", ended.id)
    replan(uow, ended)


def _open_thread(uow: Unit, new: Referral) -> None:
    """Post the card of what waits; another one comes with its first line."""
    if new.state not in ENDED:
        Telling(uow, make_sheets(uow, [new])[0], new.id).open_thread()


def _move_courses(uow: Unit, following: Successors) -> None:
    """Tell the courses in the new threads, with what is still asked about them."""
    for old_id, new in following.items():
        told = [
            one
            for one in uow.courses.of_cases([new.case_id])
            if one.referral_id == old_id
        ]
        for one in told:
            moved = replace(one, link_id=new.link_id, referral_id=new.id)
            uow.courses.keep(moved)
            _move_bridging(uow, moved.id, new)
            plan_anew(uow, moved)


def _move_bridging(uow: Unit, course_id: str, new: Referral) -> None:
    for one in uow.bridging.of_courses([course_id]):
        if one.state not in OVER:
            uow.bridging.keep(replace(one, referral_id=new.id))


def _move_plans(uow: Unit, following: Successors, receiver: Clinician) -> None:
    """Tell the plans in the new threads; nobody of the old practice does their rows."""
    plans = [
        replace(one, referral_id=following[one.referral_id].id)
        for one in uow.plans.of_cases([one.case_id for one in following.values()])
        if one.referral_id in following
    ]
    rows = planned_rows(uow, plans)
    staff = {one.id for one in uow.people.staff(receiver.site_id)}
    for one in plans:
        uow.plans.keep(one)
        uow.plans.keep_rows(
            replace(row, practice_doer_id=None, generation=row.generation + 1)
            for row in rows[one.id].kept.values()
            if row.practice_doer_id is not None and row.practice_doer_id not in staff
        )


def _move_tasks(
    uow: Unit, following: Successors, before: Sheet, receiver: Clinician
) -> None:
    """Let open tasks be asked for in the new threads, of nobody at the old practice.

    Nobody looks for a patient who has come to another practice.
    """
    lost = lost_task(uow, before.case.id)
    there = [one.id for one in uow.courses.tasks(case_ids=[before.case.id])]
    # Held, since one may be ticked at this moment, which is not to be forgotten.
    held = (uow.courses.task_to_change(one) for one in sorted(there))
    for one in held:
        if one.done_at is not None or one.dropped_at is not None:
            continue
        if lost is not None and one.id == lost.id:
            uow.courses.keep_task(replace(one, dropped_at=uow.now))
            uow.reminders.cancel(one.id, before=one.generation + 1)
        elif one.referral_id in following:
            doer = uow.people.clinician(one.doer_id)
            left = doer.site_id == before.practice.id
            uow.courses.keep_task(
                replace(
                    one,
                    referral_id=following[one.referral_id].id,
                    doer_id=receiver.id if left else one.doer_id,
                )
            )
