"""Who may enter a problem's data room, write its terms, admit people and read its log."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from matchmaker.i18n import N_
from matchmaker.models import (
    Application,
    DataAcceptance,
    DataAdmission,
    DataTerms,
    Match,
    MatchRun,
    Problem,
    User,
)
from matchmaker.policies.attachment import (
    is_keeper,
    may_manage_files,
    may_read_all_files,
    read_all_problems,
)
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.problem import visible_problems
from matchmaker.policies.scope import may_act_as_office
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import ProblemState

Condition = sa.ColumnElement[bool]
#: States in which a data room is open to teams.
OPEN_STATES = (ProblemState.PUBLISHED, ProblemState.SOLVING, ProblemState.EVALUATING)


def entitling_matches() -> Condition:
    """The matches that let a team's members ask: recommended now, or once said to be of interest."""
    runs = sa.select(MatchRun.id)
    published = runs.where(MatchRun.state == MatchRunState.PUBLISHED)
    told = runs.where(MatchRun.state.in_((MatchRunState.PUBLISHED, MatchRunState.SUPERSEDED)))
    return sa.or_(
        sa.and_(Match.run_id.in_(published), Match.state == MatchState.INVITED),
        sa.and_(Match.run_id.in_(told), Match.state == MatchState.ACCEPTED),
    )


def _recommended(actor: User) -> Condition:
    """Problems recommended to a team of *actor*'s, or that it has said it wants."""
    found = sa.select(Match.problem_id).where(
        entitling_matches(), Match.team_id.in_(actor.team_ids)
    )
    return Problem.id.in_(found)


def _admitted(actor: User) -> Condition:
    """Problems whose owner admits *actor* by name."""
    if not actor.email:
        return sa.false()
    return Problem.id.in_(
        sa.select(DataAdmission.problem_id).where(DataAdmission.email == actor.email)
    )


def _at_work(actor: User) -> Condition:
    """Problems on which a team of *actor*'s has a place."""
    placed = sa.select(Application.problem_id).where(
        Application.team_id.in_(actor.team_ids), Application.state == ApplicationState.CONFIRMED
    )
    return Problem.id.in_(placed)


#: Why somebody may ask to enter; whoever adds a way into a problem adds its condition here.
ENTITLEMENTS: list[Callable[[User], Condition]] = [_recommended, _admitted, _at_work]


def entitled_problems(actor: User | None) -> Condition:
    """The problems whose data room *actor* may enter once they accept its terms."""
    if actor is None:
        return sa.false()
    ways = sa.or_(*(way(actor) for way in ENTITLEMENTS))
    return sa.and_(visible_problems(actor), Problem.state.in_(OPEN_STATES), ways)


def is_entitled(actor: User, problem: Problem) -> bool:
    """Whether *actor* may enter the data room of *problem* once they accept its terms."""
    session = object_session(problem)
    asked = sa.exists().where(Problem.id == problem.id, entitled_problems(actor))
    return session is not None and bool(session.scalar(sa.select(asked)))


@permission("data_terms:enter")
def may_enter_room(actor: User, problem: Problem) -> Reason:
    """Members of teams the problem is recommended to, that want it or work on it, and whom its owner admits."""
    if may_read_all_files.allows(actor, problem) or is_entitled(actor, problem):
        return None
    if problem.state not in OPEN_STATES:
        return N_("The data room is closed: the problem is not open to teams at the moment.")
    return N_(
        "The data room opens to teams that the problem is recommended to, and to people whom its "
        "owner admits by name."
    )


@permission("data_terms:edit")
def may_edit_terms(actor: User, problem: Problem) -> Reason:
    """Members of the owner, its broker and the programme office; in-house, the author and its officers."""
    if may_manage_files.allows(actor, problem):
        return None
    return N_("Only the owner of the problem and the programme office write its terms.")


@permission("data_terms:admit")
def may_admit(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem; in-house, its author."""
    if is_keeper(actor, problem):
        return None
    return N_("Only the owner of the problem admits people to its data room.")


@permission("data_terms:read_log")
def may_read_log(actor: User, problem: Problem) -> Reason:
    """Members of the owner, its broker and the programme office."""
    if may_read_all_files.allows(actor, problem):
        return None
    return N_("Only the owner of the problem and the programme office see who opened what.")


@permission("data_terms:revoke")
def may_revoke(actor: User, acceptance: DataAcceptance) -> Reason:
    """The person who accepted, members of the owner, and the programme office."""
    problem = acceptance.terms.problem
    if acceptance.user_id == actor.id or is_keeper(actor, problem):
        return None
    if may_act_as_office(actor, problem.call):
        return None
    return N_("Only the person, the owner of the problem or the programme office can end this.")


def visible_acceptances(actor: User | None) -> Condition:
    """The acceptances *actor* may know of: one's own, and those of problems one reads all files of."""
    if actor is None:
        return DataAcceptance.id.in_(())
    problems = sa.select(Problem.id).where(read_all_problems(actor))
    terms = sa.select(DataTerms.id).where(DataTerms.problem_id.in_(problems))
    return sa.or_(DataAcceptance.user_id == actor.id, DataAcceptance.terms_id.in_(terms))
