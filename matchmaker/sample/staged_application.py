"""The sample's teams apply: drafts, versions, a withdrawal, a near copy, and some under review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from matchmaker.clock import utcnow
from matchmaker.models import (
    Application,
    Match,
    MatchRun,
    MemberRole,
    Problem,
    Team,
    TeamKind,
    TeamMember,
    User,
    WithdrawalCause,
)
from matchmaker.sample.application_texts import LIKE_ANOTHER, proposal
from matchmaker.sample.staging import officer, running_call
from matchmaker.services import application as service
from matchmaker.services import application_decision, application_twin, call_rules
from matchmaker.services.application import ApplicationValues, PersonValues
from matchmaker.services.application_withdrawal import withdraw
from matchmaker.services.context import Context
from matchmaker.workflows.match import SHOWN_STATES
from matchmaker.workflows.match_run import MatchRunState

#: How many problems close to teams before the others, so that their applications are under review.
CLOSED_EARLY = 3
CLOSED, RECEIVED = timedelta(days=3), timedelta(days=4)
ROLES = ("統籌與客戶窗口", "資料整理與模型", "現場安裝與測試", "介面與報表", "文件與教育訓練")


def stage(ctx: Context) -> None:
    """Applications in each state that a person can find them in before decisions are announced."""
    _open(ctx)
    pairs = _recommended(ctx)
    busy = sorted({pair.problem_id for pair in pairs}, key=lambda id_: (-_count(pairs, id_), id_))
    early = [pair for pair in pairs if pair.problem_id in busy[:CLOSED_EARLY]]
    received = [_hand_in(ctx, pair, utcnow() - RECEIVED) for pair in early]
    _close_early(ctx, received)
    _still_writing(ctx, [pair for pair in pairs if pair.problem_id not in busy[:CLOSED_EARLY]])
    application_twin.compare_new(ctx)


def _count(pairs: Sequence[Match], problem_id: int) -> int:
    return sum(pair.problem_id == problem_id for pair in pairs)


def _open(ctx: Context) -> None:
    """The officer opens applications until the call itself closes."""
    call = running_call(ctx.session)
    values = replace(
        call_rules.proposed(call),
        applications_open_at=call.opens_at,
        max_applications_per_team=5,
        one_team_per_call=False,
        blind=True,
    )
    call_rules.set_rules(_as(ctx, officer(ctx.session)), call.id, values, version=0)
    ctx.session.flush()


def _as(ctx: Context, user: User) -> Context:
    return replace(ctx, actor=user, trusted=False)


def _recommended(ctx: Context) -> Sequence[Match]:
    """The pairs that teams were told of, and can apply for."""
    published = sa.select(MatchRun.id).where(
        MatchRun.state == MatchRunState.PUBLISHED,
        MatchRun.call_id == running_call(ctx.session).id,
    )
    statement = (
        sa.select(Match)
        .join(Match.team)
        .where(
            Match.run_id.in_(published),
            Match.state.in_(SHOWN_STATES),
            Team.archived_at.is_(None),
            sa.or_(Team.kind != TeamKind.STUDENT, _members() >= 2),
        )
        .options(joinedload(Match.problem), joinedload(Match.team))
        .order_by(Match.id)
    )
    return ctx.session.scalars(statement).all()


def _members() -> sa.ScalarSelect[int]:
    counted = sa.select(sa.func.count(TeamMember.id)).where(TeamMember.team_id == Team.id)
    return counted.correlate(Team).scalar_subquery()


def _lead(ctx: Context, team: Team) -> Context:
    leads = [place for place in team.members if place.role is MemberRole.LEAD]
    return _as(ctx, min(leads, key=lambda place: place.id).user)


def _begin(ctx: Context, pair: Match, parts: dict[str, str]) -> Application:
    acting = _lead(ctx, pair.team)
    application = service.start(acting, pair.problem_id, pair.team_id)
    ctx.session.flush()
    values = ApplicationValues(parts=parts, people=_people(pair.team))
    service.save(acting, application.id, values, version=application.version)
    return application


def _people(team: Team) -> tuple[PersonValues, ...]:
    members = sorted(team.members, key=lambda place: place.id)
    share, rest = divmod(100, len(members))
    return tuple(
        PersonValues(
            user_id=place.user_id,
            role=ROLES[number % len(ROLES)],
            share=share + (number < rest),
            is_student=team.kind is TeamKind.STUDENT,
        )
        for number, place in enumerate(members)
    )


def _hand_in(ctx: Context, pair: Match, at: datetime) -> Application:
    application = _begin(ctx, pair, proposal(pair.problem, pair.team))
    _submit(ctx, application, at)
    return application


def _submit(ctx: Context, application: Application, at: datetime) -> None:
    acting = _lead(ctx, application.team)
    application.updated_at = at
    ctx.session.flush()
    service.submit(acting, application.id, version=application.version, received_at=at)
    ctx.session.flush()


def _close_early(ctx: Context, received: Sequence[Application]) -> None:
    """The owners of these problems had asked for an earlier deadline; one team has left since."""
    for problem in {application.problem for application in received}:
        problem.deadline_at = (utcnow() - CLOSED).replace(second=0, microsecond=0)
    ctx.session.flush()
    application_decision.begin_review(_as(ctx, officer(ctx.session)), received[0].call_id)
    last = received[-1]
    withdraw(
        _lead(ctx, last.team),
        last.id,
        cause=WithdrawalCause.PEOPLE,
        reason="負責模型的同學下個月要出國交換。",
        version=last.version,
    )
    ctx.session.flush()


def _still_writing(ctx: Context, pairs: Sequence[Match]) -> None:
    """Where applications are still open: versions, a copy, a refusal, drafts."""
    one, copy, refused, ready, begun = _of_different_problems(pairs)[:5]
    first = _hand_in(ctx, one, utcnow() - RECEIVED)
    changed = proposal(one.problem, one.team) | {"risks": LIKE_ANOTHER}
    values = ApplicationValues(parts=changed, people=_people(one.team))
    service.save(_lead(ctx, one.team), first.id, values, version=first.version)
    _submit(ctx, first, utcnow() - CLOSED)
    _submit(ctx, _begin(ctx, copy, dict(changed)), utcnow() - CLOSED)
    turned_down = _hand_in(ctx, refused, utcnow() - CLOSED)
    application_decision.refuse_ineligible(
        _as(ctx, officer(ctx.session)),
        turned_down.id,
        reason="提案用的資料不在本題可提供的範圍內，請改申請合適的命題。",
        version=turned_down.version,
    )
    _begin(ctx, ready, proposal(ready.problem, ready.team))
    words = proposal(begun.problem, begun.team)
    _begin(ctx, begun, {"understanding": words["understanding"], "approach": ""})


def _of_different_problems(pairs: Sequence[Match]) -> list[Match]:
    """One pair of each problem, the problems in the order of the run."""
    chosen: dict[Problem, Match] = {}
    for pair in pairs:
        chosen.setdefault(pair.problem, pair)
    return list(chosen.values())
