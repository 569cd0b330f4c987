"""Tables of the journey: courses, their milestones, and tasks that come of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, Table, text

from storage.columns import Instant, plain, sealed
from storage.tables.core import CODE, DAY, identifier, metadata, refer_to

course = Table(
    "course",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("case_id", "case"),
    refer_to("link_id", "link"),
    refer_to("referral_id", "referral"),
    plain("kind", CODE),
    refer_to("lead_id", "clinician", null=True),
    plain("phase", CODE),
    plain("day0", DAY, null=True),
    plain("waits_on", CODE),
    plain("since", Instant),
    plain("ask_at", Instant, null=True),
    plain("generation", Integer),
    plain("started_at", Instant),
    plain("ended_at", Instant, null=True),
    CheckConstraint("(ended_at IS NOT NULL) = (phase = 'nothing more')", name="ended"),
    Index(None, "case_id"),
    Index(None, "link_id", "phase"),
    Index(None, "referral_id"),
)

milestone = Table(
    "milestone",
    metadata,
    identifier(),
    refer_to("case_id", "case"),
    refer_to("course_id", "course"),
    plain("position", Integer),
    plain("step", CODE),
    plain("result", CODE),
    plain("day", DAY),
    plain("until", DAY, null=True),
    plain("reason", CODE, null=True),
    plain("product", CODE, null=True),
    plain("place", CODE, null=True),
    plain("contact", CODE, null=True),
    plain("first_call", CODE, null=True),
    sealed("note", null=True),
    refer_to("recorded_by", "clinician", null=True),
    plain("recorded_at", Instant),
    # A correction stands in the place of what it corrects, which is kept.
    refer_to("corrects", "milestone", null=True),
    plain("ended_at", Instant, null=True),
    refer_to("ended_by", "clinician", null=True),
    sealed("ended_why", null=True),
    CheckConstraint(
        "(ended_at IS NULL) = (ended_why IS NULL)", name="ended_with_a_reason"
    ),
    Index(
        "uq_milestone_standing",
        "course_id",
        "position",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    # Of the corrected ones too.
    Index(None, "course_id", "position"),
    Index(None, "case_id"),
)

task = Table(
    "task",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("case_id", "case"),
    refer_to("referral_id", "referral"),
    plain("kind", CODE),
    refer_to("doer_id", "clinician"),
    plain("due_at", Instant),
    plain("generation", Integer),
    plain("made_at", Instant),
    plain("done_at", Instant, null=True),
    refer_to("done_by", "clinician", null=True),
    plain("dropped_at", Instant, null=True),
    CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by_somebody"),
    CheckConstraint("done_at IS NULL OR dropped_at IS NULL", name="one_end"),
    Index(None, "case_id"),
    Index(None, "doer_id"),
)
