"""Writes notices: who is told what on which occasion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.actions.precedence import priority_of
from bot.sheets import CARD, Sheet
from storage.notices import NewNotice, notice_id
from storage.records import Clinician, Notice, Way
from storage.unit import Unit

ASKING = frozenset(
    {
        "asked",
        "brought up",
        "moved",
        "what is it",
        "handoff",
        "handoff moved",
        "handoff brought up",
        "handoff action",
        "handoff owed",
        "news asked",
        "task asked",
        "to match",
        "same patient",
        "barrier",
        "bridging asked",
        "plan conditions",
    }
)
"""Views that ask somebody for something, so that they must not outlive it."""

OF_THE_LIVING = frozenset(
    {
        "brought up",
        "what is it",
        "handoff brought up",
        "handoff owed",
        "news asked",
        "barrier",
        "concern to center",
        "concern to sender",
    }
)
"""Views by which somebody is reminded; what is not said yet is left at a death."""


@dataclass(frozen=True)
class Telling:
    """Tells people of one occasion: a move, a reminder. Twice is once."""

    uow: Unit
    sheet: Sheet
    occasion: str
    payload: dict[str, Any] = field(default_factory=dict)

    @property
    def card_id(self) -> str:
        """The id of the notice of this referral's card."""
        card = self.sheet.card
        new = notice_id(self.sheet.referral.id, CARD, self.sheet.link.channel_id)
        return card.id if card else new

    @property
    def channel_id(self) -> str:
        """Where the thread stands, also after the link moved to another channel."""
        card = self.sheet.card
        return card.conversation if card else self.sheet.link.channel_id

    def open_thread(self) -> None:
        """Post the status card, the root of the thread."""
        self._write(self.card_id, Way.POST, CARD, root_id=None)

    def change_card(self) -> None:
        """Bring the status card up to date."""
        changed = notice_id(self.occasion, "card update", self.channel_id)
        self._write(changed, Way.UPDATE, CARD, root_id=self.card_id)

    def refresh(self) -> None:
        """Bring the direct messages that ask for something up to date."""
        standing = self.uow.notices.posts_of(self.sheet.referral.id, ASKING)
        self.say_anew(standing)

    def say_anew(self, standing: Iterable[Notice]) -> None:
        """Bring messages that stand, or will stand, up to date."""
        renew(self.uow, standing, self.occasion)

    def say(self, view: str) -> None:
        """Post a line in the thread, which begins with it where there is none yet."""
        if self.sheet.card is None:
            self.open_thread()
        said = notice_id(self.occasion, view, self.channel_id)
        self._write(said, Way.POST, view, root_id=self.card_id)

    def tell(self, people: Iterable[Clinician | None], view: str) -> None:
        """Tell each of these people by direct message, each once."""
        for one in {p.id: p for p in people if p is not None}.values():
            self.uow.notices.write(
                [
                    NewNotice(
                        id=notice_id(self.occasion, view, one.id),
                        workspace_id=self.sheet.referral.workspace_id,
                        conversation=f"@{one.id}",
                        way=Way.POST,
                        view=view,
                        subject=self.sheet.referral.id,
                        payload=self.payload,
                        recipient_id=one.id,
                        root_id=self.card_id,
                        priority=priority_of(view, Way.POST),
                    )
                ],
                at=self.uow.now,
            )

    def _write(self, id_: str, way: Way, view: str, *, root_id: str | None) -> None:
        new = NewNotice(
            id=id_,
            workspace_id=self.sheet.referral.workspace_id,
            conversation=self.channel_id,
            way=way,
            view=view,
            subject=self.sheet.referral.id,
            payload=self.payload,
            root_id=root_id,
            priority=priority_of(view, way),
        )
        self.uow.notices.write([new], at=self.uow.now)


def renew(uow: Unit, standing: Iterable[Notice], occasion: str) -> None:
    """Bring messages that stand, or will stand, up to date, once for an occasion."""
    uow.notices.write(
        [
            NewNotice(
                id=notice_id(occasion, "refresh", one.id),
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
            for one in standing
        ],
        at=uow.now,
    )


@dataclass(frozen=True)
class Aside:
    """Something that somebody is told of outside any thread."""

    view: str
    workspace_id: str
    subject: str
    cause: str
    payload: dict[str, str]

    def tell(self, uow: Unit, people: Sequence[Clinician]) -> None:
        """Tell each of these people by direct message, once for each cause."""
        new = [
            NewNotice(
                id=notice_id(self.cause, self.view, one.id),
                workspace_id=self.workspace_id,
                conversation=f"@{one.id}",
                way=Way.POST,
                view=self.view,
                subject=self.subject,
                payload=self.payload,
                recipient_id=one.id,
                priority=priority_of(self.view, Way.POST),
            )
            for one in people
        ]
        uow.notices.write(new, at=uow.now)
