"""Bridging: what a center asked a practice to give, and what came of it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, Table, text

from storage.columns import Instant, plain, sealed
from storage.tables.core import CODE, DAY, identifier, metadata, refer_to

bridging = Table(
    "bridging",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("case_id", "case"),
    refer_to("course_id", "course"),
    refer_to("referral_id", "referral"),
    plain("state", CODE),
    refer_to("requested_by", "clinician"),
    plain("requested_at", Instant),
    sealed("body"),
    # The last day on which it may be given: a date at the center.
    plain("last_day", DAY),
    sealed("counter", null=True),
    refer_to("answered_by", "clinician", null=True),
    plain("answered_at", Instant, null=True),
    plain("started", DAY, null=True),
    plain("last_dose", DAY, null=True),
    plain("since", Instant),
    plain("generation", Integer),
    CheckConstraint(
        "state IN ('requested', 'countered', 'accepted', 'started', 'stopped',"
        " 'withdrawn')",
        name="state",
    ),
    CheckConstraint(
        "state NOT IN ('started', 'stopped') OR started IS NOT NULL", name="started"
    ),
    CheckConstraint(
        "(state = 'stopped') = (last_dose IS NOT NULL)", name="stopped_with_last_dose"
    ),
    Index(
        "uq_bridging_open",
        "course_id",
        unique=True,
        sqlite_where=text("state NOT IN ('stopped', 'withdrawn')"),
        postgresql_where=text("state NOT IN ('stopped', 'withdrawn')"),
    ),
    Index(None, "course_id"),
    # Few wait for an answer at a time.
    Index(
        "ix_bridging_waiting",
        "referral_id",
        sqlite_where=text("state IN ('requested', 'countered')"),
        postgresql_where=text("state IN ('requested', 'countered')"),
    ),
)
