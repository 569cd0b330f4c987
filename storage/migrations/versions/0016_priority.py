"""priority"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of what waits already, and of what a Baton of before writes meanwhile: routine.
    # Not by a table made anew, since this one is long.
    op.add_column(
        "notice",
        sa.Column("priority", sa.Integer(), server_default="1", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("notice", "priority")
