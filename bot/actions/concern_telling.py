"""Writes the notices about an urgent concern: center, sender, and the thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.actions.precedence import priority_of
from bot.actions.telling import Telling
from bot.concerns import sender_of
from bot.sheets import Sheet
from care.concern import Next
from storage.concerns import Concern
from storage.notices import NewNotice, notice_id
from storage.records import Way
from storage.unit import Unit

TO_CENTER = "concern to center"
TO_SENDER = "concern to sender"
ACKNOWLEDGED = "concern acknowledged"
LINE = "concern line"
DIRECT = frozenset({TO_CENTER, TO_SENDER, ACKNOWLEDGED})
ABOUT_CONCERN = DIRECT | {LINE}


@dataclass(frozen=True)
class ConcernTelling:
    """Tells of one concern as it stands now. Twice is once for each step."""

    uow: Unit
    sheet: Sheet
    concern: Concern
    late: Mapping[str, str] = field(default_factory=dict)
    """When a late step was due, for the notices' payload."""

    def raised(self, first: Next) -> None:
        """Tell the first of the chain and the sender, and say a line in the thread."""
        self._telling(self.concern.id, {}).say(LINE)
        self._step(first)

    def told_on(self, step: Next) -> None:
        """Tell the sender that nobody has acknowledged, and the next of the chain."""
        self._step(step)

    def acknowledged(self) -> None:
        """Tell the sender who calls, and bring what was said before up to date."""
        self.changed()
        sender = sender_of(self.uow, self.concern, self.sheet)
        told = self._telling(f"{self.concern.id}/acknowledged", {})
        told.tell([sender], ACKNOWLEDGED)

    def changed(self) -> None:
        """Bring the thread's line and every direct message up to date."""
        posts = self.uow.notices.posts_of(self.sheet.referral.id, DIRECT)
        mine = [one for one in posts if one.payload["concern"] == self.concern.id]
        updates = [
            NewNotice(
                id=self._update_id(one.id),
                workspace_id=one.workspace_id,
                conversation=one.conversation,
                way=Way.UPDATE,
                view=one.view,
                subject=one.subject,
                payload=one.payload,
                recipient_id=one.recipient_id,
                root_id=one.id,
                priority=priority_of(one.view, Way.UPDATE),
            )
            for one in mine
        ]
        self.uow.notices.write([*updates, self._line_update()], at=self.uow.now)

    def _step(self, step: Next) -> None:
        told = {"step": self.concern.step, "people": list(step.people)}
        telling = self._telling(
            f"{self.concern.id}/{self.concern.step}", told | dict(self.late)
        )
        telling.tell(self.uow.people.clinicians(step.people).values(), TO_CENTER)
        telling.tell([sender_of(self.uow, self.concern, self.sheet)], TO_SENDER)

    def _line_update(self) -> NewNotice:
        channel = self._telling(self.concern.id, {}).channel_id
        said = notice_id(self.concern.id, LINE, channel)
        return NewNotice(
            id=self._update_id(said),
            workspace_id=self.concern.workspace_id,
            conversation=channel,
            way=Way.UPDATE,
            view=LINE,
            subject=self.sheet.referral.id,
            payload={"concern": self.concern.id},
            root_id=said,
            priority=priority_of(LINE, Way.UPDATE),
        )

    def _update_id(self, root_id: str) -> str:
        generation = str(self.concern.generation)
        return notice_id(f"{self.concern.id}/{generation}", "update", root_id)

    def _telling(self, occasion: str, payload: Mapping[str, Any]) -> Telling:
        told = {"concern": self.concern.id, **payload}
        return Telling(self.uow, self.sheet, occasion, told)
