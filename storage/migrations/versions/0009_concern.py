"""concern"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "concern",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("referral_id", sa.String(length=64), nullable=False),
        sa.Column("raised_by", sa.String(length=64), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'acknowledged', 'withdrawn')",
            name=op.f("ck_concern_state"),
        ),
        sa.CheckConstraint(
            "(acknowledged_at IS NOT NULL) = (state = 'acknowledged')"
            " AND (acknowledged_by IS NOT NULL) = (state = 'acknowledged')",
            name=op.f("ck_concern_acknowledged_by_somebody"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NOT NULL) = (state = 'withdrawn')",
            name=op.f("ck_concern_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"],
            ["clinician.id"],
            name=op.f("fk_concern_acknowledged_by"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_concern_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["clinician.id"], name=op.f("fk_concern_raised_by")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_concern_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_concern_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
    )
    with op.batch_alter_table("concern", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_concern_referral_id"), ["referral_id"], unique=False
        )
        batch_op.create_index(
            "uq_concern_open",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "concern_opt_in", sa.Integer(), server_default="0", nullable=False
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_column("concern_opt_in")

    with op.batch_alter_table("concern", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_concern_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_concern_referral_id"))

    op.drop_table("concern")
