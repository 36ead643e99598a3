"""People of the sample rate themselves, show works and ask others; some of it was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.models import Evidence, EvidenceKind, Role, User
from matchmaker.queries.evidence import colleagues
from matchmaker.queries.level_piece import today
from matchmaker.sample.staging import first_with_role, officer
from matchmaker.services import evidence, evidence_review, evidence_word
from matchmaker.services.context import Context
from matchmaker.services.evidence import Shown
from matchmaker.services.evidence_word import Word
from matchmaker.workflows.evidence import EvidenceAction

STUDENT, STARTUP = "student@team.example", "startup@team.example"


def _levels(text: str) -> dict[str, int]:
    """Levels by competency, from both in turn."""
    parts = text.split()
    return {name: int(level) for name, level in zip(parts[::2], parts[1::2], strict=True)}


#: What the student says of themselves: almost everything, as after the eight minutes.
STUDENT_SAYS = _levels(
    "FND-PRG 3 FND-STA 2 FND-ALG 2 FND-ML 3 FND-DL 4 FND-EVL 2 DAT-ACQ 2 DAT-PRE 3 "
    "DAT-ENG 1 DAT-GOV 0 DAT-VIZ 3 PER-CV 3 PER-SPE 0 PER-SIG 1 PER-GEO 0 PER-ROB 0 "
    "PER-AUT 0 DEL-FRM 2 DEL-PJM 1 DEL-COM 3 DEL-COL 2 IND-MFG 2 "
)
STARTUP_SAYS = {"PER-CV": 4, "SYS-EDG": 4, "SYS-OPS": 3, "FND-DL": 4, "DEL-BIZ": 3, "IND-MFG": 4}
CHECKED = "程式與測試完整，以自拍的零件照片驗證；若要達到更高程度，需比較不同方法並說明取捨。"
VERIFIED = "已向工廠窗口查證：系統自二月起上線，由本人負責維運。"
REJECTED = "連結打不開，也沒有說明本人負責的部分；請補上可開啟的連結後再送。"
SAW = "去年專題由他負責影像標註與訓練，遇到反光問題自己找出解法。"


def stage(ctx: Context) -> None:
    """Every state of a piece of evidence, with its reasons."""
    student, startup = _person(ctx, STUDENT), _person(ctx, STARTUP)
    mentor = _as(ctx, first_with_role(ctx.session, Role.MENTOR))
    evidence.rate(student, STUDENT_SAYS)
    evidence.rate(startup, STARTUP_SAYS)
    _student_shows(student, mentor)
    _startup_shows(startup, _as(ctx, officer(ctx.session)), mentor)
    _ask_colleague(ctx, student)
    evidence_word.ask(
        student, EvidenceKind.MENTOR, _id(mentor), ["FND-DL"], note="上學期的瑕疵檢測專題。"
    )
    evidence_word.ask(startup, EvidenceKind.MENTOR, _id(mentor), ["SYS-EDG", "DEL-BIZ"])
    said = {
        row.id: Word(3, "現場談需求很清楚，也守得住時程。") for row in _asked(startup, "DEL-BIZ")
    }
    evidence_word.answer(mentor, _id(startup), said)


def _student_shows(student: Context, mentor: Context) -> None:
    work = _show(
        student,
        "金屬零件刮痕檢測（學期專題）",
        {"PER-CV": 3},
        role="我負責標註與訓練模型，在未看過的照片上找出 95% 的刮痕。",
        url="https://example.org/scratches",
        days=150,
    )
    _decide(mentor, work, EvidenceAction.CHECK, 3, CHECKED)
    link = _show(student, "時序預測練習", {"DEC-PRD": 3}, url="https://example.org/gone", days=400)
    _decide(mentor, link, EvidenceAction.REJECT, None, REJECTED)
    _show(
        student,
        "冷卻水塔用電預測儀表板",
        {"DAT-VIZ": 3},
        url="https://example.org/cooling",
        days=60,
    )
    _show(
        student,
        "資料清理小工具",
        {"DAT-PRE": 3},
        url="https://example.org/cleaning",
        days=30,
        hand_in=False,
    )


def _startup_shows(startup: Context, officer_: Context, mentor: Context) -> None:
    system = _show(
        startup,
        "產線邊緣檢測系統上線",
        {"SYS-EDG": 4},
        role="負責架構與維運，兩條產線每日檢測四萬件。",
        url="https://example.org/edge",
        days=240,
    )
    _decide(officer_, system, EvidenceAction.VERIFY, 4, VERIFIED)
    _show(
        startup,
        "iPAS AI 應用規劃師（中級）",
        {"FND-ML": 2},
        kind=EvidenceKind.CERTIFICATE,
        url="https://example.org/verify/123",
        days=90,
    )
    old = _show(startup, "舊版檢測模型", {"FND-DL": 2}, url="https://example.org/old", days=900)
    taken = _show(startup, "模型監控流程", {"SYS-OPS": 3}, url="https://example.org/mlops", days=45)
    evidence.withdraw(startup, old.id)
    evidence_review.take(mentor, taken.id)


def _ask_colleague(ctx: Context, student: Context) -> None:
    """A teammate has answered once and is asked again."""
    assert student.actor is not None  # noqa: S101
    people = colleagues(ctx.session, student.actor)
    if not people:
        return
    mate = _as(ctx, people[0])
    evidence_word.ask(student, EvidenceKind.PEER, _id(mate), ["PER-CV", "FND-DL"], note="畢業專題")
    said = {row.id: Word(2, SAW) for row in _asked(student, "PER-CV")}
    evidence_word.answer(mate, _id(student), said)
    evidence_word.ask(mate, EvidenceKind.PEER, _id(student), ["FND-ML"], note="我們一起做的專題")


def _show(
    who: Context,
    title: str,
    levels: Mapping[str, int],
    *,
    url: str,
    days: int,
    role: str = "",
    kind: EvidenceKind = EvidenceKind.ARTEFACT,
    hand_in: bool = True,
) -> Evidence:
    day = today() - timedelta(days=days)
    shown = Shown(kind=kind, levels=levels, obtained_on=day, title=title, url=url, role=role)
    row = evidence.add(who, shown)[0]
    return evidence.hand_in(who, row.id) if hand_in else row


def _decide(
    who: Context, row: Evidence, action: EvidenceAction, level: int | None, reason: str
) -> None:
    who.session.flush()
    evidence_review.decide(who, row.id, action, level=level, reason=reason, version=row.version)


def _asked(of: Context, competency: str) -> list[Evidence]:
    statement = sa.select(Evidence).where(
        Evidence.user_id == _id(of),
        Evidence.competency == competency,
        Evidence.kind.in_((EvidenceKind.PEER, EvidenceKind.MENTOR)),
    )
    return list(of.session.scalars(statement))


def _person(ctx: Context, email: str) -> Context:
    return _as(ctx, ctx.session.scalars(sa.select(User).where(User.email == email)).one())


def _as(ctx: Context, user: User) -> Context:
    return replace(ctx, actor=user, trusted=False)


def _id(ctx: Context) -> int:
    assert ctx.actor is not None  # noqa: S101 -- everybody here is somebody
    return ctx.actor.id
