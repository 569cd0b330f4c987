"""verified"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verified", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("verified_at", Instant(), nullable=True))
        batch_op.add_column(
            sa.Column("verified_channel", sa.String(length=40), nullable=True)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_link_verified"), "verified IN ('yes', 'no')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_link_verified_somewhere"),
            "(verified IS NULL) = (verified_at IS NULL)"
            " AND (verified IS NULL) = (verified_channel IS NULL)",
        )


def downgrade() -> None:
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("ck_link_verified_somewhere"), type_="check"
        )
        batch_op.drop_constraint(batch_op.f("ck_link_verified"), type_="check")
        batch_op.drop_column("verified_channel")
        batch_op.drop_column("verified_at")
        batch_op.drop_column("verified")
