"""Tables of the plan: a center's protocol, its signatures, plans, rows and items."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    text,
)

from storage.columns import Instant, Text, plain, sealed
from storage.tables.core import CODE, DAY, ID, identifier, metadata, refer_to

protocol = Table(
    "protocol",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("center_id", "site"),
    plain("number", Integer),
    plain("based_on", CODE),
    # The whole text of every row: a plan is pinned to it for as long as it runs.
    plain("rows", JSON),
    refer_to("made_by", "clinician", null=True),
    plain("made_at", Instant),
    UniqueConstraint("center_id", "number"),
)

signature = Table(
    "signature",
    metadata,
    identifier(),
    refer_to("center_id", "site"),
    plain("row_id", CODE),
    # Of the text that was signed: a row that reads otherwise is not signed.
    plain("digest", Text(64)),
    plain("choice", CODE, null=True),
    refer_to("signed_by", "clinician"),
    plain("signed_at", Instant),
    plain("ended_at", Instant, null=True),
    refer_to("ended_by", "clinician", null=True),
    CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by"),
    Index(
        "uq_signature_standing",
        "center_id",
        "row_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    # Of rows that disagree, one at the most.
    Index(
        "uq_signature_choice",
        "center_id",
        "choice",
        unique=True,
        sqlite_where=text("ended_at IS NULL AND choice IS NOT NULL"),
        postgresql_where=text("ended_at IS NULL AND choice IS NOT NULL"),
    ),
    Index(None, "center_id"),
)

plan = Table(
    "plan",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("case_id", "case"),
    refer_to("course_id", "course"),
    refer_to("referral_id", "referral"),
    refer_to("protocol_id", "protocol"),
    plain("product", CODE),
    plain("day0", DAY),
    plain("conditions", JSON),
    refer_to("confirmed_by", "clinician", null=True),
    plain("confirmed_at", Instant, null=True),
    plain("made_at", Instant),
    plain("kept_to", DAY),
    plain("ended_at", Instant, null=True),
    plain("ended_why", CODE, null=True),
    plain("generation", Integer),
    CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended_why"),
    UniqueConstraint("course_id"),
    Index(None, "case_id"),
    Index(None, "protocol_id"),
)

plan_row = Table(
    "plan_row",
    metadata,
    identifier(),
    refer_to("plan_id", "plan"),
    refer_to("case_id", "case"),
    plain("row_id", CODE),
    refer_to("practice_doer_id", "clinician", null=True),
    refer_to("center_doer_id", "clinician", null=True),
    plain("ended_at", Instant, null=True),
    refer_to("ended_by", "clinician", null=True),
    plain("ended_how", CODE, null=True),
    sealed("ended_why", null=True),
    plain("generation", Integer),
    UniqueConstraint("plan_id", "row_id"),
    CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended_somehow"),
)

item = Table(
    "item",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("case_id", "case"),
    refer_to("plan_id", "plan"),
    plain("row_id", CODE),
    plain("number", Integer),
    refer_to("site_id", "site"),
    refer_to("doer_id", "clinician", null=True),
    plain("earliest", DAY),
    plain("target", DAY),
    plain("latest", DAY),
    # Its window was set by a person, and does not move with Day 0.
    plain("fixed", Boolean),
    plain("state", CODE),
    plain("extended_to", DAY, null=True),
    plain("drawn_on", DAY, null=True),
    refer_to("drawn_by", "clinician", null=True),
    plain("done_on", DAY, null=True),
    refer_to("done_by", "clinician", null=True),
    plain("hold", CODE, null=True),
    plain("look_again_on", DAY, null=True),
    plain("why", CODE, null=True),
    sealed("note", null=True),
    sealed("value", null=True),
    plain("missed_on", DAY, null=True),
    plain("quiet_until", DAY, null=True),
    plain("changed_at", Instant),
    refer_to("changed_by", "clinician", null=True),
    plain("generation", Integer),
    UniqueConstraint("plan_id", "row_id", "number"),
    CheckConstraint("earliest <= target AND target <= latest", name="window_in_order"),
    CheckConstraint(
        "(done_on IS NOT NULL) = (state IN ('done', 'done late'))", name="done_on_a_day"
    ),
    CheckConstraint(
        "(state = 'held') = (hold IS NOT NULL)"
        " AND (state = 'held') = (look_again_on IS NOT NULL)",
        name="held_until_a_day",
    ),
    CheckConstraint("(state = 'not needed') = (why IS NOT NULL)", name="with_a_why"),
    Index(None, "site_id", "state"),
    Index(None, "doer_id", "state"),
    Index(None, "case_id", "state"),
    # The first of each state is found without reading the others.
    Index(None, "plan_id", "state", "earliest"),
)

item_change = Table(
    "item_change",
    metadata,
    plain("item_id", ID, ForeignKey("item.id"), primary_key=True),
    plain("position", Integer, primary_key=True),
    plain("event", CODE),
    # The item's own columns as they were: ids, days and codes.
    plain("before", JSON),
    # Its note and value as they were, where it had any.
    sealed("texts", null=True),
    plain("at", Instant),
    refer_to("by", "clinician", null=True),
    plain("undone_at", Instant, null=True),
)

digest_choice = Table(
    "digest_choice",
    metadata,
    plain("clinician_id", ID, ForeignKey("clinician.id"), primary_key=True),
    # A wall-clock time, HH:MM, at the person's site unless they named a zone.
    plain("at", Text(5)),
    plain("zone", Text(64), null=True),
    plain("days", JSON, null=True),
    plain("wanted", Boolean),
    plain("generation", Integer),
)
