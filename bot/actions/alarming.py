"""Tells administrators of what the auditor found: when it begins, and when it is over.

What was told stands in the notices themselves, and nowhere else: so a process that
starts anew, and another one beside it, know of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.actions.telling import Aside
from scheduler.ports import Finding
from storage.actors import Actor
from storage.overdue import Overdue
from storage.unit import Reading, Unit

BEGAN = "trouble began"
OVER = "trouble over"
ABOUT_TROUBLE = frozenset({BEGAN, OVER})


class TellAdministrators:
    """Writes one notice for each administrator, finding and onset."""

    def told(self, *, reading: Reading, subjects: Collection[str]) -> frozenset[str]:
        """Return those of some subjects that were told and are not over."""
        began, over = _rounds(reading, subjects)
        return frozenset(one for one in began if _round(began, one) > _round(over, one))

    def began(self, *, uow: Unit, by: Actor, finding: Finding) -> None:
        """Tell of one finding; two that find it at the same moment tell it once."""
        began, over = _rounds(uow, [finding.subject])
        if _round(began, finding.subject) > _round(over, finding.subject):
            return
        payload = {
            "round": str(_round(began, finding.subject) + 1),
            "trouble": finding.trouble,
            "count": str(finding.count),
            "since": finding.since.isoformat(),
            "what": finding.what,
        }
        _tell(uow, by, BEGAN, finding.subject, payload)

    def over(self, *, uow: Unit, by: Actor, subject: str) -> None:
        """Tell that a finding is over, once."""
        began, over = _rounds(uow, [subject])
        if _round(began, subject) > _round(over, subject):
            payload = {**began[subject], "until": uow.now.isoformat()}
            _tell(uow, by, OVER, subject, payload)


Told = Mapping[str, Mapping[str, Any]]


def _rounds(reading: Reading, subjects: Collection[str]) -> tuple[Told, Told]:
    overdue = Overdue(reading.connection)
    return overdue.told(subjects, BEGAN), overdue.told(subjects, OVER)


def _round(told: Told, subject: str) -> int:
    return int(told[subject]["round"]) if subject in told else 0


def _tell(
    uow: Unit, by: Actor, view: str, subject: str, payload: Mapping[str, str]
) -> None:
    codes = {"trouble": payload["trouble"], "by": str(by)}
    for workspace in uow.people.workspaces():
        aside = Aside(
            view=view,
            workspace_id=workspace.id,
            subject=subject,
            cause=f"{subject}:{payload['round']}",
            payload=dict(payload),
        )
        aside.tell(uow, uow.people.administrators(workspace.id))
        uow.audit(workspace.id, view, subject, codes)
