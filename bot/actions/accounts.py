"""Slack accounts that are closed: whoever has one is away until it is opened again."""

from __future__ import annotations

from datetime import date

from bot.actions.cover_steps import change_cards
from bot.actions.done import Done
from bot.actions.duty import warn_of_gap
from bot.actions.leaves import begin_leave
from care.duty import Absence
from care.people import SiteKind
from scheduler.calendars import local_day
from storage.actors import Actor
from storage.records import Clinician, Site
from storage.unit import Unit

NO_END = date.fromisoformat("2999-12-31")
"""The last day of an absence that ends when the account is opened again."""


def note_account(
    *, uow: Unit, by: Actor, team_id: str, user_id: str, closed: bool
) -> Done:
    """Note that somebody's Slack account is closed, or open again.

    Nothing reaches a closed account: duty passes it over, and lead and coordinators
    act for whoever has it. What they had said of leaves of their own stays.
    """
    me = uow.people.person(team_id, user_id)
    if me is None:
        return Done("nobody of ours")
    who = uow.people.clinician(me.clinician_id)
    site = uow.people.site(who.site_id)
    today = local_day(site, uow.now)
    absences = uow.duty.absences(site.id, from_day=today)
    noted = any(one.clinician_id == who.id and one.ends == NO_END for one in absences)
    if closed is noted:
        return Done("known", who.id)
    if closed:
        _close(uow, by, site, who, today)
    else:
        _open(uow, by, site, who)
    return Done("closed" if closed else "open again", who.id)


def _close(uow: Unit, by: Actor, site: Site, who: Clinician, today: date) -> None:
    absence = Absence(who.id, today, NO_END)
    id_ = uow.new_id()
    uow.duty.add_absence(id_, absence)
    uow.audit(site.workspace_id, "account closed", who.id, {"by": str(by)})
    begin_leave(uow, site, absence, occasion=id_)
    if site.kind is SiteKind.CENTER:
        warn_of_gap(uow, site)


def _open(uow: Unit, by: Actor, site: Site, who: Clinician) -> None:
    # Leaves of their own end on other days, and go on.
    uow.duty.cancel_absences(who.id, from_day=NO_END)
    change_cards(uow, who.id, occasion=uow.new_id())
    uow.audit(site.workspace_id, "account open again", who.id, {"by": str(by)})
