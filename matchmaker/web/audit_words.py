"""What the audit trail shows, in words: its filters, its subjects, what an event says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.i18n import N_
from matchmaker.models import (
    CAUSE_LABELS,
    INDICATORS,
    MEMBER_ROLE_LABELS,
    ORGANIZATION_KIND_LABELS,
    ROLE_LABELS,
    SETTINGS,
    WITHDRAWAL_CAUSE_LABELS,
    AuditEvent,
    Cause,
)
from matchmaker.queries.audit import AuditFilter
from matchmaker.services.match import REFUSALS
from matchmaker.web import listing
from matchmaker.web.audit_actions import action_words
from matchmaker.web.i18n import say, zone
from matchmaker.workflows.application import APPLICATION_WORKFLOW
from matchmaker.workflows.attachment import ATTACHMENT_WORKFLOW
from matchmaker.workflows.award import AWARD_WORKFLOW
from matchmaker.workflows.award_payment import AWARD_PAYMENT_WORKFLOW
from matchmaker.workflows.award_scheme import AWARD_SCHEME_WORKFLOW
from matchmaker.workflows.award_vote import AWARD_VOTE_WORKFLOW
from matchmaker.workflows.engagement import ENGAGEMENT_WORKFLOW
from matchmaker.workflows.enrolment import ENROLMENT_WORKFLOW
from matchmaker.workflows.evidence import EVIDENCE_WORKFLOW
from matchmaker.workflows.extension_request import EXTENSION_REQUEST_WORKFLOW
from matchmaker.workflows.grade_appeal import GRADE_APPEAL_WORKFLOW
from matchmaker.workflows.grade_review import GRADE_REVIEW_WORKFLOW
from matchmaker.workflows.grading_panel import GRADING_PANEL_WORKFLOW
from matchmaker.workflows.machine import Workflow
from matchmaker.workflows.match import MATCH_WORKFLOW
from matchmaker.workflows.milestone import MILESTONE_WORKFLOW
from matchmaker.workflows.milestone_change import MILESTONE_CHANGE_WORKFLOW
from matchmaker.workflows.outcome_survey import OUTCOME_SURVEY_WORKFLOW
from matchmaker.workflows.private_call import PRIVATE_CALL_WORKFLOW
from matchmaker.workflows.problem import PROBLEM_WORKFLOW
from matchmaker.workflows.question import QUESTION_WORKFLOW
from matchmaker.workflows.quiz_item import QUIZ_ITEM_WORKFLOW
from matchmaker.workflows.referral import REFERRAL_WORKFLOW
from matchmaker.workflows.review_assignment import REVIEW_ASSIGNMENT_WORKFLOW
from matchmaker.workflows.review_round import REVIEW_ROUND_WORKFLOW

SUBJECTS = {
    "Certificate": N_("Certificate and code"),
    "CaseStudy": N_("The case study"),
    "CaseStudyVersion": N_("Version of a case study"),
    "AlumniProfile": N_("Entry among the alumni"),
    "AlumniContact": N_("Message between alumni"),
    "User": N_("Account"),
    "Organization": N_("Organization"),
    "Decision": N_("Decision"),
    "DecisionRound": N_("Round of decisions"),
    "Milestone": N_("Milestone"),
    "MilestoneChange": N_("Change of a plan"),
    "ExtensionRequest": N_("Request for more time"),
    "Award": N_("The award"),
    "AwardPayment": N_("Payment"),
    "AwardScheme": N_("Award scheme"),
    "AwardVote": N_("Points of the panel"),
    "Delivery": N_("Letter"),
    "DeliveryHold": N_("Letters held back"),
    "OrganizationMember": N_("Membership of an organization"),
    "Team": N_("Team"),
    "TeamMember": N_("Membership of a team"),
    "Invitation": N_("Invitation"),
    "Call": N_("Call"),
    "Problem": N_("Problem"),
    "Application": N_("Application"),
    "CallRules": N_("Rules for applications"),
    "GradingPanel": N_("Panel"),
    "GradeReview": N_("Review of a reviewer"),
    "GradeDecision": N_("Signed grade"),
    "GradeAppeal": N_("Request for a review of the grade"),
    "ReviewerProfile": N_("Reviewer profile"),
    "ReviewRound": N_("Review of a call"),
    "ReviewRubricVersion": N_("Rubric for applications"),
    "ReviewAssignment": N_("Review of an application"),
    "ReviewRemark": N_("Word in a discussion"),
    "ReviewRelation": N_("Declared tie"),
    "ApplicationPreference": N_("Preference of an owner"),
    "DeclaredConflict": N_("Declared conflict"),
    "ProblemComment": N_("Comment on a problem"),
    "ProblemRevision": N_("Change of a published problem"),
    "Screening": N_("Screening"),
    "MatchRun": N_("Matching"),
    "Match": N_("Match"),
    "Allocation": N_("Allocation"),
    "AllocationLock": N_("Lock on a pair"),
    "PairRule": N_("Rule on a pair"),
    "Ranker": N_("Learned weights"),
    "PrivateCall": N_("In-house call"),
    "PrivateCallTeam": N_("Team of an in-house call"),
    "Referral": N_("Referral"),
    "Attachment": N_("File"),
    "DataTerms": N_("Terms of a data room"),
    "DataAcceptance": N_("Acceptance of a data room's terms"),
    "DataAdmission": N_("Admission to a data room"),
    "Question": N_("Question"),
    "QuizCheck": N_("Check of a competency"),
    "QuizItem": N_("Question of the check"),
    "Engagement": N_("Work under way"),
    "StageDecision": N_("Decision on a stage"),
    "StopRequest": N_("Request to stop"),
    "CheckIn": N_("Word on how work goes"),
    "MentoringSession": N_("Meeting with a mentor"),
    "Metric": N_("Measure of work"),
    "MetricReading": N_("Reading"),
    "OutcomeSurvey": N_("Question about outcomes"),
    "Evidence": N_("Evidence of a level"),
    "FindConsent": N_("Consent to be found"),
    "MemberWish": N_("Wish for a member"),
    "Job": N_("Work in the background"),
    "CallTarget": N_("Target of a call"),
    "OfficeSetting": N_("Setting of the office"),
    "ReadinessAssessment": N_("Readiness check"),
    "RubricVersion": N_("Rubric"),
    "LearningResource": N_("Entry of the learning catalogue"),
    "Enrolment": N_("Enrolment in a course"),
    "PointEntry": N_("Community points"),
    "Badge": N_("Badge"),
}
#: What an event may say besides; what is not here is shown under its own name.
FACTS = {
    "is_public": N_("Name shows"),
    "is_named": N_("Team is named"),
    "purpose": N_("Purpose"),
    "consent": N_("Text agreed to"),
    "light": N_("Light"),
    "metric": N_("Measure of work"),
    "target": N_("Target"),
    "baseline": N_("Baseline"),
    "unit": N_("Unit"),
    "name": N_("Name"),
    "value": N_("Value"),
    "minutes": N_("Minutes"),
    "months": N_("Months after the end"),
    "engagement_id": N_("Number of the work"),
    "award_id": N_("Award"),
    "tier": N_("Tier"),
    "proposed": N_("The rule proposes"),
    "amount": N_("Amount"),
    "amounts": N_("Amounts"),
    "awards": N_("Awards"),
    "budget": N_("Budget"),
    "reviewer": N_("Account"),
    "paid_on": N_("Paid on"),
    "reference": N_("Number in the books"),
    "flags": N_("Noticed"),
    "is_wrong": N_("The question was wrong"),
    "count": N_("Count"),
    "resource": N_("Course"),
    "code": N_("Code"),
    "score": N_("Points of 100"),
    "levels": N_("Levels"),
    "sha256": N_("Fingerprint"),
    "access": N_("For whom"),
    "size": N_("Size"),
    "languages": N_("Languages"),
    "number": N_("Number"),
    "field": N_("Field of the problem"),
    "round": N_("Round"),
    "before": N_("Before"),
    "after": N_("After"),
    "reason": N_("Reason"),
    "reason_code": N_("Reason"),
    "cause": N_("Cause"),
    "readers": N_("Readers"),
    "apart": N_("Totals apart"),
    "due": N_("Due"),
    "people": N_("People"),
    "named": N_("Readers named"),
    "preference": N_("Preference"),
    "application_id": N_("Application"),
    "total": N_("Points of 100"),
    "kind": N_("Kind"),
    "role": N_("Role"),
    "roles": N_("Role"),
    "user_id": N_("Account"),
    "from_id": N_("From account"),
    "to_id": N_("To account"),
    "organization": N_("Organization"),
    "call": N_("Call"),
    "call_id": N_("Call"),
    "problem_id": N_("Problem"),
    "team_id": N_("Team"),
    "changed": N_("Changed fields"),
    "changes": N_("Changed fields"),
    "fields": N_("Changed fields"),
    "n_pairs": N_("Pairs announced"),
    "left_out": N_("Endorsed, but nobody will be told"),
    "by": N_("Replaced by run"),
    "points": N_("Points"),
    "grade": N_("Grade"),
    "panel_grade": N_("Grade of the panel"),
    "rules_grade": N_("Grade of the rules"),
    "without_panel": N_("Without a panel"),
    "award_tier": N_("Award tier"),
    "weeks": N_("Calendar in weeks"),
    "rubric": N_("Rubric"),
    "difference_reason": N_("Why it differs from the panel or the rules"),
    "override_reason": N_("Why it goes beyond what readiness advises"),
    "panel_id": N_("Panel"),
    "seat": N_("Seat"),
    "criteria": N_("Criteria"),
    "version": N_("Version"),
    "base": N_("Made from version"),
    "setting": N_("Setting"),
    "old": N_("Before"),
    "new": N_("After"),
    "indicator": N_("Indicator"),
    "association_id": N_("Industry association"),
    "exclusive": N_("Takes part in this call only"),
    "opens_at": N_("Opens"),
    "closes_at": N_("Closes"),
    "organization_id": N_("Organization"),
    "stage": N_("Stage"),
    "stages": N_("Stages"),
    "side": N_("Side"),
    "days": N_("Days"),
    "days_added": N_("Days added"),
    "outcome": N_("Outcome"),
    "engagement": N_("Work under way"),
    "engagements": N_("Work under way"),
    "application": N_("Application"),
    "contact": N_("Account"),
    "mentor": N_("Account"),
    "key": N_("Line of the checklist"),
    "milestones": N_("Milestones"),
    "late_seconds": N_("Late by seconds"),
    "agreed": N_("Agreed"),
    "granted": N_("More time given"),
    "moves_rest": N_("What comes after it moved too"),
    "opinion": N_("The owner’s opinion"),
    "revoked": N_("Evidence revoked"),
    "place_free": N_("The next in line may have the place"),
    "competency": N_("Competency"),
    "competencies": N_("Competencies"),
    "level": N_("Level"),
    "person_id": N_("Account"),
    "harmless": N_("Nothing to it"),
    "other_id": N_("The other application"),
}
#: Words that stand for codes.
VALUES: dict[str, str] = (
    {
        code.value: words
        for labels in (ROLE_LABELS, MEMBER_ROLE_LABELS, ORGANIZATION_KIND_LABELS)
        for code, words in labels.items()
    }
    | REFUSALS
    | {key: setting.label for key, setting in SETTINGS.items()}
    | {key: label for key, (label, _usual) in INDICATORS.items()}
    | {cause.value: label for cause, label in WITHDRAWAL_CAUSE_LABELS.items()}
    | {"on": N_("On"), "off": N_("Off")}
)
WORKFLOWS: dict[str, Workflow[Any, Any]] = {
    "Problem": PROBLEM_WORKFLOW,
    "Match": MATCH_WORKFLOW,
    "Application": APPLICATION_WORKFLOW,
    "PrivateCall": PRIVATE_CALL_WORKFLOW,
    "Referral": REFERRAL_WORKFLOW,
    "Attachment": ATTACHMENT_WORKFLOW,
    "Question": QUESTION_WORKFLOW,
    "QuizItem": QUIZ_ITEM_WORKFLOW,
    "Evidence": EVIDENCE_WORKFLOW,
    "GradingPanel": GRADING_PANEL_WORKFLOW,
    "GradeReview": GRADE_REVIEW_WORKFLOW,
    "ReviewAssignment": REVIEW_ASSIGNMENT_WORKFLOW,
    "ReviewRound": REVIEW_ROUND_WORKFLOW,
    "GradeAppeal": GRADE_APPEAL_WORKFLOW,
    "Enrolment": ENROLMENT_WORKFLOW,
    "Engagement": ENGAGEMENT_WORKFLOW,
    "OutcomeSurvey": OUTCOME_SURVEY_WORKFLOW,
    "Milestone": MILESTONE_WORKFLOW,
    "MilestoneChange": MILESTONE_CHANGE_WORKFLOW,
    "ExtensionRequest": EXTENSION_REQUEST_WORKFLOW,
    "Award": AWARD_WORKFLOW,
    "AwardPayment": AWARD_PAYMENT_WORKFLOW,
    "AwardScheme": AWARD_SCHEME_WORKFLOW,
    "AwardVote": AWARD_VOTE_WORKFLOW,
}
PAGES = {
    "Organization": ("organization.show", "organization_id"),
    "Team": ("team.show", "team_id"),
    "Problem": ("problem.show", "problem_id"),
    "MatchRun": ("match_run.show", "run_id"),
    "Allocation": ("allocation.show", "allocation_id"),
    "Application": ("application_queue.show", "application_id"),
    "QuizItem": ("quiz_item.show", "item_id"),
    "Engagement": ("engagement.show", "engagement_id"),
    "Award": ("award.case", "award_id"),
    "PrivateCall": ("private_call.show", "private_call_id"),
}


def filters(actions: Sequence[str], subject_types: Sequence[str]) -> list[dict[str, Any]]:
    """The controls of the filter bar."""
    every = _("All")
    return [
        listing.search("actor", _("Who (name, address or number)")),
        listing.select(
            "action", _("Action"), [(name, action_words(name)) for name in actions], every=every
        ),
        listing.select("subject", _("What it is about"), _types(subject_types), every=every),
        listing.search("number", _("Its number")),
        listing.search("since", _("From day (2026-01-31)")),
        listing.search("until", _("To day (2026-12-31)")),
    ]


def _types(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, say(SUBJECTS.get(name, name))) for name in names]


def read_filter() -> AuditFilter:
    """The filters from the address; what cannot be read counts as not given."""
    number, last = listing.chosen("number"), read_day(listing.chosen("until"))
    first = read_day(listing.chosen("since"))
    return AuditFilter(
        actor=listing.chosen("actor"),
        action=listing.chosen("action"),
        subject_type=listing.chosen("subject"),
        subject_id=int(number)
        if number.isascii() and number.isdecimal() and len(number) < 10
        else None,
        since=start_of(first) if first else None,
        until=start_of(last + timedelta(days=1)) if last else None,
    )


def read_day(text: str) -> date | None:
    """A day as people may type it, such as 2026-01-31 or 2026/1/31."""
    try:
        year, month, day = (int(part) for part in text.replace("/", "-").split("-"))
        return date(year, month, day) if 1900 < year < 9999 else None
    except ValueError:
        return None


def start_of(day: date) -> datetime:
    """The moment *day* begins where the programme is."""
    return datetime.combine(day, time.min, zone()).astimezone(UTC)


def subject(event: AuditEvent) -> str:
    """What an event is about, such as ``Problem 12``."""
    if not event.subject_type:
        return ""
    label = say(SUBJECTS.get(event.subject_type, event.subject_type))
    return f"{label} {event.subject_id}"


def subject_url(event: AuditEvent) -> str:
    """The page of what an event is about, if it has one."""
    if event.subject_type not in PAGES or event.subject_id is None:
        return ""
    endpoint, parameter = PAGES[event.subject_type]
    values: dict[str, Any] = {parameter: event.subject_id}
    return url_for(endpoint, **values)


def facts(event: AuditEvent) -> str:
    """What an event says besides, on one line."""
    said = {key: value for key, value in event.data.items() if value not in ("", None)}
    return " · ".join(
        say(FACTS[key]) + _(": ") + _plain(key, value, event.subject_type)
        if key in FACTS
        else f"{key}: {_plain(key, value, event.subject_type)}"
        for key, value in said.items()
    )


def _plain(key: str, value: Any, subject_type: str | None) -> str:
    if isinstance(value, dict):
        return str(_(", ")).join(f"{name} {_plain(name, one, None)}" for name, one in value.items())
    if key in ("before", "after") and not isinstance(value, list):
        return _state(value, subject_type)
    if key == "cause" and isinstance(value, str) and value in set(Cause):
        return say(CAUSE_LABELS[Cause(value)])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return str(_(", ")).join(_word(item) for item in value)
    if isinstance(value, str):
        return _word(value)
    return json.dumps(value, ensure_ascii=False)


def _word(code: str) -> str:
    return say(VALUES.get(code, code))


def _state(value: Any, subject_type: str | None) -> str:
    workflow = WORKFLOWS.get(subject_type or "")
    words = (
        {state.value: label.staff for state, label in workflow.labels.items()} if workflow else {}
    )
    return say(words.get(value, str(value)))
