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
        "alumni_contacts",
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "talk",
                "mentor",
                "instruct",
                name="alumnipurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "answered",
                "declined",
                "taken_back",
                name="alumnicontactstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("shares_email", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answer_shares_email", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("sender_id <> receiver_id", name=op.f("ck_alumni_contacts_two_people")),
        sa.ForeignKeyConstraint(
            ["receiver_id"],
            ["users.id"],
            name=op.f("fk_alumni_contacts_receiver_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"],
            ["users.id"],
            name=op.f("fk_alumni_contacts_sender_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alumni_contacts")),
    )
    with op.batch_alter_table("alumni_contacts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_alumni_contacts_receiver_id"), ["receiver_id"], unique=False
        )
        batch_op.create_index(
            "uq_alumni_contacts_open",
            ["sender_id", "receiver_id", "purpose"],
            unique=True,
            sqlite_where=sa.text("state = 'sent'"),
            postgresql_where=sa.text("state = 'sent'"),
        )

    op.create_table(
        "alumni_profiles",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("consent", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("shows_levels", sa.Boolean(), nullable=False),
        sa.Column("takes_messages", sa.Boolean(), nullable=False),
        sa.Column("is_hiring", sa.Boolean(), nullable=False),
        sa.Column("is_looking", sa.Boolean(), nullable=False),
        sa.Column("will_mentor", sa.Boolean(), nullable=False),
        sa.Column("will_instruct", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_alumni_profiles_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alumni_profiles")),
        sa.UniqueConstraint("user_id", name=op.f("uq_alumni_profiles_user_id")),
    )
    op.create_table(
        "award_schemes",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "nominating",
                "judging",
                "asking",
                "announced",
                name="awardschemestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("tiers", sa.JSON(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("money", sa.JSON(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("nominate_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("panel_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirm_days", sa.Integer(), nullable=False),
        sa.Column("announce_on", sa.Date(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("panel_begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announcer_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'announced') = (announced_at IS NOT NULL)",
            name=op.f("ck_award_schemes_announced_has_moment"),
        ),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_award_schemes_budget_not_negative")),
        sa.CheckConstraint(
            "confirm_days BETWEEN 1 AND 60", name=op.f("ck_award_schemes_confirm_days_range")
        ),
        sa.ForeignKeyConstraint(
            ["announcer_id"], ["users.id"], name=op.f("fk_award_schemes_announcer_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_award_schemes_call_id_calls")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_schemes")),
        sa.UniqueConstraint("call_id", name=op.f("uq_award_schemes_call_id")),
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

    op.create_table(
        "award_scheme_versions",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["award_schemes.id"],
            name=op.f("fk_award_scheme_versions_scheme_id_award_schemes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_award_scheme_versions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_scheme_versions")),
        sa.UniqueConstraint("scheme_id", "number", name=op.f("uq_award_scheme_versions_scheme_id")),
    )
    op.create_table(
        "engagements",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "kickoff",
                "poc",
                "pos",
                "pob",
                "completed",
                "stopped",
                name="engagementstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kickoff_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_from", sa.String(length=32), nullable=True),
        sa.Column(
            "stop_cause",
            sa.Enum(
                "capacity",
                "quality",
                "method",
                "skills",
                "left",
                "dissolved",
                "withdrew",
                "team_silent",
                "terms_broken",
                "owner_silent",
                "data_late",
                "data_unfit",
                "access",
                "priorities",
                "budget",
                "scope_changed",
                "problem_withdrawn",
                "rules",
                "funds",
                "schedule",
                "call_cancelled",
                "law",
                "market",
                "supplier",
                "force_majeure",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "stop_side",
            sa.Enum(
                "team",
                "owner",
                "programme",
                "outside",
                name="causeside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("stop_reason", sa.Text(), nullable=False),
        sa.Column("is_place_free", sa.Boolean(), nullable=False),
        sa.Column("contact_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leads_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silence_flagged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'stopped') = (stop_cause IS NOT NULL)",
            name=op.f("ck_engagements_stopped_has_cause"),
        ),
        sa.CheckConstraint(
            "(state IN ('completed', 'stopped')) = (ended_at IS NOT NULL)",
            name=op.f("ck_engagements_ended_has_moment"),
        ),
        sa.CheckConstraint(
            "(stop_cause IS NULL) = (stop_side IS NULL)", name=op.f("ck_engagements_cause_has_side")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_engagements_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_engagements_call_id_calls")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["users.id"], name=op.f("fk_engagements_contact_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["users.id"], name=op.f("fk_engagements_mentor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_engagements_problem_id_problems")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_engagements_team_id_teams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
        sa.UniqueConstraint("application_id", name=op.f("uq_engagements_application_id")),
    )
    with op.batch_alter_table("engagements", schema=None) as batch_op:
        batch_op.create_index("ix_engagements_call_state", ["call_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_engagements_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_engagements_mentor_id"), ["mentor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_engagements_problem_id"), ["problem_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_engagements_team_id"), ["team_id"], unique=False)

    op.create_table(
        "awards",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "turned_down",
                "nominated",
                "taken_back",
                "offered",
                "confirmed",
                "refused",
                "lapsed",
                "announced",
                "not_awarded",
                "revoked",
                name="awardstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("nominator_id", sa.Integer(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tier", sa.String(length=16), nullable=True),
        sa.Column("proposed_tier", sa.String(length=16), nullable=True),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("deviation_reason", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("raw_score", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answerer_id", sa.Integer(), nullable=True),
        sa.Column("refuse_reason", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoker_id", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'revoked' OR revoke_reason <> ''", name=op.f("ck_awards_revoked_has_reason")
        ),
        sa.CheckConstraint(
            "state NOT IN ('offered', 'confirmed', 'announced') OR tier IS NOT NULL",
            name=op.f("ck_awards_given_has_tier"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_awards_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["answerer_id"], ["users.id"], name=op.f("fk_awards_answerer_id_users")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_awards_call_id_calls")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_awards_engagement_id_engagements")
        ),
        sa.ForeignKeyConstraint(
            ["nominator_id"], ["users.id"], name=op.f("fk_awards_nominator_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["revoker_id"], ["users.id"], name=op.f("fk_awards_revoker_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["award_schemes.id"], name=op.f("fk_awards_scheme_id_award_schemes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_awards_engagement_id")),
    )
    with op.batch_alter_table("awards", schema=None) as batch_op:
        batch_op.create_index("ix_awards_call_state", ["call_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_awards_scheme_id"), ["scheme_id"], unique=False)

    op.create_table(
        "case_studies",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("problem_zh", sa.Text(), nullable=False),
        sa.Column("problem_en", sa.Text(), nullable=False),
        sa.Column("approach_zh", sa.Text(), nullable=False),
        sa.Column("approach_en", sa.Text(), nullable=False),
        sa.Column("results_zh", sa.Text(), nullable=False),
        sa.Column("results_en", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updater_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_case_studies_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["updater_id"], ["users.id"], name=op.f("fk_case_studies_updater_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_studies")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_case_studies_engagement_id")),
    )
    op.create_table(
        "check_ins",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column(
            "light",
            sa.Enum(
                "green",
                "amber",
                "red",
                name="light",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("coming", sa.Text(), nullable=False),
        sa.Column("blocker", sa.Text(), nullable=False),
        sa.Column(
            "blocker_side",
            sa.Enum(
                "team",
                "owner",
                "programme",
                "outside",
                name="causeside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolver_id", sa.Integer(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(blocker = '') = (blocker_side IS NULL)", name=op.f("ck_check_ins_blocker_has_side")
        ),
        sa.CheckConstraint(
            "light = 'green' OR blocker <> ''", name=op.f("ck_check_ins_trouble_has_blocker")
        ),
        sa.CheckConstraint(
            "resolved_at IS NULL OR blocker <> ''", name=op.f("ck_check_ins_resolved_is_blocker")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_check_ins_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["resolver_id"], ["users.id"], name=op.f("fk_check_ins_resolver_id_users")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_check_ins_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
    )
    with op.batch_alter_table("check_ins", schema=None) as batch_op:
        batch_op.create_index(
            "ix_check_ins_engagement_created", ["engagement_id", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_check_ins_user_id"), ["user_id"], unique=False)

    op.create_table(
        "engagement_stages",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=3), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('PoC', 'PoS', 'PoB')", name=op.f("ck_engagement_stages_stage_known")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_engagement_stages_engagement_id_engagements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_stages")),
        sa.UniqueConstraint(
            "engagement_id", "stage", name=op.f("uq_engagement_stages_engagement_id")
        ),
    )
    op.create_table(
        "kickoff_items",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column(
            "key",
            sa.Enum(
                "terms",
                "data_access",
                "contact",
                "mentor",
                "calendar",
                name="kickoffkey",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("is_waived", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("first_side", sa.String(length=8), nullable=True),
        sa.Column("first_by_id", sa.Integer(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["users.id"], name=op.f("fk_kickoff_items_done_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_kickoff_items_engagement_id_engagements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["first_by_id"], ["users.id"], name=op.f("fk_kickoff_items_first_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kickoff_items")),
        sa.UniqueConstraint("engagement_id", "key", name=op.f("uq_kickoff_items_engagement_id")),
    )
    op.create_table(
        "mentoring_sessions",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("striker_id", sa.Integer(), nullable=True),
        sa.Column("strike_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(struck_at IS NULL) = (strike_reason = '')",
            name=op.f("ck_mentoring_sessions_struck_has_reason"),
        ),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 720", name=op.f("ck_mentoring_sessions_minutes_range")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_mentoring_sessions_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["users.id"], name=op.f("fk_mentoring_sessions_mentor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["striker_id"], ["users.id"], name=op.f("fk_mentoring_sessions_striker_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mentoring_sessions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_sessions")),
    )
    with op.batch_alter_table("mentoring_sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mentoring_sessions_engagement_id"), ["engagement_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_mentoring_sessions_mentor_id"), ["mentor_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_mentoring_sessions_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "metrics",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("baseline", sa.Double(), nullable=False),
        sa.Column("target", sa.Double(), nullable=False),
        sa.Column("owner_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("team_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("baseline <> target", name=op.f("ck_metrics_has_a_way_to_go")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_metrics_engagement_id_engagements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metrics")),
    )
    with op.batch_alter_table("metrics", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_metrics_engagement_id"), ["engagement_id"], unique=False
        )

    op.create_table(
        "milestones",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=3), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "submitted",
                "changes_requested",
                "passed",
                "partly",
                "failed",
                "cancelled",
                "dropped",
                name="milestonestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updater_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changes_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "capacity",
                "quality",
                "method",
                "skills",
                "left",
                "dissolved",
                "withdrew",
                "team_silent",
                "terms_broken",
                "owner_silent",
                "data_late",
                "data_unfit",
                "access",
                "priorities",
                "budget",
                "scope_changed",
                "problem_withdrawn",
                "rules",
                "funds",
                "schedule",
                "call_cancelled",
                "law",
                "market",
                "supplier",
                "force_majeure",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "side",
            sa.Enum(
                "team",
                "owner",
                "programme",
                "outside",
                name="causeside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "cancelled_from",
            sa.Enum(
                "planned",
                "submitted",
                "changes_requested",
                "passed",
                "partly",
                "failed",
                "cancelled",
                "dropped",
                name="cancelled_from",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('passed', 'partly', 'failed')) = (decided_at IS NOT NULL)",
            name=op.f("ck_milestones_decided_has_moment"),
        ),
        sa.CheckConstraint(
            "stage IN ('PoC', 'PoS', 'PoB')", name=op.f("ck_milestones_stage_known")
        ),
        sa.CheckConstraint(
            "state <> 'changes_requested' OR changes_due_at IS NOT NULL",
            name=op.f("ck_milestones_changes_have_due"),
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR review_due_at IS NOT NULL",
            name=op.f("ck_milestones_submitted_has_review_due"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('partly', 'failed') OR (cause IS NOT NULL AND reason <> '')",
            name=op.f("ck_milestones_shortfall_has_cause"),
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_milestones_titled")),
        sa.CheckConstraint(
            "(cause IS NULL) = (side IS NULL)", name=op.f("ck_milestones_cause_has_side")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_milestones_number_positive")),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["users.id"], name=op.f("fk_milestones_decider_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_milestones_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["updater_id"], ["users.id"], name=op.f("fk_milestones_updater_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
    )
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_milestones_engagement_id"), ["engagement_id"], unique=False
        )
        batch_op.create_index("ix_milestones_state_due", ["state", "due_at"], unique=False)

    op.create_table(
        "outcome_surveys",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "answered",
                "lapsed",
                name="outcomesurveystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)",
            name=op.f("ck_outcome_surveys_answered_at"),
        ),
        sa.CheckConstraint("side IN ('owner', 'team')", name=op.f("ck_outcome_surveys_side_known")),
        sa.CheckConstraint("months IN (0, 3, 6, 12)", name=op.f("ck_outcome_surveys_months_known")),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_outcome_surveys_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_outcome_surveys_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_surveys")),
        sa.UniqueConstraint(
            "engagement_id", "months", "side", name=op.f("uq_outcome_surveys_engagement_id")
        ),
    )
    with op.batch_alter_table("outcome_surveys", schema=None) as batch_op:
        batch_op.create_index("ix_outcome_surveys_state_due", ["state", "due_at"], unique=False)

    op.create_table(
        "stage_decisions",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=3), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "go",
                "stop",
                name="stageoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "capacity",
                "quality",
                "method",
                "skills",
                "left",
                "dissolved",
                "withdrew",
                "team_silent",
                "terms_broken",
                "owner_silent",
                "data_late",
                "data_unfit",
                "access",
                "priorities",
                "budget",
                "scope_changed",
                "problem_withdrawn",
                "rules",
                "funds",
                "schedule",
                "call_cancelled",
                "law",
                "market",
                "supplier",
                "force_majeure",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "side",
            sa.Enum(
                "team",
                "owner",
                "programme",
                "outside",
                name="causeside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "signed",
                "dropped",
                name="stagedecisionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proposer_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("owner_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("officer_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drop_reason", sa.Text(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome <> 'stop' OR cause IS NOT NULL", name=op.f("ck_stage_decisions_stop_has_cause")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_stage_decisions_reason_given")),
        sa.CheckConstraint(
            "state <> 'signed' OR (owner_signed_at IS NOT NULL AND officer_signed_at IS NOT NULL)",
            name=op.f("ck_stage_decisions_signed_by_both"),
        ),
        sa.CheckConstraint(
            "(cause IS NULL) = (side IS NULL)", name=op.f("ck_stage_decisions_cause_has_side")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_stage_decisions_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["users.id"], name=op.f("fk_stage_decisions_officer_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_stage_decisions_owner_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["users.id"], name=op.f("fk_stage_decisions_proposer_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_decisions")),
    )
    with op.batch_alter_table("stage_decisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stage_decisions_engagement_id"), ["engagement_id"], unique=False
        )
        batch_op.create_index(
            "uq_stage_decisions_proposed",
            ["engagement_id"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "stop_requests",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "capacity",
                "quality",
                "method",
                "skills",
                "left",
                "dissolved",
                "withdrew",
                "team_silent",
                "terms_broken",
                "owner_silent",
                "data_late",
                "data_unfit",
                "access",
                "priorities",
                "budget",
                "scope_changed",
                "problem_withdrawn",
                "rules",
                "funds",
                "schedule",
                "call_cancelled",
                "law",
                "market",
                "supplier",
                "force_majeure",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "granted",
                "refused",
                "withdrawn",
                name="stoprequeststate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)",
            name=op.f("ck_stop_requests_decided_has_moment"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_stop_requests_reason_given")),
        sa.CheckConstraint("side IN ('team', 'owner')", name=op.f("ck_stop_requests_side_known")),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["users.id"], name=op.f("fk_stop_requests_decider_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_stop_requests_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_stop_requests_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_requests")),
    )
    with op.batch_alter_table("stop_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stop_requests_engagement_id"), ["engagement_id"], unique=False
        )
        batch_op.create_index(
            "uq_stop_requests_asked",
            ["engagement_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "award_payments",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "public",
                "owner",
                name="paymentsource",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "committed",
                "due",
                "prepared",
                "paid",
                "cancelled",
                "reclaim",
                "returned",
                name="awardpaymentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_amount", sa.BigInteger(), nullable=True),
        sa.Column("paid_amount", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("preparer_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('paid', 'reclaim', 'returned') OR paid_on IS NOT NULL",
            name=op.f("ck_award_payments_paid_has_day"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_award_payments_amount_not_negative")),
        sa.CheckConstraint(
            "due_amount IS NULL OR due_amount <= amount",
            name=op.f("ck_award_payments_due_within_amount"),
        ),
        sa.CheckConstraint(
            "paid_amount IS NULL OR (paid_amount > 0 AND paid_amount <= due_amount)",
            name=op.f("ck_award_payments_paid_within_due"),
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["users.id"], name=op.f("fk_award_payments_approver_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_award_payments_award_id_awards")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_award_payments_call_id_calls")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_award_payments_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["preparer_id"], ["users.id"], name=op.f("fk_award_payments_preparer_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_payments")),
        sa.UniqueConstraint(
            "engagement_id", "purpose", "source", name=op.f("uq_award_payments_engagement_id")
        ),
    )
    with op.batch_alter_table("award_payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_payments_award_id"), ["award_id"], unique=False)
        batch_op.create_index("ix_award_payments_call_state", ["call_id", "state"], unique=False)

    op.create_table(
        "award_votes",
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("assigner_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "submitted",
                "recused",
                "released",
                name="awardvotestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("scheme_number", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'submitted' OR total IS NOT NULL",
            name=op.f("ck_award_votes_submitted_has_total"),
        ),
        sa.ForeignKeyConstraint(
            ["assigner_id"], ["users.id"], name=op.f("fk_award_votes_assigner_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_award_votes_award_id_awards")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["users.id"], name=op.f("fk_award_votes_reviewer_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_votes")),
        sa.UniqueConstraint("award_id", "reviewer_id", name=op.f("uq_award_votes_award_id")),
    )
    with op.batch_alter_table("award_votes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_award_votes_reviewer_id"), ["reviewer_id"], unique=False
        )

    op.create_table(
        "case_study_versions",
        sa.Column("case_study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "published",
                "superseded",
                "taken_down",
                "dropped",
                name="casestudyversionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publisher_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_case_study_versions_number_positive")),
        sa.ForeignKeyConstraint(
            ["case_study_id"],
            ["case_studies.id"],
            name=op.f("fk_case_study_versions_case_study_id_case_studies"),
        ),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["users.id"], name=op.f("fk_case_study_versions_publisher_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_case_study_versions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_study_versions")),
        sa.UniqueConstraint("case_study_id", "number", name="uq_case_study_versions_number"),
    )
    with op.batch_alter_table("case_study_versions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_case_study_versions_proposed",
            ["case_study_id"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.create_index(
            "uq_case_study_versions_published",
            ["case_study_id"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.create_table(
        "certificates",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "award",
                "completion",
                name="certificatekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("current_key", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_name_public", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'award') = (award_id IS NOT NULL)",
            name=op.f("ck_certificates_award_certificate_has_award"),
        ),
        sa.CheckConstraint(
            "revoked_at IS NULL OR reason <> ''", name=op.f("ck_certificates_revoked_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_certificates_award_id_awards")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_certificates_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"],
            ["certificates.id"],
            name=op.f("fk_certificates_replaced_by_id_certificates"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_certificates_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("current_key", name=op.f("uq_certificates_current_key")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificates_award_id"), ["award_id"], unique=False)
        batch_op.create_index(
            "ix_certificates_engagement_kind", ["engagement_id", "kind"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_certificates_user_id"), ["user_id"], unique=False)

    op.create_table(
        "extension_requests",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "capacity",
                "quality",
                "method",
                "skills",
                "left",
                "dissolved",
                "withdrew",
                "team_silent",
                "terms_broken",
                "owner_silent",
                "data_late",
                "data_unfit",
                "access",
                "priorities",
                "budget",
                "scope_changed",
                "problem_withdrawn",
                "rules",
                "funds",
                "schedule",
                "call_cancelled",
                "law",
                "market",
                "supplier",
                "force_majeure",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause_side",
            sa.Enum(
                "team",
                "owner",
                "programme",
                "outside",
                name="causeside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "granted",
                "refused",
                "withdrawn",
                name="extensionrequeststate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("granted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moves_rest", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)",
            name=op.f("ck_extension_requests_decided_has_moment"),
        ),
        sa.CheckConstraint(
            "(state = 'granted') = (granted_until IS NOT NULL)",
            name=op.f("ck_extension_requests_granted_has_moment"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_extension_requests_reason_given")),
        sa.CheckConstraint(
            "side IN ('team', 'owner')", name=op.f("ck_extension_requests_side_known")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR answer <> ''",
            name=op.f("ck_extension_requests_refused_has_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["users.id"], name=op.f("fk_extension_requests_decider_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_extension_requests_milestone_id_milestones"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_extension_requests_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_requests")),
    )
    with op.batch_alter_table("extension_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_extension_requests_milestone_id"), ["milestone_id"], unique=False
        )
        batch_op.create_index(
            "uq_extension_requests_asked",
            ["milestone_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "hall_consents",
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_hall_consents_award_id_awards")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_hall_consents_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_consents")),
        sa.UniqueConstraint("award_id", name=op.f("uq_hall_consents_award_id")),
    )
    op.create_table(
        "metric_readings",
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("striker_id", sa.Integer(), nullable=True),
        sa.Column("strike_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(struck_at IS NULL) = (strike_reason = '')",
            name=op.f("ck_metric_readings_struck_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["metric_id"],
            ["metrics.id"],
            name=op.f("fk_metric_readings_metric_id_metrics"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["striker_id"], ["users.id"], name=op.f("fk_metric_readings_striker_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_metric_readings_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_readings")),
    )
    with op.batch_alter_table("metric_readings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_metric_readings_metric_id"), ["metric_id"], unique=False
        )

    op.create_table(
        "milestone_changes",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "add",
                "change",
                "drop",
                name="planchange",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stage", sa.String(length=3), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "agreed",
                "refused",
                "withdrawn",
                name="milestonechangestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'add') = (milestone_id IS NULL)", name=op.f("ck_milestone_changes_about_one")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)",
            name=op.f("ck_milestone_changes_decided_has_moment"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_milestone_changes_reason_given")),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["users.id"], name=op.f("fk_milestone_changes_decider_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_milestone_changes_engagement_id_engagements"),
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_milestone_changes_milestone_id_milestones"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_milestone_changes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_changes")),
    )
    with op.batch_alter_table("milestone_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_milestone_changes_engagement_id"), ["engagement_id"], unique=False
        )
        batch_op.create_index(
            "uq_milestone_changes_proposed",
            ["milestone_id"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed' AND milestone_id IS NOT NULL"),
            postgresql_where=sa.text("state = 'proposed' AND milestone_id IS NOT NULL"),
        )

    op.create_table(
        "milestone_files",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
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
        sa.CheckConstraint("name <> ''", name=op.f("ck_milestone_files_named")),
        sa.CheckConstraint("size > 0", name=op.f("ck_milestone_files_not_empty")),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_milestone_files_milestone_id_milestones"),
        ),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["users.id"], name=op.f("fk_milestone_files_uploader_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_files")),
    )
    with op.batch_alter_table("milestone_files", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_milestone_files_milestone_id"), ["milestone_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_milestone_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "milestone_versions",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_milestone_versions_number_positive")),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_milestone_versions_milestone_id_milestones"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_milestone_versions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_versions")),
        sa.UniqueConstraint(
            "milestone_id", "number", name=op.f("uq_milestone_versions_milestone_id")
        ),
    )
    with op.batch_alter_table("milestone_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_milestone_versions_content_hash"), ["content_hash"], unique=False
        )

    op.create_table(
        "outcome_versions",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["outcome_surveys.id"],
            name=op.f("fk_outcome_versions_survey_id_outcome_surveys"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_outcome_versions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_versions")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_outcome_versions_survey_id")),
    )
    op.create_table(
        "case_study_consents",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "owner",
                "team",
                name="casestudyside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawer_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_case_study_consents_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["case_study_versions.id"],
            name=op.f("fk_case_study_consents_version_id_case_study_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawer_id"], ["users.id"], name=op.f("fk_case_study_consents_withdrawer_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_study_consents")),
    )
    with op.batch_alter_table("case_study_consents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_study_consents_version_id"), ["version_id"], unique=False
        )

    op.create_table(
        "milestone_feedback",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "comment",
                "changes",
                "opinion",
                name="feedbackkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("asked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "passed",
                "partly",
                "failed",
                name="milestoneoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "capacity",
                "quality",
                "method",
                "skills",
                "left",
                "dissolved",
                "withdrew",
                "team_silent",
                "terms_broken",
                "owner_silent",
                "data_late",
                "data_unfit",
                "access",
                "priorities",
                "budget",
                "scope_changed",
                "problem_withdrawn",
                "rules",
                "funds",
                "schedule",
                "call_cancelled",
                "law",
                "market",
                "supplier",
                "force_majeure",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "cause_side",
            sa.Enum(
                "team",
                "owner",
                "programme",
                "outside",
                name="causeside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'changes') = (asked_until IS NOT NULL)",
            name=op.f("ck_milestone_feedback_changes_until"),
        ),
        sa.CheckConstraint(
            "(kind = 'opinion') = (outcome IS NOT NULL)",
            name=op.f("ck_milestone_feedback_opinion_has_outcome"),
        ),
        sa.CheckConstraint("body <> ''", name=op.f("ck_milestone_feedback_says_something")),
        sa.CheckConstraint(
            "side IN ('team', 'owner', 'mentor', 'office')",
            name=op.f("ck_milestone_feedback_side_known"),
        ),
        sa.CheckConstraint(
            "(cause IS NULL) = (cause_side IS NULL)",
            name=op.f("ck_milestone_feedback_cause_has_side"),
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_milestone_feedback_milestone_id_milestones"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_milestone_feedback_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["milestone_versions.id"],
            name=op.f("fk_milestone_feedback_version_id_milestone_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_feedback")),
    )
    with op.batch_alter_table("milestone_feedback", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_milestone_feedback_milestone_id"), ["milestone_id"], unique=False
        )

    op.create_table(
        "milestone_decisions",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "passed",
                "partly",
                "failed",
                name="milestoneoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "capacity",
                "quality",
                "method",
                "skills",
                "left",
                "dissolved",
                "withdrew",
                "team_silent",
                "terms_broken",
                "owner_silent",
                "data_late",
                "data_unfit",
                "access",
                "priorities",
                "budget",
                "scope_changed",
                "problem_withdrawn",
                "rules",
                "funds",
                "schedule",
                "call_cancelled",
                "law",
                "market",
                "supplier",
                "force_majeure",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "side",
            sa.Enum(
                "team",
                "owner",
                "programme",
                "outside",
                name="causeside",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opinion_id", sa.Integer(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopener_id", sa.Integer(), nullable=True),
        sa.Column("reopen_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome = 'passed' OR (cause IS NOT NULL AND reason <> '')",
            name=op.f("ck_milestone_decisions_shortfall_has_cause"),
        ),
        sa.CheckConstraint(
            "reopened_at IS NULL OR reopen_reason <> ''",
            name=op.f("ck_milestone_decisions_reopened_has_reason"),
        ),
        sa.CheckConstraint(
            "(cause IS NULL) = (side IS NULL)", name=op.f("ck_milestone_decisions_cause_has_side")
        ),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["users.id"], name=op.f("fk_milestone_decisions_decider_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_milestone_decisions_milestone_id_milestones"),
        ),
        sa.ForeignKeyConstraint(
            ["opinion_id"],
            ["milestone_feedback.id"],
            name=op.f("fk_milestone_decisions_opinion_id_milestone_feedback"),
        ),
        sa.ForeignKeyConstraint(
            ["reopener_id"], ["users.id"], name=op.f("fk_milestone_decisions_reopener_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["milestone_versions.id"],
            name=op.f("fk_milestone_decisions_version_id_milestone_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_decisions")),
    )
    with op.batch_alter_table("milestone_decisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_milestone_decisions_milestone_id"), ["milestone_id"], unique=False
        )

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_column("begun_at")

    with op.batch_alter_table("milestone_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_decisions_milestone_id"))

    op.drop_table("milestone_decisions")
    with op.batch_alter_table("milestone_feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_feedback_milestone_id"))

    op.drop_table("milestone_feedback")
    with op.batch_alter_table("case_study_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_study_consents_version_id"))

    op.drop_table("case_study_consents")
    op.drop_table("outcome_versions")
    with op.batch_alter_table("milestone_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_versions_content_hash"))

    op.drop_table("milestone_versions")
    with op.batch_alter_table("milestone_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_files_sha256"))
        batch_op.drop_index(batch_op.f("ix_milestone_files_milestone_id"))

    op.drop_table("milestone_files")
    with op.batch_alter_table("milestone_changes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_milestone_changes_proposed",
            sqlite_where=sa.text("state = 'proposed' AND milestone_id IS NOT NULL"),
            postgresql_where=sa.text("state = 'proposed' AND milestone_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_milestone_changes_engagement_id"))

    op.drop_table("milestone_changes")
    with op.batch_alter_table("metric_readings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_metric_readings_metric_id"))

    op.drop_table("metric_readings")
    op.drop_table("hall_consents")
    with op.batch_alter_table("extension_requests", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_extension_requests_asked",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.drop_index(batch_op.f("ix_extension_requests_milestone_id"))

    op.drop_table("extension_requests")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificates_user_id"))
        batch_op.drop_index("ix_certificates_engagement_kind")
        batch_op.drop_index(batch_op.f("ix_certificates_award_id"))

    op.drop_table("certificates")
    with op.batch_alter_table("case_study_versions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_case_study_versions_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.drop_index(
            "uq_case_study_versions_proposed",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.drop_table("case_study_versions")
    with op.batch_alter_table("award_votes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_votes_reviewer_id"))

    op.drop_table("award_votes")
    with op.batch_alter_table("award_payments", schema=None) as batch_op:
        batch_op.drop_index("ix_award_payments_call_state")
        batch_op.drop_index(batch_op.f("ix_award_payments_award_id"))

    op.drop_table("award_payments")
    with op.batch_alter_table("stop_requests", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stop_requests_asked",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.drop_index(batch_op.f("ix_stop_requests_engagement_id"))

    op.drop_table("stop_requests")
    with op.batch_alter_table("stage_decisions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stage_decisions_proposed",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index(batch_op.f("ix_stage_decisions_engagement_id"))

    op.drop_table("stage_decisions")
    with op.batch_alter_table("outcome_surveys", schema=None) as batch_op:
        batch_op.drop_index("ix_outcome_surveys_state_due")

    op.drop_table("outcome_surveys")
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.drop_index("ix_milestones_state_due")
        batch_op.drop_index(batch_op.f("ix_milestones_engagement_id"))

    op.drop_table("milestones")
    with op.batch_alter_table("metrics", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_metrics_engagement_id"))

    op.drop_table("metrics")
    with op.batch_alter_table("mentoring_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentoring_sessions_user_id"))
        batch_op.drop_index(batch_op.f("ix_mentoring_sessions_mentor_id"))
        batch_op.drop_index(batch_op.f("ix_mentoring_sessions_engagement_id"))

    op.drop_table("mentoring_sessions")
    op.drop_table("kickoff_items")
    op.drop_table("engagement_stages")
    with op.batch_alter_table("check_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_ins_user_id"))
        batch_op.drop_index("ix_check_ins_engagement_created")

    op.drop_table("check_ins")
    op.drop_table("case_studies")
    with op.batch_alter_table("awards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_awards_scheme_id"))
        batch_op.drop_index("ix_awards_call_state")

    op.drop_table("awards")
    with op.batch_alter_table("engagements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engagements_team_id"))
        batch_op.drop_index(batch_op.f("ix_engagements_problem_id"))
        batch_op.drop_index(batch_op.f("ix_engagements_mentor_id"))
        batch_op.drop_index(batch_op.f("ix_engagements_contact_id"))
        batch_op.drop_index("ix_engagements_call_state")

    op.drop_table("engagements")
    op.drop_table("award_scheme_versions")
    with op.batch_alter_table("waiting_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_steps_user_id"))

    op.drop_table("waiting_steps")
    op.drop_table("calendar_links")
    op.drop_table("award_schemes")
    op.drop_table("alumni_profiles")
    with op.batch_alter_table("alumni_contacts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_alumni_contacts_open",
            sqlite_where=sa.text("state = 'sent'"),
            postgresql_where=sa.text("state = 'sent'"),
        )
        batch_op.drop_index(batch_op.f("ix_alumni_contacts_receiver_id"))

    op.drop_table("alumni_contacts")
    op.drop_table("waiting_ladders")
