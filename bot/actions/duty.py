"""Duty at a center: being away, coming back, taking days of the rota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.actions.digesting import plan_digests
from bot.actions.done import Done
from bot.actions.leaves import begin_leave, end_leaves
from bot.actions.telling import Aside
from bot.refusals import BadFields, NotForYou
from care.duty import Absence, Gap, Roster, Swap
from care.people import Role
from scheduler.calendars import local_day, next_opening_after, working_days
from storage.actors import Actor, Person
from storage.records import Clinician, Reminder, Site
from storage.reminders import Due
from storage.unit import Reading, Unit

STARTS, ENDS, COVER = "starts", "ends", "cover"
LONGEST = timedelta(days=366)
WARNED_AHEAD = 3
"""Days before a gap in duty on which the lead and the coordinators are told."""
CHECK = "duty check"
"""The kind of reminder that looks for gaps, once a day for each center."""
GAP = "duty gap"
"""The view that tells of a gap."""


@dataclass(frozen=True)
class Days:
    """Days that somebody names in a form, both ends included."""

    starts: date
    ends: date


def go_away(*, uow: Unit, by: Person, days: Days, cover_id: str | None) -> Done:
    """Record that `by` is away, and who stands in.

    Raises `BadFields` for days that cannot be and for a cover who is not there.
    """
    site = uow.people.site(by.site_id)
    _check_days(days, today=local_day(site, uow.now))
    _check_cover(uow, by, days, cover_id)
    absence = Absence(by.clinician_id, days.starts, days.ends, cover_id)
    id_ = uow.new_id()
    uow.duty.add_absence(id_, absence)
    uow.audit(site.workspace_id, "away", by.clinician_id, _codes(days))
    begin_leave(uow, site, absence, occasion=id_)
    warn_of_gap(uow, site)
    return Done("away", id_)


def come_back(*, uow: Unit, by: Person) -> Done:
    """Record that `by` is back, or not away after all."""
    site = uow.people.site(by.site_id)
    today = local_day(site, uow.now)
    end_leaves(uow, site, by.clinician_id, occasion=uow.new_id())
    count = uow.duty.cancel_absences(by.clinician_id, from_day=today)
    uow.audit(site.workspace_id, "back", by.clinician_id, {"count": str(count)})
    return Done("back" if count else "was not away", by.clinician_id)


def take_days(*, uow: Unit, by: Person, days: Days) -> Done:
    """Record that `by` takes days of the rota. Raises `NotForYou`, `BadFields`."""
    site = uow.people.site(by.site_id)
    _check_days(days, today=local_day(site, uow.now))
    me = uow.people.clinician(by.clinician_id)
    if me.duty_order is None or site.rota_starts is None:
        raise NotForYou("Days of a rota are taken by those who stand in it.")
    swap = Swap(by.clinician_id, days.starts, days.ends)
    id_ = uow.new_id()
    uow.duty.add_swap(id_, site.id, swap, at=uow.now)
    uow.audit(site.workspace_id, "duty taken", by.clinician_id, _codes(days))
    return Done("taken", id_)


def check_duty(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Look for a gap ahead, tell of it, and look again on the next working day."""
    center = uow.people.site(reminder.subject)
    gaps = warn_of_gap(uow, center)
    plan_check(uow, center, generation=reminder.generation + 1)
    # A workspace that was set up before there were digests has none planned.
    plan_digests(uow, center.workspace_id)
    first = gaps[0].starts.isoformat() if gaps else "none"
    codes = {"gap": first, "by": str(by)}
    uow.audit(center.workspace_id, "duty checked", center.id, codes)
    return "told" if gaps else "nothing to tell"


def plan_check(uow: Unit, center: Site, *, generation: int) -> None:
    """Plan the next look for gaps: when the center opens next."""
    due = Due(CHECK, "daily", next_opening_after(center, uow.now))
    uow.reminders.plan(center.workspace_id, center.id, generation, [due])


def warn_of_gap(uow: Unit, center: Site) -> tuple[Gap, ...]:
    """Tell the lead and the coordinators of each gap in the days ahead, once each."""
    gaps = _gaps_ahead(uow, center)
    for gap in gaps:
        days = {"starts": gap.starts.isoformat(), "ends": gap.ends.isoformat()}
        Aside(
            view=GAP,
            workspace_id=center.workspace_id,
            subject=center.id,
            cause=f"gap:{center.id}:{':'.join(days.values())}",
            payload=days,
        ).tell(uow, keepers(uow, center))
    return gaps


def _gaps_ahead(uow: Unit, center: Site) -> tuple[Gap, ...]:
    """Return the gaps that would not be told three days before if not told now."""
    today = local_day(center, uow.now)
    checked_next = local_day(center, next_opening_after(center, uow.now))
    warned = checked_next + timedelta(days=WARNED_AHEAD - 1)
    # Whole weeks, so that a gap that is under way is the gap that was told.
    first = today - timedelta(days=today.weekday())
    last = warned + timedelta(days=6 - warned.weekday())
    roster = uow.duty.roster(center, from_day=first)
    if not roster.candidates:
        return ()
    gaps = roster.gaps(working_days(center, first, last))
    return tuple(one for one in gaps if one.ends >= today and one.starts <= warned)


def keepers(reading: Reading, center: Site) -> list[Clinician]:
    """Return who sees to it that somebody answers: lead and coordinators."""
    return reading.people.staff(center.id, Role.LEAD, Role.COORDINATOR)


def covers_for(reading: Reading, by: Person) -> list[Clinician]:
    """Return who can stand in for `by`; duty is covered by those who take duty."""
    me = reading.people.clinician(by.clinician_id)
    others = [one for one in reading.people.staff(by.site_id) if one.id != me.id]
    if me.duty_order is None:
        return others
    return [one for one in others if one.duty_order is not None]


def roster_of(reading: Reading, center: Site) -> Roster:
    """Return a center's roster from today on."""
    return reading.duty.roster(center, from_day=local_day(center, reading.now))


def _check_days(days: Days, *, today: date) -> None:
    if days.ends < days.starts:
        raise BadFields({ENDS: "The last day comes before the first."})
    if days.ends < today:
        raise BadFields({ENDS: "These days are over already."})
    if days.ends - days.starts > LONGEST:
        raise BadFields({ENDS: "A year at the most; say it again then."})


def _check_cover(uow: Unit, by: Person, days: Days, cover_id: str | None) -> None:
    if cover_id is None:
        return
    if cover_id not in {one.id for one in covers_for(uow, by)}:
        raise BadFields({COVER: "Choose a colleague who can stand in for you."})
    absences = uow.duty.absences(by.site_id, from_day=days.starts)
    for one in absences:
        if one.clinician_id == cover_id and one.starts <= days.ends:
            raise BadFields({COVER: "Your cover is away then. Choose somebody else."})


def _codes(days: Days) -> dict[str, str]:
    return {"starts": days.starts.isoformat(), "ends": days.ends.isoformat()}
