"""What waits on the way of a problem to publication: writing, screening, questions, changes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import (
    BrokerAssignment,
    Call,
    GradeDecision,
    Organization,
    PrivateCall,
    Problem,
    ProblemRevision,
    Question,
    Screening,
)
from matchmaker.queries.grading_panel import not_appealed, without_panel
from matchmaker.queries.screening import latest_outcome
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
from matchmaker.workflows.private_call import PrivateCallState
from matchmaker.workflows.problem import ProblemState
from matchmaker.workflows.problem_revision import OFFICE_STATES, ProblemRevisionState
from matchmaker.workflows.question import QuestionState

Select = sa.Select[Any]


def _of_owner(state: ProblemState) -> Select:
    return (
        select(
            Problem.id,
            since=sa.func.coalesce(Problem.updated_at, Problem.created_at),
            due=Call.closes_at,
            title=titles_of(),
            context=names_of(Call),
            user=Problem.author_id,
            organization=Problem.organization_id,
            call=Problem.call_id,
        )
        .join(Call, Call.id == Problem.call_id)
        .where(Problem.state == state)
    )


def _drafts(_days: int) -> Select:
    """What nobody has seen yet: once the call has closed nobody waits for it."""
    return _of_owner(ProblemState.DRAFT).where(Call.closes_at > utcnow())


def _returned(_days: int) -> Select:
    return _of_owner(ProblemState.RETURNED)


def _of_office(since: Any, days: int, *conditions: Any) -> Select:
    """Problems with the office, or with their broker."""
    return (
        select(
            Problem.id,
            since=since,
            due=later(since, days),
            title=titles_of(),
            context=names_of(Organization),
            user=BrokerAssignment.broker_id,
            call=Problem.call_id,
        )
        .join(Organization, Organization.id == Problem.organization_id)
        .outerjoin(BrokerAssignment, BrokerAssignment.problem_id == Problem.id)
        .where(since.is_not(None), *conditions)
    )


def _to_screen(days: int) -> Select:
    unlisted = sa.func.coalesce(latest_outcome(), "") != "list"
    screened = sa.and_(Problem.state == ProblemState.SCREENING, unlisted)
    open_now = sa.or_(Problem.state == ProblemState.SUBMITTED, screened)
    return _of_office(Problem.submitted_at, days, open_now)


def _latest(moment: Any, of: Any) -> Any:
    found = sa.select(sa.func.max(moment)).where(of == Problem.id).correlate(Problem)
    return found.scalar_subquery()


def _to_name(days: int) -> Select:
    return _of_office(_latest(Screening.decided_at, Screening.problem_id), days, without_panel())


def _to_publish(days: int) -> Select:
    graded = sa.and_(Problem.state == ProblemState.GRADED, not_appealed())
    signed = _latest(GradeDecision.created_at, GradeDecision.problem_id)
    since = sa.func.coalesce(signed, Problem.updated_at, Problem.submitted_at)
    return _of_office(since, days, graded)


def _changes(days: int) -> Select:
    return (
        select(
            ProblemRevision.id,
            since=ProblemRevision.submitted_at,
            due=later(ProblemRevision.submitted_at, days),
            title=titles_of(),
            context=names_of(Organization),
            user=BrokerAssignment.broker_id,
            call=Problem.call_id,
        )
        .join(Problem, Problem.id == ProblemRevision.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .outerjoin(BrokerAssignment, BrokerAssignment.problem_id == Problem.id)
        .where(ProblemRevision.state.in_(OFFICE_STATES), ProblemRevision.submitted_at.is_not(None))
    )


def _returned_changes(days: int) -> Select:
    since = sa.func.coalesce(ProblemRevision.decided_at, ProblemRevision.created_at)
    return (
        select(
            ProblemRevision.id,
            since=since,
            due=later(since, days),
            title=titles_of(),
            context=names_of(Organization),
            user=ProblemRevision.author_id,
            organization=Problem.organization_id,
            call=Problem.call_id,
            place=Problem.id,
        )
        .join(Problem, Problem.id == ProblemRevision.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(ProblemRevision.state == ProblemRevisionState.RETURNED)
    )


def _questions(_days: int) -> Select:
    return (
        select(
            Question.id,
            since=Question.created_at,
            due=Question.due_at,
            title=titles_of(),
            context=names_of(Organization),
            user=Problem.author_id,
            organization=Problem.organization_id,
            call=Problem.call_id,
        )
        .join(Problem, Problem.id == Question.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(Question.state == QuestionState.OPEN)
    )


def _requests(days: int) -> Select:
    return (
        select(
            PrivateCall.id,
            since=PrivateCall.created_at,
            due=later(PrivateCall.created_at, days),
            title=names_of(Call),
            context=names_of(Organization),
        )
        .join(Call, Call.id == PrivateCall.call_id)
        .join(Organization, Organization.id == PrivateCall.organization_id)
        .where(PrivateCall.state == PrivateCallState.REQUESTED)
    )


KINDS = (
    Kind(
        "problem.draft",
        N_("Complete and submit: %(title)s"),
        N_("Continue writing"),
        Holder.OWNER,
        _drafts,
        "/problems/{place}/guide",
        Ladder(before=(7, 1)),
        N_("After that the call takes no more problems; what was written stays."),
        is_private=True,
    ),
    Kind(
        "problem.returned",
        N_("Change and submit again: %(title)s"),
        N_("Continue writing"),
        Holder.OWNER,
        _returned,
        "/problems/{place}/guide",
        Ladder(before=(14, 3, 1), leads=(0,), office=(2,)),
        N_("After that the call takes no more problems; what was written stays."),
        office_path="/office/problems/{subject}",
    ),
    Kind(
        "problem.screen",
        N_("Screen: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _to_screen,
        "/office/problems/{place}",
        Ladder(office=(2,)),
        NO_LAPSE,
        setting="screening_due_days",
        letters=N_("Three days before, and every week once it is late."),
    ),
    Kind(
        "problem.grade",
        N_("Grade: %(title)s"),
        N_("Grade"),
        Holder.OFFICE,
        _to_name,
        "/office/grading/{place}",
        Ladder(after=(0, 7)),
        NO_LAPSE,
        within=7,
    ),
    Kind(
        "problem.publish",
        N_("Publish: %(title)s"),
        N_("Look and publish"),
        Holder.OFFICE,
        _to_publish,
        "/office/problems/{place}",
        Ladder(after=(0, 7)),
        NO_LAPSE,
        within=14,
    ),
    Kind(
        "problem_revision.screen",
        N_("Look at a change: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _changes,
        "/office/amendments/{place}",
        Ladder(office=(2,)),
        N_("Nothing lapses: the published text stays as it is until somebody decides."),
        setting="screening_due_days",
        letters=N_("Three days before, and every week once it is late."),
    ),
    Kind(
        "problem_revision.returned",
        N_("Change what you proposed: %(title)s"),
        N_("Continue writing"),
        Holder.OWNER,
        _returned_changes,
        "/problems/{place}/amendment",
        Ladder(before=(3,), after=(0,), leads=(2,)),
        N_("Nothing lapses: the published text stays as it is until somebody decides."),
        within=14,
        office_path="/office/amendments/{subject}",
    ),
    Kind(
        "question.answer",
        N_("Answer a question: %(title)s"),
        N_("Answer"),
        Holder.OWNER,
        _questions,
        "/questions/{place}/answer",
        Ladder(leads=(1,), office=(2,)),
        N_("Nothing lapses: everybody sees that it is late, and the office may answer."),
        setting="question_due_days",
        letters=N_("Two days before, and every two days once it is late."),
        office_path="/questions/{subject}/answer",
    ),
    Kind(
        "private_call.decide",
        N_("In-house call asked for: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _requests,
        "/private-calls/{place}",
        Ladder(before=(3,), after=(0, 7)),
        NO_LAPSE,
        within=14,
    ),
)
