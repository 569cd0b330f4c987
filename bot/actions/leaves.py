"""Being away counts as a leave: the cover that was named is first call meanwhile."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.actions.cover_steps import change_cards
from bot.actions.telling import Aside
from care.cover import NEVER_FIRST_CALL
from care.duty import Absence
from scheduler.calendars import local_day
from storage.actors import Actor
from storage.records import Reminder, Site
from storage.reminders import Due
from storage.unit import Unit

KIND = "leave"
"""The kind of reminder that shows on cards that a leave begins or is over."""

TOLD = "leave told"
"""The view that tells a cover of a leave, or that it is over."""

SUFFIX = "/leave"
"""Makes somebody's leaves a subject of its own."""

A_DAY = timedelta(days=1)


def begin_leave(uow: Unit, site: Site, absence: Absence, *, occasion: str) -> None:
    """Tell the cover that they are first call on those days, and show it on cards."""
    _plan_changes(uow, site, absence)
    _show(uow, absence.clinician_id, site, occasion)
    if uow.covers.cases_of(absence.clinician_id):
        days = {"starts": absence.starts.isoformat(), "ends": absence.ends.isoformat()}
        _tell(uow, site, absence, occasion, days)


def end_leaves(uow: Unit, site: Site, clinician_id: str, *, occasion: str) -> None:
    """Tell covers that somebody is back, and show it; called before it is recorded."""
    today = local_day(site, uow.now)
    absences = uow.duty.absences(site.id, from_day=today)
    mine = [one for one in absences if one.clinician_id == clinician_id]
    for one in mine if uow.covers.cases_of(clinician_id) else ():
        _tell(uow, site, one, occasion, {})
    if mine:
        _show(uow, clinician_id, site, occasion)


def show_leave(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Show on the cards of somebody's cases who is first call from this day on."""
    clinician_id = reminder.subject.removesuffix(SUFFIX)
    site = uow.people.site(uow.people.clinician(clinician_id).site_id)
    _show(uow, clinician_id, site, reminder.id)
    uow.audit(site.workspace_id, "leave shown", clinician_id, {"by": str(by)})
    return "shown"


def _plan_changes(uow: Unit, site: Site, absence: Absence) -> None:
    """Plan a look at the beginning of the first day and after the last."""
    days = (absence.starts, absence.ends + A_DAY)
    due = [
        Due(KIND, day.isoformat(), midnight)
        for day in days
        if (midnight := _midnight(site, day)) > uow.now
    ]
    # All of one generation, so that one leave does not cancel another's.
    subject = absence.clinician_id + SUFFIX
    uow.reminders.plan(site.workspace_id, subject, 1, due)


def _show(uow: Unit, clinician_id: str, site: Site, occasion: str) -> None:
    today = local_day(site, uow.now)
    naming = {
        one.clinician_id
        for one in uow.duty.absences(site.id, from_day=today)
        if one.cover_id == clinician_id
    }
    # Whoever named them as cover has another first call, or none but themselves.
    for one in sorted({clinician_id} | naming):
        change_cards(uow, one, occasion=f"{occasion}:{one}")


def _tell(
    uow: Unit, site: Site, absence: Absence, occasion: str, days: dict[str, str]
) -> None:
    if absence.cover_id is None:
        return
    cover = uow.people.clinician(absence.cover_id)
    if cover.role in NEVER_FIRST_CALL:
        return
    Aside(
        view=TOLD,
        workspace_id=site.workspace_id,
        subject=absence.clinician_id,
        cause=f"{occasion}:{absence.starts.isoformat()}",
        payload=days,
    ).tell(uow, [cover])


def _midnight(site: Site, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(site.zone))
