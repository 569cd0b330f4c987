"""boards"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BARRIERS = sa.text("state = 'barrier'")
WAITING = sa.text("state IN ('requested', 'countered')")


def upgrade() -> None:
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_item_plan_id_state_earliest"),
            ["plan_id", "state", "earliest"],
            unique=False,
        )

    with op.batch_alter_table("ready_item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ready_item_barrier",
            ["person_id"],
            unique=False,
            sqlite_where=BARRIERS,
            postgresql_where=BARRIERS,
        )

    with op.batch_alter_table("bridging", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bridging_waiting",
            ["referral_id"],
            unique=False,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )

    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_handoff_offered_by_state"),
            ["offered_by", "state"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handoff_offered_by_state"))

    with op.batch_alter_table("bridging", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_bridging_waiting", sqlite_where=WAITING, postgresql_where=WAITING
        )

    with op.batch_alter_table("ready_item", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ready_item_barrier", sqlite_where=BARRIERS, postgresql_where=BARRIERS
        )

    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_plan_id_state_earliest"))
