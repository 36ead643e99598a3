"""Who may write problems, decide on them, and know of them.

A rule here asks about persons alone; whether the state of the problem allows an action is for
`PROBLEM_WORKFLOW`. `possible_actions` asks both.
"""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    BrokerAssignment,
    Organization,
    OrganizationKind,
    Problem,
    Role,
    User,
)
from matchmaker.policies.base import Permission, Reason, permission
from matchmaker.policies.scope import (
    is_national,
    may_act_as_office,
    may_read_as_office,
    read_by_office,
    runs_a_call,
    why_not_office,
)
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.problem import (
    COACHED_STATES,
    EDITABLE_STATES,
    PROBLEM_WORKFLOW,
    PUBLIC_STATES,
    ProblemAction,
    ProblemState,
)

#: The kinds of organization that set problems.
OWNER_KINDS = (OrganizationKind.ENTERPRISE, OrganizationKind.PUBLIC_BODY)
#: The roles of those who can be the broker of a problem.
BROKER_ROLES = (Role.MENTOR, Role.OFFICER)


def is_owner(actor: User, problem: Problem) -> bool:
    """Whether *actor* belongs to the organization that sets *problem*."""
    return problem.organization_id in actor.organization_ids


def why_not_broker(person: User, problem: Problem) -> Reason:
    """Why *person* cannot be the broker of *problem*, or None."""
    if not person.is_usable:
        return N_("This account is closed.")
    if problem.call.private_call is not None:
        if may_act_as_office(person, problem.call) and problem.author_id != person.id:
            return None
        return N_("In an in-house call one of its own officers is the broker, not the author.")
    if not person.has_role(*BROKER_ROLES):
        return N_("Brokers are mentors and programme officers.")
    if is_owner(person, problem):
        return N_(
            "This person belongs to the organization that sets the problem: a conflict of interest."
        )
    return None


def is_broker(actor: User, problem: Problem) -> bool:
    """Whether *actor* is the broker of *problem*, and may still be."""
    place = problem.broker_assignment
    if place is None or place.broker_id != actor.id:
        return False
    return why_not_broker(actor, problem) is None


def _only_owner(actor: User, problem: Problem) -> Reason:
    if is_owner(actor, problem):
        return None
    return N_("Only members of the organization that sets this problem may do this.")


@permission("problem:create")
def may_create(actor: User, organization: Organization) -> Reason:
    """Members of an enterprise or public body, for that organization."""
    if organization.id not in actor.organization_ids:
        return N_("You set problems only for an organization you belong to.")
    if organization.kind not in OWNER_KINDS:
        return N_("Problems are set by enterprises and public bodies.")
    return None


@permission("problem:edit")
def may_edit(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem; in coaching its broker and the office."""
    if may_coach.allows(actor, problem):
        return None
    return _only_owner(actor, problem)


@permission("problem:submit")
def may_submit(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem."""
    return _only_owner(actor, problem)


@permission("problem:withdraw")
def may_withdraw(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem."""
    return _only_owner(actor, problem)


@permission("problem:decide")
def may_decide(actor: User, problem: Problem) -> Reason:
    """Programme officers, unless they belong to the organization that sets the problem.

    In an in-house call its own officers, unless they wrote the problem.
    """
    why = why_not_office(actor, problem.call, N_("Only programme officers decide on problems."))
    if why is not None:
        return why
    if problem.call.private_call is not None:
        if problem.author_id == actor.id:
            return N_("You wrote this problem: another in-house officer has to decide.")
        return None
    if is_owner(actor, problem):
        return N_(
            "You belong to the organization that sets this problem: "
            "another programme officer has to decide."
        )
    return None


@permission("problem:coach")
def may_coach(actor: User, problem: Problem) -> Reason:
    """The broker of the problem, and whoever may decide on it."""
    if is_broker(actor, problem):
        return None
    if may_act_as_office(actor, problem.call):
        return may_decide(actor, problem)
    return N_("Only the broker of this problem and the programme office coach its owner.")


@permission("problem:read_coaching")
def may_read_coaching(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem, its broker and the programme office."""
    if is_owner(actor, problem) or is_broker(actor, problem):
        return None
    if may_read_as_office(actor, problem.call):
        return None
    return N_("What owner and office work out together is for the two of them.")


@permission("problem:queue")
def may_open_queue(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, for their own call."""
    if may_enter_office.allows(actor) or runs_a_call(actor):
        return None
    return N_("This page is for the programme office.")


@permission("problem:read_contact")
def may_read_contact(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem, its broker and the programme office."""
    if may_read_coaching.allows(actor, problem):
        return None
    return N_("The contact is known to the owner and the programme office only.")


@permission("problem:read_decisions")
def may_read_decisions(actor: User, problem: Problem) -> Reason:
    """The programme office and the broker; of an in-house call, its own officers."""
    if may_read_as_office(actor, problem.call) or is_broker(actor, problem):
        return None
    return N_("The record of decisions is the programme office's.")


_OWNERS_ACTIONS = {ProblemAction.SUBMIT: may_submit, ProblemAction.WITHDRAW: may_withdraw}


def permission_for(action: ProblemAction) -> Permission:
    """The permission that *action* takes: the owner's for a few, the office's for the rest."""
    return _OWNERS_ACTIONS.get(action, may_decide)


def possible_actions(actor: User | None, problem: Problem) -> list[ProblemAction]:
    """What *actor* can do with *problem* as it stands."""
    return [
        action
        for action in PROBLEM_WORKFLOW.possible(problem.state)
        if permission_for(action).allows(actor, problem)
    ]


def can_edit(actor: User | None, problem: Problem) -> bool:
    """Whether *actor* may change the text of *problem* as it stands."""
    return actor is not None and problem.state in writable_states(actor, problem)


def writable_states(actor: User, problem: Problem) -> tuple[ProblemState, ...]:
    """The states in which *actor* may change the text of *problem*."""
    own = EDITABLE_STATES if is_owner(actor, problem) else ()
    return (*own, *COACHED_STATES) if may_coach.allows(actor, problem) else own


def visible_problems(actor: User | None) -> sa.ColumnElement[bool]:
    """The problems *actor* may know of.

    Published ones for everybody, all their own for members of the owner, and for the office all
    that were ever submitted: a draft is its owner's alone. Those of an in-house call never leave
    its organization, unless it invited the office to look.
    """
    public = public_problems()
    if actor is None:
        return public
    own = Problem.organization_id.in_(actor.organization_ids)
    received = sa.and_(Problem.submitted_at.is_not(None), Problem.state != ProblemState.DRAFT)
    by_office = sa.or_(read_by_office(actor, Problem.call_id), Problem.id.in_(brokered_by(actor)))
    return sa.or_(public, own, sa.and_(received, by_office))


def brokered_by(actor: User) -> sa.Select[int]:
    """The ids of the problems *actor* is the broker of; none without a role for it."""
    statement = sa.select(BrokerAssignment.problem_id)
    if not actor.has_role(*BROKER_ROLES):
        return statement.where(sa.false())
    return statement.where(BrokerAssignment.broker_id == actor.id)


def public_problems() -> sa.ColumnElement[bool]:
    """The problems that anybody may read: published ones of the programme's calls."""
    return sa.and_(Problem.state.in_(PUBLIC_STATES), is_national(Problem.call_id))
