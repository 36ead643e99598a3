"""How the sample's people take checks, and how its officers keep the questions: every state of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import QuizCheck, QuizItem, Role, RoleGrant, User
from matchmaker.sample.staging import officer
from matchmaker.services import quiz, quiz_item
from matchmaker.services.context import Context
from matchmaker.services.quiz_item import ItemValues

#: Who checks what, and which of the answers are right; a check with few answers stays open.
TAKEN: tuple[tuple[str, str, str], ...] = (
    ("student@team.example", "PER-CV", "11011111"),
    ("student@team.example", "FND-EVL", "10110000"),
    ("zhixuan@team.example", "DAT-PRE", "11111111"),
    ("zhixuan@team.example", "PER-CV", "01010101"),
    ("borui@team.example", "SYS-EDG", "11110111"),
    ("startup@team.example", "DEL-FRM", "11111111"),
    ("startup@team.example", "PER-CV", "00100000"),
    ("marco@chengshi.example", "FND-DL", "11101111"),
)
OPEN = ("student@team.example", "LNG-GEN", "11")
LAPSED = ("hsueh@chengshi.example", "SYS-OPS", "10")

DRAFT = ItemValues(
    competency="PER-CV",
    level=2,
    stem_zh="相機換成解析度兩倍的機種後，原本的尺寸量測全部偏大一倍。最先該做什麼？",
    stem_en="With a new camera of twice the resolution all sizes come out double. What comes first?",
    options=(
        ("Calibrate again so that pixels become millimetres", "重新校正像素與公厘的換算"),
        ("Train the detector anew with more pictures", "用更多影像重新訓練偵測模型"),
        ("Halve every result in the report by hand", "在報表裡把每個結果除以二"),
        ("Shrink the pictures until the sizes look right", "縮小影像直到尺寸看起來對"),
    ),
    key=0,
    rationale_zh="量測靠的是校正，換了相機就要重做。",
    rationale_en="Measurement rests on calibration, which a new camera ends.",
)
WAITING = ItemValues(
    competency="LNG-GEN",
    level=2,
    stem_zh="模型把 30 頁的會議紀錄摘要成一頁，主管要據此決策。交付前最該做什麼？",
    stem_en="A model turns 30 pages of minutes into one, and a manager decides by it. What is needed first?",
    options=(
        ("Ask the model whether it is sure of each sentence", "問模型是否對每一句有把握"),
        ("Check each statement against the pages it comes from", "逐項核對每個陳述在原文的出處"),
        ("Make the page longer so that less is left out", "把摘要拉長，讓遺漏少一點"),
        ("Translate it and back to see whether it stays the same", "翻成外文再翻回來看是否一致"),
    ),
    key=1,
    rationale_zh="摘要可能流暢卻與原文不符，只有出處能證明。",
    rationale_en="A summary can read well and still say what nobody said; only the source tells.",
)
TRIED = ItemValues(
    competency="FND-ML",
    level=2,
    stem_zh="客戶名單有兩千筆，其中同一人常以不同寫法出現。切分訓練與測試資料時要注意什麼？",
    stem_en="A list of 2,000 customers has the same people under different spellings. What matters when it is split?",
    options=(
        ("The test part should be the newest rows only", "測試資料只能取最新的部分"),
        ("Both parts should have the same number of rows", "兩部分的筆數應該一樣多"),
        ("One person’s rows belong on one side only", "同一人的資料只能落在同一邊"),
        ("Rare spellings should be left out of both parts", "罕見寫法應從兩邊都刪除"),
    ),
    key=2,
    rationale_zh="同一人出現在兩邊，測試就不再是新資料。",
    rationale_en="With one person on both sides the test is not new any more.",
)
RETIRED, WHY = "QZ-SYS-EDG-2-02", "裝置的記憶體已普遍超過 512 MB，情境不再常見。"


def stage(ctx: Context) -> None:
    """Act as officers and members do, each with the permissions they have."""
    first, second = _officers(ctx)
    quiz_item.take_shipped(first)
    _keep_questions(first, second)
    for email, competency, answers in TAKEN:
        _take(ctx, email, competency, answers)
    _take(ctx, *OPEN)
    lapsed = _take(ctx, *LAPSED)
    lapsed.ends_at = utcnow() - timedelta(hours=1)
    ctx.session.flush()
    quiz.lapse_overdue(ctx)


def _officers(ctx: Context) -> tuple[Context, Context]:
    first = officer(ctx.session)
    others = sa.select(User).join(RoleGrant).where(RoleGrant.role == Role.OFFICER)
    second = ctx.session.scalars(others.where(User.id != first.id).order_by(User.id).limit(1)).one()
    return _as(ctx, first), _as(ctx, second)


def _as(ctx: Context, user: User) -> Context:
    return replace(ctx, actor=user, trusted=False)


def _keep_questions(first: Context, second: Context) -> None:
    """A draft, a question that waits, one on trial, and one that is asked no more."""
    quiz_item.create(first, DRAFT)
    for values in (WAITING, TRIED):
        row = quiz_item.create(second, values)
        quiz_item.propose(second, row.id, version=row.version)
        first.session.flush()
    quiz_item.approve(first, row.id, version=row.version)
    old = first.session.scalars(sa.select(QuizItem).filter_by(code=RETIRED)).one()
    quiz_item.retire(first, old.id, reason=WHY, version=old.version)


def _take(ctx: Context, email: str, competency: str, answers: Sequence[str]) -> QuizCheck:
    """Begin a check and answer as many questions as there are *answers*, right (1) or wrong (0)."""
    person = ctx.session.scalars(sa.select(User).filter_by(email=email)).one()
    acting = _as(ctx, person)
    language = "en" if person.locale == "en" else "zh"
    check = quiz.start(acting, competency, language=language)
    for is_right in answers:
        row = check.waiting
        if row is None:
            break
        best = row.order.index(row.item.key)
        chosen = best if is_right == "1" else (best + 1) % len(row.order)
        quiz.answer(acting, check.id, row.place, chosen, language=language)
    return check
