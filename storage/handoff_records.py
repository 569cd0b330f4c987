"""Handoffs and their actions as the rest of Baton sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from care.handoff import Line, Offer, State
from care.ipass import Direction


@dataclass(frozen=True)
class Handoff:
    """One offer of responsibility: everything of it but what people wrote."""

    id: str
    workspace_id: str
    case_id: str
    referral_id: str
    direction: Direction
    state: State
    sender_id: str
    receiver_id: str
    offered_by: str
    """Who offered it: the sender, or somebody on the sender's behalf."""
    recorded_by: str | None
    follows: str | None
    """The handoff that expired, or gave way, and was offered on with this one."""
    passed_by: tuple[str, ...]
    """Who was offered it before and let the time pass."""
    offered_at: datetime
    round_started_at: datetime
    phoned_at: datetime | None
    read_back_at: datetime | None
    ended_at: datetime | None
    generation: int

    @property
    def offer(self) -> Offer:
        """Where it stands, as the table of care sees it."""
        return Offer(self.sender_id, self.receiver_id, self.state, self.recorded_by)

    @property
    def on_behalf(self) -> bool:
        """Whether somebody else offered it for a sender who is not there."""
        return self.offered_by != self.sender_id

    def moved_to(self, offer: Offer) -> Handoff:
        """Return this handoff standing where `offer` says."""
        return replace(self, state=offer.state, recorded_by=offer.recorded_by)


@dataclass(frozen=True)
class HandoffWords:
    """What people wrote in a handoff, opened."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """By the codes of `care.ipass`."""
    reason: Mapping[str, str] = field(default_factory=dict)
    """Why it was declined or taken over, and what instead."""
    synthesis: Mapping[str, str] = field(default_factory=dict)
    """What the receiver said back."""
    correction: Mapping[str, str] = field(default_factory=dict)
    """What the sender corrected in that."""


@dataclass(frozen=True)
class HandoffAction:
    """One line of action: what, by whom, until which day, and what became of it."""

    id: str
    handoff_id: str
    position: int
    text: str
    answer: str | None
    """How the receiver changed it, or why it was refused."""
    doer_id: str
    due_day: date
    state: Line
    done_at: datetime | None
    done_by: str | None
    generation: int

    @property
    def wording(self) -> str:
        """What is to be done, as it was changed."""
        changed = self.state in {Line.CHANGED, Line.DONE} and self.answer
        return self.answer if changed and self.answer else self.text


@dataclass(frozen=True)
class RefusedAction:
    """A line of action that its doer did not take on, and nobody has since."""

    referral_id: str
    """In whose thread its handoff is told."""
    action: HandoffAction
