"""The setup form of a center's own days without news, phase by phase."""

from __future__ import annotations

from typing import Any

from bot.setup_file import SiteEntry
from bot.setup_reading import KeptSetup
from bot.views import kit
from bot.views.ids import VALUE, Field, Form, FormData
from bot.views.setup import back_button
from care.journey import Phase
from care.stalled import NEUTRAL_DAYS, QUIET

AWAITED = tuple(one for one in Phase if one not in QUIET)
"""Phases in which news is asked for."""
MOST_DAYS = 180


def days_field(phase: Phase) -> str:
    """Return the block in which the days of a phase are written."""
    return f"{Field.JOURNEY_DAYS}_{phase.name.lower()}"


def journey_form(kept: KeptSetup, site: SiteEntry, data: FormData) -> dict[str, Any]:
    """Return the form of a center's own days."""
    hint = (
        "After so many days without news Baton asks whose move it is. Where nothing is"
        f" written it asks after {NEUTRAL_DAYS}."
    )
    return kit.modal(
        "Days without news",
        [
            kit.context(hint),
            *(_days(site, phase) for phase in AWAITED),
            kit.actions([back_button(kept, site)]),
        ],
        callback_id=Form.SETUP_JOURNEY,
        metadata=data.dump(),
        submit="Save",
        close="Cancel",
    )


def _days(site: SiteEntry, phase: Phase) -> kit.Block:
    element = kit.number_input(
        VALUE, initial=site.journey_days.get(phase), least=1, most=MOST_DAYS
    )
    label = f"{phase.capitalize()}"
    return kit.field(label, days_field(phase), element, optional=True)
