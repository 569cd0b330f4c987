"""What of a patient's time is shown: who agreed to it, and cards that say it anew."""

from __future__ import annotations

from datetime import timedelta

from bot.actions.done import Done
from bot.actions.telling import ASKING, Telling
from bot.concerns import PAPER
from bot.refusals import SetupRefused
from bot.setup_file import PrivacyEntry
from bot.sheets import Sheet, make_sheets
from care.people import SiteKind
from care.referral import OPEN, State
from storage.actors import Operator
from storage.unit import Unit

STANDING = OPEN | {State.ANSWERED}
"""States in which a card is still looked at."""
SHOWING = ASKING | {"milestone line", "milestone told", PAPER}
"""Views that may show a patient's day, beside the card."""
EASTERNMOST = timedelta(hours=14)
"""By so much is the earliest day on earth ahead."""


def keep_agreement(uow: Unit, workspace_id: str, privacy: PrivacyEntry) -> bool:
    """Keep what a workspace has agreed to, and tell whether that is another.

    It counts at once: where it changes what is shown, the cards say it anew. Raises
    `SetupRefused` for a day that is still to come.
    """
    if privacy.agreed_on and privacy.agreed_on > (uow.now + EASTERNMOST).date():
        raise SetupRefused(
            f"An agreement of {privacy.agreed_on} is still to come. Nothing was"
            " changed; record it from that day on."
        )
    before = uow.phi_mode
    row = {
        "id": workspace_id,
        "phi_mode": privacy.mode.value,
        "phi_agreed_by": privacy.agreed_by,
        "phi_agreed_on": privacy.agreed_on.isoformat() if privacy.agreed_on else None,
    }
    changed = uow.people.put("workspace", row)
    if uow.phi_mode is not before:
        _say_anew(uow, workspace_id)
    return changed


def show_anew(*, uow: Unit, by: Operator) -> Done:
    """Bring every standing card up to date, after the settings let other be shown."""
    said = 0
    for workspace in uow.people.workspaces():
        count = _say_anew(uow, workspace.id)
        codes = {"mode": uow.phi_mode.value, "cards": str(count), "by": str(by)}
        uow.audit(workspace.id, "shown anew", workspace.id, codes)
        said += count
    return Done("shown anew", str(said))


def _say_anew(uow: Unit, workspace_id: str) -> int:
    occasion = uow.new_id()
    sheets = _standing(uow, workspace_id)
    for one in sheets:
        telling = Telling(uow, one, f"{occasion}:{one.referral.id}")
        telling.change_card()
        posts = uow.notices.posts_of(one.referral.id, SHOWING, in_threads=True)
        telling.say_anew(posts)
    return len(sheets)


def _standing(uow: Unit, workspace_id: str) -> list[Sheet]:
    """Return what is open, and whatever has a course, whose days a card shows."""
    centers = [
        one for one in uow.people.sites(workspace_id) if one.kind is SiteKind.CENTER
    ]
    found = [
        one for at in centers for one in uow.cases.referrals_at(at.id, list(State))
    ]
    courses = uow.courses.of_cases({one.case_id for one in found})
    told = {one.referral_id for one in courses}
    return make_sheets(
        uow, [one for one in found if one.state in STANDING or one.id in told]
    )
