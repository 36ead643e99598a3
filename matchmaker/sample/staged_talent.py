"""People of the sample pass courses, declare what they like, have badges and points, in every state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.adapters import badge_signer
from matchmaker.models import Badge, PointEntry, PointKind, Team, TeamMember, User
from matchmaker.policies.scope import is_national_team
from matchmaker.queries.badge import confirmed_levels
from matchmaker.queries.level_piece import today
from matchmaker.sample.staging import officer
from matchmaker.services import badge, evidence, gender_declaration, point_entry
from matchmaker.services.context import Context

STUDENT, STARTUP = "student@team.example", "startup@team.example"
#: What solvers say of their gender, in turn; many say nothing.
SAID = ("woman", "man", "", "man", "woman", "", "man", "", "woman", "man", "another", "")
#: Courses passed before the programme had a catalogue, by solvers in turn.
PASSED = (
    ("PER-CV", 3),
    ("FND-ML", 3),
    ("DAT-PRE", 3),
    ("FND-DL", 2),
    ("PER-CV", 4),
    ("DEC-PRD", 3),
    ("FND-ML", 2),
    ("DEC-PRD", 2),
)
#: How many people say something of themselves, and how many have passed courses.
SAYING, LEARNED = 40, 8
COURSE = "產業人工智慧實務班（結業專題）"
REVOKED = "來源單位來函說明：該專題由他人完成，本人並未參與。"
TAKEN_BACK = "此網址是公開範例，並非本人的成果。"


def stage(ctx: Context) -> None:
    """Every state of a badge and of points; enough people for figures that need not be hidden."""
    solvers = _solvers(ctx)
    for place, solver in enumerate(solvers[:SAYING]):
        gender_declaration.declare(_as(ctx, solver), SAID[place % len(SAID)])
    _pass_courses(ctx, solvers[:LEARNED])
    if badge_signer.is_available():
        _badges(ctx, [one for one in solvers[:LEARNED] if confirmed_levels(ctx.session, one.id)])
    _points(ctx)


def _solvers(ctx: Context) -> Sequence[User]:
    """The members of the programme's teams, but those whose levels the sample tells apart."""
    statement = (
        sa.select(User)
        .join(TeamMember, TeamMember.user_id == User.id)
        .join(Team, Team.id == TeamMember.team_id)
        .where(is_national_team(), User.email.not_in((STUDENT, STARTUP)))
        .order_by(User.id)
    )
    return ctx.session.scalars(statement).unique().all()


def _as(ctx: Context, user: User) -> Context:
    return replace(ctx, actor=user, trusted=False)


def _pass_courses(ctx: Context, solvers: Sequence[User]) -> None:
    for place, solver in enumerate(solvers):
        for step in (0, 1):
            competency, level = PASSED[(place + step) % len(PASSED)]
            evidence.record_course(
                ctx,
                solver.id,
                competency=competency,
                level=level,
                obtained_on=today() - timedelta(days=30 * (place % 10) + 20),
                title=COURSE,
            )


def _badges(ctx: Context, holders: Sequence[User]) -> None:
    """Some are good, one was taken back, one revoked, one has expired."""
    issued = [_issue(ctx, holder) for holder in holders[:5]]
    if len(issued) < 5:
        return
    _good, _other, taken_back, revoked, expired = issued
    badge.withdraw(_as(ctx, holders[2]), taken_back.id, version=taken_back.version)
    office = _as(ctx, officer(ctx.session))
    badge.revoke(office, revoked.id, reason=REVOKED, version=revoked.version)
    expired.issued_at -= timedelta(days=800)
    expired.expires_at -= timedelta(days=800)


def _issue(ctx: Context, holder: User) -> Badge:
    competency, level = next(iter(confirmed_levels(ctx.session, holder.id).items()))
    return badge.issue(_as(ctx, holder), competency, level)


def _points(ctx: Context) -> None:
    """Count what was done; the student stands on the board, and one piece was no result of theirs."""
    point_entry.collect(ctx)
    everybody = ctx.session.scalars(sa.select(User).where(User.email.in_((STUDENT, STARTUP))))
    for person in everybody.all():
        point_entry.join_board(_as(ctx, person))
    shared = sa.select(PointEntry).where(PointEntry.kind == PointKind.SHARING)
    found = ctx.session.scalars(shared.order_by(PointEntry.id.desc()).limit(1)).first()
    if found is not None:
        office = _as(ctx, officer(ctx.session))
        point_entry.take_back(office, found.id, reason=TAKEN_BACK, version=found.version)
