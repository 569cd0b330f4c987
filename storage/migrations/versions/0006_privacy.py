"""privacy"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "phi_mode",
                sa.String(length=40),
                server_default="none",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("phi_agreed_by", sa.String(length=200), nullable=True)
        )
        batch_op.add_column(
            sa.Column("phi_agreed_on", sa.String(length=10), nullable=True)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_workspace_phi_mode"), "phi_mode IN ('none', 'days', 'baa')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_workspace_phi_agreed"),
            "(phi_agreed_by IS NULL) = (phi_mode = 'none')"
            " AND (phi_agreed_on IS NULL) = (phi_mode = 'none')",
        )


def downgrade() -> None:
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_workspace_phi_agreed"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_workspace_phi_mode"), type_="check")
        batch_op.drop_column("phi_agreed_on")
        batch_op.drop_column("phi_agreed_by")
        batch_op.drop_column("phi_mode")
