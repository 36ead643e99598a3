"""What the sample's officers and teams do with it: decisions of people, through the same services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import (
    AccountKind,
    Band,
    Call,
    Match,
    MatchRun,
    MemberRole,
    Organization,
    OrganizationMember,
    PrivateCall,
    PrivateCallOfficer,
    Problem,
    Role,
    RoleGrant,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.scope import is_national
from matchmaker.services import match, match_run
from matchmaker.services.context import Context
from matchmaker.services.match import Choice
from matchmaker.workflows.match import SHOWN_STATES, MatchAction, MatchState
from matchmaker.workflows.private_call import PrivateCallState

WORTH_TELLING = (Band.STRONG, Band.GOOD)
#: What teams in turn say to a recommendation; None: they have not answered yet.
ANSWERS = (True, None, True, False, None)


def running_call(session: Session) -> Call:
    """The call that is open now."""
    now = utcnow()
    statement = sa.select(Call).where(
        Call.opens_at <= now, Call.closes_at > now, is_national(Call.id)
    )
    return session.scalars(statement.order_by(Call.id)).one()


def officer(session: Session) -> User:
    """The officer who runs the sample's matching."""
    return first_with_role(session, Role.OFFICER)


def first_with_role(session: Session, role: Role) -> User:
    """The first person with *role*."""
    statement = sa.select(User).join(RoleGrant).where(RoleGrant.role == role)
    return session.scalars(statement.order_by(User.id).limit(1)).one()


def start_run(ctx: Context) -> MatchRun:
    """The officer starts a matching of the running call."""
    return match_run.start_run(_as(ctx, officer(ctx.session)), running_call(ctx.session).id)


def review_and_publish(ctx: Context, run_id: int) -> None:
    """The officer endorses the best pairs, as many as teams can take, and publishes the run."""
    ctx = _as(ctx, officer(ctx.session))
    endorsed, rest = _split(_best(ctx.session, run_id))
    _decide(ctx, endorsed, MatchAction.ENDORSE, "")
    _decide(ctx, rest[0:4:2], MatchAction.HOLD, "先請業師與團隊談過再決定。")
    _decide(ctx, rest[1:4:2], MatchAction.DECLINE, "團隊本期已有兩件案子，人力不足。")
    ctx.session.flush()  # Publishing reads what was just decided.
    run = ctx.session.get_one(MatchRun, run_id)
    match_run.publish_run(ctx, run_id, version=run.version)


def _best(session: Session, run_id: int) -> Sequence[Match]:
    """The pairs worth telling people of, problem by problem in turn."""
    statement = (
        sa.select(Match)
        .where(Match.run_id == run_id, Match.band.in_(WORTH_TELLING))
        .options(joinedload(Match.problem), joinedload(Match.team))
        .order_by(Match.problem_rank, Match.score.desc(), Match.id)
    )
    return session.scalars(statement).all()


def _split(best: Sequence[Match]) -> tuple[list[Match], list[Match]]:
    """The pairs to endorse, and the others: no team gets more than it can take, no problem too many."""
    of_team: Counter[int] = Counter()
    of_problem: Counter[int] = Counter()
    endorsed, rest = [], []
    for pair in best:
        is_full = of_team[pair.team_id] >= pair.team.capacity + 1
        if is_full or of_problem[pair.problem_id] >= pair.problem.teams_wanted + 1:
            rest.append(pair)
            continue
        of_team[pair.team_id] += 1
        of_problem[pair.problem_id] += 1
        endorsed.append(pair)
    return endorsed, rest


def _decide(ctx: Context, pairs: Sequence[Match], action: MatchAction, reason: str) -> None:
    for pair in pairs:
        match.review(ctx, [Choice(pair.id, pair.version)], action, reason=reason)


def answer(ctx: Context, run_id: int) -> None:
    """Some teams say whether they want the problem they were told of."""
    statement = (
        sa.select(Match)
        .where(Match.run_id == run_id, Match.state == MatchState.INVITED)
        .order_by(Match.id)
    )
    for place, pair in enumerate(ctx.session.scalars(statement).all()):
        wanted = ANSWERS[place % len(ANSWERS)]
        lead = _lead(ctx.session, pair.team_id)
        if wanted is None or lead is None:
            continue
        match.answer(
            _as(ctx, lead),
            pair.id,
            interested=wanted,
            version=pair.version,
            reason_code="" if wanted else "time",
        )


def _lead(session: Session, team_id: int) -> User | None:
    statement = (
        sa.select(User)
        .join(TeamMember)
        .where(TeamMember.team_id == team_id, TeamMember.role == MemberRole.LEAD)
    )
    return session.scalars(statement.limit(1)).first()


def _as(ctx: Context, user: User) -> Context:
    """*user* acts, with the permissions they have."""
    return replace(ctx, actor=user, trusted=False)


def accounts(session: Session) -> list[tuple[str, User]]:
    """An account for each part people play, with the part's name: those who have most to look at."""
    shown = sa.select(Match.problem_id).where(Match.state.in_(SHOWN_STATES))
    told = sa.select(Match.team_id).where(Match.state == MatchState.INVITED)
    enterprise = (
        sa.select(User)
        .join(OrganizationMember)
        .join(Organization)
        .join(Problem)
        .where(User.kind == AccountKind.ENTERPRISE, Problem.id.in_(shown))
        .where(OrganizationMember.role == MemberRole.LEAD)
    )
    team = (
        sa.select(User)
        .join(TeamMember)
        .join(Team)
        .where(Team.id.in_(told), TeamMember.role == MemberRole.LEAD)
    )
    found = [
        (N_("Programme officer"), officer(session)),
        (N_("Enterprise"), session.scalars(enterprise.order_by(User.id).limit(1)).first()),
        (N_("Solver team"), session.scalars(team.order_by(User.id).limit(1)).first()),
        (N_("Reviewer"), first_with_role(session, Role.REVIEWER)),
        (N_("Mentor"), first_with_role(session, Role.MENTOR)),
        (N_("Industry association"), first_with_role(session, Role.ASSOCIATION)),
        (N_("In-house officer"), _in_house_officer(session)),
        (N_("Administrator"), first_with_role(session, Role.ADMINISTRATOR)),
    ]
    return [(part, user) for part, user in found if user is not None]


def _in_house_officer(session: Session) -> User | None:
    officers = sa.select(User).join(PrivateCallOfficer).join(PrivateCall)
    running = officers.where(PrivateCall.state == PrivateCallState.OPEN)
    return session.scalars(running.order_by(PrivateCallOfficer.id).limit(1)).first()


def share_password(session: Session, password_hash: str) -> None:
    """Let everybody in the sample sign in with one password."""
    session.execute(sa.update(User).values(password_hash=password_hash))
