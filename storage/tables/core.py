"""Tables of sites and people, cases and referrals, reminders, notices and audit."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import Column

from storage.columns import Instant, Text, plain, sealed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = Text(64)
CODE = Text(40)
NAME = Text(200)
DAY = Text(10)
"""A date at a site, as YYYY-MM-DD."""


def identifier() -> Column[str]:
    """Make the column of a row's own id."""
    return plain("id", ID, primary_key=True)


def refer_to(name: str, table: str, *, null: bool = False) -> Column[str]:
    """Make a column that holds the id of a row of another table."""
    return plain(name, ID, ForeignKey(f"{table}.id"), null=null)


workspace = Table(
    "workspace",
    metadata,
    identifier(),
    plain("name", NAME),
    plain("bot_user_id", CODE),
    plain("phi_mode", CODE, server_default="none"),
    plain("phi_agreed_by", NAME, null=True),
    plain("phi_agreed_on", DAY, null=True),
    CheckConstraint("phi_mode IN ('none', 'days', 'baa')", name="phi_mode"),
    CheckConstraint(
        "(phi_agreed_by IS NULL) = (phi_mode = 'none')"
        " AND (phi_agreed_on IS NULL) = (phi_mode = 'none')",
        name="phi_agreed",
    ),
)

site = Table(
    "site",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    plain("key", CODE),
    plain("kind", CODE),
    plain("name", NAME),
    plain("phone_24h", NAME),
    plain("zone", NAME),
    plain("opens", Text(5)),
    plain("closes", Text(5)),
    plain("days", JSON),
    plain("country", CODE, null=True),
    plain("region", CODE, null=True),
    plain("responsible_roles", JSON),
    plain("urgent_minutes", Integer, server_default="240"),
    plain("advice_days", Integer, server_default="2"),
    plain("evaluation_days", Integer, server_default="1"),
    plain("concern_opt_in", Integer, server_default="0"),
    # Days after which what was signed is to be read again; it stops nothing.
    plain("stale_after_days", Integer, server_default="180"),
    plain("rota_starts", DAY, null=True),
    plain("rota_order", JSON, null=True),
    plain("journey_days", JSON, server_default="{}"),
    UniqueConstraint("workspace_id", "key"),
    CheckConstraint("kind IN ('practice', 'center')", name="kind"),
)

clinician = Table(
    "clinician",
    metadata,
    identifier(),
    refer_to("site_id", "site"),
    plain("key", CODE),
    plain("name", NAME),
    plain("role", CODE),
    plain("duty_order", Integer, null=True),
    plain("active", Integer),
    # Whether they may sign clinical knowledge for their center.
    plain("signs", Integer, server_default="0"),
    UniqueConstraint("site_id", "key"),
    Index(None, "site_id"),
)

identity = Table(
    "identity",
    metadata,
    identifier(),
    plain("team_id", CODE),
    plain("user_id", CODE),
    refer_to("clinician_id", "clinician"),
    plain("confirmed_by", NAME),
    plain("dm_channel", CODE, null=True),
    UniqueConstraint("team_id", "user_id"),
    Index(None, "clinician_id"),
)

absence = Table(
    "absence",
    metadata,
    identifier(),
    refer_to("clinician_id", "clinician"),
    refer_to("cover_id", "clinician", null=True),
    plain("starts", DAY),
    plain("ends", DAY),
    plain("cancelled", Integer),
    CheckConstraint("starts <= ends", name="ends_after_start"),
    Index(None, "clinician_id", "ends"),
)

swap = Table(
    "swap",
    metadata,
    identifier(),
    refer_to("site_id", "site"),
    refer_to("clinician_id", "clinician"),
    plain("starts", DAY),
    plain("ends", DAY),
    plain("made_at", Instant),
    CheckConstraint("starts <= ends", name="ends_after_start"),
    Index(None, "site_id", "ends"),
)

link = Table(
    "link",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("practice_id", "site"),
    refer_to("center_id", "site"),
    plain("channel_id", CODE),
    plain("active", Integer),
    plain("verified", CODE, null=True),
    plain("verified_at", Instant, null=True),
    plain("verified_channel", CODE, null=True),
    UniqueConstraint("practice_id", "center_id"),
    CheckConstraint("verified IN ('yes', 'no')", name="verified"),
    CheckConstraint(
        "(verified IS NULL) = (verified_at IS NULL)"
        " AND (verified IS NULL) = (verified_channel IS NULL)",
        name="verified_somewhere",
    ),
    Index(None, "center_id"),
    Index(None, "channel_id"),
    # A channel is of one link at a time; a former one keeps the name of its own.
    Index(
        "uq_link_active_channel",
        "workspace_id",
        "channel_id",
        unique=True,
        sqlite_where=text("active = 1"),
        postgresql_where=text("active = 1"),
    ),
)

data_key = Table(
    "data_key",
    metadata,
    plain("owner", ID, primary_key=True),
    plain("wrapping_key", CODE),
    plain("wrapped", LargeBinary),
)

case = Table(
    "case",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    plain("code", CODE),
    refer_to("practice_id", "site"),
    refer_to("responsible_id", "clinician"),
    plain("responsible_since", Instant),
    plain("life", CODE, server_default="living"),
    sealed("summary"),
    plain("created_at", Instant),
    UniqueConstraint("code"),
    CheckConstraint("life IN ('living', 'hospice', 'died')", name="life"),
    Index(None, "practice_id"),
    Index(None, "responsible_id"),
)

referral = Table(
    "referral",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("case_id", "case"),
    refer_to("link_id", "link"),
    plain("kind", CODE),
    plain("urgency", CODE),
    plain("state", CODE),
    plain("previous", CODE, null=True),
    plain("waiting_on", CODE, null=True),
    refer_to("referrer_id", "clinician"),
    refer_to("asked_id", "clinician"),
    refer_to("taker_id", "clinician", null=True),
    plain("passed_by", JSON),
    sealed("question"),
    plain("requested_at", Instant),
    plain("round_started_at", Instant),
    plain("paused_until", Instant, null=True),
    plain("responded_at", Instant, null=True),
    plain("answered_at", Instant, null=True),
    plain("ended_at", Instant, null=True),
    plain("outcome", CODE, null=True),
    plain("outcome_days", Integer, server_default="14"),
    plain("patient_told", CODE, null=True),
    plain("generation", Integer),
    CheckConstraint(
        "(waiting_on IS NOT NULL) = (state IN ('requested', 'accepted'))",
        name="waiting_while_open",
    ),
    CheckConstraint(
        "(ended_at IS NOT NULL) = (state IN ('declined', 'withdrawn', 'closed'))",
        name="ended_when_ended",
    ),
    CheckConstraint("(previous IS NOT NULL) = (ended_at IS NOT NULL)", name="way_back"),
    Index(None, "case_id"),
    Index(None, "link_id", "state"),
    Index(None, "referrer_id"),
    Index(None, "asked_id", "requested_at"),
)

reply = Table(
    "reply",
    metadata,
    identifier(),
    refer_to("referral_id", "referral"),
    refer_to("author_id", "clinician"),
    plain("kind", CODE),
    sealed("text", null=True),
    plain("withheld", CODE, null=True),
    plain("message_ts", CODE, null=True),
    plain("written_at", Instant),
    UniqueConstraint("referral_id", "message_ts"),
    Index(None, "author_id", "kind"),
)

draft = Table(
    "draft",
    metadata,
    identifier(),
    refer_to("author_id", "clinician"),
    plain("form", CODE),
    plain("subject", ID),
    sealed("body"),
    plain("kept_until", Instant),
    UniqueConstraint("author_id", "form", "subject"),
    Index(None, "kept_until"),
)

inbound = Table(
    "inbound",
    metadata,
    plain("key", Text(200), primary_key=True),
    plain("answer", JSON),
    plain("claimed_at", Instant),
    Index(None, "claimed_at"),
)

reminder = Table(
    "reminder",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    plain("subject", ID),
    plain("generation", Integer),
    plain("kind", CODE),
    plain("step", CODE),
    plain("due_at", Instant),
    plain("state", CODE),
    plain("outcome", CODE, null=True),
    plain("settled_at", Instant, null=True),
    plain("attempts", Integer),
    plain("lease_retry_at", Instant, null=True),
    UniqueConstraint("subject", "generation", "kind", "step"),
    CheckConstraint("state IN ('waiting', 'settled', 'cancelled')", name="state"),
    CheckConstraint("(settled_at IS NOT NULL) = (state = 'settled')", name="settled"),
    Index(
        "ix_reminder_due",
        "due_at",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

notice = Table(
    "notice",
    metadata,
    plain("seq", Integer, primary_key=True, autoincrement=True),
    plain("id", ID, unique=True),
    refer_to("workspace_id", "workspace"),
    plain("conversation", NAME),
    plain("recipient_id", ID, ForeignKey("clinician.id"), null=True),
    plain("way", CODE),
    plain("priority", Integer, server_default="1"),
    plain("view", CODE),
    plain("subject", ID),
    plain("payload", JSON),
    plain("root_id", ID, null=True),
    plain("state", CODE),
    plain("reason", NAME, null=True),
    plain("channel_id", CODE, null=True),
    plain("sent_ts", CODE, null=True),
    plain("permalink", Text(500), null=True),
    plain("written_at", Instant),
    plain("token", Integer),
    plain("owner", CODE, null=True),
    plain("attempts", Integer),
    plain("lease_until", Instant, null=True),
    plain("lease_first_attempt_at", Instant, null=True),
    plain("lease_retry_at", Instant, null=True),
    CheckConstraint("way IN ('post', 'update', 'pin')", name="way"),
    CheckConstraint(
        "state IN ('pending','sending','sent','skipped','failed','unknown')",
        name="state",
    ),
    CheckConstraint(
        "state <> 'sent' OR way <> 'post' OR sent_ts IS NOT NULL", name="sent_is_seen"
    ),
    Index(
        "ix_notice_pending",
        "conversation",
        "seq",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_notice_unsettled",
        "state",
        "lease_until",
        sqlite_where=text("state IN ('sending', 'unknown')"),
        postgresql_where=text("state IN ('sending', 'unknown')"),
    ),
    Index(None, "subject", "view"),
    Index(None, "root_id"),
    Index(None, "channel_id", "sent_ts"),
)

pace = Table(
    "pace",
    metadata,
    plain("conversation", NAME, primary_key=True),
    plain("lease_next_at", Instant),
    plain("lease_inflight_until", Instant),
)

audit_head = Table(
    "audit_head",
    metadata,
    plain("workspace_id", ID, ForeignKey("workspace.id"), primary_key=True),
    plain("seq", Integer),
    plain("hash", LargeBinary),
)

audit = Table(
    "audit",
    metadata,
    plain("workspace_id", ID, ForeignKey("workspace.id"), primary_key=True),
    plain("seq", Integer, primary_key=True),
    plain("at", Instant),
    plain("actor", NAME),
    plain("event", CODE),
    plain("subject", ID),
    plain("codes", JSON),
    sealed("detail", null=True),
    plain("hash", LargeBinary),
    Index(None, "subject"),
)

DELIVERY = frozenset({"notice", "pace", "identity"})
"""Tables that the bookkeeping of delivery may write without an audit line."""

HOUSEKEEPING = frozenset({"inbound", "draft", "data_key", "reminder", "notice", "pace"})
"""Tables whose rows alone say nothing that the audit chain must hold."""
