"""before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bridging",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("referral_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("requested_by", sa.String(length=64), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("counter", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("started", sa.String(length=10), nullable=True),
        sa.Column("last_dose", sa.String(length=10), nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'stopped') = (last_dose IS NOT NULL)",
            name=op.f("ck_bridging_stopped_with_last_dose"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'countered', 'accepted', 'started', 'stopped',"
            " 'withdrawn')",
            name=op.f("ck_bridging_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('started', 'stopped') OR started IS NOT NULL",
            name=op.f("ck_bridging_started"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["clinician.id"], name=op.f("fk_bridging_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_bridging_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_bridging_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_bridging_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["clinician.id"], name=op.f("fk_bridging_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_bridging_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bridging")),
    )
    with op.batch_alter_table("bridging", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bridging_course_id"), ["course_id"], unique=False
        )
        batch_op.create_index(
            "uq_bridging_open",
            ["course_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('stopped', 'withdrawn')"),
            postgresql_where=sa.text("state NOT IN ('stopped', 'withdrawn')"),
        )

    op.create_table(
        "ready_item",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'barrier') = (person_id IS NOT NULL)"
            " AND (state = 'barrier') = (day IS NOT NULL)",
            name=op.f("ck_ready_item_barrier_with_person_and_day"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'not needed', 'barrier')",
            name=op.f("ck_ready_item_state"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_ready_item_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["clinician.id"], name=op.f("fk_ready_item_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_ready_item_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["clinician.id"], name=op.f("fk_ready_item_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_ready_item_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_item")),
        sa.UniqueConstraint(
            "course_id", "item", name=op.f("uq_ready_item_course_id_item")
        ),
    )


def downgrade() -> None:
    op.drop_table("ready_item")
    with op.batch_alter_table("bridging", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bridging_open",
            sqlite_where=sa.text("state NOT IN ('stopped', 'withdrawn')"),
            postgresql_where=sa.text("state NOT IN ('stopped', 'withdrawn')"),
        )
        batch_op.drop_index(batch_op.f("ix_bridging_course_id"))

    op.drop_table("bridging")
