"""restorations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restoration",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("restored_at", Instant(), nullable=False),
        sa.CheckConstraint("since <= restored_at", name=op.f("ck_restoration_order")),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
            name=op.f("fk_restoration_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration")),
    )
    with op.batch_alter_table("restoration", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_restoration_workspace_id_restored_at"),
            ["workspace_id", "restored_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("restoration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_restoration_workspace_id_restored_at"))
    op.drop_table("restoration")
