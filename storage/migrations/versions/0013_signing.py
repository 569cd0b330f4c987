"""signing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("clinician", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("signs", sa.Integer(), server_default="0", nullable=False)
        )

    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "stale_after_days", sa.Integer(), server_default="180", nullable=False
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_column("stale_after_days")

    with op.batch_alter_table("clinician", schema=None) as batch_op:
        batch_op.drop_column("signs")
