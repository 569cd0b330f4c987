"""The form of asking for cover: what it offers to whoever acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from slack_bolt import BoltContext

from bot.actions.covering import ASK_FORM
from bot.actions.drafting import my_draft
from bot.covers import may_ask, may_cover
from bot.desk import Desk
from bot.listeners.incoming import of
from bot.listeners.opening import View, intent_of
from bot.refusals import CannotStart, NotForYou
from bot.views import cover_forms
from bot.views.cover_forms import CoverChoices
from bot.views.ids import Field, FormData
from care.working_time import next_time
from scheduler.calendars import local_day, next_week_after, working_days
from storage.actors import Person
from storage.records import Case, Clinician, Site
from storage.unit import Reading


def cover_form(
    desk: Desk, context: BoltContext, values: Mapping[str, str], *, intent: str = ""
) -> View:
    """Return the form for whoever acts. Raises `NotForYou`, `CannotStart`."""
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        known = my_draft(reading, by, ASK_FORM, "") | dict(values)
        choices = _choices(reading, by, known.get(Field.COVERED, ""))
    data = FormData(intent or intent_of(context))
    return cover_forms.ask_form(data, choices, known)


def _choices(reading: Reading, by: Person, covered_id: str) -> CoverChoices:
    site = reading.people.site(by.site_id)
    covered = may_ask(reading, by)
    if not covered:
        raise NotForYou(
            "Cover is asked for by who may be responsible for patients, or by the"
            " lead and the coordinators of the site."
        )
    chosen = next((one for one in covered if one.id == covered_id), covered[0])
    covering = [one for one in may_cover(reading, site) if one.id != chosen.id]
    if not covering:
        raise CannotStart(
            f"Nobody else at {site.name} can be first call: add a colleague by"
            " `/baton setup` first."
        )
    return CoverChoices(
        covered=covered,
        covering=covering,
        starts=_starts(site, reading.now),
        ends=_ends(site, reading.now),
        cases=_cases(reading, chosen),
    )


def _cases(reading: Reading, covered: Clinician) -> list[Case]:
    ids = reading.covers.cases_led_by(covered.id)
    found = reading.cases.cases(ids)
    return [found[one] for one in ids]


def _starts(site: Site, now: datetime) -> list[tuple[str, datetime]]:
    """Return the closing of today, where it is still ahead."""
    today = local_day(site, now)
    closes = next_time(site.closes, site.zone, after=now)
    ahead = working_days(site, today, today) and local_day(site, closes) == today
    return [(", at closing", _at(site, closes))] if ahead else []


def _ends(site: Site, now: datetime) -> list[tuple[str, datetime]]:
    """Return the next morning, and the first one of next week if that is another."""
    morning = next_time(site.opens, site.zone, after=now)
    week = next_week_after(site, now)
    later = [(", after the weekend", _at(site, week))] if week != morning else []
    return [(", the morning", _at(site, morning)), *later]


def _at(site: Site, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(site.zone))
