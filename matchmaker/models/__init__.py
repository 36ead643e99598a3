"""The mapped classes, one module an aggregate."""

from matchmaker.models.account import ROLE_LABELS, AccountKind, Role, RoleGrant, User
from matchmaker.models.allocation import (
    LOCK_KIND_LABELS,
    PLACE_OUTCOME_LABELS,
    Allocation,
    AllocationLock,
    AllocationPlace,
    LockKind,
    PlaceOutcome,
)
from matchmaker.models.alumni import (
    ALUMNI_PURPOSE_LABELS,
    AlumniContact,
    AlumniProfile,
    AlumniPurpose,
)
from matchmaker.models.application import (
    APPLICATION_ORIGIN_LABELS,
    WITHDRAWAL_CAUSE_LABELS,
    Application,
    ApplicationFile,
    ApplicationOrigin,
    ApplicationPerson,
    ApplicationRevision,
    ApplicationTwin,
    WithdrawalCause,
)
from matchmaker.models.application_preference import (
    PREFERENCE_LABELS,
    ApplicationPreference,
    Preference,
)
from matchmaker.models.application_review import (
    FREE_CAUSES,
    RECOMMENDATION_LABELS,
    RECUSAL_CAUSE_LABELS,
    ApplicationReview,
    ApplicationReviewVersion,
    Recommendation,
    RecusalCause,
    ReviewAssignment,
    ReviewRemark,
)
from matchmaker.models.attachment import (
    ATTACHMENT_ACCESS_LABELS,
    Attachment,
    AttachmentAccess,
    AttachmentDownload,
)
from matchmaker.models.award import (
    PAYMENT_SOURCE_LABELS,
    Award,
    AwardPayment,
    AwardScheme,
    AwardSchemeVersion,
    AwardVote,
    PaymentSource,
)
from matchmaker.models.badge import Badge, BadgeKey
from matchmaker.models.base import Base
from matchmaker.models.broker_assignment import BrokerAssignment
from matchmaker.models.calendar_link import CalendarLink
from matchmaker.models.call import Call
from matchmaker.models.call_rules import CallRules
from matchmaker.models.call_target import INDICATORS, MAX_TARGET, CallTarget
from matchmaker.models.case_study import (
    CASE_STUDY_SIDE_LABELS,
    CaseStudy,
    CaseStudyConsent,
    CaseStudySide,
    CaseStudyVersion,
)
from matchmaker.models.cause import (
    CAUSE_LABELS,
    CAUSE_SIDE_LABELS,
    CAUSES_OF,
    SIDE_OF,
    Cause,
    CauseSide,
)
from matchmaker.models.certificate import (
    CERTIFICATE_KIND_LABELS,
    Certificate,
    CertificateKind,
    CertificateStanding,
)
from matchmaker.models.check_in import LIGHT_LABELS, CheckIn, Light
from matchmaker.models.data_terms import DataAcceptance, DataAdmission, DataTerms
from matchmaker.models.decision import (
    DECISION_OUTCOME_LABELS,
    DECLINE_CAUSE_LABELS,
    NEXT_STEP_LABELS,
    Decision,
    DecisionOutcome,
    DecisionRound,
    DeclineCause,
    NextStep,
)
from matchmaker.models.delivery import (
    CHANNEL_LABELS,
    Channel,
    Delivery,
    DeliveryChoice,
    DeliveryHold,
)
from matchmaker.models.embedding import Embedding
from matchmaker.models.engagement import (
    KICKOFF_LABELS,
    STAGE_OUTCOME_LABELS,
    Engagement,
    EngagementStage,
    KickoffItem,
    KickoffKey,
    StageDecision,
    StageOutcome,
    StopRequest,
)
from matchmaker.models.enrolment import Enrolment, EnrolmentEvent
from matchmaker.models.event import AuditEvent
from matchmaker.models.evidence import (
    ASKED_KINDS,
    EVIDENCE_KIND_LABELS,
    SHOWN_KINDS,
    Evidence,
    EvidenceAttachment,
    EvidenceKind,
)
from matchmaker.models.extension_request import ExtensionRequest
from matchmaker.models.find_consent import FindConsent
from matchmaker.models.form_draft import FormDraft
from matchmaker.models.gender_declaration import GenderDeclaration
from matchmaker.models.grade_appeal import GradeAppeal
from matchmaker.models.grade_decision import AWARD_TIERS, GradeDecision
from matchmaker.models.grade_review import SEAT_LABELS, GradeReview, GradeReviewVersion, Seat
from matchmaker.models.grading_panel import GradingComment, GradingPanel
from matchmaker.models.hall import HallConsent
from matchmaker.models.invitation import Invitation
from matchmaker.models.job import Job
from matchmaker.models.learning_resource import (
    RESOURCE_FORMAT_LABELS,
    RESOURCE_PHASE_LABELS,
    LearningResource,
    LearningResourceRevision,
    ResourceFormat,
    ResourcePhase,
)
from matchmaker.models.level_estimate import LevelChange, LevelEstimate
from matchmaker.models.lexicon_term import LexiconTerm
from matchmaker.models.match import (
    Band,
    Match,
    MatchExclusion,
    MatchReview,
    MatchRun,
    PairRule,
    PairRuleKind,
)
from matchmaker.models.member_wish import MemberOffer, MemberWish
from matchmaker.models.mentoring import MentoringSession
from matchmaker.models.metric import Metric, MetricReading
from matchmaker.models.milestone import (
    FEEDBACK_KIND_LABELS,
    MILESTONE_OUTCOME_LABELS,
    FeedbackKind,
    Milestone,
    MilestoneDecision,
    MilestoneFeedback,
    MilestoneFile,
    MilestoneOutcome,
    MilestoneVersion,
)
from matchmaker.models.milestone_change import PLAN_CHANGE_LABELS, MilestoneChange, PlanChange
from matchmaker.models.office_setting import SETTINGS, OfficeSetting, Setting
from matchmaker.models.organization import (
    MEMBER_ROLE_LABELS,
    ORGANIZATION_KIND_LABELS,
    ORGANIZATION_SIZE_LABELS,
    MemberRole,
    Organization,
    OrganizationKind,
    OrganizationMember,
    OrganizationSize,
)
from matchmaker.models.outbox import OutboxMessage
from matchmaker.models.outcome import OutcomeSurvey, OutcomeVersion
from matchmaker.models.point_entry import (
    LEAST_ANSWER,
    POINT_RULES,
    POINTS_PER_DAY,
    PointBoardPlace,
    PointEntry,
    PointKind,
    PointRule,
)
from matchmaker.models.preview import Preview
from matchmaker.models.private_call import (
    PrivateAuditEvent,
    PrivateCall,
    PrivateCallOfficer,
    PrivateCallTeam,
)
from matchmaker.models.problem import GRADES, Problem, Requirement
from matchmaker.models.problem_comment import ProblemComment
from matchmaker.models.problem_revision import ProblemRevision
from matchmaker.models.problem_vector import ProblemVector
from matchmaker.models.question import AnswerSide, Question, QuestionAnswer, QuestionFollow
from matchmaker.models.quiz import QuizAnswer, QuizCheck, QuizItem
from matchmaker.models.ranker import Ranker
from matchmaker.models.ranking_change import RankingChange
from matchmaker.models.readiness import ReadinessAssessment
from matchmaker.models.referral import Referral, ReferralConsent
from matchmaker.models.reminder import Reminder
from matchmaker.models.review_relation import (
    RELATION_KIND_LABELS,
    RelationKind,
    ReviewRelation,
)
from matchmaker.models.review_round import ReviewRound, ReviewRubricVersion
from matchmaker.models.reviewer_profile import (
    DECLARED_GENDER_LABELS,
    DeclaredConflict,
    DeclaredGender,
    ReviewerProfile,
)
from matchmaker.models.rubric import RubricVersion
from matchmaker.models.screening import SCREENING_OUTCOME_LABELS, Screening, ScreeningOutcome
from matchmaker.models.team import (
    TEAM_KIND_LABELS,
    Team,
    TeamCompetency,
    TeamKind,
    TeamMember,
    TeamWork,
)
from matchmaker.models.term_statistics import TermStatistics
from matchmaker.models.waiting import WaitingLadder, WaitingStep
