"""The table of urgent concerns."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Index, Integer, Table, text

from storage.columns import Instant, plain
from storage.tables.core import CODE, identifier, metadata, refer_to

concern = Table(
    "concern",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("case_id", "case"),
    refer_to("referral_id", "referral"),
    refer_to("raised_by", "clinician"),
    plain("raised_at", Instant),
    plain("state", CODE),
    plain("step", Integer),
    plain("told", JSON),
    refer_to("acknowledged_by", "clinician", null=True),
    plain("acknowledged_at", Instant, null=True),
    plain("withdrawn_at", Instant, null=True),
    plain("generation", Integer),
    CheckConstraint("state IN ('open', 'acknowledged', 'withdrawn')", name="state"),
    CheckConstraint(
        "(acknowledged_at IS NOT NULL) = (state = 'acknowledged')"
        " AND (acknowledged_by IS NOT NULL) = (state = 'acknowledged')",
        name="acknowledged_by_somebody",
    ),
    CheckConstraint(
        "(withdrawn_at IS NOT NULL) = (state = 'withdrawn')", name="withdrawn"
    ),
    Index(None, "referral_id"),
    # Two at the same moment about one patient are one.
    Index(
        "uq_concern_open",
        "case_id",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)
