"""Who may give evidence, answer when asked, look at it for the programme, and read it."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    ASKED_KINDS,
    SHOWN_KINDS,
    Evidence,
    EvidenceKind,
    Role,
    User,
)
from matchmaker.policies.base import Reason, permission
from matchmaker.workflows.evidence import EvidenceState

Condition = sa.ColumnElement[bool]

#: Who looks at evidence for the programme.
REVIEWING_ROLES = (Role.OFFICER, Role.MENTOR)
_OWN = (EvidenceKind.SELF_ANCHORED, *SHOWN_KINDS)


@permission("evidence:keep")
def may_keep_evidence(actor: User) -> Reason:
    """Everybody who is signed in, about themselves."""
    return None


@permission("evidence:withdraw")
def may_withdraw(actor: User, evidence: Evidence) -> Reason:
    """Whose it is, but another person's word only until it is given; then whoever gave it."""
    is_own = evidence.user_id == actor.id
    if is_own and (evidence.kind in _OWN or _is_unanswered(evidence)):
        return None
    if evidence.kind in ASKED_KINDS and evidence.reviewer_id == actor.id:
        return None
    if is_own and evidence.kind in ASKED_KINDS:
        return N_("Somebody else’s word is theirs: only they can take it back.")
    if is_own:
        return N_("A result in a problem stays on record. The programme office corrects it.")
    return N_("Only the person it is about takes evidence back.")


def _is_unanswered(evidence: Evidence) -> bool:
    return evidence.kind in ASKED_KINDS and evidence.state is EvidenceState.ASKED


@permission("evidence:ask_review")
def may_ask_review(actor: User, evidence: Evidence) -> Reason:
    """Whose it is, for what can be looked at."""
    if evidence.user_id != actor.id:
        return N_("Only the person it is about hands evidence in.")
    if evidence.kind not in SHOWN_KINDS:
        return N_("There is nothing here that a reviewer could look at.")
    if not evidence.relevance:
        return N_("A course without an assessment is kept in your record, but shows no level.")
    return None


@permission("evidence:ask_person")
def may_ask_person(actor: User, kind: EvidenceKind, person: User) -> Reason:
    """Colleagues: people who share a team with the actor. Mentors: those who do not."""
    if person.id == actor.id:
        return N_("Ask somebody else: your own view is your own rating.")
    shares = shares_team(actor, person)
    if kind is EvidenceKind.PEER:
        return None if shares else N_("Colleagues are the people you share a team with.")
    if not person.has_role(Role.MENTOR):
        return N_("This person is not a mentor of the programme.")
    return N_("This mentor is in your team: ask them as a colleague.") if shares else None


@permission("evidence:answer")
def may_answer(actor: User, evidence: Evidence) -> Reason:
    """The colleague or mentor who was asked."""
    if evidence.kind in ASKED_KINDS and evidence.reviewer_id == actor.id:
        return None
    return N_("Somebody else was asked about this.")


@permission("evidence:queue")
def may_open_queue(actor: User) -> Reason:
    """Programme officers and mentors."""
    if actor.has_role(*REVIEWING_ROLES):
        return None
    return N_("Evidence is looked at by programme officers and mentors.")


@permission("evidence:review")
def may_review(actor: User, evidence: Evidence) -> Reason:
    """Programme officers and mentors, but not their own or a teammate's evidence."""
    if evidence.user_id == actor.id:
        return N_("Nobody decides on their own evidence.")
    if not actor.has_role(*REVIEWING_ROLES):
        return N_("Evidence is looked at by programme officers and mentors.")
    if shares_team(actor, evidence.user):
        return N_("You share a team with this person: somebody else has to look.")
    if evidence.kind not in SHOWN_KINDS:
        return N_("There is nothing here that a reviewer could look at.")
    return None


def shares_team(one: User, other: User) -> bool:
    """Whether two people are in one team."""
    return bool(set(one.team_ids) & set(other.team_ids))


def visible_evidence(actor: User | None) -> Condition:
    """The evidence *actor* may know of.

    Their own; what they were asked for or have decided; officers and mentors: what was handed in.
    What people say of themselves is read by nobody else here.
    """
    if actor is None:
        return sa.false()
    own = Evidence.user_id == actor.id
    asked = sa.and_(
        Evidence.reviewer_id == actor.id,
        Evidence.kind.in_(ASKED_KINDS),
        Evidence.state != EvidenceState.WITHDRAWN,
    )
    if not may_open_queue.allows(actor):
        return sa.or_(own, asked)
    was_decided = sa.and_(
        Evidence.decided_at.is_not(None), Evidence.state != EvidenceState.WITHDRAWN
    )
    handed_in = sa.or_(Evidence.state == EvidenceState.ASKED, was_decided)
    return sa.or_(own, asked, sa.and_(Evidence.kind.in_(SHOWN_KINDS), handed_in))
