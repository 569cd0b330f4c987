"""duty"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("clinician_id", sa.String(length=64), nullable=False),
        sa.Column("cover_id", sa.String(length=64), nullable=True),
        sa.Column("starts", sa.String(length=10), nullable=False),
        sa.Column("ends", sa.String(length=10), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_absence_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["clinician.id"], name=op.f("fk_absence_clinician_id")
        ),
        sa.ForeignKeyConstraint(
            ["cover_id"], ["clinician.id"], name=op.f("fk_absence_cover_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_absence_clinician_id_ends"),
            ["clinician_id", "ends"],
            unique=False,
        )

    op.create_table(
        "swap",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("clinician_id", sa.String(length=64), nullable=False),
        sa.Column("starts", sa.String(length=10), nullable=False),
        sa.Column("ends", sa.String(length=10), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_swap_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["clinician.id"], name=op.f("fk_swap_clinician_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_swap_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap")),
    )
    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_swap_site_id_ends"), ["site_id", "ends"], unique=False
        )

    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_link_channel_id"), ["channel_id"], unique=False
        )

    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("outcome_days", sa.Integer(), server_default="14", nullable=False)
        )
        batch_op.add_column(
            sa.Column("patient_told", sa.String(length=40), nullable=True)
        )

    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "urgent_minutes", sa.Integer(), server_default="240", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("advice_days", sa.Integer(), server_default="2", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "evaluation_days", sa.Integer(), server_default="1", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("rota_starts", sa.String(length=10), nullable=True)
        )
        batch_op.add_column(sa.Column("rota_order", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_channel_id"))

    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_column("rota_order")
        batch_op.drop_column("rota_starts")
        batch_op.drop_column("evaluation_days")
        batch_op.drop_column("advice_days")
        batch_op.drop_column("urgent_minutes")

    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_column("patient_told")
        batch_op.drop_column("outcome_days")

    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_swap_site_id_ends"))

    op.drop_table("swap")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_clinician_id_ends"))

    op.drop_table("absence")
