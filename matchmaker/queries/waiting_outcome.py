"""What waits at the end of the work and after it: surveys, awards, payments, case studies, alumni."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    AlumniContact,
    Award,
    AwardPayment,
    AwardScheme,
    AwardVote,
    Call,
    CaseStudy,
    CaseStudyConsent,
    CaseStudySide,
    CaseStudyVersion,
    Engagement,
    OutcomeSurvey,
    Problem,
    Team,
    User,
)
from matchmaker.queries.waiting_kickoff import WORK, of_engagement
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
from matchmaker.workflows.alumni_contact import AlumniContactState
from matchmaker.workflows.award import AwardState
from matchmaker.workflows.award_payment import AwardPaymentState
from matchmaker.workflows.award_scheme import AwardSchemeState
from matchmaker.workflows.award_vote import AwardVoteState
from matchmaker.workflows.case_study_version import CaseStudyVersionState
from matchmaker.workflows.outcome_survey import OutcomeSurveyState

Select = sa.Select[Any]

AWARD = WORK + "/award"
STUDY = WORK + "/case-study"


# Outcomes


def _surveys(holder: Holder) -> Select:
    return of_engagement(
        OutcomeSurvey,
        holder,
        since=OutcomeSurvey.asked_at,
        due=OutcomeSurvey.due_at,
        onto=Engagement.id == OutcomeSurvey.engagement_id,
    ).where(OutcomeSurvey.state == OutcomeSurveyState.ASKED, OutcomeSurvey.side == holder.value)


def _of_owner(_days: int) -> Select:
    return _surveys(Holder.OWNER)


def _of_team(_days: int) -> Select:
    return _surveys(Holder.TEAM)


# Awards


def _awards(holder: Holder, state: AwardState, since: Any, due: Any) -> Select:
    return of_engagement(
        Award, holder, since=since, due=due, onto=Engagement.id == Award.engagement_id
    ).where(Award.state == state)


def _proposed(days: int) -> Select:
    due = later(Award.created_at, days)
    return _awards(Holder.OFFICE, AwardState.PROPOSED, Award.created_at, due)


def _offered(_days: int) -> Select:
    return _awards(Holder.TEAM, AwardState.OFFERED, Award.asked_at, Award.answer_until)


def _votes(days: int) -> Select:
    """What the panel has before it; its members read nothing of it in another place."""
    due = sa.func.coalesce(AwardScheme.panel_until, later(AwardVote.created_at, days))
    return (
        select(
            AwardVote.id,
            since=AwardVote.created_at,
            due=due,
            title=titles_of(),
            context=names_of(Call),
            user=AwardVote.reviewer_id,
            call=Award.call_id,
        )
        .join(Award, Award.id == AwardVote.award_id)
        .join(AwardScheme, AwardScheme.id == Award.scheme_id)
        .join(Engagement, Engagement.id == Award.engagement_id)
        .join(Problem, Problem.id == Engagement.problem_id)
        .join(Call, Call.id == Award.call_id)
        .where(
            AwardVote.state == AwardVoteState.ASKED,
            AwardScheme.state == AwardSchemeState.JUDGING,
        )
    )


def _schemes(state: AwardSchemeState, since: Any, due: Any) -> Select:
    return (
        select(
            AwardScheme.id,
            since=since,
            due=due,
            title=names_of(Call),
            call=AwardScheme.call_id,
            place=AwardScheme.call_id,
        )
        .join(Call, Call.id == AwardScheme.call_id)
        .where(AwardScheme.state == state)
    )


def _nominating(_days: int) -> Select:
    until = AwardScheme.nominate_until
    return _schemes(AwardSchemeState.NOMINATING, AwardScheme.created_at, until)


def _asking(days: int) -> Select:
    """Every team has answered or let the time pass: the awards can be announced."""
    latest = (
        sa.select(sa.func.max(Award.answer_until))
        .where(Award.scheme_id == AwardScheme.id)
        .correlate(AwardScheme)
        .scalar_subquery()
    )
    return _schemes(AwardSchemeState.ASKING, latest, later(latest, days))


def _payments(state: AwardPaymentState, days: int) -> Select:
    since = AwardPayment.changed_at
    return of_engagement(
        AwardPayment,
        Holder.OFFICE,
        since=since,
        due=later(since, days),
        onto=Engagement.id == AwardPayment.engagement_id,
    ).where(AwardPayment.state == state)


def _to_prepare(days: int) -> Select:
    return _payments(AwardPaymentState.DUE, days)


def _to_approve(days: int) -> Select:
    return _payments(AwardPaymentState.PREPARED, days)


# Case studies and alumni


def _consents(days: int, holder: Holder, side: CaseStudySide) -> Select:
    version = CaseStudyVersion
    agreed = sa.exists().where(
        CaseStudyConsent.version_id == version.id,
        CaseStudyConsent.side == side,
        CaseStudyConsent.withdrawn_at.is_(None),
    )
    is_owner = holder is Holder.OWNER
    return (
        select(
            version.id,
            since=version.created_at,
            due=later(version.created_at, days),
            title=titles_of(),
            context=names_of(Team),
            user=Engagement.contact_id if is_owner else None,
            team=None if is_owner else Engagement.team_id,
            organization=Problem.organization_id if is_owner else None,
            call=Engagement.call_id,
            place=Engagement.id,
        )
        .join(CaseStudy, CaseStudy.id == version.case_study_id)
        .join(Engagement, Engagement.id == CaseStudy.engagement_id)
        .join(Problem, Problem.id == Engagement.problem_id)
        .join(Team, Team.id == Engagement.team_id)
        .where(version.state == CaseStudyVersionState.PROPOSED, sa.not_(agreed))
    )


def _owner_consents(days: int) -> Select:
    return _consents(days, Holder.OWNER, CaseStudySide.OWNER)


def _team_consents(days: int) -> Select:
    return _consents(days, Holder.TEAM, CaseStudySide.TEAM)


def _messages(days: int) -> Select:
    return (
        select(
            AlumniContact.id,
            since=AlumniContact.created_at,
            due=later(AlumniContact.created_at, days),
            title=(User.name, User.name),
            user=AlumniContact.receiver_id,
        )
        .join(User, User.id == AlumniContact.sender_id)
        .where(AlumniContact.state == AlumniContactState.SENT)
    )


_SURVEY_LAPSE = N_("After that it counts as “no answer”, never as zero.")
_MONEY = N_("Nothing lapses: the team waits for its money, and the office is reminded again.")
_CONSENT = N_("Nothing lapses: without the word of both sides nothing is published.")

KINDS = (
    Kind(
        "outcome_survey.owner",
        N_("Say what became of the work: %(title)s"),
        N_("Answer"),
        Holder.OWNER,
        _of_owner,
        "/outcomes/{subject}",
        Ladder(before=(7, 1), leads=(0,)),
        _SURVEY_LAPSE,
        office_path=WORK + "/outcomes",
    ),
    Kind(
        "outcome_survey.team",
        N_("Say what the work has brought you: %(title)s"),
        N_("Answer"),
        Holder.TEAM,
        _of_team,
        "/outcomes/{subject}",
        Ladder(before=(7, 1), leads=(0,)),
        _SURVEY_LAPSE,
        office_path=WORK + "/outcomes",
    ),
    Kind(
        "award.nominate",
        N_("Proposed for an award: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _proposed,
        "/office/awards/one/{subject}",
        Ladder(after=(0, 7)),
        NO_LAPSE,
        within=14,
    ),
    Kind(
        "award.answer",
        N_("Take the award or turn it down: %(title)s"),
        N_("Answer"),
        Holder.TEAM,
        _offered,
        "/awards/{subject}/answer",
        Ladder(before=(1,)),
        N_("The award lapses, and its place can go to another team."),
        letters=N_("Some days before the time ends."),
        office_path="/office/awards/one/{subject}",
    ),
    Kind(
        "award_vote.hand_in",
        N_("Judge for the panel: %(title)s"),
        N_("Judge"),
        Holder.PERSON,
        _votes,
        "/my-panel/{subject}",
        Ladder(before=(3, 1), after=(1,), office=(2,)),
        N_("Nothing lapses: the office may take somebody off the panel and ask another."),
        within=14,
        office_path="/office/awards/{call}",
    ),
    Kind(
        "award_scheme.nominate",
        N_("Nominations end: %(title)s"),
        N_("Look at the nominations"),
        Holder.OFFICE,
        _nominating,
        "/office/awards/{call}",
        Ladder(before=(7,), after=(0, 7)),
        NO_LAPSE,
    ),
    Kind(
        "award_scheme.announce",
        N_("Announce the awards: %(title)s"),
        N_("Look and announce"),
        Holder.OFFICE,
        _asking,
        "/office/awards/{call}",
        Ladder(after=(0, 7)),
        N_("Nothing lapses: nobody hears of an award before it is announced."),
        within=14,
    ),
    Kind(
        "award_payment.prepare",
        N_("Prepare a payment: %(title)s"),
        N_("Prepare it"),
        Holder.OFFICE,
        _to_prepare,
        "/office/awards/payments/{subject}",
        Ladder(after=(0, 7)),
        _MONEY,
        within=14,
        office_path="/office/awards/{call}/budget",
    ),
    Kind(
        "award_payment.approve",
        N_("Approve a payment as the second officer: %(title)s"),
        N_("Look and approve"),
        Holder.OFFICE,
        _to_approve,
        "/office/awards/payments/{subject}",
        Ladder(after=(0, 7)),
        _MONEY,
        within=7,
        office_path="/office/awards/{call}/budget",
    ),
    Kind(
        "case_study.owner",
        N_("Say whether the case study may appear: %(title)s"),
        N_("Read and decide"),
        Holder.OWNER,
        _owner_consents,
        STUDY,
        Ladder(before=(7,), after=(0,), leads=(7,)),
        _CONSENT,
        within=21,
        office_path=STUDY,
    ),
    Kind(
        "case_study.team",
        N_("Say whether your case study may appear: %(title)s"),
        N_("Read and decide"),
        Holder.TEAM,
        _team_consents,
        STUDY,
        Ladder(before=(7,), after=(0,), leads=(7,)),
        _CONSENT,
        within=21,
        office_path=STUDY,
    ),
    Kind(
        "alumni_contact.answer",
        N_("Message from %(title)s"),
        N_("Read and answer"),
        Holder.PERSON,
        _messages,
        "/alumni/messages/{place}",
        Ladder(before=(7,)),
        N_("Nothing lapses: without an answer nobody learns your address."),
        within=30,
        is_private=True,
    ),
)
