"""Every state machine, as a table. Knows nothing else of ours but messages and errors."""

from matchmaker.workflows.allocation import ALLOCATION_WORKFLOW
from matchmaker.workflows.alumni_contact import ALUMNI_CONTACT_WORKFLOW
from matchmaker.workflows.application import APPLICATION_WORKFLOW
from matchmaker.workflows.attachment import ATTACHMENT_WORKFLOW
from matchmaker.workflows.award import AWARD_WORKFLOW
from matchmaker.workflows.award_payment import AWARD_PAYMENT_WORKFLOW
from matchmaker.workflows.award_scheme import AWARD_SCHEME_WORKFLOW
from matchmaker.workflows.award_vote import AWARD_VOTE_WORKFLOW
from matchmaker.workflows.badge import BADGE_WORKFLOW
from matchmaker.workflows.case_study_version import CASE_STUDY_VERSION_WORKFLOW
from matchmaker.workflows.decision_round import DECISION_ROUND_WORKFLOW
from matchmaker.workflows.delivery import DELIVERY_WORKFLOW
from matchmaker.workflows.engagement import ENGAGEMENT_WORKFLOW
from matchmaker.workflows.enrolment import ENROLMENT_WORKFLOW
from matchmaker.workflows.evidence import EVIDENCE_WORKFLOW
from matchmaker.workflows.extension_request import EXTENSION_REQUEST_WORKFLOW
from matchmaker.workflows.grade_appeal import GRADE_APPEAL_WORKFLOW
from matchmaker.workflows.grade_review import GRADE_REVIEW_WORKFLOW
from matchmaker.workflows.grading_panel import GRADING_PANEL_WORKFLOW
from matchmaker.workflows.invitation import INVITATION_WORKFLOW
from matchmaker.workflows.job import JOB_WORKFLOW
from matchmaker.workflows.machine import Label, Workflow
from matchmaker.workflows.match import MATCH_WORKFLOW
from matchmaker.workflows.match_run import MATCH_RUN_WORKFLOW
from matchmaker.workflows.milestone import MILESTONE_WORKFLOW
from matchmaker.workflows.milestone_change import MILESTONE_CHANGE_WORKFLOW
from matchmaker.workflows.outcome_survey import OUTCOME_SURVEY_WORKFLOW
from matchmaker.workflows.private_call import PRIVATE_CALL_WORKFLOW
from matchmaker.workflows.problem import PROBLEM_WORKFLOW
from matchmaker.workflows.problem_revision import PROBLEM_REVISION_WORKFLOW
from matchmaker.workflows.question import QUESTION_WORKFLOW
from matchmaker.workflows.quiz_check import QUIZ_CHECK_WORKFLOW
from matchmaker.workflows.quiz_item import QUIZ_ITEM_WORKFLOW
from matchmaker.workflows.referral import REFERRAL_WORKFLOW
from matchmaker.workflows.review_assignment import REVIEW_ASSIGNMENT_WORKFLOW
from matchmaker.workflows.review_round import REVIEW_ROUND_WORKFLOW
from matchmaker.workflows.stage_decision import STAGE_DECISION_WORKFLOW
from matchmaker.workflows.stop_request import STOP_REQUEST_WORKFLOW

ALL_WORKFLOWS = (
    PROBLEM_WORKFLOW,
    PROBLEM_REVISION_WORKFLOW,
    MATCH_RUN_WORKFLOW,
    MATCH_WORKFLOW,
    INVITATION_WORKFLOW,
    JOB_WORKFLOW,
    PRIVATE_CALL_WORKFLOW,
    REFERRAL_WORKFLOW,
    GRADING_PANEL_WORKFLOW,
    GRADE_REVIEW_WORKFLOW,
    GRADE_APPEAL_WORKFLOW,
    ATTACHMENT_WORKFLOW,
    QUESTION_WORKFLOW,
    DELIVERY_WORKFLOW,
    DECISION_ROUND_WORKFLOW,
    BADGE_WORKFLOW,
    EVIDENCE_WORKFLOW,
    ENROLMENT_WORKFLOW,
    QUIZ_ITEM_WORKFLOW,
    QUIZ_CHECK_WORKFLOW,
    APPLICATION_WORKFLOW,
    ALLOCATION_WORKFLOW,
    REVIEW_ROUND_WORKFLOW,
    REVIEW_ASSIGNMENT_WORKFLOW,
    ENGAGEMENT_WORKFLOW,
    STAGE_DECISION_WORKFLOW,
    STOP_REQUEST_WORKFLOW,
    MILESTONE_WORKFLOW,
    MILESTONE_CHANGE_WORKFLOW,
    EXTENSION_REQUEST_WORKFLOW,
    OUTCOME_SURVEY_WORKFLOW,
    CASE_STUDY_VERSION_WORKFLOW,
    ALUMNI_CONTACT_WORKFLOW,
    AWARD_SCHEME_WORKFLOW,
    AWARD_WORKFLOW,
    AWARD_VOTE_WORKFLOW,
    AWARD_PAYMENT_WORKFLOW,
)
