"""matching"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matching",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("link_id", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("clinician_id", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "how IN ('by phone', 'by record')", name=op.f("ck_matching_how")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_matching_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["clinician.id"], name=op.f("fk_matching_clinician_id")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["link.id"], name=op.f("fk_matching_link_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_matching_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching")),
        sa.UniqueConstraint(
            "case_id",
            "link_id",
            "site_id",
            "occasion",
            "subject",
            name=op.f("uq_matching_case_id_link_id_site_id_occasion_subject"),
        ),
    )
    with op.batch_alter_table("matching", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_matching_subject"), ["subject"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("matching", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matching_subject"))

    op.drop_table("matching")
