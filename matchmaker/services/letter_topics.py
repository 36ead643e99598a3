"""What letters are about: people choose by topic how they hear of it, the office holds back by topic."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.i18n import N_


@dataclass(frozen=True)
class Topic:
    """One topic: what it is called, what it covers, and the kinds of letter in it."""

    key: str
    label: str
    explanation: str
    #: What the kinds of its letters begin with.
    prefixes: tuple[str, ...]
    #: Whether people may have it in the app only; what somebody must hear of leaves by mail.
    may_be_off: bool = True
    #: Letters that carry secret links or gather others: never in the app, never before the office.
    is_secret: bool = False


TOPICS = {
    topic.key: topic
    for topic in (
        Topic(
            "account",
            N_("Account"),
            N_("Links to sign in, and word of changes to your account."),
            ("account", "delivery"),
            may_be_off=False,
            is_secret=True,
        ),
        Topic(
            "membership",
            N_("Organizations and teams"),
            N_("Invitations, referrals, and people who look for each other."),
            ("invitation", "referral", "private_call", "member_wish", "membership", "alumni"),
            may_be_off=False,
        ),
        Topic(
            "problem",
            N_("Your problems"),
            N_("Screening, coaching, changes and grades of problems."),
            (
                "problem",
                "broker",
                "problem_comment",
                "screening",
                "amendment",
                "grade_decision",
                "grade_appeal",
            ),
        ),
        Topic(
            "review",
            N_("Your reviews"),
            N_("What you are asked to judge, and until when."),
            ("grade_review", "grading_panel", "application_review"),
            may_be_off=False,
        ),
        Topic(
            "match",
            N_("Matches"),
            N_("Problems recommended to your team, teams matched to your problem."),
            ("match",),
        ),
        Topic(
            "question",
            N_("Questions and data rooms"),
            N_("Questions of teams, answers, and terms of data rooms."),
            ("question", "data_terms"),
        ),
        Topic(
            "competency",
            N_("Levels and learning"),
            N_("Evidence, confirmations, courses, badges and points."),
            ("evidence", "learning", "enrolment", "quiz", "badge", "point"),
        ),
        Topic(
            "application",
            N_("Applications and decisions"),
            N_("Your applications, what was decided, and offers that wait for you."),
            ("application", "decision", "offer", "allocation"),
            may_be_off=False,
        ),
        Topic(
            "solving",
            N_("Solving and awards"),
            N_("Milestones, check-ins, outcomes and awards."),
            (
                "engagement",
                "milestone",
                "check_in",
                "mentoring",
                "metric",
                "outcome",
                "award",
                "certificate",
                "case_study",
            ),
        ),
        Topic(
            "waiting",
            N_("Reminders"),
            N_("What waits for you and when it is due."),
            ("waiting",),
        ),
    )
}

_BY_PREFIX = {prefix: topic for topic in TOPICS.values() for prefix in topic.prefixes}


def topic_of(kind: str) -> Topic:
    """The topic of the letter *kind*; KeyError for one that belongs to none."""
    return _BY_PREFIX[kind.partition(".")[0]]


def choosable() -> list[Topic]:
    """The topics that people choose about."""
    return [topic for topic in TOPICS.values() if not topic.is_secret]
