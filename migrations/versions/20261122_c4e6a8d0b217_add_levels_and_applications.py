"""add levels and applications

Why: the team side and the way from application to award.

Revision: c4e6a8d0b217
Follows: b8d2f4a6c013
"""

import sqlalchemy as sa
from alembic import op

revision = "c4e6a8d0b217"
down_revision = "b8d2f4a6c013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge_keys",
        sa.Column("thumbprint", sa.String(length=64), nullable=False),
        sa.Column("jwk", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_keys")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_badge_keys_thumbprint")),
    )
    op.create_table(
        "learning_resources",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("teaches", sa.JSON(), nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "self-paced",
                "workshop",
                "lab",
                "compute lab",
                "tool guide",
                "clinic",
                "case",
                "placement",
                "site visit",
                "meet-up",
                name="resourceformat",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "phase",
            sa.Enum(
                "before",
                "before/during",
                "during",
                "during/after",
                "after",
                name="resourcephase",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_assessed", sa.Boolean(), nullable=False),
        sa.Column("assessment_zh", sa.String(length=200), nullable=False),
        sa.Column("assessment_en", sa.String(length=200), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("provider_zh", sa.String(length=120), nullable=False),
        sa.Column("provider_en", sa.String(length=120), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("is_online", sa.Boolean(), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "title_zh <> '' AND title_en <> ''", name=op.f("ck_learning_resources_both_languages")
        ),
        sa.CheckConstraint(
            "cost BETWEEN 0 AND 1000000", name=op.f("ck_learning_resources_cost_range")
        ),
        sa.CheckConstraint(
            "hours > 0 AND hours <= 1000", name=op.f("ck_learning_resources_hours_range")
        ),
        sa.CheckConstraint(
            "is_online OR region IS NOT NULL", name=op.f("ck_learning_resources_somewhere")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_resources")),
        sa.UniqueConstraint("code", name=op.f("uq_learning_resources_code")),
    )
    with op.batch_alter_table("learning_resources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learning_resources_theme"), ["theme"], unique=False)

    op.create_table(
        "badges",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("competency", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "issued",
                "withdrawn",
                "revoked",
                name="badgestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'revoked' OR reason <> ''", name=op.f("ck_badges_revoked_has_reason")
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_badges_level_range")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_badges_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges")),
        sa.UniqueConstraint("code", name=op.f("uq_badges_code")),
    )
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.create_index("ix_badges_user_competency", ["user_id", "competency"], unique=False)

    op.create_table(
        "call_rules",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("applications_open_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applications_close_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("eligibility", sa.JSON(), nullable=False),
        sa.Column("one_team_per_call", sa.Boolean(), nullable=False),
        sa.Column("max_applications_per_team", sa.Integer(), nullable=True),
        sa.Column("max_files", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("review_phases", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "applications_close_at > applications_open_at",
            name=op.f("ck_call_rules_opens_before_closes"),
        ),
        sa.CheckConstraint(
            "max_applications_per_team BETWEEN 1 AND 20", name=op.f("ck_call_rules_per_team_range")
        ),
        sa.CheckConstraint("max_files BETWEEN 0 AND 20", name=op.f("ck_call_rules_files_range")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_rules_call_id_calls")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_rules")),
        sa.UniqueConstraint("call_id", name=op.f("uq_call_rules_call_id")),
    )
    op.create_table(
        "delivery_choices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "at_once",
                "digest",
                "off",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_delivery_choices_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_choices")),
        sa.UniqueConstraint("user_id", "topic", name=op.f("uq_delivery_choices_user_id")),
    )
    op.create_table(
        "delivery_holds",
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_delivery_holds_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_holds")),
        sa.UniqueConstraint("topic", name=op.f("uq_delivery_holds_topic")),
    )
    op.create_table(
        "enrolments",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "enrolled",
                "attended",
                "handed_in",
                "passed",
                "not_passed",
                "withdrawn",
                name="enrolmentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=True),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('passed', 'not_passed') OR assessed_at IS NOT NULL",
            name=op.f("ck_enrolments_assessed"),
        ),
        sa.CheckConstraint(
            "score IS NULL OR score BETWEEN 0 AND 100", name=op.f("ck_enrolments_score_range")
        ),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["users.id"], name=op.f("fk_enrolments_assessor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["learning_resources.id"],
            name=op.f("fk_enrolments_resource_id_learning_resources"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_enrolments_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("user_id", "resource_id", name=op.f("uq_enrolments_user_id")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_enrolments_resource_id"), ["resource_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_enrolments_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_enrolments_user_id"), ["user_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("competency", sa.String(length=16), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "self_anchored",
                "peer",
                "mentor",
                "artefact",
                "certificate",
                "course",
                "milestone",
                name="evidencekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("relevance", sa.Double(), nullable=False),
        sa.Column("obtained_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("role", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "claimed",
                "asked",
                "checked",
                "verified",
                "rejected",
                "withdrawn",
                name="evidencestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "level IS NOT NULL OR kind IN ('peer', 'mentor', 'milestone')",
            name=op.f("ck_evidence_has_level"),
        ),
        sa.CheckConstraint(
            "state <> 'rejected' OR reason <> '' OR kind IN ('peer', 'mentor')",
            name=op.f("ck_evidence_rejected_has_reason"),
        ),
        sa.CheckConstraint("level BETWEEN 0 AND 5", name=op.f("ck_evidence_level_range")),
        sa.CheckConstraint("relevance BETWEEN 0 AND 1", name=op.f("ck_evidence_relevance_range")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["users.id"], name=op.f("fk_evidence_reviewer_id_users")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_evidence_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_reviewer_id"), ["reviewer_id"], unique=False)
        batch_op.create_index("ix_evidence_state_kind", ["state", "kind"], unique=False)
        batch_op.create_index(
            "ix_evidence_user_competency", ["user_id", "competency"], unique=False
        )

    op.create_table(
        "find_consents",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("consent", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_find_consents_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_find_consents")),
        sa.UniqueConstraint("user_id", name=op.f("uq_find_consents_user_id")),
    )
    op.create_table(
        "gender_declarations",
        sa.Column("user_id", sa.Integer(), nullable=False),
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
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_gender_declarations_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gender_declarations")),
        sa.UniqueConstraint("user_id", name=op.f("uq_gender_declarations_user_id")),
    )
    op.create_table(
        "learning_resource_revisions",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_learning_resource_revisions_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["learning_resources.id"],
            name=op.f("fk_learning_resource_revisions_resource_id_learning_resources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_resource_revisions")),
        sa.UniqueConstraint(
            "resource_id", "number", name=op.f("uq_learning_resource_revisions_resource_id")
        ),
    )
    with op.batch_alter_table("learning_resource_revisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_learning_resource_revisions_resource_id"), ["resource_id"], unique=False
        )

    op.create_table(
        "level_changes",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("competency", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mean_before", sa.Double(), nullable=True),
        sa.Column("mean_after", sa.Double(), nullable=True),
        sa.Column("confirmed_before", sa.Integer(), nullable=False),
        sa.Column("confirmed_after", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.Column("parameters_version", sa.String(length=16), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_level_changes_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_changes")),
    )
    with op.batch_alter_table("level_changes", schema=None) as batch_op:
        batch_op.create_index("ix_level_changes_user_at", ["user_id", "at"], unique=False)

    op.create_table(
        "level_estimates",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("competency", sa.String(length=16), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("sd", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("at_least", sa.JSON(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("is_unknown", sa.Boolean(), nullable=False),
        sa.Column("parameters_version", sa.String(length=16), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_level_estimates_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_estimates")),
        sa.UniqueConstraint("user_id", "competency", name=op.f("uq_level_estimates_user_id")),
    )
    with op.batch_alter_table("level_estimates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_level_estimates_competency"), ["competency"], unique=False
        )

    op.create_table(
        "point_board_places",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_point_board_places_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_board_places")),
        sa.UniqueConstraint("user_id", name=op.f("uq_point_board_places_user_id")),
    )
    op.create_table(
        "point_entries",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sharing",
                "answering",
                "finishing",
                "mentoring",
                name="pointkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "taken_back_by_id IS NULL OR (taken_back_at IS NOT NULL AND reason <> '')",
            name=op.f("ck_point_entries_taken_back_has_reason"),
        ),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name=op.f("ck_point_entries_points_range")),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["users.id"], name=op.f("fk_point_entries_taken_back_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_point_entries_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_entries")),
        sa.UniqueConstraint("kind", "source", name=op.f("uq_point_entries_kind")),
    )
    with op.batch_alter_table("point_entries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_point_entries_user_earned_on", ["user_id", "earned_on"], unique=False
        )

    op.create_table(
        "quiz_checks",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("competency", sa.String(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "lapsed",
                name="quizcheckstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("parameters_version", sa.String(length=16), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_quiz_checks_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_checks")),
    )
    with op.batch_alter_table("quiz_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_checks_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(
            "ix_quiz_checks_user_competency", ["user_id", "competency"], unique=False
        )
        batch_op.create_index(
            "uq_quiz_checks_open",
            ["user_id", "competency"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "quiz_items",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("competency", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("slope", sa.Double(), nullable=False),
        sa.Column("difficulty", sa.Double(), nullable=False),
        sa.Column("floor", sa.Double(), nullable=False),
        sa.Column("ceiling", sa.Double(), nullable=False),
        sa.Column("stem_en", sa.Text(), nullable=False),
        sa.Column("stem_zh", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("key_position", sa.Integer(), nullable=False),
        sa.Column("rationale_en", sa.Text(), nullable=False),
        sa.Column("rationale_zh", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "proposed",
                "trial",
                "live",
                "retired",
                name="quizitemstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("is_struck", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "floor >= 0 AND floor < ceiling AND ceiling <= 1",
            name=op.f("ck_quiz_items_curve_range"),
        ),
        sa.CheckConstraint("key_position >= 0", name=op.f("ck_quiz_items_key_range")),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_quiz_items_level_range")),
        sa.CheckConstraint("slope > 0", name=op.f("ck_quiz_items_slope_positive")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["users.id"], name=op.f("fk_quiz_items_approver_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_quiz_items_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["quiz_items.id"], name=op.f("fk_quiz_items_replaces_id_quiz_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_items")),
        sa.UniqueConstraint("code", name=op.f("uq_quiz_items_code")),
    )
    with op.batch_alter_table("quiz_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_quiz_items_competency_state", ["competency", "state"], unique=False
        )

    op.create_table(
        "review_rubric_versions",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("note <> ''", name=op.f("ck_review_rubric_versions_note_given")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_review_rubric_versions_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_review_rubric_versions_call_id_calls")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rubric_versions")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_review_rubric_versions_call_id")),
    )
    op.create_table(
        "allocation_locks",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pin", "ban", name="lockkind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name=op.f("fk_allocation_locks_problem_id_problems"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
            name=op.f("fk_allocation_locks_team_id_teams"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_allocation_locks_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_locks")),
        sa.UniqueConstraint("problem_id", "team_id", name=op.f("uq_allocation_locks_problem_id")),
    )
    with op.batch_alter_table("allocation_locks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_allocation_locks_problem_id"), ["problem_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_allocation_locks_team_id"), ["team_id"], unique=False)

    op.create_table(
        "allocations",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("starter_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                "deployed",
                "undone",
                name="allocationstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("failure", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('deployed', 'undone') OR deployed_at IS NOT NULL",
            name=op.f("ck_allocations_deployed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('done', 'deployed', 'undone') OR finished_at IS NOT NULL",
            name=op.f("ck_allocations_finished"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_allocations_call_id_calls")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_allocations_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["starter_id"], ["users.id"], name=op.f("fk_allocations_starter_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
    )
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocations_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            "uq_allocations_deployed",
            ["call_id"],
            unique=True,
            sqlite_where=sa.text("state = 'deployed'"),
            postgresql_where=sa.text("state = 'deployed'"),
        )

    op.create_table(
        "applications",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "under_review",
                "shortlisted",
                "waitlisted",
                "offered",
                "confirmed",
                "declined",
                "expired",
                "withdrawn",
                name="applicationstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "invited",
                "recommended",
                "own",
                name="applicationorigin",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "withdrawal_cause",
            sa.Enum(
                "no_time",
                "other_problem",
                "people",
                "terms",
                "dissolved",
                "other",
                name="withdrawalcause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("withdrawal_reason", sa.String(length=1000), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updater_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_applications_withdrawn_has_moment"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL",
            name=op.f("ck_applications_submitted"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_applications_call_id_calls")
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["users.id"], name=op.f("fk_applications_lead_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_applications_problem_id_problems")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_applications_team_id_teams")
        ),
        sa.ForeignKeyConstraint(
            ["updater_id"], ["users.id"], name=op.f("fk_applications_updater_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index("ix_applications_call_state", ["call_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_applications_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_applications_problem_id"), ["problem_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_applications_team_id"), ["team_id"], unique=False)
        batch_op.create_index(
            "uq_applications_open",
            ["problem_id", "team_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )

    op.create_table(
        "deliveries",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "at_once",
                "digest",
                "off",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "held",
                "gathered",
                "shown",
                "sent",
                "failed",
                "discarded",
                name="deliverystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'discarded' OR reason <> ''", name=op.f("ck_deliveries_discarded_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_messages.id"],
            name=op.f("fk_deliveries_message_id_outbox_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_deliveries_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_state_topic", ["state", "topic"], unique=False)
        batch_op.create_index("ix_deliveries_user_state", ["user_id", "state"], unique=False)

    op.create_table(
        "enrolment_events",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "enrol",
                "attend",
                "hand_in",
                "accept",
                "return",
                "withdraw",
                "revoke",
                name="enrolmentaction",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolments.id"],
            name=op.f("fk_enrolment_events_enrolment_id_enrolments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_enrolment_events_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_events")),
    )
    with op.batch_alter_table("enrolment_events", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_events_created_at", ["created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_enrolment_events_enrolment_id"), ["enrolment_id"], unique=False
        )

    op.create_table(
        "evidence_attachments",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
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
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("removed_parts", sa.JSON(), nullable=False),
        sa.Column("scan_note", sa.String(length=500), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_evidence_attachments_named")),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_attachments_not_empty")),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_evidence_attachments_evidence_id_evidence"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_attachments")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_evidence_attachments_evidence_id")),
    )
    with op.batch_alter_table("evidence_attachments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evidence_attachments_sha256"), ["sha256"], unique=False
        )

    op.create_table(
        "member_wishes",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("competency", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_member_wishes_level_range")),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_member_wishes_problem_id_problems")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
            name=op.f("fk_member_wishes_team_id_teams"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_wishes")),
    )
    with op.batch_alter_table("member_wishes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_member_wishes_competency"), ["competency"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_member_wishes_problem_id"), ["problem_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_member_wishes_team_id"), ["team_id"], unique=False)
        batch_op.create_index(
            "uq_member_wishes_open",
            ["team_id", "competency"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "quiz_answers",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("shown_order", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("is_correct", sa.Boolean(), nullable=True),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("level_before", sa.Double(), nullable=False),
        sa.Column("slope", sa.Double(), nullable=False),
        sa.Column("difficulty", sa.Double(), nullable=False),
        sa.Column("floor", sa.Double(), nullable=False),
        sa.Column("ceiling", sa.Double(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (chosen IS NULL)",
            name=op.f("ck_quiz_answers_answered_means_chosen"),
        ),
        sa.CheckConstraint("place BETWEEN 1 AND 20", name=op.f("ck_quiz_answers_place_range")),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["quiz_checks.id"],
            name=op.f("fk_quiz_answers_check_id_quiz_checks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["quiz_items.id"], name=op.f("fk_quiz_answers_item_id_quiz_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_answers")),
        sa.UniqueConstraint("check_id", "item_id", name="uq_quiz_answers_check_id_item_id"),
        sa.UniqueConstraint("check_id", "place", name=op.f("uq_quiz_answers_check_id")),
    )
    with op.batch_alter_table("quiz_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_answers_item_id"), ["item_id"], unique=False)

    op.create_table(
        "ranking_changes",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("before_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moves", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
            name=op.f("fk_ranking_changes_team_id_teams"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_changes")),
    )
    with op.batch_alter_table("ranking_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ranking_changes_team_id_made_at", ["team_id", "made_at"], unique=False
        )

    op.create_table(
        "review_relations",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "supervisor",
                "investor",
                "co_member",
                "family",
                "other",
                name="relationkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_review_relations_reason_given")),
        sa.CheckConstraint(
            "(team_id IS NULL) <> (email IS NULL)", name=op.f("ck_review_relations_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
            name=op.f("fk_review_relations_team_id_teams"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_review_relations_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_relations")),
        sa.UniqueConstraint("user_id", "email", name="uq_review_relations_user_email"),
        sa.UniqueConstraint("user_id", "team_id", name=op.f("uq_review_relations_user_id")),
    )
    with op.batch_alter_table("review_relations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_relations_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_relations_user_id"), ["user_id"], unique=False)

    op.create_table(
        "review_rounds",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preparing",
                "scoring",
                "discussion",
                "closed",
                name="reviewroundstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("totals_apart", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rubric_number", sa.Integer(), nullable=False),
        sa.Column("proposal", sa.JSON(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("readers BETWEEN 1 AND 5", name=op.f("ck_review_rounds_readers_range")),
        sa.CheckConstraint(
            "totals_apart BETWEEN 5 AND 100", name=op.f("ck_review_rounds_apart_range")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_review_rounds_call_id_calls")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_review_rounds_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rounds")),
        sa.UniqueConstraint("call_id", name=op.f("uq_review_rounds_call_id")),
    )
    op.create_table(
        "allocation_places",
        sa.Column("allocation_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "placed",
                "reserve",
                "left_out",
                name="placeoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("match_score", sa.Double(), nullable=True),
        sa.Column("review_score", sa.Double(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("team_rank", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("because", sa.String(length=24), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["allocations.id"],
            name=op.f("fk_allocation_places_allocation_id_allocations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_allocation_places_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_allocation_places_problem_id_problems")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_allocation_places_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_places")),
        sa.UniqueConstraint(
            "allocation_id",
            "problem_id",
            "team_id",
            name=op.f("uq_allocation_places_allocation_id"),
        ),
    )
    with op.batch_alter_table("allocation_places", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_allocation_places_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index(
            "ix_allocation_places_outcome", ["allocation_id", "outcome"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_allocation_places_problem_id"), ["problem_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_allocation_places_team_id"), ["team_id"], unique=False)

    op.create_table(
        "application_files",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=True),
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
        sa.Column("removed_parts", sa.JSON(), nullable=False),
        sa.Column("scan_note", sa.String(length=500), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_application_files_named")),
        sa.CheckConstraint("size > 0", name=op.f("ck_application_files_not_empty")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_files_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["users.id"], name=op.f("fk_application_files_uploader_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_files")),
    )
    with op.batch_alter_table("application_files", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_files_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_application_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "application_people",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("is_student", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "share BETWEEN 0 AND 100", name=op.f("ck_application_people_share_range")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_people_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_application_people_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_people")),
        sa.UniqueConstraint(
            "application_id", "user_id", name=op.f("uq_application_people_application_id")
        ),
    )
    with op.batch_alter_table("application_people", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_people_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "application_preferences",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "preference",
            sa.Enum(
                "first",
                "gladly",
                "if_needed",
                "rather_not",
                name="preference",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_preferences_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_application_preferences_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_preferences")),
        sa.UniqueConstraint(
            "application_id", name=op.f("uq_application_preferences_application_id")
        ),
    )
    op.create_table(
        "application_revisions",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("eligibility", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_application_revisions_number_positive")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_revisions_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_application_revisions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_revisions")),
        sa.UniqueConstraint(
            "application_id", "number", name=op.f("uq_application_revisions_application_id")
        ),
    )
    with op.batch_alter_table("application_revisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_revisions_content_hash"), ["content_hash"], unique=False
        )

    op.create_table(
        "application_twins",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("is_harmless", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "judged_at IS NULL OR note <> ''", name=op.f("ck_application_twins_judged_has_note")
        ),
        sa.CheckConstraint("application_id > other_id", name=op.f("ck_application_twins_in_order")),
        sa.CheckConstraint(
            "likeness BETWEEN 0 AND 1", name=op.f("ck_application_twins_likeness_range")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_twins_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["users.id"], name=op.f("fk_application_twins_judge_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["applications.id"],
            name=op.f("fk_application_twins_other_id_applications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_twins")),
        sa.UniqueConstraint(
            "application_id", "other_id", name=op.f("uq_application_twins_application_id")
        ),
    )
    with op.batch_alter_table("application_twins", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_twins_other_id"), ["other_id"], unique=False
        )

    op.create_table(
        "decision_rounds",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("allocation_id", sa.Integer(), nullable=True),
        sa.Column("starter_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "preparing",
                "announced",
                "dropped",
                name="decisionroundstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announcer_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'announced') = (announced_at IS NOT NULL)",
            name=op.f("ck_decision_rounds_announced_has_moment"),
        ),
        sa.CheckConstraint(
            "answer_days BETWEEN 1 AND 60", name=op.f("ck_decision_rounds_answer_days_range")
        ),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["allocations.id"],
            name=op.f("fk_decision_rounds_allocation_id_allocations"),
        ),
        sa.ForeignKeyConstraint(
            ["announcer_id"], ["users.id"], name=op.f("fk_decision_rounds_announcer_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_decision_rounds_call_id_calls")
        ),
        sa.ForeignKeyConstraint(
            ["starter_id"], ["users.id"], name=op.f("fk_decision_rounds_starter_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_rounds")),
    )
    with op.batch_alter_table("decision_rounds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_rounds_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            "uq_decision_rounds_open",
            ["call_id"],
            unique=True,
            sqlite_where=sa.text("state = 'preparing'"),
            postgresql_where=sa.text("state = 'preparing'"),
        )

    op.create_table(
        "member_offers",
        sa.Column("wish_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_member_offers_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wish_id"],
            ["member_wishes.id"],
            name=op.f("fk_member_offers_wish_id_member_wishes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_offers")),
        sa.UniqueConstraint("wish_id", "user_id", name=op.f("uq_member_offers_wish_id")),
    )
    with op.batch_alter_table("member_offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_offers_user_id"), ["user_id"], unique=False)

    op.create_table(
        "review_assignments",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "assigned",
                "accepted",
                "submitted",
                "recused",
                "released",
                "expired",
                name="reviewassignmentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("fit", sa.Double(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recusal_cause",
            sa.Enum(
                "supervisor",
                "investor",
                "co_member",
                "family",
                "recognised",
                "other_conflict",
                "no_expertise",
                "no_time",
                name="recusalcause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL",
            name=op.f("ck_review_assignments_submitted_has_moment"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('recused', 'released') OR end_reason <> ''",
            name=op.f("ck_review_assignments_ended_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_review_assignments_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["users.id"], name=op.f("fk_review_assignments_reviewer_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_assignments")),
        sa.UniqueConstraint(
            "application_id", "place", name="uq_review_assignments_application_id_place"
        ),
        sa.UniqueConstraint(
            "application_id", "reviewer_id", name=op.f("uq_review_assignments_application_id")
        ),
    )
    with op.batch_alter_table("review_assignments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_review_assignments_reviewer_state", ["reviewer_id", "state"], unique=False
        )

    op.create_table(
        "application_reviews",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column(
            "recommendation",
            sa.Enum(
                "take",
                "reserve",
                "leave",
                name="recommendation",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("to_office", sa.Text(), nullable=False),
        sa.Column("to_team", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["review_assignments.id"],
            name=op.f("fk_application_reviews_assignment_id_review_assignments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_reviews")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_application_reviews_assignment_id")),
    )
    op.create_table(
        "decisions",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "offer",
                "waitlist",
                "decline",
                name="decisionoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "places_taken",
                "place_elsewhere",
                "below_minimum",
                "not_feasible",
                "gaps",
                "other",
                name="declinecause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "next_step",
            sa.Enum(
                "other_problems",
                "learning",
                "levels",
                "next_call",
                name="nextstep",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_decisions_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["decision_rounds.id"],
            name=op.f("fk_decisions_round_id_decision_rounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("round_id", "application_id", name=op.f("uq_decisions_round_id")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decisions_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "review_remarks",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_review_remarks_not_empty")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_review_remarks_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["review_assignments.id"],
            name=op.f("fk_review_remarks_assignment_id_review_assignments"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_review_remarks_author_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_remarks")),
    )
    with op.batch_alter_table("review_remarks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_remarks_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "application_review_versions",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column(
            "recommendation",
            sa.Enum(
                "take",
                "reserve",
                "leave",
                name="recommendation",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["application_reviews.id"],
            name=op.f("fk_application_review_versions_review_id_application_reviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_review_versions")),
        sa.UniqueConstraint(
            "review_id", "number", name=op.f("uq_application_review_versions_review_id")
        ),
    )
    with op.batch_alter_table("reviewer_profiles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expertise", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("languages", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("levels_version", sa.Integer(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("levels_version")

    with op.batch_alter_table("reviewer_profiles", schema=None) as batch_op:
        batch_op.drop_column("languages")
        batch_op.drop_column("expertise")

    op.drop_table("application_review_versions")
    with op.batch_alter_table("review_remarks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_remarks_application_id"))

    op.drop_table("review_remarks")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_application_id"))

    op.drop_table("decisions")
    op.drop_table("application_reviews")
    with op.batch_alter_table("review_assignments", schema=None) as batch_op:
        batch_op.drop_index("ix_review_assignments_reviewer_state")

    op.drop_table("review_assignments")
    with op.batch_alter_table("member_offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_offers_user_id"))

    op.drop_table("member_offers")
    with op.batch_alter_table("decision_rounds", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_decision_rounds_open",
            sqlite_where=sa.text("state = 'preparing'"),
            postgresql_where=sa.text("state = 'preparing'"),
        )
        batch_op.drop_index(batch_op.f("ix_decision_rounds_call_id"))

    op.drop_table("decision_rounds")
    with op.batch_alter_table("application_twins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_twins_other_id"))

    op.drop_table("application_twins")
    with op.batch_alter_table("application_revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_revisions_content_hash"))

    op.drop_table("application_revisions")
    op.drop_table("application_preferences")
    with op.batch_alter_table("application_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_people_user_id"))

    op.drop_table("application_people")
    with op.batch_alter_table("application_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_files_sha256"))
        batch_op.drop_index(batch_op.f("ix_application_files_application_id"))

    op.drop_table("application_files")
    with op.batch_alter_table("allocation_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_places_team_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_places_problem_id"))
        batch_op.drop_index("ix_allocation_places_outcome")
        batch_op.drop_index(batch_op.f("ix_allocation_places_application_id"))

    op.drop_table("allocation_places")
    op.drop_table("review_rounds")
    with op.batch_alter_table("review_relations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_relations_user_id"))
        batch_op.drop_index(batch_op.f("ix_review_relations_team_id"))

    op.drop_table("review_relations")
    with op.batch_alter_table("ranking_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_ranking_changes_team_id_made_at")

    op.drop_table("ranking_changes")
    with op.batch_alter_table("quiz_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quiz_answers_item_id"))

    op.drop_table("quiz_answers")
    with op.batch_alter_table("member_wishes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_member_wishes_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_member_wishes_team_id"))
        batch_op.drop_index(batch_op.f("ix_member_wishes_problem_id"))
        batch_op.drop_index(batch_op.f("ix_member_wishes_competency"))

    op.drop_table("member_wishes")
    with op.batch_alter_table("evidence_attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_attachments_sha256"))

    op.drop_table("evidence_attachments")
    with op.batch_alter_table("enrolment_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolment_events_enrolment_id"))
        batch_op.drop_index("ix_enrolment_events_created_at")

    op.drop_table("enrolment_events")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_user_state")
        batch_op.drop_index("ix_deliveries_state_topic")

    op.drop_table("deliveries")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_applications_open",
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )
        batch_op.drop_index(batch_op.f("ix_applications_team_id"))
        batch_op.drop_index(batch_op.f("ix_applications_problem_id"))
        batch_op.drop_index(batch_op.f("ix_applications_lead_id"))
        batch_op.drop_index("ix_applications_call_state")

    op.drop_table("applications")
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_allocations_deployed",
            sqlite_where=sa.text("state = 'deployed'"),
            postgresql_where=sa.text("state = 'deployed'"),
        )
        batch_op.drop_index(batch_op.f("ix_allocations_call_id"))

    op.drop_table("allocations")
    with op.batch_alter_table("allocation_locks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_locks_team_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_locks_problem_id"))

    op.drop_table("allocation_locks")
    op.drop_table("review_rubric_versions")
    with op.batch_alter_table("quiz_items", schema=None) as batch_op:
        batch_op.drop_index("ix_quiz_items_competency_state")

    op.drop_table("quiz_items")
    with op.batch_alter_table("quiz_checks", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_quiz_checks_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index("ix_quiz_checks_user_competency")
        batch_op.drop_index(batch_op.f("ix_quiz_checks_ends_at"))

    op.drop_table("quiz_checks")
    with op.batch_alter_table("point_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_point_entries_user_earned_on")

    op.drop_table("point_entries")
    op.drop_table("point_board_places")
    with op.batch_alter_table("level_estimates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_level_estimates_competency"))

    op.drop_table("level_estimates")
    with op.batch_alter_table("level_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_level_changes_user_at")

    op.drop_table("level_changes")
    with op.batch_alter_table("learning_resource_revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learning_resource_revisions_resource_id"))

    op.drop_table("learning_resource_revisions")
    op.drop_table("gender_declarations")
    op.drop_table("find_consents")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_user_competency")
        batch_op.drop_index("ix_evidence_state_kind")
        batch_op.drop_index(batch_op.f("ix_evidence_reviewer_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolments_user_id"))
        batch_op.drop_index(batch_op.f("ix_enrolments_state"))
        batch_op.drop_index(batch_op.f("ix_enrolments_resource_id"))

    op.drop_table("enrolments")
    op.drop_table("delivery_holds")
    op.drop_table("delivery_choices")
    op.drop_table("call_rules")
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.drop_index("ix_badges_user_competency")

    op.drop_table("badges")
    with op.batch_alter_table("learning_resources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learning_resources_theme"))

    op.drop_table("learning_resources")
    op.drop_table("badge_keys")
