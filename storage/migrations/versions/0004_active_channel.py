"""active channel"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_link_workspace_id_channel_id"), type_="unique"
        )
        batch_op.create_index(
            "uq_link_active_channel",
            ["workspace_id", "channel_id"],
            unique=True,
            sqlite_where=sa.text("active = 1"),
            postgresql_where=sa.text("active = 1"),
        )


def downgrade() -> None:
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index("uq_link_active_channel")
        batch_op.create_unique_constraint(
            batch_op.f("uq_link_workspace_id_channel_id"),
            ["workspace_id", "channel_id"],
        )
