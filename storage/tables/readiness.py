"""The ready list: how each item of a course stands, and who has its barrier."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, Table, UniqueConstraint, text

from storage.columns import Instant, plain, sealed
from storage.tables.core import CODE, DAY, identifier, metadata, refer_to

ready_item = Table(
    "ready_item",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    refer_to("case_id", "case"),
    refer_to("course_id", "course"),
    plain("item", CODE),
    plain("state", CODE),
    # Who has the barrier, and the working day on which they are reminded.
    refer_to("person_id", "clinician", null=True),
    plain("day", DAY, null=True),
    sealed("note", null=True),
    refer_to("changed_by", "clinician"),
    plain("changed_at", Instant),
    plain("generation", Integer),
    UniqueConstraint("course_id", "item"),
    CheckConstraint("state IN ('open', 'done', 'not needed', 'barrier')", name="state"),
    CheckConstraint(
        "(state = 'barrier') = (person_id IS NOT NULL)"
        " AND (state = 'barrier') = (day IS NOT NULL)",
        name="barrier_with_person_and_day",
    ),
    Index(
        "ix_ready_item_barrier",
        "person_id",
        sqlite_where=text("state = 'barrier'"),
        postgresql_where=text("state = 'barrier'"),
    ),
)
