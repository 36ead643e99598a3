"""How the sample's office screens and coaches: every state of a screening, brokers, comments, changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import (
    MemberRole,
    OrganizationMember,
    Problem,
    Role,
    RoleGrant,
    Screening,
    User,
)
from matchmaker.policies.scope import is_national
from matchmaker.sample.staging import officer
from matchmaker.services import (
    amendment,
    broker_assignment,
    problem_comment,
    screening,
)
from matchmaker.services import problem as problems
from matchmaker.services.context import Context
from matchmaker.services.problem_values import values_of
from matchmaker.services.screening_record import MissingItem
from matchmaker.workflows.problem import ProblemState

WAITING, COACHED = "P-2026-033", "P-2026-035"
SCORED, LISTED = "P-2026-025", "P-2026-039"

#: Field, what the broker says, what the owner answers (nothing: the thread is open).
TALK = (
    (
        "text_zh",
        "「更快、更準」要怎麼看出來？請寫出現在一案要幾天、標價誤差多少，希望降到多少。",
        "",
    ),
    (
        "data_volume",
        "四百案裡，哪些有完整的數量表與得標價？",
        "先盤點出一百二十案是齊全的，其餘補掃描中。",
    ),
    ("general", "董事長同意後，請把可以公開的範圍寫進命題。", "下週主管會議會討論。"),
)
REASON = "產線新增一臺設備，資料比上架時多，收件時間也延長兩週，讓團隊來得及準備。"
OTHER_REASON = "試作場地換到新廠，團隊安排到場前應該知道，報名時間也一併延後。"


def stage(ctx: Context) -> None:
    """Act as officers, brokers and owners do, each with the permissions they have."""
    _wait(ctx)
    _coach(ctx)
    _score(ctx)
    _list(ctx)
    _amend(ctx)


def _wait(ctx: Context) -> None:
    """A problem that waits to be screened, with a broker already."""
    problem = _problem(ctx.session, WAITING)
    broker = _broker(ctx.session, 0)
    broker_assignment.assign(_as(ctx, officer(ctx.session)), problem.id, broker.id)


def _coach(ctx: Context) -> None:
    """A problem that went back to its owner, who works on it with a broker."""
    problem = _problem(ctx.session, COACHED)
    owner, broker = _lead(ctx.session, problem), _broker(ctx.session, 0)
    office = _as(ctx, officer(ctx.session))
    if owner is None:
        return
    problems.submit(_as(ctx, owner), problem.id)
    row = screening.start(office, problem.id)
    missing = [
        MissingItem(item["field"], item["zh"], item["en"]) for item in row.suggestion["missing"][:4]
    ]
    screening.coach(
        office,
        row.id,
        version=row.version,
        missing=missing,
        note="題目有價值，請先把目標與資料範圍講清楚。",
    )
    broker_assignment.assign(office, problem.id, broker.id)
    _talk(ctx, problem, broker, owner)
    values = values_of(problem)
    clearer = values.text_zh.replace("更快、更準", "把一案的估價時間由兩週縮短到五天")
    problems.update(_as(ctx, owner), problem.id, replace(values, text_zh=clearer))
    title = "Faster bids: read drawings and quantities for cost estimates"
    problems.update(_as(ctx, broker), problem.id, replace(values_of(problem), title_en=title))


def _talk(ctx: Context, problem: Problem, broker: User, owner: User) -> None:
    for field, said, answer in TALK:
        thread = problem_comment.write(_as(ctx, broker), problem.id, field=field, body=said)
        ctx.session.flush()
        if answer:
            problem_comment.write(
                _as(ctx, owner), problem.id, field=field, body=answer, thread_id=thread.id
            )
        if field == "data_volume":
            problem_comment.resolve(_as(ctx, broker), thread.id)


def _score(ctx: Context) -> None:
    """A screening under way: the broker has begun to set points."""
    problem = _problem(ctx.session, SCORED)
    office, broker = _as(ctx, officer(ctx.session)), _broker(ctx.session, 1)
    row = screening.start(office, problem.id)
    broker_assignment.assign(office, problem.id, broker.id)
    points = {**row.points, "SC3": 3, "SC4": 2}
    screening.score(_as(ctx, broker), row.id, points, version=row.version)


def _list(ctx: Context) -> None:
    """A problem that passed its screening and waits for its grade."""
    problem = _problem(ctx.session, LISTED)
    office = _as(ctx, officer(ctx.session))
    row = screening.start(office, problem.id)
    _give(office, row, 3)
    screening.list_problem(office, row.id, version=row.version)


def _amend(ctx: Context) -> None:
    """Changes of published problems: one accepted, one that waits for the office."""
    office = _as(ctx, officer(ctx.session))
    for place, (problem, owner) in enumerate(_amendable(ctx.session)[:2]):
        values, deadline = values_of(problem), problem.deadline_at
        later = deadline + timedelta(days=14) if deadline else None
        formats = dict.fromkeys((*values.data_formats, "xml"))
        change = replace(values, deadline_at=later, data_formats=tuple(formats))
        reason = REASON if place == 0 else OTHER_REASON
        row = amendment.save(_as(ctx, owner), problem.id, change, reason=reason)
        ctx.session.flush()
        amendment.submit(_as(ctx, owner), row.id)
        if place == 0:
            found = amendment.screen(office, row.id)
            _give(office, found, 3)
            amendment.accept(office, row.id, version=found.version)


def _give(office: Context, row: Screening, points: int) -> None:
    screening.score(office, row.id, dict.fromkeys(row.points, points), version=row.version)
    office.session.flush()


def _problem(session: Session, external_id: str) -> Problem:
    return session.scalars(sa.select(Problem).where(Problem.external_id == external_id)).one()


def _amendable(session: Session) -> list[tuple[Problem, User]]:
    """Published problems whose owner has a lead, in order."""
    published = (
        sa.select(Problem)
        .where(
            Problem.state == ProblemState.PUBLISHED,
            Problem.deadline_at > utcnow(),
            is_national(Problem.call_id),
        )
        .order_by(Problem.id)
        .limit(8)
    )
    pairs = [(problem, _lead(session, problem)) for problem in session.scalars(published)]
    return [(problem, lead) for problem, lead in pairs if lead is not None]


def _lead(session: Session, problem: Problem) -> User | None:
    statement = (
        sa.select(User)
        .join(OrganizationMember)
        .where(
            OrganizationMember.organization_id == problem.organization_id,
            OrganizationMember.role == MemberRole.LEAD,
        )
        .order_by(User.id)
    )
    return session.scalars(statement.limit(1)).first()


def _broker(session: Session, place: int) -> User:
    """One of the sample's mentors."""
    statement = sa.select(User).join(RoleGrant).where(RoleGrant.role == Role.MENTOR)
    people = session.scalars(statement.order_by(User.id)).all()
    return people[min(place, len(people) - 1)]


def _as(ctx: Context, user: User) -> Context:
    """*user* acts, with the permissions they have."""
    return replace(ctx, actor=user, trusted=False)
