"""Tables of handoffs: offers, their actions, and who was responsible when."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Index, Integer, Table, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.schema import ForeignKey

from storage.columns import Instant, plain, sealed
from storage.tables.core import CODE, DAY, ID, identifier, metadata, refer_to

_OPEN = "state IN ('offered', 'by phone', 'taken over')"

handoff = Table(
    "handoff",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("case_id", "case"),
    # In whose thread it is told, and over whose link it goes.
    refer_to("referral_id", "referral"),
    plain("direction", CODE),
    plain("state", CODE),
    refer_to("sender_id", "clinician"),
    refer_to("receiver_id", "clinician"),
    refer_to("offered_by", "clinician"),
    refer_to("recorded_by", "clinician", null=True),
    refer_to("follows", "handoff", null=True),
    plain("passed_by", JSON),
    sealed("body"),
    sealed("reason", null=True),
    sealed("synthesis", null=True),
    sealed("correction", null=True),
    plain("offered_at", Instant),
    plain("round_started_at", Instant),
    plain("phoned_at", Instant, null=True),
    plain("read_back_at", Instant, null=True),
    plain("ended_at", Instant, null=True),
    plain("generation", Integer),
    CheckConstraint(
        "(recorded_by IS NOT NULL) = (state = 'by phone')", name="recorded_by_somebody"
    ),
    CheckConstraint(
        "(read_back_at IS NOT NULL) = (state IN ('accepted', 'corrected'))",
        name="read_back",
    ),
    CheckConstraint(
        "(ended_at IS NOT NULL) = (state IN ('declined', 'withdrawn', 'expired'))",
        name="ended",
    ),
    CheckConstraint("sender_id <> receiver_id", name="between_two"),
    # A case has one open handoff at a time.
    Index(
        "uq_handoff_open",
        "case_id",
        unique=True,
        sqlite_where=sql(_OPEN),
        postgresql_where=sql(_OPEN),
    ),
    Index(None, "case_id"),
    Index(None, "receiver_id", "state"),
    Index(None, "sender_id", "state"),
    Index(None, "offered_by", "state"),
)

handoff_action = Table(
    "handoff_action",
    metadata,
    identifier(),
    refer_to("handoff_id", "handoff"),
    plain("position", Integer),
    sealed("text"),
    sealed("answer", null=True),
    refer_to("doer_id", "clinician"),
    plain("due_day", DAY),
    plain("state", CODE),
    plain("done_at", Instant, null=True),
    refer_to("done_by", "clinician", null=True),
    plain("generation", Integer),
    UniqueConstraint("handoff_id", "position"),
    CheckConstraint(
        "(done_at IS NOT NULL) = (state = 'done')"
        " AND (done_by IS NOT NULL) = (state = 'done')",
        name="done_by_somebody",
    ),
    Index(None, "doer_id", "state"),
)

responsibility = Table(
    "responsibility",
    metadata,
    plain("case_id", ID, ForeignKey("case.id"), primary_key=True),
    plain("seq", Integer, primary_key=True),
    refer_to("clinician_id", "clinician"),
    plain("since", Instant),
    plain("until", Instant, null=True),
    plain("how", CODE),
    refer_to("handoff_id", "handoff", null=True),
    # Exactly one clinician is responsible at every instant.
    Index(
        "uq_responsibility_now",
        "case_id",
        unique=True,
        sqlite_where=sql("until IS NULL"),
        postgresql_where=sql("until IS NULL"),
    ),
    Index(None, "clinician_id"),
)
