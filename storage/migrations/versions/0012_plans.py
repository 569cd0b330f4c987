"""plans"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest_choice",
        sa.Column("clinician_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("days", sa.JSON(), nullable=True),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinician_id"],
            ["clinician.id"],
            name=op.f("fk_digest_choice_clinician_id"),
        ),
        sa.PrimaryKeyConstraint("clinician_id", name=op.f("pk_digest_choice")),
    )
    op.create_table(
        "protocol",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("center_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.String(length=40), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=True),
        sa.Column("made_at", Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["center_id"], ["site.id"], name=op.f("fk_protocol_center_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["clinician.id"], name=op.f("fk_protocol_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_protocol_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol")),
        sa.UniqueConstraint(
            "center_id", "number", name=op.f("uq_protocol_center_id_number")
        ),
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("center_id", sa.String(length=64), nullable=False),
        sa.Column("row_id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=True),
        sa.Column("signed_by", sa.String(length=64), nullable=False),
        sa.Column("signed_at", Instant(length=27), nullable=False),
        sa.Column("ended_at", Instant(length=27), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)",
            name=op.f("ck_signature_ended_by"),
        ),
        sa.ForeignKeyConstraint(
            ["center_id"], ["site.id"], name=op.f("fk_signature_center_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["clinician.id"], name=op.f("fk_signature_ended_by")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["clinician.id"], name=op.f("fk_signature_signed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_signature_center_id"), ["center_id"], unique=False
        )
        batch_op.create_index(
            "uq_signature_choice",
            ["center_id", "choice"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND choice IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND choice IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_signature_standing",
            ["center_id", "row_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "plan",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("referral_id", sa.String(length=64), nullable=False),
        sa.Column("protocol_id", sa.String(length=64), nullable=False),
        sa.Column("product", sa.String(length=40), nullable=False),
        sa.Column("day0", sa.String(length=10), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", Instant(length=27), nullable=True),
        sa.Column("made_at", Instant(length=27), nullable=False),
        sa.Column("kept_to", sa.String(length=10), nullable=False),
        sa.Column("ended_at", Instant(length=27), nullable=True),
        sa.Column("ended_why", sa.String(length=40), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_why IS NULL)", name=op.f("ck_plan_ended_why")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_plan_case_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["clinician.id"], name=op.f("fk_plan_confirmed_by")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_plan_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["protocol_id"], ["protocol.id"], name=op.f("fk_plan_protocol_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_plan_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_plan_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("course_id", name=op.f("uq_plan_course_id")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_plan_protocol_id"), ["protocol_id"], unique=False
        )

    op.create_table(
        "item",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("row_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("doer_id", sa.String(length=64), nullable=True),
        sa.Column("earliest", sa.String(length=10), nullable=False),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("latest", sa.String(length=10), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("extended_to", sa.String(length=10), nullable=True),
        sa.Column("drawn_on", sa.String(length=10), nullable=True),
        sa.Column("drawn_by", sa.String(length=64), nullable=True),
        sa.Column("done_on", sa.String(length=10), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.Column("hold", sa.String(length=40), nullable=True),
        sa.Column("look_again_on", sa.String(length=10), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("missed_on", sa.String(length=10), nullable=True),
        sa.Column("quiet_until", sa.String(length=10), nullable=True),
        sa.Column("changed_at", Instant(length=27), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(done_on IS NOT NULL) = (state IN ('done', 'done late'))",
            name=op.f("ck_item_done_on_a_day"),
        ),
        sa.CheckConstraint(
            "(state = 'held') = (hold IS NOT NULL)"
            " AND (state = 'held') = (look_again_on IS NOT NULL)",
            name=op.f("ck_item_held_until_a_day"),
        ),
        sa.CheckConstraint(
            "(state = 'not needed') = (why IS NOT NULL)",
            name=op.f("ck_item_with_a_why"),
        ),
        sa.CheckConstraint(
            "earliest <= target AND target <= latest",
            name=op.f("ck_item_window_in_order"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_item_case_id")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["clinician.id"], name=op.f("fk_item_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["doer_id"], ["clinician.id"], name=op.f("fk_item_doer_id")
        ),
        sa.ForeignKeyConstraint(
            ["done_by"], ["clinician.id"], name=op.f("fk_item_done_by")
        ),
        sa.ForeignKeyConstraint(
            ["drawn_by"], ["clinician.id"], name=op.f("fk_item_drawn_by")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_item_plan_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_item_site_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_item_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint(
            "plan_id", "row_id", "number", name=op.f("uq_item_plan_id_row_id_number")
        ),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_item_case_id_state"), ["case_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_item_doer_id_state"), ["doer_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_item_site_id_state"), ["site_id", "state"], unique=False
        )

    op.create_table(
        "plan_row",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("row_id", sa.String(length=40), nullable=False),
        sa.Column("practice_doer_id", sa.String(length=64), nullable=True),
        sa.Column("center_doer_id", sa.String(length=64), nullable=True),
        sa.Column("ended_at", Instant(length=27), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_how", sa.String(length=40), nullable=True),
        sa.Column("ended_why", sa.LargeBinary(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_how IS NULL)",
            name=op.f("ck_plan_row_ended_somehow"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_plan_row_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["center_doer_id"],
            ["clinician.id"],
            name=op.f("fk_plan_row_center_doer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["clinician.id"], name=op.f("fk_plan_row_ended_by")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_row_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["practice_doer_id"],
            ["clinician.id"],
            name=op.f("fk_plan_row_practice_doer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_row")),
        sa.UniqueConstraint(
            "plan_id", "row_id", name=op.f("uq_plan_row_plan_id_row_id")
        ),
    )
    op.create_table(
        "item_change",
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("texts", sa.LargeBinary(), nullable=True),
        sa.Column("at", Instant(length=27), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("undone_at", Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"], ["clinician.id"], name=op.f("fk_item_change_by")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_change_item_id")
        ),
        sa.PrimaryKeyConstraint("item_id", "position", name=op.f("pk_item_change")),
    )


def downgrade() -> None:
    op.drop_table("item_change")
    op.drop_table("plan_row")
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_site_id_state"))
        batch_op.drop_index(batch_op.f("ix_item_doer_id_state"))
        batch_op.drop_index(batch_op.f("ix_item_case_id_state"))

    op.drop_table("item")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_protocol_id"))
        batch_op.drop_index(batch_op.f("ix_plan_case_id"))

    op.drop_table("plan")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signature_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_signature_choice",
            sqlite_where=sa.text("ended_at IS NULL AND choice IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND choice IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_signature_center_id"))

    op.drop_table("signature")
    op.drop_table("protocol")
    op.drop_table("digest_choice")
