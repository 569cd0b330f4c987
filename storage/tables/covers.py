"""The table of covers: who is first call for a while, and what they left."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, Table

from storage.columns import Instant, plain, sealed
from storage.tables.core import CODE, identifier, metadata, refer_to

cover = Table(
    "cover",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("site_id", "site"),
    refer_to("covered_id", "clinician"),
    refer_to("cover_id", "clinician"),
    refer_to("case_id", "case", null=True),
    refer_to("asked_by", "clinician"),
    plain("state", CODE),
    plain("starts_at", Instant),
    plain("ends_at", Instant),
    plain("asked_at", Instant),
    sealed("note", null=True),
    plain("told", CODE, null=True),
    sealed("line", null=True),
    plain("ended_at", Instant, null=True),
    plain("told_at", Instant, null=True),
    plain("closed_at", Instant, null=True),
    plain("generation", Integer),
    CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    CheckConstraint("cover_id <> covered_id", name="of_another"),
    CheckConstraint(
        "(ended_at IS NOT NULL) = (state IN ('ended', 'told', 'closed'))",
        name="ended_when_ended",
    ),
    CheckConstraint(
        "(told_at IS NOT NULL) = (state IN ('told', 'closed'))", name="told_when_told"
    ),
    CheckConstraint("(told_at IS NULL) = (told IS NULL)", name="told_with_a_line"),
    CheckConstraint(
        "(closed_at IS NOT NULL) = (state = 'closed')", name="closed_when_closed"
    ),
    Index(None, "covered_id", "state"),
    Index(None, "cover_id", "state"),
    Index(None, "site_id", "state"),
)
