"""What the sample's officer decides of applications: one round announced, one being prepared."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.models import (
    DecisionOutcome,
    DecisionRound,
    DeclineCause,
    MemberRole,
    TeamMember,
)
from matchmaker.queries import decision as queries
from matchmaker.sample.staging import officer
from matchmaker.services import decision as service
from matchmaker.services.application_decision import confirm
from matchmaker.services.context import Context
from matchmaker.services.decision import Choice
from matchmaker.services.decision_announcement import announce
from matchmaker.workflows.application import ApplicationState

REASON = "評審肯定你們對場域的理解；下次請補上資料標註的作法。"


def stage(ctx: Context) -> None:
    """Announce the decisions on one problem, take one place, and begin the next round."""
    acting = replace(ctx, actor=officer(ctx.session), trusted=False)
    for line in queries.calls_to_decide(ctx.session, acting.actor)[:1]:
        row = service.prepare(acting, line.call.id)
        ctx.session.flush()
        _keep_first_problem(acting, row)
        _decide(acting, row)
        announce(acting, row.id, version=row.version)
        _take_place(ctx, row)
        if queries.undecided(ctx.session, line.call.id):
            service.prepare(acting, line.call.id)


def _keep_first_problem(ctx: Context, row: DecisionRound) -> None:
    """Leave what concerns other problems for the next round."""
    decisions = queries.decisions_of(ctx.session, row)
    for decision in decisions:
        if decision.application.problem_id != decisions[0].application.problem_id:
            service.leave_out(ctx, decision.id)
    ctx.session.flush()


def _take_place(ctx: Context, row: DecisionRound) -> None:
    """A lead of the first team that has an offer takes it."""
    ctx.session.flush()
    for decision in queries.decisions_of(ctx.session, row):
        application = decision.application
        if application.state is ApplicationState.OFFERED:
            leads = (place.user for place in application.team.members if is_lead(place))
            acting = replace(ctx, actor=next(leads), trusted=False)
            confirm(acting, application.id, version=application.version)
            return


def is_lead(place: TeamMember) -> bool:
    """Whether the member speaks for the team."""
    return place.role is MemberRole.LEAD


def _decide(ctx: Context, row: DecisionRound) -> None:
    """Offer each problem's places to the first, let the next wait, and give the others a reason."""
    offered: set[int] = set()
    waiting: set[int] = set()
    for decision in queries.decisions_of(ctx.session, row):
        problem_id = decision.application.problem_id
        if problem_id not in offered:
            choice = Choice(DecisionOutcome.OFFER)
            offered.add(problem_id)
        elif problem_id not in waiting:
            choice = Choice(DecisionOutcome.WAITLIST)
            waiting.add(problem_id)
        else:
            choice = Choice(DecisionOutcome.DECLINE, DeclineCause.PLACES_TAKEN, REASON)
        service.decide(ctx, decision.id, choice, version=decision.version)
    ctx.session.flush()
