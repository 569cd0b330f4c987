"""Rows as the rest of Baton sees them: frozen, typed, opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from care.cases import CaseSummary
from care.journey import Phase
from care.patient_time import PhiMode
from care.people import Member, Role, SiteKind
from care.referral import Kind, Progress, Side, State, Urgency
from care.response import ResponseTimes


@dataclass(frozen=True)
class Workspace:
    """The host installation: the tenant of its links' cases."""

    id: str
    name: str
    bot_user_id: str


@dataclass(frozen=True)
class Agreement:
    """What of a patient's time a workspace may show, and who agreed to that, when.

    `none` needs nobody's word; beyond it both are there.
    """

    mode: PhiMode = PhiMode.NONE
    by: str | None = None
    on: date | None = None


@dataclass(frozen=True)
class Site:
    """A practice or a center; opening times are wall-clock in `zone`."""

    id: str
    workspace_id: str
    key: str
    kind: SiteKind
    name: str
    phone_24h: str
    zone: str
    opens: time
    closes: time
    days: tuple[int, ...]
    country: str | None
    region: str | None
    responsible_roles: tuple[Role, ...]
    urgent_minutes: int
    advice_days: int
    evaluation_days: int
    rota_starts: date | None
    rota_order: tuple[str, ...]
    """Clinicians' ids, a week each; empty where the center has no rota."""
    journey_days: Mapping[Phase, int] = field(default_factory=dict)
    """Days without news after which a course is brought up, as the center sets."""
    concern_opt_in: bool = False
    """Whether the center is told of urgent concerns in Slack; else by phone only."""
    stale_after_days: int = 180
    """Days after which what its people signed is to be read again."""

    @property
    def has_rota(self) -> bool:
        """Whether duty goes by weeks; else it goes round with each question."""
        return self.rota_starts is not None and bool(self.rota_order)

    @property
    def times(self) -> ResponseTimes:
        """How soon this center responds."""
        return ResponseTimes(
            urgent=timedelta(minutes=self.urgent_minutes),
            advice_days=self.advice_days,
            evaluation_days=self.evaluation_days,
        )


@dataclass(frozen=True)
class Clinician:
    """A person at a site. `duty_order` is set for those who take duty."""

    id: str
    site_id: str
    key: str
    name: str
    role: Role
    duty_order: int | None
    active: bool
    signs: bool = False
    """Whether they may sign clinical knowledge for their center."""

    @property
    def member(self) -> Member:
        """The person as the rules see them."""
        return Member(self.id, self.site_id, self.role)


@dataclass(frozen=True)
class Identity:
    """How Slack knows a clinician: team and user."""

    id: str
    team_id: str
    user_id: str
    clinician_id: str
    dm_channel: str | None


class Verified(StrEnum):
    """Whether a notice in a channel can be found again, as a probe has shown."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Link:
    """A practice and a center that work together, in one channel.

    What a probe has shown holds for the channel that it looked at then.
    """

    id: str
    workspace_id: str
    practice_id: str
    center_id: str
    channel_id: str
    active: bool
    verified: Verified | None
    verified_at: datetime | None
    verified_channel: str | None

    @property
    def known_as(self) -> Verified | None:
        """What is known of the link's present channel; None where nothing is."""
        here = self.verified_channel == self.channel_id
        return self.verified if here else None


class Life(StrEnum):
    """Whether the patient lives, and whether checks still help."""

    LIVING = "living"
    HOSPICE = "hospice"
    DIED = "died"


@dataclass(frozen=True)
class Case:
    """One patient under a random code."""

    id: str
    workspace_id: str
    code: str
    practice_id: str
    responsible_id: str
    responsible_since: datetime
    summary: CaseSummary
    created_at: datetime
    life: Life = Life.LIVING


@dataclass(frozen=True)
class Referral:
    """One request about a case, with its thread."""

    id: str
    workspace_id: str
    case_id: str
    link_id: str
    kind: Kind
    urgency: Urgency
    state: State
    previous: State | None
    waiting_on: Side | None
    referrer_id: str
    asked_id: str
    taker_id: str | None
    passed_by: tuple[str, ...]
    question: str
    requested_at: datetime
    round_started_at: datetime
    paused_until: datetime | None
    responded_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    outcome_days: int
    patient_told: str | None
    generation: int

    @property
    def progress(self) -> Progress:
        """Where it stands, as the table of care sees it."""
        return Progress(self.kind, self.state, self.waiting_on, self.previous)

    def moved_to(self, progress: Progress) -> Referral:
        """Return this referral standing where `progress` says."""
        return replace(
            self,
            kind=progress.kind,
            state=progress.state,
            previous=progress.previous,
            waiting_on=progress.waiting_on,
        )


class ReplyKind(StrEnum):
    """What somebody's words in a thread are, as they say themselves."""

    UNSORTED = "unsorted"
    ANSWER = "answer"
    QUESTION = "question"
    INFORMATION = "information"
    COMMENT = "comment"
    DECLINE = "decline"
    INSTEAD = "instead"


@dataclass(frozen=True)
class Reply:
    """Words about a referral, written in its thread or in a form.

    `text` is None where it was withheld: `withheld` says why.
    """

    id: str
    referral_id: str
    author_id: str
    kind: ReplyKind
    text: str | None
    withheld: str | None
    message_ts: str | None
    written_at: datetime


@dataclass(frozen=True)
class Reminder:
    """At `due_at`, look at the subject, and if it still needs somebody, do or tell."""

    id: str
    workspace_id: str
    subject: str
    generation: int
    kind: str
    step: str
    due_at: datetime
    state: str
    outcome: str | None
    attempts: int


class Way(StrEnum):
    """How a notice is said."""

    POST = "post"
    UPDATE = "update"
    PIN = "pin"


@dataclass(frozen=True)
class Notice:
    """This must be said in that conversation. It names a view, not a text."""

    seq: int
    id: str
    workspace_id: str
    conversation: str
    recipient_id: str | None
    way: Way
    view: str
    subject: str
    payload: dict[str, Any]
    root_id: str | None
    state: str
    reason: str | None
    channel_id: str | None
    sent_ts: str | None
    permalink: str | None
    written_at: datetime
    token: int
    attempts: int
    lease_until: datetime | None
    lease_first_attempt_at: datetime | None


@dataclass(frozen=True)
class Draft:
    """What a person submitted in a form that could not be carried out yet."""

    id: str
    author_id: str
    form: str
    subject: str
    values: dict[str, Any]
    kept_until: datetime


def columns_of(record: Any, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a record as the columns of its table."""
    names = (one.name for one in fields(record) if one.name not in without)
    return {name: _plain(getattr(record, name)) for name in names}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
