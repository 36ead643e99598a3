"""Start, cancel and publish match runs. What a worker does with a run is in `match_ranking`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import (
    Call,
    Match,
    MatchRun,
    MemberRole,
    OrganizationMember,
    TeamMember,
    User,
)
from matchmaker.policies.match_run import may_cancel_run, may_publish_run, may_start_run
from matchmaker.queries import match_run as queries
from matchmaker.queries.publication import Publication, publication
from matchmaker.services import job as jobs
from matchmaker.services.call import lock_call
from matchmaker.services.context import Context
from matchmaker.workflows.match import MatchAction, MatchState
from matchmaker.workflows.match_run import MatchRunAction, MatchRunState


@dataclass(frozen=True)
class Stage:
    """A stretch of a run's work: where in the whole (in per cent) it begins, and its name."""

    name: str
    start: int
    label: str


STAGES = (
    Stage("read", 0, N_("Reading problems and profiles")),
    Stage("encode", 5, N_("Grasping what the texts mean")),
    Stage("rank", 65, N_("Ranking teams for every problem")),
    Stage("explain", 70, N_("Writing down the reasons")),
    Stage("complete", 90, N_("Completing the reasons")),
    Stage("store", 98, N_("Storing the results")),
)

#: What the answer of an earlier matching is repeated by in the next.
ANSWERS = {MatchState.ACCEPTED: MatchAction.ACCEPT, MatchState.REFUSED: MatchAction.REFUSE}


def start_run(ctx: Context, call_id: int) -> MatchRun:
    """Ask for a run over a call: the run and its job are written together; a worker takes it up."""
    call = lock_call(ctx, call_id)
    ctx.require(may_start_run, call)
    _refuse_empty(ctx, call)
    _settle(ctx, call_id)
    run = MatchRun(call=call, starter=ctx.actor)
    ctx.session.add(run)
    ctx.session.flush()  # The job refers to the run by id.
    run.job = ctx.enqueue("match.run", run_id=run.id)
    ctx.record("match_run:start", run, call_id=call_id)
    return run


def _refuse_empty(ctx: Context, call: Call) -> None:
    if not queries.count_problems(ctx.session, call.id):
        raise Conflict(N_("This call has no published problem yet, so there is nothing to match."))
    if not queries.count_teams(ctx.session, call):
        raise Conflict(N_("There is no team to match yet."))


def _settle(ctx: Context, call_id: int) -> None:
    """Close a run whose job died; refuse a second one beside a run that is under way."""
    running = queries.active_run(ctx.session, call_id)
    if running is None:
        return
    if not queries.is_dead(running):
        raise Conflict(N_("A run of this call is under way already. Wait for it, or cancel it."))
    running.apply(MatchRunAction.FAIL)
    running.failure = dump_failure(FAULT)
    running.finished_at = utcnow()


def cancel_run(ctx: Context, run_id: int) -> MatchRun:
    """Stop a run: nothing of it is kept; its worker notices at the next step."""
    run = queries.get_run(ctx.session, ctx.actor, run_id)
    ctx.require(may_cancel_run, run)
    run.apply(MatchRunAction.CANCEL)
    run.finished_at = utcnow()
    if run.job_id is not None:
        jobs.request_cancel(ctx.session, run.job_id)
    ctx.record("match_run:cancel", run)
    return run


def publish_run(ctx: Context, run_id: int, *, version: int) -> Publication:
    """Tell teams and owners of the endorsed pairs; this run takes the place of the one before."""
    run = queries.get_run(ctx.session, ctx.actor, run_id)
    ctx.require(may_publish_run, run)
    _refuse_late(run, version)
    plan = publication(ctx.session, run, utcnow())
    if not plan.invited:
        raise Conflict(N_("No endorsed pair can be told to anybody. Endorse at least one first."))
    _replace(ctx, run)
    for match in plan.invited:
        _invite(match, plan.earlier.get((match.problem_id, match.team_id)))
    _write_letters(ctx, plan)
    ctx.record("match_run:publish", run, n_pairs=len(plan.invited), left_out=len(plan.left_out))
    return plan


def _refuse_late(run: MatchRun, version: int) -> None:
    if run.state is MatchRunState.PUBLISHED:
        raise InvalidTransition(N_("This run is published already."))
    if run.version != version:
        raise StaleVersion(
            N_("The run has changed since you opened this page. Look at it again, then publish.")
        )


def _replace(ctx: Context, run: MatchRun) -> None:
    before = queries.published_run(ctx.session, run.call_id)
    if before is not None:
        before.apply(MatchRunAction.SUPERSEDE)
        ctx.record("match_run:supersede", before, by=run.id)
    run.apply(MatchRunAction.PUBLISH)
    run.published_at = utcnow()


def _invite(match: Match, earlier: Match | None) -> None:
    """Announce a pair; what the team answered to the earlier matching still counts."""
    match.apply(MatchAction.INVITE)
    match.reason = ""
    if earlier is not None and earlier.state in ANSWERS:
        match.apply(ANSWERS[earlier.state])
        match.reason, match.reason_code = earlier.reason, earlier.reason_code
        match.decided_at = earlier.decided_at


def _write_letters(ctx: Context, plan: Publication) -> None:
    """Write to the leads of both sides of every pair that is new to them."""
    news = plan.news
    leads = team_leads(ctx, {match.team_id for match in news})
    for match in news:
        for user in leads.get(match.team_id, []):
            language = language_of(user.locale)
            title, team = match.problem.title(language), match.team.name(language)
            url = f"{ctx.settings.base_url}/teams/{match.team_id}/recommendations"
            texts = {"title": title, "team": team, "url": url}
            ctx.send_mail("match.invited", user, about=match, **texts)
    problems = {match.problem_id: match.problem for match in news}
    owners = organization_leads(ctx, {p.organization_id for p in problems.values()})
    for problem in problems.values():
        for user in owners.get(problem.organization_id, []):
            title = problem.title(language_of(user.locale))
            url = f"{ctx.settings.base_url}/problems/{problem.id}/candidates"
            ctx.send_mail("match.candidates", user, about=problem, title=title, url=url)


def team_leads(ctx: Context, ids: set[int]) -> dict[int, list[User]]:
    """The leads of the teams *ids*."""
    statement = sa.select(TeamMember).where(
        TeamMember.team_id.in_(ids), TeamMember.role == MemberRole.LEAD
    )
    members = ctx.session.scalars(statement.options(joinedload(TeamMember.user))).all()
    return _by_target([(member.team_id, member.user) for member in members])


def organization_leads(ctx: Context, ids: set[int]) -> dict[int, list[User]]:
    """The leads of the organizations *ids*."""
    statement = sa.select(OrganizationMember).where(
        OrganizationMember.organization_id.in_(ids), OrganizationMember.role == MemberRole.LEAD
    )
    members = ctx.session.scalars(statement.options(joinedload(OrganizationMember.user))).all()
    return _by_target([(member.organization_id, member.user) for member in members])


def _by_target(pairs: Sequence[tuple[int, User]]) -> dict[int, list[User]]:
    found: dict[int, list[User]] = {}
    for target_id, user in pairs:
        if user.is_usable:
            found.setdefault(target_id, []).append(user)
    return found


def stage_at(percent: int) -> Stage:
    """The stage that a run is in when so much of it is done."""
    return next(stage for stage in reversed(STAGES) if stage.start <= max(percent, 0))


FAULT = Message(
    N_(
        "The run ended through a fault of the program or its surroundings. Start it again; "
        "if that does not help, ask the administrator to look into the log."
    )
)


def dump_failure(message: Message) -> str:
    """Why a run failed, kept so that it can be told in either language."""
    return json.dumps({"text": message.text, "params": message.params}, default=str)


def load_failure(run: MatchRun) -> Message | None:
    """Why *run* failed, if it did."""
    if queries.is_dead(run):
        return FAULT
    return Message(**json.loads(run.failure)) if run.failure else None
