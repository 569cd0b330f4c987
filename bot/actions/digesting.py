"""The morning digest: sent once a person and date, and chosen by whoever reads it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.actions.done import Done
from bot.actions.lateness import LATE_AFTER
from bot.actions.precedence import priority_of
from bot.actions.telling import renew
from bot.digests import DIGEST, SUFFIX, absences_near, choose, digest_notice_id
from bot.mornings import Subscriber, wants_digest
from bot.refusals import BadFields
from care.digest import KEPT_ON, WAITS, Morning
from care.duty import absence_on
from care.people import Role
from scheduler.calendars import local_day, next_opening_after
from storage.actors import Actor, Person
from storage.item_records import Item
from storage.notices import NewNotice
from storage.records import Clinician, Reminder, Site, Way
from storage.reminders import Due
from storage.unit import Unit

KIND = DIGEST
"""The kind of reminder that sends somebody's digest of a date."""
KEEP = "digests kept"
"""The kind of reminder that finds, once a day, who has no digest planned."""
KEEP_SUFFIX = "/digests"
TAPPED_WITHIN = timedelta(days=7)
"""How long a digest is brought up to date after its morning."""
WANTED, AT, DAYS, ZONE = "wanted", "at", "weekdays", "zone"


@dataclass(frozen=True)
class Wish:
    """What somebody asks for in the form of their digest."""

    wanted: bool
    at: time
    days: tuple[int, ...]
    zone: str


def send_digest(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Send somebody's digest of today, once, and plan the next one.

    It is late rather than never on its own date; one of a date that is over is not
    sent any more, since the next one says all of it.
    """
    one = uow.people.clinician(reminder.subject.removesuffix(SUFFIX))
    choice = uow.digests.choice(one.id)
    if choice.generation != reminder.generation:
        return "overtaken"
    if not one.active or not wants_digest(one, choice):
        return "not needed"
    whose = Subscriber(one, uow.people.site(one.site_id), choice)
    outcome = _send(uow, whose, planned_for=reminder.due_at)
    plan_next(uow, whose)
    codes = {"outcome": outcome, "step": reminder.step, "by": str(by)}
    uow.audit(whose.site.workspace_id, "digest", one.id, codes)
    return outcome


def keep_digests(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Plan the digests of a site's people who have none, and look again tomorrow."""
    site = uow.people.site(reminder.subject.removesuffix(KEEP_SUFFIX))
    found = plan_lacking(uow, site)
    _plan_keeping(uow, site)
    codes = {"count": str(found), "by": str(by)}
    uow.audit(site.workspace_id, "digests kept", site.id, codes)
    return "planned" if found else "nothing to plan"


def plan_digests(uow: Unit, workspace_id: str) -> None:
    """Plan the digests of everybody in a workspace who has none planned."""
    sites = uow.people.sites(workspace_id)
    kept = uow.reminders.waiting_of([one.id + KEEP_SUFFIX for one in sites], KEEP)
    for site in sites:
        plan_lacking(uow, site)
        if site.id + KEEP_SUFFIX not in kept:
            _plan_keeping(uow, site)


def plan_lacking(uow: Unit, site: Site) -> int:
    """Plan the next digest of each of a site's people who has none; return how many."""
    staff = uow.people.staff(site.id)
    subjects = [one.id + SUFFIX for one in staff]
    planned = uow.reminders.waiting_of(subjects, KIND)
    choices = uow.digests.choices([one.id for one in staff])
    lacking = [
        Subscriber(one, site, choices[one.id])
        for one in staff
        if one.id + SUFFIX not in planned and wants_digest(one, choices[one.id])
    ]
    for each in lacking:
        plan_next(uow, each)
    return len(lacking)


def plan_next(uow: Unit, whose: Subscriber) -> Morning | None:
    """Plan somebody's next digest; none where they want none."""
    mornings = whose.mornings(uow.now.date())
    morning = mornings.next(uow.now) if whose.wants else None
    due = [Due(KIND, morning.day.isoformat(), morning.at)] if morning else []
    of = (whose.site.workspace_id, whose.one.id + SUFFIX, whose.choice.generation)
    uow.reminders.plan(*of, due)
    return morning


def choose_digest(*, uow: Unit, by: Person, wish: Wish) -> Done:
    """Keep when somebody wants their digest, and plan the next one by it.

    Where today's had not come yet, and its new time has passed (they moved east, or
    want it earlier), it comes now: each working day has one, and no date two.
    Raises `BadFields`: a coordinator's cannot be off, some day must be chosen.
    """
    _check(by, wish)
    before = uow.digests.choice_to_change(by.clinician_id)
    site = uow.people.site(by.site_id)
    choice = replace(
        before,
        wanted=wish.wanted,
        at=wish.at,
        days=None if set(wish.days) == set(site.days) else tuple(sorted(wish.days)),
        zone=None if wish.zone == site.zone else wish.zone,
        generation=before.generation + 1,
    )
    uow.digests.keep(choice)
    whose = Subscriber(uow.people.clinician(by.clinician_id), site, choice)
    if not _plan_today(uow, whose):
        plan_next(uow, whose)
    codes = {"wanted": str(choice.wanted), "at": f"{choice.at:%H:%M}"}
    uow.audit(site.workspace_id, "digest chosen", by.clinician_id, codes)
    return Done("chosen" if choice.wanted else "off", by.clinician_id)


def _plan_today(uow: Unit, whose: Subscriber) -> bool:
    """Plan today's digest for now where another choice would leave it out."""
    passed = whose.mornings(uow.now.date()).now(uow.now)
    if passed is None or not whose.wants:
        return False
    subject = whose.one.id + SUFFIX
    planned = uow.reminders.of(subject)
    steps = [date.fromisoformat(p.step) for p in planned if p.state == "waiting"]
    if not any(day <= passed.day for day in steps):
        return False
    if uow.notices.notice(digest_notice_id(whose.one.id, passed.day)) is not None:
        return False
    due = Due(KIND, passed.day.isoformat(), uow.now)
    of = (whose.site.workspace_id, subject, whose.choice.generation)
    uow.reminders.plan(*of, [due])
    return True


def keepers_of(uow: Unit, clinician_id: str) -> list[Clinician]:
    """Return who sees to it that somebody hears whom a digest does not reach."""
    one = uow.people.clinician(clinician_id)
    keepers = uow.people.staff(one.site_id, Role.COORDINATOR, Role.LEAD)
    return [each for each in keepers if each.id != clinician_id]


def renew_digests(uow: Unit, item_ids: Collection[str], *, occasion: str) -> None:
    """Bring the digests of the last days up to date that list some checks.

    Called by whatever changes a check, so that what is read stays true after a tap.
    """
    items = uow.items.items(set(item_ids))
    today = uow.now.date()
    # A day more: where a reader is, it may be tomorrow already.
    days = [today + timedelta(days=1 - n) for n in range(TAPPED_WITHIN.days + 1)]
    readers = _may_have(uow, items)
    ids = [digest_notice_id(one, day) for one in readers for day in days]
    changed = {one.id for one in items}
    standing = [
        one
        for one in uow.notices.notices(ids)
        if one.state not in {"skipped", "failed"}
        and changed & {id_ for id_, _ in one.payload["lines"]}
    ]
    renew(uow, standing, occasion)


def renew_digests_of(uow: Unit, case_id: str, *, occasion: str) -> None:
    """Bring the digests up to date that name a patient: whether they live changed."""
    items = uow.items.of_cases([case_id], WAITS)
    renew_digests(uow, [one.id for one in items], occasion=occasion)


def _may_have(uow: Unit, items: Sequence[Item]) -> set[str]:
    """Return who may have some checks in a digest: their sites, doctors and leads."""
    cases = uow.cases.cases({one.case_id for one in items})
    readers = {one.responsible_id for one in cases.values()}
    readers |= {one.doer_id for one in items if one.doer_id}
    at = {one.site_id for one in items}
    for workspace_id in {one.workspace_id for one in items}:
        sites = [one.id for one in uow.people.sites(workspace_id)]
        leads = uow.people.staff_of(sites, Role.LEAD)
        readers |= {one.id for some in leads.values() for one in some}
    there = uow.people.staff_of(at)
    return readers | {one.id for some in there.values() for one in some}


def _send(uow: Unit, whose: Subscriber, *, planned_for: datetime) -> str:
    one = whose.one
    morning = whose.mornings(uow.now.date()).now(uow.now)
    if morning is None:
        return "the day is over"
    absences = absences_near(uow, whose, morning.day)
    if absence_on(absences, one.id, local_day(whose.site, uow.now)):
        return "away"
    id_ = digest_notice_id(one.id, morning.day)
    if uow.notices.notice(id_) is not None:
        return "told already"
    chosen = choose(uow, whose, day=morning.day, absences=absences)
    if not chosen.comes:
        return "nothing to tell"
    # Whoever chose another time today had it planned for then, and not for before.
    since = max(morning.at, planned_for)
    payload = chosen.payload | _lateness(since, uow.now)
    uow.notices.write([_notice(id_, whose.site, one, payload)], at=uow.now)
    return "told"


def _notice(id_: str, site: Site, one: Clinician, payload: dict[str, Any]) -> NewNotice:
    return NewNotice(
        id=id_,
        workspace_id=site.workspace_id,
        conversation=f"@{one.id}",
        way=Way.POST,
        view=DIGEST,
        subject=one.id,
        payload=payload,
        recipient_id=one.id,
        priority=priority_of(DIGEST, Way.POST),
    )


def _lateness(due: datetime, now: datetime) -> dict[str, str]:
    return {"was_due": due.isoformat()} if now - due > LATE_AFTER else {}


def _plan_keeping(uow: Unit, site: Site) -> None:
    # Of one generation for ever: each day is a step of its own.
    at = next_opening_after(site, uow.now)
    step = at.astimezone(ZoneInfo(site.zone)).date().isoformat()
    due = Due(KEEP, step, at)
    uow.reminders.plan(site.workspace_id, site.id + KEEP_SUFFIX, 1, [due])


def _check(by: Person, wish: Wish) -> None:
    problems: dict[str, str] = {}
    if not wish.wanted and by.role in KEPT_ON:
        problems[WANTED] = (
            "A coordinator's digest cannot be switched off: what anybody at your site"
            " has missed stands in it. You can choose when it comes."
        )
    if not wish.days:
        problems[DAYS] = "Choose at least one day."
    try:
        ZoneInfo(wish.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems[ZONE] = "This is no time zone; write it like America/Chicago."
    if problems:
        raise BadFields(problems)
