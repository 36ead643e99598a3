"""What the office sets for itself: switches and limits, each with its kind and default in code."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models.base import Base, Moment


@dataclass(frozen=True)
class Setting:
    """One thing the office may set; a switch is a number that is 0 or 1."""

    key: str
    default: int
    label: str
    explanation: str
    is_flag: bool = False
    minimum: int = 0
    maximum: int = 1
    #: What the number counts, in words.
    unit: str = ""


def _days(key: str, default: int, label: str, explanation: str) -> Setting:
    return Setting(key, default, label, explanation, minimum=1, maximum=180, unit=N_("days"))


SETTINGS = {
    setting.key: setting
    for setting in (
        Setting(
            "readiness_caps_grade",
            0,
            N_("Readiness limits the grade"),
            N_(
                "On: a problem graded above what its owner's readiness check advises needs a "
                "reason from the officer who signs. Off: the check only advises."
            ),
            is_flag=True,
        ),
        Setting(
            "readiness_valid_months",
            12,
            N_("Readiness check: good for"),
            N_("After this time the result still counts, and its owner is asked to repeat it."),
            minimum=3,
            maximum=60,
            unit=N_("months"),
        ),
        _days(
            "screening_due_days",
            14,
            N_("Screening: due within"),
            N_("Counted from the day a problem was submitted; later it shows as late."),
        ),
        Setting(
            "coaching_rounds",
            2,
            N_("Rounds of coaching at most"),
            N_(
                "After the last round a problem is listed, returned with what is missing, or declined."
            ),
            minimum=0,
            maximum=5,
            unit=N_("rounds"),
        ),
        _days(
            "grading_due_days",
            14,
            N_("Grading: due within"),
            N_("Counted from the day a reviewer was asked; later the review shows as late."),
        ),
        Setting(
            "grading_needs_panel",
            1,
            N_("Grading needs two reviewers"),
            N_(
                "On: two reviewers score a problem without seeing each other's scores before an "
                "officer signs the grade. Off: an officer may grade alone."
            ),
            is_flag=True,
        ),
        _days(
            "appeal_days",
            14,
            N_("Grade: the owner may ask for a review within"),
            N_("Counted from the day the grade was signed; the owner can ask once."),
        ),
        _days(
            "question_due_days",
            5,
            N_("Questions of teams: answered within"),
            N_("Counted from the day a team asked; later the question shows as late."),
        ),
        _days(
            "kickoff_days",
            14,
            N_("Kick-off: done within"),
            N_("Counted from the day a team confirmed its place; the work begins after it."),
        ),
        _days(
            "milestone_review_days",
            7,
            N_("Milestones: looked at within"),
            N_(
                "Counted from the day a team handed in a version. Until then the owner says what it "
                "thinks; after that the office may decide alone."
            ),
        ),
        _days(
            "check_in_days",
            14,
            N_("Work under way: a word every"),
            N_("Counted from the last word on how it goes; later the work shows as silent."),
        ),
        _days(
            "outcome_days",
            30,
            N_("Outcomes: answered within"),
            N_(
                "Counted from the day both sides were asked. Whoever says nothing until then counts "
                "as “no answer”, never as zero."
            ),
        ),
        _days(
            "silent_days",
            14,
            N_("Owners who do not answer: asked after"),
            N_(
                "Counted from the last sign of life. Then the contact is asked, half as long again "
                "later the leads, and after twice the time the work is flagged."
            ),
        ),
        Setting(
            "award_two_officers_from",
            100_000,
            N_("Payments: two officers from"),
            N_("From this amount on somebody else than who prepared a payment signs for it."),
            maximum=100_000_000,
            unit=N_("NT$"),
        ),
        Setting(
            "badge_valid_months",
            24,
            N_("Badges: good for"),
            N_("Counted from the day of issue; badges that are out keep the day they were given."),
            minimum=6,
            maximum=60,
            unit=N_("months"),
        ),
        Setting(
            "digest_hour",
            8,
            N_("Daily digest: from"),
            N_("The hour of the day from which people get what they asked to hear of together."),
            maximum=23,
            unit=N_("o’clock"),
        ),
    )
}


class OfficeSetting(Base):
    """A setting that the office has changed from its default."""

    __tablename__ = "office_settings"

    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    value: Mapped[int]
    updated_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
