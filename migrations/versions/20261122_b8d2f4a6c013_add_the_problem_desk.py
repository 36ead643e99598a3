"""add the problem desk

Why: the problem desk; readiness, guided writing, screening, grading, questions, data rooms, private calls.

Revision: b8d2f4a6c013
Follows: a4b1c7e09f52
"""

import sqlalchemy as sa
from alembic import op

revision = "b8d2f4a6c013"
down_revision = "a4b1c7e09f52"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "private_calls",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("requester_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "open",
                "closed",
                "declined",
                "withdrawn",
                name="privatecallstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("office_note", sa.Text(), nullable=False),
        sa.Column("office_invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_private_calls_call_id_calls")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_private_calls_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["users.id"], name=op.f("fk_private_calls_requester_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_calls")),
        sa.UniqueConstraint("call_id", name=op.f("uq_private_calls_call_id")),
    )
    with op.batch_alter_table("private_calls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_private_calls_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "referrals",
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("referrer_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("registration_number", sa.String(length=20), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "accepted",
                "declined",
                "revoked",
                "expired",
                "ended",
                name="referralstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "consented_at IS NULL OR state = 'accepted'",
            name=op.f("ck_referrals_consent_needs_acceptance"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'ended') OR organization_id IS NOT NULL",
            name=op.f("ck_referrals_accepted_by"),
        ),
        sa.CheckConstraint(
            "organization_id IS NOT NULL OR email IS NOT NULL OR registration_number IS NOT NULL",
            name=op.f("ck_referrals_addressed"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["organizations.id"],
            name=op.f("fk_referrals_association_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_referrals_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"], ["users.id"], name=op.f("fk_referrals_referrer_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_referrals_association_id"), ["association_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_referrals_email"), ["email"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_referrals_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_referrals_registration_number"), ["registration_number"], unique=False
        )

    op.create_table(
        "private_audit_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("private_call_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_events.id"],
            name=op.f("fk_private_audit_events_event_id_audit_events"),
        ),
        sa.ForeignKeyConstraint(
            ["private_call_id"],
            ["private_calls.id"],
            name=op.f("fk_private_audit_events_private_call_id_private_calls"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_audit_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_private_audit_events_event_id")),
    )
    with op.batch_alter_table("private_audit_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_private_audit_events_private_call_id"), ["private_call_id"], unique=False
        )

    op.create_table(
        "private_call_officers",
        sa.Column("private_call_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["private_call_id"],
            ["private_calls.id"],
            name=op.f("fk_private_call_officers_private_call_id_private_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_private_call_officers_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_call_officers")),
        sa.UniqueConstraint(
            "private_call_id", "user_id", name=op.f("uq_private_call_officers_private_call_id")
        ),
    )
    with op.batch_alter_table("private_call_officers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_private_call_officers_private_call_id"),
            ["private_call_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_private_call_officers_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "private_call_teams",
        sa.Column("private_call_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("is_exclusive", sa.Boolean(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["private_call_id"],
            ["private_calls.id"],
            name=op.f("fk_private_call_teams_private_call_id_private_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
            name=op.f("fk_private_call_teams_team_id_teams"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_call_teams")),
        sa.UniqueConstraint(
            "private_call_id", "team_id", name=op.f("uq_private_call_teams_private_call_id")
        ),
    )
    with op.batch_alter_table("private_call_teams", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_private_call_teams_private_call_id"), ["private_call_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_private_call_teams_team_id"), ["team_id"], unique=False
        )

    op.create_table(
        "problem_vectors",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("encoded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_problem_vectors_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_vectors")),
        sa.UniqueConstraint("problem_id", name=op.f("uq_problem_vectors_problem_id")),
    )
    op.create_table(
        "referral_consents",
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_consents_referral_id_referrals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_referral_consents_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_consents")),
    )
    with op.batch_alter_table("referral_consents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_referral_consents_referral_id"), ["referral_id"], unique=False
        )

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))

    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("registration_number", sa.String(length=20), nullable=True))

    with op.batch_alter_table("problems", schema=None) as batch_op:
        batch_op.add_column(sa.Column("intake", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("dismissed", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("problems", schema=None) as batch_op:
        batch_op.drop_column("dismissed")
        batch_op.drop_column("intake")

    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.drop_column("registration_number")

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("note")

    with op.batch_alter_table("referral_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_consents_referral_id"))

    op.drop_table("referral_consents")
    op.drop_table("problem_vectors")
    with op.batch_alter_table("private_call_teams", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_private_call_teams_team_id"))
        batch_op.drop_index(batch_op.f("ix_private_call_teams_private_call_id"))

    op.drop_table("private_call_teams")
    with op.batch_alter_table("private_call_officers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_private_call_officers_user_id"))
        batch_op.drop_index(batch_op.f("ix_private_call_officers_private_call_id"))

    op.drop_table("private_call_officers")
    with op.batch_alter_table("private_audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_private_audit_events_private_call_id"))

    op.drop_table("private_audit_events")
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referrals_registration_number"))
        batch_op.drop_index(batch_op.f("ix_referrals_organization_id"))
        batch_op.drop_index(batch_op.f("ix_referrals_email"))
        batch_op.drop_index(batch_op.f("ix_referrals_association_id"))

    op.drop_table("referrals")
    with op.batch_alter_table("private_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_private_calls_organization_id"))

    op.drop_table("private_calls")
