"""covers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cover",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("covered_id", sa.String(length=64), nullable=False),
        sa.Column("cover_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=True),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.String(length=40), nullable=True),
        sa.Column("line", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (state = 'closed')",
            name=op.f("ck_cover_closed_when_closed"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('ended', 'told', 'closed'))",
            name=op.f("ck_cover_ended_when_ended"),
        ),
        sa.CheckConstraint(
            "(told_at IS NOT NULL) = (state IN ('told', 'closed'))",
            name=op.f("ck_cover_told_when_told"),
        ),
        sa.CheckConstraint(
            "(told_at IS NULL) = (told IS NULL)", name=op.f("ck_cover_told_with_a_line")
        ),
        sa.CheckConstraint("cover_id <> covered_id", name=op.f("ck_cover_of_another")),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_cover_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["clinician.id"], name=op.f("fk_cover_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_cover_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["cover_id"], ["clinician.id"], name=op.f("fk_cover_cover_id")
        ),
        sa.ForeignKeyConstraint(
            ["covered_id"], ["clinician.id"], name=op.f("fk_cover_covered_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_cover_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_cover_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    with op.batch_alter_table("cover", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cover_cover_id_state"), ["cover_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_cover_covered_id_state"),
            ["covered_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_cover_site_id_state"), ["site_id", "state"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("cover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cover_site_id_state"))
        batch_op.drop_index(batch_op.f("ix_cover_covered_id_state"))
        batch_op.drop_index(batch_op.f("ix_cover_cover_id_state"))

    op.drop_table("cover")
