"""Who asks for a grade to be looked at again, and who answers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, object_session

from matchmaker.i18n import N_
from matchmaker.models import GradeAppeal, Problem, Role, RoleGrant, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.grading_panel import graded_by_office
from matchmaker.policies.problem import is_owner, may_decide


@permission("grade_appeal:request")
def may_request(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem."""
    if is_owner(actor, problem):
        return None
    return N_("Only members of the organization that sets this problem may do this.")


@permission("grade_appeal:decide")
def may_decide_appeal(actor: User, appeal: GradeAppeal) -> Reason:
    """Programme officers, but not the one who signed the grade if there is another."""
    reason = may_decide(actor, appeal.problem)
    session = object_session(appeal)
    if reason is not None or session is None or appeal.decision.officer_id != actor.id:
        return reason
    if other_officers(session, appeal):
        return N_("You signed this grade: another programme officer has to look at it again.")
    return None


def other_officers(session: Session, appeal: GradeAppeal) -> list[User]:
    """The officers besides the signer who may decide on the problem."""
    if appeal.problem.call.private_call is not None:
        named = [officer.user_id for officer in appeal.problem.call.private_call.officers]
        statement = sa.select(User).where(User.id.in_(named))
    else:
        statement = sa.select(User).join(RoleGrant).where(RoleGrant.role == Role.OFFICER)
    people = session.scalars(statement.where(User.id != appeal.decision.officer_id))
    return [p for p in people if p.is_usable and may_decide.allows(p, appeal.problem)]


def visible_grade_appeals(actor: User | None) -> sa.ColumnElement[bool]:
    """An organization's own requests, and those the office answers."""
    if actor is None:
        return sa.false()
    own = Problem.organization_id.in_(actor.organization_ids)
    problems = sa.select(Problem.id).where(sa.or_(own, graded_by_office(actor)))
    return GradeAppeal.problem_id.in_(problems)
