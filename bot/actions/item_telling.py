"""What is said of items: messages that name them stay true, and a result is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.actions.digesting import renew_digests
from bot.actions.item_clock import LAST_DAY
from bot.actions.telling import Telling, renew
from bot.refusals import NobodyOnDuty
from bot.sheets import Sheet
from scheduler.calendars import local_day
from storage.item_records import Item
from storage.records import Clinician
from storage.unit import Reading, Unit

RESULT_LINE = "result line"
"""The line in the thread that asks the center to look at a result."""
REFRESHED_FOR = timedelta(days=14)
"""How long a message about a last day is kept up to date."""


def refresh(uow: Unit, changed: Sequence[Item]) -> None:
    """Bring messages that name some of these items up to date.

    Digests, and what was said of last days; of a day long past that stands as a
    record of that day.
    """
    plans = {one.id: one for one in uow.plans.of_cases({i.case_id for i in changed})}
    referrals = {plans[one.plan_id].referral_id for one in changed}
    since = (uow.now - REFRESHED_FOR).date().isoformat()
    occasion = uow.new_id()
    renew_digests(uow, [one.id for one in changed], occasion=occasion)
    for referral_id in sorted(referrals):
        standing = uow.notices.posts_of(referral_id, {LAST_DAY})
        recent = [one for one in standing if one.payload["day"] >= since]
        renew(uow, recent, occasion)
    renew_digests(uow, [one.id for one in changed], occasion=occasion)


def on_duty_at_center(reading: Reading, sheet: Sheet) -> Clinician | None:
    """Return who is on duty at the center today."""
    day = local_day(sheet.center, reading.now)
    found = reading.duty.roster(sheet.center, from_day=day).on_duty(day)
    return reading.people.clinician(found.id) if found else None


def say_to_center(uow: Unit, sheet: Sheet, item: Item, *, by: str) -> Clinician:
    """Ask who is on duty at the center to look at a result, in the thread.

    The value itself is not said. Twice for one recording is once. Raises
    `NobodyOnDuty`.
    """
    found = on_duty_at_center(uow, sheet)
    if found is None:
        raise NobodyOnDuty(
            f"Nobody is on duty at {sheet.center.name} in Baton now. Call"
            f" {sheet.center.phone_24h}."
        )
    told = {"by": by, "to": found.id}
    occasion = f"{item.id}/{item.generation}/result"
    Telling(uow, sheet, occasion, told).say(RESULT_LINE)
    return found
