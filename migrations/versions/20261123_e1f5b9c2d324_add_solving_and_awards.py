"""add solving and awards

Why: the way from a confirmed place to outcomes and awards.

Revision: e1f5b9c2d324
Follows: c4e6a8d0b217
"""

import sqlalchemy as sa
from alembic import op

revision = "e1f5b9c2d324"
down_revision = "c4e6a8d0b217"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting_ladders",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("within", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_ladders")),
        sa.UniqueConstraint("kind", name=op.f("uq_waiting_ladders_kind")),
    )
    op.create_table(
        "calendar_links",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_calendar_links_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_links_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_links_user_id")),
    )
    op.create_table(
        "waiting_steps",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_waiting_steps_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_steps")),
        sa.UniqueConstraint(
            "kind", "subject_id", "due_at", "step", "user_id", name="uq_waiting_steps_taken"
        ),
    )
    with op.batch_alter_table("waiting_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_steps_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("waiting_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_steps_user_id"))

    op.drop_table("waiting_steps")
    op.drop_table("calendar_links")
    op.drop_table("waiting_ladders")
