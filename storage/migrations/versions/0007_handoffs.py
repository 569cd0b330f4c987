"""handoffs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handoff",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("referral_id", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("sender_id", sa.String(length=64), nullable=False),
        sa.Column("receiver_id", sa.String(length=64), nullable=False),
        sa.Column("offered_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=True),
        sa.Column("follows", sa.String(length=64), nullable=True),
        sa.Column("passed_by", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("synthesis", sa.LargeBinary(), nullable=True),
        sa.Column("correction", sa.LargeBinary(), nullable=True),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("round_started_at", Instant(), nullable=False),
        sa.Column("phoned_at", Instant(), nullable=True),
        sa.Column("read_back_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('declined', 'withdrawn', 'expired'))",
            name=op.f("ck_handoff_ended"),
        ),
        sa.CheckConstraint(
            "(read_back_at IS NOT NULL) = (state IN ('accepted', 'corrected'))",
            name=op.f("ck_handoff_read_back"),
        ),
        sa.CheckConstraint(
            "(recorded_by IS NOT NULL) = (state = 'by phone')",
            name=op.f("ck_handoff_recorded_by_somebody"),
        ),
        sa.CheckConstraint(
            "sender_id <> receiver_id", name=op.f("ck_handoff_between_two")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_handoff_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["follows"], ["handoff.id"], name=op.f("fk_handoff_follows")
        ),
        sa.ForeignKeyConstraint(
            ["offered_by"], ["clinician.id"], name=op.f("fk_handoff_offered_by")
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["clinician.id"], name=op.f("fk_handoff_receiver_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["clinician.id"], name=op.f("fk_handoff_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_handoff_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["clinician.id"], name=op.f("fk_handoff_sender_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_handoff_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff")),
    )
    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_handoff_case_id"), ["case_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_handoff_receiver_id_state"),
            ["receiver_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_handoff_sender_id_state"),
            ["sender_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            "uq_handoff_open",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('offered', 'by phone', 'taken over')"),
            postgresql_where=sa.text("state IN ('offered', 'by phone', 'taken over')"),
        )

    op.create_table(
        "handoff_action",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("handoff_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("doer_id", sa.String(length=64), nullable=False),
        sa.Column("due_day", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(done_at IS NOT NULL) = (state = 'done')"
            " AND (done_by IS NOT NULL) = (state = 'done')",
            name=op.f("ck_handoff_action_done_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["doer_id"], ["clinician.id"], name=op.f("fk_handoff_action_doer_id")
        ),
        sa.ForeignKeyConstraint(
            ["done_by"], ["clinician.id"], name=op.f("fk_handoff_action_done_by")
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_handoff_action_handoff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_action")),
        sa.UniqueConstraint(
            "handoff_id", "position", name=op.f("uq_handoff_action_handoff_id_position")
        ),
    )
    with op.batch_alter_table("handoff_action", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_handoff_action_doer_id_state"),
            ["doer_id", "state"],
            unique=False,
        )

    op.create_table(
        "responsibility",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("clinician_id", sa.String(length=64), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("handoff_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_responsibility_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinician_id"],
            ["clinician.id"],
            name=op.f("fk_responsibility_clinician_id"),
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_responsibility_handoff_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_responsibility")),
    )
    with op.batch_alter_table("responsibility", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_responsibility_clinician_id"), ["clinician_id"], unique=False
        )
        batch_op.create_index(
            "uq_responsibility_now",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    # Whoever is responsible now has been so since the case says.
    op.execute(
        "INSERT INTO responsibility (case_id, seq, clinician_id, since, how)"
        " SELECT id, 1, responsible_id, responsible_since, 'case created'"
        ' FROM "case"'
    )


def downgrade() -> None:
    with op.batch_alter_table("responsibility", schema=None) as batch_op:
        batch_op.drop_index("uq_responsibility_now")
        batch_op.drop_index(batch_op.f("ix_responsibility_clinician_id"))

    op.drop_table("responsibility")
    with op.batch_alter_table("handoff_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handoff_action_doer_id_state"))

    op.drop_table("handoff_action")
    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.drop_index("uq_handoff_open")
        batch_op.drop_index(batch_op.f("ix_handoff_sender_id_state"))
        batch_op.drop_index(batch_op.f("ix_handoff_receiver_id_state"))
        batch_op.drop_index(batch_op.f("ix_handoff_case_id"))

    op.drop_table("handoff")
