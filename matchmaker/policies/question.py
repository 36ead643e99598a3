"""Who may ask about a problem, answer, hide, and know who asked."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Problem, Question, User
from matchmaker.policies.attachment import is_keeper
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.problem import may_decide, visible_problems
from matchmaker.policies.scope import may_act_as_office, may_read_as_office, read_by_office
from matchmaker.workflows.question import QuestionState

Condition = sa.ColumnElement[bool]


@permission("question:ask")
def may_ask(actor: User, problem: Problem) -> Reason:
    """Members of a team, but not the owner of the problem or whoever decides on it."""
    if is_keeper(actor, problem):
        return N_("This is your own problem: you answer here, and teams ask.")
    if may_act_as_office(actor, problem.call):
        return N_("Questions are asked by teams; the programme office answers.")
    if not any(place.team.archived_at is None for place in actor.team_memberships):
        return N_("Questions are asked by teams. Join one or found one first.")
    return None


@permission("question:follow")
def may_follow(actor: User, problem: Problem) -> Reason:
    """Whoever may ask about the problem, answer or moderate: teams, its owner and the office."""
    if is_keeper(actor, problem) or may_act_as_office(actor, problem.call):
        return None
    return may_ask(actor, problem)


@permission("question:answer")
def may_answer_questions(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem, and officers who may decide on it."""
    if is_keeper(actor, problem) or may_decide.allows(actor, problem):
        return None
    return N_("Questions are answered by the owner of the problem or the programme office.")


@permission("question:moderate")
def may_moderate(actor: User, problem: Problem) -> Reason:
    """Officers who may decide on the problem."""
    if may_decide.allows(actor, problem):
        return None
    return N_("Only the programme office hides questions and shows them again.")


@permission("question:know_asker")
def may_know_asker(actor: User, question: Question) -> Reason:
    """The programme office, and members of the team that asked; never the owner."""
    if question.team_id in actor.team_ids or question.asker_id == actor.id:
        return None
    problem = question.problem
    if may_read_as_office(actor, problem.call) and not is_keeper(actor, problem):
        return None
    return N_("Who asked is known to the programme office only.")


def visible_questions(actor: User | None) -> Condition:
    """The questions *actor* may know of.

    Everybody: those of problems they may know of, unless hidden. Hidden ones: the office, and the
    team that asked, so that it reads why.
    """
    known = sa.select(Problem.id).where(visible_problems(actor))
    shown = Question.state != QuestionState.HIDDEN
    if actor is not None:
        office = sa.select(Problem.id).where(read_by_office(actor, Problem.call_id))
        asked = Question.team_id.in_(actor.team_ids)
        shown = sa.or_(shown, asked, Question.problem_id.in_(office))
    return sa.and_(Question.problem_id.in_(known), shown)
