"""Who may write problems, decide on them, and know of them.

A rule here asks about persons alone; whether the state of the problem allows an action is for
`PROBLEM_WORKFLOW`. `possible_actions` asks both.
"""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Organization, OrganizationKind, Problem, User
from matchmaker.policies.base import Permission, Reason, permission
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.problem import (
    EDITABLE_STATES,
    PROBLEM_WORKFLOW,
    PUBLIC_STATES,
    ProblemAction,
    ProblemState,
)

#: The kinds of organization that set problems.
OWNER_KINDS = (OrganizationKind.ENTERPRISE, OrganizationKind.PUBLIC_BODY)


def is_owner(actor: User, problem: Problem) -> bool:
    """Whether *actor* belongs to the organization that sets *problem*."""
    return problem.organization_id in actor.organization_ids


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
    """Members of the organization that sets the problem."""
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
    """Programme officers, unless they belong to the organization that sets the problem."""
    if not actor.is_officer:
        return N_("Only programme officers decide on problems.")
    if is_owner(actor, problem):
        return N_(
            "You belong to the organization that sets this problem: "
            "another programme officer has to decide."
        )
    return None


@permission("problem:read_contact")
def may_read_contact(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem, and the programme office."""
    if is_owner(actor, problem) or may_enter_office.allows(actor):
        return None
    return N_("The contact is known to the owner and the programme office only.")


@permission("problem:read_decisions")
def may_read_decisions(actor: User, problem: Problem) -> Reason:
    """The programme office."""
    if may_enter_office.allows(actor):
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
    return problem.state in EDITABLE_STATES and may_edit.allows(actor, problem)


def visible_problems(actor: User | None) -> sa.ColumnElement[bool]:
    """The problems *actor* may know of.

    Published ones for everybody, all their own for members of the owner, and for the office all
    that were ever submitted: a draft is its owner's alone.
    """
    public = Problem.state.in_(PUBLIC_STATES)
    if actor is None:
        return public
    own = Problem.organization_id.in_(actor.organization_ids)
    if not may_enter_office.allows(actor):
        return sa.or_(public, own)
    received = sa.and_(Problem.submitted_at.is_not(None), Problem.state != ProblemState.DRAFT)
    return sa.or_(public, own, received)
