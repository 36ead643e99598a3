"""Who may know of milestones, plan them, hand them in, speak of them and decide them.

The plan is agreed between the sides: the owner or the office changes it, the team proposes. The
team writes and hands in; the owner says what it thinks; the office decides.
"""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    Engagement,
    ExtensionRequest,
    Milestone,
    MilestoneChange,
    MilestoneFile,
    User,
)
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.engagement import (
    may_decide_engagement,
    may_open_board,
    may_read_engagement,
    office_engagements,
    side_of,
    visible_engagements,
)

Condition = sa.ColumnElement[bool]
SPEAKERS = ("team", "owner", "mentor", "office")


@permission("milestone:read")
def may_read_milestone(actor: User, milestone: Milestone) -> Reason:
    """Whoever reads the work that it belongs to."""
    return may_read_engagement(actor, milestone.engagement)


@permission("milestone:plan")
def may_plan(actor: User, engagement: Engagement) -> Reason:
    """The owner’s people, and whoever decides for the office."""
    if side_of(actor, engagement) in ("owner", "office"):
        return None
    return N_("The owner of the problem or the programme office changes the plan; a team proposes.")


@permission("milestone:propose")
def may_propose(actor: User, engagement: Engagement) -> Reason:
    """Members of the team."""
    if side_of(actor, engagement) == "team":
        return None
    return N_("Members of the team propose changes of the plan.")


@permission("milestone:order")
def may_order(actor: User, engagement: Engagement) -> Reason:
    """Team, owner and office: the order changes neither what is asked for nor when."""
    if side_of(actor, engagement) in ("team", "owner", "office"):
        return None
    return N_("Team, owner and programme office put milestones in order.")


@permission("milestone:write")
def may_write(actor: User, milestone: Milestone) -> Reason:
    """Members of the team: they write it together, attach files and hand it in."""
    if side_of(actor, milestone.engagement) == "team":
        return None
    return N_("Only members of the team write and hand in a milestone.")


@permission("milestone:comment")
def may_comment(actor: User, milestone: Milestone) -> Reason:
    """Team, owner, mentor and whoever decides for the office."""
    if side_of(actor, milestone.engagement) in SPEAKERS:
        return None
    return N_("Team, owner, mentor and programme office comment on a milestone.")


@permission("milestone:request_changes")
def may_request_changes(actor: User, milestone: Milestone) -> Reason:
    """Owner, mentor and whoever decides for the office."""
    if side_of(actor, milestone.engagement) in ("owner", "mentor", "office"):
        return None
    return N_("Owner, mentor and programme office request changes.")


@permission("milestone:give_opinion")
def may_give_opinion(actor: User, milestone: Milestone) -> Reason:
    """The owner’s people."""
    if side_of(actor, milestone.engagement) == "owner":
        return None
    return N_("The owner of the problem says what it thinks of the result.")


@permission("milestone:decide")
def may_decide_milestone(actor: User, milestone: Milestone) -> Reason:
    """Whoever decides for the office, and stands on no side."""
    return may_decide_engagement(actor, milestone.engagement)


@permission("milestone:queue")
def may_open_queue(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, for their own call."""
    return may_open_board(actor)


@permission("extension_request:ask")
def may_ask_extension(actor: User, milestone: Milestone) -> Reason:
    """Members of the team and the owner’s people."""
    if side_of(actor, milestone.engagement) in ("team", "owner"):
        return None
    return N_("The team or the owner of the problem asks for more time.")


@permission("extension_request:decide")
def may_decide_extension(actor: User, request: ExtensionRequest) -> Reason:
    """Whoever decides for the office, and stands on no side."""
    return may_decide_engagement(actor, request.milestone.engagement)


@permission("extension_request:withdraw")
def may_withdraw_extension(actor: User, request: ExtensionRequest) -> Reason:
    """Everybody on the side that asked."""
    if side_of(actor, request.milestone.engagement) == request.side:
        return None
    return N_("Only the side that asked takes the request back.")


@permission("milestone_change:decide")
def may_decide_change(actor: User, change: MilestoneChange) -> Reason:
    """The owner’s people, and whoever decides for the office."""
    return may_plan(actor, change.engagement)


@permission("milestone_change:withdraw")
def may_withdraw_change(actor: User, change: MilestoneChange) -> Reason:
    """Members of the team."""
    return may_propose(actor, change.engagement)


def visible_milestones(actor: User | None) -> Condition:
    """The milestones *actor* may know of: those of work they may read."""
    known = sa.select(Engagement.id).where(visible_engagements(actor))
    return Milestone.engagement_id.in_(known)


def office_milestones(actor: User | None) -> Condition:
    """The milestones *actor* sees with the office's eyes."""
    known = sa.select(Engagement.id).where(office_engagements(actor))
    return Milestone.engagement_id.in_(known)


def visible_milestone_files(actor: User | None) -> Condition:
    """The files of milestones *actor* may know of; which are handed in, says `queries.milestone`."""
    known = sa.select(Milestone.id).where(visible_milestones(actor))
    return MilestoneFile.milestone_id.in_(known)
