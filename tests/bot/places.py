"""Centers set up otherwise than in the demo: with a lead, a rota, own times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.demo.cast import EASTERN, Cast, setup_for
from bot.setup_file import SetupFile
from sandbox import Person, Sandbox

SetUp = Callable[[Sandbox, Cast], SetupFile]

MONDAY = "2026-11-23"
"""The week in which tests begin."""


def lead_of(slack: Sandbox) -> Person:
    """Return the lead of the center."""
    return slack.person("Dr Lena Vogt", tz=EASTERN, title="Lead")


def center_with(*, lead: bool = True, **changes: Any) -> SetUp:
    """Return a setup like the demo's, its center with a lead and changed as said."""

    def set_up(slack: Sandbox, cast: Cast) -> SetupFile:
        told = setup_for(cast).model_dump(mode="json", exclude_none=True)
        center = next(one for one in told["sites"] if one["kind"] == "center")
        if lead:
            center["people"].append(_entry(lead_of(slack), cast))
        center.update(changes)
        return SetupFile.model_validate(told)

    return set_up


def with_rota(*order: str) -> SetUp:
    """Return a setup whose center has a rota from this week on, and a lead."""
    return center_with(rota={"starts": MONDAY, "order": list(order)})


def _entry(lead: Person, cast: Cast) -> dict[str, Any]:
    cast.lakeside.add(lead)
    cast.prairie.add(lead)
    slack = {"user": lead.id, "team": lead.team}
    return {"key": "vogt", "name": lead.name, "role": "lead", "slack": slack}
