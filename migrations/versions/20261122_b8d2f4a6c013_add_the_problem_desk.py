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
        "office_settings",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_settings")),
        sa.UniqueConstraint("key", name=op.f("uq_office_settings_key")),
    )
    op.create_table(
        "call_targets",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_call_targets_value_not_negative")),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_call_targets_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_targets")),
        sa.UniqueConstraint("call_id", "indicator", name=op.f("uq_call_targets_call_id")),
    )
    with op.batch_alter_table("call_targets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_targets_call_id"), ["call_id"], unique=False)

    op.create_table(
        "declared_conflicts",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_declared_conflicts_reason_given")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_declared_conflicts_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_declared_conflicts_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_conflicts")),
        sa.UniqueConstraint(
            "user_id", "organization_id", name=op.f("uq_declared_conflicts_user_id")
        ),
    )
    with op.batch_alter_table("declared_conflicts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declared_conflicts_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_declared_conflicts_user_id"), ["user_id"], unique=False
        )

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
        "rankers",
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("is_better", sa.Boolean(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rankers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rankers")),
    )
    with op.batch_alter_table("rankers", schema=None) as batch_op:
        batch_op.create_index(
            "uq_rankers_in_use",
            ["in_use"],
            unique=True,
            sqlite_where=sa.text("in_use"),
            postgresql_where=sa.text("in_use"),
        )

    op.create_table(
        "readiness_assessments",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("respondent_id", sa.Integer(), nullable=False),
        sa.Column("beside_id", sa.Integer(), nullable=True),
        sa.Column("rubric_version", sa.String(length=32), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sides", sa.JSON(), nullable=False),
        sa.Column("overall", sa.Double(), nullable=True),
        sa.Column("stage", sa.String(length=2), nullable=True),
        sa.Column("grade_cap", sa.String(length=2), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verifier_id", sa.Integer(), nullable=True),
        sa.Column("verifier_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "grade_cap IN ('G1', 'G2', 'G3', 'G4')",
            name=op.f("ck_readiness_assessments_grade_cap_known"),
        ),
        sa.CheckConstraint(
            "stage IN ('S1', 'S2', 'S3', 'S4')", name=op.f("ck_readiness_assessments_stage_known")
        ),
        sa.CheckConstraint(
            "(completed_at IS NULL) = (stage IS NULL)",
            name=op.f("ck_readiness_assessments_completed_has_stage"),
        ),
        sa.CheckConstraint(
            "beside_id <> id", name=op.f("ck_readiness_assessments_not_beside_itself")
        ),
        sa.ForeignKeyConstraint(
            ["beside_id"],
            ["readiness_assessments.id"],
            name=op.f("fk_readiness_assessments_beside_id_readiness_assessments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_readiness_assessments_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["respondent_id"],
            ["users.id"],
            name=op.f("fk_readiness_assessments_respondent_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["verifier_id"], ["users.id"], name=op.f("fk_readiness_assessments_verifier_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_assessments")),
    )
    with op.batch_alter_table("readiness_assessments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_readiness_assessments_beside_id"), ["beside_id"], unique=False
        )
        batch_op.create_index(
            "ix_readiness_assessments_latest", ["organization_id", "completed_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_readiness_assessments_organization_id"),
            ["organization_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_readiness_assessments_respondent_id"), ["respondent_id"], unique=False
        )
        batch_op.create_index(
            "uq_readiness_assessments_unfinished",
            ["organization_id", "respondent_id"],
            unique=True,
            sqlite_where=sa.text("completed_at IS NULL"),
            postgresql_where=sa.text("completed_at IS NULL"),
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
        "reminders",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reminders_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("kind", "subject_id", "user_id", "day", name=op.f("uq_reminders_kind")),
    )
    op.create_table(
        "reviewer_profiles",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("competencies", sa.JSON(), nullable=False),
        sa.Column("sectors", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column(
            "gender",
            sa.Enum(
                "woman",
                "man",
                "another",
                name="declaredgender",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "capacity BETWEEN 0 AND 50", name=op.f("ck_reviewer_profiles_capacity_range")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_reviewer_profiles_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_profiles")),
        sa.UniqueConstraint("user_id", name=op.f("uq_reviewer_profiles_user_id")),
    )
    op.create_table(
        "rubric_versions",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("base", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('screening', 'grading', 'readiness')",
            name=op.f("ck_rubric_versions_kind_known"),
        ),
        sa.CheckConstraint("note <> ''", name=op.f("ck_rubric_versions_note_given")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_rubric_versions_author_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_versions")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_rubric_versions_kind")),
    )
    op.create_table(
        "term_statistics",
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("n_texts", sa.Integer(), nullable=False),
        sa.Column("n_documents", sa.Integer(), nullable=False),
        sa.Column("n_terms", sa.Integer(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("lexicon", sa.String(length=16), nullable=False),
        sa.Column("scales", sa.JSON(), nullable=False),
        sa.Column("n_pairs", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_term_statistics_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_statistics")),
    )
    op.create_table(
        "attachments",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=True),
        sa.Column(
            "access",
            sa.Enum(
                "public",
                "data_room",
                name="attachmentaccess",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "passed",
                "unscanned",
                "infected",
                "failed",
                "removed",
                name="attachmentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("has_text", sa.Boolean(), nullable=True),
        sa.Column("removed_parts", sa.JSON(), nullable=False),
        sa.Column("scan_note", sa.String(length=500), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'removed') = (removed_at IS NOT NULL)",
            name=op.f("ck_attachments_removed_has_moment"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_attachments_named")),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_not_empty")),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_attachments_problem_id_problems")
        ),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["users.id"], name=op.f("fk_attachments_uploader_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_problem_id"), ["problem_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_sha256"), ["sha256"], unique=False)

    op.create_table(
        "broker_assignments",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("broker_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broker_id"], ["users.id"], name=op.f("fk_broker_assignments_broker_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_broker_assignments_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broker_assignments")),
        sa.UniqueConstraint("problem_id", name=op.f("uq_broker_assignments_problem_id")),
    )
    with op.batch_alter_table("broker_assignments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_broker_assignments_broker_id"), ["broker_id"], unique=False
        )

    op.create_table(
        "data_admissions",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("admitter_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["admitter_id"], ["users.id"], name=op.f("fk_data_admissions_admitter_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_data_admissions_problem_id_problems")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_admissions")),
        sa.UniqueConstraint("problem_id", "email", name=op.f("uq_data_admissions_problem_id")),
    )
    with op.batch_alter_table("data_admissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_admissions_email"), ["email"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_data_admissions_problem_id"), ["problem_id"], unique=False
        )

    op.create_table(
        "data_terms",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "text_zh <> '' AND text_en <> ''", name=op.f("ck_data_terms_both_languages")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_data_terms_number_positive")),
        sa.CheckConstraint(
            "valid_days BETWEEN 1 AND 3650", name=op.f("ck_data_terms_valid_days_range")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_data_terms_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_data_terms_problem_id_problems")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_terms")),
        sa.UniqueConstraint("problem_id", "number", name=op.f("uq_data_terms_problem_id")),
    )
    with op.batch_alter_table("data_terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_terms_problem_id"), ["problem_id"], unique=False)

    op.create_table(
        "grading_panels",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "scoring",
                "discussion",
                "settled",
                "signed",
                "stopped",
                name="gradingpanelstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rubric_version", sa.String(length=16), nullable=False),
        sa.Column("opener_id", sa.Integer(), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_grading_panels_number_positive")),
        sa.ForeignKeyConstraint(
            ["opener_id"], ["users.id"], name=op.f("fk_grading_panels_opener_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_grading_panels_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_panels")),
        sa.UniqueConstraint("problem_id", "number", name=op.f("uq_grading_panels_problem_id")),
    )
    with op.batch_alter_table("grading_panels", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_grading_panels_problem_id"), ["problem_id"], unique=False
        )
        batch_op.create_index(
            "uq_grading_panels_open",
            ["problem_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('scoring', 'discussion', 'settled')"),
            postgresql_where=sa.text("state IN ('scoring', 'discussion', 'settled')"),
        )

    op.create_table(
        "previews",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column(
            "band",
            sa.Enum(
                "strong",
                "good",
                "possible",
                "weak",
                name="band",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("confidence", sa.String(length=8), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_previews_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_previews_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
        sa.UniqueConstraint("team_id", "problem_id", name=op.f("uq_previews_team_id")),
    )
    with op.batch_alter_table("previews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_previews_problem_id"), ["problem_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_previews_team_id"), ["team_id"], unique=False)

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
        "problem_comments",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_problem_comments_body_given")),
        sa.CheckConstraint(
            "thread_id IS NULL OR resolved_at IS NULL",
            name=op.f("ck_problem_comments_threads_are_resolved_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_problem_comments_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_problem_comments_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["users.id"], name=op.f("fk_problem_comments_resolved_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["problem_comments.id"],
            name=op.f("fk_problem_comments_thread_id_problem_comments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_comments")),
    )
    with op.batch_alter_table("problem_comments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_problem_comments_problem_id"), ["problem_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_problem_comments_thread_id"), ["thread_id"], unique=False
        )

    op.create_table(
        "problem_revisions",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "screening",
                "returned",
                "recorded",
                "declined",
                "withdrawn",
                name="problemrevisionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_amendment", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("office_note", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "is_amendment OR state = 'recorded'",
            name=op.f("ck_problem_revisions_plain_is_recorded"),
        ),
        sa.CheckConstraint(
            "state <> 'recorded' OR number IS NOT NULL",
            name=op.f("ck_problem_revisions_recorded_has_number"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_problem_revisions_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_problem_revisions_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_revisions")),
        sa.UniqueConstraint("problem_id", "number", name=op.f("uq_problem_revisions_problem_id")),
    )
    with op.batch_alter_table("problem_revisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_problem_revisions_problem_id"), ["problem_id"], unique=False
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
        "question_follows",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_question_follows_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_question_follows_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_follows")),
        sa.UniqueConstraint("problem_id", "user_id", name=op.f("uq_question_follows_problem_id")),
    )
    with op.batch_alter_table("question_follows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_follows_user_id"), ["user_id"], unique=False)

    op.create_table(
        "questions",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "hidden",
                name="questionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hide_reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_questions_language_known")),
        sa.CheckConstraint(
            "state <> 'hidden' OR hide_reason <> ''", name=op.f("ck_questions_hidden_has_reason")
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_questions_not_empty")),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["users.id"], name=op.f("fk_questions_asker_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_questions_problem_id_problems")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_questions_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index("ix_questions_problem_state", ["problem_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_questions_team_id"), ["team_id"], unique=False)

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

    op.create_table(
        "data_acceptances",
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoker_id", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "expires_at > accepted_at", name=op.f("ck_data_acceptances_expires_later")
        ),
        sa.ForeignKeyConstraint(
            ["revoker_id"], ["users.id"], name=op.f("fk_data_acceptances_revoker_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_data_acceptances_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["data_terms.id"], name=op.f("fk_data_acceptances_terms_id_data_terms")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_data_acceptances_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_acceptances")),
    )
    with op.batch_alter_table("data_acceptances", schema=None) as batch_op:
        batch_op.create_index(
            "ix_data_acceptances_terms_user", ["terms_id", "user_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_data_acceptances_user_id"), ["user_id"], unique=False)

    op.create_table(
        "grade_decisions",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("rubric_version", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=False),
        sa.Column("panel_grade", sa.String(length=2), nullable=True),
        sa.Column("rules_grade", sa.String(length=2), nullable=False),
        sa.Column("rules_score", sa.Integer(), nullable=False),
        sa.Column("award_tier", sa.String(length=1), nullable=False),
        sa.Column("award_low", sa.Integer(), nullable=False),
        sa.Column("award_high", sa.Integer(), nullable=False),
        sa.Column("milestones", sa.JSON(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("grade_cap", sa.String(length=2), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("difference_reason", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "award_tier IN ('A', 'B', 'C')", name=op.f("ck_grade_decisions_award_tier_known")
        ),
        sa.CheckConstraint(
            "grade IN ('G1', 'G2', 'G3', 'G4')", name=op.f("ck_grade_decisions_grade_known")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_grade_decisions_reason_given")),
        sa.CheckConstraint("weeks BETWEEN 1 AND 104", name=op.f("ck_grade_decisions_weeks_range")),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["users.id"], name=op.f("fk_grade_decisions_officer_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["panel_id"],
            ["grading_panels.id"],
            name=op.f("fk_grade_decisions_panel_id_grading_panels"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_grade_decisions_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_decisions")),
    )
    with op.batch_alter_table("grade_decisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_grade_decisions_problem_id"), ["problem_id"], unique=False
        )

    op.create_table(
        "grade_reviews",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column(
            "seat",
            sa.Enum(
                "ai", "sector", name="seat", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "assigned",
                "started",
                "submitted",
                "recused",
                "replaced",
                name="gradereviewstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rubric_version", sa.String(length=16), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("suggested", sa.JSON(), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'recused' OR end_reason <> ''",
            name=op.f("ck_grade_reviews_recused_has_reason"),
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL",
            name=op.f("ck_grade_reviews_submitted_has_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["panel_id"],
            ["grading_panels.id"],
            name=op.f("fk_grade_reviews_panel_id_grading_panels"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["users.id"], name=op.f("fk_grade_reviews_reviewer_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_reviews")),
        sa.UniqueConstraint("panel_id", "reviewer_id", name=op.f("uq_grade_reviews_panel_id")),
    )
    with op.batch_alter_table("grade_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grade_reviews_panel_id"), ["panel_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_grade_reviews_reviewer_id"), ["reviewer_id"], unique=False
        )
        batch_op.create_index(
            "uq_grade_reviews_seat",
            ["panel_id", "seat"],
            unique=True,
            sqlite_where=sa.text("state IN ('assigned', 'started', 'submitted')"),
            postgresql_where=sa.text("state IN ('assigned', 'started', 'submitted')"),
        )

    op.create_table(
        "question_answers",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column(
            "side",
            sa.Enum(
                "owner",
                "office",
                name="answerside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "language IN ('zh', 'en')", name=op.f("ck_question_answers_language_known")
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_question_answers_not_empty")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_question_answers_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_question_answers_question_id_questions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_answers")),
    )
    with op.batch_alter_table("question_answers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_question_answers_question_id"), ["question_id"], unique=False
        )

    op.create_table(
        "screenings",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rubric_version", sa.String(length=16), nullable=False),
        sa.Column("suggestion", sa.JSON(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "list",
                "coach",
                "decline",
                name="screeningoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_screenings_outcome_has_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_screenings_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_screenings_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["problem_revisions.id"],
            name=op.f("fk_screenings_revision_id_problem_revisions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screenings")),
        sa.UniqueConstraint(
            "problem_id", "revision_id", "round", name=op.f("uq_screenings_problem_id")
        ),
    )
    with op.batch_alter_table("screenings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screenings_problem_id"), ["problem_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_screenings_revision_id"), ["revision_id"], unique=False
        )

    op.create_table(
        "attachment_downloads",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("acceptance_id", sa.Integer(), nullable=True),
        sa.Column("terms_number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acceptance_id"],
            ["data_acceptances.id"],
            name=op.f("fk_attachment_downloads_acceptance_id_data_acceptances"),
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_attachment_downloads_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_attachment_downloads_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment_downloads")),
    )
    with op.batch_alter_table("attachment_downloads", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attachment_downloads_attachment_id"), ["attachment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_attachment_downloads_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "grade_appeals",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("requester_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "taken",
                "upheld",
                "changed",
                "withdrawn",
                "lapsed",
                name="gradeappealstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("panel_id", sa.Integer(), nullable=True),
        sa.Column("outcome_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_grade_appeals_reason_given")),
        sa.CheckConstraint(
            "state NOT IN ('upheld', 'changed') OR outcome_id IS NOT NULL",
            name=op.f("ck_grade_appeals_answered_has_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["grade_decisions.id"],
            name=op.f("fk_grade_appeals_decision_id_grade_decisions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["users.id"], name=op.f("fk_grade_appeals_officer_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"],
            ["grade_decisions.id"],
            name=op.f("fk_grade_appeals_outcome_id_grade_decisions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["panel_id"],
            ["grading_panels.id"],
            name=op.f("fk_grade_appeals_panel_id_grading_panels"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_grade_appeals_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["users.id"], name=op.f("fk_grade_appeals_requester_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_appeals")),
        sa.UniqueConstraint("panel_id", name=op.f("uq_grade_appeals_panel_id")),
    )
    with op.batch_alter_table("grade_appeals", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_grade_appeals_problem_id"), ["problem_id"], unique=False
        )
        batch_op.create_index(
            "uq_grade_appeals_once",
            ["problem_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'lapsed'"),
            postgresql_where=sa.text("state <> 'lapsed'"),
        )

    op.create_table(
        "grade_review_versions",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["grade_reviews.id"],
            name=op.f("fk_grade_review_versions_review_id_grade_reviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_review_versions")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_grade_review_versions_review_id")),
    )
    with op.batch_alter_table("grade_review_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_grade_review_versions_review_id"), ["review_id"], unique=False
        )

    op.create_table(
        "grading_comments",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_grading_comments_body_given")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_grading_comments_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["panel_id"],
            ["grading_panels.id"],
            name=op.f("fk_grading_comments_panel_id_grading_panels"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["grade_reviews.id"],
            name=op.f("fk_grading_comments_review_id_grade_reviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_comments")),
    )
    with op.batch_alter_table("grading_comments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_grading_comments_panel_id"), ["panel_id"], unique=False
        )

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))

    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("registration_number", sa.String(length=20), nullable=True))

    with op.batch_alter_table("problems", schema=None) as batch_op:
        batch_op.add_column(sa.Column("intake", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("dismissed", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(
            sa.Column("machine_languages", sa.JSON(), server_default="[]", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("problems", schema=None) as batch_op:
        batch_op.drop_column("machine_languages")
        batch_op.drop_column("dismissed")
        batch_op.drop_column("intake")

    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.drop_column("registration_number")

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("note")

    with op.batch_alter_table("grading_comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grading_comments_panel_id"))

    op.drop_table("grading_comments")
    with op.batch_alter_table("grade_review_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grade_review_versions_review_id"))

    op.drop_table("grade_review_versions")
    with op.batch_alter_table("grade_appeals", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grade_appeals_once",
            sqlite_where=sa.text("state <> 'lapsed'"),
            postgresql_where=sa.text("state <> 'lapsed'"),
        )
        batch_op.drop_index(batch_op.f("ix_grade_appeals_problem_id"))

    op.drop_table("grade_appeals")
    with op.batch_alter_table("attachment_downloads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_downloads_user_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_downloads_attachment_id"))

    op.drop_table("attachment_downloads")
    with op.batch_alter_table("screenings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screenings_revision_id"))
        batch_op.drop_index(batch_op.f("ix_screenings_problem_id"))

    op.drop_table("screenings")
    with op.batch_alter_table("question_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_answers_question_id"))

    op.drop_table("question_answers")
    with op.batch_alter_table("grade_reviews", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grade_reviews_seat",
            sqlite_where=sa.text("state IN ('assigned', 'started', 'submitted')"),
            postgresql_where=sa.text("state IN ('assigned', 'started', 'submitted')"),
        )
        batch_op.drop_index(batch_op.f("ix_grade_reviews_reviewer_id"))
        batch_op.drop_index(batch_op.f("ix_grade_reviews_panel_id"))

    op.drop_table("grade_reviews")
    with op.batch_alter_table("grade_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grade_decisions_problem_id"))

    op.drop_table("grade_decisions")
    with op.batch_alter_table("data_acceptances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_acceptances_user_id"))
        batch_op.drop_index("ix_data_acceptances_terms_user")

    op.drop_table("data_acceptances")
    with op.batch_alter_table("referral_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_consents_referral_id"))

    op.drop_table("referral_consents")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_team_id"))
        batch_op.drop_index("ix_questions_problem_state")
        batch_op.drop_index(batch_op.f("ix_questions_asker_id"))

    op.drop_table("questions")
    with op.batch_alter_table("question_follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_follows_user_id"))

    op.drop_table("question_follows")
    op.drop_table("problem_vectors")
    with op.batch_alter_table("problem_revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_problem_revisions_problem_id"))

    op.drop_table("problem_revisions")
    with op.batch_alter_table("problem_comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_problem_comments_thread_id"))
        batch_op.drop_index(batch_op.f("ix_problem_comments_problem_id"))

    op.drop_table("problem_comments")
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
    with op.batch_alter_table("previews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_previews_team_id"))
        batch_op.drop_index(batch_op.f("ix_previews_problem_id"))

    op.drop_table("previews")
    with op.batch_alter_table("grading_panels", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grading_panels_open",
            sqlite_where=sa.text("state IN ('scoring', 'discussion', 'settled')"),
            postgresql_where=sa.text("state IN ('scoring', 'discussion', 'settled')"),
        )
        batch_op.drop_index(batch_op.f("ix_grading_panels_problem_id"))

    op.drop_table("grading_panels")
    with op.batch_alter_table("data_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_terms_problem_id"))

    op.drop_table("data_terms")
    with op.batch_alter_table("data_admissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_admissions_problem_id"))
        batch_op.drop_index(batch_op.f("ix_data_admissions_email"))

    op.drop_table("data_admissions")
    with op.batch_alter_table("broker_assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broker_assignments_broker_id"))

    op.drop_table("broker_assignments")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_sha256"))
        batch_op.drop_index(batch_op.f("ix_attachments_problem_id"))

    op.drop_table("attachments")
    op.drop_table("term_statistics")
    op.drop_table("rubric_versions")
    op.drop_table("reviewer_profiles")
    op.drop_table("reminders")
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referrals_registration_number"))
        batch_op.drop_index(batch_op.f("ix_referrals_organization_id"))
        batch_op.drop_index(batch_op.f("ix_referrals_email"))
        batch_op.drop_index(batch_op.f("ix_referrals_association_id"))

    op.drop_table("referrals")
    with op.batch_alter_table("readiness_assessments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_readiness_assessments_unfinished",
            sqlite_where=sa.text("completed_at IS NULL"),
            postgresql_where=sa.text("completed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_readiness_assessments_respondent_id"))
        batch_op.drop_index(batch_op.f("ix_readiness_assessments_organization_id"))
        batch_op.drop_index("ix_readiness_assessments_latest")
        batch_op.drop_index(batch_op.f("ix_readiness_assessments_beside_id"))

    op.drop_table("readiness_assessments")
    with op.batch_alter_table("rankers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_rankers_in_use", sqlite_where=sa.text("in_use"), postgresql_where=sa.text("in_use")
        )

    op.drop_table("rankers")
    with op.batch_alter_table("private_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_private_calls_organization_id"))

    op.drop_table("private_calls")
    with op.batch_alter_table("declared_conflicts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declared_conflicts_user_id"))
        batch_op.drop_index(batch_op.f("ix_declared_conflicts_organization_id"))

    op.drop_table("declared_conflicts")
    with op.batch_alter_table("call_targets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_targets_call_id"))

    op.drop_table("call_targets")
    op.drop_table("office_settings")
