"""Files, a data room and questions of a sample problem, in every state: through the services, as people act."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import (
    AttachmentAccess,
    Match,
    MatchRun,
    MemberRole,
    OrganizationMember,
    Problem,
    Question,
    TeamMember,
    User,
)
from matchmaker.sample.staging import officer
from matchmaker.services import attachment, data_terms, problem_translation, question
from matchmaker.services.context import Context
from matchmaker.services.file_cleaning import prepare
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import ProblemState

GUIDE = """欄位說明 / Fields
time      量測時間（臺北時間） / time of measurement (Taipei)
value     感測器讀值 / reading of the sensor
verdict   檢驗員判定：0 正常，1 異常 / the inspector's verdict: 0 normal, 1 not
"""
SAMPLE = "time,value,verdict\n2026-03-02T08:00,0.42,0\n2026-03-02T08:01,0.47,0\n2026-03-02T08:02,1.91,1\n"
WHOLE = SAMPLE + "".join(
    f"2026-03-02T09:{n:02},{0.4 + n / 100:.2f},{n % 7 == 6:d}\n" for n in range(60)
)
#: What teams ask, with what comes of it.
ANSWERED = "資料的標註由幾位檢驗員完成？標註不一致時怎麼處理？"
ANSWER = "由兩位檢驗員分別標註，不一致時由品保主管判定。"
CORRECTION = "由三位檢驗員分別標註，不一致時由品保主管判定。資料說明檔已同步更新。"
OPEN = "May a team run its model on a cloud service in Taiwan, or only on its own computers?"
LATE = "驗證期間可以到現場幾次？每次可以停留多久？"
HIDDEN = "聽說另一家公司去年的專案失敗，是不是貴公司的承辦人沒有能力？"


def stage(ctx: Context) -> None:
    """Furnish the first problem that two teams were told of and whose owner can act."""
    found = _problem(ctx.session)
    if found is None:
        return
    problem, owner, leads = found
    _attach(_as(ctx, officer(ctx.session)), problem, "資料說明.txt", GUIDE, AttachmentAccess.PUBLIC)
    keeper = _as(ctx, owner)
    _attach(keeper, problem, "sample-200.csv", SAMPLE, AttachmentAccess.DATA_ROOM)
    _attach(keeper, problem, "measurements-2026-03.csv", WHOLE, AttachmentAccess.DATA_ROOM)
    _fill_room(ctx, problem, keeper, leads)
    _ask(ctx, problem, keeper, leads)
    if problem.text_zh and problem.text_en:
        problem_translation.mark_machine(keeper, problem.id, ["en"])


def _problem(session: Session) -> tuple[Problem, User, list[User]] | None:
    """A published problem with its owner's lead and the leads of two teams that were told of it."""
    told = (
        sa.select(Match.problem_id)
        .join(MatchRun, MatchRun.id == Match.run_id)
        .where(
            MatchRun.state == MatchRunState.PUBLISHED,
            Match.state.in_((MatchState.INVITED, MatchState.ACCEPTED)),
        )
    )
    statement = sa.select(Problem).where(
        Problem.state == ProblemState.PUBLISHED,
        Problem.deadline_at > utcnow() + timedelta(days=3),
        Problem.id.in_(told),
    )
    candidates = []
    for problem in session.scalars(statement.order_by(Problem.id)):
        owner, leads = _owner(session, problem), _leads(session, problem)
        if owner is not None and leads:
            candidates.append((problem, owner, leads))
    return max(candidates, key=lambda item: len(item[2])) if candidates else None


def _owner(session: Session, problem: Problem) -> User | None:
    statement = (
        sa.select(User)
        .join(OrganizationMember)
        .where(
            OrganizationMember.organization_id == problem.organization_id,
            OrganizationMember.role == MemberRole.LEAD,
        )
    )
    return session.scalars(statement.order_by(User.id).limit(1)).first()


def _leads(session: Session, problem: Problem) -> list[User]:
    statement = (
        sa.select(User)
        .join(TeamMember)
        .join(Match, Match.team_id == TeamMember.team_id)
        .join(MatchRun, MatchRun.id == Match.run_id)
        .where(
            MatchRun.state == MatchRunState.PUBLISHED,
            Match.problem_id == problem.id,
            Match.state.in_((MatchState.INVITED, MatchState.ACCEPTED)),
            TeamMember.role == MemberRole.LEAD,
        )
    )
    return list(session.scalars(statement.order_by(User.id)).unique())


def _as(ctx: Context, user: User) -> Context:
    """*user* acts, with the permissions they have."""
    return replace(ctx, actor=user, trusted=False)


def _attach(ctx: Context, problem: Problem, name: str, text: str, access: AttachmentAccess) -> None:
    with prepare(io.BytesIO(text.encode()), name) as prepared:
        attachment.add(ctx, problem.id, prepared, access=access)


def _fill_room(ctx: Context, problem: Problem, keeper: Context, leads: list[User]) -> None:
    """Terms in two versions, acceptances of both, one of them ended, downloads, an admission."""
    zh, en = data_terms.first_terms(problem)
    data_terms.put_in_force(keeper, problem.id, number=0, text_zh=zh, text_en=en)
    ctx.session.flush()
    for lead in leads[:2]:
        _accept_and_open(_as(ctx, lead), problem, 1)
    data_terms.admit(keeper, problem.id, name="王美玲業師", email="mentor@office.example")
    data_terms.put_in_force(
        keeper,
        problem.id,
        number=1,
        text_zh=zh.replace("14 天", "30 天"),
        text_en=en.replace("14 days", "30 days"),
        note="第 6 點：刪除檔案的期限改為 30 天。 Point 6: 30 days to delete the files.",
    )
    ctx.session.flush()
    _accept_and_open(_as(ctx, leads[0]), problem, 2)
    if len(leads) > 2:
        ended = _accept_and_open(_as(ctx, leads[2]), problem, 2)
        data_terms.revoke(keeper, ended, reason="團隊已改解另一題。")


def _accept_and_open(ctx: Context, problem: Problem, number: int) -> int:
    accepted = data_terms.accept(ctx, problem.id, number=number, locale=ctx.locale)
    ctx.session.flush()
    for item in attachment.queries.kept_files(ctx.session, problem.id):
        if item.access is AttachmentAccess.DATA_ROOM:
            data_terms.open_file(ctx, problem.id, item.id)[1].close()
    return accepted.id


def _ask(ctx: Context, problem: Problem, keeper: Context, leads: list[User]) -> None:
    """Questions that are answered, corrected, open, late and hidden."""
    office = _as(ctx, officer(ctx.session))
    answered = _question(ctx, problem, leads[0], ANSWERED)
    question.answer(keeper, answered.id, ANSWER, version=answered.version)
    ctx.session.flush()
    question.answer(office, answered.id, CORRECTION, version=answered.version)
    late = _question(ctx, problem, leads[-1], LATE)
    late.due_at = utcnow() - timedelta(days=2)
    hidden = _question(ctx, problem, leads[0], HIDDEN)
    reason = "提問涉及個人評價，與題目無關。"
    question.hide(office, hidden.id, reason=reason, version=hidden.version)
    _question(ctx, problem, leads[-1], OPEN)


def _question(ctx: Context, problem: Problem, asker: User, text: str) -> Question:
    asked = question.ask(_as(ctx, asker), problem.id, team_id=min(asker.team_ids), text=text)
    ctx.session.flush()
    return asked
