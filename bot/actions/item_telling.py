"""What is said of items: messages that name them stay true, and a result is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.actions.item_clock import LAST_DAY
from bot.actions.telling import renew
from storage.items import Item
from storage.unit import Unit

REFRESHED_FOR = timedelta(days=14)
"""How long a message about a last day is kept up to date."""


def refresh(uow: Unit, changed: Sequence[Item]) -> None:
    """Bring messages that name some of these items up to date.

    Those about last days are found by their patient; what was said of a day long
    past stands as a record of that day.
    """
    since = (uow.now - REFRESHED_FOR).date().isoformat()
    plans = {one.id: one for one in uow.plans.of_cases({i.case_id for i in changed})}
    referrals = {plans[one.plan_id].referral_id for one in changed}
    occasion = uow.new_id()
    for referral_id in sorted(referrals):
        standing = uow.notices.posts_of(referral_id, {LAST_DAY})
        recent = [one for one in standing if one.payload["day"] >= since]
        renew(uow, recent, occasion)
