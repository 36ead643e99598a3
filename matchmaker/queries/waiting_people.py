"""What waits between people and beside the calls: invitations, evidence, course work, letters, work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import (
    ASKED_KINDS,
    SHOWN_KINDS,
    Allocation,
    DataAcceptance,
    DataAdmission,
    DataTerms,
    Delivery,
    Enrolment,
    Evidence,
    Invitation,
    Job,
    LearningResource,
    MatchRun,
    MemberOffer,
    MemberWish,
    Organization,
    OutboxMessage,
    Problem,
    QuizCheck,
    QuizItem,
    Referral,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.job import PROGRAMME_KINDS
from matchmaker.queries.waiting_kind import (
    NO_LAPSE,
    Holder,
    Kind,
    Ladder,
    later,
    names_of,
    select,
    titles_of,
)
from matchmaker.workflows.delivery import DeliveryState
from matchmaker.workflows.enrolment import EnrolmentState
from matchmaker.workflows.evidence import EvidenceState
from matchmaker.workflows.invitation import InvitationState
from matchmaker.workflows.job import JobState
from matchmaker.workflows.quiz_check import QuizCheckState
from matchmaker.workflows.quiz_item import QuizItemState
from matchmaker.workflows.referral import ReferralState

Select = sa.Select[Any]
FAILED_DAYS = 14


def _with_address(email: Any) -> Any:
    """The person with an address, if somebody has registered with it."""
    return sa.select(User.id).where(User.email == email).scalar_subquery()


def _invitations(_days: int) -> Select:
    group = tuple(
        sa.func.coalesce(ours, theirs)
        for ours, theirs in zip(names_of(Organization), names_of(Team), strict=True)
    )
    return (
        select(
            Invitation.id,
            since=Invitation.created_at,
            due=Invitation.expires_at,
            title=(group[0], group[1]),
            user=_with_address(Invitation.email),
        )
        .outerjoin(Organization, Organization.id == Invitation.organization_id)
        .outerjoin(Team, Team.id == Invitation.team_id)
        .where(Invitation.state == InvitationState.PENDING)
    )


def _referrals(_days: int) -> Select:
    return (
        select(
            Referral.id,
            since=Referral.created_at,
            due=Referral.expires_at,
            title=names_of(Organization),
            user=_with_address(Referral.email),
            organization=Referral.organization_id,
        )
        .join(Organization, Organization.id == Referral.association_id)
        .where(Referral.state == ReferralState.SENT)
    )


def _offers(days: int) -> Select:
    """People who offered to join a team that still looks for somebody."""
    joined = sa.select(TeamMember.user_id).where(TeamMember.team_id == MemberWish.team_id)
    return (
        select(
            MemberOffer.id,
            since=MemberOffer.created_at,
            due=later(MemberOffer.created_at, days),
            title=(MemberWish.competency, MemberWish.competency),
            context=names_of(Team),
            team=MemberWish.team_id,
            place=MemberWish.team_id,
        )
        .join(MemberWish, MemberWish.id == MemberOffer.wish_id)
        .join(Team, Team.id == MemberWish.team_id)
        .where(
            MemberWish.closed_at.is_(None), MemberOffer.user_id.not_in(joined.correlate(MemberWish))
        )
    )


def _admissions(days: int) -> Select:
    """People admitted to a data room by name who have not accepted terms of it yet."""
    accepted = (
        sa.select(DataAcceptance.id)
        .join(DataTerms, DataTerms.id == DataAcceptance.terms_id)
        .join(User, User.id == DataAcceptance.user_id)
        .where(DataTerms.problem_id == DataAdmission.problem_id, User.email == DataAdmission.email)
    )
    has_terms = sa.select(DataTerms.problem_id)
    return (
        select(
            DataAdmission.id,
            since=DataAdmission.created_at,
            due=later(DataAdmission.created_at, days),
            title=titles_of(),
            context=names_of(Organization),
            user=_with_address(DataAdmission.email),
            organization=Problem.organization_id,
            call=Problem.call_id,
            place=Problem.id,
        )
        .join(Problem, Problem.id == DataAdmission.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(sa.not_(accepted.exists()), Problem.id.in_(has_terms))
    )


def _evidence(days: int, *, user: Any = None, place: Any = None) -> Select:
    title = sa.case((Evidence.title != "", Evidence.title), else_=Evidence.competency)
    return select(
        Evidence.id,
        since=Evidence.created_at,
        due=later(Evidence.created_at, days),
        title=(title, title),
        user=user,
        place=place,
    ).where(Evidence.state == EvidenceState.ASKED)


def _words(days: int) -> Select:
    """What colleagues are asked to say of one another."""
    asked = (Evidence.kind.in_(ASKED_KINDS), Evidence.reviewer_id.is_not(None))
    return _evidence(days, user=Evidence.reviewer_id, place=Evidence.user_id).where(*asked)


def _to_look_at(days: int) -> Select:
    return _evidence(days).where(Evidence.kind.in_(SHOWN_KINDS))


def _course_work(days: int) -> Select:
    since = sa.func.coalesce(Enrolment.handed_in_at, Enrolment.created_at)
    return (
        select(
            Enrolment.id,
            since=since,
            due=later(since, days),
            title=(LearningResource.title_zh, LearningResource.title_en),
        )
        .join(LearningResource, LearningResource.id == Enrolment.resource_id)
        .where(Enrolment.state == EnrolmentState.HANDED_IN)
    )


def _items(days: int) -> Select:
    return select(
        QuizItem.id,
        since=QuizItem.updated_at,
        due=later(QuizItem.updated_at, days),
        title=(QuizItem.code, QuizItem.code),
    ).where(QuizItem.state == QuizItemState.PROPOSED)


def _checks(_days: int) -> Select:
    return select(
        QuizCheck.id,
        since=QuizCheck.started_at,
        due=QuizCheck.ends_at,
        title=(QuizCheck.competency, QuizCheck.competency),
        user=QuizCheck.user_id,
    ).where(QuizCheck.state == QuizCheckState.OPEN)


def _letters(days: int) -> Select:
    """Letters held back and letters that could not be delivered, of those open to the office."""
    return (
        select(
            Delivery.id,
            since=Delivery.created_at,
            due=later(Delivery.created_at, days),
            title=(OutboxMessage.subject, OutboxMessage.subject),
        )
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(
            Delivery.state.in_((DeliveryState.HELD, DeliveryState.FAILED)),
            Delivery.is_open.is_(True),
        )
    )


def _jobs(days: int) -> Select:
    """Work for the programme that failed lately and has not succeeded since."""
    again = aliased(Job)
    redone = sa.select(again.id).where(
        again.kind == Job.kind, again.id > Job.id, again.state == JobState.DONE
    )
    calls = (
        sa.select(work.call_id).where(work.job_id == Job.id).limit(1).scalar_subquery()
        for work in (MatchRun, Allocation)
    )
    return select(
        Job.id,
        since=Job.finished_at,
        due=later(Job.finished_at, days),
        title=(Job.kind, Job.kind),
        call=sa.func.coalesce(*calls),
    ).where(
        Job.state == JobState.FAILED,
        Job.kind.in_(PROGRAMME_KINDS),
        Job.finished_at > utcnow() - timedelta(days=FAILED_DAYS),
        sa.not_(redone.exists()),
    )


KINDS = (
    Kind(
        "invitation.answer",
        N_("Invitation to join %(title)s"),
        N_("Answer"),
        Holder.PERSON,
        _invitations,
        "/invitations/{place}",
        Ladder(before=(3, 1)),
        N_("The invitation expires, and whoever sent it is told."),
        is_private=True,
    ),
    Kind(
        "referral.answer",
        N_("Referral by %(title)s"),
        N_("Answer"),
        Holder.OWNER,
        _referrals,
        "/referrals/{place}",
        Ladder(before=(3, 1)),
        N_("The referral expires, and the association is told."),
        is_private=True,
    ),
    Kind(
        "member_offer.answer",
        N_("Somebody offers to join your team: %(title)s"),
        N_("Answer"),
        Holder.TEAM,
        _offers,
        "/teams/{place}/wishes",
        Ladder(before=(3,), leads=(0,)),
        N_("Nothing lapses: the offer stands until somebody joins or the wish is closed."),
        within=14,
        is_private=True,
        is_competency=True,
    ),
    Kind(
        "data_terms.accept",
        N_("Read the terms of the data room: %(title)s"),
        N_("Read and decide"),
        Holder.PERSON,
        _admissions,
        "/problems/{place}/data-room",
        Ladder(before=(3,), leads=(0,)),
        N_("Nothing lapses: files stay closed to whoever has not accepted."),
        within=14,
        is_private=True,
    ),
    Kind(
        "evidence.word",
        N_("A colleague asks for your view: %(title)s"),
        N_("Answer"),
        Holder.PERSON,
        _words,
        "/me/asked/{place}",
        Ladder(before=(3,), after=(0,)),
        N_("Nothing lapses: without an answer it does not count."),
        within=14,
        is_private=True,
        is_competency=True,
    ),
    Kind(
        "evidence.review",
        N_("Evidence to look at: %(title)s"),
        N_("Look"),
        Holder.STAFF,
        _to_look_at,
        "/office/evidence/{place}",
        Ladder(after=(0,), office=(7,)),
        NO_LAPSE,
        within=14,
        is_competency=True,
    ),
    Kind(
        "enrolment.assess",
        N_("Course work to assess: %(title)s"),
        N_("Look"),
        Holder.STAFF,
        _course_work,
        "/office/learning/handed-in/{place}",
        Ladder(after=(0,), office=(7,)),
        NO_LAPSE,
        within=14,
    ),
    Kind(
        "quiz_item.approve",
        N_("Question that waits for a second officer: %(title)s"),
        N_("Look"),
        Holder.OFFICE,
        _items,
        "/office/quiz/{place}",
        Ladder(after=(0,), office=(14,)),
        N_("Nothing lapses: nobody is asked the question before it is approved."),
        within=14,
    ),
    Kind(
        "quiz_check.finish",
        N_("Check: %(title)s"),
        N_("Go on answering"),
        Holder.PERSON,
        _checks,
        "/me/checks/taken/{place}",
        Ladder(),
        N_("The check ends, and what was answered counts."),
        is_private=True,
        is_competency=True,
    ),
    Kind(
        "delivery.release",
        N_("Letter that has not left: %(title)s"),
        N_("See what happened"),
        Holder.OFFICE,
        _letters,
        "/office/letters/{place}",
        Ladder(after=(0, 3)),
        N_("Nothing lapses: nobody reads the letter until the office lets it go."),
        within=2,
    ),
    Kind(
        "job.repair",
        N_("Work for the programme has failed"),
        N_("See what happened"),
        Holder.OFFICE,
        _jobs,
        "/desk",
        Ladder(after=(0,)),
        N_("After two weeks without success it leaves this list; the record stays."),
        within=1,
    ),
)
