"""How the sample's applications are reviewed: readers proposed, one late, one who stepped aside, a third one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import (
    Application,
    Preference,
    Problem,
    RecusalCause,
    ReviewAssignment,
    ReviewerProfile,
    User,
)
from matchmaker.queries.review_candidate import candidates
from matchmaker.queries.review_round import round_of
from matchmaker.sample.staging import officer, running_call
from matchmaker.services import (
    application_preference,
    application_review,
    review_assignment,
    review_round,
)
from matchmaker.services.application_review import ReviewValues
from matchmaker.services.context import Context
from matchmaker.services.review_round import RoundValues
from matchmaker.workflows.application import ApplicationState

#: The reviewer whose pages the demo shows: their cases are left open.
SHOWN = "reviewer@office.example"
DUE = timedelta(days=10)
EXPERTISE = {
    "reviewer@office.example": "工業視覺十二年：光學打光、瑕疵檢測、少量標註的遷移學習，導入過三條金屬加工產線。",
    "reviewer2@office.example": "文件理解與生成式 AI：契約比對、客服知識庫、評測方法。",
    "reviewer3@office.example": "製造與食品現場改善，熟悉設備聯網、預知保養與品保流程。",
    "mentor2@office.example": "零售與物流營運，做過需求預測與冷鏈溫控專案。",
}
TO_TEAM = (
    "題目理解到位，做法有依據。請補上停止條件，以及夜班樣本怎麼收集。",
    "方法可行，但人力偏緊；建議先做一條線，用兩週資料確認誤判率再擴大。",
    "效益估算清楚。資料去識別與權限只寫了一句，請具體寫出誰能看、存多久。",
)


def stage(ctx: Context) -> None:
    """The review of the running call in full swing."""
    _describe(ctx)
    office, call_id = _as(ctx, officer(ctx.session)), running_call(ctx.session).id
    due = (utcnow() + DUE).replace(second=0, microsecond=0)
    review_round.prepare(office, call_id, RoundValues(due_at=due), version=0)
    ctx.session.flush()
    under_review = _under_review(ctx, call_id)
    if not under_review:
        return
    for application in under_review:
        _name(ctx, office, application)
    found = round_of(ctx.session, call_id)
    if found is None or not _seats(ctx, under_review):
        return
    review_round.start(office, call_id, version=found.version)
    ctx.session.flush()
    _hand_in(ctx, under_review)
    _prefer(ctx, under_review)


def _describe(ctx: Context) -> None:
    """Reviewers say in their own words what they know."""
    statement = sa.select(ReviewerProfile).join(User).where(User.email.in_(EXPERTISE))
    for profile in ctx.session.scalars(statement):
        profile.expertise = EXPERTISE[profile.user.email or ""]
        profile.capacity = max(profile.capacity, 8)
    ctx.session.flush()


def _under_review(ctx: Context, call_id: int) -> Sequence[Application]:
    statement = sa.select(Application).where(
        Application.call_id == call_id, Application.state == ApplicationState.UNDER_REVIEW
    )
    return ctx.session.scalars(statement.order_by(Application.id).limit(7)).all()


def _name(ctx: Context, office: Context, application: Application) -> None:
    """Two readers for each application, as far as there are any without ties."""
    free = [one for one in candidates(ctx.session, application) if one.why_not is None]
    for one in free[:2]:
        review_assignment.assign(office, application.id, one.user.id)
        ctx.session.flush()


def _seats(ctx: Context, applications: Sequence[Application]) -> Sequence[ReviewAssignment]:
    ids = [application.id for application in applications]
    statement = sa.select(ReviewAssignment).where(ReviewAssignment.application_id.in_(ids))
    return ctx.session.scalars(statement.order_by(ReviewAssignment.id)).all()


def _hand_in(ctx: Context, applications: Sequence[Application]) -> None:
    """The first problem is read to the end, two readers far apart; of the others some is still open.

    One steps aside, and the reviewer whose pages the demo shows has something to do.
    """
    first = applications[0].problem_id
    seats = _seats(ctx, applications)
    for number, seat in enumerate(seats):
        is_open = seat.application.problem_id != first and seat.reviewer.email == SHOWN
        if is_open or seat.id == seats[-2].id:
            continue
        acting = _as(ctx, seat.reviewer)
        if seat.id == seats[-1].id and seat.application.problem_id != first:
            why = "計畫主持人是我以前指導的學生。"
            application_review.recuse(acting, seat.id, RecusalCause.SUPERVISOR, reason=why)
            continue
        application_review.accept(acting, seat.id)
        application_review.submit(acting, seat.id, _values(number))
        ctx.session.flush()


def _values(number: int) -> ReviewValues:
    points = (4, 2, 3)[number % 3]
    return ReviewValues(
        points={f"RV{n}": max(0, points - (n + number) % 2) for n in range(1, 6)},
        comments={"RV2": "以現場照片試作過，附有誤判率。"},
        recommendation=("take", "leave", "reserve")[number % 3],
        to_office="與另一件申請的做法相近，討論時可一併看。" if number == 0 else "",
        to_team=TO_TEAM[number % len(TO_TEAM)],
    )


def _prefer(ctx: Context, applications: Sequence[Application]) -> None:
    """One owner has said whom it would like."""
    application = applications[0]
    problem = ctx.session.get_one(Problem, application.problem_id)
    members = problem.organization.members
    if members:
        acting = _as(ctx, members[0].user)
        words = "團隊提過夜班的問題，和我們想法一致。"
        application_preference.prefer(
            acting, application.id, Preference.FIRST.value, words, version=0
        )


def _as(ctx: Context, user: User) -> Context:
    return replace(ctx, actor=user, trusted=False)
