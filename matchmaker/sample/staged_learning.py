"""The learning catalogue taken over, and people of the sample in every state of learning from it."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from matchmaker.models import Enrolment, LearningResource, Role, User
from matchmaker.sample.staging import first_with_role, officer
from matchmaker.services import enrolment as service
from matchmaker.services import learning_resource as catalogue
from matchmaker.services.context import Context

STUDENT, STARTUP = "student@team.example", "startup@team.example"
WORK = "https://example.org/defects/report"
NOTE = (
    "以產線相機拍的 320 張零件照片訓練偵測模型，附錯誤分析：漏檢多在反光處。"
    " / A detector trained on 320 photos from the line, with its errors: most misses are at glare."
)
PASSED = "資料切分正確、錯誤分析具體，能說明反光造成的漏檢。"
NOT_YET = "模型可執行，但沒有留下未看過的資料來驗證；請補上後再繳。"


def stage(ctx: Context) -> None:
    """The office takes the outline over and holds one entry no more; people learn."""
    office = replace(ctx, actor=officer(ctx.session), trusted=False)
    catalogue.take_shipped(office)
    student, startup = _person(ctx, STUDENT), _person(ctx, STARTUP)
    _enrol(ctx, student, "LR-10")
    _attended(ctx, student, "LR-22")
    _assessed(ctx, student, "LR-09", {"PER-CV": 2, "FND-DL": 2}, PASSED, score=84)
    _hand_in(ctx, startup, "LR-11")
    _assessed(ctx, startup, "LR-06", {}, NOT_YET)
    _given_up(ctx, startup, "LR-16")
    meeting = _entry(ctx, "LR-50")
    catalogue.retire(office, meeting.id, meeting.version, reason="本期改由各區域團隊自辦。")


def _person(ctx: Context, email: str) -> Context:
    user = ctx.session.scalars(sa.select(User).where(User.email == email)).one()
    return replace(ctx, actor=user, trusted=False)


def _entry(ctx: Context, code: str) -> LearningResource:
    statement = sa.select(LearningResource).where(LearningResource.code == code)
    return ctx.session.scalars(statement).one()


def _enrol(ctx: Context, who: Context, code: str) -> Enrolment:
    return service.enrol(who, _entry(ctx, code).id)


def _attended(ctx: Context, who: Context, code: str) -> None:
    row = _enrol(ctx, who, code)
    service.attend(who, row.id, row.version)


def _given_up(ctx: Context, who: Context, code: str) -> None:
    row = _enrol(ctx, who, code)
    service.withdraw(who, row.id, row.version)


def _hand_in(ctx: Context, who: Context, code: str) -> Enrolment:
    row = _enrol(ctx, who, code)
    return service.hand_in(who, row.id, row.version, url=WORK, note=NOTE)


def _assessed(
    ctx: Context,
    who: Context,
    code: str,
    levels: dict[str, int],
    reason: str,
    *,
    score: int | None = None,
) -> None:
    row = _hand_in(ctx, who, code)
    mentor = replace(ctx, actor=first_with_role(ctx.session, Role.MENTOR), trusted=False)
    service.assess(
        mentor,
        row.id,
        row.version,
        is_passed=bool(levels),
        reason=reason,
        levels=levels,
        score=score,
    )
